"""What the procedure asks of a referral and of the decision to notify, apart from clocks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from app.procedure.events import Party
from app.procedure.marks import duty

HARM_KINDS: dict[str, str] = {
    "mental-health": "Mental health",
    "intellectual": "Intellectual development",
    "emotional": "Emotional development",
    "social": "Social development",
    "behavioural": "Behavioural development",
    "physical": "Physical health",
    "death": "The child died",
    "other": "Another kind of serious harm",
}
DECISION_MAKERS: dict[Party, str] = {
    Party.LOCAL_AUTHORITY: "Service Director, Children's Social Care",
    Party.POLICE: "The constabulary's representative on the group",
    Party.ICB: "Designated Nurse for Safeguarding Children",
}


@dataclass(frozen=True, slots=True)
class Editions:
    """The editions of the national guidance and of the local procedure in force on a day."""

    guidance: str
    procedure: str


GUIDANCE = (
    (date(2018, 7, 4), "Working Together to Safeguard Children 2018"),
    (date(2023, 12, 15), "Working Together to Safeguard Children 2023"),
)
PROCEDURE = ((date(2018, 7, 4), "Learning Inquiry Group procedure, first edition in Waymark"),)
PANEL_GUIDANCE = "Child Safeguarding Practice Review Panel guidance for safeguarding partners"


@duty("N-11")
def editions_in_force(day: date) -> Editions:
    """The editions a stage that begins on `day` is decided under, and keeps. Raises ValueError before
    2018."""
    guidance = [name for since, name in GUIDANCE if since <= day]
    procedure = [name for since, name in PROCEDURE if since <= day]
    if not guidance or not procedure:
        raise ValueError("No edition of the guidance is known for a date before July 2018.")
    return Editions(guidance[-1], procedure[-1])


@duty("B1-01")
def criteria_met(abuse_known_or_suspected: bool, in_area: bool, resident_outside_england: bool) -> bool:
    """The statutory test (Section B): abuse or neglect known or suspected, and limb (a) or limb (b)."""
    return abuse_known_or_suspected and (in_area or resident_outside_england)


@duty("B1-02")
def harm_faults(kinds: Collection[str], judgement: str) -> list[str]:
    """What is missing from the record of serious harm: at least one kind, and the judgement made about it."""
    faults = []
    if not kinds:
        faults.append("Select at least one kind of harm")
    if any(kind not in HARM_KINDS for kind in kinds):
        faults.append("Select kinds of harm from the list")
    if not judgement.strip():
        faults.append("Say what was judged about the harm, also where its long-term effect is not certain")
    return faults


@duty("A-04")
def other_children_answered(known: str | None, children: int, action: str, how_checked: str) -> list[str]:
    """What is missing about siblings and other children at risk (footnote 6 and 6.7); empty where it is
    answered."""
    if known not in ("yes", "no"):
        return ["Say whether there are siblings or other children who may be at risk"]
    if known == "no":
        return [] if how_checked.strip() else ["Say how you checked that no other children are at risk"]
    faults = [] if children else ["Add each sibling or other child who may be at risk"]
    if not action.strip():
        faults.append("Say what has been done to protect the other children")
    return faults


@duty("A-02", "A-03")
def may_refer(roles: Collection[str], source: str) -> bool:
    """Who may submit a referral: an agency's representative on the group, or the chair of CDOP for a child's
    death."""
    if source == "cdop":
        return "cdop-chair" in roles
    return bool({"agency-lig-member", "partner-representative", "designated-professional"} & set(roles))


@duty("A-01")
def may_see_draft(same_agency: bool, is_author: bool, is_representative: bool, shared: bool) -> bool:
    """Who may see a practitioner's draft: its author, and their own agency's representative once it is
    shared."""
    return same_agency and (is_author or (is_representative and shared))


@duty("B1-14")
def guidance_considered(ticked: bool, edition: str) -> list[str]:
    """Due regard to the Panel's guidance: ticked, with the edition that was considered."""
    if ticked and edition.strip():
        return []
    return ["Confirm that you have considered the Panel's guidance"]


@duty("B1-15")
def decision_maker(party: Party) -> str:
    """Who decides for a safeguarding partner. Raises KeyError for a party that is none."""
    return DECISION_MAKERS[party]

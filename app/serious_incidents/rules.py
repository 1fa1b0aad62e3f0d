"""What the procedure demands of the answers on a notification: pure, so that each rule can be read and
tested alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.access.roles import Role
from app.procedure import criteria
from app.procedure.events import SAFEGUARDING_PARTNERS, Outcome, Party
from app.procedure.marks import duty
from app.serious_incidents.errors import Fault

# How an answer, or anybody who had to be reached, was heard of outside Waymark.
SOURCES = {
    "call": "Telephone or video call",
    "e-mail": "E-mail",
    "in-person": "In person",
    "letter": "Letter",
}
ABUSE = ("known", "suspected", "neither")
NO_HARM = "none"
HARM_KINDS = {**criteria.HARM_KINDS, NO_HARM: "No serious harm is known or suspected"}
# Who decides for each safeguarding partner, and who does so in their absence.
NAMED = {
    Party.LOCAL_AUTHORITY: Role.SERVICE_DIRECTOR,
    Party.POLICE: Role.PARTNER_REPRESENTATIVE,
    Party.ICB: Role.DESIGNATED_PROFESSIONAL,
}
IN_ABSENCE = {
    Party.LOCAL_AUTHORITY: Role.PARTNER_REPRESENTATIVE,
    Party.POLICE: Role.DESIGNATED_PROFESSIONAL,
    Party.ICB: Role.PARTNER_REPRESENTATIVE,
}
VIEWERS = {Party.LIG_CHAIR: Role.LIG_CHAIR, Party.SERVICE_DIRECTOR: Role.SERVICE_DIRECTOR}


class Capacity(Protocol):
    """What a person is: a role, and the safeguarding partner of their agency where it is one."""

    @property
    def role(self) -> Role: ...

    @property
    def partner(self) -> Party | None: ...


Held = TypeVar("Held", bound=Capacity)


@dataclass(frozen=True, slots=True)
class Position:
    """A partner's position in force: what it is, and whether a person gave it or silence did ('given',
    'deemed')."""

    party: Party
    outcome: str
    kind: str


@dataclass(frozen=True, slots=True)
class DecisionAnswers:
    """The answers of the decision page. An unanswered question is None or empty."""

    abuse: str | None
    abuse_rationale: str
    limb_a: bool | None
    limb_a_rationale: str
    limb_b: bool | None
    limb_b_rationale: str
    harm_kinds: tuple[str, ...]
    harm_judgement: str
    guidance_considered: bool
    guidance_edition: str
    outcome: str | None
    rationale: str


@duty("B1-15")
def capacity_for(party: Party, held: Iterable[Held]) -> Held | None:
    """In which capacity somebody answers for a partner: the named decision maker, or who stands in for them.

    None where they may not answer for that partner at all.
    """
    capacities = list(held)
    for role in (NAMED[party], IN_ABSENCE[party]):
        for capacity in capacities:
            if capacity.role is role and _belongs_to(capacity, party):
                return capacity
    return None


def _belongs_to(capacity: Capacity, party: Party) -> bool:
    if capacity.role is Role.SERVICE_DIRECTOR:
        return party is Party.LOCAL_AUTHORITY
    return capacity.partner is party


def stands_in(party: Party, capacity: Capacity) -> bool:
    """Whether somebody acting in this capacity stands in for the partner's named decision maker."""
    for_another = bool(getattr(capacity, "deputy_for", "")) or bool(getattr(capacity, "in_absence", False))
    return capacity.role is not NAMED[party] or for_another


def partners_of(held: Iterable[Capacity]) -> list[Party]:
    """The safeguarding partners for which somebody may answer, in the procedure's order."""
    capacities = list(held)
    return [party for party in SAFEGUARDING_PARTNERS if capacity_for(party, capacities) is not None]


@duty("B1-15")
def deciding_capacity(held: Iterable[Held], outcome: str, positions: Iterable[Position]) -> Held | None:
    """In which capacity somebody may record this decision, or None.

    Any partner's representative may record what the partners agree. Where nobody answered (all three
    positions are deemed), or the answer is not to notify, the local authority confirms it: the duty to
    notify is the authority's.
    """
    capacities = list(held)
    if needs_local_authority(outcome, positions):
        return capacity_for(Party.LOCAL_AUTHORITY, capacities)
    for party in SAFEGUARDING_PARTNERS:
        capacity = capacity_for(party, capacities)
        if capacity is not None and capacity.role in (Role.SERVICE_DIRECTOR, Role.PARTNER_REPRESENTATIVE):
            return capacity
    return None


def needs_local_authority(outcome: str, positions: Iterable[Position]) -> bool:
    """Whether only the local authority may record the decision (clocks, point 8)."""
    return outcome != Outcome.NOTIFY or all(position.kind == "deemed" for position in positions)


def why_not_theirs(outcome: str, positions: Iterable[Position]) -> str:
    """Why somebody without a deciding capacity may not record this decision."""
    authority = "the Service Director, or in their absence the representative of Children's Services,"
    if outcome != Outcome.NOTIFY:
        return f"The local authority answers for not notifying: {authority} records it."
    if needs_local_authority(outcome, positions):
        return f"No partner has answered: {authority} confirms what silence agreed to."
    return "A decision is recorded by a representative of one of the three safeguarding partners."


def missing_positions(positions: Mapping[Party, Position]) -> list[Party]:
    """The partners whose position is not known yet."""
    return [party for party in SAFEGUARDING_PARTNERS if party not in positions]


def agreed_outcome(outcomes: Iterable[str]) -> str | None:
    """What all of them say, or None where they differ (or there is none)."""
    said = set(outcomes)
    return said.pop() if len(said) == 1 else None


@duty("B1-01")
def test_is_met(answers: DecisionAnswers) -> bool:
    """Whether the statutory test is met: abuse or neglect known or suspected, and limb (a) or limb (b)."""
    return criteria.criteria_met(
        answers.abuse in ("known", "suspected"), bool(answers.limb_a), bool(answers.limb_b)
    )


@duty("B1-01", "B1-02", "B1-14")
def decision_faults(answers: DecisionAnswers, agreed: str) -> list[Fault]:
    """Every reason why these answers cannot be recorded as the decision, beside the field that it
    concerns."""
    return [
        *_test_faults(answers),
        *_harm_faults(answers),
        *_guidance_faults(answers),
        *_outcome_faults(answers, agreed),
    ]


def _test_faults(answers: DecisionAnswers) -> list[Fault]:
    faults = []
    if answers.abuse not in ABUSE:
        faults.append(Fault("abuse", "Select whether abuse or neglect is known or suspected"))
    if answers.limb_a is None:
        faults.append(Fault("limb_a", "Select whether the child died or was seriously harmed in the area"))
    if answers.limb_b is None:
        faults.append(
            Fault("limb_b", "Select whether the child lives in the area and was harmed outside England")
        )
    if answers.limb_a and answers.limb_b:
        faults.append(Fault("limb_b", "The harm cannot have happened both in the area and outside England"))
    reasons = {
        "abuse_rationale": (
            answers.abuse_rationale,
            "Say why abuse or neglect is, or is not, known or suspected",
        ),
        "limb_a_rationale": (answers.limb_a_rationale, "Give the reason for your answer to limb (a)"),
        "limb_b_rationale": (answers.limb_b_rationale, "Give the reason for your answer to limb (b)"),
    }
    return faults + [Fault(name, message) for name, (text, message) in reasons.items() if not text.strip()]


def _harm_faults(answers: DecisionAnswers) -> list[Fault]:
    kinds = set(answers.harm_kinds)
    harmed = bool(answers.limb_a or answers.limb_b)
    if NO_HARM in kinds and (len(kinds) > 1 or harmed):
        return [
            Fault(
                "harm_kinds", "“No serious harm” cannot stand beside a kind of harm, or a limb answered yes"
            )
        ]
    # Where no serious harm is known there is no kind to ask for; the judgement is needed all the same.
    asked = {"other"} if NO_HARM in kinds else kinds
    missing = criteria.harm_faults(asked, "judged")
    faults = [Fault("harm_kinds", message) for message in missing]
    judged = criteria.harm_faults({"other"}, answers.harm_judgement)
    return faults + [Fault("harm_judgement", message) for message in judged]


def _guidance_faults(answers: DecisionAnswers) -> list[Fault]:
    found = criteria.guidance_considered(answers.guidance_considered, answers.guidance_edition)
    return [Fault("guidance_considered", message) for message in found]


@duty("B1-01", "B1-02", "B1-10", "B1-11", "B1-14")
def chair_decision_faults(
    answers: DecisionAnswers, scrutineer_present: bool | None, came: bool | None, why_no_meeting: str = ""
) -> list[Fault]:
    """Every reason why these answers cannot be recorded as the Partnership Chair's decision. The partners need
    not agree with it, or with one another. `came` says whether the scrutineer came to the meeting that is recorded;
    it is None where none is."""
    faults = _mediation_faults(scrutineer_present, came)
    if came is None and not why_no_meeting.strip():
        missing = "No meeting with you is recorded. Ask the Partnership Team to record it, or say why there was none"
        faults.append(Fault("no_meeting", missing))
    own = answers.outcome if answers.outcome in (Outcome.NOTIFY, Outcome.DO_NOT_NOTIFY) else None
    return [
        *_test_faults(answers),
        *_harm_faults(answers),
        *_guidance_faults(answers),
        *_outcome_faults(answers, own),
        *faults,
    ]


def _mediation_faults(scrutineer_present: bool | None, came: bool | None) -> list[Fault]:
    """That the scrutineer mediated must be what the record of the meeting says, or nobody reads it afterwards."""
    if scrutineer_present is None:
        return [Fault("scrutineer_present", "Select whether the Independent Scrutineer mediated")]
    if scrutineer_present and not came:
        recorded = "No meeting is recorded at which they did" if came is None else (
            "The record of the meeting says that they were not there"
        )  # fmt: skip
        return [Fault("scrutineer_present", f"{recorded}: select No, or have the record put right first")]
    return []


def _outcome_faults(answers: DecisionAnswers, agreed: str | None) -> list[Fault]:
    fault = _outcome_fault(answers, agreed)
    faults = [Fault("outcome", fault)] if fault else []
    if not answers.rationale.strip():
        faults.append(Fault("rationale", "Give the reason for the decision"))
    return faults


def _outcome_fault(answers: DecisionAnswers, agreed: str | None) -> str | None:
    if answers.outcome not in (Outcome.NOTIFY, Outcome.DO_NOT_NOTIFY):
        return "Select the decision"
    met, again = (
        test_is_met(answers),
        "or ask the partners to look at it again: each may replace its response",
    )
    if answers.outcome != agreed:
        return f"The three partners' positions are all {said(agreed or '')}: record that decision, {again}"
    if answers.outcome == Outcome.NOTIFY and not met:
        return f"Your answers say that the test is not met. Change them, do not decide to notify, {again}"
    if answers.outcome == Outcome.DO_NOT_NOTIFY and met:
        return (
            f"Your answers say that the test is met, so the incident must be notified. Change them, {again}"
        )
    return None


def said(outcome: str) -> str:
    """An outcome as it stands in a sentence."""
    return "to notify" if outcome == Outcome.NOTIFY else "not to notify"

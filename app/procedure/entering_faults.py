"""What a case already under way must say to be entered: nothing missing, nothing impossible, in the procedure's
order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.procedure.calendar import FIRST_YEAR
from app.procedure.entering import CHAIR, EARLIEST, MOST_CHILDREN, Given, UnderWay
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.own_procedure import OwnStep

K = EventKind
Fault = tuple[str, str]
WHO = {
    "chair": "the chair's view", "director": "the Service Director's view",
    "local-authority": "Children's Services' response", "police": "the response of the police",
    "icb": "the response of the integrated care board", "decision": "the decision",
    "afterwards": "what followed", "override": "the local authority's own decision to notify",
}  # fmt: skip
TOLD = {
    Party.INDEPENDENT_SCRUTINEER: "scrutineer_informed_on",
    Party.STRATEGIC_MANAGER: "manager_informed_on",
}
NAMES = {
    "incident_on": "the day of the incident", "referred_on": "the day of the referral",
    "aware_on": "the day on which the local authority became aware",
    "shared_on": "the day on which the referral was shared",
    "view_shared_on": "the day on which the initial view was shared",
    "short_meeting_on": "the day of the short meeting",
    "chair_meeting_on": "the day of the meeting with the Partnership Chair",
    "notified_on": "the day of the notification",
    "scrutineer_informed_on": "the day on which the scrutineer was informed",
    "manager_informed_on": "the day on which the manager was informed",
}  # fmt: skip
NAMES |= {f"{name}_on": f"the day of {what}" for name, what in WHO.items()}
NAMES |= {
    f"{party.value}_deputy_on": f"the day on which the deputy was contacted about {WHO[party.value]}"
    for party in SAFEGUARDING_PARTNERS
}


def under_way_faults(
    case: UnderWay, today: date, agencies: Mapping[str, str], steps: tuple[OwnStep, ...] = ()
) -> list[Fault]:
    """What is missing, impossible or out of order: field and message."""
    faults = [*_said_faults(case, agencies), *_date_faults(case, today), *_early_order(case)]
    return [*faults, *_decision_faults(case), *_sent_faults(case), *_step_faults(case, steps)]


def _said_faults(case: UnderWay, agencies: Mapping[str, str]) -> list[Fault]:
    faults = []
    missing = (
        ("own_reference", case.own_reference, "Enter your own reference, so that no case is entered twice"),
        ("title", case.title, "Say in a few words what the case is about, without names"),
        ("summary", case.summary, "Say what happened"),
    )
    faults += [(name, message) for name, text, message in missing if not text.strip()]
    if case.agency not in agencies:
        faults.append(("agency", "Name an agency of this partnership that referred the case"))
    if case.referred_on is None:
        faults.append(("referred_on", "Enter the day of the referral"))
    if len(case.children) > MOST_CHILDREN:
        faults.append(
            ("children", f"One case holds {MOST_CHILDREN} children at most; there are {len(case.children)}")
        )
    for name, given in _given(case).items():
        if given.begun and not given.whole:
            asks = "leave its day and name empty" if given.silent else "enter what, when and by whom"
            faults.append((f"{name}_on", f"Of {WHO[name]} {asks}; or leave all three empty"))
    return faults


def _date_faults(case: UnderWay, today: date) -> list[Fault]:
    faults = []
    for name, day in dates_of(case).items():
        what = _sentence(NAMES.get(name, "this day"))
        if day > today:
            faults.append((name, f"{what} must not be in the future"))
        elif day < (EARLIEST if name != "incident_on" else date(FIRST_YEAR, 1, 1)):
            faults.append((name, f"{what} must be {EARLIEST.day} July {EARLIEST.year} or later"))
    for child in case.children:
        if child.born_on is not None and child.born_on > today:
            faults.append(("births", "A date of birth must not be in the future"))
        elif child.born_on is not None and child.born_on.year < FIRST_YEAR:
            faults.append(("births", f"A date of birth must be in {FIRST_YEAR} or later"))
    return faults


def follows(
    name: str, day: date | None, before: date | None, what: str, *, needed: bool = True
) -> list[Fault]:
    """That one day is not before another, which it needs."""
    if day is not None and before is None and needed:
        return [(name, f"Enter {what} first")]
    if day is not None and before is not None and day < before:
        return [(name, f"{_sentence(NAMES.get(name, 'this day'))} is before {what}")]
    return []


def _early_order(case: UnderWay) -> list[Fault]:
    """From the incident to the partners' answers."""
    faults = [
        *follows("referred_on", case.referred_on, case.incident_on, NAMES["incident_on"], needed=False),
        *follows("aware_on", case.aware_on, case.incident_on, NAMES["incident_on"], needed=False),
        *follows("shared_on", case.shared_on, case.referred_on, NAMES["referred_on"]),
        *follows("chair_on", case.chair.on, case.shared_on, NAMES["shared_on"]),
        *follows("director_on", case.director.on, case.shared_on, NAMES["shared_on"]),
    ]
    views = [case.chair.on, case.director.on]
    both = max(day for day in views if day) if all(views) else None
    shared, what = case.view_shared_on, NAMES["view_shared_on"]
    faults += follows("view_shared_on", shared, both, "both initial views")
    for party in SAFEGUARDING_PARTNERS:
        faults += follows(f"{party.value}_on", case.response(party).on, shared, what)
        faults += follows(f"{party.value}_deputy_on", case.deputies.get(party), shared, what)
        if case.response(party).silent and shared is None:
            faults.append((f"{party.value}_outcome", f"Enter {what} first"))
        if party in case.at_meeting and case.short_meeting.on is None:
            faults.append((f"{party.value}_at_meeting", f"Enter {NAMES['short_meeting_on']} first"))
    faults += follows("short_meeting_on", case.short_meeting.on, shared, what)
    short = case.short_meeting.on
    return [*faults, *follows("chair_meeting_on", case.chair_meeting.on, short, NAMES["short_meeting_on"])]


def _decision_faults(case: UnderWay) -> list[Fault]:
    made, faults = case.decision, []
    meetings = (("short_meeting_on", case.short_meeting.on), ("chair_meeting_on", case.chair_meeting.on))
    days = [(f"{party.value}_on", case.response(party).on) for party in SAFEGUARDING_PARTNERS]
    for name, day in (*days, *meetings):
        faults += follows("decision_on", made.on, day, NAMES[name], needed=False)
    if made.on is not None and case.view_shared_on is None:
        faults.append(("decision_on", f"Enter {NAMES['view_shared_on']} first"))
    if made.whole and not case.rationale.strip():
        faults.append(("rationale", "Give the reason for the decision"))
    chairs = case.maker == CHAIR
    if chairs and not made.begun:
        faults.append(("decision_on", "Enter the Partnership Chair's decision, or leave out who decided"))
    if chairs and made.begun and case.scrutineer is None:
        faults.append(("scrutineer", "Say whether the Independent Scrutineer mediated"))
    if not chairs and case.scrutineer is not None:
        faults.append(("scrutineer", "This is asked only of the Partnership Chair's decision"))
    return faults


def _sent_faults(case: UnderWay) -> list[Fault]:
    """The override, the notification, who was told, and what followed a decision not to notify."""
    faults = follows("override_on", case.override.on, case.shared_on, NAMES["shared_on"])
    if case.override.whole and not case.override_reason.strip():
        faults.append(("override_reason", "Give the reason why the local authority notified"))
    to_notify, what = case.to_notify_on, "the decision to notify"
    faults += follows("notified_on", case.notified_on, to_notify, what)
    faults += follows("notified_on", case.notified_on, case.aware_on, NAMES["aware_on"], needed=False)
    if case.notified_on and case.aware_on is None and not case.aware_not_known:
        faults.append(
            ("aware_on", f"Enter {NAMES['aware_on']}, or say under the next question that it is not known")
        )
    if case.aware_on and case.aware_not_known:
        faults.append(("aware_not_known", "The day is given; leave this empty"))
    for party, name in TOLD.items():
        faults += follows(name, case.informed.get(party), to_notify, what)
    sent = (case.notified_on is not None, bool(case.panel_reference.strip()), bool(case.notified_by.strip()))
    if any(sent) and not all(sent):
        message = "Of the notification enter the day, its reference and who sent it; or leave all three empty"
        faults.append(("notified_on", message))
    if (case.missed_reason.strip() or case.missed_reported_to.strip()) and not case.notified_on:
        faults.append(("missed_reason", f"Enter {NAMES['notified_on']} first"))
    return [*faults, *_afterwards_faults(case)]


def _afterwards_faults(case: UnderWay) -> list[Fault]:
    if not case.afterwards.begun:
        return []
    if case.decision.outcome != Outcome.DO_NOT_NOTIFY.value or case.override.begun:
        return [("afterwards_outcome", "This follows a decision not to notify")]
    faults = follows("afterwards_on", case.afterwards.on, case.decision.on, NAMES["decision_on"])
    if case.afterwards.whole and not case.afterwards_reason.strip():
        faults.append(("afterwards_reason", "Give the reason for what followed"))
    return faults


def trigger_day(case: UnderWay, trigger: EventKind) -> date | None:
    """The day on which what triggers an own step happened."""
    views = [day for day in (case.chair.on, case.director.on) if day]
    days = {
        K.REFERRAL_SUBMITTED: case.referred_on, K.REFERRAL_SHARED: case.shared_on,
        K.INITIAL_VIEW_GIVEN: min(views, default=None), K.INITIAL_VIEW_SHARED: case.view_shared_on,
        K.SHORT_MEETING_HELD: case.short_meeting.on, K.DECISION_RECORDED: case.decision.on,
        K.NOTIFICATION_SENT: case.notified_on,
    }  # fmt: skip
    return days.get(trigger)


def _step_faults(case: UnderWay, steps: tuple[OwnStep, ...]) -> list[Fault]:
    faults: list[Fault] = []
    for step in steps:
        name = f"step_{step.key}_on"
        faults += follows(name, case.steps.get(step.key), trigger_day(case, step.trigger), "what it follows")
    return faults


def _given(case: UnderWay) -> dict[str, Given]:
    found = {"chair": case.chair, "director": case.director, "decision": case.decision,
             "override": case.override, "afterwards": case.afterwards}  # fmt: skip
    return {**found, **{party.value: case.response(party) for party in SAFEGUARDING_PARTNERS}}


def dates_of(case: UnderWay) -> dict[str, date]:
    """Every day that the case tells, by its field."""
    found: dict[str, date | None] = {
        name: getattr(case, name)
        for name in ("incident_on", "referred_on", "aware_on", "shared_on", "view_shared_on", "notified_on")
    }
    found |= {f"{name}_on": given.on for name, given in _given(case).items()}
    found |= {"short_meeting_on": case.short_meeting.on, "chair_meeting_on": case.chair_meeting.on}
    found |= {f"{party.value}_deputy_on": day for party, day in case.deputies.items()}
    found |= {name: case.informed.get(party) for party, name in TOLD.items()}
    found |= {f"step_{key}_on": day for key, day in case.steps.items()}
    return {name: day for name, day in found.items() if day is not None}


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]

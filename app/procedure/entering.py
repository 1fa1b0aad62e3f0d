"""What a case already under way must say to be entered at its stage: past dates, in the procedure's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.procedure.calendar import FIRST_YEAR
from app.procedure.events import SAFEGUARDING_PARTNERS, Outcome, Party

OUTCOMES = {Outcome.NOTIFY.value: "Notify", Outcome.DO_NOT_NOTIFY.value: "Do not notify"}
EARLIEST = date(2018, 7, 4)  # no edition of the guidance is known before


@dataclass(frozen=True, slots=True)
class Given:
    """A view or a response that was given before: what, on which day, by whom."""

    outcome: str | None = None
    on: date | None = None
    by: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything was said of it."""
        return bool(self.outcome or self.on or self.by.strip())

    @property
    def whole(self) -> bool:
        """Whether everything was."""
        return self.outcome in OUTCOMES and self.on is not None and bool(self.by.strip())


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A case that began before Waymark, as far as it has come. Dates are London dates."""

    own_reference: str
    title: str
    agency: str
    referred_on: date | None
    incident_on: date | None = None
    summary: str = ""
    children: tuple[str, ...] = ()
    aware_on: date | None = None
    shared_on: date | None = None
    chair: Given = field(default_factory=Given)
    director: Given = field(default_factory=Given)
    view_shared_on: date | None = None
    responses: Mapping[Party, Given] = field(default_factory=dict)
    decision: Given = field(default_factory=Given)
    rationale: str = ""
    notified_on: date | None = None
    panel_reference: str = ""
    notified_by: str = ""


def stage_of(case: UnderWay) -> str:
    """How far the case has come, in a few words."""
    if case.notified_on:
        return "notified"
    if case.decision.begun:
        return "decided"
    if case.view_shared_on:
        return "with the partners"
    return "shared" if case.shared_on else "referred"


def under_way_faults(case: UnderWay, today: date, agencies: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is missing, impossible or out of order: field and message."""
    return [*_said_faults(case, agencies), *_date_faults(case, today), *_order_faults(case)]


def _said_faults(case: UnderWay, agencies: Mapping[str, str]) -> list[tuple[str, str]]:
    faults = []
    if not case.own_reference.strip():
        faults.append(("own_reference", "Enter your own reference, so that no case is entered twice"))
    if not case.title.strip():
        faults.append(("title", "Say in a few words what the case is about, without names"))
    if case.agency not in agencies:
        faults.append(("agency", "Name an agency of this partnership that referred the case"))
    if case.referred_on is None:
        faults.append(("referred_on", "Enter when the case was referred"))
    if not case.summary.strip():
        faults.append(("summary", "Say what happened"))
    for name, given in _given(case).items():
        if given.begun and not given.whole:
            faults.append((f"{name}_on", "Enter what was said, when and by whom; or leave all three empty"))
    if case.decision.whole and not case.rationale.strip():
        faults.append(("rationale", "Give the reason for the decision"))
    sent = (case.notified_on is not None, bool(case.panel_reference.strip()), bool(case.notified_by.strip()))
    if any(sent) and not all(sent):
        faults.append(
            ("notified_on", "Enter when it was notified, the reference and who sent it; or leave all empty")
        )
    return faults


def _date_faults(case: UnderWay, today: date) -> list[tuple[str, str]]:
    faults = []
    for name, day in _dates(case):
        if day is not None and day > today:
            faults.append((name, "This date must not be in the future"))
        elif day is not None and day < (EARLIEST if name != "incident_on" else date(FIRST_YEAR, 1, 1)):
            faults.append((name, f"This date must be {EARLIEST.day} July {EARLIEST.year} or later"))
    return faults


def _order_faults(case: UnderWay) -> list[tuple[str, str]]:
    """Each step follows the one before it, and needs it."""
    faults: list[tuple[str, str]] = []

    def follows(name: str, day: date | None, before: date | None, what: str, needed: bool = True) -> None:
        if day is not None and before is None and needed:
            faults.append((name, f"Enter {what} first"))
        elif day is not None and before is not None and day < before:
            faults.append((name, f"This is before {what}"))

    follows("referred_on", case.referred_on, case.incident_on, "the day of the incident", needed=False)
    follows("aware_on", case.aware_on, case.incident_on, "the day of the incident", needed=False)
    follows("shared_on", case.shared_on, case.referred_on, "the day of the referral")
    for name in ("chair", "director"):
        given = _given(case)[name]
        follows(f"{name}_on", given.on, case.shared_on, "the day on which the referral was shared")
    views = [case.chair.on, case.director.on]
    both = max(day for day in views if day) if all(views) else None
    follows("view_shared_on", case.view_shared_on, both, "both initial views")
    for party in SAFEGUARDING_PARTNERS:
        given = case.responses.get(party, Given())
        what = "the day on which the view was shared with the partners"
        follows(f"{party.value}_on", given.on, case.view_shared_on, what)
    answered = [case.responses.get(party, Given()).on for party in SAFEGUARDING_PARTNERS]
    last = max(day for day in answered if day) if all(answered) else None
    follows("decision_on", case.decision.on, last, "the three responses")
    follows("notified_on", case.notified_on, case.referred_on, "the day of the referral")
    if case.notified_on and case.decision.outcome != Outcome.NOTIFY.value:
        faults.append(("notified_on", "Enter the decision to notify first"))
    outcomes = {case.responses.get(party, Given()).outcome for party in SAFEGUARDING_PARTNERS}
    if case.decision.whole and last is not None and outcomes != {case.decision.outcome}:
        faults.append(
            (
                "decision_outcome",
                "The three responses say otherwise. Enter a case that differs before its decision",
            )
        )
    return faults


def _given(case: UnderWay) -> dict[str, Given]:
    found = {"chair": case.chair, "director": case.director, "decision": case.decision}
    return {**found, **{party.value: case.responses.get(party, Given()) for party in SAFEGUARDING_PARTNERS}}


def _dates(case: UnderWay) -> list[tuple[str, date | None]]:
    plain = [("incident_on", case.incident_on), ("referred_on", case.referred_on), ("aware_on", case.aware_on),
             ("shared_on", case.shared_on), ("view_shared_on", case.view_shared_on),
             ("notified_on", case.notified_on)]  # fmt: skip
    return [*plain, *((f"{name}_on", given.on) for name, given in _given(case).items())]

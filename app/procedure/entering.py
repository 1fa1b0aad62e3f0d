"""A case already under way, as far as it had come before it was entered: what is known of it, with past days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, AfterNotNotified, Outcome, Party

OUTCOMES = {Outcome.NOTIFY.value: "Notify", Outcome.DO_NOT_NOTIFY.value: "Do not notify"}
DEEMED, NOT_COUNTED = "deemed", "none"
SILENT = {DEEMED: "No answer, counted as agreement", NOT_COUNTED: "No answer, not counted"}
ANSWERS = {**OUTCOMES, **SILENT}
PARTNERS, CHAIR = "partners", Party.PARTNERSHIP_CHAIR.value
MAKERS = {PARTNERS: "The three partners", CHAIR: "The Partnership Chair"}
AFTERWARDS = {
    AfterNotNotified.DISCUSSION.value: "Discussion by the group",
    AfterNotNotified.LEADS_MEETING.value: "Leads meeting",
    AfterNotNotified.NO_FURTHER_ACTION.value: "No further action",
}
ABUSE = {"known": "Known", "suspected": "Suspected", "neither": "Neither known nor suspected"}
YES_NO = {"yes": "Yes", "no": "No"}
OUTSIDE = "outside"
MOST_CHILDREN = 4
EARLIEST = date(2018, 7, 4)  # no edition of the guidance is known before


@dataclass(frozen=True, slots=True)
class Given:
    """What was said or decided before: what, on which day, by whom. Of a silence only that it was one."""

    outcome: str | None = None
    on: date | None = None
    by: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything was said of it."""
        return bool(self.outcome or self.on or self.by.strip())

    @property
    def silent(self) -> bool:
        """Whether it says that a partner did not answer."""
        return self.outcome in SILENT

    @property
    def whole(self) -> bool:
        """Whether everything was said of it; a silence has neither day nor name."""
        if self.silent:
            return self.on is None and not self.by.strip()
        return bool(self.outcome) and self.on is not None and bool(self.by.strip())


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that was held: on which day, and what came of it."""

    on: date | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class StatutoryTest:
    """What is known of the statutory test as it was decided; None is not known."""

    abuse: str | None = None
    limb_a: bool | None = None
    limb_b: bool | None = None
    harm: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the incident, as far as known."""

    name: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Areas:
    """Local authorities by code: where it happened (OUTSIDE England, or not known), and where the child lives."""

    incident: str | None = None
    home: str | None = None


def _none() -> Given:
    return Given()


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A case that began before Waymark, as far as it has come. Dates are London dates."""

    own_reference: str
    title: str
    agency: str
    referred_on: date | None
    incident_on: date | None = None
    areas: Areas = field(default_factory=Areas)
    summary: str = ""
    children: tuple[Child, ...] = ()
    aware_on: date | None = None
    aware_not_known: bool = False
    shared_on: date | None = None
    chair: Given = field(default_factory=_none)
    director: Given = field(default_factory=_none)
    view_shared_on: date | None = None
    responses: Mapping[Party, Given] = field(default_factory=dict)
    deputies: Mapping[Party, date] = field(default_factory=dict)
    short_meeting: Held = field(default_factory=Held)
    at_meeting: Mapping[Party, str] = field(default_factory=dict)
    chair_meeting: Held = field(default_factory=Held)
    decision: Given = field(default_factory=_none)
    maker: str = PARTNERS
    scrutineer: bool | None = None
    rationale: str = ""
    test: StatutoryTest = field(default_factory=StatutoryTest)
    override: Given = field(default_factory=_none)
    override_reason: str = ""
    informed: Mapping[Party, date] = field(default_factory=dict)
    notified_on: date | None = None
    panel_reference: str = ""
    notified_by: str = ""
    missed_reason: str = ""
    missed_reported_to: str = ""
    afterwards: Given = field(default_factory=_none)
    afterwards_reason: str = ""
    steps: Mapping[str, date] = field(default_factory=dict)

    @property
    def views(self) -> dict[Party, Given]:
        """The initial views, by who gave them."""
        return dict(zip(INITIAL_VIEWERS, (self.chair, self.director), strict=True))

    def response(self, party: Party) -> Given:
        """What a partner answered."""
        return self.responses.get(party, Given())

    @property
    def to_notify_on(self) -> date | None:
        """The first day on which it was decided to notify: the decision, or the local authority's own duty."""
        days = [self.override.on]
        if self.decision.outcome == Outcome.NOTIFY.value:
            days.append(self.decision.on)
        return min((day for day in days if day), default=None)


def stage_of(case: UnderWay) -> str:
    """How far the case has come, in a few words."""
    stages = (
        (case.notified_on, "notified"),
        (case.decision.begun or case.override.begun, "decided"),
        (case.view_shared_on, "with the partners"),
        (case.shared_on, "shared"),
    )
    return next((name for reached, name in stages if reached), "referred")


def last_answer(case: UnderWay) -> date | None:
    """The last day on which a partner answered or took a position at the meeting."""
    days = [case.response(party).on for party in SAFEGUARDING_PARTNERS]
    days.append(case.short_meeting.on if case.at_meeting else None)
    return max((day for day in days if day), default=None)

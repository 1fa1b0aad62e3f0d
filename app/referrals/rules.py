"""What the answers of a referral must say of each other. Pure: dates and values in, faults out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.procedure.clocks import NoSuchTime, age_on, combine_london, day_only, london_date, months_after
from app.procedure.criteria import harm_faults, other_children_answered
from app.procedure.marks import duty

ADULT = 18
LONGEST_EXPECTED_MONTHS = 10
LONGEST_OVERDUE = timedelta(days=28)
CARE_LEAVER = (
    "was 18 or over, so is not a child of this incident. The death of a care leaver aged up to 24 is "
    "notified separately: ask the Partnership Team"
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fault beside one question of one page."""

    page: str
    question: str
    message: str


@dataclass(frozen=True, slots=True)
class Child:
    """What a page says of a child: `birth` is known, estimated, unknown or unborn; `outcome` is died, harmed
    or empty.
    """

    page: str
    birth: str = ""
    born_on: date | None = None
    outcome: str = ""
    died_on: date | None = None
    died_at: time | None = None
    harmed_on: date | None = None

    @property
    def birth_question(self) -> str:
        """The question under which the date stands."""
        return {"known": "born_on", "estimated": "born_about", "unborn": "expected_on"}.get(
            self.birth, "birth"
        )

    @property
    def happened(self) -> tuple[str, date] | None:
        """The question and the day of the child's own death or harm."""
        if self.died_on is not None:
            return "died_on", self.died_on
        return ("harmed_on", self.harmed_on) if self.harmed_on is not None else None


def birth_wrongs(child: Child, now: datetime) -> list[Wrong]:
    """A birth is not in the future; an expected one is, and within ten months."""
    today, born = london_date(now), child.born_on
    if born is None:
        return []
    message = None
    if child.birth == "unborn":
        if born > months_after(today, LONGEST_EXPECTED_MONTHS):
            message = "The expected date of birth must be within the next 10 months"
        elif born < today - LONGEST_OVERDUE:
            message = "The expected date has passed: say when the child was born"
    elif born > today:
        message = (
            "The date of birth cannot be in the future. Select “The child is unborn” for an expected date"
        )
    return [Wrong(child.page, child.birth_question, message)] if message else []


def happened_wrongs(child: Child, now: datetime) -> list[Wrong]:
    """A death or harm is not in the future, and no child dies or is harmed before birth, or dies unborn."""
    if child.happened is None:
        return []
    question, day = child.happened
    what = "death" if question == "died_on" else "harm"
    wrongs = []
    if day > london_date(now):
        wrongs.append(Wrong(child.page, question, f"The date of {what} cannot be in the future"))
    elif child.birth != "unborn" and child.born_on is not None and day < child.born_on <= london_date(now):
        wrongs.append(Wrong(child.page, question, f"The date of {what} cannot be before the date of birth"))
    elif child.birth == "unborn" and what == "death":
        wrongs.append(
            Wrong(
                child.page,
                "birth",
                "Give the date of birth of a child who has died, even where it is the same day",
            )
        )
    elif child.died_at is not None and what == "death":
        wrongs += time_wrongs(child.page, "died_at", day, child.died_at, now, "time of death")
    return wrongs


def time_wrongs(page: str, question: str, day: date, at: time, now: datetime, what: str) -> list[Wrong]:
    """The clocks may skip a time of day, and a time today may lie ahead."""
    try:
        instant = combine_london(day, at)
    except NoSuchTime as skipped:
        return [Wrong(page, question, str(skipped))]
    if instant > now:
        return [Wrong(page, question, f"The {what} cannot be in the future")]
    return []


def age_wrongs(child: Child, day: date | None) -> list[Wrong]:
    """A child of the incident was under 18 when it happened."""
    when = child.happened[1] if child.happened else day
    if when is None or child.born_on is None or child.birth == "unborn" or child.born_on > when:
        return []
    if age_on(child.born_on, when) < ADULT:
        return []
    return [Wrong(child.page, child.birth_question, f"This person {CARE_LEAVER}")]


def other_age_wrongs(child: Child, now: datetime) -> list[Wrong]:
    """A sibling or other child is under 18 today."""
    today = london_date(now)
    if (
        child.born_on is None
        or child.birth == "unborn"
        or child.born_on > today
        or age_on(child.born_on, today) < ADULT
    ):
        return []
    return [Wrong(child.page, child.birth_question, "This person is 18 or over: list children only")]


@dataclass(frozen=True, slots=True)
class Incident:
    """What is said of the incident and of the harm.

    `home_code` is None for a local authority that is not in the list.
    """

    happened_on: date | None = None
    outside_england: bool = False
    home_known: bool = False
    home_code: str | None = None
    harm_kinds: tuple[str, ...] = ()
    judgement: str = ""


def incident_wrongs(incident: Incident, now: datetime) -> list[Wrong]:
    """An incident is not in the future."""
    if incident.happened_on is not None and incident.happened_on > london_date(now):
        return [Wrong("incident", "happened_on", "The date of the incident cannot be in the future")]
    return []


@duty("B1-01")
def place_wrongs(incident: Incident, own: Collection[str]) -> list[Wrong]:
    """Outside England, the duty lies where the child normally lives: that must be in this partnership's
    area.
    """
    if not incident.outside_england or not incident.home_known or incident.home_code in own:
        return []
    message = (
        "For an incident outside England the child must normally live in this partnership's area. "
        "Refer to the partnership where the child normally lives"
    )
    return [Wrong("incident", "home", message)]


@duty("B1-02")
def harm_wrongs(incident: Incident, outcomes: Collection[str]) -> list[Wrong]:
    """Kinds of harm and the judgement about them are recorded, and a death agrees with what is said of the
    children.
    """
    wrongs = [Wrong("harm", "harm_kinds", message) for message in harm_faults(incident.harm_kinds, "judged")]
    wrongs += [
        Wrong("harm", "judgement", message) for message in harm_faults(("physical",), incident.judgement)
    ]
    if "death" in incident.harm_kinds and outcomes and "died" not in outcomes:
        wrongs.append(
            Wrong("harm", "harm_kinds", "“The child died” is selected, but no child is said to have died")
        )
    return wrongs


@dataclass(frozen=True, slots=True)
class Awareness:
    """When the local authority became aware, as far as it is known."""

    on: date | None = None
    at: time | None = None


def awareness_wrongs(awareness: Awareness, happened_on: date | None, now: datetime) -> list[Wrong]:
    """Awareness is not in the future and not before the incident.

    It is compared with the incident and not with a death: a child harmed earlier may die after the local
    authority became aware.
    """
    on = awareness.on
    if on is None:
        return []
    if on > london_date(now):
        return [Wrong("awareness", "aware_on", "The date it became aware cannot be in the future")]
    if happened_on is not None and on < happened_on:
        return [Wrong("awareness", "aware_on", "The date it became aware cannot be before the incident")]
    if awareness.at is not None:
        return time_wrongs("awareness", "aware_at", on, awareness.at, now, "time it became aware")
    return []


def aware_instant(awareness: Awareness) -> datetime | None:
    """When the local authority became aware: the instant that stands for the London day where only the date is
    known (`day_only`). Aware, UTC."""
    if awareness.on is None:
        return None
    return combine_london(awareness.on, awareness.at) if awareness.at is not None else day_only(awareness.on)


@dataclass(frozen=True, slots=True)
class OtherChildren:
    """What is said of siblings and other children at risk."""

    known: str | None = None
    listed: int = 0
    action: str = ""
    how_checked: str = ""


@duty("A-04")
def other_children_wrongs(others: OtherChildren) -> list[Wrong]:
    """Each part of the question on other children is answered; the procedure says what is missing."""
    wrongs = []
    for message in other_children_answered(others.known, others.listed, others.action, others.how_checked):
        wrongs.append(Wrong("others", _where(others, message), message))
    return wrongs


def _where(others: OtherChildren, message: str) -> str:
    if others.known not in ("yes", "no"):
        return "known"
    if others.known == "no":
        return "how_checked"
    # Asked again as if the children were listed, the procedure no longer says what was missing about
    # the list.
    return "action" if message in other_children_answered("yes", 1, others.action, "") else "add"

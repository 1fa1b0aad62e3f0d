"""Meetings in words: what a page says of when, of the quorum, and of what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.access.own_names import own_names
from app.meetings.models import CANCELLED, HELD, OPEN, LigAttendance, LigDecision, LigMeeting
from app.meetings.queries import presences_of, quorum_course
from app.procedure.clocks import london_date
from app.procedure.events import Party
from app.procedure.quorum import Spell, quorum
from app.web.filters import clock_time, weekday_date

KINDS = {"standing": "Standing meeting", "extraordinary": "Extraordinary meeting"}
PARTNERS = {
    Party.LOCAL_AUTHORITY: "Children's Services",
    Party.POLICE: "the police",
    Party.ICB: "the NHS integrated care board",
}


@dataclass(frozen=True, slots=True)
class State:
    """How a meeting stands, as a tag."""

    word: str
    colour: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The quorum as a page says it: one plain sentence, whether it is good, and the course of the meeting."""

    sentence: str
    quorate: bool
    course: list[str]


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision, whether it stands, and whether the attendance as recorded now shows a quorum at its time."""

    row: LigDecision
    replaced_by: int | None
    quorate: bool


def state_of(row: LigMeeting, now: datetime) -> State:
    """How a meeting stands now."""
    if row.state == CANCELLED:
        return State("Cancelled", "grey")
    if row.state == OPEN:
        return State("Open now", "green")
    if row.state == HELD:
        return State("Held", "grey")
    return State("To come", "blue") if row.ends_at > now else State("Not recorded", "orange")


def title_of(row: LigMeeting) -> str:
    """What a meeting is called: its kind and its day."""
    return f"{KINDS[row.kind]}, {day_of(row)}"


def day_of(row: LigMeeting) -> str:
    """The day of a meeting: Tuesday 8 December 2026."""
    return weekday_date(london_date(row.starts_at))


def hours_of(row: LigMeeting) -> str:
    """From when to when it is meant to be."""
    return f"{clock_time(row.starts_at)} to {clock_time(row.ends_at)}"


def partner_name(party: Party) -> str:
    """A safeguarding partner within a sentence."""
    return own_names().get(party.value, PARTNERS[party])


def nobody_for(missing: Sequence[Party]) -> str:
    """Nobody for the police; nobody for Children's Services or the police."""
    names = [partner_name(party) for party in missing]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return f"nobody for {listed}"


def standing_of(row: LigMeeting, now: datetime) -> Standing | None:
    """The quorum of a meeting that was opened; None before that, and where it was cancelled."""
    course = quorum_course(row, now)
    if not course or row.state not in (OPEN, HELD):
        return None
    told = [_told(spell, last=spell is course[-1] and row.state == OPEN) for spell in course]
    if row.state == HELD:
        return _held(course, told)
    latest = course[-1]
    since = clock_time(latest.begins)
    if latest.quorum.quorate:
        return Standing(f"Quorate since {since}", True, told)
    return Standing(f"Not quorate: {nobody_for(latest.quorum.missing)}", False, told)


def _held(course: list[Spell], told: list[str]) -> Standing:
    good = [spell.quorum.quorate for spell in course]
    if all(good):
        return Standing("Quorate throughout", True, told)
    if any(good):
        return Standing("Quorate for part of the meeting", False, told)
    missing = nobody_for(course[-1].quorum.missing)
    return Standing(f"Not quorate: {missing}", False, told)


def _told(spell: Spell, last: bool) -> str:
    ends = "" if last or spell.ends is None else f" to {clock_time(spell.ends)}"
    when = f"{'Since' if last else 'From'} {clock_time(spell.begins)}{ends}"
    return (
        f"{when}: {'quorate' if spell.quorum.quorate else 'not quorate, ' + nobody_for(spell.quorum.missing)}"
    )


def decisions_shown(row: LigMeeting, decisions: Sequence[LigDecision]) -> list[DecisionShown]:
    """The decisions on an item in order."""
    presences = presences_of(row.id) if decisions else []
    replaced = {one.replaces: one.number for one in decisions if one.replaces is not None}
    return [
        DecisionShown(one, replaced.get(one.number), quorum(presences, one.decided_at).quorate)
        for one in decisions
    ]


def stands_for(one: LigAttendance) -> str:
    """For which partner somebody is there, and as whose deputy; nothing for everybody else."""
    if one.party is None:
        return ""
    name = partner_name(Party(one.party))
    return f"Deputy for {one.deputy_for}, for {name}" if one.deputy_for else f"For {name}"


def when_there(one: LigAttendance) -> str:
    """When somebody came and left."""
    if one.came_at is None:
        return "Apologies"
    left = f", left {clock_time(one.left_at)}" if one.left_at else ""
    return f"Came {clock_time(one.came_at)}{left}"

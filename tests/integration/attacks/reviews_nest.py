"""A rapid review in a nest: planned twice, its meeting held, its record written, positions taken, and decided twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.meetings import attendance
from app.meetings import service as group
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.review_decision import Answers
from app.procedure.review_record import PARTS
from app.rapid_reviews import deciding, planning, positions, recording
from app.rapid_reviews.plan_queries import plan_of
from app.serious_incidents import service
from tenants.db import db
from tests.integration.attacks.nests import LATE, PRESENT, Nest, Song
from tests.integration.serious_incidents.journey import NOTIFY

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PLANNED = LATE + HOUR


def reviews(nest: Nest) -> Song:
    """Play a rapid review from its plan to a decision, and another whose partners do not agree."""
    song = _notified(nest)
    _planned(song, PRESENT + DAY)
    at = _planned(song, PRESENT - HOUR, over=1)
    _written(song)
    meeting = _met(song, at)
    _said(song)
    for number in (0, 1):
        typed = deciding.Decided(_answers(song, at + 9 * MINUTE), meeting, song.words, number, uuid4())
        song.do(deciding.decide, typed, who=song.team, now=PRESENT)
    other = _notified(nest)
    _planned(other, PRESENT + 4 * DAY)
    _said(other, Party.POLICE)
    song_words = {"who": other.team, "now": PRESENT}
    other.do(deciding.escalate, other.words, uuid4(), **song_words)
    nest.names(reference=song.reference, topic="findings", party="police")
    return song


def _notified(nest: Nest) -> Song:
    song = Song(nest)
    song.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        song.respond(party, NOTIFY)
    proposed = service.Proposed(song.answers(NOTIFY), song.version(), uuid4())
    song.do(service.record_decision, proposed, who=song.director, now=LATE - 2 * DAY)
    sent = service.Sent(LATE - DAY, "other", song.words, song.words, nest.house, song.words, song.words, song.words,
                        uuid4())  # fmt: skip
    song.do(service.record_notification, sent, who=song.director, now=LATE)
    nest.knows((song.case_id, song.reference))
    return song


def _planned(song: Song, at: datetime, over: int = 0) -> datetime:
    """Plan a meeting at about that time, and say when."""
    # Two songs of one nest do not meet at one moment.
    at = at + timedelta(seconds=int(song.case_id) % 1200)
    with song.place.pinned():
        today = PLANNED.date()
        wanted = planning.Wanted(None, True, at, f"A room {song.nest.house}", today, today, at.date() + 7 * DAY, False,
                                 song.words, over, uuid4())  # fmt: skip
        row = planning.set_plan(song.case_id, wanted, actor=song.team.actor(), now=PLANNED)
        assert row.number == over + 1
        db.session.commit()
    return at


def _written(song: Song) -> None:
    for name, part in PARTS.items():
        content: dict[str, Any] = {
            one.name: one.choices[0][0]
            if one.kind == "choice"
            else [song.words]
            if one.kind == "list"
            else song.words
            for one in part.questions
        }
        song.do(recording.write, recording.Written(name, content, 0, uuid4()), who=song.team, now=PRESENT)


def _met(song: Song, at: datetime) -> UUID:
    with song.place.pinned():
        plan = plan_of(song.case_id)
        assert plan is not None
        assert plan.meeting_id is not None
        by = song.team.actor().acting_as(song.team.actor().capacities)
        assert group.open_meeting(plan.meeting_id, at, by, at + 10 * MINUTE) == []
        for party in SAFEGUARDING_PARTNERS:
            came = attendance.NewAttendance(f"{song.nest.house} {party}", song.nest.house, uuid4(), party=party,
                                            deputy_for=song.nest.house, came_at=at)  # fmt: skip
            assert attendance.attend(plan.meeting_id, came, by, at + 10 * MINUTE) == []
        db.session.commit()
        return plan.meeting_id


def _said(song: Song, differs: Party | None = None) -> None:
    for party in SAFEGUARDING_PARTNERS:
        outcome = "do-not-commission" if party is differs else "commission"
        for _again in range(2):
            said = positions.Said(party, outcome, song.words, "", uuid4())
            elsewhere = positions.Elsewhere(song.nest.house, song.nest.house, PRESENT, "call", song.words)
            song.do(positions.take_for, said, elsewhere, who=song.team, now=PRESENT)


def _answers(song: Song, at: datetime) -> Answers:
    return Answers("commission", song.words, None, True, at)

"""Decisions not to hold a rapid review in a nest: the Panel was told of one, and the ground of another withdrawn."""

from __future__ import annotations

from uuid import uuid4

from app.declined_reviews import closing, queries
from app.declined_reviews import service as declining
from app.declined_reviews.models import DeclinedReviewNotice
from app.procedure.declined_reviews import AGREED, NOT_AGREED, Notice
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import progress, service
from tenants.db import db
from tests.integration.attacks.nests import LATE, PRESENT, Nest, Song
from tests.integration.attacks.reviews_nest import DAY, HOUR, MINUTE
from tests.integration.serious_incidents.journey import NOTIFY

GROUND = LATE + HOUR


def declined(nest: Nest) -> None:
    """Play both."""
    told, held = _to_ground(nest), _to_ground(nest)
    for place, party in enumerate(SAFEGUARDING_PARTNERS):
        _say(told, party, AGREED, place)
    _say(told, Party.INDEPENDENT_SCRUTINEER, "", 4)
    notice = Notice(
        GROUND + 8 * MINUTE, "other", told.words, told.words, channels=frozenset(queries.CHANNELS)
    )
    sent = closing.Sent(notice, told.words, nest.house, uuid4())
    told.do(closing.tell_panel, sent, who=told.team, now=PRESENT)
    _say(held, Party.POLICE, NOT_AGREED, 1)
    _told_late_and_withdrawn(held)


def _to_ground(nest: Nest) -> Song:
    song = Song(nest)
    song.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        song.respond(party, NOTIFY)
    proposed = service.Proposed(song.answers(NOTIFY), song.version(), uuid4())
    song.do(service.record_decision, proposed, who=song.director, now=LATE - 2 * DAY)
    sent = service.Sent(LATE - DAY, "other", song.words, song.words, nest.house, song.words, song.words, song.words,
                        uuid4())  # fmt: skip
    song.do(service.record_notification, sent, who=song.director, now=LATE)
    entry = service.Entry(song.words, uuid4(), "another", song.words)
    song.do(service.record_ground, entry, who=song.director, now=GROUND)
    nest.knows((song.case_id, song.reference))
    nest.names(reference=song.reference, party="police")
    return song


def _say(song: Song, party: Party, outcome: str, place: int) -> None:
    """Say it, and have it said again on behalf."""
    at = GROUND + place * MINUTE
    people = {**song.answering, Party.INDEPENDENT_SCRUTINEER: song.scrutineer}
    for elsewhere in (None, declining.Elsewhere(song.nest.house, song.nest.house, at, "call", song.words)):
        said = declining.Said(party, outcome, song.words, _over(song, party), uuid4(), elsewhere)
        song.do(declining.say, said, who=song.team if elsewhere else people[party], now=at)


def _over(song: Song, party: Party) -> str:
    with song.place.pinned():
        ground = progress.load(song.case_id).ground
        assert ground is not None
        rows = queries.rows_of(queries.DeclinedReviewAnswer, song.case_id)
        return queries.mark_of(ground, queries.in_force(rows, ground.id, party))


def _told_late_and_withdrawn(song: Song) -> None:
    """A notice after its time, which no clock of what was played lets through, with its words alone; then the ground is
    withdrawn."""
    with song.place.pinned():
        ground = progress.load(song.case_id).ground
        assert ground is not None
        db.session.add(
            DeclinedReviewNotice(
                case_id=song.case_id, ground_id=ground.id, sent_at=PRESENT, channel="letter", detail="",
                address=song.words, panel_reference=song.words, sent_by=song.nest.house, missed_reason=song.words,
                missed_reported_to=song.words, recorded_by=song.team.name, recorded_capacity=song.nest.house,
                recorded_at=PRESENT, submission_key=uuid4(),
            )
        )  # fmt: skip
        closing.withdraw(song.case_id, song.words, uuid4(), actor=song.team.actor(), now=PRESENT)
        db.session.commit()

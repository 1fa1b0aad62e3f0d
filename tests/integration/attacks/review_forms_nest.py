"""The form of a rapid review in a nest: a draft, one that was returned, one approved and sent, and a correction."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from app.procedure.events import SentTo
from app.review_forms import sending, service
from app.review_forms.gathering import gather
from app.review_forms.models import ReviewFormSending
from app.review_forms.queries import form_of, version_of
from app.review_forms.service import Answered, NewVersion
from tenants.db import db
from tests.integration.attacks.nests import PRESENT, Nest, Song
from tests.support.involvement import NONE, answer, ask

MINUTE = timedelta(minutes=1)


def review_forms(nest: Nest, song: Song) -> None:
    """Play the form of the song's review; its decision says that the Home Office is needed."""
    _made(song)
    asked = ask(song.team, song.case_id, PRESENT)
    said = {**NONE, "author": song.words, "author_role": song.words}
    answer(song.lig_member, asked["community-health"], PRESENT, said)
    _made(song)
    song.do(service.answer, 2, Answered("returned", song.words, False, uuid4()), who=song.chair, now=PRESENT)
    _made(song)
    approved = Answered("approved", song.words, True, uuid4())
    song.do(service.answer, 3, approved, who=song.chair, now=PRESENT)
    song.do(sending.share, 3, who=song.team, now=PRESENT, key=uuid4())
    for to in ("panel", "chief-caseworker-unit"):
        typed = sending.Sent(
            number=3, sent_at=PRESENT, channel="other", channel_detail=song.words, address=song.words, what="both",
            next_steps=song.words, reviewer=song.words, contribution=song.words, recorded_late_reason="",
            missed_reason="", missed_reported_to="", key=uuid4(),
        )  # fmt: skip
        song.do(sending.record_sending, to, typed, who=song.team, now=PRESENT)
    _late(song)
    _made(song)
    for number in range(1, 5):
        nest.names(reference=song.reference, form=str(number), file="docx", recipient="ofsted")


def _made(song: Song) -> None:
    with song.place.pinned():
        from app.cases.service import lock

        before, complete = form_of(song.case_id), not gather(lock(song.case_id)).missing
        typed = NewVersion(song.words, before.number if before else 0, complete, uuid4())
        service.make(song.case_id, typed, actor=song.team.actor(), now=PRESENT)
        db.session.commit()


def _late(song: Song) -> None:
    """One that went after its clock and was recorded on a later day: nothing in a nest is as old as that."""
    with song.place.pinned():
        form = version_of(song.case_id, 3)
        assert form is not None
        by = song.team.actor().acting_as(song.team.actor().capacities)
        words = dict.fromkeys(
            ("recorded_late_reason", "missed_reason", "missed_reported_to", "name"), song.words
        )
        row = ReviewFormSending(
            case_id=song.case_id, version_id=form.row.id, number=3, recipient=SentTo.DFE.value, recipient_key="dfe",
            party="", person_id=None, channel="secure-email", channel_detail="", address="", what="notice",
            next_steps="", reviewer="", contribution="", digests={}, sent_at=PRESENT, recorded_at=PRESENT + MINUTE,
            recorded_by=by.name, recorded_capacity=by.capacity, submission_key=uuid4(), **words,
        )  # fmt: skip
        sending._keep([row], form, by, PRESENT + MINUTE)
        db.session.commit()

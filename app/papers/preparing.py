"""How members come prepared: that they opened the papers, what they write, that they confirm it; and reminding them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.access.actor import Acting, Actor
from app.access.guard import refuse
from app.access.permissions import Permission
from app.cases.service import lock
from app.documents.digests import digest_of
from app.ledger.service import record
from app.papers import queries
from app.papers.models import PaperPack, PaperReading, Preparation, PreparationDraft, PreparationReminder
from app.papers.recipients import Recipient, received_as, recipients_of, tell
from app.procedure.events import EventKind
from app.procedure.involvement import STAGES
from app.procedure.marks import duty
from app.procedure.papers import NOTES, preparation_faults
from app.serious_incidents.errors import ChangedMeanwhile, Fault, Incomplete, OutOfTurn
from app.web.text_rules import normalised
from tenants.db import db, set_scope
from tenants.scope import current_partnership_id

NOT_YET = OutOfTurn("No papers have been circulated", "There is nothing to prepare for yet.")
OVER = OutOfTurn(
    "The meeting has begun",
    "What members bring to it can no longer be changed. What you confirmed before stays as it was.",
)


class Stale(Exception):
    """The notes were saved from another page after this form was shown; `saved` is what stands there now."""

    def __init__(self, draft: PreparationDraft) -> None:
        super().__init__("saved meanwhile")
        self.saved, self.version = dict(draft.content), draft.version


@dataclass(frozen=True, slots=True)
class Prepared:
    """A preparation as it was typed: for which pack it was shown, whether the papers were read, and the four notes."""

    pack: str
    read: bool
    notes: Mapping[str, str]
    key: UUID


def opened(paper: PaperPack, actor: Actor, now: datetime) -> None:
    """Record that a recipient opened a pack or a supplement, the first time. Written as the read log is, in a
    transaction of its own, so that the page's own changes nothing; whoever only circulates papers has no receipt."""
    held = received_as(actor)
    if not held:
        return
    partnership = current_partnership_id()
    with db.engine.begin() as connection:
        set_scope(connection, partnership, actor.person_id)
        connection.execute(
            insert(PaperReading.__table__)
            .values(
                partnership_id=partnership, paper_id=paper.id, person_id=actor.person_id, name=actor.name,
                capacity=held[0].label, opened_at=now,
            )
            .on_conflict_do_nothing(index_elements=["partnership_id", "paper_id", "person_id"])
        )  # fmt: skip


def typed_notes(given: Mapping[str, str]) -> dict[str, str]:
    """The four notes as they are kept while one writes."""
    return {name: given.get(name, "").replace("\r\n", "\n").replace("\r", "\n") for name in NOTES}


def save_notes(
    pack: PaperPack,
    person_id: UUID,
    notes: Mapping[str, str],
    *,
    version: int,
    form: UUID | None,
    now: datetime,
) -> PreparationDraft:
    """Keep what is being written. The caller has found that this person prepares for the pack, and commits.

    Raises Stale where another form saved something else after `version`: nothing is then kept.
    """
    draft = queries.draft_of(pack, person_id)
    if draft is None:
        draft = PreparationDraft(
            paper_id=pack.id, person_id=person_id, content=dict(notes), version=1, form=form, saved_at=now
        )
        db.session.add(draft)
        return draft
    if draft.content == notes:
        return draft
    if draft.version > version and (form is None or draft.form != form):
        raise Stale(draft)
    draft.content, draft.version, draft.form, draft.saved_at = dict(notes), draft.version + 1, form, now
    return draft


@duty("B2-10")
def confirm_preparation(case_id: UUID, typed: Prepared, *, actor: Actor, now: datetime) -> Preparation:
    """Confirm that one has read the papers, with what one brings to the meeting (commitments 2 and 4).

    It may be confirmed anew until the meeting begins; every version is kept. The same form sent twice confirms once.
    Refused like a wrong address for whoever does not prepare; raises OutOfTurn, Incomplete; ChangedMeanwhile where
    another pack was circulated meanwhile.
    """
    lock(case_id)
    held = preparing_as(actor)
    pack = queries.pack_of(case_id)
    if pack is None:
        raise NOT_YET
    before = queries.preparation_versions(pack, actor.person_id)
    known = next((one for one in before if one.submission_key == typed.key), None)
    if known is not None:
        return known
    if pack.code != typed.pack:
        raise ChangedMeanwhile(str(case_id))
    if not queries.may_prepare(pack, now):
        raise OVER
    notes = {name: normalised(typed.notes.get(name, "")) for name in NOTES}
    _check(typed.read, notes, before[0] if before else None)
    row = Preparation(
        paper_id=pack.id, person_id=actor.person_id, number=len(before) + 1, name=actor.name, capacity=held.capacity,
        confirmed_at=now, submission_key=typed.key, **notes,
    )  # fmt: skip
    db.session.add(row)
    facts: dict[str, object] = {"pack": pack.number, "person": str(actor.person_id), "number": row.number}
    record(
        EventKind.PREPARATION_CONFIRMED, case_id=case_id, acting=held, happened_at=now, now=now,
        stage=STAGES[pack.purpose], facts=facts, payload={"digest": digest_of(notes)},
    )  # fmt: skip
    return row


def preparing_as(actor: Actor) -> Acting:
    """The person in the capacity in which they prepare; the 404 of a wrong address for whoever does not."""
    held = [one for one in received_as(actor) if one in actor.holding(Permission.PREPARATION_CONFIRM)]
    return actor.acting_as(held) if held else refuse()


def _check(read: bool, notes: Mapping[str, str], before: Preparation | None) -> None:
    faults = [Fault(name, message) for name, message in preparation_faults(read, notes)]
    if before is not None and all(getattr(before, name) == text for name, text in notes.items()):
        faults.append(Fault("reflections", "Nothing has changed since you confirmed it last"))
    if faults:
        raise Incomplete(faults)


def to_remind(pack: PaperPack, now: datetime) -> list[Recipient]:
    """The members who have not confirmed yet."""
    done = {one.person_id for one in queries.preparations_for(pack)}
    return [one for one in recipients_of(pack.case_id, now) if one.prepares and one.person_id not in done]


def remind(
    case_id: UUID, chosen: Collection[str], acting: Acting, now: datetime, key: UUID
) -> list[PreparationReminder]:
    """Remind members who have not confirmed, by message. The same form sent twice reminds once. Raises OutOfTurn,
    Incomplete."""
    case, pack = lock(case_id), queries.pack_of(case_id)
    if pack is None:
        raise NOT_YET
    made = select(PreparationReminder).where(PreparationReminder.submission_key == key)
    known = list(db.session.scalars(made))
    if known:
        return known
    if queries.purpose_now(case_id) != pack.purpose or not queries.may_prepare(pack, now):
        raise OutOfTurn(
            "There is nothing to remind of", "The meeting has begun, or the papers are no longer for one."
        )
    to = [one for one in to_remind(pack, now) if str(one.person_id) in chosen]
    if not to:
        raise Incomplete([Fault("people", "Select whom to remind")])
    rows = [
        PreparationReminder(
            paper_id=pack.id, person_id=one.person_id, name=one.name, reminded_by=acting.name,
            reminded_capacity=acting.capacity, reminded_at=now, submission_key=key,
        )
        for one in to
    ]  # fmt: skip
    db.session.add_all(rows)
    tell("papers-reminder", to, case, f"{pack.code}-{key}", now, meeting_at=queries.meeting_for(pack).at)
    return rows

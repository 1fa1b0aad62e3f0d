"""Reading the form of a rapid review: its versions, what the chair said to each, and who has which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.access.actor import Actor
from app.access.permissions import Permission
from app.procedure.events import Party, SentTo
from app.review_forms.models import ReviewFormAnswer, ReviewFormFile, ReviewFormSending, ReviewFormVersion
from app.review_forms.readers import Reader, by_hand, inside_now, role_of
from tenants.db import db

APPROVED, RETURNED = "approved", "returned"


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """A version of the form and how it stands: 'draft' (something is missing), 'waits' for the chair, 'approved',
    'returned', or 'superseded' by a later one before it was answered."""

    row: ReviewFormVersion
    answer: ReviewFormAnswer | None
    files: tuple[ReviewFormFile, ...]
    latest: bool

    @property
    def number(self) -> int:
        """Its number within the case."""
        return self.row.number

    @property
    def approved_at(self) -> datetime | None:
        """When the chair of the group approved it."""
        return self.answer.answered_at if self.answer and self.answer.answer == APPROVED else None

    @property
    def state(self) -> str:
        """Where it stands, in a word."""
        if self.answer is not None:
            return self.answer.answer
        if not self.latest:
            return "superseded"
        return "draft" if self.row.missing else "waits"

    @property
    def current_files(self) -> tuple[ReviewFormFile, ...]:
        """The files that count: of an approved version those that say so, else its drafts."""
        return tuple(one for one in self.files if one.approved == (self.approved_at is not None))

    @property
    def digest(self) -> str:
        """The digest of the PDF that counts."""
        return next((one.digest for one in self.current_files if one.kind == "pdf"), "")


@dataclass(frozen=True, slots=True)
class Has:
    """A recipient and the last version that they have. `newer` is the approved version that must go to them still."""

    row: ReviewFormSending
    newer: int | None
    gone: bool

    @property
    def role(self) -> str:
        """As what it was sent to them."""
        return role_of(SentTo(self.row.recipient), Party(self.row.party) if self.row.party else None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a form stands: its versions (the latest first), the approved one that counts, and who has what."""

    versions: list[ReviewForm] = field(default_factory=list)
    inside: list[Reader] = field(default_factory=list)
    by_hand: list[Reader] = field(default_factory=list)
    has: list[Has] = field(default_factory=list)
    sendings: Sequence[ReviewFormSending] = ()

    @property
    def latest(self) -> ReviewForm | None:
        """The last version that was made."""
        return next(iter(self.versions), None)

    @property
    def approved(self) -> ReviewForm | None:
        """The version that is sent: the last that was approved."""
        return next((one for one in self.versions if one.approved_at is not None), None)

    @property
    def all_sent(self) -> bool:
        """Whether nobody waits for the approved version."""
        return self.approved is not None and not self.inside and not self.by_hand


def versions_of(case_id: UUID) -> list[ReviewForm]:
    """Every version of the form, the latest first."""
    rows = db.session.scalars(
        select(ReviewFormVersion)
        .where(ReviewFormVersion.case_id == case_id)
        .order_by(ReviewFormVersion.number.desc())
    ).all()
    wanted = [row.id for row in rows]
    answers = {one.version_id: one for one in _of(ReviewFormAnswer, wanted)}
    files: dict[UUID, list[ReviewFormFile]] = {}
    for one in _of(ReviewFormFile, wanted):
        files.setdefault(one.version_id, []).append(one)
    return [
        ReviewForm(row, answers.get(row.id), tuple(sorted(files.get(row.id, []), key=_order)), place == 0)
        for place, row in enumerate(rows)
    ]


def _of(model: Any, wanted: list[UUID]) -> Sequence[Any]:
    return db.session.scalars(select(model).where(model.version_id.in_(wanted))).all() if wanted else []


def _order(file: ReviewFormFile) -> tuple[bool, str]:
    return not file.approved, file.kind


def form_of(case_id: UUID) -> ReviewForm | None:
    """The latest version of the form, or None while none was made."""
    return next(iter(versions_of(case_id)), None)


def version_of(case_id: UUID, number: int) -> ReviewForm | None:
    """One version of the form, or None."""
    return next((one for one in versions_of(case_id) if one.number == number), None)


def may_read(form: ReviewForm, actor: Actor) -> bool:
    """Whether somebody who may read the review may read this version: before it is approved it holds every agency's
    return, which only those read who oversee them."""
    return form.approved_at is not None or actor.may(Permission.INVOLVEMENT_OVERSEE)


def bytes_of(file: ReviewFormFile) -> bytes:
    """The file as it was written."""
    query = (
        select(ReviewFormFile).where(ReviewFormFile.id == file.id).options(undefer(ReviewFormFile.content))
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one().content


def sendings_of(case_id: UUID) -> Sequence[ReviewFormSending]:
    """Every sending of a case's form, in the order in which they were sent."""
    query = select(ReviewFormSending).where(ReviewFormSending.case_id == case_id)
    return db.session.scalars(
        query.order_by(ReviewFormSending.sent_at, ReviewFormSending.recipient_key)
    ).all()


def standing(case_id: UUID, now: datetime) -> Standing:
    """Where the form of a case stands: what it waits for, who has which version, and to whom one must still go."""
    versions, sendings = versions_of(case_id), sendings_of(case_id)
    approved = next((one for one in versions if one.approved_at is not None), None)
    if approved is None:
        return Standing(versions)
    inside, hand = inside_now(case_id, now), by_hand(case_id, approved.row.home_office, now)
    had = {one.recipient_key for one in sendings if one.number == approved.number}
    inside_left = [one for one in inside if one.key not in had]
    hand_left = [one for one in hand if one.key not in had]
    return Standing(
        versions, inside_left, hand_left, _has(sendings, approved.number, [*inside, *hand]), sendings
    )


def _has(sendings: Sequence[ReviewFormSending], newest: int, wanted: Sequence[Reader]) -> list[Has]:
    last = {one.recipient_key: one for one in sorted(sendings, key=lambda one: one.number)}
    current = {one.key for one in wanted}
    order = {to.value: place for place, to in enumerate(SHOWN)}
    found = [
        Has(row, newest if row.number < newest and key in current else None, key not in current)
        for key, row in last.items()
    ]
    return sorted(found, key=lambda one: (order[one.row.recipient], one.row.party, one.row.name.casefold()))


SHOWN = (
    SentTo.PANEL, SentTo.OFSTED, SentTo.DFE, SentTo.CHIEF_CASEWORKER_UNIT, SentTo.PARTNER, SentTo.LIG_MEMBER,
    SentTo.SCRUTINEER, SentTo.EXECUTIVE,
)  # fmt: skip


def reader_named(case_id: UUID, key: str, home_office: bool, now: datetime) -> Reader | None:
    """The recipient outside Waymark that an address names, or None."""
    return next((one for one in by_hand(case_id, home_office, now) if one.key == key), None)

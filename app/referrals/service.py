"""The verbs of a referral: start, save, share with the agency's representative, return, discard, submit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.service import lock
from app.ledger.service import record
from app.procedure.events import EventKind, Stage
from app.procedure.marks import duty
from app.referrals import telling
from app.referrals.checking import items_of
from app.referrals.models import ReferralDraft
from app.referrals.pages import MOST, item_number
from app.referrals.queries import Way, capacities_for, known_to, may_submit, visible_draft
from tenants.db import db

OPEN = ("draft", "with-representative")


class NoSuchDraft(Exception):
    """There is no such draft, or it is not this person's to see: the two are one answer."""


class NotNow(Exception):
    """The draft is not in a state in which this can be done; the message says why."""


@dataclass(slots=True)
class Stale(Exception):
    """Somebody changed the page since the form was shown. `saved` is what stands there now."""

    draft: ReferralDraft
    pages: list[str]
    saved: Mapping[str, Any]

    def __str__(self) -> str:
        return f"changed meanwhile: {', '.join(self.pages)}"


def load(draft_id: UUID, actor: Actor, *, lock: bool = False, open_only: bool = False) -> ReferralDraft:
    """The draft this person may see. Raises NoSuchDraft; NotNow where it must be open and is not."""
    draft = visible_draft(draft_id, actor, lock=lock)
    if draft is None:
        raise NoSuchDraft(str(draft_id))
    if open_only and draft.state not in OPEN:
        raise NotNow("This referral has been submitted and can no longer be changed")
    return draft


def acting_for(actor: Actor, draft: ReferralDraft, permission: Permission) -> Acting:
    """The person in the capacity that the draft asks for. Raises NoSuchDraft where they hold none."""
    capacities = capacities_for(actor, draft, permission)
    if not capacities:
        raise NoSuchDraft(str(draft.id))
    return actor.acting_as(capacities)


@duty("A-09")
def start_for_case(actor: Actor, way: Way, case_id: UUID, start_key: UUID, now: datetime) -> ReferralDraft:
    """Begin the referral that a case waits for, whose notification came first; or the one begun already, which
    every representative of the agency sees. It is linked to that case when it is submitted. Raises NotNow where
    another agency, which was asked too, has begun it."""
    lock(case_id)
    begun = db.session.scalar(
        select(ReferralDraft).where(ReferralDraft.case_id == case_id, ReferralDraft.state.in_(OPEN))
    )
    if begun is not None and begun.agency_id == way.agency_id:
        return begun
    if begun is not None:
        raise NotNow("Another agency was asked too and has begun the referral. Ask the Partnership Team")
    draft = start_draft(actor, way, start_key, now)
    draft.case_id = case_id
    draft.state, draft.shared_at = "with-representative", now
    return draft


@duty("A-01", "A-03")
def start_draft(actor: Actor, way: Way, start_key: UUID, now: datetime) -> ReferralDraft:
    """Begin a referral for an agency, or as CDOP's chair. The same key again gives the same draft."""
    assert actor.person_id is not None
    again = _started(start_key, actor)
    if again is not None:
        return again
    draft = ReferralDraft(
        agency_id=way.agency_id,
        author_person=actor.person_id,
        source=way.source,
        state="draft",
        answers={"referrer": {"name": actor.name}, "child-1": {}},
        touched={},
        version=1,
        start_key=start_key,
        created_at=now,
        updated_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        # The same form, sent twice at the same moment, or a key that is somebody else's.
        again = _started(start_key, actor)
        if again is None:
            raise NotNow("This form has been used already. Start the referral again") from None
        return again
    _tell(EventKind.REFERRAL_DRAFT_STARTED, draft, acting_for(actor, draft, Permission.REFERRAL_DRAFT), now)
    return draft


def _started(start_key: UUID, actor: Actor) -> ReferralDraft | None:
    return db.session.scalar(
        select(ReferralDraft).where(
            ReferralDraft.start_key == start_key,
            ReferralDraft.author_person == actor.person_id,
            known_to(actor),
        )
    )


def save_section(
    draft_id: UUID,
    actor: Actor,
    page: str,
    typed: Mapping[str, Any],
    *,
    version: int,
    form: str,
    now: datetime,
    tried: bool = False,
) -> ReferralDraft:
    """Keep what was typed on a page, whatever it is. `form` names the form shown, `tried` that it was to be
    checked.

    Raises NoSuchDraft, NotNow, and Stale where another form changed this page after `version`: nothing is
    then kept.
    """
    draft = load(draft_id, actor, lock=True, open_only=True)
    if item_number(page) and page not in draft.answers:
        raise NotNow("This child has been removed from the referral")
    touch = draft.touched.get(page, {})
    if int(touch.get("version", 0)) > version and touch.get("form") != form:
        raise Stale(draft, [page], draft.answers.get(page, {}))
    if draft.answers.get(page, {}) != dict(typed) or bool(touch.get("tried")) is not tried:
        _change(draft, {**draft.answers, page: dict(typed)}, page, form, now, tried)
    return draft


def add_item(draft_id: UUID, actor: Actor, kind: str, now: datetime) -> str:
    """Add a page for one more child.

    Returns its key. Raises NoSuchDraft, NotNow where there are as many as can be.
    """
    draft = load(draft_id, actor, lock=True, open_only=True)
    listed = items_of(draft.answers, kind)
    if len(listed) >= MOST[kind]:
        raise NotNow(
            f"At most {MOST[kind]} children can be listed here: describe any further children in the text"
        )
    used = [
        number[1]
        for key in {*draft.answers, *draft.touched}
        if (number := item_number(key)) and number[0] == kind
    ]
    key = f"{kind}-{max(used, default=0) + 1}"
    _change(draft, {**draft.answers, key: {}}, key, "", now, False)
    return key


def remove_item(draft_id: UUID, actor: Actor, key: str, now: datetime) -> None:
    """Take a child out of the referral.

    Raises NoSuchDraft, NotNow. A child already removed is not a fault.
    """
    draft = load(draft_id, actor, lock=True, open_only=True)
    if key in draft.answers and item_number(key):
        kept = {name: typed for name, typed in draft.answers.items() if name != key}
        _change(draft, kept, key, "", now, False)


@duty("A-01")
def share_with_representative(draft_id: UUID, actor: Actor, now: datetime) -> ReferralDraft:
    """The author shows the draft to their own agency's representative, who is told that it waits.

    Raises NoSuchDraft; NotNow where nobody represents the agency today, or it is not the author's to share.
    """
    draft = load(draft_id, actor, lock=True, open_only=True)
    if draft.state == "with-representative":
        return draft
    if draft.author_person != actor.person_id or draft.source != "agency" or may_submit(actor, draft):
        raise NotNow("This referral is not one to share with a representative")
    representatives = telling.representatives_of(draft, now)
    if not representatives:
        raise NotNow("Nobody represents your agency on the group today. Ask the Partnership Team who does")
    draft.state, draft.shared_at, draft.updated_at = "with-representative", now, now
    _tell(
        EventKind.REFERRAL_SHARED_WITH_REPRESENTATIVE,
        draft,
        acting_for(actor, draft, Permission.REFERRAL_DRAFT),
        now,
    )
    telling.waits_for_representative(draft, representatives, now)
    return draft


@duty("A-01")
def return_to_practitioner(draft_id: UUID, actor: Actor, now: datetime) -> ReferralDraft:
    """The representative gives the draft back; from then on only its author sees it.

    Raises NoSuchDraft, NotNow.
    """
    draft = load(draft_id, actor, lock=True, open_only=True)
    if (
        draft.state != "with-representative"
        or draft.author_person == actor.person_id
        or not may_submit(actor, draft)
    ):
        raise NotNow("This referral is not one to return")
    draft.state, draft.updated_at = "draft", now
    _tell(
        EventKind.REFERRAL_RETURNED_TO_PRACTITIONER,
        draft,
        acting_for(actor, draft, Permission.REFERRAL_SUBMIT),
        now,
    )
    telling.returned(draft, now)
    return draft


def discard(draft_id: UUID, actor: Actor, now: datetime) -> None:
    """The author throws the draft away; what was typed is erased with it. Raises NoSuchDraft, NotNow."""
    draft = load(draft_id, actor, lock=True, open_only=True)
    if draft.author_person != actor.person_id:
        raise NotNow("Only the person who began a referral can discard it")
    draft.state, draft.answers, draft.touched, draft.updated_at = "discarded", {}, {}, now
    _tell(EventKind.REFERRAL_DRAFT_DISCARDED, draft, acting_for(actor, draft, Permission.REFERRAL_DRAFT), now)


def new_key() -> UUID:
    """A key that a form carries, so that the form sent twice does its work once."""
    return uuid4()


def _change(
    draft: ReferralDraft, answers: dict[str, dict[str, Any]], page: str, form: str, now: datetime, tried: bool
) -> None:
    draft.version += 1
    draft.answers = answers
    draft.touched = {**draft.touched, page: {"version": draft.version, "form": form, "tried": tried}}
    draft.updated_at = now


def _tell(kind: EventKind, draft: ReferralDraft, acting: Acting, now: datetime) -> None:
    facts: dict[str, object] = {"draft": str(draft.id), "source": draft.source}
    record(kind, case_id=None, stage=Stage.REFERRAL, acting=acting, happened_at=now, now=now, facts=facts)


def roles_of(capacities: Iterable[Any]) -> set[str]:
    """The names of the roles among capacities, as the procedure asks for them."""
    return {held.role.value for held in capacities}

"""Scoping for a discussion by the group: directed by its chair, open to the scrutiny of the partners (6.1; A-07)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import lock
from app.involvement import telling
from app.involvement.models import OutcomeComment, ScopingDirection
from app.involvement.turns import refuse_unless_asked, tell_ledger
from app.ledger.service import record
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party, Stage
from app.procedure.involvement import DISCUSSION, direction_faults, discussion_chosen
from app.procedure.marks import duty
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from tenants.db import db

NOT_CHOSEN = "The chair of the group has not decided that the group discusses this referral."


@duty("A-07")
def direct_scoping(
    case_id: UUID,
    due_on: date | None,
    discussed_on: date | None,
    words: str,
    *,
    actor: Actor,
    now: datetime,
    key: UUID,
) -> ScopingDirection | None:
    """The chair directs that agencies are asked before the group discusses a referral, "within agreed timescales"
    (6.1). A later direction sets other dates. Raises Incomplete, OutOfTurn."""
    case = lock(case_id)
    known = db.session.scalar(select(ScopingDirection).where(ScopingDirection.submission_key == key))
    if known is not None:
        return known
    refuse_unless_asked(case_id, DISCUSSION)
    faults = direction_faults(due_on, discussed_on, london_date(now))
    if faults or due_on is None:
        raise Incomplete([Fault(*fault) for fault in faults])
    acting = actor.acting_as(actor.holding(Permission.SCOPING_DIRECT))
    row = ScopingDirection(
        case_id=case_id, due_on=due_on, discussed_on=discussed_on, words=words.strip(), directed_by=acting.name,
        directed_capacity=acting.capacity, directed_at=now, submission_key=key,
    )  # fmt: skip
    db.session.add(row)
    tell_ledger(EventKind.SCOPING_DIRECTED, case_id, DISCUSSION, acting, now, {"due_on": due_on.isoformat()},
                 {"words": row.words, "discussed_on": discussed_on.isoformat() if discussed_on else ""})  # fmt: skip
    telling.tell_parties("scoping-directed", case, [Party.PARTNERSHIP_TEAM], str(key), now, due_on)
    return row


@duty("A-07")
def comment_on_outcome(
    case_id: UUID, party: Party | None, words: str, *, actor: Actor, now: datetime, key: UUID
) -> None:
    """A safeguarding partner comments on the chair's decision, which is "open to the scrutiny of the safeguarding
    partners" (6.1). The same form sent twice writes once. Raises Incomplete, OutOfTurn."""
    case = lock(case_id)
    if db.session.scalar(select(OutcomeComment.id).where(OutcomeComment.submission_key == key)):
        return
    if discussion_chosen(history_of(case_id)) is None:
        raise OutOfTurn("There is nothing to comment on", NOT_CHOSEN)  # fmt: skip
    held = [
        one for one in actor.holding(Permission.OUTCOME_COMMENT) if one.partner is party and party is not None
    ]
    faults = [] if held else [Fault("party", "Select for which safeguarding partner you write")]
    faults += [] if words.strip() else [Fault("words", "Write your comment")]
    if faults or party is None:
        raise Incomplete(faults)
    acting = actor.acting_as(held)
    db.session.add(
        OutcomeComment(case_id=case_id, party=party.value, words=words.strip(), written_by=acting.name,
                       written_capacity=acting.capacity, written_at=now, submission_key=key)
    )  # fmt: skip
    record(
        EventKind.OUTCOME_COMMENTED, case_id=case_id, acting=acting, happened_at=now, now=now, stage=Stage.NOTIFICATION,
        party=party, payload={"words": words.strip()},
    )  # fmt: skip
    told = [Party.LIG_CHAIR, Party.PARTNERSHIP_TEAM, Party.INDEPENDENT_SCRUTINEER, *SAFEGUARDING_PARTNERS]
    telling.tell_parties("outcome-commented", case, told, str(key), now)

"""What is recorded beside a decision: new information and its answer, putting back, the local authority's own
duty, what follows where nothing is notified, and the ground for no rapid review. Observations of the scrutineer are
the scrutiny room's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting, Actor, Capacity
from app.access.owners import OWNERS, parties_of
from app.access.permissions import Permission
from app.cases.service import Case, changed, lock, mark_to_be_notified
from app.procedure.events import SAFEGUARDING_PARTNERS, AfterNotNotified, EventKind, Party
from app.procedure.marks import duty
from app.serious_incidents import progress, recipients, rules, turns
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from app.serious_incidents.models import DecisionEntry
from app.serious_incidents.progress import Progress
from app.serious_incidents.steps import happened, take
from tenants.db import db

AFTERWARDS = {
    AfterNotNotified.DISCUSSION.value: "Discussed by the group, supported by scoping of agency information",
    AfterNotNotified.LEADS_MEETING.value: "Discussed at a safeguarding leads meeting",
    AfterNotNotified.NO_FURTHER_ACTION.value: "No further action",
}
GROUNDS = {
    "criteria-not-met": "It was later found that the criteria for notification were not met",
    "another": "Another ground, whose reason goes to the Panel",
}
Turn = Callable[[Progress], OutOfTurn | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed beside a decision."""

    words: str
    key: UUID
    outcome: str = ""
    source: str = ""


@duty("B1-13")
def raise_information(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """Raise new information after a decision with the chair of the group, the Partnership Chair and the
    scrutineer (8.1). The decision stands until whoever made it decides anew. Raises Incomplete, OutOfTurn."""
    about = _Verb("new-information", EventKind.NEW_INFORMATION_RAISED, Permission.INFORMATION_RAISE,
                  turns.raise_information, "Say what the new information is")  # fmt: skip
    extra = [] if typed.source.strip() else [Fault("source", "Say where the information comes from")]
    made = _enter(case_id, about, typed, actor, now, faults=extra)
    if made is not None:
        parties = [Party.LIG_CHAIR, Party.INDEPENDENT_SCRUTINEER, Party.PARTNERSHIP_TEAM]
        if made.found.told.chair_decided:
            _tell(made, "new-information", [*parties, Party.PARTNERSHIP_CHAIR], now, partners=False)
        else:
            _tell(made, "new-information", parties, now)


@duty("B1-13")
def decline(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """Say that new information does not change the decision; only whoever made it may. Raises Incomplete,
    OutOfTurn."""
    about = _Verb("declined", EventKind.RECONSIDERATION_DECLINED, Permission.DECISION_RECONSIDER,
                  turns.decline, "Give the reason why the decision stands")  # fmt: skip
    made = _enter(case_id, about, typed, actor, now, allowed=_may_decline)
    if made is not None:
        _tell(made, "reconsideration-declined", [Party.LIG_CHAIR, Party.PARTNERSHIP_TEAM], now)


@duty("B1-08")
def put_back(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """Put a decision that rested on a displaced silence back to those who made it (clocks 8). Raises
    Incomplete, OutOfTurn, AlreadyDone."""
    about = _Verb("put-back", EventKind.DECISION_PUT_BACK, Permission.RESPONSE_RECORD, turns.put_back,
                  "Say what has come to light")  # fmt: skip
    made = _enter(case_id, about, typed, actor, now)
    if made is not None:
        parties = [Party.PARTNERSHIP_CHAIR] if made.found.told.chair_decided else []
        _tell(made, "decision-put-back", [*parties, Party.LIG_CHAIR], now)


@duty("N-03")
def override(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """The local authority decides to notify on its own duty, against or without the local decision, which is
    kept (Children Act 2004, section 16C). Raises Incomplete, OutOfTurn, AlreadyDone."""
    about = _Verb("override", EventKind.NOTIFIED_AGAINST_DECISION, Permission.DECISION_OVERRIDE, turns.override,
                  "Give the reason why the local authority notifies")  # fmt: skip
    made = _enter(case_id, about, typed, actor, now)
    if made is not None:
        mark_to_be_notified(made.case)
        _tell(made, "authority-notifies", [Party.LIG_CHAIR, Party.PARTNERSHIP_TEAM], now)


@duty("B1-03")
def confirm_not_notifying(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """The local authority confirms that it does not notify where the Partnership Chair decided so (clocks 8).
    Raises Incomplete, OutOfTurn, AlreadyDone."""
    about = _Verb("confirmed", EventKind.NOT_NOTIFYING_CONFIRMED, Permission.DECISION_OVERRIDE, turns.confirm,
                  "Give the reason why the local authority does not notify")  # fmt: skip
    made = _enter(case_id, about, typed, actor, now)
    if made is not None:
        _tell(made, "authority-confirmed", [Party.LIG_CHAIR, Party.PARTNERSHIP_TEAM], now)


@duty("B1-03")
def explain_missed(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """Say why the statutory clock was missed, and to whom that was reported, where the notification does not say
    it (clocks 7). Raises Incomplete, OutOfTurn, AlreadyDone."""
    about = _Verb("missed", EventKind.MISSED_CLOCK_EXPLAINED, Permission.NOTIFICATION_RECORD,
                  turns.explain_missed, "Say why the clock was missed")  # fmt: skip
    extra = [] if typed.source.strip() else [Fault("source", "Say to whom it was reported")]
    _enter(case_id, about, typed, actor, now, faults=extra)


@duty("A-06")
def choose_outcome(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """The chair of the group says what follows for a referral that is not notified (Section A). Raises
    Incomplete, OutOfTurn, AlreadyDone."""
    about = _Verb("outcome", EventKind.OUTCOME_CHOSEN, Permission.OUTCOME_CHOOSE, turns.choose_outcome,
                  "Give the reason")  # fmt: skip
    extra = [] if typed.outcome in AFTERWARDS else [Fault("outcome", "Select what follows")]
    made = _enter(case_id, about, typed, actor, now, faults=extra)
    if made is not None:
        _tell(made, "outcome-chosen", [Party.PARTNERSHIP_TEAM], now)


@duty("N-05")
def record_ground(case_id: UUID, typed: Entry, *, actor: Actor, now: datetime) -> None:
    """Record on which ground no rapid review follows a notification: the partners agree it, with the scrutineer's
    oversight, and the Partnership Team may record it for them. Raises Incomplete, OutOfTurn, AlreadyDone."""
    about = _Verb("review-ground", EventKind.REVIEW_GROUND_RECORDED, Permission.REVIEW_GROUND_RECORD,
                  turns.review_ground, "Give the reason; it goes to the Panel")  # fmt: skip
    extra = [] if typed.outcome in GROUNDS else [Fault("outcome", "Select the ground")]
    if not typed.source.strip():
        extra.append(Fault("source", "Say who agreed it for each partner, and how the scrutineer oversaw it"))
    made = _enter(case_id, about, typed, actor, now, faults=extra)
    if made is not None:
        told = [Party.PARTNERSHIP_TEAM, Party.LIG_CHAIR, Party.INDEPENDENT_SCRUTINEER]
        _tell(made, "review-ground", told, now)


def record_local_step(
    case_id: UUID, step: str, *, happened_at: datetime | None, typed: Entry, actor: Actor, now: datetime
) -> None:
    """Record that a step of the partnership's own procedure is done, by whom and what came of it. Raises
    Incomplete, OutOfTurn (not owed, or not this person's to record), AlreadyDone. Sent twice it is done once."""
    case = lock(case_id)
    found = progress.load(case_id)
    reason = turns.local_step(found, step)
    if reason is not None:
        if turns.same(reason, typed.key):
            return
        raise reason
    own = next(one for one in found.told.settings.own.steps if one.key == step)
    acting = actor.acting_as(_may_record(actor, own.owner))
    began = found.told.first(own.trigger)
    faults = [] if typed.words.strip() else [Fault("words", "Say what came of it")]
    if happened_at is None:
        faults.append(Fault("happened_at", "Enter when it was done"))
    elif happened_at > now:
        faults.append(Fault("happened_at", "When it was done must not be in the future"))
    elif began is not None and happened_at < began.happened_at:
        faults.append(Fault("happened_at", "It cannot have been done before what it follows"))
    if faults:
        raise Incomplete(faults)
    take(case_id, f"local:{step}", acting, now, at=happened_at, detail=typed.words.strip(), key=typed.key)
    happened(
        EventKind.LOCAL_STEP_DONE, case_id, acting, now, at=happened_at, party=own.owner, facts={"step": step},
        payload={"words": typed.words.strip(), "step": own.action},
    )  # fmt: skip
    changed(case)


def _may_record(actor: Actor, owner: Party) -> list[Capacity]:
    """Whoever owes the step records it, or the Partnership Team for them."""
    held = actor.holding(Permission.LOCAL_STEP_RECORD)
    owes = [one for one in held if owner in parties_of(Actor(actor.person_id, actor.name, (one,)))]
    team = [one for one in held if one.role in OWNERS[Party.PARTNERSHIP_TEAM]]
    if not owes and not team:
        raise OutOfTurn(
            "This step is not yours to record", "Whoever owes it records it, or the Partnership Team."
        )
    return [*owes, *team]


@dataclass(frozen=True, slots=True)
class _Verb:
    kind: str
    event: EventKind
    permission: Permission
    turn: Turn
    missing: str


@dataclass(frozen=True, slots=True)
class _Made:
    case: Case
    found: Progress
    key: UUID


def _enter(
    case_id: UUID, verb: _Verb, typed: Entry, actor: Actor, now: datetime, *, faults: list[Fault] | None = None,
    allowed: Callable[[Progress, Actor], Acting] | None = None,
) -> _Made | None:  # fmt: skip
    """Keep an entry with its event; None where this very form had been kept before."""
    case = lock(case_id)
    found = progress.load(case_id)
    if any(row.submission_key == typed.key for row in found.entries):
        return None
    reason = verb.turn(found)
    if reason is not None:
        raise reason
    acting = allowed(found, actor) if allowed else actor.acting_as(actor.holding(verb.permission))
    wrong = [*(faults or []), *([] if typed.words.strip() else [Fault("words", verb.missing)])]
    if wrong:
        raise Incomplete(wrong)
    about = found.decision.number if found.decision else 0
    details = {"source": typed.source.strip()} if typed.source.strip() else {}
    db.session.add(
        DecisionEntry(
            case_id=case_id, kind=verb.kind, about=about, outcome=typed.outcome, party="",
            words=typed.words.strip(), details=details, happened_at=now, recorded_at=now,
            person_id=acting.person_id, person_name=acting.name, capacity=acting.capacity,
            submission_key=typed.key,
        )
    )  # fmt: skip
    happened(
        verb.event, case_id, acting, now, outcome=typed.outcome or None, facts={"about": about},
        payload={"words": typed.words.strip(), **details},
    )  # fmt: skip
    changed(case)
    return _Made(case, found, typed.key)


def _may_decline(found: Progress, actor: Actor) -> Acting:
    """Whoever decided: the Partnership Chair where theirs it was, else the local authority."""
    if found.told.chair_decided:
        held = [one for one in actor.holding(Permission.DISPUTE_DECIDE)]
    else:
        capacity = rules.capacity_for(Party.LOCAL_AUTHORITY, actor.capacities)
        held = [capacity] if capacity else []
    if not held:
        who = "the Partnership Chair" if found.told.chair_decided else "the local authority"
        raise OutOfTurn("This is not yours to decide", f"Whether to reconsider is for {who} to decide.")
    return actor.acting_as(held)


def _tell(made: _Made, kind: str, parties: list[Party], now: datetime, partners: bool = True) -> None:
    case_id = made.case.id
    to = [one for party in parties for one in recipients.holders(party, case_id, now)]
    if partners:
        to += [
            one for party in SAFEGUARDING_PARTNERS for one in recipients.representatives(party, case_id, now)
        ]
    recipients.tell(
        kind, list(dict.fromkeys(to)), case_id=made.case.id, reference=made.case.reference, now=now,
        occasion=str(made.key),
    )  # fmt: skip

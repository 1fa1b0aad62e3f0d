"""Sharing the referral, giving and sharing the initial view, and informing those who must know."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.service import Case, changed, lock
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.marks import duty
from app.serious_incidents import progress, recipients, turns, words
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from app.serious_incidents.models import InitialView
from app.serious_incidents.progress import Progress
from app.serious_incidents.rules import VIEWERS
from app.serious_incidents.steps import happened, take
from tenants.db import db


@duty("B1-06")
def share_referral(case_id: UUID, *, actor: Actor, now: datetime, key: UUID) -> None:
    """Share the referral with the chair of the group and the Service Director (Section B, step 2).

    Sent twice with the same key it is done once. Raises AlreadyDone, and OutOfTurn where nobody holds
    either role.
    """
    case = lock(case_id)
    before = progress.load(case_id)
    reason, told = turns.share(before), before.told
    if reason is not None:
        if turns.same(reason, key):
            return
        raise reason
    to = {party: recipients.holders(party, case_id, now) for party in INITIAL_VIEWERS}
    for party, found in to.items():
        if not found:
            raise OutOfTurn(
                "The referral cannot be shared yet",
                f"Nobody is the {words.party_name(party)} today. The administrator can invite somebody.",
            )
    acting = actor.acting_as(actor.holding(Permission.REFERRAL_SHARE))
    take(case_id, progress.SHARED, acting, now, key=key)
    for party, found in to.items():
        happened(EventKind.REFERRAL_SHARED, case_id, acting, now, party=party)
        recipients.tell(
            "referral-shared", found, case_id=case_id, reference=case.reference, now=now, party=party,
            params={"due_on": told.due_on("B1-07", now)},
        )  # fmt: skip
    changed(case)


@duty("B1-07")
def give_initial_view(
    case_id: UUID,
    *,
    party: Party,
    outcome: str | None,
    rationale: str,
    actor: Actor,
    now: datetime,
    key: UUID,
) -> InitialView:
    """Give the initial view of the chair of the group, or of the Service Director (Section B, step 3).

    Both an outcome and a rationale are needed. Raises Incomplete, AlreadyDone (with what was recorded),
    OutOfTurn.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    reason = turns.initial_view(found, party)
    if reason is not None:
        if turns.same(reason, key):
            return found.views[party]
        raise reason
    _refuse_incomplete(outcome, rationale)
    held = actor.capacity(VIEWERS[party])
    if held is None:
        raise OutOfTurn("This view is not yours to give", f"It is for the {words.party_name(party)} to give.")
    acting = actor.acting_as([held])
    view = _keep_view(case_id, party, outcome or "", rationale.strip(), acting, now, key)
    complete = all(one in found.views or one is party for one in INITIAL_VIEWERS)
    due_on = found.told.due_on("B1-07", now) if complete else None
    _tell_team(case, "initial-views-complete" if complete else "initial-view-given", party, now, due_on)
    changed(case)
    return view


def _keep_view(
    case_id: UUID, party: Party, outcome: str, rationale: str, acting: Acting, now: datetime, key: UUID
) -> InitialView:
    view = InitialView(
        case_id=case_id,
        party=party.value,
        outcome=outcome,
        rationale=rationale,
        person_id=acting.person_id,
        person_name=acting.name,
        capacity=acting.capacity,
        given_at=now,
        submission_key=key,
    )
    db.session.add(view)
    happened(
        EventKind.INITIAL_VIEW_GIVEN, case_id, acting, now, party=party, outcome=outcome,
        payload={"rationale": view.rationale},
    )  # fmt: skip
    return view


def _refuse_incomplete(outcome: str | None, rationale: str) -> None:
    faults = []
    if outcome not in (Outcome.NOTIFY, Outcome.DO_NOT_NOTIFY):
        faults.append(Fault("outcome", "Select your view"))
    if not rationale.strip():
        faults.append(Fault("rationale", "Give the reason for your view"))
    if faults:
        raise Incomplete(faults)


@duty("B1-07")
def share_initial_view(case_id: UUID, *, actor: Actor, now: datetime, key: UUID) -> None:
    """Share the initial view with the three partners and ask each to respond (Section B, step 3).

    Their clocks begin with receipt, which the delivery of the message tells. Where the two views differ
    both are shared, and there is no one view that silence could agree with. Raises AlreadyDone, OutOfTurn.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    reason = turns.share_initial_view(found)
    if reason is not None:
        if turns.same(reason, key):
            return
        raise reason
    acting = actor.acting_as(actor.holding(Permission.INITIAL_VIEW_SHARE))
    take(case_id, progress.VIEW_SHARED, acting, now, key=key)
    for party in SAFEGUARDING_PARTNERS:
        _ask(case, found, party, acting, now)
    changed(case)


def _ask(case: Case, found: Progress, party: Party, acting: Acting, now: datetime) -> None:
    happened(EventKind.INITIAL_VIEW_SHARED, case.id, acting, now, party=party, outcome=found.shared_outcome)
    to = recipients.representatives(party, case.id, now)
    if not to:
        # Nobody can be asked: the inbox is told that something waits, which starts no clock.
        inbox = recipients.generic_inbox(party)
        to = [inbox] if inbox else []
        happened(EventKind.REQUEST_BOUNCED, case.id, acting, now, party=party, facts={"nobody": True})
        recipients.tell("inbox-waiting", to, case_id=case.id, reference=case.reference, now=now, party=party)
        return
    # The clock begins with receipt: received today, it ends on this day.
    due_on = found.told.due_on("B1-08", now)
    recipients.tell(
        "initial-view-shared", to, case_id=case.id, reference=case.reference, now=now, party=party,
        params={"due_on": due_on},
    )  # fmt: skip


@duty("B1-04")
def inform(
    case_id: UUID,
    *,
    parties: list[Party],
    elsewhere_at: datetime | None,
    detail: str,
    actor: Actor,
    now: datetime,
    key: UUID,
) -> None:
    """Inform the Independent Scrutineer and the Strategic Partnership Manager of the notification.

    By a message from Waymark, or, where `elsewhere_at` says when, recorded as told another way. Only those
    not yet informed are. Raises Incomplete, AlreadyDone (where all had been informed), OutOfTurn before a
    decision to notify.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    reason = turns.inform(found)
    if reason is not None:
        if turns.same(reason, key):
            return
        raise reason
    waiting = [party for party in turns.TO_INFORM if party in parties and found.informed(party) is None]
    if not waiting:
        before = [row for party in parties if (row := found.informed(party)) is not None]
        if before and all(row.submission_key == key for row in before):
            return
        raise Incomplete([Fault("parties", "Select who is informed, of those who have not been")])
    _refuse_impossible(elsewhere_at, detail, found, now)
    acting = actor.acting_as(actor.holding(Permission.PARTIES_INFORM))
    for party in waiting:
        _inform_one(case, party, elsewhere_at, detail, acting, now, key)
    changed(case)


def _refuse_impossible(elsewhere_at: datetime | None, detail: str, found: Progress, now: datetime) -> None:
    if elsewhere_at is None:
        return
    faults = []
    began = found.to_be_notified
    assert began is not None
    if elsewhere_at > now:
        faults.append(Fault("informed_at", "The time when they were told cannot be in the future"))
    elif elsewhere_at < began.happened_at:
        faults.append(Fault("informed_at", "The time when they were told must be after the decision"))
    if not detail.strip():
        faults.append(Fault("detail", "Say how they were told"))
    if faults:
        raise Incomplete(faults)


def _inform_one(
    case: Case, party: Party, at: datetime | None, detail: str, acting: Acting, now: datetime, key: UUID
) -> None:
    if at is None:
        to = recipients.holders(party, case.id, now)
        if not to:
            fault = f"Nobody is the {words.party_name(party)} today: record how they were told another way"
            raise Incomplete([Fault("how", fault)])
        recipients.tell(
            "notification-informed", to, case_id=case.id, reference=case.reference, now=now, party=party
        )
    take(case.id, progress.INFORMED, acting, now, party=party, at=at, detail=detail.strip() or None, key=key)
    how = "message" if at is None else "elsewhere"
    happened(
        EventKind.PARTY_INFORMED, case.id, acting, now, at=at, party=party, facts={"how": how},
        payload={"detail": detail.strip()},
    )  # fmt: skip


def _tell_team(case: Case, kind: str, party: Party, now: datetime, due_on: date | None) -> None:
    to = recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now)
    recipients.tell(
        kind, to, case_id=case.id, reference=case.reference, now=now, party=party, params={"due_on": due_on}
    )

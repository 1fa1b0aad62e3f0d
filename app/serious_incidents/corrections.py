"""Correcting what was recorded wrongly: the entry is superseded with a reason, clocks move, and both remain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.actor import SYSTEM, Acting, Actor
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case, changed, lock
from app.cases.telling import sentence_of
from app.ledger.service import history, stored_events
from app.procedure.clocks import day_end
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import in_force
from app.procedure.marks import duty
from app.procedure.notification_duties import became_aware
from app.procedure.positions import clock_end, deeming_stands, ended_in_silence
from app.serious_incidents import progress, recipients, words
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from app.serious_incidents.models import PartnerPosition
from app.serious_incidents.notifications import statutory_day
from app.serious_incidents.progress import Progress
from app.serious_incidents.settling import settle
from app.serious_incidents.silences import deem_what_is_due
from app.serious_incidents.steps import happened
from tenants.db import db

K = EventKind
ANSWERS = (K.RESPONSE_GIVEN, K.RESPONSE_LATE)
MEETINGS = {K.SHORT_MEETING_HELD: "short", K.EXCEPTIONAL_MEETING_HELD: "exceptional"}
STEPS = {
    K.LOCAL_AUTHORITY_AWARE: progress.AWARE,
    K.PARTY_INFORMED: progress.INFORMED,
    K.DEPUTY_CONTACTED: progress.DEPUTY,
}
AFTER_ASKING = {K.REQUEST_RECEIVED, K.REQUEST_BOUNCED, K.DEPUTY_CONTACTED, *ANSWERS, *MEETINGS}
CORRECTABLE = {
    K.LOCAL_AUTHORITY_AWARE, K.PARTY_INFORMED, K.NOTIFICATION_SENT, K.REQUEST_RECEIVED, K.REQUEST_BOUNCED,
    K.DEPUTY_CONTACTED, *ANSWERS, *MEETINGS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correctable:
    """An entry that can be corrected: its number, what it says, when it happened (`day_only` where no time is known)
    and was recorded."""

    number: int
    what: str
    happened_at: datetime
    recorded_at: datetime
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as it was typed: withdrawn, or happened at another time. Instants are aware."""

    number: int
    withdraw: bool | None
    happened_at: datetime | None
    reason: str
    key: UUID


def correctable(case_id: UUID) -> list[Correctable]:
    """The entries of a case that can be corrected, newest first. What a person said or decided in Waymark is
    not among them: that is replaced by saying or deciding anew."""
    found = [event for event in in_force(history(case_id)) if _can(event)]
    return [
        Correctable(
            event.number,
            sentence_of(event),
            event.happened_at,
            event.recorded_at,
            bool(event.facts.get("date_only")),
        )
        for event in sorted(found, key=lambda event: event.number, reverse=True)
    ]


@duty("B1-03", "B1-08")
def correct(case_id: UUID, typed: Correction, *, actor: Actor, now: datetime) -> None:
    """Supersede an entry with a reason, by the same at another time or by nothing (clocks 6).

    A silence that counted only because of the wrong entry counts no longer, and a decision that rested on it is
    put back. Raises Incomplete; OutOfTurn where the entry cannot be corrected or has been already. The same
    form sent twice corrects once.
    """
    case = lock(case_id)
    stored = {event.number: (event, payload) for event, payload, _capacity in stored_events(case_id)}
    before = [event for event, _payload in stored.values() if event.kind is K.ENTRY_SUPERSEDED]
    if any(event.facts.get("key") == str(typed.key) for event in before):
        return
    entry, payload = stored.get(typed.number, (None, {}))
    if entry is None or not _can(entry) or entry not in in_force([event for event, _ in stored.values()]):
        raise OutOfTurn(
            "This entry cannot be corrected", "It has been corrected already, or is of another kind."
        )
    found = progress.load(case_id)
    faults = _faults(typed, entry, found, now)
    if faults:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.ENTRY_CORRECT))
    for one, told in [(entry, payload), *_taken_there(entry, stored)]:
        _supersede(case, one, told, typed, acting, now)
    _look_at_silences_again(case, now)
    _look_at_undeemed_again(case, now)
    deem_what_is_due(case, progress.load(case_id), now)
    settle(case, now)
    to = [one for party in (Party.PARTNERSHIP_TEAM, Party.LIG_CHAIR)
          for one in recipients.holders(party, case_id, now)]  # fmt: skip
    recipients.tell(
        "entry-corrected", to, case_id=case_id, reference=case.reference, now=now, occasion=str(typed.key),
    )  # fmt: skip
    changed(case)


def _can(event: Event) -> bool:
    if event.kind in ANSWERS:
        return bool(event.facts.get("on_behalf"))
    return event.kind in CORRECTABLE


def _faults(typed: Correction, entry: Event, found: Progress, now: datetime) -> list[Fault]:
    faults = [] if typed.reason.strip() else [Fault("reason", "Say what was wrong, and how you know")]
    if typed.withdraw is None:
        return [Fault("withdraw", "Select what is right"), *faults]
    if typed.withdraw:
        return faults
    at, asked = typed.happened_at, found.view_shared
    message = None
    if at is None:
        message = "Enter when it happened"
    elif at > now:
        message = "When it happened must not be in the future"
    elif at == entry.happened_at:
        message = "This is when the entry already says that it happened"
    elif entry.kind in AFTER_ASKING and asked is not None and at < asked.done_at:
        message = f"This is before the initial view was shared, {words.at(asked.done_at)}"
    elif entry.kind is K.PARTY_INFORMED and found.to_be_notified and at < found.to_be_notified.happened_at:
        message = "This is before the decision to notify"
    elif entry.kind is K.NOTIFICATION_SENT:
        message = _why_not_sent_then(found, at)
    elif (
        entry.kind is K.LOCAL_AUTHORITY_AWARE and found.notification and at > found.notification.submitted_at
    ):
        message = f"This is after the notification was sent, {words.at(found.notification.submitted_at)}"
    return [*([Fault("happened_at", message)] if message else []), *faults]


def _why_not_sent_then(found: Progress, at: datetime) -> str | None:
    last, sent, aware = statutory_day(found.case_id), found.notification, became_aware(found.told)
    if aware is not None and at < aware:
        return f"This is before the local authority became aware, {words.at(aware)}"
    if last is not None and at >= day_end(last) and sent is not None and not sent.missed_reason:
        return (
            "That is after the statutory clock had ended. Withdraw the entry and record the notification again, so "
            "that the reason is recorded with it"
        )
    return None


def _taken_there(
    entry: Event, stored: dict[int, tuple[Event, dict[str, Any]]]
) -> list[tuple[Event, dict[str, Any]]]:
    """The positions that were taken at a short meeting move, or go, with it."""
    if entry.kind is not K.SHORT_MEETING_HELD:
        return []
    return [
        (event, payload)
        for event, payload in stored.values()
        if event.kind is K.POSITION_TAKEN
        and event.facts.get("meeting")
        and (event.happened_at, event.recorded_at) == (entry.happened_at, entry.recorded_at)
    ]


def _supersede(
    case: Case, entry: Event, payload: dict[str, Any], typed: Correction, acting: Acting, now: datetime
) -> None:
    at = None if typed.withdraw else typed.happened_at
    happened(
        K.ENTRY_SUPERSEDED, case.id, acting, now, party=entry.party,
        facts={"supersedes": entry.number, "key": str(typed.key), "kind": entry.kind.value},
        payload={"reason": typed.reason.strip()},
    )  # fmt: skip
    _apply(case, entry, at, now)
    if at is not None:
        told = {name: value for name, value in payload.items() if name != "by"}
        happened(
            entry.kind, case.id, acting, now, at=at, party=entry.party, outcome=entry.outcome,
            facts={**entry.facts, "corrects": entry.number, "date_only": False}, payload=told,
        )  # fmt: skip


def _apply(case: Case, entry: Event, at: datetime | None, now: datetime) -> None:
    """Bring the row that stands for an entry into line with its correction; `at` None withdraws it."""
    found = progress.load(case.id)
    if entry.kind in STEPS:
        party = entry.party.value if entry.party and entry.kind is not K.LOCAL_AUTHORITY_AWARE else ""
        step = found.steps.get((STEPS[entry.kind], party))
        if step is not None:
            step.done_at, step.withdrawn_at = at or step.done_at, None if at else now
    elif entry.kind is K.NOTIFICATION_SENT and found.notification is not None:
        found.notification.submitted_at = at or found.notification.submitted_at
        found.notification.withdrawn_at = None if at else now
    elif entry.kind in MEETINGS:
        for row in found.meetings:
            if row.kind == MEETINGS[entry.kind] and row.held_at == entry.happened_at:
                row.held_at, row.recorded_at = at or row.held_at, now
                row.withdrawn_at = None if at else now
    elif entry.kind in (*ANSWERS, K.POSITION_TAKEN):
        _apply_to_position(found, entry, at, now)
    db.session.flush()


def _apply_to_position(found: Progress, entry: Event, at: datetime | None, now: datetime) -> None:
    for row in (*found.positions.values(), *found.earlier, *found.late):
        if row.party != entry.party or (row.happened_at, row.recorded_at) != (
            entry.happened_at,
            entry.recorded_at,
        ):
            continue
        row.withdrawn_at = now
        db.session.flush()
        if at is not None:
            copied = {name: getattr(row, name) for name in (
                "case_id", "party", "kind", "outcome", "rationale", "person_id", "person_name", "capacity", "source",
                "evidence", "recorded_by_name",
            )}  # fmt: skip
            db.session.add(
                PartnerPosition(**copied, happened_at=at, recorded_at=now, late=False, replaced_at=now)
            )


def _look_at_silences_again(case: Case, now: datetime) -> None:
    """A deemed agreement that rests on the corrected entry is withdrawn; a decision that rested on it goes back."""
    for party in SAFEGUARDING_PARTNERS:
        told = history_of(case.id)
        deemed = told.first(K.RESPONSE_DEEMED, party)
        if deemed is None or deeming_stands(told, party):
            continue
        _say_no_longer(case, deemed, "An entry on which the deemed agreement rested was corrected.", now)
        found = progress.load(case.id)
        for row in (*found.positions.values(), *found.earlier):
            if row.party == party.value and row.kind == "deemed":
                row.withdrawn_at = now
        db.session.flush()


def _look_at_undeemed_again(case: Case, now: datetime) -> None:
    """That a silence counted as nothing is said of one clock's end: where that has moved, it is said no longer."""
    for party in SAFEGUARDING_PARTNERS:
        told = history_of(case.id)
        said = told.first(K.SILENCE_NOT_DEEMED, party)
        still_silent = ended_in_silence(told, party, now) is not None and said is not None
        if said is None or (still_silent and said.happened_at == clock_end(told, party)):
            continue
        _say_no_longer(case, said, "The response clock of which it was said has moved.", now)


def _say_no_longer(case: Case, event: Event, why: str, now: datetime) -> None:
    """Supersede what Waymark itself made of a silence."""
    happened(
        K.ENTRY_SUPERSEDED, case.id, SYSTEM, now, party=event.party,
        facts={"supersedes": event.number, "kind": event.kind.value}, payload={"reason": why},
    )  # fmt: skip

"""Reaching a partner: receipt in the product or another way, and a deputy contacted outside Waymark (clocks 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import SYSTEM, Acting, Actor
from app.access.permissions import Permission
from app.accounts.queries import names_of
from app.cases.service import changed, lock
from app.ledger.read_log import view_at
from app.ledger.service import history
from app.outbox.service import schedule_apart
from app.procedure.events import EventKind, Party
from app.procedure.history import in_force
from app.procedure.marks import duty
from app.procedure.positions import ANSWERS, clock_end, receipt
from app.serious_incidents import progress, recipients, rules, turns, words
from app.serious_incidents.errors import Fault, Incomplete, OutOfTurn
from app.serious_incidents.progress import Progress
from app.serious_incidents.rules import SOURCES
from app.serious_incidents.settling import tell_whose_decision
from app.serious_incidents.silences import deem_what_is_due, received
from app.serious_incidents.steps import happened, take

OPENED = "request-opened"


@dataclass(frozen=True, slots=True)
class Reached:
    """How somebody was reached outside Waymark, as the Partnership Team typed it. `at` is an aware instant, or
    None."""

    who: str
    capacity: str
    how: str | None
    at: datetime | None
    note: str
    key: UUID

    def told(self) -> dict[str, object]:
        """What the ledger keeps of it."""
        return {"person": self.who.strip(), "in_capacity": self.capacity.strip(),
                "how": SOURCES.get(self.how or "", ""), "note": self.note.strip()}  # fmt: skip


def receipt_turn(found: Progress, party: Party) -> OutOfTurn | None:
    """Receipt is recorded once, after the request and before the decision."""
    if found.view_shared is None:
        return OutOfTurn("Nothing has been asked yet", "The initial view has not been shared yet.")
    at = receipt(found.told, party)
    if at is not None:
        return OutOfTurn("The request has been received", f"It reached this partner on {words.at(at)}.")
    if found.standing is not None:
        return OutOfTurn("The decision has been recorded", "The request waits for nobody any more.")
    return None


@duty("B1-08")
def confirm_receipt(case_id: UUID, party: Party, *, actor: Actor, now: datetime) -> None:
    """A partner's representative or deputy says that they have received the request: its clock begins (clocks
    12). Raises OutOfTurn."""
    case = lock(case_id)
    found = progress.load(case_id)
    capacity = rules.capacity_for(party, actor.capacities)
    if capacity is None:
        raise OutOfTurn("This request is not yours", "A partner's own representatives receive it.")
    reason = receipt_turn(found, party)
    if reason is not None:
        raise reason
    received(case_id, party, actor.acting_as([capacity]), now, facts={"how": "confirmed"})
    changed(case)


def opened(case_id: UUID, actor: Actor, now: datetime) -> None:
    """Somebody opened a page of the case. Where they represent a partner whose request has not been received,
    that is its receipt (clocks 12): the work of recording it is owed on a path of its own, as the view itself is.
    """
    parties = rules.partners_of(actor.capacities)
    told = in_force(history(case_id)) if parties else []
    if any(event.kind is EventKind.DECISION_RECORDED for event in told):
        return
    for party in parties:
        kinds = {event.kind for event in told if event.party is party}
        if EventKind.INITIAL_VIEW_SHARED in kinds and not kinds & {EventKind.REQUEST_RECEIVED, *ANSWERS}:
            args = {"case_id": str(case_id), "party": party.value, "person": str(actor.person_id),
                    "at": now.isoformat()}  # fmt: skip
            schedule_apart(OPENED, ":".join((OPENED, *args.values())), now, args)


@duty("B1-08")
def request_opened(case_id: UUID, party: Party, person_id: UUID, at: datetime, now: datetime) -> bool:
    """Record receipt by a view of the case that the read log holds. Returns whether it was the first receipt."""
    case = lock(case_id)
    view = view_at(case_id, person_id, at)
    if view is None or receipt_turn(progress.load(case_id), party) is not None:
        return False
    payload: dict[str, object] = {
        "person": names_of([person_id]).get(person_id, ""),
        "in_capacity": view.capacity,
        "how": "Opened in Waymark",
    }
    received(case_id, party, SYSTEM, at, now, facts={"how": "opened"}, payload=payload)
    changed(case)
    return True


@duty("B1-08")
def record_receipt(case_id: UUID, party: Party, typed: Reached, *, actor: Actor, now: datetime) -> None:
    """Record that the request reached a partner another way; the clock counts from then, and the partner is told.
    Raises Incomplete, OutOfTurn. The same form sent twice is one receipt."""
    case = lock(case_id)
    if any(event.facts.get("key") == str(typed.key) for event in history(case_id)):
        return
    found = progress.load(case_id)
    reason = receipt_turn(found, party)
    if reason is not None:
        raise reason
    faults = reached_faults(typed, found, now, "The request cannot have been received")
    if faults or typed.at is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.RESPONSE_RECORD))
    facts: dict[str, object] = {"how": typed.how, "on_behalf": True, "key": str(typed.key)}
    received(case_id, party, acting, typed.at, now, facts=facts, payload=typed.told())
    due_on = progress.load(case_id).told.due_on("B1-08", typed.at)
    recipients.tell(
        "receipt-recorded", recipients.representatives(party, case_id, now), case_id=case_id, reference=case.reference,
        now=now, party=party, occasion=str(typed.key), params={"due_on": due_on},
    )  # fmt: skip
    deem_what_is_due(case, progress.load(case_id), now)
    tell_whose_decision(case, now)
    changed(case)


@duty("N-04", "B1-12")
def record_deputy_contact(
    case_id: UUID, party: Party, typed: Reached, *, actor: Actor, now: datetime
) -> None:
    """Record that a partner's deputy was contacted by telephone or otherwise; it counts from when it happened
    (clocks 6), and only before the clock's end does silence come to count. Raises Incomplete, OutOfTurn,
    AlreadyDone. The same form sent twice is one contact."""
    case = lock(case_id)
    found = progress.load(case_id)
    reason = turns.deputy(found, party)
    if reason is not None:
        if turns.same(reason, typed.key):
            return
        raise reason
    faults = reached_faults(typed, found, now, "The deputy cannot have been contacted")
    if faults or typed.at is None:
        raise Incomplete(faults)
    acting: Acting = actor.acting_as(actor.holding(Permission.DEPUTY_CONTACT))
    how = SOURCES[typed.how or ""]
    detail = f"{how}: {words.by(typed.who.strip(), typed.capacity.strip())}. {typed.note.strip()}"
    take(case_id, progress.DEPUTY, acting, now, party=party, at=typed.at, detail=detail, key=typed.key)
    happened(
        EventKind.DEPUTY_CONTACTED, case_id, acting, now, at=typed.at, party=party, facts={"how": typed.how},
        payload=typed.told(),
    )  # fmt: skip
    deem_what_is_due(case, progress.load(case_id), now)
    tell_whose_decision(case, now)
    changed(case)


def reached_faults(typed: Reached, found: Progress, now: datetime, never: str) -> list[Fault]:
    """What is missing or impossible of how somebody was reached; `never` begins the message about a time before
    the request."""
    asked, faults = found.view_shared, []
    if typed.at is None:
        faults.append(Fault("at", "Enter when they were reached"))
    elif typed.at > now:
        faults.append(Fault("at", "The time when they were reached must not be in the future"))
    elif asked is not None and typed.at < asked.done_at:
        faults.append(Fault("at", f"{never} before the initial view was shared, {words.at(asked.done_at)}"))
    missing = {
        "who": (typed.who, "Enter the name of who was reached"),
        "capacity": (typed.capacity, "Enter in what role they were reached"),
        "note": (typed.note, "Say what was said, and where the evidence is"),
    }
    faults += [Fault(name, message) for name, (text, message) in missing.items() if not text.strip()]
    if typed.how not in SOURCES:
        faults.append(Fault("how", "Select how they were reached"))
    return faults


def too_late(found: Progress, party: Party, at: datetime) -> bool:
    """Whether a deputy contacted at that moment was contacted after the clock had ended, which makes no silence
    count."""
    end = clock_end(found.told, party)
    return end is not None and at >= end

"""What the background does for the decision to notify. Each runs in one partnership; the outbox commits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.access.sealing import is_sealed
from app.outbox.handlers import handler, on_delivered
from app.outbox.models import OutboxMessage
from app.procedure.events import Party
from app.serious_incidents import reaching, sealed_out, service

REQUEST, DEPUTY, INBOX = "initial-view-shared", "deputy-contact", "inbox-waiting"


@handler("deem")
def deem(args: dict[str, str], now: datetime) -> None:
    """Count a silence whose clock has ended. Run late, twice or on two workers it does so once."""
    service.deem(UUID(args["case_id"]), Party(args["party"]), now)


@handler("contact-deputy")
def contact_deputy(args: dict[str, str], now: datetime) -> None:
    """Contact the deputy of a partner who has not responded."""
    service.contact_deputy(UUID(args["case_id"]), Party(args["party"]), actor=None, now=now)


@handler(reaching.OPENED)
def request_opened(args: dict[str, str], now: datetime) -> None:
    """Record that a partner's request was received, for one of its people has opened the case."""
    at, person = datetime.fromisoformat(args["at"]), UUID(args["person"])
    reaching.request_opened(UUID(args["case_id"]), Party(args["party"]), person, at, now)


@handler("ask-others")
def ask_others(args: dict[str, str], now: datetime) -> None:
    """Ask a deputy whose time has begun, wherever nobody else of their partner could be asked."""
    sealed_out.ask_everywhere(Party(args["party"]), now)


@on_delivered(REQUEST)
@on_delivered(DEPUTY)
@on_delivered(INBOX)
def request_outcome(message: OutboxMessage, outcome: str, now: datetime) -> None:
    """A partner's clock begins when the request is accepted for its representative, or for its deputy.

    A deputy's message that bounces says nothing of the request itself, only that the deputy was not reached;
    a generic inbox is told that something waits, which starts no clock. What was withheld from somebody who is sealed
    out was not received, and did not bounce either: whoever else answers for the partner is asked.
    """
    case_id, party = UUID(message.context["case_id"]), Party(message.context["party"])
    if message.to_person is not None and is_sealed(case_id, message.to_person):
        outcome = "withheld"
    if outcome == "withheld" and message.kind == REQUEST:
        sealed_out.ask_others(case_id, party, now)
    elif outcome == "accepted":
        if message.kind != INBOX:
            service.request_delivered(case_id, party, message.sent_at or now, now)
    elif message.kind == REQUEST:
        service.request_bounced(case_id, party, now, now)
    else:
        service.deputy_not_reached(case_id, party, now)

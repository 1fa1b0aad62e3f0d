"""The verbs of the decision to notify, in the order of the procedure. Each locks the case, asks the rules,
changes state, records its event and posts its messages; the caller commits."""

from __future__ import annotations

from app.serious_incidents.awareness import record_awareness
from app.serious_incidents.decisions import Proposed, record_decision
from app.serious_incidents.notifications import Sent, record_notification
from app.serious_incidents.responses import Answer, respond
from app.serious_incidents.sharing import give_initial_view, inform, share_initial_view, share_referral
from app.serious_incidents.silences import contact_deputy, deem, request_bounced, request_delivered

__all__ = [
    "Answer",
    "Proposed",
    "Sent",
    "contact_deputy",
    "deem",
    "give_initial_view",
    "inform",
    "record_awareness",
    "record_decision",
    "record_notification",
    "request_bounced",
    "request_delivered",
    "respond",
    "share_initial_view",
    "share_referral",
]

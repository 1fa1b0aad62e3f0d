"""The verbs of the decision to notify, in the order of the procedure. Each locks the case, asks the rules,
changes state, records its event and posts its messages; the caller commits."""

from __future__ import annotations

from app.serious_incidents.awareness import record_awareness
from app.serious_incidents.corrections import Correctable, Correction, correct, correctable
from app.serious_incidents.decisions import Proposed, record_chair_decision, record_decision
from app.serious_incidents.entries import (
    Entry,
    choose_outcome,
    confirm_not_notifying,
    decline,
    explain_missed,
    override,
    put_back,
    raise_information,
    record_ground,
    record_local_step,
)
from app.serious_incidents.meetings import Attendance, Held, arrange_meeting, record_meeting
from app.serious_incidents.notifications import Sent, record_notification
from app.serious_incidents.on_behalf import AnswerElsewhere, record_for
from app.serious_incidents.reaching import (
    Reached,
    confirm_receipt,
    record_deputy_contact,
    record_receipt,
    request_opened,
)
from app.serious_incidents.responses import Answer, respond
from app.serious_incidents.sharing import give_initial_view, inform, share_initial_view, share_referral
from app.serious_incidents.silences import (
    contact_deputy,
    deem,
    deputy_not_reached,
    request_bounced,
    request_delivered,
)

__all__ = [
    "Answer",
    "AnswerElsewhere",
    "Attendance",
    "Correctable",
    "Correction",
    "Entry",
    "Held",
    "Proposed",
    "Reached",
    "Sent",
    "arrange_meeting",
    "choose_outcome",
    "confirm_not_notifying",
    "confirm_receipt",
    "contact_deputy",
    "correct",
    "correctable",
    "decline",
    "deem",
    "deputy_not_reached",
    "explain_missed",
    "give_initial_view",
    "inform",
    "override",
    "put_back",
    "raise_information",
    "record_awareness",
    "record_chair_decision",
    "record_decision",
    "record_deputy_contact",
    "record_for",
    "record_ground",
    "record_local_step",
    "record_meeting",
    "record_notification",
    "record_receipt",
    "request_bounced",
    "request_delivered",
    "request_opened",
    "respond",
    "share_initial_view",
    "share_referral",
]

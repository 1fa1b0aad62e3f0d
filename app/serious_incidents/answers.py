"""What was recorded, or typed, in words under its field's name: for the ledger, and to set one beside the
other."""

from __future__ import annotations

from app.serious_incidents import notification_rules, rules, words
from app.serious_incidents.models import (
    InitialView,
    NotificationDecision,
    PartnerPosition,
    SeriousIncidentNotification,
)
from app.serious_incidents.rules import DecisionAnswers

YES_NO = {True: "Yes", False: "No", None: ""}
NOT_KNOWN = "Not known: decided before the case was entered"


def said(row: InitialView | PartnerPosition) -> dict[str, str]:
    """A view or a response."""
    return {"outcome": words.OUTCOMES[row.outcome], "rationale": row.rationale or ""}


def decided(row: NotificationDecision | DecisionAnswers) -> dict[str, str]:
    """A decision, recorded or typed. Of one made before its case was entered, what nobody knows now says so."""
    before = isinstance(row, NotificationDecision) and row.person_id is None
    unknown = NOT_KNOWN if before else ""
    kinds = [rules.HARM_KINDS[kind] for kind in row.harm_kinds if kind in rules.HARM_KINDS]
    return {
        "abuse": words.ABUSE.get(row.abuse or "", unknown),
        "abuse_rationale": row.abuse_rationale,
        "limb_a": YES_NO[row.limb_a] or unknown,
        "limb_a_rationale": row.limb_a_rationale,
        "limb_b": YES_NO[row.limb_b] or unknown,
        "limb_b_rationale": row.limb_b_rationale,
        "harm_kinds": "; ".join(kinds) or unknown,
        "harm_judgement": row.harm_judgement,
        "guidance_considered": unknown or YES_NO[row.guidance_considered],
        "outcome": words.OUTCOMES.get(row.outcome or "", ""),
        "rationale": row.rationale,
    }


def notified(row: SeriousIncidentNotification) -> dict[str, str]:
    """A notification."""
    return {
        "submitted_at": words.at(row.submitted_at),
        "channel": notification_rules.CHANNELS[row.channel],
        "channel_detail": row.channel_detail or "",
        "panel_reference": row.panel_reference,
        "submitted_by": row.submitted_by,
        "recorded_late_reason": row.recorded_late_reason or "",
        "missed_reason": row.missed_reason or "",
        "missed_reported_to": row.missed_reported_to or "",
    }

"""What was recorded of a sending, in words, under the names of the form's fields."""

from __future__ import annotations

from app.procedure.events import SentTo
from app.procedure.review_sending import CHANNELS, ONLY_DONE, WITHIN, what_may_go
from app.review_forms.models import ReviewFormSending
from app.serious_incidents import words

TEXTS = ("channel_detail", "address", "next_steps", "reviewer", "contribution", "recorded_late_reason",
         "missed_reason", "missed_reported_to")  # fmt: skip


def said(row: ReviewFormSending) -> dict[str, str]:
    """Each answer in words."""
    return {
        "sent_at": words.at(row.sent_at),
        "channel": channel_of(row),
        "what": what_of(row),
        **{name: getattr(row, name) or "" for name in TEXTS},
    }


def channel_of(row: ReviewFormSending) -> str:
    """How it was sent."""
    if row.channel == WITHIN:
        return "Told within Waymark"
    named = CHANNELS.get(row.channel, row.channel)
    return row.channel_detail if row.channel == "other" else named


def what_of(row: ReviewFormSending) -> str:
    """What was sent, or told."""
    return what_may_go(SentTo(row.recipient)).get(row.what, ONLY_DONE)

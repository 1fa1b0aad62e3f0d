"""Tables of partnerships that are written without an event, each with the reason. A test holds this list."""

from __future__ import annotations

UNLEDGERED: dict[str, str] = {
    "referral_drafts": "a draft is saved as one types; starting, sharing and submitting it are events",
    "preparation_packs": "a pack is saved as one types; beginning it and declaring it complete are events",
    "commission_drafts": "a draft is saved as one types; submitting a version of it is an event",
    "involvement_drafts": "a draft is saved as one types; returning it is an event",
    "involvement_files": "attached to a draft; the event of the return names each file with its digest",
    "paper_readings": "receipts of who opened papers, written beside the read log and append-only by themselves",
    "preparation_drafts": "notes are saved as one types; confirming them is an event",
    "preparation_reminders": "who was reminded by a message; confirming the preparation is an event",
    "case_imports": "a spreadsheet that is looked at; each case that is entered from it is an event",
    "obligations": "a projection, recomputed from events in the same transaction and compared by a test",
    "job_intents": "delivery state of work that events caused",
    "outbox_messages": "delivery state of messages that events caused",
    "ledger_anchors": "the copy of an anchor of the chain; an event about it would need an anchor in turn",
    "read_log": "the record of who looked, append-only by itself",
}

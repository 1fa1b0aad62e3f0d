"""A version of the form as the document that people are given: what was composed, with how it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.documents.writer import Document, Paragraph, as_docx, as_pdf, digest_of_bytes
from app.review_forms.models import ReviewFormAnswer, ReviewFormFile, ReviewFormVersion
from app.serious_incidents import words
from tenants.db import db

DRAFT = "Draft, not approved"
WRITERS = {"docx": as_docx, "pdf": as_pdf}


def finished(composed: Document, number: int, answer: ReviewFormAnswer | None) -> Document:
    """The document as it is given out: a draft says so on every page, an approved one by whom and when."""
    subtitle = f"{composed.subtitle}, version {number}"
    if answer is None or answer.answer != "approved":
        return replace(composed, subtitle=subtitle, mark=DRAFT)
    by = words.by(answer.answered_by, answer.answered_capacity)
    said = Paragraph(f"Approved by {by}, {words.at(answer.answered_at)}.", strong=True)
    return replace(composed, subtitle=subtitle, blocks=(said, *composed.blocks))


def keep_files(row: ReviewFormVersion, document: Document, approved: bool, now: datetime) -> dict[str, str]:
    """Write the document as both files and keep them byte for byte. Returns their digests by kind."""
    digests = {}
    for kind, write in WRITERS.items():
        content = write(document)
        digests[kind] = digest_of_bytes(content)
        db.session.add(
            ReviewFormFile(
                version_id=row.id, approved=approved, kind=kind, digest=digests[kind], content=content, written_at=now
            )
        )  # fmt: skip
    return digests

"""Where what is missing in a form is written."""

from __future__ import annotations

from flask import url_for


def link_to(where: str, reference: str) -> str:
    """The address of the page on which something is written: `record:findings`, `scoping`, `decision`."""
    place, _colon, part = where.partition(":")
    if place == "scoping":
        return url_for("involvement.board", reference=reference)
    if place == "decision":
        return url_for("review_record.decision", reference=reference)
    return url_for("review_record.section", reference=reference, topic=part)

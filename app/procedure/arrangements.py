"""Each agency records how it identifies cases that may be serious safeguarding cases (Section A)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from app.procedure.marks import duty

LONGEST_REVIEW = timedelta(days=3 * 366)


@duty("A-10")
def arrangement_faults(
    who: str, how: str, contact: str, review_on: date | None, today: date
) -> list[tuple[str, str]]:
    """What is missing or impossible in an agency's arrangement: field and message."""
    missing = {
        "who": (who, "Say who identifies cases in the agency"),
        "how": (how, "Say how such cases are identified and brought to the group"),
        "contact": (contact, "Say whom practitioners can talk to"),
    }
    faults = [(name, message) for name, (text, message) in missing.items() if not text.strip()]
    if review_on is None:
        faults.append(("review_on", "Enter when the arrangement is looked at again"))
    elif not today < review_on <= today + LONGEST_REVIEW:
        faults.append(
            ("review_on", "The arrangement must be looked at again within three years, after today")
        )
    return faults


@duty("A-10")
def without_arrangement(agencies: Collection[str], recorded: Collection[str]) -> list[str]:
    """The agencies that have recorded none yet, in the order given."""
    return [agency for agency in agencies if agency not in recorded]

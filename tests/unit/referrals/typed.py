"""A whole referral as somebody types it, with nothing wrong in it, for tests to spoil."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from app.referrals.questions import Lists

LISTS = Lists(
    authorities=(("E06000046", "Isle of Wight Council"), ("E06000044", "Portsmouth City Council")),
    agencies=(("community-health", "Community health"), ("police", "Constabulary")),
    own_authorities=frozenset({"E06000046"}),
)


def day(name: str, d: int, m: int, y: int) -> dict[str, str]:
    return {f"{name}-day": str(d), f"{name}-month": str(m), f"{name}-year": str(y)}


WHOLE: dict[str, dict[str, Any]] = {
    "child-1": {
        "naming": "named",
        "name": "Ash Invented",
        "birth": "known",
        **day("born_on", 3, 2, 2021),
        "outcome": "harmed",
        **day("harmed_on", 14, 11, 2026),
        "harm_date": "known",
        "legal": "looked-after",
        "looked_after_by": "E06000046",
    },
    "child-2": {
        "naming": "unnamed",
        "birth": "unborn",
        **day("expected_on", 1, 3, 2027),
        "outcome": "harmed",
        **day("harmed_on", 14, 11, 2026),
        "harm_date": "estimated",
        "legal": "none",
    },
    "incident": {
        "narrative": "Found injured at home.\nTaken to hospital.",
        **day("happened_on", 14, 11, 2026),
        "date_certainty": "known",
        "place": "england",
        "area": "E06000046",
        "home": "E06000046",
    },
    "harm": {
        "abuse": "suspected",
        "harm_kinds": ["physical"],
        "judgement": "Likely to be long-term.",
    },
    "awareness": {"aware": "yes", **day("aware_on", 16, 11, 2026), "aware_at": "", "told_by": "The hospital"},
    "others": {"known": "yes", "action": "Strategy discussion held on the same day."},
    "other-1": {
        "naming": "named",
        "name": "Rowan Invented",
        "birth": "estimated",
        **day("born_about", 1, 7, 2017),
        "relation": "sibling",
    },
    "agencies": {"agencies": ["community-health", "police"], "other_agencies": "A charity"},
    "criteria": {
        "why": "Serious harm and suspected neglect.",
        "lessons": "How agencies shared what they knew.",
    },
    "cdop": {"inter_agency": "Information did not reach those who needed it."},
    "referrer": {
        "name": "Sam Invented",
        "job_title": "Named nurse",
        "email": "sam@trust.example",
        "phone": "01983 123456",
    },
}


def whole() -> dict[str, dict[str, Any]]:
    """A copy that a test may spoil."""
    return deepcopy(WHOLE)

"""Whether two referrals may be of one incident: said with the reasons, and never decided by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

ALIKE = 0.8
NEAR_DAYS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a child: name, date of birth and NHS number, as far as they are known."""

    name: str = ""
    born_on: date | None = None
    nhs_number: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known of an incident: its children, its day, its area's code and that of the children's home."""

    children: Sequence[Known]
    happened_on: date | None = None
    area: str | None = None
    home: str | None = None


def reasons_alike(one: Incident, other: Incident) -> list[str]:
    """Why two referrals may be of one incident; empty where nothing says so. Symmetrical."""
    reasons: list[str] = []
    for child in one.children:
        for second in other.children:
            reasons += _children_alike(child, second)
    near = _near(one.happened_on, other.happened_on)
    same_area = one.area is not None and one.area == other.area
    if reasons and near:
        reasons.append("The incidents are within three days of each other")
    if reasons and same_area:
        reasons.append("The incidents happened in the same area")
    if reasons and one.home is not None and one.home == other.home:
        reasons.append("The children normally live in the same area")
    nameless = not any(
        child.name or child.nhs_number or child.born_on for child in (*one.children, *other.children)
    )
    if nameless and one.happened_on is not None and one.happened_on == other.happened_on and same_area:
        reasons.append("Neither names a child; the day and the area are the same")
    return list(dict.fromkeys(reasons))


def names_alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: in whatever order, spelt alike."""
    first, second = _plain(one), _plain(other)
    if not (first and second):
        return False
    compared = SequenceMatcher(None, first, second)
    # The two quick bounds are never lower than the ratio itself, and rule out most names at once.
    return (
        compared.real_quick_ratio() >= ALIKE and compared.quick_ratio() >= ALIKE and compared.ratio() >= ALIKE
    )


def _children_alike(one: Known, other: Known) -> list[str]:
    if one.nhs_number and one.nhs_number == other.nhs_number:
        return ["A child has the same NHS number"]
    same_birth = one.born_on is not None and one.born_on == other.born_on
    alike = names_alike(one.name, other.name)
    if same_birth and alike:
        return ["A child has a similar name and the same date of birth"]
    if same_birth and not (one.name and other.name):
        return ["A child has the same date of birth, and is not named in both"]
    if alike and (one.born_on is None or other.born_on is None):
        return ["A child has a similar name, and the date of birth is not known in both"]
    return []


def _near(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs((one - other).days) <= NEAR_DAYS


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(sorted(re.findall(r"\w+", letters)))

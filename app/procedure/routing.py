"""Which area leads each stage, and by which rule: the lead is decided per stage, not once per case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.procedure.marks import duty

# Unitary authorities, metropolitan districts, London boroughs and counties: those with children's services.
CODE = re.compile(r"E(06|08|09|10)[0-9]{6}")
INCIDENT = (
    "N-01: the area where the incident happened notifies and holds the rapid review, working with the child's home "
    "area (Section B (a); national guidance)"
)
HOME_OUTSIDE = (
    "N-01: the incident happened outside England, so the area where the child normally lives notifies and holds the "
    "rapid review (Section B (b))"
)
HOME = "B3-04: the area where the child normally lives leads a local child safeguarding practice review (5.5)"
LOOKED_AFTER = (
    "B3-04: for a looked-after child the local authority with statutory responsibility leads a local child "
    "safeguarding practice review (5.5)"
)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Local authorities by code: where it happened (None outside England), where the child normally lives, and
    who looks after the child, if anybody does; `looked_after` is said where that is known and by whom is not."""

    incident: str | None
    home: str | None
    looked_after_by: str | None = None
    outside_england: bool = False
    looked_after: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads a stage: a local authority's code, or None while it is not known, and the rule that decides."""

    authority: str | None
    rule: str


def whereabouts_faults(where: Whereabouts) -> list[str]:
    """What is missing or wrong before the leads can be told."""
    named = (where.incident, where.home, where.looked_after_by)
    wrong = dict.fromkeys(code for code in named if code is not None and not CODE.fullmatch(code))
    faults = [_no_authority(list(wrong))] if wrong else []
    if where.outside_england and where.incident is not None:
        faults.append("An incident outside England has no area in England: leave the incident area out.")
    if not where.outside_england and where.incident is None:
        faults.append("Give the area of the incident, or say that it happened outside England.")
    if where.home is None:
        faults.append("Give the area where the child normally lives.")
    return faults


@duty("N-01", "X-04")
def notification_lead(where: Whereabouts) -> Lead:
    """Who notifies the Panel, and holds the rapid review after it."""
    if where.outside_england:
        return Lead(where.home, HOME_OUTSIDE)
    return Lead(where.incident, INCIDENT)


@duty("B3-04", "X-04")
def review_lead(where: Whereabouts) -> Lead:
    """Who decides on, and leads, a local child safeguarding practice review."""
    if where.looked_after or where.looked_after_by is not None:
        return Lead(where.looked_after_by, LOOKED_AFTER)
    return Lead(where.home, HOME)


def leads(where: Whereabouts) -> dict[str, Lead]:
    """The lead of each stage: notification, rapid_review and lcspr."""
    first = notification_lead(where)
    return {"notification": first, "rapid_review": first, "lcspr": review_lead(where)}


def apart(where: Whereabouts, partnership_of: Callable[[str], str] = str) -> bool:
    """Whether the duty to notify and the lead for the review lie with different partnerships (X-04).
    `partnership_of` names the partnership of a local authority; without it each is one of its own."""
    found = {lead.authority and partnership_of(lead.authority) for lead in leads(where).values()}
    return len(found) > 1 and None not in found


def _no_authority(codes: list[str]) -> str:
    shown = " and ".join(code[:40].encode("ascii", "backslashreplace").decode() for code in codes)
    are = "is not the code" if len(codes) == 1 else "are not codes"
    return f"{shown} {are} of a local authority with children's services in England, like E06000046."

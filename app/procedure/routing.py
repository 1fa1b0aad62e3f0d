"""Which area leads each stage, and by which rule: the lead is decided per stage, not once per case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.procedure.marks import duty

CODE = re.compile(r"E[0-9]{8}")
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
    who looks after the child, if anybody does."""

    incident: str | None
    home: str | None
    looked_after_by: str | None = None
    outside_england: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads a stage: a local authority's code, or None while it is not known, and the rule that decides."""

    authority: str | None
    rule: str


def whereabouts_faults(where: Whereabouts) -> list[str]:
    """What is missing or wrong before the leads can be told."""
    faults = []
    named = (("incident", where.incident), ("home", where.home), ("looked-after-by", where.looked_after_by))
    for name, code in named:
        if code is not None and not CODE.fullmatch(code):
            faults.append(
                f"The {name} area must be the code of a local authority in England, like E06000046."
            )
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
    if where.looked_after_by is not None:
        return Lead(where.looked_after_by, LOOKED_AFTER)
    return Lead(where.home, HOME)


def leads(where: Whereabouts) -> dict[str, Lead]:
    """The lead of each stage: notification, rapid_review and lcspr."""
    first = notification_lead(where)
    return {"notification": first, "rapid_review": first, "lcspr": review_lead(where)}


def apart(where: Whereabouts) -> bool:
    """Whether the duty to notify and the lead for the review lie with different areas (X-04)."""
    found = {lead.authority for lead in leads(where).values()}
    return len(found) > 1 and None not in found

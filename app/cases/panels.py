"""Two panels of the case page: who leads each stage (N-01, X-04, B3-04), and the day budget (N-02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.cases.obligation_store import history_of
from app.ledger.service import history
from app.procedure.day_budget import DayBudget, day_budget
from app.procedure.events import Event, EventKind
from app.procedure.history import in_force
from app.procedure.routing import Lead, Whereabouts, apart, leads
from tenants.registry import authority

STAGES = {
    "notification": "Serious incident notification",
    "rapid_review": "Rapid review",
    "lcspr": "Local child safeguarding practice review, if there is one",
}


@dataclass(frozen=True, slots=True)
class LeadShown:
    """Who leads a stage, in words, and the rule that decides it."""

    stage: str
    who: str
    rule: str


@dataclass(frozen=True, slots=True)
class Routing:
    """Who leads each stage; `apart` says that not one partnership leads them all."""

    leads: list[LeadShown]
    apart: bool


def routing(case_id: UUID) -> Routing | None:
    """Who leads each stage, from what the referral says; None where nothing is known of where it was."""
    # Where a notification came first, it says where until its referral does.
    told = [one for one in in_force(history(case_id)) if "home_area" in one.facts]
    submitted = next((one for one in told if one.kind is EventKind.REFERRAL_SUBMITTED), None)
    submitted = submitted or next(iter(told), None)
    if submitted is None:
        return None
    where = whereabouts_of(submitted)
    shown = [LeadShown(STAGES[stage], _who(lead), lead.rule) for stage, lead in leads(where).items()]
    return Routing(shown, apart(where, _partnership))


def whereabouts_of(submitted: Event) -> Whereabouts:
    """Where it happened and where the child lives, as the referral's facts say."""

    def code(name: str) -> str | None:
        value = submitted.facts.get(name)
        return value if isinstance(value, str) else None

    outside = bool(submitted.facts.get("outside_england"))
    incident = None if outside else code("incident_area")
    looked_after = bool(submitted.facts.get("looked_after"))
    return Whereabouts(incident, code("home_area"), code("looked_after_by"), outside, looked_after)


def budget(case_id: UUID, now: datetime) -> DayBudget | None:
    """The day budget of a case at `now`."""
    return day_budget(history_of(case_id), now)


def _who(lead: Lead) -> str:
    if lead.authority is None:
        return "Not known yet"
    found = authority(lead.authority)
    if found is None:
        return lead.authority
    return f"{found.partnership_name} ({found.name})" if found.partnership_name else found.name


def _partnership(code: str) -> str:
    """The partnership of a local authority by its slug; of one that is not on this platform its code."""
    found = authority(code)
    return found.slug if found is not None and found.slug else code

"""The referral of a notification that came first, written by the Partnership Team on an agency's behalf (A-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access.actor import Acting
from app.cases.service import Case, Where, add_children, changed, lock, place_incident
from app.entering.asking import link, requests_of
from app.entering.service import children_facts
from app.ledger.service import history, record
from app.procedure.clocks import day_only, london_date
from app.procedure.entering import EARLIEST, MOST_CHILDREN, OUTSIDE, Areas, Child
from app.procedure.events import EventKind, Party, Stage
from app.procedure.explain import long_date
from app.procedure.marks import duty
from tenants.registry import Agency, agencies

Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """A referral as the Partnership Team typed it for an agency."""

    agency: str
    referred_by: str
    referred_on: date | None
    summary: str
    children: tuple[Child, ...]
    where: Where
    areas: Areas
    key: UUID


def not_now(case_id: UUID) -> str | None:
    """Why no referral can be written for an agency in this case, or None."""
    rows = requests_of(case_id)
    if not rows:
        return "This case did not begin with a notification: its referral is there already."
    if any(row.linked_at for row in rows):
        return "The referral has come, and is linked to this case."
    return None


def sent_before(case_id: UUID, key: UUID) -> bool:
    """Whether this very form has written the referral before."""
    told = (event for event in history(case_id) if event.kind is EventKind.REFERRAL_SUBMITTED)
    return any(event.facts.get("key") == str(key) for event in told)


@duty("A-09")
def keep(case_id: UUID, typed: Written, *, acting: Acting, now: datetime) -> list[Fault]:
    """Record the referral and link it to its case. Returns what is wrong, with nothing changed; the caller commits.
    Sent twice, the second finds it done."""
    case = lock(case_id)
    if not_now(case_id) is not None:
        return []
    known = {agency.key: agency for agency in agencies()}
    faults = _faults(typed, set(known), london_date(now))
    if faults:
        return faults
    _record(case, known[typed.agency], typed, acting, now)
    case.agency_id = known[typed.agency].id
    if typed.children:
        add_children(case.id, children_facts(typed.children))
    place_incident(case, typed.where)
    link(case, acting, now)
    changed(case)
    return []


def _faults(typed: Written, agency_keys: set[str], today: date) -> list[Fault]:
    faults = []
    if typed.agency not in agency_keys:
        faults.append(("agency", "Select the agency that refers"))
    if not typed.referred_by.strip():
        faults.append(("referred_by", "Enter who made the referral"))
    if not typed.summary.strip():
        faults.append(("summary", "Say what the referral says"))
    if len(typed.children) > MOST_CHILDREN:
        faults.append(("children", f"One case holds {MOST_CHILDREN} children at most"))
    on = typed.referred_on
    if on is None:
        faults.append(("referred_on", "Enter the day of the referral"))
    elif not EARLIEST <= on <= today:
        faults.append(
            ("referred_on", f"The day of the referral must be between {long_date(EARLIEST)} and today")
        )
    for name, day in (
        ("incident_on", typed.where.incident_on),
        *(("births", one.born_on) for one in typed.children),
    ):
        if day is not None and day > today:
            faults.append((name, "This day must not be in the future"))
    return faults


def _record(case: Case, agency: Agency, typed: Written, acting: Acting, now: datetime) -> None:
    assert typed.referred_on is not None
    outside = typed.areas.incident == OUTSIDE
    facts: dict[str, object] = {"source": "written", "children": len(typed.children) or 1, "date_only": True,
                                "key": str(typed.key)}  # fmt: skip
    if typed.areas.incident or typed.areas.home:
        facts |= {"incident_area": None if outside else typed.areas.incident, "home_area": typed.areas.home,
                  "outside_england": outside}  # fmt: skip
    told = [
        ["Agency", agency.name],
        ["Made by", typed.referred_by.strip()],
        ["What it says", typed.summary.strip()],
    ]
    day = typed.where.incident_on
    record(
        EventKind.REFERRAL_SUBMITTED, case_id=case.id, acting=acting, now=now, stage=Stage.REFERRAL,
        happened_at=min(day_only(typed.referred_on), now), party=Party.AGENCY_REPRESENTATIVE, facts=facts,
        payload={"record": [["Written by the Partnership Team for the agency", told]],
                 "answers": {"incident": {"happened_on": day.isoformat() if day else None,
                                          "narrative": typed.summary.strip()}}},
    )  # fmt: skip

"""Deputies: somebody acts for a named decision maker between two days, and every act says for whom (B1-12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.access.independence import Held, combination_fault
from app.access.roles import Role
from app.accounts.deputy_rules import standing, why_not_deputy, why_not_named_by
from app.accounts.models import Deputy, Membership, Person
from app.accounts.queries import DeputyView, MembershipView, deputies_at, holders_of, members_today
from app.accounts.service import running_roles
from app.ledger.service import record
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import EventKind, Party
from app.procedure.marks import duty
from tenants.db import db

LONGEST = timedelta(days=366)
Faults = list[tuple[str, str]]
Members = list[tuple[MembershipView, Person]]
SCRUTINISES = "The Independent Scrutineer is nobody's deputy, and has none: select somebody else"


@dataclass(frozen=True, slots=True)
class NewDeputy:
    """A deputy as somebody typed them. `principal` is the membership that they stand in for."""

    principal: UUID | None
    person: UUID | None
    starts_on: date | None
    ends_on: date | None
    reason: str
    key: UUID


@duty("B1-12")
def deputy_faults(typed: NewDeputy, today: date) -> Faults:
    """What is missing or impossible: field and message."""
    faults = []
    if typed.principal is None:
        faults.append(("principal", "Select who is away"))
    if typed.person is None:
        faults.append(("person", "Select who acts for them"))
    if typed.starts_on is None:
        faults.append(("starts_on", "Enter the first day"))
    elif typed.starts_on < today:
        faults.append(("starts_on", "The first day must be today or later: nobody can have acted before"))
    if typed.ends_on is None:
        faults.append(("ends_on", "Enter the last day"))
    elif typed.starts_on is not None and typed.ends_on < typed.starts_on:
        faults.append(("ends_on", "The last day must be on or after the first day"))
    elif typed.starts_on is not None and typed.ends_on - typed.starts_on > LONGEST:
        faults.append(("ends_on", "A deputy is named for a year at most"))
    if not typed.reason.strip():
        faults.append(("reason", "Say why a deputy is needed, for example leave"))
    return faults


def who_can(principal: MembershipView, members: Members, days: tuple[date, date]) -> dict[UUID, str]:
    """Who can stand in for the holder of a membership on these days: each person with their name."""
    named, away = deputies_at(None), _person_of(principal, members)
    return {
        person.id: person.display_name
        for person in {person.id: person for _view, person in members}.values()
        if person.id != away and _why_not(principal, person.id, members, named, days) is None
    }


def name_deputy(typed: NewDeputy, acting: Acting, now: datetime) -> Faults:
    """Name a deputy and tell whom it concerns. Returns what is wrong (field and message), with nothing changed;
    the same form sent twice names one. The caller commits."""
    today = london_date(now)
    # One at a time for each who is away: of the same form sent twice at once, the later one finds its twin.
    db.session.execute(select(Membership.id).where(Membership.id == typed.principal).with_for_update())
    if db.session.scalar(select(Deputy.id).where(Deputy.submission_key == typed.key)):
        return []
    members = members_today(today)
    faults = [*deputy_faults(typed, today), *_who_faults(typed, members, acting, today)]
    if faults:
        return faults
    principal, person = _chosen(typed, members)
    assert principal is not None
    assert person is not None
    assert typed.starts_on is not None
    assert typed.ends_on is not None
    acts = Held(Role(principal[0].role), typed.starts_on, typed.ends_on)
    if combination_fault(acts, running_roles(person.id)):
        return [("person", SCRUTINISES)]
    row = Deputy(
        principal_membership_id=principal[0].membership_id, person_id=person.id, role=principal[0].role,
        starts_on=typed.starts_on, ends_on=typed.ends_on, reason=typed.reason.strip(), named_by=acting.name,
        named_capacity=acting.capacity, named_at=now, submission_key=typed.key,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record(
        EventKind.DEPUTY_NAMED, case_id=None, acting=acting, happened_at=now, now=now,
        party=partner_of(principal[0]),
        facts={"from": typed.starts_on.isoformat(), "to": typed.ends_on.isoformat()},
        payload={"for": principal[1].display_name, "deputy": person.display_name, "role": principal[0].role,
                 "reason": typed.reason.strip()},
    )  # fmt: skip
    _tell("deputy-named", row.id, [person.id, principal[1].id], members, now)
    return []


def end_deputy(deputy_id: UUID, acting: Acting, now: datetime) -> bool:
    """End a deputy's time now: the next request is refused, and whom it concerns is told. Returns whether it was
    running."""
    row = db.session.scalar(select(Deputy).where(Deputy.id == deputy_id).with_for_update())
    if row is None or row.ended_at is not None:
        return False
    row.ended_at = now
    found = next((one for one in deputies_at(None) if one.deputy_id == deputy_id), None)
    record(
        EventKind.DEPUTY_ENDED, case_id=None, acting=acting, happened_at=now, now=now,
        party=partner_of(found.principal) if found else None,
        payload={"for": found.principal_name, "deputy": found.name} if found else {},
    )  # fmt: skip
    people = [row.person_id, *([found.principal_id] if found else [])]
    _tell("deputy-ended", row.id, people, members_today(london_date(now)), now)
    return True


def partner_of(view: MembershipView) -> Party | None:
    """The safeguarding partner of a membership, where it is one's."""
    return standing(view.role, view.agency_partner).partner


def _chosen(typed: NewDeputy, members: Members) -> tuple[tuple[MembershipView, Person] | None, Person | None]:
    principal = next((one for one in members if one[0].membership_id == typed.principal), None)
    return principal, next((person for _view, person in members if person.id == typed.person), None)


def _who_faults(typed: NewDeputy, members: Members, acting: Acting, today: date) -> Faults:
    if typed.principal is None or typed.person is None:
        return []
    principal, person = _chosen(typed, members)
    if principal is None or person is None:
        return [("principal" if principal is None else "person", "Select somebody who is a member today")]
    if principal[1].id == person.id:
        return [("person", "Nobody is their own deputy: select somebody else")]
    first = typed.starts_on or today
    days = (first, typed.ends_on or first)
    if any(_same(one, typed, days) for one in deputies_at(None)):
        return [("person", "They stand in for this person on some of these days already")]
    why_not = why_not_named_by(person.id, acting.person_id) or _why_not(
        principal[0], person.id, members, deputies_at(None), days
    )
    return [("person", why_not)] if why_not else []


def _same(one: DeputyView, typed: NewDeputy, days: tuple[date, date]) -> bool:
    """Whether a deputy that runs is the same person for the same principal, on any of the same days."""
    same = (one.person_id, one.principal.membership_id) == (typed.person, typed.principal)
    return same and one.ended_at is None and one.starts_on <= days[1] and one.ends_on >= days[0]


def _why_not(
    principal: MembershipView, person: UUID, members: Members, named: Collection[DeputyView],
    days: tuple[date, date],
) -> str | None:  # fmt: skip
    held = [standing(view.role, view.agency_partner) for view, one in members if one.id == person]
    away = standing(principal.role, principal.agency_partner)
    return why_not_deputy(away, held, _stands_in_for(person, named, days))


def _stands_in_for(person: UUID, named: Collection[DeputyView], days: tuple[date, date]) -> set[Party]:
    """The partners for which somebody stands in on any of these days."""
    first, last = days
    found = {
        partner_of(one.principal)
        for one in named
        if one.person_id == person and one.ended_at is None and one.starts_on <= last and one.ends_on >= first
    }
    return {partner for partner in found if partner is not None}


def _person_of(principal: MembershipView, members: Members) -> UUID | None:
    return next(
        (person.id for view, person in members if view.membership_id == principal.membership_id), None
    )


def _tell(kind: str, deputy_id: UUID, people: list[UUID], members: Members, now: datetime) -> None:
    """The deputy, who they stand in for and the Partnership Team are told that there is something to read."""
    known = {person.id: (person.display_name, person.email) for _view, person in members}
    to = {one: known[one] for one in people if one in known}
    to |= {
        one.person_id: (one.name, one.email)
        for one in holders_of([Role.PARTNERSHIP_TEAM.value], london_date(now))
    }
    for person_id, (name, email) in to.items():
        post(
            kind, to_person=person_id, to_address=email, to_name=name, key=f"{kind}:{deputy_id}:{person_id}",
            now=now, context={"deputy_id": str(deputy_id), "kind": kind},
        )  # fmt: skip

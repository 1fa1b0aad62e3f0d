"""To whom papers go: everybody on the group who may see the case, and the Independent Scrutineer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor, Capacity
from app.access.permissions import Permission
from app.access.queries import capacities_of
from app.access.roles import Role
from app.accounts.queries import Holder, holders_of
from app.cases.queries import visible
from app.cases.service import Case
from app.outbox.service import post
from app.procedure.clocks import london_date
from tenants.db import db
from tenants.registry import Partnership
from tenants.scope import current_partnership_id

MEMBERS = (
    Role.LIG_CHAIR, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL, Role.AGENCY_LIG_MEMBER,
    Role.SERVICE_DIRECTOR,
)  # fmt: skip
ROLES = (*MEMBERS, Role.INDEPENDENT_SCRUTINEER)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom the papers of a case go. `prepares` says that they come to the meeting prepared (B2-10): the
    scrutineer reads only."""

    person_id: UUID
    name: str
    email: str | None
    capacity: str
    prepares: bool


def recipients_of(case_id: UUID, now: datetime) -> list[Recipient]:
    """Who receives the papers of a case now, by name; each once. Whoever is sealed out of it is not among them, nor an
    agency to which the case was not brought."""
    today = london_date(now)
    found = []
    for holder in holders_of([role.value for role in ROLES], today):
        actor = Actor(holder.person_id, holder.name, capacities_of(holder.person_id, today))
        one = _recipient(holder, actor)
        if one is not None and one not in found and may_read(case_id, actor):
            found.append(one)
    return sorted(found, key=lambda one: (one.name, str(one.person_id)))


def _recipient(holder: Holder, actor: Actor) -> Recipient | None:
    held = received_as(actor)
    if not held:
        return None
    return Recipient(holder.person_id, holder.name, holder.email, held[0].label, any(map(_prepares, held)))


def received_as(actor: Actor) -> list[Capacity]:
    """The capacities in which somebody receives papers, a member's first; none for whoever only circulates them."""
    held = [one for one in actor.holding(Permission.PAPERS_READ) if one.role in ROLES]
    return sorted(held, key=lambda one: ROLES.index(one.role))


def _prepares(held: Capacity) -> bool:
    return held.role in MEMBERS


def may_read(case_id: UUID, actor: Actor, permission: Permission = Permission.PAPERS_READ) -> bool:
    """Whether somebody may read the papers of a case once they are circulated."""
    query = select(Case.id).where(Case.id == case_id, visible(actor, permission))
    return db.session.scalar(query) is not None


def tell(
    kind: str, to: Iterable[Recipient], case: Case, mark: str, now: datetime, path: str = "papers",
    meeting_at: datetime | None = None,
) -> int:  # fmt: skip
    """Write to recipients, once for each `mark`; how many were written to anew. No message says what papers say."""
    slug = db.session.scalars(
        select(Partnership.slug).where(Partnership.id == current_partnership_id())
    ).one()
    params: dict[str, object] = {"link": f"/{slug}/cases/{case.reference}/{path}"}
    if meeting_at is not None:
        params["on"] = london_date(meeting_at)
    return sum(
        post(
            kind, to_person=one.person_id, to_address=one.email, to_name=one.name,
            key=f"{kind}:{case.id}:{mark}:{one.person_id}", now=now, case_reference=case.reference, params=params,
            context={"case_id": str(case.id), "kind": kind},
        )
        for one in to
    )  # fmt: skip

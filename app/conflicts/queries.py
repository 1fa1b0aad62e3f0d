"""Reading seals and declarations, for those who may know of them; and who could act for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.models import CaseSeal
from app.access.owners import parties_of
from app.access.queries import everybodys_capacities
from app.access.roles import ROLE_NAMES, Role
from app.access.seal_rules import may_see_seals
from app.access.sealing import sealed_people
from app.accounts.queries import members_from, names_of
from app.cases.queries import obligations_of
from app.conflicts.models import ConflictDeclaration
from app.entering.linking import verdicts
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import progress
from app.serious_incidents.rules import partners_of
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Known:
    """What one person may know of the seals and conflicts of a case: all of it, or what they declared."""

    standing: list[CaseSeal]
    lifted: list[CaseSeal]
    declarations: list[ConflictDeclaration]
    names: dict[UUID, str]
    all: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can be sealed out: a member today, or one whose membership has yet to begin."""

    person_id: UUID
    name: str
    roles: tuple[str, ...]

    @property
    def label(self) -> str:
        """The name with every role, for a list to choose from."""
        return f"{self.name} ({'; '.join(self.roles)})"


def known(case_id: UUID, actor: Actor) -> Known:
    """The seals and declarations of a case, newest first."""
    sees = may_see_seals(actor)
    own = ConflictDeclaration.person_id == actor.person_id
    asked = select(ConflictDeclaration).where(ConflictDeclaration.case_id == case_id)
    declarations = list(
        db.session.scalars(
            (asked if sees else asked.where(own)).order_by(ConflictDeclaration.declared_at.desc())
        )
    )
    seals = seals_of(case_id) if sees else []
    people = {row.person_id for row in seals}
    return Known(
        standing=[row for row in seals if row.lifted_at is None],
        lifted=[row for row in seals if row.lifted_at is not None],
        declarations=declarations,
        names=names_of(people),
        all=sees,
    )


def seals_of(case_id: UUID) -> list[CaseSeal]:
    """Every seal of a case, newest first."""
    query = select(CaseSeal).where(CaseSeal.case_id == case_id).order_by(CaseSeal.sealed_at.desc())
    return list(db.session.scalars(query))


def seal_of(case_id: UUID, seal_id: UUID) -> CaseSeal | None:
    """One seal of a case."""
    return db.session.scalar(select(CaseSeal).where(CaseSeal.case_id == case_id, CaseSeal.id == seal_id))


def declaration_of(case_id: UUID, declaration_id: UUID) -> ConflictDeclaration | None:
    """One declaration of a case."""
    query = select(ConflictDeclaration).where(
        ConflictDeclaration.case_id == case_id, ConflictDeclaration.id == declaration_id
    )
    return db.session.scalar(query)


def open_declarations(case_id: UUID, person_id: UUID) -> list[ConflictDeclaration]:
    """What somebody declared in a case and nobody has answered."""
    query = select(ConflictDeclaration).where(
        ConflictDeclaration.case_id == case_id,
        ConflictDeclaration.person_id == person_id,
        ConflictDeclaration.answer.is_(None),
    )
    return list(db.session.scalars(query))


def everybody(today: date) -> dict[UUID, Member]:
    """Everybody who is a member of the partnership in scope today or will be, by person, in the order of names."""
    found: dict[UUID, Member] = {}
    for view, person in members_from(today):
        role = ROLE_NAMES[Role(view.role)] + (f", {view.agency_name}" if view.agency_name else "")
        before = found[person.id].roles if person.id in found else ()
        found[person.id] = Member(person.id, person.display_name, (*before, role))
    return found


def able(today: date) -> dict[UUID, set[Party]]:
    """For whom each person can act today, as whatever they are, deputies included."""
    return {
        person_id: parties_of(Actor(person_id, "", held)) | set(partners_of(held))
        for person_id, held in everybodys_capacities(today).items()
    }


def owing(case_id: UUID) -> list[Party]:
    """Who owes something in a case now, or will before it is decided."""
    now = [Party(row.owner) for row in obligations_of(case_id) if row.open]
    found = progress.load(case_id)
    if found.decision is not None and found.told.reopened is None:
        return list(dict.fromkeys(now))
    later = [party for party in INITIAL_VIEWERS if party not in found.views and found.view_shared is None]
    later += [party for party in SAFEGUARDING_PARTNERS if party not in found.positions]
    came_first = found.told.came_first
    return list(dict.fromkeys([*now, *([] if came_first else later)]))


def still_open(case_id: UUID, actor: Actor) -> list[tuple[UUID, str]]:
    """Who is sealed out of a case and not out of another of the same incident: the person and that case's reference,
    of cases that this person may see."""
    sealed = sealed_people(case_id)
    return [
        (person_id, one.case.reference)
        for one in verdicts(case_id, actor)
        if one.verdict == "linked"
        for person_id in sorted(sealed - sealed_people(one.case.id))
    ]

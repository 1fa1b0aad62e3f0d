"""People of a partnership as pages show them. Nothing of any case is asked or known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.access.own_names import own_names
from app.access.roles import ROLE_NAMES, Role
from app.accounts.models import Organisation, Person
from app.accounts.people_queries import Held, everybody
from app.outbox.queries import states_of
from app.people.checking import code_for
from app.people.mailing import key_of
from app.people.models import Invitation, MembershipProposal
from app.people.rules import State, state_at
from tenants.db import db
from tenants.registry import Agency, Partnership, agencies
from tenants.scope import as_person

MOST = 200


class Standing(StrEnum):
    """Whether a membership holds now, is to come, or has ended."""

    NOW = "now"
    TO_COME = "to-come"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Shown:
    """A membership with its role as the partnership calls it, and whether it holds."""

    held: Held
    role: str
    standing: Standing

    @property
    def signs_in(self) -> str:
        """Who signs the person in."""
        return "Passkey" if self.held.by_passkey else self.held.organisation


@dataclass(frozen=True, slots=True)
class InvitationShown:
    """An invitation as a page shows it. `delivery` says how far its message has come."""

    row: Invitation
    state: State
    role: str
    agency: str
    by: str
    delivery: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """What waits for a second person, in words."""

    row: MembershipProposal
    name: str
    email: str
    role: str
    agency: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that waits for a check of identity, for the person who is to be checked."""

    partnership: str
    code: str
    expires_at: datetime


def role_name(role: str | None) -> str:
    """What the partnership in scope calls a role; one that is no more is shown by its old key."""
    known = {one.value: name for one, name in ROLE_NAMES.items()}
    return own_names().get(role or "", known.get(role or "", role or ""))


def role_choices() -> dict[str, str]:
    """The roles by what the partnership calls them, in the order of the procedure."""
    return {role.value: role_name(role.value) for role in Role}


def standing_of(held: Held, today: date) -> Standing:
    """Whether a membership holds now, is to come, or has ended."""
    if held.ended_at is not None or (held.ends_on is not None and held.ends_on < today):
        return Standing.ENDED
    return Standing.TO_COME if held.starts_on > today else Standing.NOW


def memberships(today: date, standing: Standing | None = None, person_id: UUID | None = None) -> list[Shown]:
    """The memberships of everybody, or of one person; of one standing, where one is asked for."""
    shown = [
        Shown(held, role_name(held.role), standing_of(held, today)) for held in everybody(today, person_id)
    ]
    return [one for one in shown if standing in (None, one.standing)]


def invitations(now: datetime) -> list[InvitationShown]:
    """The newest invitations: those that wait for something first."""
    query = select(Invitation).order_by(Invitation.invited_at.desc(), Invitation.id).limit(MOST)
    rows = list(db.session.scalars(query))
    order = [State.WAITING, State.OPEN, State.EXPIRED, State.ACCEPTED, State.WITHDRAWN]
    return sorted(_shown(rows, now), key=lambda one: order.index(one.state))


def invitation(invitation_id: UUID, now: datetime) -> InvitationShown | None:
    """One invitation of the partnership in scope, or None."""
    row = db.session.scalar(select(Invitation).where(Invitation.id == invitation_id))
    return _shown([row], now)[0] if row is not None else None


def proposals() -> list[ProposalShown]:
    """What was proposed: what is open first, then the newest decided."""
    query = select(MembershipProposal).order_by(
        MembershipProposal.decided_at.desc().nulls_first(), MembershipProposal.proposed_at.desc()
    )
    return [_proposal(row) for row in db.session.scalars(query.limit(MOST))]


def proposal(proposal_id: UUID) -> ProposalShown | None:
    """One proposal of the partnership in scope, or None."""
    row = db.session.scalar(select(MembershipProposal).where(MembershipProposal.id == proposal_id))
    return _proposal(row) if row is not None else None


def waiting_for(app: Flask, person_id: UUID, now: datetime) -> list[Waiting]:
    """The invitations of a person that wait for a check, in whichever partnerships, with the digits to be read out."""
    with as_person(app, person_id):
        rows = list(
            db.session.scalars(
                select(Invitation)
                .where(Invitation.accepted_person_id == person_id, Invitation.state == State.WAITING.value)
                .order_by(Invitation.accepted_at)
            )
        )
        open_still = [row for row in rows if state_at(row.state, row.expires_at, now) is State.WAITING]
        return [
            Waiting(db.session.get_one(Partnership, row.partnership_id).name, code_for(row), row.expires_at)
            for row in open_still
        ]


def _shown(rows: list[Invitation], now: datetime) -> list[InvitationShown]:
    names = {agency.id: agency.name for agency in agencies()}
    known = db.session.execute(select(Organisation.id, Organisation.name))
    organisations = {identifier: name for identifier, name in known}
    sent = states_of([key_of(row) for row in rows])
    return [
        InvitationShown(
            row, state_at(row.state, row.expires_at, now), role_name(row.role),
            names.get(row.agency_id, "") if row.agency_id else "",
            organisations.get(row.organisation_id, "") if row.organisation_id else "Passkey",
            sent.get(key_of(row), ""),
        )
        for row in rows
    ]  # fmt: skip


def _proposal(row: MembershipProposal) -> ProposalShown:
    person = db.session.get_one(Person, row.person_id)
    agency = db.session.scalar(select(Agency.name).where(Agency.id == row.agency_id)) if row.agency_id else ""
    return ProposalShown(row, person.display_name, row.email or "", role_name(row.role), agency or "")

"""People of a partnership as pages show them. Nothing of any case is asked or known here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from flask import Flask
from sqlalchemy import Row, func, select, union_all

from app.access.own_names import own_names
from app.access.roles import ROLE_NAMES, Role
from app.accounts.models import Organisation, Person
from app.accounts.people_queries import Held, everybody
from app.outbox.queries import states_of
from app.people.checking import code_for
from app.people.mailing import key_of
from app.people.models import Invitation, MembershipProposal
from app.people.rules import State, state_at
from app.procedure.clocks import london_date
from tenants.db import db
from tenants.registry import Agency, Partnership, agencies
from tenants.scope import as_person

MOST = 200
NEW = timedelta(days=14)


class Standing(StrEnum):
    """Whether a membership holds now, is to come, or has ended."""

    NOW = "now"
    TO_COME = "to-come"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Shown:
    """A membership with its role as the partnership calls it, whether it holds, and whether it was given lately."""

    held: Held
    role: str
    standing: Standing
    new: bool

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
    on_file: str

    @property
    def differs(self) -> bool:
        """Whether a link would go to another address than the one on file."""
        return self.email.casefold() != self.on_file.casefold()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that waits for a check of identity, for the person who is to be checked."""

    partnership: str
    code: str
    works_to: date


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
        Shown(held, role_name(held.role), standing_of(held, today), _is_new(held, today))
        for held in everybody(today, person_id)
    ]
    return [one for one in shown if standing in (None, one.standing)]


def newest_first(shown: list[Shown]) -> list[Shown]:
    """Memberships by when they were given, the newest first; those of which that is not known last."""
    unknown = datetime.min.replace(tzinfo=UTC)
    return sorted(shown, key=lambda one: one.held.begun_at or unknown, reverse=True)


def _is_new(held: Held, today: date) -> bool:
    return held.begun_at is not None and today - london_date(held.begun_at) < NEW


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


def waiting_about(person_id: UUID, now: datetime) -> list[tuple[str, str, UUID]]:
    """What waits for a second person about somebody: what it is in words, `proposal` or `invitation`, and which."""
    query = select(MembershipProposal).where(
        MembershipProposal.person_id == person_id, MembershipProposal.state == "open"
    )
    made = select(Invitation).where(
        Invitation.accepted_person_id == person_id, Invitation.state == State.WAITING.value,
        Invitation.expires_at > now,
    )  # fmt: skip
    words = {"begin": "A membership as {}", "extend": "A later last day as {}", "recovery": "A new passkey"}
    return [
        *((words[row.what].format(role_name(row.role)), "proposal", row.id) for row in db.session.scalars(query)),
        *((f"A check of who they are, as {role_name(row.role)}", "invitation", row.id)
          for row in db.session.scalars(made)),
    ]  # fmt: skip


def given_by(person_id: UUID, shown: list[Shown]) -> dict[UUID, str]:
    """Who gave each membership of somebody, by the membership, where an invitation or a proposal tells it."""
    proposed = db.session.scalars(
        select(MembershipProposal).where(
            MembershipProposal.person_id == person_id, MembershipProposal.what == "begin",
            MembershipProposal.state == "approved",
        )
    )  # fmt: skip
    told = {
        (row.role, row.agency_id, row.decided_at): f"Proposed by {row.proposed_name}, approved by {row.decided_name}"
        for row in proposed
    }  # fmt: skip
    invited = db.session.execute(
        select(Invitation, Person.display_name)
        .outerjoin(Person, Person.id == Invitation.confirmed_by)
        .where(Invitation.accepted_person_id == person_id, Invitation.state == State.ACCEPTED.value)
        .order_by(Invitation.accepted_at)
    ).all()
    return {
        one.held.membership_id: said
        for one in shown
        if (
            said := told.get((one.held.role, one.held.agency_id, one.held.begun_at))
            or _invited(one.held, invited)
        )
    }


def _invited(held: Held, invited: Sequence[Row[Invitation, str | None]]) -> str:
    """Who invited to a membership and who checked it: the last invitation to it that was accepted before it began. One
    that an organisation vouches for begins as it is accepted."""
    for row, checker in reversed(invited):
        same = (row.role, row.agency_id) == (held.role, held.agency_id)
        if same and held.begun_at is not None and row.accepted_at is not None:
            if checker is None and row.accepted_at == held.begun_at:
                return f"Invited by {row.invited_name}"
            if checker is not None and row.accepted_at <= held.begun_at:
                return f"Invited by {row.invited_name}, checked by {checker}"
    return ""


def let_in_by(person_id: UUID) -> set[UUID]:
    """Who had a part in letting in the holder of a passkey: whoever invited them or checked who they are, and whoever
    proposed or approved a new passkey for them. Nobody, where an organisation signs them in."""
    invited = select(Invitation.invited_by, Invitation.confirmed_by).where(
        Invitation.accepted_person_id == person_id, Invitation.organisation_id.is_(None),
        Invitation.state == State.ACCEPTED.value,
    )  # fmt: skip
    recovered = select(MembershipProposal.proposed_by, MembershipProposal.decided_by).where(
        MembershipProposal.person_id == person_id, MembershipProposal.what == "recovery",
        MembershipProposal.state == "approved",
    )  # fmt: skip
    rows = [*db.session.execute(invited), *db.session.execute(recovered)]
    return {one for row in rows for one in row if one is not None}


def count_to_decide(person_id: UUID, now: datetime) -> int:
    """How many things wait for a second person who may be this one: proposals that they neither made nor are meant by,
    and passkeys whose holder they neither invited nor are."""
    proposed = select(MembershipProposal.id).where(
        MembershipProposal.state == "open", MembershipProposal.proposed_by != person_id,
        MembershipProposal.person_id != person_id,
    )  # fmt: skip
    made = select(Invitation.id).where(
        Invitation.state == State.WAITING.value, Invitation.expires_at > now, Invitation.invited_by != person_id,
        Invitation.accepted_person_id != person_id,
    )  # fmt: skip
    both = union_all(proposed, made).subquery()
    return db.session.scalar(select(func.count()).select_from(both)) or 0


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
            Waiting(db.session.get_one(Partnership, row.partnership_id).name, code_for(row), row.works_to)
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
    return ProposalShown(
        row, person.display_name, row.email or "", role_name(row.role), agency or "", person.email or ""
    )

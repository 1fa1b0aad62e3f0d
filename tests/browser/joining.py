"""Invitations and proposals to look at, at each step: sent, waiting for a check, proposed."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.permissions import Permission
from app.access.roles import Role
from app.people.invitations import PASSKEY, NewInvitation, invite
from app.people.memberships import Grant
from app.people.models import Invitation, MembershipProposal
from app.people.proposals import propose_membership
from app.people.tokens import token_of
from app.procedure.clocks import london_date
from tenants.db import db
from tests.support.authenticator import Authenticator
from tests.support.people import Someone


class Joining:
    """What an administrator has begun. `addresses` are pages by name; `invited` is the browser of somebody invited."""

    def __init__(self, app: Flask, admin: Someone, now: datetime) -> None:
        self.admin, self.now = admin, now
        sent, made = self._invited("Ada Example"), self._invited("Imogen Vale")
        self.invited: FlaskClient = app.test_client()
        device, link = Authenticator(), self._link(made)
        answer = device.make(self.invited.post(f"{link}/options/make").get_json())
        assert self.invited.post(f"{link}/passkey/make", data={"credential": answer}).status_code == 303
        self.addresses = {
            "link": self._link(sent),
            "sent": f"/{admin.place.slug}/people/invitations/{sent.id}",
            "made": f"/{admin.place.slug}/people/invitations/{made.id}",
            "proposal": f"/{admin.place.slug}/people/proposals/{self._proposed()}",
            "person": f"/{admin.place.slug}/people/{admin.person_id}",
        }

    def _invited(self, name: str) -> Invitation:
        key, today = uuid4(), london_date(self.now)
        with self.admin.place.pinned():
            actor = self.admin.actor()
            acting = actor.acting_as(actor.holding(Permission.PEOPLE_MANAGE))
            typed = NewInvitation(
                name, f"{key.hex}@firm.example", Role.REVIEWER.value, None, today, None, PASSKEY, key
            )
            assert invite(typed, acting, self.now) == []
            db.session.commit()
            return db.session.scalars(select(Invitation).where(Invitation.submission_key == key)).one()

    def _link(self, invitation: Invitation) -> str:
        with self.admin.place.pinned():
            token = token_of(invitation.partnership_id, invitation.submission_key, invitation.nonce)
        return f"/invitation/{self.admin.place.slug}/{token}"

    def _proposed(self) -> str:
        key, grant = uuid4(), Grant(Role.LIG_CHAIR, None, london_date(self.now), None)
        with self.admin.place.pinned():
            actor = self.admin.actor()
            acting = actor.acting_as(actor.holding(Permission.PEOPLE_MANAGE))
            propose_membership(self.admin.person_id, grant, "To stand in", acting, key, self.now)
            db.session.commit()
            query = select(MembershipProposal.id).where(MembershipProposal.submission_key == key)
            return str(db.session.scalars(query).one())

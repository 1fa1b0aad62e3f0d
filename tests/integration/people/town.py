"""A partnership of its own with two administrators, a manager and an organisation, and the ways people join."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.access.roles import Role
from app.accounts import service
from app.accounts.models import Membership, Person
from app.accounts.oidc import SignInClient
from app.accounts.oidc_types import Identity, Pending, Provider
from app.accounts.provider_http import Directory
from app.clock_source import real_now
from app.ledger.models import LedgerEvent, LedgerPayload
from app.outbox.models import OutboxMessage
from app.people.models import Invitation, MembershipProposal
from app.people.tokens import token_of
from app.procedure.clocks import london_date
from tenants.db import db
from tenants.registry import agencies
from tests.integration.accounts.test_memberships import TESTER, Council
from tests.support.authenticator import Authenticator
from tests.support.cast import cast
from tests.support.people import Someone, client_of
from tests.support.places import Place


class Chosen(SignInClient):
    """A provider that signs in whoever the test says, without a network."""

    def __init__(self) -> None:
        super().__init__(Directory(loopback=True), lambda: real_now().timestamp(), {})
        self.subject = "nobody"

    def begin(self, provider: Provider, redirect_uri: str, next_path: str) -> tuple[str, Pending]:
        state = uuid4().hex
        pending = Pending(
            state, "nonce", "verifier", str(provider.id), provider.issuer, redirect_uri, next_path,
            real_now().timestamp(),
        )  # fmt: skip
        return f"https://provider.example/authorize?state={state}", pending

    def finish(self, provider: Provider, pending: Pending, answer: Any) -> Identity:
        return Identity(provider.id, self.subject)

    def sign_out_address(self, provider: Provider, back_to: str) -> str | None:
        return None


@dataclass
class Town:
    """The partnership, who is in it, and what a test does there."""

    app: Flask
    place: Place
    council: Council
    people: dict[Role, Someone]
    second: Someone
    provider: Chosen
    devices: dict[str, Authenticator] = field(default_factory=dict)

    @property
    def admin(self) -> Someone:
        return self.people[Role.PARTNERSHIP_ADMINISTRATOR]

    @property
    def manager(self) -> Someone:
        return self.people[Role.STRATEGIC_MANAGER]

    @property
    def today(self) -> date:
        return london_date(real_now())

    def path(self, rest: str = "") -> str:
        return f"/{self.place.slug}/people/{rest}"

    def browser(self, someone: Someone | None) -> FlaskClient:
        return client_of(self.app, someone)

    def post(self, who: Someone, rest: str, **typed: Any) -> TestResponse:
        """Send a form of the people's pages as somebody, with a key of its own."""
        data = {"submission_key": str(uuid4()), **typed}
        return self.browser(who).post(self.path(rest), data=data)

    def typed(self, **changes: Any) -> dict[str, str]:
        """An invitation as it is typed: the chair of the group, by the council, from today."""
        plain = {
            "name": "Ada Example", "email": "ada@example.example", "role": Role.LIG_CHAIR.value, "agency": "",
            "by": str(self.council.organisation_id), "submission_key": str(uuid4()),
        }  # fmt: skip
        starts, ends = changes.pop("starts_on", self.today), changes.pop("ends_on", None)
        return {**plain, **days("starts_on", starts), **days("ends_on", ends), **changes}

    def invite(self, who: Someone | None = None, **changes: Any) -> Invitation:
        """Invite somebody; returns the invitation."""
        typed = self.typed(**changes)
        answer = self.browser(who or self.admin).post(self.path("invite"), data=typed)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.invitation(UUID(typed["submission_key"]))

    def invitation(self, key: UUID) -> Invitation:
        with self.place.pinned():
            return db.session.scalars(select(Invitation).where(Invitation.submission_key == key)).one()

    def again(self, invitation: Invitation) -> Invitation:
        """The invitation as it now is."""
        return self.invitation(invitation.submission_key)

    def link(self, invitation: Invitation) -> str:
        """The address in the message."""
        with self.place.pinned():
            token = token_of(invitation.partnership_id, invitation.submission_key, invitation.nonce)
        return f"/invitation/{self.place.slug}/{token}"

    def agency(self, key: str) -> str:
        with self.place.pinned():
            return str(next(one.id for one in agencies() if one.key == key))

    def sign_in(self, link: str, subject: str, browser: FlaskClient | None = None) -> TestResponse:
        """Press the button of an invitation and sign in at its organisation as a subject."""
        browser = browser or self.browser(None)
        away = browser.post(link)
        if away.status_code != 200:
            return away
        return self.come_back(browser, state_in(away), subject)

    def come_back(self, browser: FlaskClient, state: str, subject: str) -> TestResponse:
        self.provider.subject = subject
        return browser.get("/sign-in/callback", query_string={"state": state, "code": "c"})

    def make_passkey(
        self, link: str, device: Authenticator | None = None, browser: FlaskClient | None = None, way: str = "make"
    ) -> TestResponse:  # fmt: skip
        """Accept an invitation with a device."""
        browser, device = browser or self.browser(None), device or Authenticator()
        asked = browser.post(f"{link}/options/{way}")
        if asked.status_code != 200:
            return asked
        answer = device.make(asked.get_json()) if way == "make" else device.use(asked.get_json())
        return browser.post(f"{link}/passkey/{way}", data={"credential": answer})

    def sign_in_by(self, device: Authenticator, browser: FlaskClient | None = None) -> TestResponse:
        """Sign in with a device."""
        browser = browser or self.browser(None)
        answer = device.use(browser.post("/sign-in/passkey/options").get_json())
        return browser.post("/sign-in/passkey", data={"credential": answer})

    def reviewer(self, **changes: Any) -> tuple[Someone, Authenticator, FlaskClient]:
        """An external reviewer, invited by passkey and confirmed."""
        device, browser = Authenticator(), self.browser(None)
        invitation = self.invite(by="passkey", role=Role.REVIEWER.value, email=f"{uuid4().hex}@firm.example",
                                 **changes)  # fmt: skip
        assert self.make_passkey(self.link(invitation), device, browser).status_code == 303
        answer = self.confirm(invitation, code_on(browser), self.second)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        person_id = self.again(invitation).accepted_person_id
        assert person_id is not None
        return Someone(person_id, "Ada Example", self.place), device, browser

    def confirm(self, invitation: Invitation, code: str, who: Someone) -> TestResponse:
        return self.post(who, f"invitations/{invitation.id}/check", code=code, how="Telephoned their firm")

    def memberships(self, person_id: UUID) -> list[Membership]:
        with self.place.pinned():
            query = select(Membership).where(Membership.person_id == person_id).order_by(Membership.starts_on)
            return list(db.session.scalars(query))

    def proposals(self) -> list[MembershipProposal]:
        with self.place.pinned():
            return list(
                db.session.scalars(select(MembershipProposal).order_by(MembershipProposal.proposed_at))
            )

    def kinds(self) -> list[str]:
        """The kinds of the events that were recorded, in order."""
        with self.place.pinned():
            return list(db.session.scalars(select(LedgerEvent.kind).order_by(LedgerEvent.number)))

    def told(self) -> str:
        """Everything in the ledger and in the outbox, as one text."""
        with self.place.pinned():
            events = db.session.execute(select(LedgerEvent.facts, LedgerPayload.payload).outerjoin(
                LedgerPayload, LedgerPayload.number == LedgerEvent.number))  # fmt: skip
            messages = db.session.scalars(select(OutboxMessage))
            return " ".join([*(f"{row.facts} {row.payload}" for row in events),
                             *(f"{row.key} {row.subject} {row.body} {row.context}" for row in messages)])  # fmt: skip

    def messages(self, kind: str) -> list[OutboxMessage]:
        with self.place.pinned():
            query = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.created_at)
            return list(db.session.scalars(query))

    def person(self, subject: str) -> Person | None:
        with self.app.app_context():
            return db.session.scalar(
                select(Person).where(
                    Person.provider_id == self.council.provider_id, Person.subject == subject
                )
            )


def make_town(app: Flask, owner: Flask, place: Place) -> Town:
    """A town with one person for each role, and a second administrator."""
    people, council = cast(place, owner), Council(owner)
    with owner.app_context():
        second = service.ensure_person(
            council.provider_id, "second", display_name="Second Administrator", email="second@council.example"
        )
        someone = Someone(second.id, second.display_name, place)
        db.session.commit()
    with place.pinned():
        began, now = date(2020, 1, 1), real_now()
        service.trust_organisation(
            service.organisation_named(council.slug), starts_on=began, acting=TESTER, now=now
        )
        service.begin_membership(
            db.session.get_one(Person, someone.person_id), Role.PARTNERSHIP_ADMINISTRATOR, agency_key=None,
            starts_on=began, acting=TESTER, now=now,
        )  # fmt: skip
        db.session.commit()
    return Town(app, place, council, people, someone, Chosen())


def days(name: str, day: date | None) -> dict[str, str]:
    """A day as its three fields."""
    if day is None:
        return {}
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def state_in(away: TestResponse) -> str:
    """The state of a sign-in that was begun."""
    found = re.search(r'href="(https://provider\.example/[^"]*)"', away.get_data(as_text=True))
    assert found is not None, away.get_data(as_text=True)
    return parse_qs(urlsplit(found[1]).query)["state"][0]


def code_on(browser: FlaskClient) -> str:
    """The six digits that an invited person is shown."""
    page = browser.get("/account/waiting").get_data(as_text=True)
    found = re.search(r"data-code>(\d{3}) (\d{3})<", page)
    assert found is not None, page
    return found[1] + found[2]

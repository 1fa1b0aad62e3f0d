"""A case, the people of its partnership, and commissions of it, as their pages give them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.accounts.models import Membership
from app.cases.service import ChildFacts, open_case
from app.commissions.models import Commission
from app.ledger.models import LedgerEvent, ReadEntry
from app.ledger.service import record
from app.outbox.models import OutboxMessage
from app.procedure.events import EventKind, Stage
from tenants.db import db
from tests.support.people import Someone, client_of
from tests.support.places import Place

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = MONDAY.date()
DAY = timedelta(days=1)
CHILD = "Robin Invented"
TERMS = {
    "purpose": "To learn how agencies worked together",
    "scope": "From birth to the incident",
    "enquiry": "Who knew what, and when?",
    "method": "", "contributors": "", "report": "",
}  # fmt: skip


def typed_day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


class Given:
    """One case and who acts on it; `now` is what time it is."""

    def __init__(
        self, app: Flask, place: Place, people: dict[Role, Someone], at: Callable[[datetime], None]
    ) -> None:
        self.app, self.place, self.people, self._at = app, place, people, at
        self.to(MONDAY)
        self.team, self.reviewer, self.lead = (
            people[role] for role in (Role.PARTNERSHIP_TEAM, Role.REVIEWER, Role.EVENT_LEAD)
        )
        self.case_id, self.case = self._case()
        self.clients: dict[UUID, FlaskClient] = {}

    def to(self, now: datetime) -> None:
        """The time that every page now sees."""
        self.now = now
        self._at(now)

    def _case(self) -> tuple[UUID, str]:
        with self.place.pinned():
            case = open_case(
                title=f"{CHILD}, aged 4", source="agency", agency_id=None, referred_by=None,
                children=[ChildFacts("subject", CHILD, None, "unknown")], now=self.now,
            )  # fmt: skip
            said = {"record": [["The incident", [["What happened?", f"{CHILD} fell"]]]]}
            record(
                EventKind.REFERRAL_SUBMITTED, case_id=case.id, acting=SYSTEM, happened_at=self.now, now=self.now,
                stage=Stage.REFERRAL, payload=said,
            )  # fmt: skip
            db.session.commit()
            return case.id, case.reference

    def client(self, who: Someone) -> FlaskClient:
        """A browser of that person, the same one each time."""
        if who.person_id not in self.clients:
            self.clients[who.person_id] = client_of(self.app, who)
        return self.clients[who.person_id]

    def get(self, who: Someone, path: str) -> TestResponse:
        return self.client(who).get(f"/{self.place.slug}{path}")

    def post(self, who: Someone, path: str, **form: Any) -> TestResponse:
        return self.client(who).post(
            f"/{self.place.slug}{path}", data={"submission_key": str(uuid4()), **form}
        )

    def text(self, who: Someone, path: str) -> str:
        answer = self.get(who, path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def membership(self, who: Someone) -> UUID:
        with self.place.pinned():
            query = select(Membership.id).where(Membership.person_id == who.person_id)
            return db.session.scalars(query).one()

    def give(self, who: Someone | None = None, first: int = 0, last: int = 30, **form: Any) -> str:
        """Commission somebody through the form; the reference of their commission."""
        today, who = self.now.date(), who or self.reviewer
        days = {**typed_day("first_day", today + first * DAY), **typed_day("last_day", today + last * DAY)}
        answer = self.post(self.team, f"/cases/{self.case}/commissions/give", membership=str(self.membership(who)),
                           contact="Joanna of the team, 01983 000000", **days, **form)  # fmt: skip
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"].rsplit("/", 1)[1]

    def path(self, reference: str, rest: str = "") -> str:
        """The partnership's address of a commission."""
        return f"/cases/{self.case}/commissions/{reference}{rest}"

    def act(self, reference: str, rest: str, who: Someone | None = None, **form: Any) -> TestResponse:
        """Send one of the partnership's forms."""
        return self.post(who or self.team, self.path(reference, rest), **form)

    def terms(self, reference: str, over: int = 0, **texts: str) -> TestResponse:
        return self.act(reference, "/terms/write", over=str(over), do="release", **{**TERMS, **texts})

    def paper(self, reference: str, part: str = "referral", **form: str) -> TestResponse:
        """Look at a paper, then release it as it was looked at."""
        looked = self.act(reference, "/papers/release", do="look", part=part, **form).get_data(as_text=True)
        seen = re.search(r'name="seen" type="hidden" value="([0-9a-f]{64})"', looked)
        digest = seen[1] if seen else ""
        return self.act(reference, "/papers/release", do="release", part=part, seen=digest, **form)

    def draft(
        self, reference: str, report: str, version: int = 0, who: Someone | None = None, **form: Any
    ) -> TestResponse:
        fields = {"report": report, "version": str(version), "form_id": str(uuid4()), **form}
        return self.post(who or self.reviewer, f"/commissions/{reference}/draft", **fields)

    def submit(self, reference: str, seen: int = 1, who: Someone | None = None, **form: Any) -> TestResponse:
        fields = {"over": str(seen), "called": "first-draft", "note": "", **form}
        return self.post(who or self.reviewer, f"/commissions/{reference}/submit", **fields)

    def row(self, reference: str) -> Commission:
        with self.place.pinned():
            return db.session.scalars(select(Commission).where(Commission.reference == reference)).one()

    def told(self, kind: EventKind) -> list[LedgerEvent]:
        """The events of a kind in the case's history."""
        with self.place.pinned():
            query = select(LedgerEvent).where(
                LedgerEvent.case_id == self.case_id, LedgerEvent.kind == kind.value
            )
            return list(db.session.scalars(query.order_by(LedgerEvent.number)))

    def messages(self, who: Someone | None = None) -> list[OutboxMessage]:
        with self.place.pinned():
            rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at))
            return [row for row in rows if who is None or row.to_person == who.person_id]

    def read(self, who: Someone) -> list[str]:
        """The pages of the case that a person opened, as the read log names them."""
        with self.place.pinned():
            query = select(ReadEntry).where(ReadEntry.person_id == who.person_id)
            return [row.page for row in db.session.scalars(query.order_by(ReadEntry.viewed_at))]

"""A case, the people of its partnership, and recommendations of it, as their pages make them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.cases.models import CaseStatus
from app.cases.service import ChildFacts, open_case
from app.ledger.models import LedgerEvent
from app.ledger.service import envelope, record
from app.outbox.models import JobIntent, OutboxMessage
from app.procedure.events import Event, EventKind, Stage
from app.recommendations.queries import RecommendationView, of_case
from tenants.db import db
from tenants.registry import agencies
from tests.support.people import Someone, client_of
from tests.support.places import Place

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = date(2027, 3, 12)
WHOLE = {
    "text": "Every practitioner asks a second question at handover",
    "measure": "An audit of twenty records, from 40% to 90%",
    "achievable": "The time is given in the rota",
    "relevance": "Finding two: nobody asked twice",
    "expected_impact": "Children are heard sooner",
    "how_known": "Their words stand in the record",
    "others": "The national college\nThe inspectorate",
}


def typed_day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


class Recommending:
    """One case and who acts on it; `now` is what time it is."""

    def __init__(
        self, app: Flask, place: Place, people: dict[Role, Someone], at: Callable[[datetime], None]
    ) -> None:
        self.app, self.place, self.people, self._at = app, place, people, at
        self.to(MONDAY)
        self.team, self.chair, self.member = (
            people[role] for role in (Role.PARTNERSHIP_TEAM, Role.LIG_CHAIR, Role.AGENCY_LIG_MEMBER)
        )
        self.police, self.nurse = people[Role.PARTNER_REPRESENTATIVE], people[Role.DESIGNATED_PROFESSIONAL]
        self.scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
        self.case_id, self.case = self._case()
        with place.pinned():
            self.agency = {one.key: str(one.id) for one in agencies()}

    def to(self, now: datetime) -> None:
        """The time that every page now sees."""
        self.now = now
        self._at(now)

    def _case(self) -> tuple[UUID, str]:
        with self.place.pinned():
            case = open_case(
                title="Robin Invented, aged 4", source="agency", agency_id=None, referred_by=None,
                children=[ChildFacts("subject", None, None, "unknown")], now=self.now,
            )  # fmt: skip
            case.status = CaseStatus.TO_BE_NOTIFIED.value
            record(
                EventKind.REFERRAL_SUBMITTED, case_id=case.id, acting=SYSTEM, happened_at=self.now, now=self.now,
                stage=Stage.REFERRAL,
            )  # fmt: skip
            db.session.commit()
            return case.id, case.reference

    def client(self, who: Someone) -> FlaskClient:
        return client_of(self.app, who)

    def path(self, rest: str = "") -> str:
        return f"/{self.place.slug}/cases/{self.case}/recommendations{rest}"

    def get(self, who: Someone, rest: str = "") -> TestResponse:
        return self.client(who).get(self.path(rest))

    def marks(self, who: Someone, rest: str) -> dict[str, str]:
        """The hidden fields that a form carries when it is shown."""
        tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.get(who, rest).text)
        named = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
        return {
            name[1]: value[1] if value else "" for name, value in named if name and name[1] != "csrf_token"
        }

    def post(self, who: Someone, rest: str, marks: dict[str, str] | None = None, **form: Any) -> TestResponse:
        """Open a form, then send it."""
        sent = {**(self.marks(who, rest) if marks is None else marks), **form}
        return self.client(who).post(self.path(rest), data=sent)

    def make(self, **form: Any) -> int:
        """Write a recommendation through its form; its number."""
        sent = {**WHOLE, **typed_day("by_when", DUE), "agencies": [self.agency["police"]], **form}
        answer = self.post(self.team, "/new", **sent)
        assert answer.status_code == 303, answer.text
        return int(answer.headers["Location"].rsplit("/", 1)[1])

    def agree(self, number: int, due_on: date = DUE, agency: str = "community-health", **form: Any) -> int:
        """Agree an action through its form; its number."""
        sent = {
            "words": "Write the guidance", "agency": self.agency.get(agency, agency), "owner": "The safeguarding lead",
            **typed_day("due_on", due_on), **form,
        }  # fmt: skip
        answer = self.post(self.team, f"/{number}/actions/new", **sent)
        assert answer.status_code == 303, answer.text
        return len(self.view(number).actions)

    def update(self, who: Someone, number: int, action: int, **form: Any) -> TestResponse:
        sent = {"words": "Half of it is written", "state": "open", "evidence": "", **form}
        return self.post(who, f"/{number}/actions/{action}/update", **sent)

    def view(self, number: int) -> RecommendationView:
        with self.place.pinned():
            return next(one for one in of_case(self.case_id) if one.number == number)

    def told(self, kind: EventKind) -> list[Event]:
        with self.place.pinned():
            query = select(LedgerEvent).where(
                LedgerEvent.case_id == self.case_id, LedgerEvent.kind == kind.value
            )
            return [envelope(row) for row in db.session.scalars(query.order_by(LedgerEvent.number))]

    def messages(self, kind: str) -> set[UUID | None]:
        with self.place.pinned():
            query = select(OutboxMessage.to_person).where(
                OutboxMessage.kind == kind, OutboxMessage.case_reference == self.case
            )
            return set(db.session.scalars(query))

    def work(self, kind: str) -> list[JobIntent]:
        """The work of a kind that waits, the earliest first."""
        with self.place.pinned():
            rows = db.session.scalars(select(JobIntent).where(JobIntent.kind == kind)).all()
            return sorted(rows, key=lambda row: row.run_at)

"""The group of one partnership, its meetings as their pages make them, and what time it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.access.actor import SYSTEM
from app.access.models import CaseSeal
from app.access.roles import Role
from app.cases.service import ChildFacts, open_case
from app.ledger.models import LedgerEvent
from app.ledger.service import record
from app.meetings import queries
from app.meetings.models import LigAttendance, LigItem, LigMeeting
from app.outbox.models import OutboxMessage
from app.procedure.clocks import LONDON
from app.procedure.events import EventKind, Stage
from tenants.db import db
from tests.support.people import Someone, client_of
from tests.support.places import Place

TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
TEN = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PARTNERS = {
    "local-authority": Role.SERVICE_DIRECTOR,
    "police": Role.PARTNER_REPRESENTATIVE,
    "icb": Role.DESIGNATED_PROFESSIONAL,
}


def moment(name: str, at: datetime | None) -> dict[str, Any]:
    """A moment as its four fields are typed."""
    if at is None:
        return {}
    local = at.astimezone(LONDON)
    return {f"{name}-day": str(local.day), f"{name}-month": str(local.month), f"{name}-year": str(local.year),
            f"{name}-time": f"{local:%H:%M}"}  # fmt: skip


class Room:
    """Who sits on the group, and its meetings; `now` is what time it is."""

    def __init__(
        self, app: Flask, place: Place, people: dict[Role, Someone], at: Callable[[datetime], None]
    ) -> None:
        self.app, self.place, self.people, self._at = app, place, people, at
        self.team = people[Role.PARTNERSHIP_TEAM]
        self.clients: dict[UUID, FlaskClient] = {}
        self.to(TUESDAY)

    def to(self, now: datetime) -> None:
        """The time that every page now sees."""
        self.now = now
        self._at(now)

    def client(self, who: Someone) -> FlaskClient:
        """A browser of that person, the same one each time."""
        if who.person_id not in self.clients:
            self.clients[who.person_id] = client_of(self.app, who)
        return self.clients[who.person_id]

    def get(self, path: str, who: Someone | None = None) -> TestResponse:
        return self.client(who or self.team).get(f"/{self.place.slug}/meetings{path}")

    def text(self, path: str, who: Someone | None = None) -> str:
        answer = self.get(path, who)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, path: str, by: Someone | None = None, **form: Any) -> TestResponse:
        data = {"submission_key": str(uuid4()), **form}
        return self.client(by or self.team).post(f"/{self.place.slug}/meetings{path}", data=data)

    def over(self, path: str) -> str:
        """The version that a form is shown beside."""
        found = re.search(r'name="over" type="hidden" value="(\d+)"', self.text(path))
        assert found is not None
        return found[1]

    def scheduled(self, starts_at: datetime = TEN, **more: str) -> UUID:
        """A meeting of two hours, arranged by its page."""
        answer = self.post("/schedule", **{**self.when(starts_at), **more})
        assert answer.status_code == 303, answer.text
        return UUID(answer.headers["Location"].rsplit("/", 1)[1])

    def when(self, starts_at: datetime = TEN) -> dict[str, Any]:
        ends = (starts_at + 2 * HOUR).astimezone(LONDON)
        return {
            "kind": "standing",
            **moment("starts_at", starts_at),
            "ends_at": f"{ends:%H:%M}",
            "place": "Room 1",
        }

    def open(self, starts_at: datetime = TEN) -> UUID:
        """A meeting that was opened on time; it is then an hour after its beginning."""
        meeting = self.scheduled(starts_at)
        self.to(starts_at + HOUR)
        answer = self.post(f"/{meeting}/open", **moment("opened_at", starts_at))
        assert answer.status_code == 303, answer.text
        return meeting

    def came(self, meeting: UUID, who: Someone, at: datetime = TEN, **more: Any) -> TestResponse:
        """Record that a member came, picked from the list."""
        choice = re.search(rf'value="({who.person_id}\|[^"]*)"', self.text(f"/{meeting}/attendance"))
        assert choice is not None, who.name
        typed: dict[str, Any] = {
            "who": choice[1].replace("&#39;", "'"),
            "there": "came",
            "party": "own",
            **moment("came_at", at),
        }
        return self.post(f"/{meeting}/attendance", **{**typed, **more})

    def quorate(self, starts_at: datetime = TEN) -> UUID:
        """An open meeting with somebody for each of the three partners."""
        meeting = self.open(starts_at)
        for role in PARTNERS.values():
            assert self.came(meeting, self.people[role], starts_at).status_code == 303
        return meeting

    def leaves(self, meeting: UUID, who: Someone, at: datetime) -> TestResponse:
        one = next(row for row in self.attendance(meeting) if row.person_id == who.person_id)
        typed = {**moment("came_at", one.came_at), **moment("left_at", at), "over": str(one.version)}
        return self.post(f"/{meeting}/attendance/{one.id}", **typed)

    def closed(self, meeting: UUID, at: datetime) -> UUID:
        answer = self.post(f"/{meeting}/close", **moment("closed_at", at))
        assert answer.status_code == 303, answer.text
        return meeting

    def decided(
        self, meeting: UUID, item: UUID, at: datetime, words: str = "We decide", **more: Any
    ) -> TestResponse:
        return self.post(f"/{meeting}/items/{item}/decide", words=words, **moment("decided_at", at), **more)

    def row(self, meeting: UUID) -> LigMeeting:
        with self.place.pinned():
            found = queries.meeting_of(meeting)
            assert found is not None
            db.session.expunge(found)
            return found

    def items(self, meeting: UUID) -> list[LigItem]:
        with self.place.pinned():
            found = queries.all_items(meeting)
            db.session.expunge_all()
            return found

    def attendance(self, meeting: UUID) -> list[LigAttendance]:
        with self.place.pinned():
            found = queries.attendance_of(meeting)
            db.session.expunge_all()
            return found

    def case(self, title: str = "Robin Invented") -> tuple[UUID, str]:
        """A case that was referred; its identifier and its reference."""
        with self.place.pinned():
            case = open_case(
                title=title, source="agency", agency_id=None, referred_by=None,
                children=[ChildFacts("subject", title, None, "unknown")], now=self.now,
            )  # fmt: skip
            record(EventKind.REFERRAL_SUBMITTED, case_id=case.id, acting=SYSTEM, happened_at=self.now, now=self.now,
                   stage=Stage.REFERRAL)  # fmt: skip
            db.session.commit()
            return case.id, case.reference

    def seal(self, case_id: UUID, who: Someone) -> None:
        with self.place.pinned():
            db.session.add(
                CaseSeal(
                    case_id=case_id, person_id=who.person_id, reason="Invented", sealed_at=self.now,
                    sealed_by_name="Somebody", sealed_capacity="Partnership Team", submission_key=uuid4(),
                )
            )  # fmt: skip
            record(EventKind.CASE_SEALED, case_id=case_id, acting=SYSTEM, happened_at=self.now, now=self.now)
            db.session.commit()

    def messages(self, kind: str) -> list[OutboxMessage]:
        with self.place.pinned():
            query = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.to_name)
            return list(db.session.scalars(query))

    def events(self, kind: EventKind) -> list[LedgerEvent]:
        with self.place.pinned():
            query = select(LedgerEvent).where(LedgerEvent.kind == kind.value).order_by(LedgerEvent.number)
            return list(db.session.scalars(query))

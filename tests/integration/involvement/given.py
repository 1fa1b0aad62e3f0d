"""A notified case of a partnership that nothing else touches, whose agencies are asked about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.cases.service import ChildFacts, lock, mark_to_be_notified, open_case
from app.involvement import queries
from app.involvement.models import InvolvementDraft
from app.ledger.models import LedgerEvent, ReadEntry
from app.ledger.service import record
from app.outbox.models import JobIntent, OutboxMessage
from app.procedure.events import EventKind, Outcome, Stage
from tenants.db import db
from tests.support import involvement
from tests.support.people import Someone, client_of
from tests.support.places import Place

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = MONDAY.date()
DUE = TODAY + timedelta(days=4)
DAY = timedelta(days=1)
CHILD = "Robin Invented, aged 4"


def typed_day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


class Given:
    """One case and who acts on it; `now` is what time it is."""

    def __init__(
        self, app: Flask, place: Place, people: dict[Role, Someone], at: Callable[[datetime], None]
    ) -> None:
        self.app, self.place, self.people, self._at = app, place, people, at
        self.to(MONDAY)
        self.team, self.chair = people[Role.PARTNERSHIP_TEAM], people[Role.LIG_CHAIR]
        self.member, self.contributor = people[Role.AGENCY_LIG_MEMBER], people[Role.AGENCY_CONTRIBUTOR]
        self.police, self.nurse = people[Role.PARTNER_REPRESENTATIVE], people[Role.DESIGNATED_PROFESSIONAL]
        self.scrutineer = people[Role.INDEPENDENT_SCRUTINEER]
        self.clients: dict[UUID, FlaskClient] = {}
        self.case_id, self.case = self._case()

    def to(self, now: datetime) -> None:
        """The time that every page now sees."""
        self.now = now
        self._at(now)

    def _case(self) -> tuple[UUID, str]:
        with self.place.pinned():
            case = open_case(
                title=CHILD, source="agency", agency_id=None, referred_by=None,
                children=[ChildFacts("subject", None, None, "unknown")], now=self.now,
            )  # fmt: skip
            db.session.flush()
            self._said(case.id, EventKind.REFERRAL_SUBMITTED)
            db.session.commit()
            return case.id, case.reference

    def _said(self, case_id: UUID, kind: EventKind, **more: Any) -> None:
        stage = Stage.REFERRAL if kind is EventKind.REFERRAL_SUBMITTED else Stage.NOTIFICATION
        record(kind, case_id=case_id, acting=SYSTEM, happened_at=self.now, now=self.now, stage=stage, **more)

    def say(self, kind: EventKind, **more: Any) -> None:
        """Record something in the case's history."""
        with self.place.pinned():
            self._said(self.case_id, kind, **more)
            db.session.commit()

    def notified(self) -> Given:
        """The partners decided to notify, and the Panel was notified."""
        with self.place.pinned():
            mark_to_be_notified(lock(self.case_id))
            self._said(self.case_id, EventKind.DECISION_RECORDED, outcome=Outcome.NOTIFY.value)
            self._said(self.case_id, EventKind.NOTIFICATION_SENT)
            db.session.commit()
        return self

    def discussed(self) -> Given:
        """The partners decided not to notify, and the chair that the group discusses the referral."""
        self.say(EventKind.DECISION_RECORDED, outcome=Outcome.DO_NOT_NOTIFY.value)
        self.say(EventKind.OUTCOME_CHOSEN, outcome="discussion", payload={"words": "New learning is likely"})
        return self

    def notification_withdrawn(self) -> None:
        """The notification is corrected: it was not sent."""
        sent = self.told(EventKind.NOTIFICATION_SENT)[0].number
        self.say(EventKind.ENTRY_SUPERSEDED, facts={"supersedes": sent})

    def ask(self, *keys: str, **more: Any) -> dict[str, UUID]:
        """Ask agencies of the partnership."""
        keys = keys or ("community-health", "police")
        return involvement.ask(self.team, self.case_id, self.now, keys, **more)

    def answer(self, who: Someone, request_id: UUID, **more: Any) -> int:
        return involvement.answer(who, request_id, self.now, **more)

    def client(self, who: Someone) -> FlaskClient:
        """A browser of that person, the same one each time."""
        if who.person_id not in self.clients:
            self.clients[who.person_id] = client_of(self.app, who)
        return self.clients[who.person_id]

    def get(self, who: Someone, path: str) -> TestResponse:
        return self.client(who).get(f"/{self.place.slug}{path}")

    def post(self, who: Someone, path: str, /, **form: Any) -> TestResponse:
        return self.client(who).post(
            f"/{self.place.slug}{path}", data={"submission_key": str(uuid4()), **form}
        )

    def text(self, who: Someone, path: str) -> str:
        answer = self.get(who, path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def own(self, request_id: UUID, rest: str = "") -> str:
        """The agency's address of a request."""
        return f"/involvement/{request_id}{rest}"

    def of_case(self, rest: str = "") -> str:
        """The partnership's address of the scoping."""
        return f"/cases/{self.case}/involvement/{rest}"

    def fill(
        self, who: Someone, request_id: UUID, words: str = "Invented", **changed: dict[str, Any]
    ) -> None:
        """Fill in every section of the form."""
        for part, form in {**involvement.typed(words), **changed}.items():
            with self.place.pinned():
                row = queries.own_request(request_id, who.actor())
                assert row is not None
                draft = queries.draft_of(row)
                version = draft.marks.get(part, [0])[0] if draft else 0
            sent = self.post(who, self.own(request_id, f"/form/{part}"), version=str(version), form_id=str(uuid4()),
                             go="continue", **form)  # fmt: skip
            assert sent.status_code == 303, (part, sent.get_data(as_text=True))

    def submit(self, who: Someone, request_id: UUID, /, **form: Any) -> TestResponse:
        """Submit what was written, as its page shows it now."""
        with self.place.pinned():
            draft = db.session.scalar(
                select(InvolvementDraft).where(InvolvementDraft.request_id == request_id)
            )
            over = str(draft.version if draft else 0)
        return self.post(who, self.own(request_id, "/check"), **{"over": over, "changed": "", **form})

    def told(self, kind: EventKind) -> list[LedgerEvent]:
        """The events of a kind in the case's history."""
        with self.place.pinned():
            query = select(LedgerEvent).where(
                LedgerEvent.case_id == self.case_id, LedgerEvent.kind == kind.value
            )
            return list(db.session.scalars(query.order_by(LedgerEvent.number)))

    def messages(self, who: Someone | None = None, kind: str = "") -> list[OutboxMessage]:
        with self.place.pinned():
            rows = list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)))
        rows = [row for row in rows if who is None or row.to_person == who.person_id]
        return [row for row in rows if row.kind == kind or not kind]

    def intents(self, kind: str) -> list[JobIntent]:
        with self.place.pinned():
            return list(db.session.scalars(select(JobIntent).where(JobIntent.kind == kind)))

    def read(self, who: Someone) -> list[str]:
        """The pages of the case that a person opened, as the read log names them."""
        with self.place.pinned():
            query = select(ReadEntry).where(ReadEntry.person_id == who.person_id)
            return [row.page for row in db.session.scalars(query.order_by(ReadEntry.viewed_at))]

    def states(self, purpose: str = "rapid-review", today: date | None = None) -> dict[str, str]:
        """How each request stands, by agency."""
        with self.place.pinned():
            found: Sequence[Any] = queries.requests_of(self.case_id, purpose, today)
            return {one.agency_name: one.state for one in found}

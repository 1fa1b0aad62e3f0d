"""A notified case of the Isle of Wight whose rapid review is not to be held, by its pages and its verbs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from app.declined_reviews import queries
from app.procedure.events import Party
from app.serious_incidents import service
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey
from tests.support.people import Someone, client_of
from tests.support.places import Place

DAY = timedelta(days=1)
AGREED, NOT_AGREED = "agreed", "not-agreed"
SENT_AT = MONDAY + 7 * HOUR


def typed(name: str, at: datetime) -> dict[str, str]:
    """A moment as the form's four boxes; given in winter, when London keeps UTC."""
    day = {f"{name}-day": str(at.day), f"{name}-month": str(at.month), f"{name}-year": str(at.year)}
    return {**day, f"{name}-time": f"{at:%H:%M}"}


class Declining(Journey):
    """As far as the ground; `now` is what time it is."""

    def __init__(self, app: Flask, place: Place, at: Callable[[datetime], None]) -> None:
        super().__init__(place)
        self.app, self._at = app, at
        self.to(SENT_AT + HOUR)
        self.to_decision().decide(now=MONDAY + 6 * HOUR)
        sent = service.Sent(SENT_AT, "national-system", "", "INV", "Somebody", "", "", "", uuid4())
        self.do(service.record_notification, sent, who=self.director, now=SENT_AT)
        self.ground()

    def to(self, now: datetime) -> None:
        """The time that every page now sees."""
        self.now = now
        self._at(now)

    def ground(self) -> None:
        self.enter(service.record_ground, self.director, self.now, "criteria-not-met")

    def path(self, rest: str = "") -> str:
        return f"/{self.place.slug}/cases/{self.reference}/no-rapid-review{rest}"

    def get(self, who: Someone, rest: str = "") -> TestResponse:
        return client_of(self.app, who).get(self.path(rest))

    def marks(self, who: Someone, rest: str) -> dict[str, str]:
        """The hidden fields that a form carries when it is shown."""
        page = self.get(who, rest).text
        tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page)
        named = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
        return {
            name[1]: value[1] if value else "" for name, value in named if name and name[1] != "csrf_token"
        }

    def post(self, who: Someone, rest: str, marks: dict[str, str] | None = None, **form: Any) -> TestResponse:
        """Open a form, then send it."""
        sent = {**(self.marks(who, rest) if marks is None else marks), **form}
        return client_of(self.app, who).post(self.path(rest), data=sent)

    def agree(self, party: Party, outcome: str = AGREED, who: Someone | None = None) -> TestResponse:
        return self.post(
            who or self.answering[party], "/agree", outcome=outcome, words=f"Our view, {party.value}"
        )

    def oversee(self) -> TestResponse:
        return self.post(self.scrutineer, "/oversee", words="I read the papers and heard all three")

    def complete(self) -> Declining:
        for party in self.answering:
            assert self.agree(party).status_code == 303
        assert self.oversee().status_code == 303
        return self

    def elsewhere(self, at: datetime, **more: str) -> dict[str, str]:
        """What the Partnership Team types of an answer on the telephone."""
        return {
            "said_by": "Alex Invented", "capacity": "Detective Inspector", "source": "call",
            "evidence": "Note of the call", "words": "As they said", **typed("said_at", at), **more,
        }  # fmt: skip

    def notice(self, sent_at: datetime, **more: str) -> dict[str, str]:
        return {
            "channel": "e-mail", "address": "panel@example.example", "panel_reference": "INV-9", "sent_by": "The team",
            **typed("sent_at", sent_at), **more,
        }  # fmt: skip

    def shown(self) -> queries.Declined:
        found = self.read(queries.declined_of)
        assert isinstance(found, queries.Declined)
        return found

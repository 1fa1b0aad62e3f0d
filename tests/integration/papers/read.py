"""A notified case whose agencies return, whose papers are circulated, and whose members prepare."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from app.access.roles import Role
from app.involvement.service import direct_scoping
from app.papers import queries
from app.papers.models import PaperPack, Preparation
from tenants.db import db
from tests.integration.involvement.given import Given
from tests.support import involvement
from tests.support import papers as support
from tests.support.people import Someone

MEETING = timedelta(days=10)
NOTES = {
    "reflections": "What we missed",
    "interests": "The summer",
    "key_points": "Two moves",
    "questions": "Why?",
}


class Read(Given):
    """The case, the meeting and who reads its papers."""

    def asked(self, *keys: str, **more: Any) -> None:
        """Agencies are asked; community health, which is one of them, has returned. The group meets in ten days."""
        self.director, self.manager = self.people[Role.SERVICE_DIRECTOR], self.people[Role.STRATEGIC_MANAGER]
        self.requests = self.ask(*keys)
        content = involvement.whole("Known to health", **more)
        self.answer(self.member, self.requests["community-health"], content=content)
        self.meeting_at = self.now + MEETING
        self.meeting_id = support.meeting_for(self.team, self.case_id, self.meeting_at, self.now)

    def directed(self) -> None:
        """The chair directs the scoping of a discussion."""
        with self.place.pinned():
            direct_scoping(self.case_id, self.now.date() + MEETING, None, "", actor=self.chair.actor(), now=self.now,
                           key=uuid4())  # fmt: skip
            db.session.commit()

    def circulate(self, **more: Any) -> str:
        return support.circulate(self.team, self.case_id, self.now, **{"meeting_at": self.meeting_at, **more})

    def papers(self, rest: str = "") -> str:
        """An address of the papers of the case."""
        return f"/cases/{self.case}/papers/{rest}"

    @property
    def chronology(self) -> str:
        return f"/cases/{self.case}/chronology"

    def send_circulate(self, who: Someone | None = None, **form: str) -> TestResponse:
        """Look at what the pack holds, then circulate it as it was looked at."""
        page = self.text(who or self.team, self.papers("circulate"))
        seen = re.search(r'name="seen" type="hidden" value="([0-9a-f]{64})"', page)
        assert seen is not None
        sent = {"seen": seen[1], "meeting": str(self.meeting_id), "note": "", "reason": "", **form}
        return self.post(who or self.team, self.papers("circulate"), **sent)

    def prepare(self, who: Someone, go: str = "confirm", **form: str) -> TestResponse:
        """Send the form of a preparation, as a browser that has just loaded it."""
        page = self.text(who, self.papers("preparation"))
        version = re.search(r'name="version" type="hidden" value="(\d+)"', page)
        pack = re.search(r'name="pack" type="hidden" value="([0-9-]+)"', page)
        assert version is not None
        assert pack is not None
        sent = {
            "pack": pack[1],
            "version": version[1],
            "form_id": str(uuid4()),
            "read": "y",
            "go": go,
            **NOTES,
            **form,
        }
        return self.post(who, self.papers("preparation"), **sent)

    def pack(self) -> PaperPack:
        with self.place.pinned():
            found = queries.pack_of(self.case_id)
            assert found is not None
            return found

    def supplements(self) -> list[PaperPack]:
        with self.place.pinned():
            pack = queries.pack_of(self.case_id)
            return queries.supplements_of(pack) if pack else []

    def prepared(self) -> list[Preparation]:
        with self.place.pinned():
            return queries.preparations_of(self.case_id)

    def opened(self, code: str = "1") -> dict[UUID, datetime]:
        """Who opened a pack or a supplement, and when."""
        with self.place.pinned():
            paper = queries.paper_of(self.case_id, code)
            assert paper is not None
            return {one.person_id: one.opened_at for one in queries.readings_of(paper)}

    def waiting(self, who: Someone) -> list[queries.ToPrepare]:
        with self.place.pinned():
            return queries.waiting_for_me(who.actor(), self.now)

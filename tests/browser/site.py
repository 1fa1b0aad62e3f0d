"""The product served to a real browser, with cases at each step of the straight path to look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from app import clock_source
from app.access.roles import Role
from app.conflicts import service as conflicts
from app.conflicts.models import ConflictDeclaration
from app.conflicts.rules import Answered, Declared
from app.procedure.events import SAFEGUARDING_PARTNERS
from app.referrals.queries import ways_to_refer
from app.scrutiny.queries import observations_of
from app.serious_incidents import service
from tenants.db import db
from tests.browser.joining import Joining
from tests.browser.people import SCREENS, WIDTHS
from tests.integration.conflicts.sealing import lift, seal
from tests.integration.serious_incidents.journey import NOT, NOT_MET, TUESDAY_NOON, Journey
from tests.support.commissioned import commissioned
from tests.support.people import Someone, client_of, find
from tests.support.places import Place, place


def declarations_of(case_id: UUID) -> list[UUID]:
    """The declarations of a case."""
    query = select(ConflictDeclaration.id).where(ConflictDeclaration.case_id == case_id)
    return list(db.session.scalars(query))


AXE = (Path(__file__).resolve().parents[1] / "assets" / "axe.min.js").read_text()
FIND = """axe.run(document, {resultTypes: ["violations"]}).then(result => result.violations.map(
  fault => `${fault.id}: ${fault.nodes.map(node => node.html.slice(0, 120)).join(" | ")}`))"""


CASES = ("referred", "asked", "agreed", "decided", "differing", "disputed", "not_notified", "sealed")


@dataclass
class Looked:
    """A page as a browser has it, with what the browser complained of."""

    page: Page
    complaints: list[str]

    def faults(self) -> list[str]:
        """What axe finds, at the size the window has."""
        self.page.evaluate(AXE)
        found: list[str] = self.page.evaluate(FIND)
        return found

    def picture(self, address: str) -> None:
        """Keep a screenshot named by the address at 1280 and 375 px, where WAYMARK_SCREENS names a folder."""
        if SCREENS is None:
            return
        plain = address.split("?")[0].replace("/isle-of-wight", "").translate(str.maketrans("/", "-", "{}"))
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=Path(SCREENS) / f"{plain.strip('-')}-{width}.png", full_page=True)

    def overflow(self, width: int) -> int:
        """By how many pixels the page is wider than a window of `width`."""
        self.page.set_viewport_size({"width": width, "height": 800})
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def close(self) -> None:
        """Close the browser's window and forget its cookies."""
        self.page.context.close()


class Site:
    """The application on a port, its people by name, its pages by address."""

    def __init__(self, app: Flask, address: str, browser: Browser) -> None:
        self.app, self.address, self.browser = app, address, browser
        wight = place(app, "isle-of-wight")
        self.referred, self.asked = Journey(wight), Journey(wight).to_responses()
        self.agreed, self.decided = Journey(wight).to_decision(), Journey(wight).to_decision()
        self.decided.decide()
        self.differing, self.disputed = Journey(wight).to_difference(), Journey(wight).to_chair()
        self.not_notified = self._not_notified(wight)
        self.sealed, self.seal, self.declaration = self._sealed(wight)
        self.people: dict[str, Someone | None] = {
            "team": self.asked.team, "chair": self.asked.chair, "director": self.asked.director,
            "police": self.asked.police, "nobody": None, "practitioner": find(wight, Role.PRACTITIONER),
            "manager": self.asked.manager, "scrutineer": self.asked.scrutineer,
            "partnership_chair": self.asked.partnership_chair, "member": self.asked.lig_member,
            "administrator": find(wight, Role.PARTNERSHIP_ADMINISTRATOR),
            "reviewer": find(wight, Role.REVIEWER), "event_lead": find(wight, Role.EVENT_LEAD),
        }  # fmt: skip
        self.joining = Joining(app, find(wight, Role.PARTNERSHIP_ADMINISTRATOR), TUESDAY_NOON)
        self.commission = self._commission("reviewer")
        self.draft = self._begin_referral()
        self.observed = self._observe(self.decided)

    def _not_notified(self, wight: Place) -> Journey:
        """Three partners who agree not to notify, and the decision."""
        found = Journey(wight).to_responses()
        for party in SAFEGUARDING_PARTNERS:
            found.respond(party, NOT)
        found.do(service.record_decision, found.proposed(NOT_MET), who=found.director, now=TUESDAY_NOON)
        return found

    def _commission(self, who: str) -> str:
        """A commission for the decided case, with one of everything; its reference."""
        someone = self.people[who]
        assert someone is not None
        return commissioned(someone, self.decided.case_id, TUESDAY_NOON)

    def _observe(self, journey: Journey) -> str:
        """An observation on a case, answered once, by its address; and a write of the scrutineer that was refused."""
        scrutineer, chair = client_of(self.app, journey.scrutineer), client_of(self.app, journey.chair)
        typed = {
            "about": "decision",
            "words": "The letter should have come first.",
            "submission_key": str(uuid4()),
        }
        scrutineer.post(f"/isle-of-wight/cases/{journey.reference}/observation", data=typed)
        scrutineer.post(f"/isle-of-wight/cases/{journey.reference}/share")
        with journey.place.pinned():
            found = observations_of(journey.case_id)[0].id
        address = f"/isle-of-wight/scrutiny/observations/{found}"
        chair.post(f"{address}/answer", data={"words": "It will.", "submission_key": str(uuid4())})
        return address

    def _sealed(self, wight: Place) -> tuple[Journey, str, str]:
        """A case with a seal, a lifted one and two declarations, one of them answered."""
        found, now = Journey(wight).to_responses(), TUESDAY_NOON
        lift(found, seal(found, found.childrens, now=now), now=now)
        standing = seal(found, found.police_too, now=now)
        for who, kind in ((found.nurse, "worked"), (found.scrutineer, "related")):
            typed = Declared(kind, "I saw the child once, years ago (invented).", False, uuid4())
            found.do(conflicts.declare, typed, who=who, now=now)
        waiting, answered = found.read(declarations_of)
        said = Answered("keep", "One contact, long ago.", uuid4())
        found.do(conflicts.answer, answered, said, who=found.team, now=now)
        return found, str(standing), str(waiting)

    def _begin_referral(self) -> str:
        """A referral begun and left empty, by its address."""
        who = self.people["practitioner"]
        assert who is not None
        with who.place.pinned():
            way = ways_to_refer(who.actor())[0].value
        sent = {"way": way, "start_key": str(uuid4())}
        answer = client_of(self.app, who).post("/isle-of-wight/referrals/new", data=sent)
        return str(answer.headers["Location"])

    def path(self, template: str) -> str:
        """An address with its case or draft filled in: `{asked}/response`, `{draft}/child-1`."""
        cases = {name: getattr(self, name).reference for name in CASES}
        filled = {name: f"/isle-of-wight/cases/{reference}" for name, reference in cases.items()}
        own = f"/isle-of-wight/commissions/{self.commission}"
        given = f"{filled['decided']}/commissions/{self.commission}"
        audit = f"/isle-of-wight/scrutiny/{self.decided.reference}"
        more = {"own": own, "given": given, "audit": audit, "observed": self.observed}
        more |= {"seal": self.seal, "declaration": self.declaration}
        return template.format(draft=self.draft, **more, **filled, **self.joining.addresses)

    def look(self, who: str, template: str) -> Looked:
        """Open a page as somebody, in a browser of their own."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        invited = who == "invited"
        client = self.joining.invited if invited else client_of(self.app, self.people[who])
        cookie: Any = client.get_cookie("waymark")
        if cookie is not None:
            context.add_cookies([{"name": "waymark", "value": cookie.value, "url": self.address}])
        looked = Looked(context.new_page(), [])
        looked.page.on("console", lambda said: looked.complaints.append(f"{said.type}: {said.text}"))
        looked.page.on("pageerror", lambda error: looked.complaints.append(str(error)))
        looked.page.goto(self.address + self.path(template))
        return looked


@contextmanager
def serving(app: Flask, browser: Browser) -> Iterator[Site]:
    """The application on a free port, at noon of an invented Tuesday."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock_source, "real_now", lambda: TUESDAY_NOON)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Site(app, f"http://127.0.0.1:{server.server_port}", browser)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

"""Papers of a rapid review in a browser: the chronology as a picture, the pack, preparing, and who has read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from app.access.roles import Role
from tests.browser.site import Looked
from tests.integration.papers.read import NOTES, Read
from tests.support import involvement
from tests.support.cast import cast, one_more
from tests.support.people import Someone
from tests.support.places import fresh_place


def told(*days: tuple[str, str, str, str]) -> list[dict[str, str]]:
    """Entries of a chronology: day, precision, time, what."""
    return [
        {"day": day, "precision": precision, "time": time, "what": what, "source": "Case notes (invented)",
         "significance": "It was the first of three" if time else ""}
        for day, precision, time, what in days
    ]  # fmt: skip


HEALTH = told(
    ("2019-05-01", "year", "", "Booked with the midwife, and moved away"),
    ("2026-03-02", "day", "09:30", "Health visitor saw the child at home"), ("2026-03-09", "day", "", "Not brought"),
    ("2026-04-01", "month", "", "Several calls to the surgery"), ("2026-09-14", "day", "16:10", "Seen in the clinic"),
)  # fmt: skip
POLICE = told(
    ("2026-03-02", "day", "23:40", "Called to the address by a neighbour"), ("2026-08-30", "day", "", "A second call"),
    ("2026-09-14", "day", "17:05", "Joint visit with children's services"), ("2026-11-20", "day", "02:15", "Incident"),
)  # fmt: skip
SOCIAL = told(
    ("2026-03-03", "day", "", "Referral screened, no further action"), ("2026-09-14", "day", "", "Strategy")
)


class Papers:
    """The case on a port."""

    def __init__(self, read: Read, address: str, browser: Browser) -> None:
        self.read, self.address, self.browser = read, address, browser

    def look(self, who: Someone, path: str) -> Looked:
        """A page as somebody, in a browser of their own."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        cookie = self.read.client(who).get_cookie("waymark")
        assert cookie is not None
        context.add_cookies([{"name": "waymark", "value": cookie.value, "url": self.address}])
        looked = Looked(context.new_page(), [])
        looked.page.on("console", lambda said: looked.complaints.append(f"{said.type}: {said.text}"))
        looked.page.on("pageerror", lambda error: looked.complaints.append(str(error)))
        looked.page.goto(f"{self.address}/{self.read.place.slug}{path}")
        return looked


@pytest.fixture(scope="module")
def papers(
    app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Papers]:
    from app import clock_source

    with pytest.MonkeyPatch.context() as patch:

        def at(instant: datetime) -> None:
            patch.setattr(clock_source, "real_now", lambda: instant)

        yield from serving(app, owner_of, tmp_path_factory.mktemp("papers"), browser, at)


def serving(
    app: Flask, owner: Flask, folder: Path, browser: Browser, at: Callable[[datetime], None]
) -> Iterator[Papers]:
    place = fresh_place(app, owner, folder)
    read = Read(app, place, cast(place, owner), at)
    read.notified()
    social = one_more(
        place, owner, (Role.PARTNER_REPRESENTATIVE, "childrens-services"), name="Ada of social care"
    )
    read.asked("community-health", "police", "childrens-services", chronology=HEALTH)
    read.answer(
        social, read.requests["childrens-services"], content=involvement.whole("Invented", chronology=SOCIAL)
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Papers(read, f"http://127.0.0.1:{server.server_port}", browser)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_papers_from_circulating_to_the_meeting(papers: Papers) -> None:
    read = papers.read
    shown(papers, read.team, read.papers("circulate"), "papers-circulate")
    read.circulate(note="Please read the chronology first.")
    read.text(read.nurse, read.papers("1"))
    read.to(read.now + timedelta(days=1))
    read.answer(
        read.police, read.requests["police"], content=involvement.whole("Invented", chronology=POLICE)
    )
    shown(papers, read.police, read.chronology, "papers-chronology")
    shown(
        papers,
        read.police,
        f"{read.chronology}?first-day=31&first-month=2&first-year=2026",
        "papers-chronology-wrong",
    )
    shown(papers, read.police, read.papers(), "papers-index-member")
    shown(papers, read.police, read.papers("1"), "papers-pack")
    shown(papers, read.member, read.papers("1-1"), "papers-supplement")
    prepare(papers)
    shown(papers, read.chair, read.papers("preparations"), "papers-preparations")
    shown(papers, read.team, read.papers("board"), "papers-board")
    shown(papers, read.team, read.papers(), "papers-index-team")


def prepare(papers: Papers) -> None:
    """What is written is saved by itself, and confirmed."""
    read = papers.read
    looked = papers.look(read.police, read.papers("preparation"))
    for name, text in NOTES.items():
        looked.page.fill(f'[name="{name}"]', text)
    expect(looked.page.locator("[data-autosave-status]")).to_contain_text("Saved at", timeout=20_000)
    looked.picture("papers-preparation")
    looked.page.get_by_role("button", name="Confirm").click()
    expect(looked.page.locator("main")).to_contain_text("Confirm that you have read the papers")
    looked.picture("papers-preparation-wrong")
    looked.page.check('[name="read"]')
    looked.page.get_by_role("button", name="Confirm").click()
    expect(looked.page.locator("main")).to_contain_text("Your preparation is confirmed")
    looked.close()


def shown(papers: Papers, who: Someone, path: str, name: str) -> None:
    """A page without a fault that axe finds, which fits a telephone and breaks no rule of the browser."""
    looked = papers.look(who, path)
    assert looked.page.locator("h1").count() == 1
    assert looked.faults() == [], path
    assert looked.overflow(375) == 0, path
    looked.picture(name)
    assert [one for one in looked.complaints if "400" not in one] == [], path
    looked.close()


def test_the_picture_is_reached_and_scrolled_with_the_keyboard(papers: Papers) -> None:
    looked = papers.look(papers.read.team, papers.read.chronology)
    looked.page.set_viewport_size({"width": 375, "height": 800})
    region = looked.page.get_by_role("region", name="Picture of the chronology")
    region.focus()
    before = region.evaluate("one => one.scrollLeft")
    looked.page.keyboard.press("ArrowRight")
    looked.page.wait_for_function("one => document.activeElement.scrollLeft > 0")
    assert region.evaluate("one => one.scrollLeft") > before
    looked.close()

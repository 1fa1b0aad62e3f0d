"""A person in a browser, and what they do, in the words of the pages."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

SCREENS = os.environ.get("WAYMARK_SCREENS")
WIDTHS = (1280, 375)
TIMEOUT = 20_000
DONE_IN_TIME = 30_000


@dataclass(frozen=True, slots=True)
class Live:
    """The addresses of a running demonstration."""

    base: str
    mail: str

    @classmethod
    def read(cls, log: str) -> Live:
        """From what `script/server` printed."""
        base = re.search(r"Waymark:\s+(http://\S+)/", log)
        mail = re.search(r"E-mail that was sent:\s+(http://\S+)", log)
        assert base is not None
        assert mail is not None
        return cls(base[1], mail[1])


@dataclass
class Person:
    """Somebody signed in. `faults` collects what the browser complained about."""

    live: Live
    page: Page
    faults: list[str] = field(default_factory=list)

    @classmethod
    def sign_in(cls, live: Live, browser: Browser, organisation: str, name: str, width: int = 1280) -> Person:
        """Choose the organisation, then the person on its own page."""
        person = cls.in_context(live, browser.new_context(viewport={"width": width, "height": 900}))
        person.go("/sign-in")
        person.press(organisation)
        person.page.get_by_role("button", name=name).first.click()
        person.page.wait_for_url(re.compile(re.escape(live.base) + r"/(?!sign-in)"))
        return person

    @classmethod
    def in_context(cls, live: Live, context: BrowserContext) -> Person:
        """Somebody whose browser is there already."""
        person = cls(live, context.new_page())
        person.page.set_default_timeout(TIMEOUT)
        person.page.on("pageerror", lambda error: person.faults.append(str(error)))
        person.page.on("response", person._watch)
        person.page.on("console", lambda said: person._listen(said.text))
        return person

    def _watch(self, answer: Response) -> None:
        if answer.status >= 500:
            self.faults.append(f"{answer.status} from {answer.url}")

    def _listen(self, said: str) -> None:
        if "Content Security Policy" in said:
            self.faults.append(said)

    def close(self) -> None:
        """Close the browser; nothing may have gone wrong in it."""
        self.page.context.close()
        assert self.faults == []

    def go(self, path: str) -> int:
        """Open an address of Waymark; returns the status."""
        answer = self.page.goto(self.live.base + path)
        assert answer is not None
        return answer.status

    def press(self, name: str) -> None:
        """Press the last button of that name (a form's first one is for the Enter key)."""
        self.page.get_by_role("button", name=name).last.click()

    def follow(self, name: str) -> None:
        """Follow the link with exactly that text, whether it looks like a link or like a button."""
        self.page.locator("a").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).first.click()

    def tick(self, name: str, value: str) -> None:
        """Choose a radio button or tick a box."""
        self.page.check(f'main [name="{name}"][value="{value}"]')

    def fill(self, name: str, text: str) -> None:
        """Type into a field."""
        self.page.fill(f'main [name="{name}"]', text)

    def fill_date(self, name: str, day: date) -> None:
        """Type a date into its three fields."""
        for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
            self.fill(f"{name}-{part}", str(value))

    def sees(self, text: str) -> None:
        """The page says something."""
        expect(self.page.locator("main")).to_contain_text(text, ignore_case=True)

    def waits_for(self, text: str) -> None:
        """The page comes to say something that happens in the background; it is loaded again until it does."""
        for _ in range(60):
            if text.lower() in self.page.inner_text("main").lower():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        self.sees(text)

    def picture(self, name: str) -> None:
        """Keep a screenshot at 1280 and 375 px where WAYMARK_SCREENS names a folder."""
        if SCREENS is None:
            return
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=Path(SCREENS) / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})

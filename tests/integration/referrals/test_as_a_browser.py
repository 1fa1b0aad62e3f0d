"""The form as a browser reads it: every field is there, and sending a page as it stands changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.integration.referrals.conftest import draft_at, fill
from tests.support.people import Someone
from tests.support.places import Place
from tests.unit.referrals.typed import whole

Begin = Callable[[Someone], tuple[FlaskClient, str]]
PAGES = [*whole(), "children"]


class Sent(HTMLParser):
    """What a browser would send of the page's own form, pressing its first button."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.inside = self.pressed = False
        self.select = self.textarea = ""
        self.text = ""
        self.labels: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = "data-autosave-url" in given
        if not self.inside:
            return
        if tag == "label":
            self.labels.add(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self.ids.add(given["id"])
        if tag == "input":
            self._input(given)
        elif tag == "button" and not self.pressed:
            self.pressed = True
            self.fields.append((given["name"], given["value"]))
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.fields.append((self.select, given["value"]))
        elif tag == "textarea":
            self.textarea, self.text = given["name"], ""

    def _input(self, given: dict[str, str]) -> None:
        if given.get("type") not in ("radio", "checkbox") or "checked" in given:
            self.fields.append((given["name"], given["value"]))

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.textarea:
            # A browser drops the line end after the opening tag, and sends line ends as CR LF.
            self.fields.append((self.textarea, self.text.removeprefix("\n").replace("\n", "\r\n")))
            self.textarea = ""
        elif tag == "form":
            self.inside = False


@pytest.mark.parametrize("page", PAGES)
def test_a_page_sent_as_it_stands_changes_nothing(
    wight: Place, cdop_chair: Someone, begun: Begin, page: str
) -> None:
    client, address = begun(cdop_chair)
    fill(client, wight, address, cdop=True)
    # The first sending marks the page as tried and fills in what was left empty; the second changes nothing.
    for _time in range(2):
        before = draft_at(wight, address)
        form = Sent()
        form.feed(client.get(f"{address}/{page}").text)
        assert form.ids <= form.labels | {"add"}
        assert client.post(f"{address}/{page}", data=MultiDict(form.fields)).status_code == 303
    after = draft_at(wight, address)
    assert after.answers == before.answers
    assert after.version == before.version
    for name, value in whole().get(page, {}).items():
        assert after.answers[page][name] == value, name


def test_every_page_has_one_heading_and_a_title_that_says_where_one_is(
    wight: Place, cdop_chair: Someone, begun: Begin
) -> None:
    client, address = begun(cdop_chair)
    titles = set()
    for end in (
        "",
        "/check",
        "/discard",
        *(f"/{page}" for page in PAGES if page not in ("child-2", "other-1")),
    ):
        text = client.get(f"{address}{end}").text
        assert text.count("<h1") == 1
        titles.add(text.split("<title>", 1)[1].split("</title>", 1)[0])
    assert len(titles) == len(PAGES) + 1

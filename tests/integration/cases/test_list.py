"""The list of cases, a page at a time by key: every case once, none twice, whatever was opened at the same moment."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from app.access.roles import Role
from tests.integration.access.test_matrix import make_case
from tests.support.cast import cast
from tests.support.people import client_of
from tests.support.places import fresh_place


def test_every_case_stands_on_one_page(app: Flask, owner_of: Flask, tmp_path: Path) -> None:
    place = fresh_place(app, owner_of, tmp_path)
    people = cast(place, owner_of)
    made = [make_case(people[Role.PARTNERSHIP_TEAM])[0] for _ in range(57)]
    client = client_of(app, people[Role.PARTNERSHIP_TEAM])
    address: str | None = f"/{place.slug}/cases"
    seen: list[str] = []
    pages = 0
    while address is not None:
        text = client.get(address).get_data(as_text=True)
        pages += 1
        seen += re.findall(r'href="/[^"]+/cases/([A-Z0-9-]+)">', text)
        older = re.search(r'rel="next" href="([^"]+)"', text)
        address = older[1].replace("&amp;", "&") if older else None
    assert pages == 3
    assert sorted(seen) == sorted(made)


def test_a_key_that_is_none_is_a_wrong_address(app: Flask, owner_of: Flask, tmp_path: Path) -> None:
    place = fresh_place(app, owner_of, tmp_path)
    client = client_of(app, cast(place, owner_of)[Role.PARTNERSHIP_TEAM])
    for key in ("", "x", "2026-11-23~x", "2026-11-23T10:00:00~" + "0" * 32, "~", "9" * 5000):
        assert client.get(f"/{place.slug}/cases", query_string={"after": key}).status_code == 404

"""The table of access: one function behind the page, the command and what a route really demands."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from markupsafe import escape

from app.access.guard import declared
from app.access.permissions import GRANTS, Permission, grant_for
from app.access.roles import ROLE_NAMES, Role
from app.access.table import held_by, table
from app.access.words import WORDS
from tests.support.people import client_of, find
from tests.support.places import Place


def test_the_command_prints_the_table_with_every_route_and_what_each_role_may(app: Flask) -> None:
    printed = json.loads(app.test_cli_runner().invoke(args=["access", "--json"]).output)
    assert printed == json.loads(json.dumps(table(app)))
    assert {row["endpoint"] for row in printed} == {rule.endpoint for rule in app.url_map.iter_rules()}
    for row in printed:
        permission, reason = declared(app, row["endpoint"])
        assert (row["permission"], row["public"]) == (permission.value if permission else None, reason)
        assert row["methods"]
        assert set(row["roles"]) == ({role.value for role in Role} if permission else set())
        for role, answer in row["roles"].items():
            condition = grant_for(Role(role), permission)
            assert answer == {"allowed": condition is not None, "condition": condition and condition.value}


def test_in_words_a_condition_stands_beside_the_role(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["access"]).output
    assert "partnership-chair (cases escalated to them)" in said


def test_every_page_says_what_it_does_and_every_permission_what_it_is(app: Flask) -> None:
    assert [row["route"] for row in table(app) if not row["does"]] == ["/static/<path:filename>"]
    assert set(WORDS) == set(Permission)
    assert len(set(WORDS.values())) == len(WORDS)


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_holds_is_what_the_table_grants(role: Role) -> None:
    assert {one.permission: one.condition for one in held_by(role)} == GRANTS[role]


def test_the_page_shows_the_same_and_one_role_where_asked(app: Flask, wight: Place) -> None:
    browser = client_of(app, find(wight, Role.PARTNERSHIP_ADMINISTRATOR))
    page = browser.get("/isle-of-wight/access").get_data(as_text=True)
    for row in table(app):
        assert row["route"].replace("<", "&lt;").replace(">", "&gt;") in page
    assert all(name.replace("'", "&#39;") in page for name in ROLE_NAMES.values())
    one = browser.get("/isle-of-wight/access?role=reviewer").get_data(as_text=True)
    assert "Write the drafts of their commission" in one
    assert "The one commission, while it runs" in one
    assert WORDS[Permission.CASE_VIEW] not in one
    king = browser.get("/isle-of-wight/access?role=king").get_data(as_text=True)
    assert king.count("<details") == len(Role) + 2  # each role, the pages, and the pages without a role
    assert page.count("<details") == len(Role) + 2


def test_the_page_is_short_until_something_is_opened_and_has_no_columns(app: Flask, wight: Place) -> None:
    browser = client_of(app, find(wight, Role.PARTNERSHIP_ADMINISTRATOR))
    for address in ("/isle-of-wight/access", "/isle-of-wight/access?role=reviewer"):
        page = browser.get(address).get_data(as_text=True)
        main = page[page.index("<main") : page.index("</main>")]
        assert "<table" not in main
        shut = re.sub(r"<details.*?</details>", "", main, flags=re.S)
        assert "<code" not in shut
        row = next(one for one in table(app) if one["route"] == "/<slug>/tasks")
        does, route = (str(escape(row[key])) for key in ("does", "route"))
        assert main.index(does) < main.index(f">{route}<")


def test_the_page_is_for_administrators_managers_and_the_scrutineer(app: Flask, wight: Place) -> None:
    allowed = {Role.PARTNERSHIP_ADMINISTRATOR, Role.STRATEGIC_MANAGER, Role.INDEPENDENT_SCRUTINEER}
    for role in (*allowed, Role.LIG_CHAIR, Role.PARTNERSHIP_TEAM):
        status = client_of(app, find(wight, role)).get("/isle-of-wight/access").status_code
        assert status == (200 if role in allowed else 404), role

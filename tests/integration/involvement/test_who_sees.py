"""An agency sees its own request and return, and nobody else's; the group's other members none before the papers."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask

from app.access.roles import Role
from app.involvement import queries, service
from tests.integration.involvement.given import DUE, Given
from tests.support.cast import one_more
from tests.support.people import find
from tests.support.places import Place

PATHS = ("", "/form/contacts", "/check", "/files", "/returns/1")
OF_CASE = ("", "{0}", "{0}/returns/1", "{0}/withdraw", "{0}/record", "open", "add", "direct")


def test_another_agency_sees_nothing(given: Given) -> None:
    asked = given.ask("community-health", "police", "icb")
    given.answer(given.police, asked["police"])
    for who in (given.member, given.contributor, given.nurse, given.team, given.chair, given.scrutineer):
        for path in PATHS:
            assert given.get(who, given.own(asked["police"], path)).status_code == 404, path
        for path in ("/form/contacts", "/form/contacts/autosave", "/check", "/files"):
            assert given.post(who, given.own(asked["police"], path), what="x").status_code == 404, path
    for who in (given.member, given.contributor, given.nurse, given.police):
        for path in OF_CASE:
            address = given.of_case(path.format(asked["police"]))
            assert given.get(who, address).status_code == 404, path
    with given.place.pinned(), pytest.raises(Exception, match="404"):
        service.submit_return(asked["police"], {}, actor=given.member.actor(), now=given.now, key=uuid4())


def test_another_partnership_sees_nothing(given: Given, hampshire: Place) -> None:
    asked = given.ask()
    for role, agency in (
        (Role.PARTNERSHIP_TEAM, None),
        (Role.PARTNER_REPRESENTATIVE, "police"),
        (Role.LIG_CHAIR, None),
    ):
        who = find(hampshire, role, agency)
        for slug in (given.place.slug, hampshire.slug):
            for path in (f"involvement/{asked['police']}", f"cases/{given.case}/involvement/",
                         f"cases/{given.case}/involvement/{asked['police']}",
                         f"cases/{given.case}/outcome/"):  # fmt: skip
                assert given.client(who).get(f"/{slug}/{path}").status_code == 404, path
    with hampshire.pinned():
        assert queries.requests_of(given.case_id) == []
        assert queries.returns_of(given.case_id) == []


def test_somebody_of_two_agencies_sees_both(given: Given, owner_of: Flask) -> None:
    both = one_more(
        given.place, owner_of, (Role.AGENCY_CONTRIBUTOR, "police"), (Role.AGENCY_LIG_MEMBER, "icb")
    )
    asked = given.ask("community-health", "police", "icb")
    page = given.text(both, "/involvement/")
    for name in ("Constabulary", "Integrated care board"):
        assert name in page
    assert "Community health" not in page
    given.answer(both, asked["police"])
    with given.place.pinned():
        assert "Agency contributor, Constabulary" in queries.returns_of(given.case_id)[0].capacity


def test_whoever_reads_is_written_down(given: Given) -> None:
    police = given.ask()["police"]
    given.get(given.contributor, given.own(police))
    assert given.read(given.contributor) == []  # not theirs: nothing was shown
    given.get(given.police, given.own(police))
    given.get(given.police, given.own(police, "/form/contacts"))
    assert given.read(given.police) == [
        "summary of involvement, Constabulary: what is asked", "summary of involvement, Constabulary: form, contacts",
    ]  # fmt: skip
    given.get(given.scrutineer, given.of_case())
    assert given.read(given.scrutineer) == ["involvement"]


def test_the_chair_and_the_scrutineer_read_and_change_nothing(given: Given) -> None:
    police = given.ask()["police"]
    for who in (given.chair, given.scrutineer):
        board = given.text(who, given.of_case())
        assert "Chase now" not in board
        assert "Ask one more" not in board
        for path in (f"{police}/chase", f"{police}/withdraw", "open", "add"):
            assert given.post(who, given.of_case(path), reason="x").status_code == 404, path
    assert given.states(today=DUE)["Constabulary"] == "asked"

"""Nobody else finds a commission: guessed addresses, other partnerships, messages, and the cost of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.access.roles import Role
from app.cases.reference import check_character
from app.outbox.sweeper import run_due
from tests.integration.access.test_matrix import comparable
from tests.integration.commissions.given import CHILD, DAY, MONDAY, TODAY, Given, typed_day
from tests.support.cast import cast
from tests.support.held_back import others_held_back
from tests.support.people import Someone
from tests.support.places import fresh_place
from tests.support.statements import statements_of

OWN = ("", "/terms/1", "/papers/1", "/draft", "/submit", "/versions/1")
PARTNERSHIPS = ("", "/terms/1", "/papers/1", "/versions/1", "/end", "/remove", "/timetable", "/terms/write",
                "/papers/release", "/papers/1/withdraw")  # fmt: skip


def full(given: Given) -> str:
    """A commission with one of everything."""
    reference = given.give()
    given.terms(reference)
    given.act(reference, "/timetable", over="0", **typed_day("first_draft", TODAY + 10 * DAY))
    given.paper(reference)
    given.draft(reference, "A draft")
    given.submit(reference)
    given.act(reference, "/versions/1/comment", words="A comment")
    return reference


@pytest.mark.duty("S-02")
def test_what_is_not_theirs_is_a_wrong_address(given: Given, second: Given) -> None:
    reference = full(given)
    ended = second.give(second.reviewer, last=0)
    later = second.give(second.lead, first=5)
    second.to(MONDAY + DAY)
    for who in (second.reviewer, second.lead, given.lead, second.team, given.people[Role.LIG_CHAIR]):
        nowhere = comparable(given.client(who).get("/isle-of-nowhere/nothing").get_data())
        for one in (reference, ended, later, reference.lower(), f" {reference}", "LR-2222-2", given.case):
            for rest in OWN:
                answer = given.get(who, f"/commissions/{one}{rest}")
                assert answer.status_code == 404, (who.name, one, rest)
                assert comparable(answer.get_data()) == nowhere
            assert given.post(who, f"/commissions/{one}/draft", report="x").status_code == 404
            assert given.post(who, f"/commissions/{one}/submit", called="draft").status_code == 404
    for who in (second.reviewer, given.reviewer):
        for rest in PARTNERSHIPS:
            assert given.get(who, given.path(reference, rest)).status_code == 404


@pytest.mark.duty("S-02")
def test_a_commission_is_found_only_under_its_own_case(given: Given, second: Given) -> None:
    reference = full(given)
    for rest in PARTNERSHIPS:
        assert given.get(given.team, f"/cases/{second.case}/commissions/{reference}{rest}").status_code == 404
        path = f"/cases/{second.case}/commissions/{reference}{rest}"
        assert given.post(given.team, path, reason="x").status_code in (404, 405)
    assert given.row(reference).removed_at is None


@pytest.mark.duty("S-02")
def test_another_partnership_has_no_such_commission(
    given: Given, app: Flask, owner_of: Flask, tmp_path: Path, at: Callable[..., None]
) -> None:
    reference = full(given)
    place = fresh_place(app, owner_of, tmp_path)
    other = Given(app, place, cast(place, owner_of), at)
    for who in other.people.values():
        for slug in (given.place.slug, place.slug):
            for rest in OWN:
                assert given.client(who).get(f"/{slug}/commissions/{reference}{rest}").status_code == 404
    for rest in PARTNERSHIPS:
        assert other.get(other.team, f"/cases/{given.case}/commissions/{reference}{rest}").status_code == 404
        assert other.get(other.team, f"/cases/{other.case}/commissions/{reference}{rest}").status_code == 404


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are sent."""
    with statements_of(app) as told:
        yield told


@pytest.mark.duty("S-02")
def test_a_refusal_costs_what_a_wrong_address_costs(
    given: Given, second: Given, statements: list[str]
) -> None:
    others, removed = full(given), second.give()
    second.act(removed, "/remove", reason="On the group's decision")
    absent = f"LR-2222-{check_character('LR', '2222')}"
    asked = []
    for reference in (others, removed, absent):
        for rest in OWN:
            second.client(second.reviewer)
            statements.clear()
            assert second.get(second.reviewer, f"/commissions/{reference}{rest}").status_code == 404
            asked.append(list(statements))
    assert all(one == asked[0] for one in asked)
    assert asked[0]


def test_messages_say_nothing_of_the_case(given: Given) -> None:
    reference = full(given)
    given.act(reference, "/papers/1/withdraw", reason="A mistake about Robin")
    given.act(reference, "/end", over="1", reason="The inquest", **typed_day("last_day", TODAY + 40 * DAY))
    run_due(given.app)
    given.act(reference, "/remove", reason="A conflict with Robin")
    theirs = given.messages(given.reviewer)
    assert {row.kind for row in theirs} == {
        "commission-begun", "commission-terms", "commission-timetable", "commission-paper", "commission-comment",
        "commission-paper-withdrawn", "commission-end-changed", "commission-ended",
    }  # fmt: skip
    for row in theirs:
        assert row.case_reference is None
        for hidden in (given.case, CHILD, "Robin", reference, given.team.name, "inquest"):
            assert hidden not in f"{row.subject} {row.body} {row.key} {row.context}"
        assert f"/{given.place.slug}/commissions" in row.body or row.kind == "commission-ended"
    told = [row for row in given.messages() if row.kind == "draft-submitted"]
    assert {row.to_person for row in told} == {given.team.person_id, given.people[Role.LIG_CHAIR].person_id}
    assert all(given.case in row.subject and CHILD not in row.body for row in told)


def test_nobody_is_told_before_the_first_day_or_after_a_removal(app: Flask, given: Given) -> None:
    with others_held_back(app):
        told_on_the_first_day(given)


def told_on_the_first_day(given: Given) -> None:
    reference, gone = given.give(first=3, last=9), given.give(given.lead, first=3, last=9)
    for one in (reference, gone):
        given.terms(one)
        given.paper(one)
    given.act(gone, "/remove", reason="Not needed")
    run_due(given.app)
    assert given.messages(given.reviewer) == []
    given.to(MONDAY + 3 * DAY)
    for _twice in range(2):
        run_due(given.app)
    assert [row.kind for row in given.messages(given.reviewer)] == ["commission-begun"]
    assert given.messages(given.lead) == []


def test_home_counts_what_waits_and_names_nothing(given: Given) -> None:
    reference = given.give()
    given.act(
        reference,
        "/timetable",
        over="0",
        **typed_day("first_draft", TODAY + 9 * DAY),
        **typed_day("start", TODAY),
    )
    tasks = given.text(given.reviewer, "/tasks")
    assert tasks.count(reference) >= 2
    assert CHILD not in tasks
    quiet: Someone = given.lead
    assert "Nothing waits for you here" in given.text(quiet, "/tasks")
    assert "No commission of yours runs today" in given.text(quiet, "/commissions/")
    given.to(MONDAY + 2 * DAY)
    assert "Start" not in given.text(given.reviewer, "/tasks").split("<main")[1]

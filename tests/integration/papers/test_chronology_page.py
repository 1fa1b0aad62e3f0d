"""The chronologies of all agencies on one page, narrowed by agency and by days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from tests.integration.papers.read import Read
from tests.support import involvement
from tests.support import papers as support
from tests.support.cast import cast
from tests.support.places import fresh_place


def both(case: Read) -> None:
    """The police return as well, with an entry of another day."""
    own = {"day": "2026-03-20", "precision": "day", "time": "", "what": "Stopped a car", "source": "Incident log",
           "significance": "It was the second"}  # fmt: skip
    case.answer(
        case.police, case.requests["police"], content=involvement.whole("Known to police", chronology=[own])
    )


def test_all_agencies_stand_in_one_table_and_one_picture(case: Read) -> None:
    both(case)
    page = case.text(case.team, case.chronology)
    assert "3 of 3 entries" in page
    told = [
        page.index(text)
        for text in ("2 March 2026 at 9:30am", "20 March 2026", "Stopped a car", "April 2026</th>")
    ]
    assert told == sorted(told)
    assert "<svg" in page
    assert "style=" not in page
    assert page.count("<rect") == 2 + 3  # a lane for each agency, a mark for each entry
    assert "It was the second" in page
    assert "Incident log" in page


def test_it_is_narrowed_by_agency_and_by_days(case: Read) -> None:
    both(case)
    police = case.text(case.team, f"{case.chronology}?agency=Constabulary")
    assert "1 of 3 entries" in police
    assert "Stopped a car" in police
    assert "9:30am" not in police
    days = "first-day=3&first-month=3&first-year=2026&last-day=31&last-month=3&last-year=2026"
    assert "1 of 3 entries" in case.text(case.team, f"{case.chronology}?{days}")
    month = "first-day=15&first-month=4&first-year=2026"
    assert "1 of 3 entries" in case.text(case.team, f"{case.chronology}?{month}")  # some day of April
    none = "first-day=1&first-month=1&first-year=2027"
    assert "Nothing is recorded" in case.text(case.team, f"{case.chronology}?{none}")
    assert "3 of 3" in case.text(case.team, f"{case.chronology}?agency=Nobody")


def test_wrong_days_are_answered_beside_them_and_kept(case: Read) -> None:
    both(case)
    wrong = case.get(case.team, f"{case.chronology}?first-day=31&first-month=2&first-year=2026")
    assert wrong.status_code == 400
    assert "31 February 2026 is not a real date" in wrong.text
    assert 'value="31"' in wrong.text
    assert "3 of 3 entries" in wrong.text
    days = "first-day=3&first-month=3&first-year=2026&last-day=2&last-month=3&last-year=2026"
    backwards = case.get(case.team, f"{case.chronology}?{days}")
    assert backwards.status_code == 400
    assert "The last day must be the first day or later" in backwards.text
    assert 'href="#last-day"' in backwards.text


def test_members_see_it_once_papers_are_circulated_with_what_came_since(case: Read) -> None:
    assert case.get(case.member, case.chronology).status_code == 404
    case.circulate()
    both(case)
    page = case.text(case.member, case.chronology)
    assert "3 of 3 entries" in page
    assert "papers: chronology" in case.read(case.member)
    assert case.get(case.contributor, case.chronology).status_code == 404


def test_a_discussion_that_became_a_rapid_review_shows_members_only_what_was_circulated(
    app: Flask, owner_of: Flask, tmp_path: Path, at: Callable[[datetime], None]
) -> None:
    place = fresh_place(app, owner_of, tmp_path)
    case = Read(app, place, cast(place, owner_of), at)
    case.discussed()
    case.directed()
    first = case.ask("police", purpose="discussion")
    case.answer(case.police, first["police"], content=involvement.whole("Told for the discussion"))
    support.circulate(case.team, case.case_id, case.now)
    case.notified()
    case.asked()
    assert "Known to health" in case.text(case.team, case.chronology)
    members = case.text(case.nurse, case.chronology)
    assert "Told for the discussion" in members
    assert "Known to health" not in members
    assert "for the rapid review" in case.text(case.nurse, case.papers())
    case.circulate()
    assert "Known to health" in case.text(case.nurse, case.chronology)

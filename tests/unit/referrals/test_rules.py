"""What the answers of a referral must say of each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.clocks import age_on, london_date
from app.referrals import rules
from app.referrals.rules import Awareness, Child, Incident, OtherChildren

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = london_date(NOW)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2030, 12, 31))


def messages(wrongs: list[rules.Wrong]) -> str:
    return "; ".join(wrong.message for wrong in wrongs)


@given(born=DAYS)
def test_a_birth_is_refused_exactly_where_it_lies_ahead(born: date) -> None:
    wrongs = rules.birth_wrongs(Child("child-1", "known", born), NOW)
    assert bool(wrongs) is (born > TODAY)
    assert all(wrong.question == "born_on" and "future" in wrong.message for wrong in wrongs)


@given(expected=DAYS)
def test_an_expected_birth_lies_ahead_and_within_ten_months(expected: date) -> None:
    wrongs = rules.birth_wrongs(Child("child-1", "unborn", expected), NOW)
    assert bool(wrongs) is not (date(2026, 10, 26) <= expected <= date(2027, 9, 23))


@given(born=DAYS, died=DAYS)
def test_a_death_is_neither_ahead_nor_before_the_birth(born: date, died: date) -> None:
    wrongs = rules.happened_wrongs(Child("child-1", "known", born, "died", died_on=died), NOW)
    # A birth that itself lies ahead is said once, beside the birth.
    assert bool(wrongs) is (died > TODAY or died < born <= TODAY)
    assert {wrong.question for wrong in wrongs} <= {"died_on"}


def test_an_unborn_child_can_be_harmed_but_a_death_has_a_birth() -> None:
    expected = date(2027, 3, 1)
    harmed = Child("child-1", "unborn", expected, "harmed", harmed_on=date(2026, 11, 1))
    died = Child("child-1", "unborn", expected, "died", died_on=date(2026, 11, 1))
    assert rules.happened_wrongs(harmed, NOW) == []
    assert [wrong.question for wrong in rules.happened_wrongs(died, NOW)] == ["birth"]


@pytest.mark.parametrize(
    ("day", "at", "said"),
    [
        (date(2026, 3, 29), time(1, 30), "clocks went forward"),
        (date(2026, 11, 23), time(12, 1), "future"),
        (date(2026, 11, 23), time(11, 59), ""),
        (date(2026, 10, 25), time(1, 30), ""),
    ],
)
def test_a_time_of_death_happened(day: date, at: time, said: str) -> None:
    wrongs = rules.happened_wrongs(Child("child-1", "known", date(2020, 1, 1), "died", day, at), NOW)
    assert said in messages(wrongs)
    assert bool(wrongs) is bool(said)


@given(born=DAYS, day=DAYS)
def test_a_child_of_the_incident_was_under_eighteen(born: date, day: date) -> None:
    wrongs = rules.age_wrongs(Child("child-1", "estimated", born), day)
    assert bool(wrongs) is (born <= day and age_on(born, day) >= 18)
    assert all("care leaver" in wrong.message for wrong in wrongs)


def test_age_is_taken_at_the_childs_own_death_before_the_incidents_date() -> None:
    child = Child("child-1", "known", date(2008, 6, 1), "died", died_on=date(2026, 6, 2))
    assert rules.age_wrongs(child, date(2026, 5, 1)) != []
    assert rules.age_wrongs(Child("child-1", "known", date(2008, 6, 1)), date(2026, 5, 31)) == []


def test_an_adult_is_not_listed_as_another_child() -> None:
    assert "18 or over" in messages(
        rules.other_age_wrongs(Child("other-1", "known", date(2008, 11, 23)), NOW)
    )
    assert rules.other_age_wrongs(Child("other-1", "known", date(2008, 11, 24)), NOW) == []


def test_an_incident_is_not_ahead() -> None:
    assert rules.incident_wrongs(Incident(TODAY + timedelta(days=1)), NOW) != []
    assert rules.incident_wrongs(Incident(TODAY), NOW) == []


@pytest.mark.duty("B1-01")
def test_outside_england_the_home_is_in_this_partnerships_area() -> None:
    own = {"E06000046"}
    abroad = Incident(outside_england=True, home_known=True, home_code="E06000044")
    assert [wrong.question for wrong in rules.place_wrongs(abroad, own)] == ["home"]
    assert (
        rules.place_wrongs(Incident(outside_england=True, home_known=True, home_code="E06000046"), own) == []
    )
    assert (
        rules.place_wrongs(Incident(outside_england=False, home_known=True, home_code="E06000044"), own) == []
    )


@pytest.mark.duty("B1-02")
def test_kinds_of_harm_and_the_judgement_are_both_recorded() -> None:
    assert {w.question for w in rules.harm_wrongs(Incident(), [])} == {"harm_kinds", "judgement"}
    assert [w.question for w in rules.harm_wrongs(Incident(harm_kinds=("physical",)), [])] == ["judgement"]
    whole = Incident(harm_kinds=("physical", "emotional"), judgement="Recovered, but likely to be long-term")
    assert rules.harm_wrongs(whole, ["harmed"]) == []


def test_a_death_among_the_kinds_of_harm_agrees_with_the_children() -> None:
    incident = Incident(harm_kinds=("death",), judgement="Died")
    assert [w.question for w in rules.harm_wrongs(incident, ["harmed"])] == ["harm_kinds"]
    assert rules.harm_wrongs(incident, ["harmed", "died"]) == []


@given(on=DAYS, happened=DAYS)
def test_awareness_is_neither_ahead_nor_before_the_incident(on: date, happened: date) -> None:
    wrongs = rules.awareness_wrongs(Awareness(on), happened, NOW)
    assert bool(wrongs) is (on > TODAY or on < happened)


def test_awareness_at_a_time_that_did_not_happen() -> None:
    wrongs = rules.awareness_wrongs(Awareness(date(2026, 3, 29), time(1, 30)), None, NOW)
    assert [wrong.question for wrong in wrongs] == ["aware_at"]


def test_awareness_by_its_date_alone_counts_from_that_london_day() -> None:
    day = rules.aware_instant(Awareness(date(2026, 7, 1)))
    assert day == datetime(2026, 6, 30, 23, 0, 0, 1, tzinfo=UTC)  # the day, of which no time is known
    assert rules.aware_instant(Awareness(date(2026, 11, 20), time(9, 15))) == datetime(
        2026, 11, 20, 9, 15, tzinfo=UTC
    )
    assert rules.aware_instant(Awareness()) is None


@pytest.mark.duty("A-04")
@pytest.mark.parametrize(
    ("others", "questions"),
    [
        (OtherChildren(), ["known"]),
        (OtherChildren("perhaps"), ["known"]),
        (OtherChildren("no"), ["how_checked"]),
        (OtherChildren("no", how_checked="Asked the school and the health visitor"), []),
        (OtherChildren("yes"), ["add", "action"]),
        (OtherChildren("yes", 2), ["action"]),
        (OtherChildren("yes", 0, "Strategy discussion held"), ["add"]),
        (OtherChildren("yes", 1, "Strategy discussion held"), []),
    ],
)
def test_other_children_must_be_answered(others: OtherChildren, questions: list[str]) -> None:
    assert [wrong.question for wrong in rules.other_children_wrongs(others)] == questions

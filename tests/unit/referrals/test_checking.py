"""What was typed, understood or answered with a message, whatever it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.referrals import forms, words
from app.referrals.checking import Checked, check
from app.referrals.pages import CHILD, ITEMS, PAGES, item_number, page_of
from app.referrals.parsing import Authority, read_nhs_number
from app.referrals.questions import Question
from tests.unit.referrals.typed import LISTS, day, whole

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVERY = [(page, question) for page in (*PAGES, *ITEMS.values()) for question in page.questions]
TEXTS = [
    (page, question)
    for page, question in EVERY
    if question.kind in ("text", "long", "email", "phone", "nhs", "time")
]


def checked(answers: dict[str, dict[str, Any]], source: str = "agency") -> Checked:
    return check(answers, source, LISTS, NOW)


def spoiled(page: str, **typed: Any) -> list[tuple[str, str]]:
    """(field, message) of the faults of a referral in which only these fields of a page are wrong."""
    answers = whole()
    answers[page] = {**answers[page], **typed}
    faults = checked(answers, "cdop").faults
    return [(fault.field, fault.message) for fault in faults if fault.page == page]


def key_of(page_key: str) -> str:
    return f"{page_key}-1" if page_key in ITEMS else page_key


def asked_under(page: Any, question: Question) -> dict[str, str]:
    under = {question.when[0]: question.when[1]} if question.when else {}
    return {**day("died_on", 14, 11, 2026), **under} if question.name == "died_at" else under


@pytest.mark.parametrize("source", ["agency", "cdop"])
def test_a_whole_referral_has_no_faults(source: str) -> None:
    assert checked(whole(), source).faults == []


@pytest.mark.duty("A-03")
def test_cdop_alone_is_asked_for_lessons_for_inter_agency_working() -> None:
    answers = whole()
    answers["cdop"] = {}
    assert [fault.page for fault in checked(answers, "cdop").faults] == ["cdop"]
    assert checked(answers, "agency").faults == []


def test_no_question_bears_a_name_that_the_form_itself_sends() -> None:
    names = {name for _page, question in EVERY for name in question.fields}
    assert not names & {"go", "version", "form_id", "csrf_token", "add"}


def test_an_empty_referral_says_what_is_missing_on_every_section() -> None:
    missing = checked({}).faults
    assert {fault.page for fault in missing} == {page.key for page in PAGES if page.key != "cdop"}
    assert all(fault.message for fault in missing)


@pytest.mark.parametrize(
    ("page", "question"), EVERY, ids=lambda thing: getattr(thing, "key", getattr(thing, "name", ""))
)
def test_every_required_question_says_so(page: Any, question: Question) -> None:
    if not question.missing:
        return
    emptied = {name: "" for name in question.fields} | asked_under(page, question)
    found = spoiled(key_of(page.key), **emptied)
    assert (question.fields[0], question.missing) in found


BAD_TEXT = {
    "long": "x" * 10_001,
    "nul": "a\x00b",
    "lone surrogate": "a\ud800b",
    "right-to-left override": "a\u202eb",
    "broken encoding": "a\ufffdb",
    "control": "a\x1bb",
}


@pytest.mark.parametrize("bad", BAD_TEXT.values(), ids=BAD_TEXT)
@pytest.mark.parametrize(
    ("page", "question"), TEXTS, ids=lambda thing: getattr(thing, "key", getattr(thing, "name", ""))
)
def test_text_that_cannot_be_kept_is_answered_beside_its_field(
    page: Any, question: Question, bad: str
) -> None:
    found = spoiled(key_of(page.key), **{**asked_under(page, question), question.name: bad})
    assert [field for field, _message in found] == [question.name]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=1+1", "+44", "-2", "@sum", "مرحبا", "O’Brien-Ó Sé 日本"]
)
def test_markup_formulas_and_every_script_are_plain_text(text: str) -> None:
    assert spoiled("child-1", name=text) == []
    assert spoiled("incident", narrative=text) == []


IMPOSSIBLE = [
    ("child-1", day("born_on", 29, 2, 2025), "born_on-day", "29 February 2025"),
    ("child-1", day("born_on", 24, 11, 2026), "born_on-day", "future"),
    ("child-1", day("born_on", 31, 4, 2020), "born_on-day", "31 April"),
    ("child-1", day("born_on", 1, 1, 10**20), "born_on-day", "year"),
    ("child-1", {"born_on-month": ""}, "born_on-day", "month"),
    ("child-1", {"born_on-day": "٣"}, "born_on-day", "date"),
    ("child-1", {"outcome": "died", **day("died_on", 2, 2, 2021)}, "died_on-day", "before the date of birth"),
    ("child-1", {"outcome": "died", **day("died_on", 24, 11, 2026)}, "died_on-day", "future"),
    ("child-1", {"outcome": "died", **day("died_on", 29, 3, 2026), "died_at": "01:30"}, "died_at", "clocks"),
    ("child-1", {"outcome": "died", **day("died_on", 1, 3, 2026), "died_at": "25:00"}, "died_at", "time"),
    ("child-1", {"nhs_number": "943 476 5918"}, "nhs_number", "NHS number"),
    ("child-1", {"nhs_number": "943476591"}, "nhs_number", "10 digits"),
    ("child-1", {"legal": "somewhere"}, "legal", "Select"),
    ("child-1", {"looked_after_by": "E99999999"}, "looked_after_by", "list"),
    ("child-1", {"looked_after_by": "another"}, "looked_after_by-other", "name or ONS code"),
    ("child-1", {"looked_after_by-other": "Another"}, "looked_after_by-other", "not both"),
    ("incident", {"area": "another", "area-other": "x" * 10_000}, "area-other", "characters"),
    ("harm", {"harm_kinds": ["of-another-kind"]}, "harm_kinds", "list"),
    ("incident", day("happened_on", 24, 11, 2026), "happened_on-day", "future"),
    ("incident", {"place": "outside", "country": "France", "home": "E06000044"}, "home", "normally live"),
    ("awareness", day("aware_on", 13, 11, 2026), "aware_on-day", "before the incident"),
    ("awareness", {"aware_at": "1.75"}, "aware_at", "time"),
    ("agencies", {"agencies": ["agency-of-another-partnership"]}, "agencies", "list"),
    ("agencies", {"agencies": ["police", "none-known"]}, "agencies", "not both"),
    ("referrer", {"email": "nobody"}, "email", "email"),
    ("referrer", {"phone": "ring me"}, "phone", "telephone"),
]


@pytest.mark.parametrize(("page", "typed", "field", "said"), IMPOSSIBLE)
def test_what_cannot_be_is_answered_beside_its_field(
    page: str, typed: dict[str, Any], field: str, said: str
) -> None:
    found = spoiled(page, **typed)
    assert [name for name, _message in found] == [field]
    assert said in found[0][1]


@pytest.mark.duty("A-04")
def test_other_children_must_be_answered_for_the_referral_to_be_whole() -> None:
    assert [field for field, _ in spoiled("others", known="", action="")] == ["known"]
    assert [field for field, _ in spoiled("others", known="no", how_checked="")] == ["how_checked"]
    answers = whole()
    del answers["other-1"]
    assert [(fault.page, fault.field) for fault in checked(answers).faults] == [("others", "add")]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_that_is_sent_breaks_the_form_or_is_altered(data: st.DataObject) -> None:
    page, key = data.draw(st.sampled_from([(page_of(key, "cdop"), key) for key in whole()]))
    assert page is not None
    names = [name for question in page.questions for name in question.fields]
    sent = data.draw(st.dictionaries(st.sampled_from(names), JUNK))
    kept = forms.typed_on(page, sent)
    assert forms.typed_on(page, kept) == kept
    result = checked({**whole(), key: kept}, "cdop")
    shown = forms.show(page, kept, result.of_page(key), LISTS)
    assert "".join(asked.value for asked in shown).encode("utf-8") is not None
    for name, value in sent.items():
        if isinstance(value, str) and "\r" not in value and name in kept and isinstance(kept[name], str):
            assert kept[name] == value


def test_what_a_choice_leaves_unasked_is_kept_but_neither_checked_nor_told() -> None:
    answers = whole()
    answers["child-1"]["birth"] = "unknown"
    answers["child-1"]["born_on-day"] = "a\x00"
    result = checked(answers)
    assert result.faults == []
    assert "born_on" not in result.values["child-1"]


def test_a_local_authority_that_is_not_in_the_list_is_typed_by_name_or_code() -> None:
    answers = whole()
    answers["incident"] |= {"area": "another", "area-other": " e09000001 "}
    answers["child-1"] |= {"looked_after_by": "another", "looked_after_by-other": "City of London"}
    result = checked(answers)
    assert result.of("incident", "area") == Authority("E09000001", "E09000001")
    assert result.of("child-1", "looked_after_by") == Authority(None, "City of London")
    answers["incident"]["area-other"] = "e06000044"
    assert checked(answers).of("incident", "area") == Authority("E06000044", "Portsmouth City Council")


@given(st.integers(min_value=0, max_value=10**9 - 1))
def test_an_nhs_number_carries_its_check(number: int) -> None:
    body = f"{number:09d}"
    good = []
    for last in range(10):
        try:
            good.append(read_nhs_number(f"{body}{last}"))
        except ValueError:
            continue
    assert len(good) <= 1


@pytest.mark.parametrize(
    "key", ["child-0", "child-01", "child--1", "child-99999", "child-x", "child-", "child-٣", "uncle-1"]
)
def test_only_one_spelling_names_a_child(key: str) -> None:
    assert item_number(key) is None
    assert page_of(key, "agency") is None


def test_the_title_of_the_case_names_nobody() -> None:
    answers = whole()
    assert words.title_of(checked(answers)) == "2 children of one incident, seriously harmed"
    del answers["child-2"]
    assert words.title_of(checked(answers)) == "One child, aged 5, seriously harmed"


def test_the_record_tells_every_answer_in_order() -> None:
    record = words.record_in_words(checked(whole()), LISTS)
    assert [title for title, _answers in record][:4] == [
        "Child 1 of the incident",
        "Child 2 of the incident",
        "The incident",
        "Abuse, neglect and harm",
    ]
    told = dict(record[0][1])
    assert told["Date of birth"] == "3 February 2021"
    assert told["Which local authority looks after the child?"] == "Isle of Wight Council"
    assert all(answer for _title, answers in record for _question, answer in answers)
    assert CHILD.question("born_on") is not None
    assert date(2021, 2, 3) == checked(whole()).of("child-1", "born_on")

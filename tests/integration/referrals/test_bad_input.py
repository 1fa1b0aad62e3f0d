"""Every field sent what it should not be sent: never a 500, always a message, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.referrals.pages import ITEMS, PAGES
from app.referrals.questions import Page, Question
from tests.integration.referrals.conftest import draft_at, fill, send, submit
from tests.support.people import Someone, find
from tests.support.places import Place
from tests.unit.referrals.typed import whole

Begin = Callable[[Someone], tuple[FlaskClient, str]]
ClientAs = Callable[[Someone | None], FlaskClient]

HOSTILE = {
    "ten thousand": "x" * 10_000,
    "longer still": "y" * 60_000,
    "nul": "a\x00b",
    "right-to-left override": "a\u202eb",
    "markup": "</textarea><script>alert(1)</script>",
    "formula": "=HYPERLINK(1)",
    "uuid of nothing": "6f1c3f2e-0000-4000-8000-000000000000",
    "beyond any number": "9" * 40,
    "negative": "-1",
    "template": "{{ 7 * 7 }}",
    "quotes": "'\"; drop table referral_drafts; --",
    "emoji and other scripts": "👩‍👧 مرحبا 日本",
}
FORMS = [("child-1", ITEMS["child"]), *((page.key, page) for page in PAGES if page.questions)]
CASES = [
    pytest.param(key, page, hostile, id=f"{key}-{name}")
    for key, page in FORMS
    for name, hostile in HOSTILE.items()
]


def everywhere(page: Page, value: str) -> dict[str, Any]:
    """The same value in every field of a page, with every choice made that reveals a field."""
    typed: dict[str, Any] = {}
    for question in page.questions:
        for name in question.fields:
            typed[name] = [value] if question.kind == "checkboxes" else value
        if question.when is not None:
            typed[question.when[0]] = question.when[1]
    return typed


def refuses(question: Question, value: str) -> bool:
    """Whether a free text of this kind cannot hold the value."""
    if question.kind in ("date", "radios", "checkboxes", "authority", "time", "nhs", "email"):
        return True
    return len(value) > question.limit or "\x00" in value or "\u202e" in value


@pytest.mark.parametrize(("key", "page", "value"), CASES)
def test_every_field_answers_with_a_message_and_keeps_what_was_typed(
    wight: Place, cdop_chair: Someone, begun: Begin, key: str, page: Page, value: str
) -> None:
    client, address = begun(cdop_chair)
    typed = everywhere(page, value)
    answer = send(client, wight, address, key, typed)
    wrong = [question for question in page.questions if question.when is None and refuses(question, value)]
    chosen = {question.when[0] for question in page.questions if question.when}
    wrong = [question for question in wrong if question.name not in chosen]
    assert answer.status_code == 422 if wrong else answer.status_code in (303, 422)
    for question in wrong:
        assert f'id="{question.name}-error"' in answer.text, question.name
    kept = draft_at(wight, address).answers[key]
    assert {name: kept[name] for name in typed} == typed
    assert "<script>alert(1)" not in answer.text
    again = client.get(f"{address}/{key}")
    assert again.status_code == 200
    assert client.get(f"{address}/check").status_code == 200
    assert submit(client, wight, address).status_code == 422


def test_a_text_is_shown_again_exactly_as_it_was_typed(
    wight: Place, practitioner: Someone, begun: Begin
) -> None:
    client, address = begun(practitioner)
    typed = "\n  First line\n\tsecond <b>line</b> & “quoted”\n\n last "
    send(client, wight, address, "criteria", {"why": typed, "lessons": ""})
    shown = client.get(f"{address}/criteria").text
    inside = shown.split('name="why"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]
    # A browser drops the one line end that follows the opening tag.
    assert unescape(inside) == "\n" + typed


LONE = {
    "why": "half \ud800 pair",
    "lessons": ["not", "text"],
    "unknown": {"deep": 1},
    "version": 1,
    "form_id": "f",
}


def test_what_a_script_sends_is_kept_and_shown_however_broken(
    wight: Place, practitioner: Someone, begun: Begin
) -> None:
    client, address = begun(practitioner)
    saved = client.post(f"{address}/criteria/autosave", json=LONE)
    assert saved.status_code == 200
    assert saved.json is not None
    assert saved.json["saved"] is True
    assert draft_at(wight, address).answers["criteria"] == {"why": "half \ud800 pair", "lessons": ""}
    shown = client.get(f"{address}/criteria?check=1")
    assert shown.status_code == 200
    assert "half \ufffd pair" in shown.text
    assert "broken character" in shown.text
    assert "broken character" in client.get(f"{address}/check").text


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"text"', b"{", b"\xff\xfe"])
def test_a_script_that_sends_no_form_is_told_so(practitioner: Someone, begun: Begin, body: bytes) -> None:
    client, address = begun(practitioner)
    answer = client.post(f"{address}/criteria/autosave", data=body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30, "1\x00", "٣"])
def test_a_version_that_is_none_is_older_than_any(
    wight: Place, practitioner: Someone, begun: Begin, version: str
) -> None:
    client, address = begun(practitioner)
    send(client, wight, address, "criteria", {"why": "first", "lessons": "first"})
    data = {"why": "second", "lessons": "second", "version": version, "form_id": "other", "go": "continue"}
    answer = client.post(f"{address}/criteria", data=data)
    assert answer.status_code in (303, 409)
    if answer.status_code == 409:
        assert "first" in answer.text
        assert "second" in answer.text
    assert (
        client.post(f"{address}/submit", data={"version": version, "submission_key": version}).status_code
        == 404
    )


def test_a_stale_form_shows_the_difference_and_loses_nothing(
    wight: Place, practitioner: Someone, representative: Someone, begun: Begin, client_as: ClientAs
) -> None:
    author, address = begun(practitioner)
    author.post(f"{address}/share")
    seen = draft_at(wight, address).version
    mine = {"why": "as the author has it", "lessons": "lessons of the author"}
    theirs = {"why": "as the representative has it", "lessons": "lessons of the author"}
    send(client_as(representative), wight, address, "criteria", theirs)
    hidden = {"version": seen, "form_id": "the author's form", "go": "continue"}
    answer = author.post(f"{address}/criteria", data={**mine, **hidden})
    assert answer.status_code == 409
    assert "as the representative has it" in answer.text
    assert answer.text.count("as the author has it") == 2
    assert draft_at(wight, address).answers["criteria"] == theirs
    saved = author.post(f"{address}/criteria/autosave", data={**mine, **hidden})
    assert saved.status_code == 409
    newer = draft_at(wight, address).version
    assert author.post(f"{address}/criteria", data={**mine, **hidden, "version": newer}).status_code == 303
    assert draft_at(wight, address).answers["criteria"] == mine


def test_a_form_is_not_stale_for_its_own_autosave_or_another_page(
    wight: Place, practitioner: Someone, begun: Begin
) -> None:
    client, address = begun(practitioner)
    hidden = {"version": draft_at(wight, address).version, "form_id": "one form", "go": "continue"}
    assert client.post(f"{address}/criteria/autosave", data={"why": "typing", **hidden}).status_code == 200
    send(client, wight, address, "referrer", whole()["referrer"])
    done = client.post(f"{address}/criteria", data={"why": "typing on", "lessons": "some", **hidden})
    assert done.status_code == 303


def test_a_referral_changed_since_it_was_checked_is_not_submitted(
    wight: Place, representative: Someone, begun: Begin
) -> None:
    client, address = begun(representative)
    fill(client, wight, address)
    seen = draft_at(wight, address).version
    send(client, wight, address, "criteria", {"why": "another reason", "lessons": "some"})
    answer = submit(client, wight, address, version=seen)
    assert answer.status_code == 409
    assert "Why it may meet the criteria" in answer.text
    assert "another reason" in answer.text
    assert draft_at(wight, address).state == "draft"


SECTIONS = ["child-0", "child-2", "child-99999999999999", "child-01", "nowhere", "other-1", "cdop", "%00"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_page_that_is_not_in_the_referral_is_a_wrong_address(
    practitioner: Someone, begun: Begin, section: str
) -> None:
    client, address = begun(practitioner)
    assert client.get(f"{address}/{section}").status_code == 404
    assert client.post(f"{address}/{section}", data={"name": "x"}).status_code == 404
    assert client.post(f"{address}/{section}/autosave", data={"name": "x"}).status_code == 404
    assert client.get(f"{address}/{section}/remove").status_code == 404


@pytest.mark.duty("A-01")
def test_a_draft_of_another_partnership_or_agency_is_a_wrong_address(
    wight: Place, hampshire: Place, practitioner: Someone, begun: Begin, client_as: ClientAs
) -> None:
    from app.access.roles import Role

    author, address = begun(practitioner)
    draft_id = address.rsplit("/", 1)[1]
    police = client_as(find(wight, Role.PARTNER_REPRESENTATIVE, "police"))
    elsewhere = client_as(find(hampshire, Role.AGENCY_LIG_MEMBER))
    author.post(f"{address}/share")
    never = client_as(practitioner).get(f"/isle-of-wight/referrals/{uuid4()}")
    for client, place in ((police, "isle-of-wight"), (elsewhere, "hampshire"), (elsewhere, "isle-of-wight")):
        base = f"/{place}/referrals/{draft_id}"
        answers = [client.get(f"{base}{end}") for end in ("", "/criteria", "/check", "/done", "/discard")]
        answers += [
            client.post(f"{base}/{end}", data={"version": "9"})
            for end in (
                "criteria",
                "criteria/autosave",
                "submit",
                "share",
                "return",
                "discard",
                "child-1/remove",
            )
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert (
            draft_id
            not in client.get(f"/{'isle-of-wight' if client is police else 'hampshire'}/referrals").text
        )
    assert never.status_code == 404


def test_an_agency_that_is_not_ones_own_cannot_be_referred_for(
    hampshire: Place, practitioner: Someone, client_as: ClientAs
) -> None:
    client = client_as(practitioner)
    with hampshire.pinned():
        from tenants.registry import agencies

        foreign = str(agencies()[0].id)
    for way in (foreign, "cdop", "", "x" * 10_000, "\x00", str(uuid4())):
        answer = client.post("/isle-of-wight/referrals/new", data={"way": way, "start_key": "x"})
        assert answer.status_code == 404

"""Making the form: complete or a draft, its files, its versions, and who reads it before it is approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import docx
import pikepdf
import pytest

from app.access.roles import Role
from app.documents.writer import digest_of_bytes
from app.procedure.events import EventKind
from app.review_forms.queries import form_of, versions_of
from tenants.db import db
from tests.integration.review_forms.review import THURSDAY, address, carried, faults, ready
from tests.integration.serious_incidents.journey import Journey
from tests.support import review_forms as support
from tests.support.people import Someone, find
from tests.support.places import Place

Client = Callable[[Someone | None], Any]
K = EventKind
LATER = THURSDAY + timedelta(hours=1)


@pytest.fixture
def journey(wight: Place, at: Callable[[datetime], None]) -> Journey:
    at(LATER)
    return Journey(wight)


def make(client: Any, journey: Journey, **typed: str) -> Any:
    page = client.get(address(journey, "/make")).text
    return client.post(address(journey, "/make"), data={**carried(page), **typed})


@pytest.mark.duty("N-07")
def test_a_complete_form_is_made_as_a_page_a_word_file_and_a_tagged_pdf(
    journey: Journey, client_as: Client
) -> None:
    team = client_as(ready(journey).team)
    shown = team.get(address(journey)).text
    assert "Everything that the form must say is written." in shown
    assert "No summary of involvement has come from: " in shown  # the police were asked, and nothing came
    answer = make(team, journey)
    assert answer.status_code == 303, answer.text
    form = journey.read(form_of)
    assert (form.number, form.state, [file.kind for file in form.files]) == (1, "waits", ["docx", "pdf"])
    page = team.get(address(journey, "/versions/1")).text
    assert "Draft, not approved" in page
    for words in ("As the meeting found: Whether, and how, does racism bear on the case?", "As our records say",
                  "A local child safeguarding practice review is commissioned."):  # fmt: skip
        assert words in page
    assert {row.kind for row in journey.messages("review-form-made")} == {"review-form-made"}
    made = journey.events(K.REVIEW_FORM_MADE)
    assert [(one.facts["number"], one.facts["complete"]) for one in made] == [(1, True)]


def test_the_word_file_opens_with_its_headings_language_and_tables(
    journey: Journey, client_as: Client
) -> None:
    ready(journey)
    support.made(journey.team, journey.case_id, LATER)
    answer = client_as(journey.team).get(address(journey, "/versions/1/files/docx"))
    assert answer.headers["Content-Disposition"].endswith(f'"{journey.reference}-rapid-review-1-draft.docx"')
    assert answer.headers["Cache-Control"] == "no-store"
    file = docx.Document(BytesIO(answer.data))
    assert file.core_properties.title == f"Rapid review {journey.reference}"
    assert file.core_properties.language == "en-GB"
    headings = [one.text for one in file.paragraphs if one.style.name == "Heading 2"]
    assert headings[0] == "1. About this review"
    assert "9. Decision and next steps" in headings
    assert "Draft, not approved" in [one.text for one in file.paragraphs]
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in file.tables)
    assert digest_of_bytes(answer.data) in client_as(journey.team).get(address(journey, "/versions/1")).text


def test_the_pdf_is_tagged_with_its_language_and_title(journey: Journey, client_as: Client) -> None:
    ready(journey)
    support.made(journey.team, journey.case_id, LATER)
    answer = client_as(journey.team).get(address(journey, "/versions/1/files/pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(answer.data)) as file:
        assert str(file.Root.Lang) == "en-GB"
        assert "/StructTreeRoot" in file.Root
        assert bool(file.Root.MarkInfo.Marked)
        assert str(file.docinfo["/Title"]) == f"Rapid review {journey.reference}"
        assert (
            "pdfuaid:part" in dict(file.open_metadata().items())
            or b"pdfuaid" in file.Root.Metadata.read_bytes()
        )


@pytest.mark.duty("N-07")
def test_what_is_missing_is_named_with_a_link_and_makes_a_draft(journey: Journey, client_as: Client) -> None:
    ready(journey, leave_out=("context", "decision"))
    team = client_as(journey.team)
    shown = team.get(address(journey)).text
    for what in (
        "The analysis of key practice episodes",
        "Racism: whether and how it bears on the case",
        "Other inequalities that bear on the case",
        "The decision on a practice review, with its rationale",
    ):
        assert f">{what}</a>" in shown
    assert f'href="/{journey.place.slug}/cases/{journey.reference}/rapid-review/record/context"' in shown
    page = team.get(address(journey, "/make")).text
    assert "It can be kept as a draft to read, and cannot be approved." in page
    assert make(team, journey).status_code == 303
    form = journey.read(form_of)
    assert (form.state, len(form.row.missing)) == ("draft", 4)
    assert journey.messages("review-form-made") == []
    read = team.get(address(journey, "/versions/1")).text
    assert "Not written when it was made" in read
    assert "Not written yet." in read


def test_before_anything_is_planned_no_form_is_made(journey: Journey, client_as: Client) -> None:
    team = client_as(journey.team)
    assert "no rapid review is under way" in team.get(address(journey)).text
    assert team.get(address(journey, "/make")).status_code == 409
    refused = team.post(address(journey, "/make"), data={"over": "0", "complete": "no"})
    assert refused.status_code == 409
    assert journey.read(form_of) is None


def test_a_second_version_needs_a_reason_and_overwrites_nothing(journey: Journey, client_as: Client) -> None:
    ready(journey)
    team = client_as(journey.team)
    make(team, journey)
    first = journey.read(form_of)
    refused = make(team, journey, reason="  ")
    assert refused.status_code == 400
    assert faults(refused.text) == ["Say why version 2 is made"]
    assert "Nothing that is recorded has changed since version 1 was made." in refused.text
    assert make(team, journey, reason="A date was wrong").status_code == 303
    versions = journey.read(versions_of)
    assert [(one.number, one.state) for one in versions] == [(2, "waits"), (1, "superseded")]
    assert versions[1].digest == first.digest
    assert "A date was wrong" in team.get(address(journey)).text


def test_the_same_form_sent_twice_makes_one_version(journey: Journey, client_as: Client) -> None:
    ready(journey)
    team = client_as(journey.team)
    typed = carried(team.get(address(journey, "/make")).text)
    assert [team.post(address(journey, "/make"), data=typed).status_code for _ in range(2)] == [303, 303]
    assert len(journey.read(versions_of)) == 1


def test_a_version_made_meanwhile_is_noticed_and_what_was_typed_kept(
    journey: Journey, client_as: Client
) -> None:
    ready(journey)
    team = client_as(journey.team)
    support.made(journey.team, journey.case_id, LATER)
    typed = carried(team.get(address(journey, "/make")).text)
    support.made(journey.team, journey.case_id, LATER)
    stale = team.post(address(journey, "/make"), data={**typed, "reason": "My own reason"})
    assert stale.status_code == 409
    assert "This case changed while you were writing" in stale.text
    assert "My own reason" in stale.text
    again = team.post(address(journey, "/make"), data={**carried(stale.text), "reason": "My own reason"})
    assert again.status_code == 303
    assert journey.read(form_of).number == 3


def test_what_became_incomplete_meanwhile_is_not_kept_as_a_draft_unnoticed(
    journey: Journey, client_as: Client
) -> None:
    ready(journey)
    team = client_as(journey.team)
    typed = carried(team.get(address(journey, "/make")).text)
    assert typed["complete"] == "yes"
    with journey.place.pinned():
        support.section(journey.case_id, "context", {"racism": ""}, LATER)
        db.session.commit()
    assert team.post(address(journey, "/make"), data=typed).status_code == 409
    assert journey.read(form_of) is None


def test_before_approval_only_those_who_oversee_returns_read_it(
    journey: Journey, client_as: Client, hampshire: Place
) -> None:
    ready(journey)
    support.made(journey.team, journey.case_id, LATER)
    paths = ["/versions/1", "/versions/1/files/pdf", "/versions/1/files/docx"]
    for who in (journey.team, journey.chair, journey.scrutineer):
        assert [client_as(who).get(address(journey, path)).status_code for path in paths] == [200, 200, 200]
    for who in (journey.police, journey.director, journey.lig_member):
        client = client_as(who)
        assert [client.get(address(journey, path)).status_code for path in paths] == [404, 404, 404]
        assert client.get(address(journey)).status_code == 200
    other = client_as(find(hampshire, Role.PARTNERSHIP_TEAM))
    for path in ["", "/make", "/sending", "/sending/panel", *paths]:
        assert other.get(address(journey, path)).status_code == 404


def test_wrong_addresses_and_spoilt_numbers(journey: Journey, client_as: Client) -> None:
    ready(journey)
    support.made(journey.team, journey.case_id, LATER)
    team = client_as(journey.team)
    for path in (
        "/versions/2",
        "/versions/x",
        "/versions/-1",
        "/versions/1/files/exe",
        "/versions/99999999999",
    ):
        assert team.get(address(journey, path)).status_code == 404


def test_bad_characters_in_the_reason_are_told_and_kept(journey: Journey, client_as: Client) -> None:
    ready(journey)
    support.made(journey.team, journey.case_id, LATER)
    team = client_as(journey.team)
    answer = make(team, journey, reason="Read\u202eme")
    assert answer.status_code == 400
    assert "hidden characters" in answer.text
    assert journey.read(form_of).number == 1

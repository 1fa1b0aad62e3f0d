"""Attachments: what is taken and what is refused, and how a file is given back."""

from __future__ import annotations

import io
import zipfile
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from app.involvement import queries
from app.involvement.files import MOST_BYTES, MOST_FILES
from tenants.db import db
from tests.integration.involvement.given import Given
from tests.support.involvement import whole
from tests.support.people import Someone

PDF = b"%PDF-1.7\nInvented\n%%EOF"


def docx(*more: str, types: bytes = b"") -> bytes:
    written = io.BytesIO()
    kind = types or b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("[Content_Types].xml", b"<Types>" + kind + b"</Types>")
        for name in ("word/document.xml", *more):
            packed.writestr(name, b"<x/>")
    return written.getvalue()


def attach(
    given: Given, who: Someone, request_id: UUID, content: bytes, name: str = "a.pdf", key: str = ""
) -> TestResponse:
    return given.client(who).post(
        f"/{given.place.slug}/involvement/{request_id}/files",
        data={"submission_key": key or str(uuid4()), "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def files(given: Given, request_id: UUID, who: Someone) -> list[queries.FileView]:
    with given.place.pinned():
        row = queries.own_request(request_id, who.actor())
        assert row is not None
        return queries.files_of(row)


@pytest.mark.parametrize(
    ("content", "kind", "answered"),
    [
        (PDF, "pdf", "application/pdf"),
        (docx(), "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"\x89PNG\r\n\x1a\n123", "png", "image/png"),
        (b"\xff\xd8\xff\xe0123", "jpeg", "image/jpeg"),
        ("Caf\u00e9, in plain text\n".encode(), "txt", "application/octet-stream"),
    ],
)
def test_what_a_file_is_decided_by_its_content(
    given: Given, content: bytes, kind: str, answered: str
) -> None:
    police = given.ask()["police"]
    name = "../../<b>what\u202e it says</b>.exe"
    assert attach(given, given.police, police, content, name).status_code == 303
    (one,) = files(given, police, given.police)
    assert (one.kind, one.name, one.size) == (kind, "b>.exe", len(content))
    got = given.get(given.police, given.own(police, f"/files/{one.id}"))
    assert got.get_data() == content
    assert got.headers["Content-Type"].split(";")[0] == answered
    assert got.headers["Content-Disposition"].startswith('attachment; filename="attachment-')
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in got.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (docx("word/vbaProject.bin"), "contains macros"),
        (docx(types=b"application/vnd.ms-word.document.macroEnabled.main+xml"), "contains macros"),
        (docx("word/activeX/activeX1.bin"), "contains macros"),
        (docx("word/embeddings/oleObject1.bin"), "contains macros"),
        (docx(types=b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), "not a Word document"),
        (b"PK\x03\x04 damaged", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "older kind"),
        (b"MZ\x90\x00\x03\x00\xff", "Attach a PDF"),
        (b"<!doctype html><script>", "web page"),
        (b"  <svg onload=x>", "web page"),
        (b"{\\rtf1", "rich text"),
        (b"%PDF-1.7 /Encrypt 5 0 R %%EOF", "protected with a password"),
        (b"plain\x00binary", "Attach a PDF"),
    ],
)
def test_everything_else_is_refused_with_a_reason(given: Given, content: bytes, reason: str) -> None:
    police = given.ask()["police"]
    refused = attach(given, given.police, police, content, "letter.pdf")
    assert refused.status_code == 400
    assert reason in refused.text
    assert 'href="#file"' in refused.text
    assert files(given, police, given.police) == []


def test_ten_megabytes_are_taken_here_and_nowhere_else(given: Given) -> None:
    police = given.ask()["police"]
    whole_one = PDF + b" " * (MOST_BYTES - len(PDF))
    assert attach(given, given.police, police, whole_one).status_code == 303
    more = attach(given, given.police, police, whole_one + b" ")
    assert more.status_code == 400
    assert "10 MB or smaller" in more.text
    assert attach(given, given.police, police, whole_one + b" " * 2_000_000).status_code == 413
    elsewhere = given.post(given.police, given.own(police, "/form/practice"), good="x" * 3_000_000)
    assert elsewhere.status_code == 413


def test_a_file_is_attached_once_and_taken_out_again(given: Given) -> None:
    police = given.ask()["police"]
    key = str(uuid4())
    for _twice in (1, 2):
        assert attach(given, given.police, police, PDF, key=key).status_code == 303
    assert "attached already" in attach(given, given.police, police, PDF).text
    assert "Choose a file" in given.post(given.police, given.own(police, "/files")).text
    (one,) = files(given, police, given.police)
    gone = given.post(given.police, given.own(police, f"/files/{one.id}/remove"))
    assert gone.status_code == 303
    assert files(given, police, given.police) == []
    assert given.get(given.police, given.own(police, f"/files/{one.id}")).status_code == 404


def test_a_return_keeps_its_files(given: Given) -> None:
    asked = given.ask()
    police = asked["police"]
    attach(given, given.police, police, PDF, "Chronology.pdf")
    (one,) = files(given, police, given.police)
    assert (
        given.get(given.team, given.of_case(f"{police}/files/{one.id}")).status_code == 404
    )  # not returned yet
    given.answer(given.police, police)
    given.post(given.police, given.own(police, f"/files/{one.id}/remove"))
    got = given.get(given.team, given.of_case(f"{police}/files/{one.id}"))
    assert got.get_data() == PDF
    assert "Chronology.pdf" in given.text(given.chair, given.of_case(f"{police}/returns/1"))
    assert given.get(given.police, given.own(police, f"/files/{one.id}")).status_code == 200
    for path in (given.of_case(f"{asked['community-health']}/files/{one.id}"),):
        assert given.get(given.team, path).status_code == 404
    assert (
        given.get(given.member, given.own(asked["community-health"], f"/files/{one.id}")).status_code == 404
    )
    with given.place.pinned():
        found = queries.returned_file(given.case_id, one.id)
        assert found is not None
        assert queries.file_content(found.id) == PDF
        assert queries.returned_file(given.case_id, uuid4()) is None


def test_there_is_an_end_to_files(given: Given) -> None:
    police = given.ask()["police"]
    for number in range(MOST_FILES):
        assert attach(given, given.police, police, PDF + str(number).encode()).status_code == 303
    assert "20 files at most" in attach(given, given.police, police, PDF).text


def test_a_file_that_changed_makes_a_new_return(given: Given) -> None:
    police = given.ask()["police"]
    assert given.answer(given.police, police, content=whole()) == 1
    attach(given, given.police, police, PDF)
    assert given.answer(given.police, police, content=whole(), changed="A file was missing") == 2
    with given.place.pinned():
        assert [len(one.files) for one in queries.returns_of(given.case_id)] == [0, 1]
        db.session.rollback()

"""What comes after the papers went out is added to them, and everybody is told; files go through the pack."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.cases.service import Case
from app.involvement import drafts, queries
from app.involvement.files import attachment
from app.papers import circulating
from app.papers.models import PaperPack
from app.papers.pages import Altered, paper_here
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.papers.read import Read
from tests.integration.papers.test_circulating import RECIPIENTS
from tests.support import involvement


def attach(read: Read, who: str, words: str) -> UUID:
    """A file beside what an agency is writing; its identifier."""
    someone = read.police if who == "police" else read.member
    with read.place.pinned():
        row = queries.own_request(read.requests[who], someone.actor())
        assert row is not None
        by = someone.actor().acting_as(queries.capacities_for(someone.actor(), row.agency_id))
        drafts.add_file(
            row, "agency", attachment("notes.txt", words.encode()), key=uuid4(), acting=by, now=read.now
        )
        db.session.commit()
        return queries.files_of(row)[-1].id


def test_a_late_return_becomes_a_supplement_and_everybody_is_told(read: Read) -> None:
    before = read.pack()
    read.to(read.now + timedelta(days=1))
    read.answer(read.police, read.requests["police"], content=involvement.whole("Known to police"))
    (made,) = read.supplements()
    assert (made.code, made.return_number, made.circulated_by) == ("1-1", 1, "Waymark")
    event = read.told(EventKind.SUPPLEMENT_CIRCULATED)[0]
    assert str(read.requests["police"]) in event.facts
    for role in RECIPIENTS:
        assert len(read.messages(read.people[role], "papers-supplement")) == 1, role
    page = read.text(read.member, read.papers("1-1"))
    assert "Known to police" in page
    assert "Known to health" not in page
    assert "supplement 1" in read.text(read.member, read.papers("1"))
    assert read.get(read.member, read.papers("1-1/pdf")).data.startswith(b"%PDF-")
    assert read.opened("1-1") == {read.member.person_id: read.now}
    assert "Supplements opened: 1 of 1" in read.text(read.chair, read.papers("board"))
    with read.place.pinned():
        assert read.pack().digest == before.digest


def test_a_return_made_again_is_the_next_supplement(read: Read) -> None:
    read.answer(read.police, read.requests["police"])
    read.answer(read.member, read.requests["community-health"], content=involvement.whole("Corrected"),
                changed="A date was wrong")  # fmt: skip
    assert [(one.code, one.return_number) for one in read.supplements()] == [("1-1", 1), ("1-2", 2)]
    assert "A date was wrong" in read.text(read.police, read.papers("1-2"))
    read.circulate(reason="With what came since")
    assert read.supplements() == []
    assert read.get(read.police, read.papers("1-1")).status_code == 200


def test_a_supplement_that_cannot_be_made_undoes_the_return(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> bytes:
        raise RuntimeError("no document")

    monkeypatch.setattr(circulating, "as_pdf", fail)
    with pytest.raises(RuntimeError):
        read.answer(read.police, read.requests["police"])
    assert read.supplements() == []
    with read.place.pinned():
        assert [one.agency_name for one in queries.latest_returns(read.case_id)] == ["Community health"]


def test_files_are_opened_through_the_pack_they_came_with(case: Read) -> None:
    first = attach(case, "community-health", "From health")
    case.answer(
        case.member, case.requests["community-health"], content=involvement.whole("Again"), changed="A file"
    )
    case.circulate()
    second = attach(case, "police", "From police")
    assert case.get(case.nurse, case.papers(f"1/files/{second}")).status_code == 404  # not returned yet
    case.answer(case.police, case.requests["police"])
    answer = case.get(case.nurse, case.papers(f"1/files/{first}"))
    assert (answer.status_code, answer.data) == (200, b"From health")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "papers: 1, a file" in case.read(case.nurse)
    assert case.get(case.nurse, case.papers(f"1/files/{second}")).status_code == 404
    assert case.get(case.nurse, case.papers(f"1-1/files/{second}")).data == b"From police"
    assert case.get(case.contributor, case.papers(f"1/files/{first}")).status_code == 404
    assert "notes.txt" in case.text(case.nurse, case.papers("1"))


def test_an_address_that_names_no_pack_is_a_wrong_one(read: Read) -> None:
    for code in ("0", "01", "1-0", "1-01", "-1", "1-", "2", "one", "1-1-1", "99999999999"):
        assert read.get(read.police, read.papers(code)).status_code == 404, code


def test_what_was_altered_is_shown_to_nobody(read: Read) -> None:
    with read.place.pinned():
        row = db.session.scalars(select(PaperPack)).one()
        case = db.session.scalars(select(Case).where(Case.id == read.case_id)).one()
        assert paper_here(case, "1") is row
        with db.session.no_autoflush:
            row.content = {**row.content, "title": "Other"}
            with pytest.raises(Altered):
                paper_here(case, "1")
        db.session.rollback()

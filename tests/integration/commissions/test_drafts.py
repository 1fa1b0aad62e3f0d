"""Writing a draft: saved as one types, never lost, never seen by anybody else, frozen when it is submitted."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.commissions.models import CommissionDraft, CommissionPaper, CommissionTerms, CommissionVersion
from app.documents.digests import digest_of
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.commissions.given import DAY, MONDAY, Given


def autosave(
    given: Given, reference: str, report: str, version: int = 0, form: str = "a", **more: Any
) -> Any:
    fields = {"report": report, "version": str(version), "form_id": form, **more}
    return given.post(given.reviewer, f"/commissions/{reference}/draft/autosave", **fields)


def stored(given: Given) -> list[CommissionDraft]:
    with given.place.pinned():
        return list(db.session.scalars(select(CommissionDraft)))


def test_it_is_saved_as_one_types(given: Given) -> None:
    reference = given.give()
    assert stored(given) == []
    given.text(given.reviewer, f"/commissions/{reference}/draft")
    assert stored(given) == []  # looking begins nothing
    first = autosave(given, reference, "One", finding=["F1", ""], recommendation=["R1", ""])
    assert first.status_code == 200
    assert first.json == {"saved": True, "saved_at": "10am", "version": 1}
    assert autosave(given, reference, "One and two", 1).json["version"] == 2
    # an answer that never came back: the same form is never stale beside its own saves
    assert autosave(given, reference, "One and two and three", 1).json["version"] == 3
    same = autosave(given, reference, "One and two and three", 0, "another")
    assert same.json == {"saved": True, "saved_at": "10am", "version": 3}
    page = given.text(given.reviewer, f"/commissions/{reference}/draft")
    assert "One and two and three" in page
    assert 'name="version" value="3"' in page
    assert given.told(EventKind.DRAFT_SUBMITTED) == []


def test_two_tabs_lose_nothing(given: Given) -> None:
    reference = given.give()
    autosave(given, reference, "In the first tab", 0, "first", finding=["F"], recommendation=["R"])
    stale = autosave(given, reference, "In the second tab", 0, "second")
    assert stale.status_code == 409
    assert "changed on another page" in stale.json["message"]
    saved = given.draft(reference, "In the second tab", 0, form_id="second")
    assert saved.status_code == 409
    page = saved.get_data(as_text=True)
    for words in ("In the first tab", "In the second tab", "Recommendation 1"):
        assert words in page
    assert 'name="version" value="1"' in page
    assert stored(given)[0].content["report"] == "In the first tab"
    assert given.draft(reference, "In the second tab", 1).status_code == 303
    assert stored(given)[0].content == {"report": "In the second tab", "findings": []}


def test_findings_come_and_go(given: Given) -> None:
    reference = given.give()
    more = given.draft(reference, "", finding=["First"], recommendation=[""], go="add")
    assert more.headers["Location"].endswith(f"/commissions/{reference}/draft#finding-2")
    page = given.text(given.reviewer, f"/commissions/{reference}/draft")
    assert page.count('name="finding"') == 2
    given.draft(reference, "", 1, finding=["", "Second"], recommendation=["", "Do it"])
    assert stored(given)[0].content["findings"] == [{"finding": "Second", "recommendation": "Do it"}]
    on = given.draft(reference, "x", 2, go="submit")
    assert on.headers["Location"].endswith(f"/commissions/{reference}/submit")


@pytest.mark.parametrize("bad", ["x\x00y", "\u202ereversed", "\ufffd"])
def test_what_cannot_be_stored_is_said_and_given_back(given: Given, bad: str) -> None:
    reference = given.give()
    refused = given.draft(reference, "Kept", finding=["fine", f"Typed {bad} here"], recommendation=["", ""])
    assert refused.status_code == 400
    page = refused.get_data(as_text=True)
    assert 'href="#finding-2"' in page
    assert "Kept" in page
    assert "Typed" in page
    told = autosave(given, reference, f"Typed {bad} here")
    assert told.status_code == 400
    assert told.json["message"].startswith("Your draft")
    assert stored(given) == []


def test_forms_that_were_spoilt_on_the_way(given: Given) -> None:
    reference = given.give()
    for version in ("", "x", "-1", "9" * 30, "\u0661"):
        form = {"report": f"Version {version}", "version": version, "form_id": "z" * 500, "finding": ["lone"]}
        answer = given.post(given.reviewer, f"/commissions/{reference}/draft", **form)
        assert answer.status_code in (303, 409), version
    assert given.client(given.reviewer).post(
        f"/{given.place.slug}/commissions/{reference}/draft"
    ).status_code in (303, 409)
    assert given.submit(reference, called="final", submission_key="none").status_code in (400, 409)
    json = given.client(given.reviewer).post(
        f"/{given.place.slug}/commissions/{reference}/draft/autosave", json={"report": 1}
    )
    assert json.status_code in (200, 409)


def test_a_version_is_numbered_and_frozen(given: Given) -> None:
    reference = given.give()
    assert "Write your draft" in given.submit(reference, 0).get_data(as_text=True)
    given.draft(reference, "  ", finding=[""], recommendation=["Without a finding"])
    refused = given.submit(reference)
    assert refused.status_code == 400
    assert "Recommendation 1 has no finding" in refused.get_data(as_text=True)
    given.draft(reference, "The first text", 1, finding=["F"], recommendation=["R"])
    unsaid = given.submit(reference, 2, called="")
    assert unsaid.status_code == 400
    assert "Select which draft this is" in unsaid.get_data(as_text=True)
    changed = given.submit(reference, 1, note="My note")
    assert changed.status_code == 409
    assert "changed on another page" in changed.get_data(as_text=True)
    assert "My note" in changed.get_data(as_text=True)
    assert 'name="over" type="hidden" value="2"' in changed.get_data(as_text=True)
    assert given.submit(reference, 2, note="My note").status_code == 303
    given.draft(reference, "The second text", 2)
    assert given.submit(reference, 3, called="final-draft").status_code == 303
    with given.place.pinned():
        rows = list(db.session.scalars(select(CommissionVersion).order_by(CommissionVersion.number)))
        assert [(row.number, row.called, row.content["report"]) for row in rows] == [
            (1, "first-draft", "The first text"), (2, "final-draft", "The second text"),
        ]  # fmt: skip
        assert all(digest_of(row.content) == row.digest for row in rows)
    assert "The first text" in given.text(given.reviewer, f"/commissions/{reference}/versions/1")
    for wrong in ("3", "0", "01", "x"):
        assert given.get(given.reviewer, f"/commissions/{reference}/versions/{wrong}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        "update commission_terms set purpose = 'other'", "update commission_versions set note = 'other'",
        "update commission_papers set content = '[]'", "update commissions set case_id = gen_random_uuid()",
        "update commissions set first_day = '2020-01-01'", "delete from commission_papers",
        "delete from commissions", "update commission_comments set words = 'other'",
        "update commission_timetables set days = '{}'",
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_released_and_submitted(given: Given, change: str) -> None:
    with given.place.pinned(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(change))


def test_an_altered_paper_is_shown_to_nobody(given: Given, owner_of: Any) -> None:
    reference = given.give()
    given.paper(reference)
    with given.place.pinned(owner_of):
        paper = db.session.scalars(select(CommissionPaper)).one()
        db.session.execute(
            text("update commission_papers set content = cast(:c as json) where id = :i"),
            {"c": '[{"heading": "", "rows": [["", "Something else"]]}]', "i": paper.id},
        )
        db.session.connection().commit()
    for who, path in ((given.reviewer, f"/commissions/{reference}"), (given.team, given.path(reference))):
        answer = given.get(who, f"{path}/papers/1")
        assert answer.status_code == 500
        assert "Something else" not in answer.get_data(as_text=True)


def test_nothing_is_shown_where_the_read_log_cannot_be_written(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.ledger import read_log

    reference = given.give()
    given.paper(reference)

    def broken(*_args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(read_log, "viewed", broken)
    for rest in ("", "/papers/1", "/draft", "/submit"):
        answer = given.get(given.reviewer, f"/commissions/{reference}{rest}")
        assert answer.status_code == 500
        assert "The incident" not in answer.get_data(as_text=True)


@pytest.mark.duty("B3-15")
def test_a_removal_and_a_save_at_the_same_moment_come_one_after_the_other(given: Given) -> None:
    reference = given.give()
    given.draft(reference, "Before")
    answers: dict[str, int] = {}

    def act(name: str, verb: Any) -> None:
        answers[name] = verb().status_code

    for client in (given.reviewer, given.team):
        given.client(client)
    removing = threading.Thread(
        target=act, args=("remove", lambda: given.act(reference, "/remove", reason="Now"))
    )
    saving = threading.Thread(target=act, args=("save", lambda: given.draft(reference, "After", 1)))
    submitting = threading.Thread(
        target=act, args=("submit", lambda: given.submit(reference, key=str(uuid4())))
    )
    for one in (removing, saving, submitting):
        one.start()
    for one in (removing, saving, submitting):
        one.join()
    assert answers["remove"] == 303
    assert answers["save"] in (303, 404)
    assert answers["submit"] in (303, 404, 409)
    kinds = [
        row.kind for row in given.told(EventKind.DRAFT_SUBMITTED) + given.told(EventKind.REVIEWER_REMOVED)
    ]
    assert kinds.count("reviewer-removed") == 1
    numbers = {row.kind: row.number for row in given.told(EventKind.DRAFT_SUBMITTED)}
    (removal,) = given.told(EventKind.REVIEWER_REMOVED)
    assert all(number < removal.number for number in numbers.values())


def test_drafts_stay_with_the_partnership(given: Given) -> None:
    reference = given.give(last=1)
    given.draft(reference, "Unfinished")
    given.to(MONDAY + 5 * DAY)
    assert given.get(given.reviewer, f"/commissions/{reference}/draft").status_code == 404
    assert stored(given)[0].content["report"] == "Unfinished"
    with given.place.pinned():
        assert db.session.scalars(select(CommissionTerms)).all() == []

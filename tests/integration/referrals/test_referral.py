"""A referral from its first word to its reference, on the real database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.access.permissions import Permission
from app.access.roles import Role
from app.cases.queries import children_of, obligations_of
from app.ledger.service import history
from app.outbox.models import OutboxMessage
from app.procedure.events import EventKind
from app.referrals.models import ReferralDraft
from app.referrals.queries import referral_record
from tenants.db import db
from tests.integration.referrals.conftest import draft_at, fill, send, submit
from tests.support.people import Someone, find
from tests.support.places import Place
from tests.unit.referrals.typed import whole

Begin = Callable[[Someone], tuple[FlaskClient, str]]
ClientAs = Callable[[Someone | None], FlaskClient]


def messages_of(place: Place, address: str) -> list[tuple[str, Any]]:
    draft_id = address.rsplit("/", 1)[1]
    with place.pinned():
        rows = db.session.scalars(select(OutboxMessage)).all()
        return [(row.kind, row.to_person) for row in rows if row.context.get("draft_id") == draft_id]


@pytest.mark.duty("A-01", "A-02", "A-04")
def test_a_practitioners_draft_is_shared_submitted_and_acknowledged(
    wight: Place, practitioner: Someone, representative: Someone, begun: Begin, client_as: ClientAs
) -> None:
    author, address = begun(practitioner)
    fill(author, wight, address)
    colleague = client_as(representative)
    assert colleague.get(address).status_code == 404
    assert author.post(f"{address}/share").status_code == 303
    assert ("referral-draft-shared", representative.person_id) in messages_of(wight, address)
    assert colleague.get(address).status_code == 200
    assert author.post(f"{address}/submit").status_code == 404
    answer = submit(colleague, wight, address)
    assert answer.status_code == 303
    row = draft_at(wight, address)
    assert row.state == "submitted"
    assert row.reference is not None
    assert row.reference in colleague.get(answer.headers["Location"]).text
    assert row.reference in author.get(f"{address}/done").text
    told = messages_of(wight, address)
    assert ("referral-acknowledged", representative.person_id) in told
    assert ("referral-received", find(wight, Role.PARTNERSHIP_TEAM).person_id) in told
    assert row.case_id is not None
    with wight.pinned():
        kinds = [event.kind for event in history(row.case_id)]
        record = referral_record(row.case_id)
        children = [(child.concern, child.name, child.birth_certainty) for child in children_of(row.case_id)]
        owed = {entry.duty: entry.open for entry in obligations_of(row.case_id)}
    assert kinds == [
        EventKind.REFERRAL_SUBMITTED,
        EventKind.LOCAL_AUTHORITY_AWARE,
        EventKind.REFERRAL_ACKNOWLEDGED,
    ]
    assert dict(record[0][1])["Full name"] == "Ash Invented"
    assert children == [
        ("subject", "Ash Invented", "known"),
        ("subject", None, "unborn"),
        ("other", "Rowan Invented", "estimated"),
    ]
    assert owed["A-02"] is False
    assert owed["B1-06"] is True
    assert owed["B1-03"] is True


@pytest.mark.duty("A-03")
def test_the_chair_of_cdop_refers_with_cdop_as_source(
    wight: Place, cdop_chair: Someone, begun: Begin
) -> None:
    client, address = begun(cdop_chair)
    fill(client, wight, address)
    refused = submit(client, wight, address)
    assert refused.status_code == 422
    assert "inter-agency working" in refused.text
    send(client, wight, address, "cdop", whole()["cdop"])
    assert submit(client, wight, address).status_code == 303
    row = draft_at(wight, address)
    assert row.source == "cdop"
    with wight.pinned():
        submitted = history(row.case_id)[0]
    assert submitted.facts["source"] == "cdop"
    assert submitted.facts["home_area"] == "E06000046"


def test_sent_twice_it_is_one_case_with_one_reference(
    wight: Place, representative: Someone, begun: Begin
) -> None:
    client, address = begun(representative)
    fill(client, wight, address)
    key, version = uuid4(), draft_at(wight, address).version
    first = submit(client, wight, address, key, version)
    second = submit(client, wight, address, key, version)
    third = submit(client, wight, address, uuid4(), version)
    assert {answer.headers["Location"] for answer in (first, second, third)} == {f"{address}/done"}
    with wight.pinned():
        row = db.session.scalars(select(ReferralDraft).where(ReferralDraft.submission_key == key)).one()
        kinds = [event.kind for event in history(row.case_id)]
    assert kinds.count(EventKind.REFERRAL_SUBMITTED) == 1


def test_a_key_used_by_another_referral_does_no_harm(
    wight: Place, representative: Someone, begun: Begin
) -> None:
    key, references = uuid4(), set()
    for _time in range(2):
        client, address = begun(representative)
        fill(client, wight, address)
        assert submit(client, wight, address, key).status_code == 303
        references.add(draft_at(wight, address).reference)
    assert len(references) == 2


def test_begun_twice_with_one_form_it_is_one_draft(
    wight: Place, practitioner: Someone, client_as: ClientAs
) -> None:
    client, key = client_as(practitioner), str(uuid4())
    with wight.pinned():
        way = str(practitioner.actor().holding(Permission.REFERRAL_DRAFT)[0].agency_id)
    sent = {"way": way, "start_key": key}
    places = {
        client.post("/isle-of-wight/referrals/new", data=sent).headers["Location"] for _time in range(2)
    }
    assert len(places) == 1


def test_a_submitted_referral_changes_no_more(wight: Place, representative: Someone, begun: Begin) -> None:
    client, address = begun(representative)
    fill(client, wight, address)
    submit(client, wight, address)
    before = draft_at(wight, address).answers
    assert client.post(f"{address}/criteria", data={"why": "changed"}).headers["Location"].endswith("/done")
    assert client.post(f"{address}/criteria/autosave", data={"why": "changed"}).status_code == 409
    assert client.post(f"{address}/discard").status_code == 409
    assert client.post(f"{address}/child-1/remove").status_code == 409
    assert client.get(address).status_code == 303
    assert draft_at(wight, address).answers == before


@pytest.mark.duty("A-04")
def test_without_an_answer_on_other_children_nothing_is_submitted(
    wight: Place, representative: Someone, begun: Begin
) -> None:
    client, address = begun(representative)
    fill(client, wight, address, leave=("others", "other-1"))
    refused = submit(client, wight, address)
    assert refused.status_code == 422
    assert "siblings or other children" in refused.text
    assert f"{address}/others?check=1#known" in refused.text
    assert draft_at(wight, address).state == "draft"
    send(client, wight, address, "others", {"known": "no", "how_checked": "Asked the school"})
    assert submit(client, wight, address).status_code == 303


@pytest.mark.duty("A-01")
def test_returned_a_draft_is_its_authors_alone_again(
    wight: Place, practitioner: Someone, representative: Someone, begun: Begin, client_as: ClientAs
) -> None:
    author, address = begun(practitioner)
    colleague = client_as(representative)
    assert colleague.post(f"{address}/return").status_code == 404
    author.post(f"{address}/share")
    assert author.post(f"{address}/return").status_code == 404
    assert colleague.post(f"{address}/discard").status_code == 409
    assert colleague.post(f"{address}/return").status_code == 303
    assert colleague.get(address).status_code == 404
    assert author.get(address).status_code == 200
    assert ("referral-draft-returned", practitioner.person_id) in messages_of(wight, address)


def test_a_discarded_draft_is_erased_and_gone(wight: Place, practitioner: Someone, begun: Begin) -> None:
    author, address = begun(practitioner)
    send(author, wight, address, "criteria", {"why": "typed", "lessons": ""})
    assert author.get(f"{address}/discard").status_code == 200
    assert author.post(f"{address}/discard").status_code == 303
    assert author.get(address).status_code == 404
    row = draft_at(wight, address)
    assert (row.state, row.answers) == ("discarded", {})


def test_children_are_added_up_to_twelve_and_removed_without_their_number_coming_back(
    wight: Place, practitioner: Someone, begun: Begin
) -> None:
    author, address = begun(practitioner)
    for number in range(2, 13):
        answer = send(author, wight, address, "children", {}, go="add")
        assert answer.headers["Location"] == f"{address}/child-{number}"
    assert send(author, wight, address, "children", {}, go="add").status_code == 409
    assert author.get(f"{address}/child-12/remove").status_code == 200
    assert author.post(f"{address}/child-12/remove").status_code == 303
    assert author.post(f"{address}/child-12/remove").status_code == 303
    assert author.get(f"{address}/child-12").status_code == 404
    assert send(author, wight, address, "children", {}, go="add").headers["Location"] == f"{address}/child-13"


def test_every_draft_that_is_begun_shared_or_discarded_is_in_the_ledger(
    wight: Place, practitioner: Someone, begun: Begin
) -> None:
    from app.ledger.models import LedgerEvent

    author, address = begun(practitioner)
    author.post(f"{address}/share")
    author.post(f"{address}/discard")
    draft_id = address.rsplit("/", 1)[1]
    with wight.pinned():
        rows = db.session.scalars(
            select(LedgerEvent).where(LedgerEvent.facts.contains(draft_id)).order_by(LedgerEvent.number)
        )
        kinds = [row.kind for row in rows]
        total = db.session.scalar(select(func.count()).select_from(LedgerEvent))
    assert kinds == [
        "referral-draft-started",
        "referral-shared-with-representative",
        "referral-draft-discarded",
    ]
    assert total is not None

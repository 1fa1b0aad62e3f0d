"""Two people, or one person twice, at the same moment: one wins, nothing is made twice, nothing fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.cases.models import Case
from app.referrals.models import ReferralDraft
from tenants.db import db
from tests.integration.referrals.conftest import draft_at, fill
from tests.support.people import Someone
from tests.support.places import Place

Begin = Callable[[Someone], tuple[FlaskClient, str]]
ClientAs = Callable[[Someone | None], FlaskClient]
AT_ONCE = 4


def together(tasks: list[Callable[[], Any]]) -> list[Any]:
    """Do these at the same moment, each in a thread of its own; what each answered."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_submitted_by_several_forms_at_once_it_is_one_case(
    wight: Place, representative: Someone, begun: Begin, client_as: ClientAs
) -> None:
    client, address = begun(representative)
    fill(client, wight, address)
    version = draft_at(wight, address).version
    clients = [client_as(representative) for _one in range(AT_ONCE)]

    def send(one: FlaskClient) -> Any:
        return one.post(f"{address}/submit", data={"version": version, "submission_key": str(uuid4())})

    answers = together([lambda one=one: send(one) for one in clients])
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.headers["Location"] for answer in answers} == {f"{address}/done"}
    with wight.pinned():
        row = db.session.get_one(ReferralDraft, (wight.id, UUID(address.rsplit("/", 1)[1])))
        cases = db.session.scalar(
            select(func.count()).select_from(Case).where(Case.reference == row.reference)
        )
    assert cases == 1


def test_one_page_saved_by_several_at_once_keeps_one_and_shows_the_others_the_difference(
    wight: Place, practitioner: Someone, begun: Begin, client_as: ClientAs
) -> None:
    author, address = begun(practitioner)
    version = draft_at(wight, address).version
    clients = [client_as(practitioner) for _one in range(AT_ONCE)]

    def send(number: int, one: FlaskClient) -> Any:
        typed = {"why": f"reason {number}", "lessons": "some"}
        hidden = {"version": version, "form_id": str(number), "go": "continue"}
        return one.post(f"{address}/criteria", data={**typed, **hidden})

    answers = together([lambda n=n, one=one: send(n, one) for n, one in enumerate(clients)])
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    kept = draft_at(wight, address).answers["criteria"]["why"]
    for number, answer in enumerate(answers):
        if answer.status_code == 409:
            assert kept in answer.text
            assert f"reason {number}" in answer.text


def test_begun_by_one_form_several_times_at_once_it_is_one_draft(
    practitioner: Someone, wight: Place, client_as: ClientAs
) -> None:
    with wight.pinned():
        way = str(practitioner.actor().capacities[0].agency_id)
    sent = {"way": way, "start_key": str(uuid4())}
    clients = [client_as(practitioner) for _one in range(AT_ONCE)]
    answers = together(
        [lambda one=one: one.post("/isle-of-wight/referrals/new", data=sent) for one in clients]
    )
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1

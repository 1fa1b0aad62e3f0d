"""Observations: added, never changed, answered by the chair of the group, read by those whose business they are."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.access.roles import Role
from app.accounts.queries import holders_of
from app.cases.rebuild import differences
from app.cases.service import lock
from app.ledger.queries import entries_of
from app.outbox.models import OutboxMessage
from app.procedure.clocks import london_date
from app.procedure.events import EventKind
from app.scrutiny.models import Observation, ObservationAnswer
from app.scrutiny.service import NewObservation, observe
from tenants.db import db
from tests.integration.conflicts.sealing import lift, seal
from tests.integration.scrutiny.conftest import WEDNESDAY
from tests.integration.serious_incidents.journey import Journey
from tests.support.people import Someone, client_of, find
from tests.support.places import Place

K = EventKind
WORDS = "The consultant's letter (Tamsin) should have been there before the meeting"


def form(**typed: str) -> dict[str, str]:
    return {"about": "case", "words": WORDS, "entry": "", "submission_key": str(uuid4()), **typed}


def address(journey: Journey) -> str:
    return f"/isle-of-wight/cases/{journey.reference}/observation"


def rows(journey: Journey) -> list[Observation]:
    with journey.place.pinned():
        return list(db.session.scalars(select(Observation).where(Observation.case_id == journey.case_id)))


def practice_rows(place: Place, words: str) -> list[Observation]:
    with place.pinned():
        return list(db.session.scalars(select(Observation).where(Observation.words == words)))


def posted(place: Place, kinds: tuple[str, ...], containing: str = "") -> list[OutboxMessage]:
    with place.pinned():
        found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind.in_(kinds))).all()
        return [one for one in found if containing in one.body]


def whole_list(client: Any) -> str:
    """Every page of the list of observations."""
    pages: list[str] = []
    path: str | None = "/isle-of-wight/scrutiny/observations/"
    while path is not None:
        pages.append(client.get(path).get_data(as_text=True))
        older = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        path = older[1].replace("&amp;", "&") if older else None
    return "\n".join(pages)


def added(journey: Journey, about: str = "case", **more: Any) -> Observation:
    typed = NewObservation(about, more.pop("words", WORDS), uuid4(), **more)
    journey.do(observe, typed, who=journey.scrutineer, now=WEDNESDAY)
    return next(row for row in rows(journey) if row.submission_key == typed.key)


def one(observation: Observation) -> str:
    return f"/isle-of-wight/scrutiny/observations/{observation.id}"


@pytest.mark.duty("S-01")
def test_an_observation_is_added_recorded_and_told_without_its_words(
    agreed: Journey, client_as: Callable[..., Any]
) -> None:
    sent = client_as(agreed.scrutineer).post(address(agreed), data=form())
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/isle-of-wight/cases/{agreed.reference}")
    (row,) = rows(agreed)
    assert (row.about, row.words, row.person_name, row.capacity) == (
        "case", WORDS, agreed.scrutineer.name, "Independent Scrutineer",
    )  # fmt: skip
    (event,) = agreed.events(K.OBSERVATION_RECORDED)
    assert event.facts["observation"] == str(row.id)
    said = agreed.read(entries_of)[-1].said
    assert said["words"] == WORDS
    told = agreed.messages("observation-added")
    expected = {agreed.chair.person_id, agreed.team.person_id}
    assert expected <= {message.to_person for message in told}
    assert agreed.scrutineer.person_id not in {message.to_person for message in told}
    for message in told:
        assert "Tamsin" not in message.subject + message.body
        assert f"/isle-of-wight/scrutiny/observations/{row.id}" in message.body


@pytest.mark.duty("B1-11")
def test_one_on_how_it_was_decided_answers_what_a_scrutineer_owes_and_stands_once_in_the_list(
    contested: Journey, client_as: Callable[..., Any]
) -> None:
    scrutineer = client_as(contested.scrutineer)
    asked = scrutineer.get(address(contested)).get_data(as_text=True)
    assert re.search(r'value="decision"[^>]* checked', asked)  # it is owed, so it is offered first
    assert contested.owed()["B1-11:1"][1] is None
    assert scrutineer.post(address(contested), data=form(about="decision")).status_code == 303
    assert contested.owed()["B1-11:1"] == ("independent-scrutineer", "met")
    assert len(contested.events(K.SCRUTINEER_OBSERVED)) == 1
    assert contested.events(K.OBSERVATION_RECORDED) == []
    assert [(row.about, row.decision) for row in rows(contested)] == [("decision", 1)]
    for page in (f"cases/{contested.reference}", f"scrutiny/{contested.reference}"):
        told = scrutineer.get(f"/isle-of-wight/{page}").get_data(as_text=True)
        assert told.count("Tamsin") == 1
    assert contested.state().entries_of("observation") == []
    assert contested.read(differences) == []


@pytest.mark.duty("S-01")
def test_it_changes_nothing_else(agreed: Journey, client_as: Callable[..., Any]) -> None:
    """Not even the version that says whether somebody's open form is stale."""
    before = (agreed.version(), agreed.owed(), agreed.state().decision)
    client_as(agreed.scrutineer).post(address(agreed), data=form())
    assert (agreed.version(), agreed.owed()) == before[:2]
    with agreed.place.pinned():
        assert lock(agreed.case_id).status == "to-be-notified"


def test_the_same_form_sent_twice_is_one_observation(agreed: Journey, client_as: Callable[..., Any]) -> None:
    scrutineer, typed = client_as(agreed.scrutineer), form()
    for _each in range(2):
        assert scrutineer.post(address(agreed), data=typed).status_code == 303
    assert len(rows(agreed)) == 1
    assert len(agreed.events(K.OBSERVATION_RECORDED)) == 1


def test_the_same_form_sent_many_times_at_once_is_one_observation(
    app: Flask, wight: Place, now: None
) -> None:
    scrutineer, key, words = find(wight, Role.INDEPENDENT_SCRUTINEER), str(uuid4()), f"At once {uuid4()}"
    answers: list[int] = []

    def send() -> None:
        data = {"words": words, "submission_key": key}
        sent = client_of(app, scrutineer).post("/isle-of-wight/scrutiny/observations/add", data=data)
        answers.append(sent.status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 6
    assert len(practice_rows(wight, words)) == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"words": "  \u200b "}, "Enter your observation"),
        ({"about": ""}, "Select what the observation is about"),
        ({"about": "practice"}, "Select what the observation is about"),
        ({"about": "everything"}, "Select what the observation is about"),
        ({"entry": "one"}, "must be a whole number"),
        ({"entry": "999999999"}, "There is no entry of that number here"),
        ({"words": "x" * 10_001}, "10,000 characters or fewer"),
        ({"words": "a\u202eb"}, "hidden characters"),
        ({"entry": "9" * 300}, "200 characters or fewer"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    agreed: Journey, client_as: Callable[..., Any], typed: dict[str, str], message: str
) -> None:
    kept = form(**typed)
    sent = client_as(agreed.scrutineer).post(address(agreed), data=kept)
    told = sent.get_data(as_text=True)
    assert sent.status_code == 400
    assert "There is a problem" in told
    assert told.count(message) >= 2  # in the summary, and beside the field
    if "words" not in typed:
        assert "Tamsin" in told
    assert rows(agreed) == []


def test_an_entry_is_referred_to_only_where_it_is_of_the_case(
    agreed: Journey, silent: Journey, client_as: Callable[..., Any]
) -> None:
    scrutineer = client_as(agreed.scrutineer)
    mine, other = agreed.events()[0].number, silent.events()[0].number
    link = f"{address(agreed)}?entry={mine}"
    assert f'value="{mine}"' in scrutineer.get(link).get_data(as_text=True)
    asked = [
        scrutineer.post(address(agreed), data=form(entry=str(number))) for number in (other, 999_999_999)
    ]
    messages = [re.findall(r"There is no entry[^<]+", answer.get_data(as_text=True)) for answer in asked]
    assert messages[0] == messages[1] != []
    assert scrutineer.post(address(agreed), data=form(entry=f" {mine} ")).status_code == 303
    assert rows(agreed)[0].entry == mine
    told = scrutineer.get(f"/isle-of-wight/scrutiny/{agreed.reference}").get_data(as_text=True)
    assert f"entry {mine}" in told


@pytest.mark.duty("S-01")
def test_the_chair_answers_more_than_once_and_the_scrutineer_is_told(
    agreed: Journey, client_as: Callable[..., Any]
) -> None:
    observation, chair = added(agreed), client_as(agreed.chair)
    for said in ("We ask for letters first (Tamsin) from now on", "It has been done"):
        sent = chair.post(f"{one(observation)}/answer", data={"words": said, "submission_key": str(uuid4())})
        assert (sent.status_code, sent.headers["Location"]) == (303, one(observation))
    told = client_as(agreed.scrutineer).get(one(observation)).get_data(as_text=True)
    assert "We ask for letters first (Tamsin) from now on" in told
    assert "It has been done" in told
    assert agreed.chair.name in told
    assert len(agreed.events(K.OBSERVATION_ANSWERED)) == 2
    messages = agreed.messages("observation-answered")
    assert len(messages) == 2
    assert {message.to_person for message in messages} == {agreed.scrutineer.person_id}
    assert all("Tamsin" not in message.subject + message.body for message in messages)


def test_an_answer_is_not_empty_and_sent_twice_is_one(agreed: Journey, client_as: Callable[..., Any]) -> None:
    observation, chair = added(agreed), client_as(agreed.chair)
    empty = chair.post(f"{one(observation)}/answer", data={"words": " ", "submission_key": str(uuid4())})
    assert empty.status_code == 400
    assert "Enter your answer" in empty.get_data(as_text=True)
    twice = {"words": "Yes", "submission_key": str(uuid4())}
    for _each in range(2):
        assert chair.post(f"{one(observation)}/answer", data=twice).status_code == 303
    with agreed.place.pinned():
        query = select(ObservationAnswer).where(ObservationAnswer.observation_id == observation.id)
        assert len(list(db.session.scalars(query))) == 1
    assert len(agreed.events(K.OBSERVATION_ANSWERED)) == 1


READ = {"scrutineer", "chair", "team", "manager"}


@pytest.mark.parametrize(
    "who",
    [
        "scrutineer",
        "chair",
        "team",
        "manager",
        "partnership_chair",
        "police",
        "director",
        "nurse",
        "lig_member",
    ],
)
def test_who_reads_an_observation_of_a_case(agreed: Journey, client_as: Callable[..., Any], who: str) -> None:
    observation = added(agreed)
    someone: Someone = getattr(agreed, who)
    client = client_as(someone)
    assert client.get(one(observation)).status_code == (200 if who in READ else 404)
    case = client.get(f"/isle-of-wight/cases/{agreed.reference}")
    assert ("Tamsin" in case.get_data(as_text=True)) == (who in READ)
    decision = client.get(f"/isle-of-wight/cases/{agreed.reference}/decision")
    assert "Tamsin" not in decision.get_data(as_text=True)
    listed = client.get("/isle-of-wight/scrutiny/observations/")
    assert listed.status_code == (200 if who in READ | {"partnership_chair"} else 404)
    every = whole_list(client) if listed.status_code == 200 else ""
    assert (agreed.reference in every) == (who in READ)
    assert "Tamsin" not in every  # the words are read where the view is recorded
    answering = client.get(f"{one(observation)}/answer")
    assert answering.status_code == (200 if who in ("chair", "manager") else 404)
    if who == "manager":
        assert "answer in their place only where they cannot" in answering.get_data(as_text=True)


@pytest.mark.duty("S-01")
def test_the_chairs_tasks_say_how_many_wait_for_an_answer(
    agreed: Journey, client_as: Callable[..., Any]
) -> None:
    def said(who: Someone) -> int:
        page = client_as(who).get("/isle-of-wight/tasks").get_data(as_text=True)
        found = re.search(r"(\d+) observations? waits? for your answer", page)
        return int(found[1]) if found else 0

    before = said(agreed.chair)
    observation = added(agreed)
    assert said(agreed.chair) == before + 1
    assert (said(agreed.team), said(agreed.manager)) == (0, 0)
    sent = {"words": "We agree", "submission_key": str(uuid4())}
    assert client_as(agreed.chair).post(f"{one(observation)}/answer", data=sent).status_code == 303
    assert said(agreed.chair) == before


@pytest.mark.duty("S-01")
def test_where_every_chair_is_sealed_out_the_manager_is_told_and_can_answer(
    agreed: Journey, client_as: Callable[..., Any]
) -> None:
    added(agreed)
    assert agreed.manager.person_id not in {one.to_person for one in agreed.messages("observation-added")}
    with agreed.place.pinned():
        chairs = holders_of([Role.LIG_CHAIR.value], london_date(WEDNESDAY))
    seals = [seal(agreed, Someone(one.person_id, one.name, agreed.place), now=WEDNESDAY) for one in chairs]
    observation = added(agreed)
    told = {one.to_person for one in agreed.messages("observation-added") if str(observation.id) in one.key}
    assert agreed.manager.person_id in told
    assert agreed.chair.person_id not in told
    sent = {"words": "We agree", "submission_key": str(uuid4())}
    answer = client_as(agreed.manager).post(f"{one(observation)}/answer", data=sent)
    assert answer.status_code == 303
    page = client_as(agreed.scrutineer).get(one(observation)).get_data(as_text=True)
    assert "We agree" in page
    assert "Strategic Partnership Manager" in page
    for sealed in seals:
        lift(agreed, sealed, now=WEDNESDAY)


def test_the_partnership_chair_reads_those_of_cases_that_came_to_them(
    agreed: Journey, contested: Journey, client_as: Callable[..., Any]
) -> None:
    here, elsewhere = added(contested), added(agreed)
    chair = client_as(agreed.partnership_chair)
    assert chair.get(one(here)).status_code == 200
    assert chair.get(one(elsewhere)).status_code == 404
    listed = whole_list(chair)
    assert contested.reference in listed
    assert agreed.reference not in listed
    assert "Practice" not in listed


def test_what_may_not_be_read_answers_as_what_is_not_there(
    agreed: Journey, client_as: Callable[..., Any], statements: list[str]
) -> None:
    observation, chair = added(agreed), client_as(agreed.partnership_chair)
    asked = []
    for identifier in (observation.id, uuid4()):
        statements.clear()
        answer = chair.get(f"/isle-of-wight/scrutiny/observations/{identifier}")
        assert answer.status_code == 404
        asked.append(
            (list(statements), re.sub(r'nonce="[^"]*"|value="[^"]*"', "", answer.get_data(as_text=True)))
        )
    assert asked[0] == asked[1]


def test_another_partnership_knows_nothing_of_it(
    agreed: Journey, hampshire: Place, client_as: Callable[..., Any]
) -> None:
    observation = added(agreed)
    for role in (Role.INDEPENDENT_SCRUTINEER, Role.LIG_CHAIR, Role.STRATEGIC_MANAGER):
        client = client_as(find(hampshire, role))
        for slug in ("hampshire", "isle-of-wight"):
            path = f"/{slug}/scrutiny/observations/{observation.id}"
            assert client.get(path).status_code == 404
            assert client.post(f"{path}/answer", data={"words": "x"}).status_code == 404
        assert agreed.reference not in client.get("/hampshire/scrutiny/observations/").get_data(as_text=True)


def test_reading_an_observation_is_a_view_of_its_case(agreed: Journey, client_as: Callable[..., Any]) -> None:
    from app.ledger.read_log import views_of

    observation = added(agreed)
    client_as(agreed.manager).get(one(observation))
    with agreed.place.pinned():
        assert (agreed.manager.person_id, "observation") in {
            (view.person_id, view.page) for view in views_of(agreed.case_id)
        }


@pytest.mark.duty("S-01")
def test_an_observation_on_practice_is_of_no_case_and_told_without_its_words(
    wight: Place, now: None, client_as: Callable[..., Any]
) -> None:
    words = f"Deputies are named too late {uuid4()}"
    scrutineer, chair = find(wight, Role.INDEPENDENT_SCRUTINEER), find(wight, Role.LIG_CHAIR)
    data = {"words": words, "submission_key": str(uuid4())}
    sent = client_as(scrutineer).post("/isle-of-wight/scrutiny/observations/add", data=data)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/isle-of-wight/scrutiny/observations/")
    (row,) = practice_rows(wight, words)
    assert (row.about, row.case_id) == ("practice", None)
    told = posted(wight, ("practice-observation-added",), str(row.id))
    assert chair.person_id in {message.to_person for message in told}
    assert all(message.case_reference is None and words not in message.body for message in told)
    answered = client_as(chair).post(
        f"{one(row)}/answer", data={"words": "We name them on Fridays", "submission_key": str(uuid4())}
    )
    assert answered.status_code == 303
    back = posted(wight, ("practice-observation-answered",), str(row.id))
    assert {message.to_person for message in back} == {scrutineer.person_id}
    for role, status in (
        (Role.PARTNERSHIP_TEAM, 200),
        (Role.STRATEGIC_MANAGER, 200),
        (Role.PARTNERSHIP_CHAIR, 404),
    ):
        assert client_as(find(wight, role)).get(one(row)).status_code == status
    empty = client_as(scrutineer).post("/isle-of-wight/scrutiny/observations/add", data={"words": " "})
    assert empty.status_code == 400
    assert "Enter your observation" in empty.get_data(as_text=True)


def test_an_observation_on_practice_refers_to_no_entry_of_a_case(
    agreed: Journey, client_as: Callable[..., Any]
) -> None:
    data = {"words": "x", "entry": str(agreed.events()[0].number), "submission_key": str(uuid4())}
    sent = client_as(agreed.scrutineer).post("/isle-of-wight/scrutiny/observations/add", data=data)
    assert sent.status_code == 400
    assert "There is no entry of that number here" in sent.get_data(as_text=True)


def test_observations_are_read_page_by_page_to_the_last(
    wight: Place, now: None, client_as: Callable[..., Any]
) -> None:
    from app.scrutiny.service import observe_practice

    scrutineer = find(wight, Role.INDEPENDENT_SCRUTINEER)
    with wight.pinned():
        for _ in range(30):  # all at the same moment
            typed = NewObservation("practice", "One of many", uuid4())
            observe_practice(typed, actor=scrutineer.actor(), now=WEDNESDAY)
        db.session.commit()
        every = {str(identifier) for identifier in db.session.scalars(select(Observation.id))}
    seen = re.findall(r"/scrutiny/observations/([0-9a-f-]{36})\"", whole_list(client_as(scrutineer)))
    assert sorted(seen) == sorted(every)


@pytest.mark.parametrize(
    "statement", ["update {} set person_name = 'x'", "delete from {}", "truncate {} cascade"]
)
def test_nothing_is_changed_or_removed_by_the_application_nor_by_the_owner(
    agreed: Journey, owner_of: Flask, client_as: Callable[..., Any], statement: str
) -> None:
    row = added(agreed)
    client_as(agreed.chair).post(f"{one(row)}/answer", data={"words": "x", "submission_key": str(uuid4())})
    client_as(agreed.scrutineer).post("/isle-of-wight/enter/case")
    for table in ("scrutiny_observations", "scrutiny_answers", "refused_writes"):
        for application in (None, owner_of):
            with agreed.place.pinned(application):
                assert db.session.scalar(text(f"select count(*) from {table}"))
                with pytest.raises(DBAPIError):
                    db.session.execute(text(statement.format(table)))

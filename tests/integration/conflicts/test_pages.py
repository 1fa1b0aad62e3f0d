"""The pages: seal, lift, declare and answer; who sees them; the same form twice; what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.access.models import CaseSeal
from app.conflicts.models import ConflictDeclaration
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.conflicts.sealing import REASON, lift, path, seal, submitted
from tests.integration.serious_incidents.journey import Journey
from tests.support.people import Someone
from tests.support.places import Place

Client = Callable[[Someone | None], Any]


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def seals(journey: Journey) -> list[CaseSeal]:
    with journey.place.pinned():
        return list(db.session.scalars(select(CaseSeal).where(CaseSeal.case_id == journey.case_id)))


def declarations(journey: Journey) -> list[ConflictDeclaration]:
    with journey.place.pinned():
        query = select(ConflictDeclaration).where(ConflictDeclaration.case_id == journey.case_id)
        return list(db.session.scalars(query))


def declare(journey: Journey, client: Any, at_once: str = "no", **typed: str) -> Any:
    said = {"kind": "related", "words": "She is my niece", "at_once": at_once, **typed}
    return submitted(client, path(journey, "/conflicts/declare"), **said)


@pytest.mark.parametrize("who", ["team", "manager", "chair"])
def test_whoever_may_seal_seals_somebody_out_with_a_reason(
    journey: Journey, client_as: Client, who: str
) -> None:
    by, police = getattr(journey, who), journey.police
    client = client_as(by)
    assert "Conflicts and seals" in text(client.get(path(journey)))
    answer = submitted(
        client, path(journey, "/conflicts/seal"), person=str(police.person_id), reason=f"  {REASON} "
    )
    assert answer.status_code == 303
    assert client_as(police).get(path(journey)).status_code == 404
    page = text(client.get(path(journey, "/conflicts/")))
    assert police.name in page
    assert REASON in page
    assert by.name in page
    row = seals(journey)[0]
    assert (row.person_id, row.reason, row.sealed_by, row.lifted_at) == (
        police.person_id, REASON, by.person_id, None,
    )  # fmt: skip
    told = journey.events(EventKind.CASE_SEALED)
    assert [event.facts for event in told] == [{"seal": str(row.id)}]


def test_the_same_form_sent_twice_seals_once(journey: Journey, client_as: Client) -> None:
    client = client_as(journey.team)
    sent = {"submission_key": str(uuid4()), "person": str(journey.police.person_id), "reason": REASON}
    answers = [client.post(path(journey, "/conflicts/seal"), data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(seals(journey)) == 1
    assert len(journey.events(EventKind.CASE_SEALED)) == 1


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    journey: Journey, client_as: Client, hampshire: Place
) -> None:
    from app.access.roles import Role
    from tests.support.people import find

    client = client_as(journey.team)
    seal(journey, journey.police)
    elsewhere = find(hampshire, Role.LIG_CHAIR)
    for person, message in (
        ("", "Select who is sealed out"),
        ("not-a-person", "Select who is sealed out"),
        (str(journey.team.person_id), "declare a conflict instead"),
        (str(journey.police.person_id), "sealed out of the case already"),
        (str(elsewhere.person_id), "a member of this partnership"),
        (str(uuid4()), "a member of this partnership"),
    ):
        answer = submitted(client, path(journey, "/conflicts/seal"), person=person, reason="kept <words>")
        assert answer.status_code == 400
        assert message in text(answer)
        assert "kept &lt;words&gt;" in text(answer)
    answer = submitted(client, path(journey, "/conflicts/seal"), person=str(journey.director.person_id))
    assert "Say why they are sealed out" in text(answer)
    answer = submitted(
        client, path(journey, "/conflicts/seal"), person=str(journey.director.person_id), reason="a\x00b"
    )
    assert answer.status_code == 400
    assert len(seals(journey)) == 1


def test_every_member_can_be_sealed_out_whatever_they_are(journey: Journey, client_as: Client) -> None:
    page = text(client_as(journey.team).get(path(journey, "/conflicts/seal")))
    with journey.place.pinned():
        from app.accounts.queries import members_today
        from app.clock_source import now
        from app.procedure.clocks import london_date

        everybody = {person.id for _view, person in members_today(london_date(now()))}
    offered = set(re.findall(r'<option value="([0-9a-f-]{36})"', page))
    assert offered == {str(one) for one in everybody - {journey.team.person_id}}


@pytest.mark.duty("B1-12")
def test_the_page_warns_where_nobody_else_can_act_and_says_what_to_do(
    journey: Journey, client_as: Client
) -> None:
    client, chair = client_as(journey.team), journey.chair
    address = path(journey, "/conflicts/seal")
    first = submitted(client, address, person=str(chair.person_id), reason=REASON)
    assert first.status_code == 409
    page = text(first)
    assert "Nobody else can act for Chair of the group" in page
    assert "ask the partnership administrator" in page
    assert REASON in page
    assert seals(journey) == []
    key, sure = (
        re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("submission_key", "sure")
    )
    assert sure == str(chair.person_id)
    # the warning was about the chair: it does not count for somebody else who is the only one
    sent = {"submission_key": key, "sure": sure, "reason": REASON}
    other = client.post(address, data={**sent, "person": str(journey.director.person_id)})
    assert other.status_code == 409
    assert "name a deputy for them" in text(other)
    assert client.post(address, data={**sent, "person": str(chair.person_id)}).status_code == 303
    assert [row.person_id for row in seals(journey)] == [chair.person_id]


def test_a_seal_is_lifted_with_a_reason_and_they_see_the_case_again(
    journey: Journey, client_as: Client
) -> None:
    seal_id = seal(journey, journey.police)
    client, police = client_as(journey.chair), client_as(journey.police)
    address = path(journey, f"/conflicts/seals/{seal_id}/lift")
    assert submitted(client, address, reason=" ").status_code == 400
    assert police.get(path(journey)).status_code == 404
    sent = {"submission_key": str(uuid4()), "reason": "She no longer manages her"}
    assert [client.post(address, data=sent).status_code for _ in range(2)] == [303, 303]
    assert police.get(path(journey)).status_code == 200
    page = text(client.get(path(journey, "/conflicts/")))
    assert "Lifted seals" in page
    assert "She no longer manages her" in page
    assert len(journey.events(EventKind.SEAL_LIFTED)) == 1
    again = client.post(address, data={"submission_key": str(uuid4()), "reason": "Again"})
    assert again.status_code == 409
    assert "lifted already" in text(client.get(address))
    seal(journey, journey.police)  # sealed anew, beside the lifted one
    assert police.get(path(journey)).status_code == 404
    assert len(seals(journey)) == 2


def test_seals_of_another_case_are_not_of_this_one(journey: Journey, client_as: Client, wight: Place) -> None:
    other = Journey(wight)
    seal_id = seal(other, journey.police)
    client = client_as(journey.team)
    assert client.get(path(journey, f"/conflicts/seals/{seal_id}/lift")).status_code == 404
    assert client.get(path(journey, f"/conflicts/seals/{uuid4()}/lift")).status_code == 404
    assert client_as(journey.police).get(path(journey)).status_code == 200


def test_only_those_who_may_know_read_of_seals_anywhere(journey: Journey, client_as: Client) -> None:
    before = {
        name: text(client_as(getattr(journey, name)).get(path(journey))) for name in ("director", "nurse")
    }
    lift(journey, seal(journey, journey.police))
    seal(journey, journey.police_too)
    for name in ("team", "manager", "chair", "scrutineer"):
        client = client_as(getattr(journey, name))
        for page in ("", "/history", "/conflicts/"):
            told = text(client.get(path(journey, page)))
            assert REASON in told
            assert journey.police_too.name in told
    for name, page_before in before.items():
        client = client_as(getattr(journey, name))
        for page in ("", "/history", "/conflicts/", "/conflicts/declare", "/decision"):
            told = text(client.get(path(journey, page)))
            assert REASON not in told
            offered = re.sub(r"<form.*</form>|one of them seals you out", "", told, flags=re.DOTALL)
            assert not re.search(r"seal", offered, re.IGNORECASE)
        now = text(client.get(path(journey)))
        assert bare(now) == bare(page_before)  # not one count, not one version has changed


def bare(page: str) -> str:
    page = re.sub(r'nonce="[^"]*"', "", page)
    page = re.sub(r'data-(time-out|mark)="[^"]*"', "", page)
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def test_a_conflict_is_declared_told_without_content_and_kept_with_a_reason(
    journey: Journey, client_as: Client
) -> None:
    nurse, team = client_as(journey.nurse), client_as(journey.team)
    assert "Declare a conflict" in text(nurse.get(path(journey)))
    assert "Conflicts and seals" not in text(nurse.get(path(journey)))
    assert declare(journey, nurse).status_code == 303
    row = declarations(journey)[0]
    assert (row.person_id, row.kind, row.words, row.answer) == (
        journey.nurse.person_id, "related", "She is my niece", None,
    )  # fmt: skip
    told = journey.messages("conflict-declared")
    assert {one.to_person for one in told} >= {journey.team.person_id, journey.chair.person_id}
    assert all("niece" not in one.body and journey.nurse.name not in one.body for one in told)
    assert all(f"/cases/{journey.reference}/conflicts/" in one.body for one in told)
    assert "Waits for an answer" in text(team.get(path(journey, "/conflicts/")))
    address = path(journey, f"/conflicts/declarations/{row.id}/answer")
    assert submitted(team, address, answer="keep", reason=" ").status_code == 400
    assert submitted(team, address, answer="", reason="x").status_code == 400
    assert submitted(team, address, answer="keep", reason="Eighteen years ago").status_code == 303
    assert nurse.get(path(journey)).status_code == 200
    for client in (nurse, team, client_as(journey.scrutineer)):
        page = text(client.get(path(journey, "/conflicts/")))
        assert "Eighteen years ago" in page
        assert "She is my niece" in page
    assert "niece" not in text(client_as(journey.police).get(path(journey, "/conflicts/")))
    assert "niece" not in text(nurse.get(path(journey)))
    assert len(journey.events(EventKind.CONFLICT_ANSWERED)) == 1
    assert team.get(address).status_code == 409
    assert client_as(journey.police).get(address).status_code == 404


def test_a_declaration_is_answered_with_a_seal(journey: Journey, client_as: Client) -> None:
    police, chair = client_as(journey.police), client_as(journey.chair)
    declare(journey, police)
    declare(journey, police, kind="worked", words="I was the investigating officer")
    address = path(journey, f"/conflicts/declarations/{declarations(journey)[0].id}/answer")
    sent = {"submission_key": str(uuid4()), "answer": "seal", "reason": "Too close"}
    assert [chair.post(address, data=sent).status_code for _ in range(2)] == [303, 303]
    assert police.get(path(journey)).status_code == 404
    assert police.get(path(journey, "/conflicts/")).status_code == 404
    assert [row.answer for row in declarations(journey)] == ["sealed", "sealed"]
    assert len(seals(journey)) == 1


def test_sealing_by_the_form_answers_what_they_declared(journey: Journey, client_as: Client) -> None:
    declare(journey, client_as(journey.police))
    seal(journey, journey.police)
    assert [row.answer for row in declarations(journey)] == ["sealed"]


@pytest.mark.parametrize("who", ["director", "chair", "scrutineer", "team", "manager", "nurse"])
def test_whoever_asks_for_it_is_sealed_out_at_once(journey: Journey, client_as: Client, who: str) -> None:
    somebody = getattr(journey, who)
    client = client_as(somebody)
    answer = declare(journey, client, at_once="yes")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/tasks")
    assert client.get(path(journey)).status_code == 404
    row, put = declarations(journey)[0], seals(journey)[0]
    assert (row.answer, row.seal_id, put.person_id, put.sealed_by) == (
        "sealed", put.id, somebody.person_id, somebody.person_id,
    )  # fmt: skip
    told = {one.to_person for one in journey.messages("conflict-declared")}
    assert somebody.person_id not in told
    assert told


def test_a_declaration_sent_twice_is_one_and_needs_its_answers(journey: Journey, client_as: Client) -> None:
    client = client_as(journey.nurse)
    for missing in ({"kind": ""}, {"words": " "}, {"at_once": ""}):
        answer = declare(journey, client, **{"at_once": "no", **missing})
        assert answer.status_code == 400
    sent = {"submission_key": str(uuid4()), "kind": "other", "words": "A neighbour", "at_once": "no"}
    address = path(journey, "/conflicts/declare")
    assert [client.post(address, data=sent).status_code for _ in range(2)] == [303, 303]
    assert len(declarations(journey)) == 1
    assert len(journey.events(EventKind.CONFLICT_DECLARED)) == 1


def test_nobody_answers_their_own_declaration(journey: Journey, client_as: Client) -> None:
    client = client_as(journey.chair)
    declare(journey, client)
    address = path(journey, f"/conflicts/declarations/{declarations(journey)[0].id}/answer")
    answer = submitted(client, address, answer="keep", reason="I can be fair")
    assert answer.status_code == 400
    assert "Somebody else must answer" in text(answer)
    assert "Answer this declaration" not in text(client.get(path(journey, "/conflicts/")))


def test_a_case_of_the_same_incident_that_is_still_open_to_them_is_pointed_out(
    journey: Journey, client_as: Client, wight: Place
) -> None:
    other = Journey(wight)
    link(journey, other)
    seal(journey, journey.police)
    page = text(client_as(journey.team).get(path(journey, "/conflicts/")))
    assert f"{other.reference}</a>, which is of the same incident" in page
    seal(other, journey.police)
    assert "of the same incident" not in text(client_as(journey.team).get(path(journey, "/conflicts/")))


def link(one: Journey, other: Journey) -> None:
    """Say that two cases are of one incident."""
    from app.cases.service import lock
    from app.entering import linking
    from tests.integration.conflicts.sealing import NOW

    with one.place.pinned():
        actor = one.team.actor()
        linking.decide(
            lock(one.case_id), lock(other.case_id), linking.Verdict(True, "The same child", ""),
            acting=actor.acting_as(actor.capacities), now=NOW,
        )  # fmt: skip
        db.session.commit()

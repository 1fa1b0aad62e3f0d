"""No path to a case is left to whoever is sealed out of it: found by none, counted by none, hinted at by none."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.queries import page_of_cases, stages_by_edition, visible_case
from app.cases.reference import check_character
from app.cases.tasks import count_of, tasks_of
from app.clock_source import now
from app.entering import likeness, linking
from app.entering.models import EnteredCase
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind
from app.referrals.queries import drafts_of
from tenants.db import db
from tests.integration.cases.test_who_sees import refer_from
from tests.integration.conflicts.sealing import lift, path, seal
from tests.integration.conflicts.test_pages import bare, link, text
from tests.integration.referrals.conftest import fill, submit
from tests.integration.serious_incidents.journey import Journey
from tests.support.came_first import case_that_came_first
from tests.support.people import Someone, find
from tests.support.places import Place
from tests.support.statements import statements_of

Client = Callable[[Someone | None], Any]
EVERYBODY = ("manager", "chair", "director", "childrens", "police", "nurse", "scrutineer", "partnership_chair",
             "lig_member")  # fmt: skip


def pages(client: Any, place: Place) -> list[str]:
    """Everything that lists cases, every page of it."""
    found = [
        text(client.get(f"/{place.slug}/{one}")) for one in ("tasks", "referrals", "deputies/", "settings/")
    ]
    address: str | None = f"/{place.slug}/cases"
    while address is not None:
        found.append(text(client.get(address)))
        older = re.search(r'rel="next" href="([^"]+)"', found[-1])
        address = older[1].replace("&amp;", "&") if older else None
    return found


@pytest.mark.parametrize("who", EVERYBODY)
def test_they_find_and_count_nothing_whatever_they_are(journey: Journey, client_as: Client, who: str) -> None:
    refer_from(journey, "community-health")
    if who == "partnership_chair":
        journey.to_chair()
    else:
        journey.to_responses()
    somebody: Someone = getattr(journey, who)
    client, slug = client_as(somebody), journey.place.slug
    address = path(journey)
    assert client.get(address).status_code == 200
    with journey.place.pinned():
        actor, today = somebody.actor(), london_date(now())
        mine = [one for one in tasks_of(actor, today) if one.case.id == journey.case_id]
        counted = count_of(actor, today)
    seal(journey, somebody)
    assert not any(journey.reference in page for page in pages(client, journey.place))
    assert journey.reference not in text(client.get("/"))
    absent = client.get(f"/{slug}/cases/{absent_reference()}")
    for page in ("", "/history", "/decision", "/conflicts/", "/conflicts/declare", "/clock/B1-03", "/views",
                 "/response", "/pack/", "/pack/download", "/same-incident", "/observation"):  # fmt: skip
        answer = client.get(address + page)
        assert answer.status_code == 404
        assert bare(text(answer)) == bare(text(absent))
    with journey.place.pinned():
        actor = somebody.actor()
        assert visible_case(journey.reference, actor) is None
        assert all(one.case.id != journey.case_id for one in tasks_of(actor, today))
        assert count_of(actor, today) == counted - len(mine) or counted == 100
        assert count_of(actor, today) == len(tasks_of(actor, today))


def absent_reference() -> str:
    """A well-formed reference that no case has."""
    middle = "".join(secrets.choice("23456789") for _ in range(4))
    return f"IOW-{middle}-{check_character('IOW', middle)}"


def test_home_counts_and_stage_counts_leave_it_out(journey: Journey, client_as: Client) -> None:
    manager = journey.manager
    with journey.place.pinned():
        before, of_team = (sum(stages_by_edition(one.person_id).values()) for one in (manager, journey.team))
    seal(journey, manager)
    with journey.place.pinned():
        assert sum(stages_by_edition(manager.person_id).values()) == before - 2
        assert sum(stages_by_edition(journey.team.person_id).values()) == of_team


@pytest.mark.duty("B1-12")
def test_what_everybody_who_owes_is_sealed_out_of_is_a_task_of_the_team(journey: Journey) -> None:
    def tasks() -> tuple[set[str], int]:
        with journey.place.pinned():
            actor, today = journey.team.actor(), london_date(now())
            found = tasks_of(actor, today, 10_000)
            return (
                {one.obligation.owner for one in found if one.case.id == journey.case_id},
                count_of(actor, today, 10_000),
            )

    journey.share()
    before, counted = tasks()
    assert "lig-chair" not in before
    seal_id = seal(journey, journey.chair, by=journey.team)
    after, more = tasks()
    assert after == before | {"lig-chair"}
    assert more > counted
    lift(journey, seal_id, by=journey.team)
    assert tasks() == (before, counted)


def test_what_is_sealed_costs_the_statements_of_what_is_absent(journey: Journey, client_as: Client) -> None:
    seal(journey, journey.police)
    client = client_as(journey.police)
    client.get(f"/{journey.place.slug}/tasks")  # from here on its cookie stands
    asked, headers = [], []
    for reference in (journey.reference, absent_reference()):
        for page in ("", "/history", "/response", "/conflicts/declare"):
            with statements_of(journey.place.app) as told:
                answer = client.get(f"/{journey.place.slug}/cases/{reference}{page}")
            assert answer.status_code == 404
            asked.append(list(told))
            headers.append(sorted(name for name, _value in answer.headers))
    assert asked[:4] == asked[4:]
    assert headers[:4] == headers[4:]
    assert all(asked)


def test_a_form_that_was_open_before_is_refused_and_changes_nothing(
    journey: Journey, client_as: Client
) -> None:
    journey.to_responses()
    client = client_as(journey.police)
    shown = text(client.get(path(journey, "/response")))
    key = re.search(r'name="submission_key"[^>]*value="([^"]+)"', shown)
    assert key is not None
    seal(journey, journey.police)
    before = len(journey.events())
    sent = {"submission_key": key[1], "seen": "", "outcome": "notify", "rationale": "What I know"}
    answer = client.post(path(journey, "/response"), data={**sent, "party": "police"})
    assert answer.status_code == 404
    missing = client.post(f"/{journey.place.slug}/cases/{absent_reference()}/response", data=sent)
    # what was typed is shown for copying on both, so that nothing tells them apart
    assert bare(text(answer)).replace('value="police"', "") == bare(text(missing)).replace(
        'value="police"', ""
    )
    assert len(journey.events()) == before
    assert client.post(path(journey, "/conflicts/declare"), data=sent).status_code == 404


def test_a_seal_put_while_somebody_acts_comes_first_or_last_and_never_between(journey: Journey) -> None:
    """Whoever was let in a moment before the seal is refused where the case is locked."""
    from flask import g
    from werkzeug.exceptions import NotFound

    from app.cases.service import lock

    seal(journey, journey.police)
    with journey.place.app.test_request_context("/"), journey.place.pinned():
        g.actor = journey.police.actor()
        with pytest.raises(NotFound):
            lock(journey.case_id)
        g.actor = journey.team.actor()
        assert lock(journey.case_id).id == journey.case_id


def test_cases_of_the_same_incident_are_not_told_to_whoever_is_sealed_out_of_one(
    journey: Journey, client_as: Client, wight: Place
) -> None:
    for verdict in ("suggested", "linked"):
        one = Journey(wight)
        name_children(one)
        other = Journey(wight)
        name_children(other)
        if verdict == "linked":
            link(one, other)
        team, chair = client_as(one.team), client_as(one.chair)
        assert other.reference in text(team.get(path(one)))
        if verdict == "linked":
            assert "Linked with another referral" in text(chair.get(path(one)))
            seal(other, one.chair)
            for page in ("", "/history"):
                assert "Linked with another referral" not in text(chair.get(path(one, page)))
                assert other.reference not in text(chair.get(path(one, page)))
        seal(other, one.team, by=one.chair if verdict == "suggested" else one.manager)
        for page in ("", "/history", "/same-incident"):
            shown = text(team.get(path(one, page)))
            assert other.reference not in shown
            assert other.reference.lower() not in shown
            assert "Linked with another referral" not in shown
        missing = absent_reference()
        told = []
        for reference in (other.reference, missing):
            answer = team.get(path(one, f"/same-incident?with={reference}"))
            assert answer.status_code == 404
            told.append(without_key(text(answer)).replace(reference, ""))
        assert told[0] == told[1]
        sent = {"with": other.reference, "verdict": "linked", "reason": "I think so"}
        assert team.post(path(one, "/same-incident"), data=sent).status_code == 404
        with one.place.pinned():
            actor = one.team.actor()
            case = db.session.scalars(select(Case).where(Case.id == one.case_id)).one()
            assert all(like.case.id != other.case_id for like in likeness.likenesses(case, actor))
            assert linking.verdicts(one.case_id, actor) == []


def without_key(page: str) -> str:
    return re.sub(r'name="submission_key"[^>]*value="[^"]*"', "", bare(page))


def name_children(journey: Journey) -> None:
    """The same child in each."""
    from datetime import date

    from app.access.actor import SYSTEM
    from app.cases.service import ChildFacts, add_children
    from app.ledger.service import record
    from tests.integration.serious_incidents.journey import MONDAY

    with journey.place.pinned():
        add_children(journey.case_id, [ChildFacts("subject", "Wren Invented", date(2022, 2, 2), "exact")])
        record(
            EventKind.PARTY_INFORMED, case_id=journey.case_id, acting=SYSTEM, happened_at=MONDAY, now=MONDAY
        )
        db.session.commit()


def test_a_submitted_referral_is_no_longer_its_authors(
    journey: Journey, client_as: Client, wight: Place
) -> None:
    author, practitioner = (
        find(wight, Role.AGENCY_LIG_MEMBER, "community-health"),
        find(wight, Role.PRACTITIONER),
    )
    client = client_as(author)
    key = str(uuid4())
    with wight.pinned():
        from app.referrals.queries import ways_to_refer

        way = ways_to_refer(author.actor())[0].value
    begun = client.post(f"/{wight.slug}/referrals/new", data={"way": way, "start_key": key})
    draft = begun.headers["Location"]
    fill(client, wight, draft)
    assert submit(client, wight, draft).status_code == 303
    reference = re.search(r"IOW-[A-Z0-9]{4}-[A-Z0-9]", text(client.get(f"{draft}/done")))
    assert reference is not None
    with wight.pinned():
        case = db.session.scalars(select(Case).where(Case.reference == reference[0])).one()
    journey.case_id, journey.reference = case.id, case.reference
    seal(journey, author)
    absent = re.sub(r"[0-9a-f-]{36}$", str(uuid4()), draft)
    for page in ("", "/done", "/check", "/incident", "/discard"):
        answer, nothing = client.get(draft + page), client.get(absent + page)
        assert (answer.status_code, nothing.status_code) == (404, 404)
        assert bare(text(answer)) == bare(text(nothing))
    for page in ("/submit", "/share", "/return", "/discard", "/incident", "/incident/autosave"):
        with statements_of(wight.app) as told:
            answer = client.post(draft + page)
        with statements_of(wight.app) as nothing_told:
            nothing = client.post(absent + page)
        assert (answer.status_code, nothing.status_code) == (404, 404)
        assert told == nothing_told
    listed = text(client.get(f"/{wight.slug}/referrals"))
    assert reference[0] not in listed
    assert draft.rsplit("/", 1)[1] not in listed
    with wight.pinned():
        assert all(one.case_id != case.id for one in drafts_of(author.actor()).submitted)
    # the form that began it leads nowhere now, and begins nothing
    again = client.post(f"/{wight.slug}/referrals/new", data={"way": way, "start_key": key})
    assert again.status_code == 409
    assert practitioner.person_id != author.person_id


def test_the_draft_of_a_case_that_waits_for_its_referral_is_hidden_with_it(
    journey: Journey, client_as: Client, wight: Place
) -> None:
    member = find(wight, Role.AGENCY_LIG_MEMBER, "community-health")
    journey.case_id, journey.reference = case_that_came_first(wight, agency="community-health")
    client = client_as(member)
    draft = client.post(path(journey, "/referral"), data={"submission_key": str(uuid4())}).headers["Location"]
    assert client.get(draft).status_code == 200
    seal_id = seal(journey, member)
    assert client.get(draft).status_code == 404
    assert draft.rsplit("/", 1)[1] not in text(client.get(f"/{wight.slug}/referrals"))
    assert client.post(path(journey, "/referral"), data={"submission_key": str(uuid4())}).status_code == 404
    lift(journey, seal_id)
    assert client.get(draft).status_code == 200


def test_a_notification_form_sent_again_leads_nowhere(
    journey: Journey, client_as: Client, wight: Place
) -> None:
    client = client_as(journey.team)
    sent = {"submission_key": str(uuid4()), "heading": "A child (invented)", "summary": "Known",
            "panel_reference": f"INV-{uuid4().hex[:8]}", "submitted_by": "The director", "agency": "police",
            "channel": "national-system"}  # fmt: skip
    for name, hour in (("aware_at", "8:00"), ("submitted_at", "9:00")):
        sent |= {f"{name}-day": "23", f"{name}-month": "11", f"{name}-year": "2026", f"{name}-time": hour}
    made = client.post(f"/{wight.slug}/enter/notification-first", data=sent)
    assert made.status_code == 303, text(made)
    reference = made.headers["Location"].rsplit("/", 1)[1]
    with wight.pinned():
        case = db.session.scalars(select(Case).where(Case.reference == reference)).one()
        cases = db.session.scalar(select(func.count()).select_from(Case))
    journey.case_id, journey.reference = case.id, reference
    seal(journey, journey.team, by=journey.chair)
    again = client.post(f"/{wight.slug}/enter/notification-first", data=sent)
    assert again.status_code == 404
    assert reference not in text(again)
    with wight.pinned():
        assert db.session.scalar(select(func.count()).select_from(Case)) == cases


def entered(client: Any, place: Place, own: str) -> Any:
    typed = {"own_reference": own, "title": "A child aged 7 (invented)", "agency": "police", "summary": "x",
             "submission_key": str(uuid4()), "referred_on-day": "2", "referred_on-month": "11",
             "referred_on-year": "2026"}  # fmt: skip
    return client.post(f"/{place.slug}/enter/case", data=typed)


def test_a_reference_of_their_own_tells_nobody_that_a_case_has_it(
    journey: Journey, client_as: Client, wight: Place
) -> None:
    own, second = f"SCR/{secrets.token_hex(4)}", find(wight, Role.PARTNERSHIP_TEAM, skip=1)
    client, colleague = client_as(journey.team), client_as(second)
    first = entered(colleague, wight, own)
    assert first.status_code == 303
    assert entered(client, wight, own).status_code == 400
    with wight.pinned():
        row = db.session.scalars(select(EnteredCase).where(EnteredCase.own_reference == own)).one()
        case_id: UUID = row.case_id
    journey.case_id, journey.reference = case_id, first.headers["Location"].rsplit("/", 1)[1]
    seal(journey, journey.team, by=journey.chair)
    theirs = entered(client, wight, own)
    assert theirs.status_code == 303  # to them it is a new one, as if the other did not exist
    assert journey.reference not in theirs.headers["Location"]
    assert entered(client, wight, own).status_code == 400
    assert entered(colleague, wight, own).status_code == 400


def test_the_deputy_of_somebody_sealed_out_sees_the_case_and_a_sealed_deputy_does_not(
    journey: Journey, client_as: Client, owner_of: Flask
) -> None:
    from tests.integration.conflicts.test_messages import colleague, name_deputy_for

    journey.to_responses()
    colleague_of_police = colleague(journey, owner_of, "police")
    name_deputy_for(journey, journey.police, colleague_of_police)
    deputy = client_as(colleague_of_police)
    assert deputy.get(path(journey)).status_code == 200
    seal_id = seal(journey, journey.police)
    assert deputy.get(path(journey)).status_code == 200
    sent = {
        "submission_key": str(uuid4()),
        "seen": "",
        "outcome": "notify",
        "rationale": "For her",
        "party": "police",
    }
    assert deputy.post(path(journey, "/response"), data=sent).status_code == 303
    row = journey.state().positions[SAFEGUARDING_PARTNERS[1]]
    assert row.capacity.startswith(f"Deputy for {journey.police.name}")
    lift(journey, seal_id)
    seal(journey, colleague_of_police)
    assert deputy.get(path(journey)).status_code == 404
    assert client_as(journey.police).get(path(journey)).status_code == 200


def test_the_list_goes_on_past_what_is_hidden(journey: Journey, wight: Place) -> None:
    more = [Journey(wight) for _ in range(3)]
    for one in more[::2]:
        seal(one, journey.chair)
    with wight.pinned():
        actor = journey.chair.actor()
        shown = [case.id for case in page_of_cases(actor, None, 200)]
    assert more[1].case_id in shown
    assert not {more[0].case_id, more[2].case_id} & set(shown)


def test_their_seal_is_lifted_with_the_capacity_and_everything_comes_back(
    journey: Journey, client_as: Client
) -> None:
    seal_id = seal(journey, journey.director)
    client = client_as(journey.director)
    assert client.get(path(journey)).status_code == 404
    lift(journey, seal_id, by=journey.chair)
    assert client.get(path(journey)).status_code == 200
    with journey.place.pinned():
        assert visible_case(journey.reference, journey.director.actor()) is not None

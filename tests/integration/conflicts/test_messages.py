"""What is written about a case goes to nobody who is sealed out of it: posted to none, withheld on its way; and the
partners' requests still reach whoever can answer them."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.roles import Role
from app.accounts.deputies import NewDeputy, name_deputy
from app.cases import reminders
from app.cases.rebuild import differences
from app.outbox import jobs, smtp
from app.outbox.models import JobIntent, MessageState, OutboxMessage
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.serious_incidents import sealed_out, service
from tenants.db import db
from tests.integration.conflicts.sealing import NOW, lift, path, seal, submitted
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.support.cast import one_more
from tests.support.people import Someone, find

REQUEST = "initial-view-shared"


@dataclass
class Post:
    """A mail server that takes everything, or refuses what a test says."""

    sent: list[OutboxMessage] = field(default_factory=list)
    refuse: Callable[[OutboxMessage], bool] = lambda _message: False

    def send(self, message: OutboxMessage, _config: Any, _body: str) -> None:
        if self.refuse(message):
            raise smtp.Bounced("550")
        self.sent.append(message)

    def people(self, kind: str) -> list[UUID | None]:
        return [message.to_person for message in self.sent if message.kind == kind]


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Post:
    post = Post()
    monkeypatch.setattr(smtp, "send", post.send)
    return post


def deliver(journey: Journey) -> None:
    """Do the deliveries of this case that are due, and what they make due."""
    for _ in range(5):
        with journey.place.pinned():
            mine = {str(one.id) for one in db.session.scalars(
                select(OutboxMessage).where(OutboxMessage.case_reference == journey.reference))}  # fmt: skip
            due = [
                one.id
                for one in db.session.scalars(select(JobIntent).where(JobIntent.done_at.is_(None)))
                if one.args.get("message_id") in mine
            ]
        for intent in due:
            assert jobs.run(journey.place.app, journey.place.id, intent) == "done"


def membership(who: Someone) -> UUID:
    with who.place.pinned():
        found = who.actor().capacities[0].membership_id
        assert found is not None
        return found


def name_deputy_for(journey: Journey, principal: Someone, deputy: Someone) -> None:
    """Name a deputy for today, which ends with the test's case: other cases have other people's answers."""
    from app.accounts.queries import deputies_at
    from app.clock_source import now

    principal_membership = membership(principal)
    with journey.place.pinned():
        today = london_date(now())
        typed = NewDeputy(principal_membership, deputy.person_id, today, today, "Leave", uuid4())
        known = deputies_at(today)
        if any((one.person_id, one.principal_id) == (deputy.person_id, principal.person_id) for one in known):
            return
        actor = journey.team.actor()
        assert name_deputy(typed, actor.acting_as(actor.capacities), now()) == []
        db.session.commit()


def colleague(journey: Journey, owner: Flask, agency: str) -> Someone:
    """A further person of an agency, who sees cases and decides nothing; last in every list of names."""
    return one_more(journey.place, owner, (Role.AGENCY_LIG_MEMBER, agency), name=f"Zz of {agency}")


def end_deputies(journey: Journey) -> None:
    from app.accounts.deputies import end_deputy
    from app.accounts.queries import deputies_at
    from app.clock_source import now

    with journey.place.pinned():
        actor = journey.team.actor()
        for one in deputies_at(None):
            end_deputy(one.deputy_id, actor.acting_as(actor.capacities), now())
        db.session.commit()


@pytest.fixture(autouse=True)
def no_deputies(journey: Journey) -> Iterator[None]:
    """Deputies that a test names act in this test only."""
    yield
    end_deputies(journey)


def state_of(journey: Journey, kind: str, who: Someone) -> str:
    return next(one.state for one in journey.messages(kind) if one.to_person == who.person_id)


def test_a_queued_message_is_withheld_and_never_sent(journey: Journey, mail: Post) -> None:
    journey.to_responses()
    seal_id = seal(journey, journey.police)
    deliver(journey)
    assert state_of(journey, REQUEST, journey.police) == MessageState.WITHHELD
    row = next(one for one in journey.messages(REQUEST) if one.to_person == journey.police.person_id)
    assert (row.attempts, row.sent_at) == (0, None)
    assert journey.police.person_id not in mail.people(REQUEST)
    assert journey.police_too.person_id in mail.people(REQUEST)
    # nobody mistakes it for a bounce, and nobody for a receipt of hers: her colleague has received it
    assert journey.events(EventKind.REQUEST_BOUNCED, Party.POLICE) == []
    assert len(journey.events(EventKind.REQUEST_RECEIVED, Party.POLICE)) == 1
    before = len(mail.sent)
    lift(journey, seal_id)
    with journey.place.pinned():
        from app.outbox.delivery import deliver as again

        again({"message_id": str(row.id)}, NOW)
        db.session.rollback()
    assert len(mail.sent) == before
    assert [one.state for one in journey.messages(REQUEST) if one.id == row.id] == [MessageState.WITHHELD]


def test_what_was_withheld_is_asked_anew_when_the_seal_is_lifted(journey: Journey, mail: Post) -> None:
    journey.to_responses()
    seal_id = seal(journey, journey.nurse)
    deliver(journey)
    assert journey.nurse.person_id not in mail.people(REQUEST)
    lift(journey, seal_id)
    deliver(journey)
    assert mail.people(REQUEST).count(journey.nurse.person_id) == 1
    other = seal(journey, journey.nurse, now=NOW + 2 * HOUR)
    journey.respond(Party.ICB, who=find(journey.place, Role.DESIGNATED_PROFESSIONAL, "icb", skip=0)
                    if journey.nurse.name != "Dr Ravi Chandran" else find(
                        journey.place, Role.DESIGNATED_PROFESSIONAL, "icb", skip=1))  # fmt: skip
    lift(journey, other, now=NOW + 3 * HOUR)
    assert len([one for one in journey.messages(REQUEST) if one.to_person == journey.nurse.person_id]) == 2


@pytest.mark.duty("B1-12")
def test_whoever_decides_in_the_directors_absence_is_asked_instead(journey: Journey, mail: Post) -> None:
    journey.to_responses()
    asked = {one.to_person for one in journey.messages(REQUEST)}
    assert journey.childrens.person_id not in asked
    seal(journey, journey.director)
    deliver(journey)
    assert journey.director.person_id not in mail.people(REQUEST)
    assert journey.childrens.person_id in mail.people(REQUEST)
    assert journey.events(EventKind.REQUEST_BOUNCED) == []
    journey.respond(Party.LOCAL_AUTHORITY, who=journey.childrens, now=NOW + HOUR)
    assert journey.state().positions[Party.LOCAL_AUTHORITY].outcome == "notify"


@pytest.mark.duty("B1-12")
def test_a_sealed_directors_deputy_is_asked_and_answers_for_them(
    journey: Journey, mail: Post, owner_of: Flask
) -> None:
    deputy = colleague(journey, owner_of, "childrens-services")
    name_deputy_for(journey, journey.director, deputy)
    journey.to_responses()
    seal(journey, journey.director)
    deliver(journey)
    assert deputy.person_id in mail.people(REQUEST)
    assert journey.director.person_id not in mail.people(REQUEST)
    assert journey.childrens.person_id not in mail.people(REQUEST)  # the director's own deputy comes first
    journey.respond(Party.LOCAL_AUTHORITY, who=deputy, now=NOW + HOUR)


def icb(journey: Journey) -> list[Someone]:
    return [find(journey.place, Role.DESIGNATED_PROFESSIONAL, "icb", skip=place) for place in (0, 1)]


@pytest.mark.duty("B1-08", "N-04")
@pytest.mark.parametrize("delivered_before", [True, False])
def test_where_nobody_of_a_partner_is_left_the_team_is_told_and_no_silence_counts(
    journey: Journey, mail: Post, delivered_before: bool, at: Callable[[datetime], None]
) -> None:
    journey.to_responses()
    if delivered_before:
        at(MONDAY + 5 * HOUR)
        deliver(journey)
    at(MONDAY + 8 * HOUR)
    for somebody in icb(journey):
        seal(journey, somebody)
    deliver(journey)
    told = journey.messages("nobody-can-act")
    assert {one.to_person for one in told} >= {journey.team.person_id}
    assert len({(one.to_person, one.created_at) for one in told}) == len(told)
    assert journey.nurse.name not in "".join(one.body for one in told)
    lost = journey.events(EventKind.REQUEST_BOUNCED, Party.ICB)
    assert [event.facts for event in lost] == [{"nobody": True}]
    assert len(journey.events(EventKind.REQUEST_RECEIVED, Party.ICB)) == delivered_before
    owed = journey.owed()
    assert owed["B1-08:reach:icb"] == ("partnership-team", None)
    assert journey.read(differences) == []
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    assert journey.messages("deputy-contact") == []
    assert not journey.do(service.deem, Party.ICB, TUESDAY_MIDNIGHT)
    assert Party.ICB not in journey.state().positions
    if delivered_before:
        assert len(journey.events(EventKind.SILENCE_NOT_DEEMED, Party.ICB)) == 1
    # the others' silence counts as ever
    if delivered_before:
        assert journey.silent(Party.POLICE)


@pytest.mark.duty("B1-08", "B1-12")
def test_a_deputy_named_afterwards_is_asked_and_the_request_is_received_again(
    journey: Journey,
    mail: Post,
    client_as: Callable[..., Any],
    at: Callable[[datetime], None],
    owner_of: Flask,
) -> None:
    deputy = colleague(journey, owner_of, "icb")
    journey.to_responses()
    at(MONDAY + 5 * HOUR)
    deliver(journey)
    at(MONDAY + 8 * HOUR)
    for somebody in icb(journey):
        seal(journey, somebody)
    deliver(journey)
    away = str(membership(icb(journey)[0]))
    page = f"/{journey.place.slug}/deputies/name?principal={away}"
    today = {"day": "23", "month": "11", "year": "2026"}
    typed = {f"{name}-{part}": value for name in ("starts_on", "ends_on") for part, value in today.items()}
    typed["ends_on-day"] = "24"
    answer = submitted(
        client_as(journey.team), page, principal=away, reason="Leave",
        person=str(deputy.person_id), **typed,
    )  # fmt: skip
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with journey.place.pinned():
        waiting = [
            one.id
            for one in db.session.scalars(select(JobIntent).where(JobIntent.kind == "ask-others"))
            if one.args == {"party": "icb"} and one.done_at is None
        ]
    assert len(waiting) == 1
    assert jobs.run(journey.place.app, journey.place.id, waiting[0]) == "done"
    deliver(journey)
    assert mail.people(REQUEST)[-1] == deputy.person_id
    assert len(journey.events(EventKind.REQUEST_RECEIVED, Party.ICB)) == 2
    assert journey.owed()["B1-08:reach:icb"] == ("partnership-team", "met")
    assert journey.read(differences) == []
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    assert journey.do(service.deem, Party.ICB, TUESDAY_MIDNIGHT)  # now somebody could have answered


@pytest.mark.duty("B1-08", "N-04")
def test_a_deputy_who_goes_after_the_seal_leaves_nobody_whose_silence_could_count(
    journey: Journey, mail: Post, at: Callable[[datetime], None], owner_of: Flask
) -> None:
    journey.to_responses()
    at(MONDAY + 5 * HOUR)
    deliver(journey)
    at(MONDAY + 8 * HOUR)
    name_deputy_for(journey, icb(journey)[0], colleague(journey, owner_of, "icb"))
    for somebody in icb(journey):
        seal(journey, somebody)
    assert journey.events(EventKind.REQUEST_BOUNCED, Party.ICB) == []
    end_deputies(journey)
    journey.do(service.contact_deputy, Party.ICB, actor=None, now=TUESDAY_NOON)
    assert len(journey.events(EventKind.REQUEST_BOUNCED, Party.ICB)) == 1
    assert not journey.do(service.deem, Party.ICB, TUESDAY_MIDNIGHT)
    assert {one.to_person for one in journey.messages("nobody-can-act")} >= {journey.team.person_id}


def test_a_withheld_message_to_a_deputy_did_not_reach_them(journey: Journey, mail: Post) -> None:
    journey.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        journey.receive(party)
    journey.do(service.contact_deputy, Party.LOCAL_AUTHORITY, actor=None, now=NOW)
    assert state_of(journey, "deputy-contact", journey.childrens) == MessageState.QUEUED
    seal(journey, journey.childrens)
    mail.refuse = lambda message: message.kind == "inbox-waiting"
    deliver(journey)
    assert state_of(journey, "deputy-contact", journey.childrens) == MessageState.WITHHELD
    assert (
        len(journey.events(EventKind.DEPUTY_NOT_REACHED, Party.LOCAL_AUTHORITY)) == 2
    )  # the deputy, and the inbox
    assert not journey.do(service.deem, Party.LOCAL_AUTHORITY, TUESDAY_MIDNIGHT)


def test_a_receipt_told_late_by_somebody_sealed_out_meanwhile_is_none(journey: Journey, mail: Post) -> None:
    from app.serious_incidents.jobs import request_outcome

    journey.to_responses()
    for somebody in icb(journey):
        seal(journey, somebody)
    row = next(one for one in journey.messages(REQUEST) if one.to_person == journey.nurse.person_id)
    with journey.place.pinned():
        request_outcome(row, "accepted", NOW + HOUR)
        db.session.commit()
    assert journey.events(EventKind.REQUEST_RECEIVED, Party.ICB) == []
    assert len(journey.events(EventKind.REQUEST_BOUNCED, Party.ICB)) == 1


def test_nothing_is_shared_with_whoever_is_sealed_out(journey: Journey) -> None:
    from app.serious_incidents.errors import OutOfTurn

    seal(journey, journey.chair)
    with pytest.raises(OutOfTurn, match="Nobody is the"):
        journey.share(now=NOW)


EACH = ["police", "childrens", "chair", "manager", "scrutineer", "team", "nurse"]
if os.environ.get("WAYMARK_SAMPLE"):  # script/test tries three of them, drawn by its seed
    EACH = random.Random(os.environ["WAYMARK_SEED"]).sample(EACH, 3)


@pytest.mark.parametrize("who", EACH)
def test_a_whole_case_writes_nothing_to_somebody_sealed_out(
    journey: Journey, mail: Post, who: str, at: Callable[[datetime], None]
) -> None:
    journey.share()
    journey.view(Party.LIG_CHAIR)
    journey.view(Party.SERVICE_DIRECTOR)
    somebody = getattr(journey, who)
    second_team = find(journey.place, Role.PARTNERSHIP_TEAM, skip=1)
    seal(journey, somebody, by=journey.chair if who == "team" else journey.team)
    if who == "team":
        journey.team = second_team
    before = {one.id for one in everything(journey) if one.to_person == somebody.person_id}
    answering = {Party.POLICE: journey.police_too} if who == "police" else {}
    if who == "nurse":
        answering[Party.ICB] = next(one for one in icb(journey) if one.person_id != journey.nurse.person_id)
    journey.share_view(now=NOW)
    deliver(journey)
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, who=answering.get(party), now=NOW + HOUR)
    remind_of_everything(journey)
    journey.decide(now=TUESDAY_NOON)
    remind_of_everything(journey)
    journey.enter(service.raise_information, journey.team, TUESDAY_NOON + HOUR)
    at(TUESDAY_NOON + 2 * HOUR)
    deliver(journey)
    after = {one.id for one in everything(journey) if one.to_person == somebody.person_id}
    assert after == before
    assert all(one.to_person != somebody.person_id for one in mail.sent)
    assert mail.sent
    assert journey.read(differences) == []


def everything(journey: Journey) -> list[OutboxMessage]:
    with journey.place.pinned():
        query = select(OutboxMessage).where(OutboxMessage.case_reference == journey.reference)
        return list(db.session.scalars(query))


def remind_of_everything(journey: Journey) -> None:
    """Every reminder, escalation, warning and moved date that the case can cause now."""
    from app.cases.budget_warnings import budget_warning
    from app.cases.calendar_changes import _tell
    from app.cases.models import Case
    from app.cases.obligation_store import computed

    with journey.place.pinned():
        case = db.session.scalars(select(Case).where(Case.id == journey.case_id)).one()
        for obligation in computed(journey.case_id):
            if obligation.due is None:
                continue
            args = {"case_id": str(journey.case_id), "key": obligation.key, "due": obligation.due.isoformat()}
            reminders.remind(args, TUESDAY_NOON)
            reminders.escalate(args, TUESDAY_NOON)
            budget_warning(args, MONDAY + timedelta(days=6))
            _tell(case, obligation, 99, TUESDAY_NOON)
        db.session.commit()


def test_asking_everywhere_asks_only_where_nobody_could_be_asked(journey: Journey, mail: Post) -> None:
    journey.to_responses()
    deliver(journey)
    before = len(everything(journey))
    with journey.place.pinned():
        sealed_out.ask_everywhere(Party.POLICE, NOW)
        db.session.commit()
    assert len(everything(journey)) == before


def test_what_leads_to_the_seals_is_a_page(journey: Journey, client_as: Callable[..., Any]) -> None:
    assert client_as(journey.team).get(path(journey, "/conflicts/")).status_code == 200


@pytest.mark.parametrize("answer", ["accepted", "withheld"])
def test_no_seal_comes_between_the_question_and_the_sending(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """A seal waits for a delivery that is on its way, and a delivery for a seal that is being recorded."""
    from threading import Event, Thread

    journey.to_responses()
    message = next(one for one in journey.messages(REQUEST) if one.to_person == journey.police.person_id)
    going, go_on, order = Event(), Event(), []

    def slowly(one: OutboxMessage, _config: Any, _body: str) -> None:
        going.set()
        assert go_on.wait(20)
        order.append("sent")

    monkeypatch.setattr(smtp, "send", slowly)
    with journey.place.pinned():
        intent = (
            db.session.scalars(select(JobIntent).where(JobIntent.key == f"deliver:{message.id}")).one().id
        )

    def delivering() -> None:
        jobs.run(journey.place.app, journey.place.id, intent)

    def sealing() -> None:
        seal(journey, journey.police)
        order.append("sealed")

    if answer == "withheld":
        seal(journey, journey.police)
        delivering()
        assert order == []
        return
    threads = [Thread(target=delivering), Thread(target=sealing)]
    threads[0].start()
    assert going.wait(20)
    threads[1].start()
    threads[1].join(1)
    assert order == []  # the seal waits
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert order == ["sent", "sealed"]

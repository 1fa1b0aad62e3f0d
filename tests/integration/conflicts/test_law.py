"""The law of seals: whatever people are and whoever is sealed out of what, they see what they saw without the seals,
but for the sealed cases; every count agrees with its list; and no message goes to anybody sealed out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.access.actor import Actor
from app.access.models import CaseSeal
from app.access.owners import OWNERS
from app.access.roles import Role
from app.access.sealing import sealed_people
from app.cases.models import Case, CaseStatus
from app.cases.queries import page_of_cases, visible, visible_case, visible_references
from app.cases.reminders import owners_of
from app.cases.service import ChildFacts, open_case
from app.cases.tasks import count_of, tasks_of
from app.clock_source import real_now
from app.ledger.service import record
from app.outbox.models import OutboxMessage
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party, Stage
from app.serious_incidents import recipients
from tenants.db import db
from tests.support.cast import cast
from tests.support.people import Someone
from tests.support.places import Place, fresh_place

CASES = 5
SEQUENCES = int(os.environ.get("WAYMARK_SEQUENCES", "0"))  # many in script/soak
PLACES = st.integers(0, CASES - 1)


@dataclass(frozen=True, slots=True)
class Town:
    """A partnership with everybody in it twice, and some cases in different states."""

    place: Place
    people: list[Someone]
    cases: list[UUID]


@pytest.fixture(scope="module")
def town(app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory) -> Town:
    from app.access.actor import SYSTEM

    place = fresh_place(app, owner_of, tmp_path_factory.mktemp("law"))
    first, second = cast(place, owner_of), cast(place, owner_of)
    now, cases = real_now(), []
    with place.pinned():
        for number in range(CASES):
            case = open_case(
                title="A child (invented)", source="agency", agency_id=None,
                referred_by=first[Role.CDOP_CHAIR].person_id if number % 2 else None,
                children=[ChildFacts("subject", None, None, "unknown")], now=now - timedelta(hours=number),
            )  # fmt: skip
            case.status = (CaseStatus.TO_BE_NOTIFIED if number == 2 else CaseStatus.UNDER_DECISION).value
            case.escalated = number == 3
            for kind in (EventKind.REFERRAL_SUBMITTED, EventKind.LOCAL_AUTHORITY_AWARE):
                record(kind, case_id=case.id, acting=SYSTEM, happened_at=now, now=now, stage=Stage.REFERRAL)
            cases.append(case.id)
        db.session.commit()
    return Town(place, [*first.values(), *second.values()], cases)


@pytest.fixture
def pinned(town: Town) -> Iterator[None]:
    """One session for all examples; what an example seals is rolled back."""
    with town.place.pinned():
        yield
        db.session.rollback()


def put(town: Town, person_id: UUID, case_id: UUID, lifted: bool) -> None:
    now = real_now()
    db.session.add(
        CaseSeal(
            case_id=case_id, person_id=person_id, reason="x", sealed_at=now, sealed_by_name="Jo",
            sealed_capacity="Team", submission_key=uuid4(), lifted_at=now if lifted else None,
            lifted_reason="y" if lifted else None,
        )
    )  # fmt: skip


def everything(actor: Actor) -> set[UUID]:
    """Every page of the list."""
    found: list[Case] = []
    while True:
        last = (found[-1].opened_at, found[-1].id) if found else None
        page = list(page_of_cases(actor, last, 2))
        found += page
        if not page:
            return {case.id for case in found}


@given(data=st.data())
@settings(max_examples=max(15, SEQUENCES), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_seals_take_away_the_sealed_cases_and_nothing_else(
    town: Town, pinned: None, data: st.DataObject
) -> None:
    db.session.rollback()
    who = data.draw(st.sampled_from(range(len(town.people))))
    actor, today = town.people[who].actor(), london_date(real_now())
    before = everything(actor)
    tasks = {(task.case.id, task.obligation.key) for task in tasks_of(actor, today)}
    seen = set(db.session.scalars(select(Case.id).where(visible(actor))))
    sealed = data.draw(st.sets(PLACES))
    lifted = data.draw(st.sets(PLACES))
    others = data.draw(
        st.lists(st.tuples(st.sampled_from(range(len(town.people))), PLACES), max_size=5, unique=True)
    )
    for place in sealed:
        put(town, actor.person_id, town.cases[place], False)  # type: ignore[arg-type]
    for place in lifted:
        put(town, actor.person_id, town.cases[place], True)  # type: ignore[arg-type]
    for other, place in others:
        if other != who:
            put(town, town.people[other].person_id, town.cases[place], False)
    db.session.flush()
    hidden = {town.cases[place] for place in sealed}
    assert everything(actor) == before - hidden
    assert set(db.session.scalars(select(Case.id).where(visible(actor)))) == seen - hidden
    now = {(task.case.id, task.obligation.key) for task in tasks_of(actor, today)}
    assert now == {task for task in tasks if task[0] not in hidden}
    assert count_of(actor, today) == len(now)
    rows = {case.id: case.reference for case in db.session.scalars(select(Case))}
    for case_id, reference in rows.items():
        assert (visible_case(reference, actor) is not None) == (case_id in seen - hidden)
    assert visible_references(list(rows.values()), actor) == {rows[one] for one in seen - hidden}
    db.session.rollback()


@given(seals=st.sets(st.tuples(st.integers(0, 2 * len(Role) - 1), PLACES), max_size=30))
@settings(max_examples=max(3, SEQUENCES // 10), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_sealed_out_is_ever_among_those_who_are_written_to(
    town: Town, pinned: None, seals: set[tuple[int, int]]
) -> None:
    db.session.rollback()
    everywhere = {party: _told(town, party, None) for party in Party}
    owing = {party: _owing(party, uuid4()) for party in OWNERS}
    for person, place in seals:
        put(town, town.people[person].person_id, town.cases[place], False)
    db.session.flush()
    for place, case_id in enumerate(town.cases):
        out = {town.people[person].person_id for person, where in seals if where == place}
        assert sealed_people(case_id) == out
        for party in Party:
            told = _told(town, party, case_id)
            assert not told & out
            # Where everybody who owes for a party is sealed out, the Partnership Team owes for it (B1-12)
            nobody_left = party in OWNERS and owing[party] <= out
            team = owing[Party.PARTNERSHIP_TEAM] if nobody_left else set()
            assert told == (everywhere[party] | team) - out
    place = next(iter(seals), (0, 0))[1]
    _write_to_everybody(
        town, place, {town.people[person].person_id for person, where in seals if where == place}
    )
    db.session.rollback()


def _owing(party: Party, case_id: UUID) -> set[UUID | None]:
    """Who owes for a party in a case."""
    return {one.person_id for one in owners_of(party, case_id, real_now())}


def _told(town: Town, party: Party, case_id: UUID | None) -> set[UUID | None]:
    """Everybody whom any list of recipients names for a party."""
    now, case = real_now(), case_id or uuid4()
    found = _owing(party, case) if party in OWNERS else set()
    if party in recipients.ROLES:
        found |= {one.person_id for one in recipients.holders(party, case, now)}
    if party in SAFEGUARDING_PARTNERS and party is not Party.LOCAL_AUTHORITY:
        found |= {one.person_id for one in recipients.representatives(party, case, now)}
        found |= {one.person_id for one in recipients.deputies(party, case, now)}
    return found


def _write_to_everybody(town: Town, place: int, out: set[UUID]) -> None:
    """However a message comes about, the outbox takes none for whoever is sealed out."""
    case = db.session.scalars(select(Case).where(Case.id == town.cases[place])).one()
    mark = str(uuid4())
    for someone in town.people:
        post(
            "decision-recorded", to_person=someone.person_id, to_address="a@b.example", to_name="x",
            key=f"{mark}:{someone.person_id}", now=real_now(), case_reference=case.reference,
            context={"case_id": str(case.id)},
        )  # fmt: skip
    written = set(
        db.session.scalars(select(OutboxMessage.to_person).where(OutboxMessage.key.startswith(mark)))
    )
    assert written == {someone.person_id for someone in town.people} - out


def test_a_message_about_a_case_must_say_which(town: Town, pinned: None) -> None:
    from app.outbox.service import NotAnIdentifier

    with pytest.raises(NotAnIdentifier):
        post(
            "decision-recorded", to_person=town.people[0].person_id, to_address="a@b.example", to_name="x", key="k",
            now=real_now(), case_reference="IOW-7K3M-Q",
        )  # fmt: skip

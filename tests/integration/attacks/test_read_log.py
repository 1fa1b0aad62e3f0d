"""Who looked at what: each view of a case or of a referral is one row with the capacity, or there is no page."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from app.access.permissions import Permission
from app.access.roles import Role
from app.ledger import read_log
from app.ledger.models import ReadEntry
from tenants.db import db
from tests.integration.access.test_matrix import World
from tests.integration.attacks.walks import Step, statements, steps
from tests.support.people import Someone, client_of
from tests.support.servers import Servers

# The Partnership Chair sees a case only once it was escalated.
ESCALATED = (Permission.DISPUTE_DECIDE, Permission.REVIEW_SETTLE)


def views(app: Flask, world: World) -> list[Step]:
    """Every page about one case or one referral."""
    return [one for one in steps(app, world, "GET") if {"reference", "draft_id"} & set(one.rule.arguments)]


def rows_of(someone: Someone) -> list[ReadEntry]:
    """What the log holds of a person, oldest first."""
    with someone.place.pinned():
        query = select(ReadEntry).where(ReadEntry.person_id == someone.person_id)
        return list(db.session.scalars(query.order_by(ReadEntry.viewed_at, ReadEntry.id)))


def subject(world: World, step: Step) -> set[UUID]:
    """The case (or the referral without one) that a page is about."""
    from app.cases.models import Case

    if "draft_id" in step.rule.arguments:
        return {UUID(world.parts["draft_id"])}
    with world.place.pinned():
        wanted = [world.parts["reference"], world.parts["asked"]]
        return set(db.session.scalars(select(Case.id).where(Case.reference.in_(wanted))))


def test_every_page_of_a_case_or_a_referral_writes_one_row_with_the_capacity(
    app: Flask, world: World
) -> None:
    faults, walk = [], views(app, world)
    for step in walk:
        assert step.who is not None
        before = len(rows_of(step.who))
        answer = client_of(app, step.who).get(step.path)
        new = rows_of(step.who)[before:]
        if answer.status_code == 404:
            if step.permission not in ESCALATED or new:
                faults.append(f"{step.path}: nobody could open it")
            continue
        held = {capacity.label for capacity in _actor(step.who)}
        if len(new) != 1:
            faults.append(f"{step.path}: {len(new)} rows, status {answer.status_code}")
        elif new[0].capacity not in held or new[0].case_id not in subject(world, step) or not new[0].page:
            faults.append(f"{step.path}: {new[0].capacity}, {new[0].page}, {new[0].case_id}")
    print(f"\n{len(walk)} pages of a case or a referral, each a row in the log")
    assert faults == []
    assert len(walk) > 30


def _actor(someone: Someone) -> tuple[object, ...]:
    with someone.place.pinned():
        return someone.actor().capacities


def test_what_is_refused_is_no_view(app: Flask, world: World) -> None:
    outsiders = [
        world.other[Role.PARTNERSHIP_TEAM],
        world.own[Role.PARTNERSHIP_ADMINISTRATOR],
        world.ended[Role.LIG_CHAIR],
    ]
    for step in views(app, world):
        for outsider in outsiders:
            with statements(app) as told:
                assert client_of(app, outsider).get(step.path).status_code == 404
            assert not any("read_log" in statement for statement in told)


@pytest.fixture
def closed_log(servers: Servers) -> Iterator[None]:
    """The application may no longer write to the log."""
    engine = create_engine(servers.config.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("revoke insert on read_log from waymark_app"))
    yield
    columns = "partnership_id, person_id, capacity, case_id, page, viewed_at"
    with engine.begin() as connection:
        connection.execute(text(f"grant insert ({columns}) on read_log to waymark_app"))
    engine.dispose()


def test_where_the_log_cannot_be_written_there_is_no_page(app: Flask, world: World, closed_log: None) -> None:
    faults = []
    for step in views(app, world):
        if step.permission in ESCALATED:
            continue
        answer = client_of(app, step.who).get(step.path)
        shown = [part for part in (world.parts["reference"], "A child (invented)") if part in answer.text]
        if answer.status_code not in (500, 503) or shown:
            faults.append(f"{step.path}: {answer.status_code} {shown}")
    assert faults == []


def test_where_the_log_fails_in_any_way_nothing_is_shown_and_nothing_is_done(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the log failed")

    monkeypatch.setattr(read_log, "viewed", fail)
    path = f"/{world.place.slug}/cases/{world.parts['reference']}"
    with world.place.pinned():
        from app.ledger.models import LedgerEvent

        before = db.session.scalar(select(func.count()).select_from(LedgerEvent))
    team = client_of(app, world.own[Role.PARTNERSHIP_TEAM])
    assert team.get(path).status_code == 500
    assert world.parts["reference"] not in team.get(path).text
    assert team.post(f"{path}/share", data={"submission_key": "k"}).status_code == 500
    with world.place.pinned():
        assert db.session.scalar(select(func.count()).select_from(LedgerEvent)) == before


def test_saving_as_one_types_shows_nothing_and_is_no_view(app: Flask, world: World) -> None:
    author = world.own[Role.PRACTITIONER]
    before = len(rows_of(author))
    path = f"/{world.place.slug}/referrals/{world.parts['draft_id']}/incident/autosave"
    assert client_of(app, author).post(path, data={"version": "1"}).status_code in (200, 409)
    assert len(rows_of(author)) == before

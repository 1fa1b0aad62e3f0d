"""Administrators' pages and the operator's commands: the database itself gives them nothing of any case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError

from app import create_app
from app.access import narrowing
from app.access.actor import Actor, Capacity
from app.access.guard import requires
from app.access.permissions import Permission
from app.access.roles import Role
from app.accounts.cli import in_partnership_named
from tenants import rls
from tenants.db import db
from tenants.scope import narrow
from tests.support.people import client_of, find
from tests.support.places import Place
from tests.support.servers import Servers

REGISTRY = {"partnerships", "local_authorities", "calendar_editions", "demo_clock"}
WHO = {"organisations", "identity_providers", "people", "memberships", "organisation_trusts", "agencies",
       "settings_editions", "deputies"}  # fmt: skip
# Made by other steps; used where they are there.
MAYBE = {"invitations", "membership_proposals", "passkeys"}
# Written to and hardly read: the columns that writing once needs.
OWED = {"outbox_messages", "job_intents"}


@pytest.fixture
def owner(servers: Servers) -> Iterator[Connection]:
    engine = create_engine(servers.config.database_owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def granted(owner: Connection, role: str) -> dict[str, set[str]]:
    """What a role may do, by table."""
    rows = owner.execute(
        text("select table_name, privilege_type from information_schema.column_privileges where grantee = :role "
             "union select table_name, privilege_type from information_schema.table_privileges where grantee = :role"),
        {"role": role},
    )  # fmt: skip
    found: dict[str, set[str]] = {}
    for table, privilege in rows:
        found.setdefault(table, set()).add(privilege)
    return found


@pytest.mark.parametrize("role", [rls.PEOPLE, rls.OPERATOR])
def test_the_narrow_roles_have_these_tables_and_no_others(owner: Connection, role: str) -> None:
    found = granted(owner, role)
    assert set(found) - MAYBE == REGISTRY | WHO | OWED
    assert {table for table, may in found.items() if "DELETE" in may} == set()
    if role == rls.PEOPLE:
        assert {table for table in REGISTRY | {"agencies", "settings_editions", "organisations"}
                if found[table] != {"SELECT"}} == set()  # fmt: skip


@pytest.mark.parametrize("role", [rls.PEOPLE, rls.OPERATOR])
def test_every_table_of_cases_is_refused_by_the_database(owner: Connection, wight: Place, role: str) -> None:
    rows = owner.execute(text("select tablename from pg_tables where schemaname = 'public'"))
    closed = {row[0] for row in rows} - REGISTRY - WHO - MAYBE - OWED
    assert {
        "cases",
        "case_children",
        "referral_drafts",
        "ledger_events",
        "ledger_payloads",
        "read_log",
    } <= closed
    for table in sorted(closed):
        with wight.pinned():
            narrow(role)
            with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
                db.session.execute(text(f"select count(*) from {table}"))
    for table in sorted(OWED):
        with wight.pinned():
            narrow(role)
            with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
                db.session.execute(text(f"select * from {table} limit 1"))


def test_a_narrowed_session_stays_so_through_commits_rollbacks_and_savepoints(wight: Place) -> None:
    with wight.pinned():
        assert db.session.scalar(text("select current_user")) == "waymark_app"
        narrow(rls.PEOPLE)
        for ending in (db.session.commit, db.session.rollback, db.session.begin_nested):
            assert db.session.scalar(text("select current_user")) == "waymark_people"
            ending()
        assert db.session.scalar(text("select current_user")) == "waymark_people"
    with wight.pinned():
        assert db.session.scalar(text("select current_user")) == "waymark_app"


def test_a_role_that_is_not_one_of_the_narrow_ones_cannot_be_put_on(wight: Place) -> None:
    with wight.pinned(), pytest.raises(KeyError):
        narrow("waymark_owner")
    with wight.pinned(), pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        db.session.execute(text("set local role waymark_owner"))


def test_narrow_roles_see_one_partnership_only(wight: Place, hampshire: Place) -> None:
    with wight.pinned():
        narrow(rls.PEOPLE)
        places = db.session.execute(text("select distinct partnership_id from memberships")).scalars().all()
    assert places == [wight.id]


def test_the_operators_commands_cannot_read_a_case(app: Flask, wight: Place) -> None:
    def look() -> int:
        return int(db.session.scalar(text("select count(*) from cases")) or 0)

    with app.app_context(), pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        in_partnership_named(wight.slug, look)


def acting(*roles: Role) -> Actor:
    return Actor(None, "Somebody", tuple(Capacity(None, role) for role in roles))


def test_only_an_administrator_who_is_nothing_else_is_narrowed_and_only_in_these_rooms() -> None:
    administrator = acting(Role.PARTNERSHIP_ADMINISTRATOR)
    assert narrowing.is_narrowed("people", administrator)
    assert not narrowing.is_narrowed("cases", administrator)
    assert not narrowing.is_narrowed(None, administrator)
    assert not narrowing.is_narrowed("people", acting(Role.PARTNERSHIP_ADMINISTRATOR, Role.LIG_CHAIR))
    assert not narrowing.is_narrowed("people", acting(Role.STRATEGIC_MANAGER))


def test_every_room_that_is_narrowed_is_there_and_serves_its_page(app: Flask, wight: Place) -> None:
    assert set(app.blueprints) >= narrowing.NARROWED
    administrator = client_of(app, find(wight, Role.PARTNERSHIP_ADMINISTRATOR))
    for page in ("people/", "people/invitations", "people/waiting", "access"):
        assert administrator.get(f"/{wight.slug}/{page}").status_code == 200, page


def test_an_administrators_page_that_asks_for_a_case_is_refused(
    servers: Servers, wight: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(servers.config)
    looking = Blueprint("looking", __name__, url_prefix="/<slug>/looking")

    @looking.get("/<table>")
    @requires(Permission.PEOPLE_VIEW)
    def look(table: str) -> str:
        return str(db.session.scalar(text(f"select count(*) from {table}")))

    app.register_blueprint(looking)
    monkeypatch.setattr(narrowing, "NARROWED", {"looking"})
    administrator = client_of(app, find(wight, Role.PARTNERSHIP_ADMINISTRATOR))
    manager = client_of(app, find(wight, Role.STRATEGIC_MANAGER))
    assert administrator.get("/isle-of-wight/looking/memberships").status_code == 200
    assert administrator.get("/isle-of-wight/looking/cases").status_code == 500
    assert manager.get("/isle-of-wight/looking/cases").status_code == 200

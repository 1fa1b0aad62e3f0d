"""The database's own catalogue, walked: a table, view or function that breaks the isolation fails here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from tenants.base import GLOBAL_TABLES
from tests.support.servers import Servers

ROLES = ("waymark_app", "waymark_relay", "waymark_backup", "waymark_owner")


@pytest.fixture
def owner(servers: Servers) -> Iterator[Connection]:
    engine = create_engine(servers.config.database_owner_url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def tables(connection: Connection) -> set[str]:
    rows = connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
    return {row[0] for row in rows}


def unprotected(connection: Connection) -> list[str]:
    """Every way in which a table could show one partnership's rows to another."""
    faults = []
    for name in sorted(tables(connection) - set(GLOBAL_TABLES)):
        enabled, forced = connection.execute(
            text("select relrowsecurity, relforcerowsecurity from pg_class where oid = cast(:t as regclass)"),
            {"t": name},
        ).one()
        policies = connection.execute(
            text(
                "select policyname, cmd, qual, with_check, roles::text from pg_policies where tablename = :t"
            ),
            {"t": name},
        ).all()
        if not (enabled and forced):
            faults.append(f"{name}: row-level security is not enabled and forced")
        faults += [f"{name}: {fault}" for fault in policy_faults(name, policies)]
        faults += [f"{name}: {fault}" for fault in key_faults(connection, name)]
    return faults


def policy_faults(name: str, policies: list) -> list[str]:
    found = {policy.policyname: policy for policy in policies}
    tenant = found.pop("tenant", None)
    if tenant is None:
        return ["has no policy named tenant"]
    faults = []
    for clause in (tenant.qual, tenant.with_check):
        squeezed = " ".join((clause or "").split()).lower()
        if not squeezed.startswith(
            "(partnership_id = ( select (nullif(current_setting('waymark.partnership'"
        ):
            faults.append(f"tenant policy is not the sub-select on the partnership: {squeezed}")
    for policy in found.values():
        relay = policy.roles == "{waymark_relay}" and name == "job_intents"
        own = policy.cmd == "SELECT" and "waymark.person" in (policy.qual or "")
        if not relay and not own:
            faults.append(f"has a further policy {policy.policyname}: {policy.qual}")
    return faults


def key_faults(connection: Connection, name: str) -> list[str]:
    rows = connection.execute(
        text(
            "select c.contype, c.conname, array(select a.attname::text from unnest(c.conkey) with ordinality k(n, o) "
            "join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by k.o) as cols, "
            "coalesce(c.confrelid::regclass::text, '') as target "
            "from pg_constraint c where c.conrelid = cast(:t as regclass) and c.contype in ('p', 'u', 'f')"
        ),
        {"t": name},
    ).all()
    faults = []
    for kind, constraint, columns, target in rows:
        if kind in ("p", "u") and columns[0] != "partnership_id":
            faults.append(f"{constraint} does not begin with the partnership: {columns}")
        if kind == "f" and target not in GLOBAL_TABLES and columns[0] != "partnership_id":
            faults.append(f"{constraint} can point into another partnership: {columns}")
    return faults


def test_every_table_of_partnerships_is_protected(owner: Connection) -> None:
    assert unprotected(owner) == []


def test_tables_without_a_partnership_are_the_closed_list(owner: Connection) -> None:
    without = {
        name
        for name in tables(owner)
        if not owner.scalar(
            text(
                "select count(*) from information_schema.columns "
                "where table_name = :t and column_name = 'partnership_id' and is_nullable = 'NO'"
            ),
            {"t": name},
        )
    }
    assert without == set(GLOBAL_TABLES)


@pytest.mark.parametrize(
    "planted",
    [
        "create table planted (partnership_id uuid not null, id uuid, primary key (partnership_id, id))",
        "alter table cases no force row level security",
        "alter table cases disable row level security",
        "create policy open_door on cases using (true)",
        "drop policy tenant on cases; create policy tenant on cases using (true)",
        "alter table cases add constraint reference_anywhere unique (reference)",
        "alter table case_children add constraint loose foreign key (ordinal) references planted_target (n)",
    ],
)
def test_a_planted_leak_is_found(owner: Connection, planted: str) -> None:
    if "planted_target" in planted:
        owner.execute(text("create table planted_target (n integer primary key)"))
        baseline = set(unprotected(owner))
    else:
        baseline = set()
    for statement in planted.split(";"):
        owner.execute(text(statement))
    assert set(unprotected(owner)) - baseline


def test_roles_are_neither_superusers_nor_past_row_security(owner: Connection) -> None:
    rows = owner.execute(
        text(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = any(:r)"
        ),
        {"r": list(ROLES)},
    ).all()
    assert {row.rolname for row in rows} == set(ROLES)
    for row in rows:
        assert not row.rolsuper
        assert not row.rolcreaterole
        assert row.rolbypassrls == (row.rolname == "waymark_backup")


def test_the_application_owns_nothing_and_chooses_no_identifier(owner: Connection) -> None:
    owned = owner.scalar(
        text("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname <> 'waymark_owner' "
             "and c.relnamespace = 'public'::regnamespace")
    )  # fmt: skip
    assert owned == 0
    chosen = owner.execute(
        text("select table_name from information_schema.column_privileges where grantee = 'waymark_app' "
             "and column_name = 'id' and privilege_type in ('INSERT', 'UPDATE') and table_name <> all(:g)"),
        {"g": list(GLOBAL_TABLES)},
    ).all()  # fmt: skip
    assert chosen == []


def test_the_relay_sees_due_times_and_no_content(owner: Connection) -> None:
    rows = owner.execute(
        text("select table_name, column_name from information_schema.column_privileges "
             "where grantee = 'waymark_relay' and privilege_type = 'SELECT'")
    ).all()  # fmt: skip
    seen: dict[str, set[str]] = {}
    for table, column in rows:
        seen.setdefault(table, set()).add(column)
    assert set(seen) <= {"job_intents", "partnerships", "demo_clock", "calendar_editions"}
    assert "args" not in seen["job_intents"]


def test_no_definer_function_belongs_to_a_superuser_and_no_view_runs_as_its_owner(owner: Connection) -> None:
    definers = owner.execute(
        text("select p.proname, r.rolsuper from pg_proc p join pg_roles r on r.oid = p.proowner "
             "where p.prosecdef and p.pronamespace = 'public'::regnamespace")
    ).all()  # fmt: skip
    assert {row.proname for row in definers} == {"ledger_append", "new_incident"}
    assert not any(row.rolsuper for row in definers)
    views = owner.execute(
        text("select c.relname from pg_class c where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace "
             "and not coalesce(c.reloptions::text like '%security_invoker=true%', false)")
    ).all()  # fmt: skip
    assert views == []

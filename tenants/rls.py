"""Row-level security for migrations: how a table of a partnership is made.

Every such table has the partnership at the head of its key, row-level security enabled and forced (so that it binds
the owner too), one policy evaluated once per statement, and grants that let the application insert every column but
the identifier, which the database makes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

APPLICATION = "waymark_app"
RELAY = "waymark_relay"
BACKUP = "waymark_backup"
# Roles that nobody signs in as: the application (and for the operator also the owner) puts one on, and then has
# nothing else. Neither has any table that holds something of a case.
PEOPLE = "waymark_people"
OPERATOR = "waymark_operator"
IN_SCOPE = "(select nullif(current_setting('waymark.partnership', true), '')::uuid)"
OWN_PERSON = "(select nullif(current_setting('waymark.person', true), '')::uuid)"


def create_tenant_table(
    op: Any,
    name: str,
    *items: Any,
    append_only: bool = False,
    app_writes: bool = True,
    may_delete: bool = False,
) -> None:
    """Create a table of partnerships with keys, policy and grants.

    `append_only` refuses UPDATE, DELETE and TRUNCATE by grants and by triggers; `app_writes` false leaves the
    application only SELECT (rows are made by a database function or by provisioning).
    """
    op.create_table(
        name,
        sa.Column("partnership_id", sa.Uuid, sa.ForeignKey("partnerships.id"), nullable=False),
        sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), nullable=False),
        *items,
        sa.PrimaryKeyConstraint("partnership_id", "id"),
    )
    columns = [item.name for item in items if isinstance(item, sa.Column)]
    protect(op, name)
    grant(op, name, columns, append_only=append_only, app_writes=app_writes, may_delete=may_delete)
    if append_only:
        refuse_changes(op, name)


def protect(op: Any, name: str) -> None:
    """Enable and force row-level security with the one policy that all tables share."""
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON {name} USING (partnership_id = {IN_SCOPE}) WITH CHECK (partnership_id = {IN_SCOPE})"
    )


def grant(
    op: Any, name: str, columns: list[str], *, append_only: bool, app_writes: bool, may_delete: bool = False
) -> None:
    """Grant the application what it needs and no more; the backup role reads."""
    op.execute(f"GRANT SELECT ON {name} TO {APPLICATION}, {BACKUP}")
    if not app_writes:
        return
    insert = ", ".join(["partnership_id", *columns])
    op.execute(f"GRANT INSERT ({insert}) ON {name} TO {APPLICATION}")
    if append_only:
        return
    if columns:
        op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {name} TO {APPLICATION}")
    if may_delete:
        op.execute(f"GRANT DELETE ON {name} TO {APPLICATION}")


def also_for_people(op: Any, table: str, privileges: str) -> None:
    """Let administrators' pages use a table too, for example `"SELECT, INSERT (name), UPDATE (name)"`.

    It must hold nothing of a case. The operator's commands may use it as well.
    """
    op.execute(f"GRANT {privileges} ON {table} TO {PEOPLE}, {OPERATOR}")


def also_for_people_as_for_the_application(op: Any, table: str) -> None:
    """As `also_for_people`, with whatever the application may do with the table; nothing where it does not exist."""
    connection = op.get_bind()
    for privilege, columns in connection.execute(_PRIVILEGES, {"role": APPLICATION, "table": table}).all():
        also_for_people(op, table, f"{privilege} ({', '.join(columns)})" if columns else privilege)


# What is granted for the whole table, then what is granted for some of its columns only.
_PRIVILEGES = sa.text(
    "with whole as (select privilege_type from information_schema.table_privileges where grantee = :role "
    "and table_schema = 'public' and table_name = :table) "
    "select privilege_type, null::text[] from whole union all "
    "select privilege_type, array_agg(column_name::text order by column_name::text) "
    "from information_schema.column_privileges where grantee = :role and table_schema = 'public' "
    "and table_name = :table and privilege_type not in (select privilege_type from whole) group by privilege_type"
)


def refuse_changes(op: Any, name: str) -> None:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE whoever asks, the owner included."""
    op.execute(
        f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def tenant_key(column: str, table: str) -> sa.ForeignKeyConstraint:
    """A composite foreign key within one partnership."""
    return sa.ForeignKeyConstraint(["partnership_id", column], [f"{table}.partnership_id", f"{table}.id"])

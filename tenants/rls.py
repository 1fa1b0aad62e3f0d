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

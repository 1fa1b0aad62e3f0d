"""The kernel: registry, agencies, settings, calendar, clock, ledger and read log."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from tenants import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {rls.APPLICATION}, {rls.RELAY}, {rls.BACKUP}")
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME "
        "USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    _registry()
    _settings()
    _clock()
    _ledger()


def _identifier() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid, server_default=sa.text("gen_random_uuid()"), primary_key=True)


def _registry() -> None:
    op.create_table(
        "partnerships",
        _identifier(),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("reference_prefix", sa.Text, nullable=False, unique=True),
        sa.Column("colour", sa.Text, nullable=False),
    )
    op.create_table(
        "local_authorities",
        _identifier(),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("partnership_id", sa.Uuid, sa.ForeignKey("partnerships.id")),
    )
    op.create_table("incidents", _identifier())
    for table in ("partnerships", "local_authorities", "incidents"):
        op.execute(f"GRANT SELECT ON {table} TO {rls.APPLICATION}, {rls.BACKUP}")
    op.execute(f"GRANT SELECT (id, slug) ON partnerships TO {rls.RELAY}")
    op.execute(f"REVOKE SELECT ON incidents FROM {rls.APPLICATION}")
    # An opaque identifier that the database makes: the application may take a new one and see only that one.
    op.execute(
        "CREATE FUNCTION new_incident() RETURNS uuid LANGUAGE sql SECURITY DEFINER "
        "SET search_path = public, pg_temp AS $$ INSERT INTO incidents DEFAULT VALUES RETURNING id $$"
    )
    op.execute("REVOKE ALL ON FUNCTION new_incident() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION new_incident() TO {rls.APPLICATION}")


def _settings() -> None:
    rls.create_tenant_table(
        op,
        "agencies",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("partner", sa.Text),
        sa.Column("generic_inbox", sa.Text),
        sa.UniqueConstraint("partnership_id", "key"),
        app_writes=False,
    )
    rls.create_tenant_table(
        op,
        "settings_editions",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("adopted_at", INSTANT, nullable=False),
        sa.UniqueConstraint("partnership_id", "number"),
        append_only=True,
        app_writes=False,
    )


def _clock() -> None:
    op.create_table(
        "calendar_editions",
        _identifier(),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("added", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("adopted_at", INSTANT, nullable=False),
    )
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("offset_seconds", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.execute("INSERT INTO demo_clock (id, offset_seconds) VALUES (1, 0)")
    op.execute(
        "CREATE FUNCTION clock_goes_forward() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.offset_seconds < OLD.offset_seconds THEN "
        "RAISE EXCEPTION 'the demonstration''s clock only goes forward'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER demo_clock_forward BEFORE UPDATE ON demo_clock "
        "FOR EACH ROW EXECUTE FUNCTION clock_goes_forward()"
    )
    op.execute(
        f"GRANT SELECT ON calendar_editions, demo_clock TO {rls.APPLICATION}, {rls.RELAY}, {rls.BACKUP}"
    )
    op.execute(f"GRANT UPDATE (offset_seconds) ON demo_clock TO {rls.APPLICATION}")


def _ledger() -> None:
    rls.create_tenant_table(
        op,
        "ledger_heads",
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("partnership_id"),
        app_writes=False,
    )
    rls.create_tenant_table(
        op,
        "ledger_events",
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor_person", sa.Uuid),
        sa.Column("actor_capacity", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("case_id", sa.Uuid),
        sa.Column("stage", sa.Text),
        sa.Column("party", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("payload_digest", sa.LargeBinary, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("partnership_id", "number"),
        append_only=True,
        app_writes=False,
    )
    op.create_index("ix_ledger_events_case", "ledger_events", ["partnership_id", "case_id", "number"])
    rls.create_tenant_table(
        op,
        "ledger_payloads",
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.UniqueConstraint("partnership_id", "number"),
        app_writes=False,
    )
    rls.create_tenant_table(
        op,
        "read_log",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("capacity", sa.Text, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("viewed_at", INSTANT, nullable=False),
        append_only=True,
    )
    op.create_index("ix_read_log_case", "read_log", ["partnership_id", "case_id", "viewed_at"])
    op.execute((Path(__file__).parent / "0001_ledger_append.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("Waymark's schema only goes forward; restore a backup instead.")

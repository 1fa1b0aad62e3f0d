"""Runs migrations as the owner of the schema, never as the application."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

from tenants.db import Base


def owner_url() -> str:
    """The owner's address. Raises RuntimeError where the environment does not give it."""
    url = current_app.config["WAYMARK"].database_owner_url
    if not url:
        raise RuntimeError("DATABASE_OWNER_URL is not set: migrations run as the owner of the schema.")
    return str(url)


def run() -> None:
    """Apply the migrations in one transaction."""
    engine = create_engine(owner_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, transaction_per_migration=False
        )
        with context.begin_transaction():
            context.run_migrations()


run()

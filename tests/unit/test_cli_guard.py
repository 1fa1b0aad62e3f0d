"""Commands where there is no environment, no server or no table: one line and exit 1, never a traceback."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.cli_guard import missing
from config import Config, Mode

NOWHERE = "postgresql+psycopg://waymark_app:x@/waymark?host=/nonexistent"
COMMANDS = (
    "ledger verify", "ledger anchor", "calendar list", "calendar add-holiday 2027-01-04 Invented",
    "calendar withdraw-holiday 2027-01-04", "obligations check", "outbox failed", "outbox sweep",
    "outbox retry isle-of-wight", "people list --partnership isle-of-wight", "partnerships list",
    "partnerships add tenants/partnerships/hampshire.toml", "organisations trust x --partnership y", "db upgrade",
)  # fmt: skip


def run(app: Flask, command: str) -> Result:
    return app.test_cli_runner().invoke(args=command.split())


@pytest.fixture(scope="module")
def bare() -> Flask:
    return create_app(Config())


@pytest.fixture(scope="module")
def away() -> Flask:
    return create_app(Config(mode=Mode.TEST, database_url=NOWHERE, database_owner_url=NOWHERE))


@pytest.mark.parametrize("command", COMMANDS)
def test_without_an_environment(bare: Flask, command: str) -> None:
    answer = run(bare, command)
    assert (answer.exit_code, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert answer.stderr.startswith("Error: DATABASE_")
    assert " not set: " in answer.stderr
    assert isinstance(answer.exception, SystemExit)


@pytest.mark.parametrize(
    "command", [*COMMANDS[:7], *COMMANDS[8:-1], "lead --outside-england --home E06000046"]
)
def test_while_the_database_is_away(away: Flask, command: str) -> None:
    answer = run(away, command)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr == "Error: The database cannot be reached. Is the installation running?\n"


def test_the_pure_commands_need_nothing(bare: Flask) -> None:
    for command in ("clock within 5 2026-11-20", "access", "lead --outside-england --home E06000046"):
        assert run(bare, command).exit_code == 0


def test_what_is_missing_is_named() -> None:
    assert missing(Config(), "outbox sweep") == (
        "DATABASE_URL, DATABASE_RELAY_URL, REDIS_URL are not set: give this command the environment of a running "
        "installation."
    )
    assert missing(Config(database_url=NOWHERE), "ledger verify") is None
    assert missing(Config(), "duties") is None


def test_a_date_that_is_none_is_said_plainly(bare: Flask) -> None:
    answer = run(bare, "people add --from foo")
    assert answer.exit_code == 2
    assert "foo is not a date; write it like 2026-12-24." in answer.stderr

"""What a command says where the environment or the servers are missing: one line and exit 1, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from config import Config, ConfigurationError

PURE = {"clock", "duties", "access", "lead"}
# These connect as the owner of the schema, and say themselves where its address is missing.
AS_OWNER = {
    "partnerships add",
    "partnerships sync",
    "organisations add",
    "demo prepare",
    "demo load",
    "demo people",
}
NEEDED = {"outbox sweep": ("DATABASE_URL", "DATABASE_RELAY_URL", "REDIS_URL")}
UNDEFINED_TABLE = "42P01"


def register(app: Flask) -> None:
    """Let every command of the application fail plainly. The commands are shared by all applications of a process,
    and are wrapped once."""
    for name, command in app.cli.commands.items():
        _wrap(name, command)


def missing(config: Config, command: str) -> str | None:
    """What the environment must give for a command and does not, in one sentence; None where it is enough."""
    if command.split()[0] in PURE or command in AS_OWNER:
        return None
    usual = "DATABASE_OWNER_URL" if command.startswith("db ") else "DATABASE_URL"
    needed = NEEDED.get(command, (usual,))
    found = [name for name in needed if not getattr(config, name.lower())]
    if not found:
        return None
    verb = "is" if len(found) == 1 else "are"
    return f"{', '.join(found)} {verb} not set: give this command the environment of a running installation."


def _wrap(name: str, command: click.Command) -> None:
    if isinstance(command, click.Group):
        for part, one in command.commands.items():
            _wrap(f"{name} {part}", one)
    elif command.callback is not None and not hasattr(command.callback, "fails_plainly"):
        command.callback = _plainly(name, command.callback)


def _plainly(name: str, run: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(run)
    def plain(*args: Any, **named: Any) -> Any:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
        config = app.config.get("WAYMARK")  # an application without one runs only commands that need nothing
        fault = missing(config, name) if config is not None else None
        if fault is not None:
            raise click.ClickException(fault)
        try:
            return run(*args, **named)
        except ConfigurationError as error:
            raise click.ClickException(str(error)) from None
        except (OperationalError, InterfaceError):
            raise click.ClickException(
                "The database cannot be reached. Is the installation running?"
            ) from None
        except RedisError:
            raise click.ClickException("Redis cannot be reached. Is the installation running?") from None
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != UNDEFINED_TABLE:
                raise
            raise click.ClickException("The database has no tables yet: run 'flask db upgrade'.") from None

    plain.fails_plainly = True  # type: ignore[attr-defined]
    return plain

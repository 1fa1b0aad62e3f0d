"""Every route, with an address that leads somewhere and somebody who may use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from app.access.guard import declared
from app.access.permissions import Permission
from app.access.roles import Role
from tenants.db import db
from tests.integration.access.test_matrix import World, address, expected
from tests.support.people import Someone

PUBLIC_PARTS = {"organisation": "isle-of-wight-council", "filename": "favicon.svg", "slug": "isle-of-wight"}
WRITES = re.compile(r"\s*(insert|update|delete|truncate|select\s+ledger_append)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """One route of the walk."""

    rule: Rule
    path: str
    permission: Permission | None
    who: Someone | None

    @property
    def endpoint(self) -> str:
        return self.rule.endpoint


def steps(app: Flask, world: World, method: str) -> list[Step]:
    """Every route that answers to a method; as somebody whom the matrix lets in where there is anybody."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if method not in (rule.methods or set()):
            continue
        permission, _reason = declared(app, rule.endpoint)
        if permission is None:
            found.append(Step(rule, public_address(rule), None, world.own[Role.PARTNERSHIP_TEAM]))
            continue
        roles = sorted(expected(rule, permission)) or [Role.PARTNERSHIP_CHAIR]
        found.append(Step(rule, address(rule, world), permission, world.own[roles[0]]))
    return found


def public_address(rule: Rule) -> str:
    """An address of a public route; a part that is not known is filled with something that is nowhere."""

    def fill(part: re.Match[str]) -> str:
        return PUBLIC_PARTS.get(part[2], str(uuid4()) if part[1] == "uuid:" else "nowhere")

    return re.sub(r"<(\w+:)?(\w+)>", fill, rule.rule)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL that an application sends while this runs."""
    told: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def writes(told: list[str]) -> list[str]:
    """Those of the statements that change something."""
    return [statement for statement in told if WRITES.match(statement)]

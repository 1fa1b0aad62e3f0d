"""`flask access`: every route with its permission and every role's answer, needing neither database nor secrets."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.access.guard import declared
from app.access.permissions import grant_for
from app.access.roles import Role


def table(app: Flask) -> list[dict[str, Any]]:
    """One row for each route: path, methods, permission or why public, and the condition for each role."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        permission, reason = declared(app, rule.endpoint)
        methods = sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
        roles = {role.value: _answer(grant_for(role, permission)) for role in Role} if permission else {}
        rows.append(
            {
                "route": rule.rule,
                "endpoint": rule.endpoint,
                "methods": methods,
                "permission": permission.value if permission else None,
                "public": reason,
                "roles": roles,
            }
        )
    return rows


def _answer(condition: Any) -> dict[str, Any]:
    return {"allowed": condition is not None, "condition": condition.value if condition else None}


@click.command("access")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_appcontext
def access_command(as_json: bool) -> None:
    """Print who may do what."""
    rows = table(current_app._get_current_object())  # type: ignore[attr-defined]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        who = ", ".join(role for role, answer in row["roles"].items() if answer["allowed"])
        click.echo(
            f"{'/'.join(row['methods']):9} {row['route']:60} {row['permission'] or 'public'}: {who or row['public']}"
        )

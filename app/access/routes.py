"""Who may do what, as a page: the same table that the tests execute and that `flask access` prints."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.access.guard import requires
from app.access.own_names import own_names
from app.access.permissions import Permission
from app.access.roles import ROLE_NAMES, Role
from app.access.table import held_by, table

access = Blueprint("access", __name__, url_prefix="/<slug>", template_folder="templates")


@access.get("/access")
@requires(Permission.ACCESS_TABLE_VIEW)
def table_page() -> ResponseReturnValue:
    """What each role may do and under what condition, and every page with who reaches it; for one role where asked."""
    names = {role: own_names().get(role.value, name) for role, name in ROLE_NAMES.items()}
    asked = request.args.get("role", "")
    chosen = next((role for role in Role if role.value == asked), None)
    rows = table(current_app._get_current_object())  # type: ignore[attr-defined]
    shown = [chosen] if chosen else list(Role)
    reached = [
        row
        for row in rows
        if row["permission"] and any(row["roles"][role.value]["allowed"] for role in shown)
    ]
    return render_template(
        "access/table.html", names=names, chosen=chosen, roles=[(role, held_by(role)) for role in shown],
        rows=reached, public=[] if chosen else [row for row in rows if row["public"]],
    )  # fmt: skip

"""Cases: incidents, children, stages; what is owed; my tasks, the case list and the case page."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages, and keep stored obligations true at each commit."""
    from app.cases import budget_warnings, calendar_changes, reminders  # noqa: F401  (their handlers are registered by being imported)
    from app.cases.cli import obligations_group
    from app.cases.cli_calendar import calendar_group
    from app.cases.cli_lead import lead_command
    from app.cases.obligation_store import recompute
    from app.cases.routes import bp, home
    from app.ledger.service import on_commit

    on_commit(recompute)
    app.register_blueprint(home)
    app.register_blueprint(bp)
    app.cli.add_command(obligations_group)
    app.cli.add_command(calendar_group)
    app.cli.add_command(lead_command)

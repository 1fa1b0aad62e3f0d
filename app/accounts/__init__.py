"""Accounts: sign-in by people's own organisations or by passkey, people, memberships, trusts."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the sign-in pages, the rules of sessions and the commands for people."""
    from app.accounts import own_sessions, session_rules, time_out
    from app.accounts.cli import organisations_command, people_command
    from app.accounts.oidc import client_for
    from app.accounts.routes import accounts
    from app.accounts.routes_passkeys import passkeys
    from app.accounts.routes_sessions import own
    from app.clock_source import real_now
    from app.extensions import login_manager

    login_manager.user_loader(own_sessions.person_of_session)
    # Sessions have their own rules; the library's would only add a mark to them when an address changes
    login_manager.session_protection = None
    session_rules.install(app)
    demonstrates = app.config["WAYMARK"].demonstrates
    app.extensions["waymark_sign_in"] = client_for(demonstrates, lambda: real_now().timestamp())
    app.context_processor(time_out.for_pages)
    app.register_blueprint(accounts)
    app.register_blueprint(passkeys)
    app.register_blueprint(own)
    app.cli.add_command(people_command)
    app.cli.add_command(organisations_command)

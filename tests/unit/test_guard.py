"""A route that declares nothing stops the application from starting; production has no demonstration."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from app import create_app
from app.access.guard import UndeclaredRoute, check_all_routes_declared, public, requires
from app.access.permissions import Permission, grant_for
from app.access.roles import Role
from config import Config, Mode


def with_route(rule: str, view: object) -> Flask:
    app = create_app(Config(mode=Mode.PRODUCTION))
    room = Blueprint("planted", __name__)
    room.add_url_rule(rule, "view", view)  # type: ignore[arg-type]
    app.register_blueprint(room)
    return app


def test_the_application_starts_with_every_route_declared() -> None:
    check_all_routes_declared(create_app(Config(mode=Mode.PRODUCTION)))


@pytest.mark.parametrize(
    ("rule", "mark"),
    [
        ("/<slug>/planted", lambda view: view),
        ("/planted", requires(Permission.CASE_VIEW)),
        ("/<slug>/planted", lambda view: public("why")(requires(Permission.CASE_VIEW)(view))),
    ],
)
def test_a_planted_route_is_refused(rule: str, mark: object) -> None:
    def view() -> str:
        return ""

    with pytest.raises(UndeclaredRoute, match="planted"):
        check_all_routes_declared(with_route(rule, mark(view)))  # type: ignore[operator]


def test_a_permission_that_does_not_exist_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="case.steal"):
        requires("case.steal")  # type: ignore[arg-type]


def test_a_public_route_says_why() -> None:
    with pytest.raises(ValueError, match="why"):
        public(" ")


def test_an_administrator_holds_nothing_of_cases() -> None:
    held = {permission for permission in Permission if grant_for(Role.PARTNERSHIP_ADMINISTRATOR, permission)}
    assert held == {
        Permission.PARTNERSHIP_ENTER,
        Permission.TASKS_VIEW,
        Permission.ACCESS_TABLE_VIEW,
        Permission.PEOPLE_VIEW,
        Permission.PEOPLE_MANAGE,
        Permission.MEMBERSHIP_APPROVE,
    }


def test_production_has_no_demonstration() -> None:
    production = create_app(Config(mode=Mode.PRODUCTION))
    assert "demo.clock" not in production.view_functions
    assert "demo" not in production.cli.commands
    assert "demo.clock" in create_app(Config(mode=Mode.DEMONSTRATION)).view_functions

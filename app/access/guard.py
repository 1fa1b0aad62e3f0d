"""The route guard: every route declares its permission or says why it is public, or the application does not start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import Flask, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.actor import Actor
from app.access.current import current_actor
from app.access.independence import withheld
from app.access.narrowing import narrow_for
from app.access.permissions import Permission
from app.access.queries import capacities_of
from tenants.registry import partnership_by_slug
from tenants.scope import pin

View = TypeVar("View", bound=Callable[..., Any])
RefusedWrite = Callable[[Actor, str, str], None]
READS = ("GET", "HEAD", "OPTIONS")
_told_of_refused_writes: list[RefusedWrite] = []
DECLARED = "_waymark_permission"
PUBLIC = "_waymark_public"


class UndeclaredRoute(RuntimeError):
    """A route neither requires a permission nor says why it is public."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission a view needs. A name that does not exist raises at import."""
    wanted = Permission(permission)

    def declare(view: View) -> View:
        setattr(view, DECLARED, wanted)
        return view

    return declare


def public(reason: str) -> Callable[[View], View]:
    """Declare that a view needs no permission, and why."""
    if not reason.strip():
        raise ValueError("say why the route is public")

    def declare(view: View) -> View:
        setattr(view, PUBLIC, reason)
        return view

    return declare


def refuse() -> NoReturn:
    """What may not be seen does not exist: the same answer as for a wrong address."""
    abort(404)


def declared(app: Flask, endpoint: str) -> tuple[Permission | None, str | None]:
    """The permission of an endpoint, and the reason it is public; one of the two."""
    view = app.view_functions[endpoint]
    return getattr(view, DECLARED, None), getattr(view, PUBLIC, None)


def check_all_routes_declared(app: Flask) -> None:
    """Raise UndeclaredRoute naming every route that declares nothing, or both, or misplaces its partnership."""
    faults = []
    for rule in app.url_map.iter_rules():
        permission, reason = declared(app, rule.endpoint)
        if (permission is None) == (reason is None):
            faults.append(f"{rule.rule} ({rule.endpoint})")
        elif permission is not None and not rule.rule.startswith("/<slug>/"):
            faults.append(f"{rule.rule} ({rule.endpoint}) needs a permission outside a partnership")
    if faults:
        raise UndeclaredRoute("routes without a declared permission: " + "; ".join(sorted(faults)))


def guard() -> ResponseReturnValue | None:
    """Before each request: who is this, in which partnership, and may they use this route at all."""
    if request.endpoint is None:
        return None
    permission, _reason = declared(current_app._get_current_object(), request.endpoint)  # type: ignore[attr-defined]
    if permission is None:
        return None
    if not current_user.is_authenticated:
        return sign_in_first()
    partnership = partnership_by_slug(g.slug)
    if partnership is None:
        refuse()
    pin(partnership.id, current_user.person_id)
    capacities = capacities_of(current_user.person_id, g.today)
    actor = Actor(current_user.person_id, current_user.display_name, capacities)
    writing = request.method not in READS
    if not capacities or not actor.may(permission) or (writing and _withheld(actor, permission)):
        if writing:
            _tell_of_refused_write(actor, request.endpoint)
        refuse()
    g.partnership, g.actor = partnership, actor
    narrow_for(request.blueprint, actor)
    return None


def on_refused_write(listener: RefusedWrite) -> None:
    """Let a room know of each request that would have changed something and is refused for lack of permission, as
    `listener(actor, endpoint, method)`, with the partnership in scope. The answer is the same 404 in any case."""
    if listener not in _told_of_refused_writes:
        _told_of_refused_writes.append(listener)


def _tell_of_refused_write(actor: Actor, endpoint: str) -> None:
    for listener in _told_of_refused_writes:
        listener(actor, endpoint, request.method)


def _withheld(actor: Actor, permission: Permission) -> bool:
    return withheld((held.role for held in actor.capacities), permission)


def sign_in_first() -> ResponseReturnValue:
    """Nobody is signed in: the same answer for every address, before anything is looked up."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    return render_template("errors/signed_out.html"), 401


def may(permission: str) -> bool:
    """For templates: whether the person of this request holds the permission here. Unknown names raise."""
    try:
        return current_actor().may(Permission(permission))
    except RuntimeError:
        return False


def register(app: Flask) -> None:
    """Install the guard. `check_all_routes_declared` is called once every blueprint is registered."""
    app.before_request(guard)
    setattr(
        app.view_functions["static"], PUBLIC, "stylesheets, scripts and pictures carry nothing of anybody"
    )
    app.jinja_env.globals["may"] = may

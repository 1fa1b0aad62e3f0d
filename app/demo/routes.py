"""Moving the demonstration's clock. This room is not registered in production."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import public
from app.demo.clock import STEPS, StillWorking, advance

bp = Blueprint("demo", __name__, template_folder="templates")


@bp.get("/demo/clock")
@public("the demonstration's own clock; the room does not exist in production")
def clock() -> ResponseReturnValue:
    """Show what time the demonstration thinks it is, and the ways to move it."""
    stopped = request.args.get("stopped") == "yes"
    return render_template("demo/clock.html", stopped=stopped, error=None)


@bp.post("/demo/clock")
@public("the demonstration's own clock; the room does not exist in production")
def move() -> ResponseReturnValue:
    """Move the clock forward by one of the offered steps."""
    step = STEPS.get(request.form.get("step", ""))
    if step is None:
        return _again("Select how far to move the clock.")
    try:
        stopped = advance(current_app._get_current_object(), step, g.now)  # type: ignore[attr-defined]
    except StillWorking:
        return _again("Waymark is still doing what has fallen due. Wait a few seconds, and press again.")
    return redirect(url_for("demo.clock", stopped="yes" if stopped else None), 303)


def _again(error: str) -> ResponseReturnValue:
    return render_template("demo/clock.html", stopped=False, error=error), 422

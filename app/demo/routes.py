"""Moving the demonstration's clock. This room is not registered in production."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock_source
from app.access.guard import public

bp = Blueprint("demo", __name__, template_folder="templates")
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


@bp.get("/demo/clock")
@public("the demonstration's own clock; the room does not exist in production")
def clock() -> ResponseReturnValue:
    """Show what time the demonstration thinks it is, and the ways to move it."""
    return render_template("demo/clock.html", now=g.now, error=None)


@bp.post("/demo/clock")
@public("the demonstration's own clock; the room does not exist in production")
def move() -> ResponseReturnValue:
    """Move the clock forward by one of the offered steps."""
    step = STEPS.get(request.form.get("step", ""))
    if step is None:
        return render_template("demo/clock.html", now=g.now, error="Select how far to move the clock."), 422
    clock_source.move_forward(step)
    return redirect(url_for("demo.clock"), 303)

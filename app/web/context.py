"""What every page knows: the product's mode, the partnership, who is acting and in which capacity."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g

from app.access.actor import Actor


def common() -> dict[str, Any]:
    """Values for every template."""
    config = current_app.config["WAYMARK"]
    actor = g.get("actor")
    return {
        "partnership": g.get("partnership"),
        "acting": actor,
        "capacities": _capacities(actor) if isinstance(actor, Actor) else "",
        "demonstration": config.demonstrates,
        "demo_mail": f"{config.demo_issuer_base}/mail",
        "endpoints": current_app.view_functions,
        "now": g.get("now"),
    }


def _capacities(actor: Actor) -> str:
    return "; ".join(dict.fromkeys(held.label for held in actor.capacities))


def register(app: Flask) -> None:
    """Install them."""
    app.context_processor(common)

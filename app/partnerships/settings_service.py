"""Adopting an edition of a partnership's own settings: immutable, numbered, with an event that says what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.access import own_names
from app.access.actor import Acting
from app.access.owners import NAMES
from app.ledger.service import record
from app.procedure.events import EventKind
from app.procedure.obligation import LOCAL_DEFAULTS, STATUTORY, ClockSettings
from tenants.db import db
from tenants.registry import SettingsEdition, current_edition, digest_of


class ChangedMeanwhile(Exception):
    """Somebody adopted an edition after the form was shown; nothing was adopted."""


def adopt(settings: dict[str, Any], *, over: int, reason: str, acting: Acting, now: datetime) -> int:
    """Adopt the next edition over the one that the form was shown with, and commit. Returns its number.

    Stages that have begun keep theirs. Raises ValueError where the settings cannot be, ChangedMeanwhile.
    """
    ClockSettings.of_edition(settings)
    current = current_edition()
    if current.number != over:
        raise ChangedMeanwhile
    told = changes(current.settings, settings)
    digest = digest_of({**settings, "edition": over + 1})
    db.session.add(SettingsEdition(number=over + 1, settings=settings, digest=digest, adopted_at=now))
    record(
        EventKind.SETTINGS_ADOPTED, case_id=None, acting=acting, happened_at=now, now=now,
        facts={"edition": over + 1, "digest": digest}, payload={"changes": told, "reason": reason},
    )  # fmt: skip
    try:
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise ChangedMeanwhile from error
    own_names.forget()
    return over + 1


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What differs between two editions, each in a sentence."""
    found = []
    was_called, called = before.get("lig_name"), after.get("lig_name")
    if called != was_called:
        found.append(f"The group is called {called} (it was {was_called})")
    clocks, usual = [one.get("clocks", {}) for one in (before, after)], {**LOCAL_DEFAULTS, **STATUTORY}
    for key in sorted(usual):
        old, new = (one.get(key, usual[key]) for one in clocks)
        if old != new:
            found.append(f"The clock {key} is {new} working {'day' if new == 1 else 'days'} (it was {old})")
    names = [one.get("names", {}) for one in (before, after)]
    for key, procedures in NAMES.items():
        old, new = (one.get(key.value, procedures) for one in names)
        if old != new:
            found.append(f"{procedures} is called {new} (it was {old})")
    was, now_out = set(before.get("omitted", ())), set(after.get("omitted", ()))
    found += [f"{duty} is left out" for duty in sorted(now_out - was)]
    found += [f"{duty} is done again" for duty in sorted(was - now_out)]
    steps = [{step["key"]: step for step in one.get("steps", ())} for one in (before, after)]
    for key in sorted({*steps[0], *steps[1]}):
        old_step, new_step = steps[0].get(key), steps[1].get(key)
        if _plain(old_step) != _plain(new_step):
            verb = "added" if old_step is None else ("removed" if new_step is None else "changed")
            found.append(f"The step “{(new_step or old_step or {}).get('action', key)}” is {verb}")
    return found


def _plain(step: dict[str, Any] | None) -> dict[str, Any] | None:
    usual = {"closing": EventKind.LOCAL_STEP_DONE.value, "blocks": "nothing", "days": None}
    return None if step is None else {**usual, **step}

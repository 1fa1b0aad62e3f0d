"""What a case's history obliges: one pure function of its events, the calendar and the partnership's
clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar, Calendars
from app.procedure.declined_reviews import declined_review_obligations
from app.procedure.difference_duties import difference_obligations
from app.procedure.events import Event, EventKind
from app.procedure.history import History
from app.procedure.local_steps import local_step_obligations
from app.procedure.notification_duties import notification_obligations
from app.procedure.obligation import ClockSettings, Obligation
from app.procedure.rapid_review_duties import rapid_review_obligations
from app.procedure.reconsideration_duties import reconsideration_obligations
from app.procedure.referral_duties import link_referral, referral_obligations
from app.procedure.response_duties import response_obligations

BEFORE_ENTRY = "Its time had passed before the case was entered in Waymark."


def before_entry(history: History, owed: Obligation) -> Obligation:
    """A partnership's own step whose time had passed when its case was entered: what it holds up had been done, or it
    holds up nothing and its day was over. Nobody knows whether it was done, and nobody can be asked to do it now."""
    entered = history.first(EventKind.CASE_ENTERED)
    if entered is None or owed.ended is not None:
        return owed
    step = next(one for one in history.settings.own.steps if owed.key == f"LOCAL:{one.key}")
    waits = {"decision": next(iter(history.decisions), None), "notification": history.notified}
    then = waits.get(step.blocks)
    passed = (
        then is not None
        and then.happened_at <= entered.happened_at
        and then.recorded_at <= entered.recorded_at
    )
    if step.blocks == "nothing":
        passed = owed.due is not None and owed.due <= entered.happened_at
    if not passed:
        return owed
    return replace(owed, ended=entered.happened_at, ending="not needed", reason=BEFORE_ENTRY)


def obligations(
    events: Sequence[Event],
    calendar: Calendar | Calendars = ENGLAND_AND_WALES,
    settings: ClockSettings | None = None,
) -> list[Obligation]:
    """Every obligation of a case, in the procedure's order, those that have ended included.

    The same events in any order give the same obligations. A history without a submitted referral obliges
    nobody.
    """
    return owed_in(History(events, calendar, settings or ClockSettings()))


def owed_in(history: History) -> list[Obligation]:
    """As `obligations`, of a history that is told already."""
    if history.came_first:
        found = [
            *link_referral(history),
            *notification_obligations(history),
            *declined_review_obligations(history),
            *rapid_review_obligations(history),
            *local_step_obligations(history),
        ]
        return [owed for owed in found if owed.duty not in history.settings.own.omitted]
    if not history.submitted:
        return []
    found = [
        *referral_obligations(history),
        *response_obligations(history),
        *difference_obligations(history),
        *notification_obligations(history),
        *reconsideration_obligations(history),
        *declined_review_obligations(history),
        *rapid_review_obligations(history),
        *(before_entry(history, owed) for owed in local_step_obligations(history)),
    ]
    return [owed for owed in found if owed.duty not in history.settings.own.omitted]

"""What a case's history obliges: one pure function of its events, the calendar and the partnership's
clocks."""

from __future__ import annotations

from collections.abc import Sequence

from app.procedure.calendar import ENGLAND_AND_WALES, Calendar, Calendars
from app.procedure.difference_duties import difference_obligations
from app.procedure.events import Event
from app.procedure.history import History
from app.procedure.local_steps import local_step_obligations
from app.procedure.notification_duties import notification_obligations
from app.procedure.obligation import ClockSettings, Obligation
from app.procedure.reconsideration_duties import reconsideration_obligations
from app.procedure.referral_duties import link_referral, referral_obligations
from app.procedure.response_duties import response_obligations


def obligations(
    events: Sequence[Event],
    calendar: Calendar | Calendars = ENGLAND_AND_WALES,
    settings: ClockSettings | None = None,
) -> list[Obligation]:
    """Every obligation of a case, in the procedure's order, those that have ended included.

    The same events in any order give the same obligations. A history without a submitted referral obliges
    nobody.
    """
    history = History(events, calendar, settings or ClockSettings())
    if history.came_first:
        found = [
            *link_referral(history),
            *notification_obligations(history),
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
        *local_step_obligations(history),
    ]
    return [owed for owed in found if owed.duty not in history.settings.own.omitted]

"""What entering asks of the partnership, read once for a whole spreadsheet: agencies, areas, calendar, editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from app.cases.calendars import calendars
from app.entering.columns import Column, columns_of
from app.entering.under_way import Authorities
from app.procedure.calendar import Calendars
from app.procedure.clocks import day_end
from app.procedure.entered_events import Counting
from app.procedure.obligation import ClockSettings
from app.procedure.own_procedure import OwnStep
from app.referrals.queries import lists
from tenants.registry import Agency, agencies, editions


@dataclass(frozen=True)
class Edition:
    """An edition of the partnership's settings: since when, its number, and what it says of clocks and steps."""

    adopted_at: datetime
    number: int
    settings: ClockSettings


@dataclass(frozen=True)
class Desk:
    """The partnership in scope, as entering needs it."""

    agencies: dict[str, Agency]
    authorities: Authorities
    calendars: Calendars
    editions: tuple[Edition, ...]
    person_id: UUID | None = None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The questions, with the steps of every edition of the partnership's own procedure, the newest first."""
        steps: dict[str, OwnStep] = {}
        for edition in self.editions:
            for step in edition.settings.own.steps:
                steps.setdefault(step.key, step)
        return columns_of(steps.values())

    @property
    def agency_names(self) -> dict[str, str]:
        """The agencies' names by key."""
        return {key: agency.name for key, agency in self.agencies.items()}

    def edition_on(self, day: date) -> Edition:
        """The edition in force on a day; the first, where the partnership had none in Waymark yet (N-11)."""
        return next((one for one in self.editions if one.adopted_at < day_end(day)), self.editions[-1])

    def counting(self, day: date | None) -> Counting:
        """What counts the clocks of a case that was referred on a day."""
        edition = self.edition_on(day) if day is not None else self.editions[0]
        return Counting(self.calendars, edition.settings)


def desk(person_id: UUID | None) -> Desk:
    """Read it, for somebody who enters cases: what they are sealed out of is nothing to them."""
    rows = tuple(
        Edition(one.adopted_at, one.number, ClockSettings.of_edition(one.settings)) for one in editions()
    )
    return Desk({one.key: one for one in agencies()}, lists().authorities, calendars(), rows, person_id)

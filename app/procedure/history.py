"""A case's events asked questions in the procedure's terms, and clocks started from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from app.procedure.calendar import Calendar, Calendars
from app.procedure.clocks import day_end, day_start, london_date, within_working_days, working_days_before
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party, Stage
from app.procedure.obligation import ClockRule, ClockSettings, Ending, Obligation

MORNING = timedelta(hours=9)
FAR = datetime.max.replace(tzinfo=UTC)  # after everything: known now, whatever had happened by then
LONG_CLOCK = 3  # working days: from here on a reminder comes the day before


SHAKING = (EventKind.DEEMED_DISPLACED, EventKind.BASIS_CHANGED)


def in_force(events: Sequence[Event]) -> list[Event]:
    """The events without those that were superseded by a correction (both remain in the ledger)."""
    gone = {event.facts.get("supersedes") for event in events if event.kind is EventKind.ENTRY_SUPERSEDED}
    return [event for event in events if not event.number or event.number not in gone]


def as_known(events: Sequence[Event], known: datetime, happened: datetime) -> list[Event]:
    """The events that had been recorded by one moment, and had happened by another (both exclusive): the history
    as it was known then, of what had happened by then. What was known then to be superseded stays superseded,
    whenever the correction was made."""
    then = [event for event in events if event.recorded_at < known]
    told = [event for event in then if event.happened_at < happened]
    numbers = {event.number for event in told}
    corrections = [
        event
        for event in then
        if event.kind is EventKind.ENTRY_SUPERSEDED
        and event.happened_at >= happened
        and event.facts.get("supersedes") in numbers
    ]
    return [*told, *corrections]


class History:
    """The events of one case by when they happened, with the calendar and the clocks that count them."""

    def __init__(
        self, events: Sequence[Event], calendar: Calendar | Calendars, settings: ClockSettings
    ) -> None:
        self.recorded = list(events)
        events = in_force(events)
        # Ties are broken by every field, so that the order in which events were given never matters.
        self.events = sorted(events, key=lambda event: (event.happened_at, event.recorded_at, event.number,
                                                        event.kind, event.party or "",
                                                        event.outcome or ""))  # fmt: skip
        self.calendars = Calendars(calendar) if isinstance(calendar, Calendar) else calendar
        self.settings = settings

    def all(self, kind: EventKind, party: Party | None = None) -> list[Event]:
        """The events of a kind (for a party), earliest first."""
        return [event for event in self.events if event.kind is kind and party in (None, event.party)]

    def first(self, kind: EventKind, party: Party | None = None) -> Event | None:
        """The earliest event of a kind (for a party)."""
        return next(iter(self.all(kind, party)), None)

    def last(self, kind: EventKind, party: Party | None = None) -> Event | None:
        """The latest event of a kind (for a party)."""
        return next(reversed(self.all(kind, party)), None)

    @property
    def submitted(self) -> Event | None:
        """The referral's submission."""
        return self.first(EventKind.REFERRAL_SUBMITTED)

    def after(self, event: Event, *kinds: EventKind, party: Party | None = None) -> list[Event]:
        """The events of these kinds (for a party) that were recorded after an event, as they were recorded."""
        found = [
            other
            for other in self.events
            if other.kind in kinds and party in (None, other.party) and recorded(other) > recorded(event)
        ]
        return sorted(found, key=recorded)

    def until(self, moment: datetime) -> History:
        """The same history as it had happened by a moment, that moment included."""
        happened = [event for event in self.events if event.happened_at <= moment]
        return History(happened, self.calendars, self.settings)

    def as_recorded_by(self, event: Event) -> History:
        """The same history as it was known when an event was recorded, that event included."""
        known = [other for other in self.recorded if recorded(other) <= recorded(event)]
        return History(known, self.calendars, self.settings)

    @property
    def decisions(self) -> list[Event]:
        """Every decision on notification, in the order in which they were recorded."""
        return sorted(self.all(EventKind.DECISION_RECORDED), key=recorded)

    @property
    def decision(self) -> Event | None:
        """The decision on notification in force: the last that was recorded."""
        return next(reversed(self.decisions), None)

    @property
    def chair_decided(self) -> bool:
        """Whether the decision in force is the Partnership Chair's (step 6)."""
        return self.decision is not None and self.decision.facts.get("maker") == Party.PARTNERSHIP_CHAIR.value

    @property
    def reopened(self) -> Event | None:
        """What has put the decision in force before those who made it again, while it is not answered."""
        made = self.decision
        if made is None:
            return None
        raised, declined = EventKind.NEW_INFORMATION_RAISED, EventKind.RECONSIDERATION_DECLINED
        back = self.after(made, EventKind.DECISION_PUT_BACK)
        since = self.after(made, raised, declined)
        waiting = since[-1:] if since and since[-1].kind is raised else []
        return next(iter([*back, *waiting]), None)

    @property
    def rests_on_displaced(self) -> Event | None:
        """What took away a position on which the decision in force rests (an answer given in time, a correction):
        nothing further is sent until it was put back and decided anew (clocks 8)."""
        made = self.decision
        return None if made is None else next(iter(self.after(made, *SHAKING)), None)

    @property
    def settled(self) -> bool:
        """Whether a decision is in force that nobody is asked to look at again."""
        return self.decision is not None and self.reopened is None and self.rests_on_displaced is None

    @property
    def override(self) -> Event | None:
        """The local authority's own decision to notify, whatever was decided locally (N-03)."""
        return self.first(EventKind.NOTIFIED_AGAINST_DECISION)

    @property
    def came_first(self) -> bool:
        """Whether the notification came before any referral (A-09): nothing is left to decide."""
        return self.first(EventKind.REFERRAL_REQUESTED) is not None

    @property
    def notified(self) -> Event | None:
        """The serious incident notification."""
        return self.first(EventKind.NOTIFICATION_SENT)

    def when_all(self, kind: EventKind, parties: Sequence[Party]) -> datetime | None:
        """When the last of the parties had such an event, or None while one has none."""
        found = [self.first(kind, party) for party in parties]
        return max(event.happened_at for event in found if event) if all(found) else None

    def views_shared(self) -> datetime | None:
        """When the initial view had gone to all three partners."""
        return self.when_all(EventKind.INITIAL_VIEW_SHARED, SAFEGUARDING_PARTNERS)

    def shared_outcome(self) -> str | None:
        """The one initial view there is to agree with; None where one is missing or the two differ (clocks
        12)."""
        views = [
            self.last(EventKind.INITIAL_VIEW_GIVEN, party)
            for party in (Party.LIG_CHAIR, Party.SERVICE_DIRECTOR)
        ]
        outcomes = {view.outcome for view in views if view is not None}
        return outcomes.pop() if all(views) and len(outcomes) == 1 else None

    def due_on(self, duty: str, start: datetime, ended: datetime | None = None) -> date:
        """The last day of a duty's clock that starts with an event at `start`."""
        return self._counted(duty, start, ended)[0]

    def _counted(self, duty: str, start: datetime, ended: datetime | None) -> tuple[date, Calendar]:
        """The last day of a clock, and the calendar that counts it (clocks 9). A later edition counts every clock of
        a case that was first recorded under it, and the clocks that start under it; it moves one that was running
        when it was adopted, once the case knows of it, but none that had ended or run out."""
        n, calendar = self.settings.of(duty), self.calendars.first
        due_on = within_working_days(london_date(start), n, calendar)
        recorded_at = (
            event.recorded_at for event in self.events if event.kind is not EventKind.CALENDAR_CHANGED
        )
        opened = min(recorded_at, default=None)
        for adopted_at, later in self.calendars.later:
            told = self._told_of(later, adopted_at)
            running = told is not None and told < day_end(due_on) and (ended is None or told < ended)
            if adopted_at <= start or running or (opened is not None and adopted_at <= opened):
                calendar, due_on = later, within_working_days(london_date(start), n, later)
        return due_on, calendar

    def calendar_of(self, duty: str, start: datetime) -> Calendar:
        """The calendar that counts a duty's clock which starts with an event at `start`, while it runs."""
        return self._counted(duty, start, None)[1]

    def _told_of(self, calendar: Calendar, adopted_at: datetime) -> datetime | None:
        """The instant from which a later edition counts for clocks that were running; None while nothing has been
        recorded in the case since it was adopted, so that dates never move without an entry beside them."""
        changed = (event for event in self.events if event.kind is EventKind.CALENDAR_CHANGED)
        told = (event for event in changed if event.facts.get("edition") == calendar.edition)
        since = any(event.recorded_at >= adopted_at for event in self.events)
        return next((event.happened_at for event in told), adopted_at if since else None)

    def clocked(
        self, key: str, duty: str, owner: Party, action: str, paragraph: str, start: datetime, label: str,
        *, stage: Stage = Stage.NOTIFICATION, ended: datetime | None = None, ending: Ending = "met",
        reason: str | None = None, clock: str | None = None, deputy_from: datetime | None = None,
    ) -> Obligation:  # fmt: skip
        """An obligation with a clock of working days from `start`; reminded from nine in the morning of its
        last day, or of the working day before where it is three days or longer."""
        due_on, calendar = self._counted(clock or duty, start, ended)
        long = self.settings.of(clock or duty) >= LONG_CLOCK
        remind_on = working_days_before(due_on, 1, calendar) if long else due_on
        remind = max(start, day_start(remind_on) + MORNING)
        return Obligation(
            key=key, duty=duty, stage=stage, owner=owner, action=action,
            paragraph=paragraph + self.settings.own_days(clock or duty),
            rule=ClockRule("within", self.settings.of(clock or duty), label), counted_from=london_date(start),
            starts=start, remind_from=remind, due_on=due_on, due=day_end(due_on), ended=ended,
            ending=ending if ended else None, reason=reason, deputy_from=deputy_from,
        )  # fmt: skip

    def unclocked(
        self, key: str, duty: str, owner: Party, action: str, paragraph: str, start: datetime,
        *, stage: Stage = Stage.NOTIFICATION, ended: datetime | None = None, ending: Ending = "met",
        reason: str | None = None,
    ) -> Obligation:  # fmt: skip
        """An obligation for which the procedure sets no clock."""
        return Obligation(
            key=key, duty=duty, stage=stage, owner=owner, action=action, paragraph=paragraph,
            rule=ClockRule("none"), counted_from=None, starts=start, ended=ended,
            ending=ending if ended else None, reason=reason,
        )  # fmt: skip


def recorded(event: Event) -> tuple[datetime, int]:
    """The order in which events were recorded."""
    return event.recorded_at, event.number

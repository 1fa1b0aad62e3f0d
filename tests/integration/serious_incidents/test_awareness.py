"""When the local authority became aware, recorded after the referral: the statutory clock moves to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.cases.queries import obligations_of
from app.procedure.events import EventKind
from app.serious_incidents import service
from app.serious_incidents.errors import AlreadyDone, Incomplete, OutOfTurn
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey
from tests.support.places import Place

FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
NOW = MONDAY + 3 * HOUR


@pytest.fixture
def unaware(wight: Place) -> Journey:
    return Journey(wight, aware=False)


def due(journey: Journey) -> date | None:
    with journey.place.pinned():
        rows = obligations_of(journey.case_id)
        return next((row.due_on for row in rows if row.duty == "B1-03"), None)


def record(journey: Journey, at: datetime | None = FRIDAY, **named: Any) -> None:
    named = {"told_by": "The hospital", "now": NOW, "key": uuid4(), "who": journey.director, **named}
    journey.do(service.record_awareness, aware_at=at, **named)


@pytest.mark.duty("B1-03")
def test_the_clock_counts_from_the_awareness_recorded_later(unaware: Journey) -> None:
    assert due(unaware) is None
    unaware.share()
    assert due(unaware) == date(2026, 11, 30)
    record(unaware)
    assert due(unaware) == date(2026, 11, 27)
    (told,) = unaware.events(EventKind.LOCAL_AUTHORITY_AWARE)
    assert (told.happened_at, told.recorded_at) == (FRIDAY, NOW)


def test_it_is_recorded_once(unaware: Journey) -> None:
    key = uuid4()
    record(unaware, key=key)
    record(unaware, key=key)
    with pytest.raises(AlreadyDone):
        record(unaware, at=FRIDAY - timedelta(days=1))
    assert len(unaware.events(EventKind.LOCAL_AUTHORITY_AWARE)) == 1


@pytest.mark.parametrize("at", [None, NOW + timedelta(minutes=1)])
def test_a_moment_that_is_missing_or_ahead_is_told(unaware: Journey, at: datetime | None) -> None:
    with pytest.raises(Incomplete, match="became aware"):
        record(unaware, at=at)
    assert unaware.events(EventKind.LOCAL_AUTHORITY_AWARE) == []


def test_a_referral_that_said_it_is_not_asked_again(wight: Place) -> None:
    with pytest.raises(OutOfTurn, match="The referral says"):
        record(Journey(wight))


def test_the_page_offers_it_and_keeps_what_was_typed(
    unaware: Journey, client_as: Callable[..., Any], at: Callable[[datetime], None]
) -> None:
    at(NOW)
    client, base = client_as(unaware.team), f"/{unaware.place.slug}/cases/{unaware.reference}"
    assert "Record when the local authority became aware" in client.get(base).get_data(as_text=True)
    typed = {"aware_at-day": "29", "aware_at-month": "2", "aware_at-year": "2025", "aware_at-time": "9am",
             "told_by": "The <b>ward</b>"}  # fmt: skip
    wrong = client.post(f"{base}/awareness", data=typed)
    assert wrong.status_code == 400
    assert "29 February 2025 is not a real date" in wrong.get_data(as_text=True)
    assert "The &lt;b&gt;ward&lt;/b&gt;" in wrong.get_data(as_text=True)
    right = {**typed, "aware_at-day": "20", "aware_at-month": "11", "aware_at-year": "2026"}
    assert client.post(f"{base}/awareness", data=right).status_code == 303
    assert "Record when the local authority" not in client.get(base).get_data(as_text=True)

"""The case page: what is owed first, nothing told before its time, and a view recorded before anything is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.cases.rebuild import differences
from app.ledger import read_log
from app.procedure.events import Party
from tests.integration.serious_incidents.journey import MONDAY, Journey
from tests.support.places import Place

HOUR_FIVE = MONDAY.replace(hour=15)


@pytest.fixture
def journey(wight: Place, at: Callable[..., None]) -> Journey:
    at(HOUR_FIVE)
    return Journey(wight)


def page(journey: Journey, client_as: Callable[..., Any], who: Any) -> str:
    answer = client_as(who).get(f"/{journey.place.slug}/cases/{journey.reference}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_partner_is_not_told_a_view_before_it_is_shared(
    journey: Journey, client_as: Callable[..., Any]
) -> None:
    journey.share()
    journey.view(Party.LIG_CHAIR)
    before = page(journey, client_as, journey.police)
    assert "Initial view of the Chair of the group given" in before
    assert "Chair of the group: to notify" not in before
    journey.view(Party.SERVICE_DIRECTOR)
    journey.share_view()
    assert "Initial view of the Chair of the group: to notify" in page(journey, client_as, journey.police)


def test_the_view_is_recorded_before_the_page_is_shown(
    journey: Journey, client_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page(journey, client_as, journey.scrutineer)
    with journey.place.pinned():
        assert journey.scrutineer.person_id in {
            entry.person_id for entry in read_log.views_of(journey.case_id)
        }

    def broken(*_args: object) -> None:
        raise OSError("the log cannot be written")

    monkeypatch.setattr(read_log, "viewed", broken)
    answer = client_as(journey.scrutineer).get(f"/{journey.place.slug}/cases/{journey.reference}")
    assert answer.status_code == 500
    assert journey.reference not in answer.get_data(as_text=True).split("<h1")[1]


def test_stored_obligations_are_those_that_history_gives_at_every_step(journey: Journey) -> None:
    def check() -> None:
        with journey.place.pinned():
            assert differences(journey.case_id) == []

    for step in (
        journey.share,
        lambda: journey.view(Party.LIG_CHAIR),
        lambda: journey.view(Party.SERVICE_DIRECTOR),
        journey.share_view,
        lambda: journey.receive(Party.POLICE),
        lambda: journey.silent(Party.POLICE),
        lambda: journey.respond(Party.ICB),
    ):
        step()
        check()


def test_what_is_owed_stands_before_what_happened_and_the_record(
    journey: Journey, client_as: Callable[..., Any]
) -> None:
    text = page(journey, client_as, journey.team)
    assert text.index("What is owed now") < text.index("What has happened") < text.index("The record")
    assert "by the end of" in text


def test_the_day_count_names_every_day(journey: Journey, client_as: Callable[..., Any]) -> None:
    answer = client_as(journey.team).get(f"/{journey.place.slug}/cases/{journey.reference}/clock/B1-03")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "working day 5" in text
    assert "not counted: Saturday" in text

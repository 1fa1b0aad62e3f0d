"""Cases to scrutinise, and the time at which they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.procedure.events import Party
from app.serious_incidents import service
from tests.integration.serious_incidents.journey import (
    HOUR,
    MONDAY,
    NOT,
    TUESDAY_MIDNIGHT,
    TUESDAY_NOON,
    Journey,
)
from tests.support.places import Place
from tests.support.statements import statements_of

WEDNESDAY = TUESDAY_MIDNIGHT + 10 * HOUR


@pytest.fixture
def now(at: Callable[..., None]) -> None:
    at(WEDNESDAY)


@pytest.fixture
def agreed(wight: Place, now: None) -> Journey:
    """Three partners agreed on Monday, and the decision was recorded on Tuesday."""
    journey = Journey(wight).to_decision()
    journey.decide()
    return journey


@pytest.fixture
def silent(wight: Place, now: None) -> Journey:
    """The police stayed silent although their deputy was contacted; the decision rests on that."""
    journey = Journey(wight).to_responses()
    journey.respond(Party.LOCAL_AUTHORITY)
    journey.answered_elsewhere(Party.ICB, at=MONDAY + 4 * HOUR, now=MONDAY + 6 * HOUR)
    assert journey.silent(Party.POLICE)
    journey.decide(now=WEDNESDAY - 2 * HOUR)
    return journey


@pytest.fixture
def contested(wight: Place, now: None) -> Journey:
    """The partners differed, met, and the Partnership Chair decided not to notify; the local authority does."""
    journey = Journey(wight).to_chair()
    journey.chair_decides(NOT, scrutineer=False)
    journey.enter(service.override, journey.director, TUESDAY_NOON)
    return journey


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent since the list was last cleared."""
    with statements_of(app) as told:
        yield told


__all__ = ["NOT", "WEDNESDAY"]

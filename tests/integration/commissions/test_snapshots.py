"""What a copy of a case holds: the record and the reasons, and no name of anybody who acted on it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cases.service import Case
from app.commissions.snapshots import PARTS, TOLD, snapshot
from app.preparation.service import save
from app.procedure.events import EventKind
from app.serious_incidents import service
from tenants.db import db
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey
from tests.support.places import Place


@pytest.fixture
def journey(wight: Place) -> Journey:
    """A case just referred."""
    return Journey(wight)


def copies(journey: Journey) -> dict[str, str]:
    """Every part of the case, as one text each."""
    with journey.place.app.test_request_context("/"), journey.place.pinned():
        case = db.session.scalars(select(Case).where(Case.id == journey.case_id)).one()
        return {part: str(snapshot(case, part)) for part in PARTS}


def test_a_decision_is_copied_with_its_reasons_and_without_names(journey: Journey) -> None:
    assert copies(journey)["decisions"] == "[]"
    journey.to_decision()
    journey.decide()
    journey.enter(service.raise_information, journey.team, MONDAY + 30 * HOUR)
    found = copies(journey)
    for words in (
        "The test is met, and the three partners agree",
        "It is what our records show",
        "Service Director",
    ):
        assert words in found["decisions"]
    for who in (journey.director, journey.police, journey.nurse, journey.chair, journey.team):
        assert who.name not in "".join(found.values())
    assert "Initial view of the Chair of the group given" in found["timeline"]
    assert "New information raised after the decision" in found["timeline"]
    assert journey.reference not in "".join(found.values())


def test_the_preparation_is_copied_as_it_stands(journey: Journey) -> None:
    journey.share()
    assert copies(journey)["pack"] == "[]"
    with journey.place.pinned():
        save(journey.case_id, "family", {"household": "A mother and two children"}, version=0,
             actor=journey.team.actor(), now=MONDAY + 2 * HOUR)  # fmt: skip
        db.session.commit()
    assert "A mother and two children" in copies(journey)["pack"]


@pytest.mark.parametrize(
    "kind",
    [EventKind.CASE_SEALED, EventKind.CONFLICT_DECLARED, EventKind.REVIEWER_COMMISSIONED, EventKind.PAPER_RELEASED,
     EventKind.OBSERVATION_RECORDED, EventKind.WRITE_REFUSED, EventKind.SAME_INCIDENT_LINKED,
     EventKind.ENTRY_SUPERSEDED, EventKind.REVIEWER_REMOVED],
)  # fmt: skip
def test_who_sees_the_case_and_what_scrutiny_says_is_not_in_the_timeline(kind: EventKind) -> None:
    assert kind not in TOLD


def test_there_is_no_other_part(journey: Journey) -> None:
    with journey.place.pinned():
        case = db.session.scalars(select(Case).where(Case.id == journey.case_id)).one()
        with pytest.raises(KeyError):
            snapshot(case, "other")

"""An agency's representative sees own referrals at once, and other agencies' when they are brought to the group."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.cases.models import Case
from app.procedure.events import SAFEGUARDING_PARTNERS
from tenants.db import db
from tenants.registry import Agency
from tests.integration.serious_incidents.journey import ANSWERS, MONDAY, NOT, NOTIFY, Journey
from tests.support.places import Place


@pytest.fixture
def journey(wight: Place, at: Callable[..., None]) -> Journey:
    at(MONDAY + timedelta(days=2))
    return Journey(wight)


def status(journey: Journey, client_as: Callable[..., Any]) -> int:
    client = client_as(journey.lig_member)
    page = client.get(f"/{journey.place.slug}/cases/{journey.reference}").status_code
    assert (journey.reference in whole_list(client, journey)) == (page == 200)
    return int(page)


def whole_list(client: Any, journey: Journey) -> str:
    """Every page of the list of cases: other tests' cases may be newer."""
    address: str | None = f"/{journey.place.slug}/cases"
    pages = []
    while address is not None:
        pages.append(client.get(address).get_data(as_text=True))
        older = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        address = older[1].replace("&amp;", "&") if older else None
    return "\n".join(pages)


def refer_from(journey: Journey, agency: str) -> None:
    from app.access.actor import SYSTEM
    from app.ledger.service import record
    from app.procedure.events import EventKind

    with journey.place.pinned():
        case = db.session.scalars(select(Case).where(Case.id == journey.case_id)).one()
        case.agency_id = db.session.scalars(select(Agency.id).where(Agency.key == agency)).one()
        record(EventKind.PARTY_INFORMED, case_id=case.id, acting=SYSTEM, happened_at=MONDAY, now=MONDAY)
        db.session.commit()


def test_own_agencys_referral_is_seen_and_anothers_under_decision_is_not(
    journey: Journey, client_as: Callable[..., Any]
) -> None:
    refer_from(journey, "education")
    assert status(journey, client_as) == 404
    refer_from(journey, "community-health")
    assert status(journey, client_as) == 200


@pytest.mark.parametrize(("outcome", "seen"), [(NOTIFY, 200), (NOT, 404)])
def test_another_agencys_case_is_seen_when_it_is_brought_to_the_group(
    journey: Journey, client_as: Callable[..., Any], outcome: str, seen: int
) -> None:
    refer_from(journey, "education")
    journey.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party, outcome)
    assert status(journey, client_as) == 404
    abuse = "suspected" if outcome == NOTIFY else "neither"
    journey.decide(answers=replace(ANSWERS, outcome=outcome, abuse=abuse))
    assert status(journey, client_as) == seen

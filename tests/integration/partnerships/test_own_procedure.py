"""The manager changes the partnership's own procedure in forms; a stage keeps the edition it began under."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access.roles import Role
from app.cases.models import Case
from app.cases.queries import obligations_of
from app.ledger.models import LedgerEvent
from app.serious_incidents import service
from app.serious_incidents.errors import OutOfTurn
from tenants.db import db
from tenants.registry import current_edition, editions
from tests.integration.access.test_matrix import make_case
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey
from tests.support.cast import cast
from tests.support.people import Someone, client_of
from tests.support.places import Place, fresh_place


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path: Path) -> dict[Role, Someone]:
    return cast(fresh_place(app, owner_of, tmp_path), owner_of)


def typed(browser: FlaskClient, slug: str, **more: str) -> dict[str, str]:
    """The form as a browser sends it back, with some answers changed."""
    import re

    page = browser.get(f"/{slug}/settings/change").get_data(as_text=True)
    form = {name: value for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)}
    form = {name: value for name, value in form.items() if name != "omitted"}
    return {
        **form,
        "reason": "Agreed by the Executive",
        "submission_key": str(uuid4()),
        "do": "adopt",
        **more,
    }


def test_an_edition_is_looked_at_adopted_and_kept(app: Flask, people: dict[Role, Someone]) -> None:
    manager = people[Role.STRATEGIC_MANAGER]
    slug, browser = manager.place.slug, client_of(app, manager)
    before, _key = make_case(people[Role.PARTNERSHIP_TEAM])
    form = typed(
        browser, slug, clock_B1_06="3", name_lig_chair="Chair of the Case Review Group", omitted="A-06"
    )
    looked = browser.post(f"/{slug}/settings/change", data={**form, "do": "look"}).get_data(as_text=True)
    assert "The clock B1-06 is 3 working days" in looked
    assert "A-06 is left out" in looked
    with manager.place.pinned():
        assert current_edition().number == 1
    assert browser.post(f"/{slug}/settings/change", data=form).status_code == 303
    with manager.place.pinned():
        assert [row.number for row in editions()] == [2, 1]
        assert current_edition().settings["clocks"]["B1-06"] == 3
        told = db.session.scalars(select(LedgerEvent).where(LedgerEvent.kind == "settings-adopted")).all()
        assert len(told) == 1
    after, _key = make_case(people[Role.PARTNERSHIP_TEAM])
    with manager.place.pinned():
        days = {}
        for case in db.session.scalars(select(Case).where(Case.reference.in_((before, after)))):
            row = next(one for one in obligations_of(case.id) if one.key == "B1-06")
            days[case.reference] = row.rule_days
    assert days == {before: 1, after: 3}  # a stage keeps the edition it began under
    page = client_of(app, people[Role.LIG_CHAIR]).get(f"/{slug}/cases/{after}").get_data(as_text=True)
    assert "Chair of the Case Review Group" in page
    assert "1 stage" in browser.get(f"/{slug}/settings/editions/1").get_data(
        as_text=True
    ) or "2 stages" in browser.get(f"/{slug}/settings/editions/1").get_data(as_text=True)


def test_a_step_is_added_by_form_and_two_managers_do_not_overwrite_each_other(
    app: Flask, people: dict[Role, Someone]
) -> None:
    manager = people[Role.STRATEGIC_MANAGER]
    slug, browser = manager.place.slug, client_of(app, manager)
    added = {"step0_action": "Consult the doctor", "step0_owner": "icb", "step0_trigger": "initial-view-shared",
             "step0_closing": "local-step-done", "step0_days": "1", "step0_blocks": "decision"}  # fmt: skip
    first, second = typed(browser, slug, **added), typed(browser, slug, clock_B1_08="4")
    assert browser.post(f"/{slug}/settings/change", data=first).status_code == 303
    with manager.place.pinned():
        assert [one["key"] for one in current_edition().settings["steps"]] == ["consult-the-doctor"]
    stale = browser.post(f"/{slug}/settings/change", data=second)
    assert stale.status_code == 400
    assert "while you were writing" in stale.get_data(as_text=True)
    assert 'value="4"' in stale.get_data(as_text=True)  # what was typed is kept
    with manager.place.pinned():
        assert current_edition().number == 2


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"clock_B1_03": "6"}, "it can be 5 or fewer"),
        ({"clock_B1_08": "soon"}, "whole number"),
        ({"reason": ""}, "Say why"),
        ({"omitted": "B1-03"}, "B1-03 is statutory"),
        (
            {"step0_action": "Do it", "step0_owner": "icb", "step0_trigger": "membership-begun"},
            "needs a trigger",
        ),
        ({}, "Nothing has been changed"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    app: Flask, people: dict[Role, Someone], more: dict[str, str], why: str
) -> None:
    manager = people[Role.STRATEGIC_MANAGER]
    slug, browser = manager.place.slug, client_of(app, manager)
    changed = more if not more or "clock_B1_08" in more else {"clock_B1_06": "2", **more}
    refused = browser.post(f"/{slug}/settings/change", data=typed(browser, slug, **changed))
    assert refused.status_code == 400
    assert why in refused.get_data(as_text=True)
    with manager.place.pinned():
        assert current_edition().number == 1


def test_portsmouth_consults_the_designated_doctor_before_the_decision(app: Flask, portsmouth: Place) -> None:
    journey = Journey(portsmouth)
    journey.to_responses()
    assert journey.owed()["LOCAL:designated-doctor"] == ("icb", None)
    from app.procedure.events import SAFEGUARDING_PARTNERS

    for party in SAFEGUARDING_PARTNERS:
        journey.respond(party)
    with pytest.raises(OutOfTurn, match="designated doctor"):
        journey.decide(now=MONDAY + 6 * HOUR)
    journey.do(
        service.record_local_step, "designated-doctor", happened_at=MONDAY + 6 * HOUR,
        typed=service.Entry("The doctor agrees", uuid4()), who=journey.nurse, now=MONDAY + 7 * HOUR,
    )  # fmt: skip
    assert journey.owed()["LOCAL:designated-doctor"] == ("icb", "met")
    journey.decide(now=MONDAY + 8 * HOUR)
    assert journey.state().decision is not None

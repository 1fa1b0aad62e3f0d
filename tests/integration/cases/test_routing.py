"""Who leads each stage, and by which rule."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.routing import (
    HOME,
    HOME_OUTSIDE,
    INCIDENT,
    LOOKED_AFTER,
    Whereabouts,
    apart,
    leads,
    whereabouts_faults,
)

WIGHT, HAMPSHIRE, SOUTHAMPTON = "E06000046", "E10000014", "E06000045"
codes = st.sampled_from((WIGHT, HAMPSHIRE, SOUTHAMPTON, "E09000001"))


@pytest.mark.duty("N-01")
def test_the_incidents_area_notifies_and_holds_the_rapid_review() -> None:
    found = leads(Whereabouts(WIGHT, HAMPSHIRE))
    assert (found["notification"].authority, found["notification"].rule) == (WIGHT, INCIDENT)
    assert found["rapid_review"] == found["notification"]
    abroad = leads(Whereabouts(None, HAMPSHIRE, outside_england=True))
    assert (abroad["rapid_review"].authority, abroad["rapid_review"].rule) == (HAMPSHIRE, HOME_OUTSIDE)


@pytest.mark.duty("B3-04")
def test_the_home_area_or_the_responsible_authority_leads_the_local_review() -> None:
    assert leads(Whereabouts(WIGHT, HAMPSHIRE))["lcspr"].authority == HAMPSHIRE
    assert leads(Whereabouts(WIGHT, HAMPSHIRE))["lcspr"].rule == HOME
    looked_after = leads(Whereabouts(WIGHT, HAMPSHIRE, SOUTHAMPTON))["lcspr"]
    assert (looked_after.authority, looked_after.rule) == (SOUTHAMPTON, LOOKED_AFTER)


@pytest.mark.duty("X-04")
@given(codes, codes, st.none() | codes, st.booleans())
def test_every_stage_has_one_lead_and_one_rule(
    incident: str, home: str, looked_after_by: str | None, outside: bool
) -> None:
    where = Whereabouts(None if outside else incident, home, looked_after_by, outside)
    assert whereabouts_faults(where) == []
    found = leads(where)
    assert list(found) == ["notification", "rapid_review", "lcspr"]
    assert all(lead.authority and lead.rule for lead in found.values())
    assert found["notification"].authority == (home if outside else incident)
    assert found["lcspr"].authority == (looked_after_by or home)
    assert apart(where) == (found["notification"].authority != found["lcspr"].authority)


@pytest.mark.parametrize(
    "where",
    [
        Whereabouts(None, HAMPSHIRE),
        Whereabouts(WIGHT, HAMPSHIRE, outside_england=True),
        Whereabouts("Wight", HAMPSHIRE),
        Whereabouts(WIGHT, None),
        Whereabouts(WIGHT, HAMPSHIRE, "W06000001"),
    ],
)
def test_what_cannot_be_told(where: Whereabouts) -> None:
    assert whereabouts_faults(where)


@pytest.mark.duty("N-01", "B3-04")
def test_the_command_names_partnerships_and_authorities_elsewhere(app: Flask) -> None:
    def lead(*arguments: str) -> dict[str, dict[str, str]]:
        answer = app.test_cli_runner().invoke(args=["lead", *arguments])
        assert answer.exit_code == 0, answer.output
        found: dict[str, dict[str, str]] = json.loads(answer.output)
        return found

    found = lead("--incident", WIGHT, "--home", HAMPSHIRE, "--looked-after-by", "E09000001")
    assert {stage: one["partnership"] for stage, one in found.items()} == {
        "notification": "isle-of-wight", "rapid_review": "isle-of-wight", "lcspr": "E09000001",
    }  # fmt: skip
    assert all(set(one) == {"partnership", "rule"} for one in found.values())
    assert lead("--outside-england", "--home", HAMPSHIRE)["notification"]["partnership"] == "hampshire"
    refused = app.test_cli_runner().invoke(args=["lead", "--home", HAMPSHIRE])
    assert refused.exit_code == 2
    assert "area of the incident" in refused.output

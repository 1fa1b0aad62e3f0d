"""Who leads each stage, and by which rule."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from secrets import randbelow

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.access.actor import SYSTEM
from app.access.roles import Role
from app.cases.service import ChildFacts, open_case
from app.clock_source import real_now
from app.ledger.service import record
from app.procedure.events import EventKind, Stage
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
from config import Config
from tenants.db import db
from tests.support.cast import cast
from tests.support.people import Someone, client_of, find
from tests.support.places import Place, fresh_place

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
        *(
            Whereabouts(code, HAMPSHIRE)
            for code in ("E99999999", "E00000000", "E92000001", "E07000086", "E0600004")
        ),
    ],
)
def test_what_cannot_be_told(where: Whereabouts) -> None:
    assert len(whereabouts_faults(where)) == 1


@pytest.mark.duty("X-04")
def test_two_authorities_of_one_partnership_lead_together() -> None:
    where = Whereabouts(WIGHT, SOUTHAMPTON)
    assert apart(where)
    assert not apart(where, lambda code: "solent" if code in (WIGHT, SOUTHAMPTON) else code)
    assert apart(Whereabouts(WIGHT, HAMPSHIRE), lambda code: "solent" if code == WIGHT else code)


@pytest.mark.duty("B3-04")
def test_a_looked_after_child_whose_authority_is_not_known_has_its_own_rule() -> None:
    where = Whereabouts(WIGHT, HAMPSHIRE, looked_after=True)
    assert (leads(where)["lcspr"].authority, leads(where)["lcspr"].rule) == (None, LOOKED_AFTER)
    assert not apart(where)


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
    refused = app.test_cli_runner().invoke(args=["lead", "--incident", "E07000086", "--home", "E92000001"])
    assert (refused.exit_code, refused.output) == (
        2,
        "E07000086 and E92000001 are not codes of a local authority with children's services in England, "
        "like E06000046.\n",
    )


@pytest.mark.duty("N-01", "B3-04", "X-04")
def test_the_command_needs_neither_database_nor_secrets() -> None:
    bare = create_app(Config())
    answer = bare.test_cli_runner().invoke(
        args=["lead", "--incident", WIGHT, "--home", "E09000001", "--looked-after-by", SOUTHAMPTON]
    )
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output) == {
        "notification": {"partnership": "isle-of-wight", "rule": INCIDENT},
        "rapid_review": {"partnership": "isle-of-wight", "rule": INCIDENT},
        "lcspr": {"partnership": "southampton", "rule": LOOKED_AFTER},
    }
    answer = bare.test_cli_runner().invoke(args=["lead", "--outside-england", "--home", "E09000001"])
    assert {one["partnership"] for one in json.loads(answer.output).values()} == {"E09000001"}


# --- the panel of the case page


def panel(app: Flask, team: Someone, **facts: object) -> list[str]:
    """The panel of a case whose referral says these facts: whether the leads are apart, then each stage's lead and
    rule; empty where there is no panel."""
    now = real_now()
    with team.place.pinned():
        case = open_case(
            title="A child (invented)", source="agency", agency_id=None, referred_by=None,
            children=[ChildFacts("subject", None, None, "unknown")], now=now,
        )  # fmt: skip
        record(
            EventKind.REFERRAL_SUBMITTED, case_id=case.id, acting=SYSTEM, happened_at=now, now=now,
            stage=Stage.REFERRAL, facts=facts,
        )  # fmt: skip
        db.session.commit()
        reference = case.reference
    page = client_of(app, team).get(f"/{team.place.slug}/cases/{reference}").get_data(as_text=True)
    found = re.search(r'<section aria-labelledby="routing">.*?</section>', page, re.S)
    if found is None:
        return []
    text = unescape(re.sub(r"<[^>]+>", "\n", found[0]))
    return [line.strip() for line in text.splitlines() if line.strip()]


STAGES = (
    "Serious incident notification", "Rapid review", "Local child safeguarding practice review, if there is one",
)  # fmt: skip


def expected(apart: bool, *leads: tuple[str, str]) -> list[str]:
    said = (
        ["The stages of this case lie with different partnerships. Each has its own rule."] if apart else []
    )
    told = [part for stage, lead in zip(STAGES, leads, strict=True) for part in (stage, *lead)]
    return ["Who leads", *said, *told]


WIGHTS = "Isle of Wight Safeguarding Children Partnership (Isle of Wight Council)"
HAMPSHIRES = "Hampshire Safeguarding Children Partnership (Hampshire County Council)"


@pytest.mark.duty("N-01", "B3-04", "X-04")
def test_the_case_page_tells_who_leads_each_stage_and_by_which_rule(app: Flask, wight: Place) -> None:
    team = find(wight, Role.PARTNERSHIP_TEAM)
    here = panel(app, team, incident_area=WIGHT, home_area=WIGHT)
    assert here == expected(False, (WIGHTS, INCIDENT), (WIGHTS, INCIDENT), (WIGHTS, HOME))
    away = panel(app, team, incident_area=WIGHT, home_area=HAMPSHIRE)
    assert away == expected(True, (WIGHTS, INCIDENT), (WIGHTS, INCIDENT), (HAMPSHIRES, HOME))
    abroad = panel(app, team, outside_england=True, incident_area=None, home_area=HAMPSHIRE)
    assert abroad == expected(
        False, (HAMPSHIRES, HOME_OUTSIDE), (HAMPSHIRES, HOME_OUTSIDE), (HAMPSHIRES, HOME)
    )
    elsewhere = panel(
        app, team, incident_area=WIGHT, home_area=WIGHT, looked_after=True, looked_after_by="E09000001"
    )
    assert elsewhere == expected(True, (WIGHTS, INCIDENT), (WIGHTS, INCIDENT), ("E09000001", LOOKED_AFTER))
    assert panel(app, team) == []  # an entered case says nothing of where it happened


@pytest.mark.duty("B3-04", "X-04")
def test_the_panel_of_a_looked_after_child_whose_authority_is_not_known(app: Flask, wight: Place) -> None:
    team = find(wight, Role.PARTNERSHIP_TEAM)
    found = panel(
        app, team, incident_area=WIGHT, home_area=HAMPSHIRE, looked_after=True, looked_after_by=None
    )
    assert found == expected(False, (WIGHTS, INCIDENT), (WIGHTS, INCIDENT), ("Not known yet", LOOKED_AFTER))


@pytest.mark.duty("X-04")
def test_the_panel_compares_partnerships_and_not_their_authorities(
    app: Flask, owner_of: Flask, tmp_path: Path
) -> None:
    first, second = (f"E08{randbelow(900_000) + 100_000}" for _each in range(2))
    more = "".join(
        f'[[local_authorities]]\ncode = "{code}"\nname = "Council {code}"\n' for code in (first, second)
    )
    place = fresh_place(app, owner_of, tmp_path, clocks=more)
    team = cast(place, owner_of)[Role.PARTNERSHIP_TEAM]
    found = panel(app, team, incident_area=first, home_area=second)
    name = f"{place.slug} partnership"
    assert found == expected(
        False,
        *((f"{name} (Council {first})", INCIDENT),) * 2,
        (f"{name} (Council {second})", HOME),
    )

"""Who may stand in for whom, and which roles serve an agency: the rules alone."""

from __future__ import annotations

import pytest

from app.access.permissions import Permission, grant_for
from app.access.roles import MAY_SERVE, SERVES, Role, agency_fault
from app.accounts.deputy_rules import Standing, why_not_deputy, why_not_named_by
from app.procedure.events import Party

R = Role
DIRECTOR = Standing(R.SERVICE_DIRECTOR, Party.LOCAL_AUTHORITY)
POLICE = Standing(R.PARTNER_REPRESENTATIVE, Party.POLICE)
NURSE = Standing(R.DESIGNATED_PROFESSIONAL, Party.ICB)


@pytest.mark.duty("B1-12")
@pytest.mark.parametrize(
    ("principal", "held"),
    [
        (DIRECTOR, Standing(R.PARTNER_REPRESENTATIVE, Party.LOCAL_AUTHORITY)),
        (DIRECTOR, Standing(R.AGENCY_LIG_MEMBER, Party.LOCAL_AUTHORITY)),
        (POLICE, POLICE),
        (POLICE, Standing(R.AGENCY_LIG_MEMBER, Party.POLICE)),
        (NURSE, NURSE),
        (NURSE, Standing(R.PARTNER_REPRESENTATIVE, Party.ICB)),
    ],
)
def test_who_the_procedure_names_can_stand_in(principal: Standing, held: Standing) -> None:
    assert why_not_deputy(principal, [held]) is None


@pytest.mark.duty("B1-12")
@pytest.mark.parametrize("role", sorted(Role))
def test_by_itself_a_role_of_no_partner_stands_in_for_nobody(role: Role) -> None:
    for principal in (DIRECTOR, POLICE, NURSE):
        assert why_not_deputy(principal, [Standing(role, None)]) is not None
        sees = grant_for(role, Permission.CASE_VIEW) is not None
        if not sees:
            assert why_not_deputy(principal, [Standing(role, principal.partner)]) is not None


@pytest.mark.duty("B1-12")
def test_nobody_who_watches_runs_or_answers_for_another_partner() -> None:
    own = Standing(R.AGENCY_LIG_MEMBER, Party.POLICE)
    for role in (
        R.INDEPENDENT_SCRUTINEER, R.PARTNERSHIP_CHAIR, R.PARTNERSHIP_TEAM, R.STRATEGIC_MANAGER,
        R.PARTNERSHIP_ADMINISTRATOR,
    ):  # fmt: skip
        assert why_not_deputy(POLICE, [own, Standing(role, None)]) is not None
    assert why_not_deputy(POLICE, [own, Standing(R.LIG_CHAIR, None)]) is None
    theirs = Standing(R.AGENCY_LIG_MEMBER, Party.LOCAL_AUTHORITY)
    assert why_not_deputy(DIRECTOR, [theirs, Standing(R.LIG_CHAIR, None)]) is not None
    assert why_not_deputy(POLICE, [own, NURSE]) is not None
    assert why_not_deputy(POLICE, [own], {Party.ICB}) is not None
    assert why_not_deputy(POLICE, [own], {Party.POLICE}) is None
    assert why_not_deputy(POLICE, []) is not None


@pytest.mark.duty("B1-12")
def test_nobody_names_themselves() -> None:
    assert why_not_named_by("ada", "ada") is not None
    assert why_not_named_by("ada", "ben") is None
    assert why_not_named_by("ada", None) is None  # Waymark itself


@pytest.mark.parametrize("role", sorted(Role))
def test_a_role_that_serves_an_agency_needs_one_and_no_other_takes_one(role: Role) -> None:
    partner = {R.SERVICE_DIRECTOR: "local-authority", R.DESIGNATED_PROFESSIONAL: "icb",
               R.PARTNER_REPRESENTATIVE: "police"}.get(role)  # fmt: skip
    assert (agency_fault(role, True, partner) is None) == (role in SERVES or role in MAY_SERVE)
    assert (agency_fault(role, False, None) is None) == (role not in SERVES)
    if partner is not None:
        assert agency_fault(role, True, None) is not None

"""The law of second persons, tried on every role and on made-up people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.permissions import GRANTS, Permission
from app.access.roles import Role
from app.people.rules import (
    State,
    Wanted,
    checker_fault,
    decider_fault,
    end_of_life,
    governs,
    is_proposal,
    last_day_faults,
    lengthens,
    opens_cases,
    state_at,
    told_to_manager,
    wanted_faults,
)
from app.procedure.clocks import london_date

# The safeguarding partners that the agency must be one of, as the form says it; none named means any agency.
SERVES_AGENCY: dict[Role, frozenset[str]] = {
    Role.PRACTITIONER: frozenset(),
    Role.AGENCY_LIG_MEMBER: frozenset(),
    Role.AGENCY_CONTRIBUTOR: frozenset(),
    Role.AGENCY_MANAGER: frozenset(),
    Role.PARTNER_REPRESENTATIVE: frozenset({"local-authority", "police", "icb"}),
    Role.DESIGNATED_PROFESSIONAL: frozenset({"icb"}),
    Role.SERVICE_DIRECTOR: frozenset({"local-authority"}),
}

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
PEOPLE = st.sampled_from([UUID(int=number) for number in range(3)])
ROLES = st.sampled_from(list(Role))


@given(PEOPLE, PEOPLE, PEOPLE)
def test_nobody_decides_what_they_proposed_or_what_is_about_themselves(
    decider: UUID, proposer: UUID, concerned: UUID
) -> None:
    allowed = decider_fault(decider, proposer, concerned) is None
    assert allowed == (decider not in (proposer, concerned))


@given(PEOPLE, PEOPLE, ROLES, st.sets(PEOPLE))
def test_no_person_alone_gives_themselves_anything_nor_more_to_whom_they_let_in(
    giver: UUID, receiver: UUID, role: Role, let_in_by: set[UUID]
) -> None:
    """What somebody gives to themselves is a proposal, and so is a role that opens cases or governs, for the holder of
    a passkey whom they let in; that person cannot decide it."""
    opens = opens_cases(role) or governs(role)
    assert is_proposal(giver, receiver, role, let_in_by) == (
        giver == receiver or (giver in let_in_by and opens)
    )
    assert decider_fault(giver, giver, receiver) is not None


@given(PEOPLE, PEOPLE, PEOPLE)
def test_nobody_checks_themselves_and_no_inviter_checks_whatever_the_role(
    checker: UUID, inviter: UUID, concerned: UUID
) -> None:
    allowed = checker_fault(checker, inviter, concerned) is None
    assert allowed == (checker not in (inviter, concerned))


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_shows_a_case_or_governs_is_told(role: Role) -> None:
    shows = {Permission.CASE_VIEW, Permission.CASES_LIST, Permission.REFERRAL_DRAFT} & set(GRANTS[role])
    if shows:
        assert opens_cases(role)
        assert told_to_manager(role)
    if Permission.PEOPLE_MANAGE in GRANTS[role] or Permission.MEMBERSHIP_APPROVE in GRANTS[role]:
        assert governs(role)
        assert told_to_manager(role)


def test_an_administrator_opens_no_case_and_a_reviewer_does() -> None:
    assert not opens_cases(Role.PARTNERSHIP_ADMINISTRATOR)
    for role in (Role.REVIEWER, Role.EVENT_LEAD):
        assert opens_cases(role)
        assert told_to_manager(role)


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_a_link_works_to_the_end_of_the_london_day_also_where_the_clocks_change(hour: int) -> None:
    sent = datetime(2026, 10, 20, hour, 30, tzinfo=UTC)
    end = end_of_life(sent, timedelta(days=14))
    assert london_date(end - timedelta.resolution) == london_date(sent) + 14 * DAY
    assert london_date(end) == london_date(sent) + 15 * DAY


def wanted(role: Role | None = Role.LIG_CHAIR, **changes: object) -> Wanted:
    plain = {"agency": None, "partner": None, "starts_on": TODAY, "ends_on": None}
    return Wanted(role, **{**plain, **changes})  # type: ignore[arg-type]


def fields(found: list[tuple[str, str]]) -> list[str]:
    return [name for name, _message in found]


@pytest.mark.parametrize("role", list(Role))
def test_an_agency_is_required_for_roles_that_serve_one_and_refused_for_others(role: Role) -> None:
    for partner in (None, "local-authority", "police", "icb"):
        given_one = fields(wanted_faults(wanted(role, agency=uuid4(), partner=partner), TODAY))
        if role not in SERVES_AGENCY:
            assert given_one == ["agency"]
        else:
            fits = not SERVES_AGENCY[role] or partner in SERVES_AGENCY[role]
            assert given_one == ([] if fits else ["agency"])
    without = fields(wanted_faults(wanted(role), TODAY))
    assert without == (["agency"] if role in SERVES_AGENCY else [])


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"starts_on": None}, ["starts_on"]),
        ({"starts_on": TODAY - DAY}, ["starts_on"]),
        ({"starts_on": TODAY + 800 * DAY}, ["starts_on"]),
        ({"starts_on": TODAY + DAY, "ends_on": TODAY}, ["ends_on"]),
        ({"ends_on": TODAY + 4000 * DAY}, ["ends_on"]),
        ({"ends_on": TODAY}, []),
        ({"starts_on": TODAY + 90 * DAY, "ends_on": TODAY + 91 * DAY}, []),
    ],
)
def test_days_that_make_no_sense_are_refused(changes: dict[str, object], named: list[str]) -> None:
    assert fields(wanted_faults(wanted(**changes), TODAY)) == named


def test_a_role_that_does_not_exist_is_asked_for_again() -> None:
    assert fields(wanted_faults(wanted(None), TODAY)) == ["role"]


def test_an_invitation_expires_by_the_clock_alone() -> None:
    end = datetime(2026, 12, 7, tzinfo=UTC)
    instant = timedelta(microseconds=1)
    for stored in ("open", "waiting"):
        assert state_at(stored, end, end - instant) is State(stored)
        assert state_at(stored, end, end) is State.EXPIRED
    for stored in ("accepted", "withdrawn"):
        assert state_at(stored, end, end + DAY) is State(stored)


@pytest.mark.parametrize(
    ("ends_on", "sound"),
    [(None, True), (TODAY, True), (TODAY - DAY, False), (TODAY + DAY, True), (TODAY + 4000 * DAY, False)],
)
def test_a_last_day_is_not_in_the_past(ends_on: date | None, sound: bool) -> None:
    assert (last_day_faults(TODAY - 30 * DAY, ends_on, TODAY) == []) is sound
    assert last_day_faults(TODAY + 9 * DAY, TODAY + DAY, TODAY) != []


@given(st.none() | st.dates(), st.none() | st.dates())
def test_longer_is_longer(before: date | None, after: date | None) -> None:
    far = date.max
    assert lengthens(before, after) == (
        (after or far) > (before or far) or (before is not None and after is None)
    )

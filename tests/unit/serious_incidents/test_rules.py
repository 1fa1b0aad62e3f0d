"""The rules of the decision to notify, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.access.actor import Capacity
from app.access.roles import Role
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import notification_rules, rules
from app.serious_incidents.notification_rules import NotificationFacts
from app.serious_incidents.rules import DecisionAnswers, Position

NOTIFY, NOT = "notify", "do-not-notify"
MET = DecisionAnswers(
    abuse="suspected",
    abuse_rationale="Injuries without an explanation",
    limb_a=True,
    limb_a_rationale="At home, in the area",
    limb_b=False,
    limb_b_rationale="It was not abroad",
    harm_kinds=("physical",),
    harm_judgement="A lasting effect is likely",
    guidance_considered=True,
    guidance_edition="Working Together to Safeguard Children 2023",
    outcome=NOTIFY,
    rationale="The test is met",
)
NOT_MET = replace(MET, abuse="neither", outcome=NOT)
DIRECTOR = Capacity(None, Role.SERVICE_DIRECTOR, partner=Party.LOCAL_AUTHORITY)
CHILDRENS = Capacity(None, Role.PARTNER_REPRESENTATIVE, partner=Party.LOCAL_AUTHORITY)
POLICE = Capacity(None, Role.PARTNER_REPRESENTATIVE, partner=Party.POLICE)
NURSE = Capacity(None, Role.DESIGNATED_PROFESSIONAL, partner=Party.ICB)
TEAM = Capacity(None, Role.PARTNERSHIP_TEAM)
CHAIR = Capacity(None, Role.LIG_CHAIR)


def positions(*kinds: str, outcome: str = NOTIFY) -> list[Position]:
    return [Position(party, outcome, kind) for party, kind in zip(SAFEGUARDING_PARTNERS, kinds, strict=True)]


def fields(answers: DecisionAnswers, agreed: str = NOTIFY) -> set[str]:
    return {fault.field for fault in rules.decision_faults(answers, agreed)}


@pytest.mark.duty("B1-01", "B1-02", "B1-14")
def test_complete_answers_have_no_fault() -> None:
    assert rules.decision_faults(MET, NOTIFY) == []
    assert rules.decision_faults(NOT_MET, NOT) == []


@pytest.mark.duty("B1-01")
@pytest.mark.parametrize(
    ("abuse", "limb_a", "limb_b", "met"),
    [
        ("known", True, False, True),
        ("suspected", False, True, True),
        ("neither", True, False, False),
        ("known", False, False, False),
        (None, True, False, False),
        ("known", None, None, False),
    ],
)
def test_statutory_test(abuse: str | None, limb_a: bool | None, limb_b: bool | None, met: bool) -> None:
    assert rules.test_is_met(replace(MET, abuse=abuse, limb_a=limb_a, limb_b=limb_b)) is met


@pytest.mark.duty("B1-01")
@pytest.mark.parametrize(
    "name", ["abuse", "limb_a", "limb_b", "abuse_rationale", "limb_a_rationale", "limb_b_rationale"]
)
def test_each_limb_needs_its_answer_and_reason(name: str) -> None:
    empty = " \n" if name.endswith("rationale") else None
    assert name in fields(replace(MET, **{name: empty}))


@pytest.mark.duty("B1-01")
def test_both_limbs_cannot_hold_at_once() -> None:
    assert "limb_b" in fields(replace(MET, limb_b=True))


@pytest.mark.duty("B1-02")
@pytest.mark.parametrize("kinds", [(), ("unheard-of",), ("none", "physical"), ("none",)])
def test_kinds_of_harm_are_asked_for(kinds: tuple[str, ...]) -> None:
    assert "harm_kinds" in fields(replace(MET, harm_kinds=kinds))


@pytest.mark.duty("B1-02")
def test_no_serious_harm_is_an_answer_where_no_limb_holds() -> None:
    answers = replace(MET, limb_a=False, harm_kinds=("none",), outcome=NOT)
    assert rules.decision_faults(answers, NOT) == []
    assert "harm_judgement" in fields(replace(answers, harm_judgement=" "), NOT)


@pytest.mark.duty("B1-14")
@pytest.mark.parametrize("change", [{"guidance_considered": False}, {"guidance_edition": " "}])
def test_guidance_must_be_considered_in_a_named_edition(change: dict[str, object]) -> None:
    assert fields(replace(MET, **change)) == {"guidance_considered"}


def test_outcome_follows_the_test_and_the_positions() -> None:
    assert fields(replace(MET, abuse="neither")) == {"outcome"}
    assert fields(replace(MET, outcome=NOT), NOT) == {"outcome"}
    assert fields(MET, NOT) == {"outcome"}
    assert fields(replace(MET, outcome=None)) == {"outcome"}
    assert fields(replace(MET, outcome="perhaps", rationale="")) == {"outcome", "rationale"}


@pytest.mark.duty("B1-15")
@pytest.mark.parametrize(
    ("capacity", "partners"),
    [
        (DIRECTOR, [Party.LOCAL_AUTHORITY]),
        (CHILDRENS, [Party.LOCAL_AUTHORITY]),
        (POLICE, [Party.POLICE]),
        (NURSE, [Party.ICB]),
        (TEAM, []),
        (CHAIR, []),
        (Capacity(None, Role.AGENCY_LIG_MEMBER, partner=Party.POLICE), []),
        (Capacity(None, Role.PARTNER_REPRESENTATIVE), []),
    ],
)
def test_who_answers_for_which_partner(capacity: Capacity, partners: list[Party]) -> None:
    assert rules.partners_of([capacity]) == partners


@pytest.mark.duty("B1-15")
def test_the_named_decision_maker_comes_before_the_one_who_stands_in() -> None:
    assert rules.capacity_for(Party.LOCAL_AUTHORITY, [CHILDRENS, DIRECTOR]) is DIRECTOR
    assert rules.stands_in(Party.LOCAL_AUTHORITY, CHILDRENS)
    assert not rules.stands_in(Party.ICB, NURSE)
    assert rules.capacity_for(Party.POLICE, [CHILDRENS, DIRECTOR, NURSE]) is None


@pytest.mark.duty("B1-15")
@pytest.mark.parametrize(
    ("held", "outcome", "kinds", "may"),
    [
        (POLICE, NOTIFY, ("given", "given", "given"), True),
        (POLICE, NOTIFY, ("given", "deemed", "deemed"), True),
        (POLICE, NOTIFY, ("deemed", "deemed", "deemed"), False),
        (CHILDRENS, NOTIFY, ("deemed", "deemed", "deemed"), True),
        (POLICE, NOT, ("given", "given", "given"), False),
        (DIRECTOR, NOT, ("given", "given", "given"), True),
        (CHAIR, NOTIFY, ("given", "given", "given"), False),
        (TEAM, NOTIFY, ("given", "given", "given"), False),
        (NURSE, NOTIFY, ("given", "given", "given"), False),
    ],
)
def test_who_may_record_the_decision(held: Capacity, outcome: str, kinds: tuple[str, ...], may: bool) -> None:
    capacity = rules.deciding_capacity([held], outcome, positions(*kinds, outcome=outcome))
    assert (capacity is held) is may


def test_positions_that_differ_have_no_agreed_outcome() -> None:
    assert rules.agreed_outcome([NOTIFY, NOTIFY, NOT]) is None
    assert rules.agreed_outcome([]) is None
    assert rules.agreed_outcome([NOT, NOT]) == NOT
    assert rules.missing_positions({Party.POLICE: Position(Party.POLICE, NOTIFY, "given")}) == [
        Party.LOCAL_AUTHORITY,
        Party.ICB,
    ]


NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
SENT = NotificationFacts(
    submitted_at=NOW - timedelta(hours=1),
    aware_at=NOW - timedelta(days=3),
    aware_date_only=False,
    due=NOW + timedelta(hours=9),
    recorded_late_reason="",
    missed_reason="",
    missed_reported_to="",
)


def notification_fields(facts: NotificationFacts) -> set[str]:
    return {fault.field for fault in notification_rules.notification_faults(facts, NOW)}


@pytest.mark.duty("B1-03")
def test_a_notification_has_a_possible_time() -> None:
    assert notification_fields(SENT) == set()
    assert notification_fields(replace(SENT, submitted_at=NOW + timedelta(seconds=1))) == {"submitted_at"}
    assert notification_fields(replace(SENT, submitted_at=NOW - timedelta(days=4))) == {"submitted_at"}


@pytest.mark.duty("B1-03")
def test_where_only_the_day_of_awareness_is_known_the_same_day_is_possible() -> None:
    facts = replace(SENT, aware_at=NOW, aware_date_only=True)
    assert notification_fields(facts) == set()
    assert notification_fields(replace(facts, aware_date_only=False)) == {"submitted_at"}


@pytest.mark.duty("B1-03")
def test_lateness_needs_its_reasons() -> None:
    yesterday = replace(SENT, submitted_at=NOW - timedelta(days=1))
    assert notification_fields(yesterday) == {"recorded_late_reason"}
    assert notification_fields(replace(yesterday, recorded_late_reason="Told by telephone")) == set()
    missed = replace(SENT, due=SENT.submitted_at)
    assert notification_fields(missed) == {"missed_reason", "missed_reported_to"}
    assert (
        notification_fields(replace(missed, missed_reason="System down", missed_reported_to="Panel")) == set()
    )

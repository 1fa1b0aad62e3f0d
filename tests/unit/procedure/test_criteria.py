"""What a referral and the decision to notify must answer."""

from __future__ import annotations

from datetime import date

import pytest

from app.procedure import criteria
from app.procedure.events import SAFEGUARDING_PARTNERS, Party


@pytest.mark.duty("A-01")
def test_a_draft_is_its_authors_and_once_shared_their_own_representatives() -> None:
    may = criteria.may_see_draft
    assert may(same_agency=True, is_author=True, is_representative=False, shared=False)
    assert may(same_agency=True, is_author=False, is_representative=True, shared=True)
    assert not may(same_agency=True, is_author=False, is_representative=True, shared=False)
    assert not may(same_agency=False, is_author=False, is_representative=True, shared=True)
    assert not may(same_agency=True, is_author=False, is_representative=False, shared=True)


@pytest.mark.duty("A-02", "A-03")
def test_who_may_refer() -> None:
    assert criteria.may_refer(["agency-lig-member"], "agency")
    assert criteria.may_refer(["cdop-chair"], "cdop")
    assert not criteria.may_refer(["cdop-chair"], "agency")
    assert not criteria.may_refer(["agency-lig-member"], "cdop")
    assert not criteria.may_refer(["practitioner"], "agency")


@pytest.mark.duty("A-04")
def test_siblings_and_other_children_must_be_answered() -> None:
    answered = criteria.other_children_answered
    assert answered(None, 0, "", "") != []
    assert answered("no", 0, "", " ") != []
    assert answered("no", 0, "", "Asked the family") == []
    assert len(answered("yes", 0, "", "")) == 2
    assert answered("yes", 1, "Strategy meeting held", "") == []


@pytest.mark.duty("B1-01")
def test_the_statutory_test_needs_abuse_and_one_limb() -> None:
    met = criteria.criteria_met
    assert met(True, True, False)
    assert met(True, False, True)
    assert not met(True, False, False)
    assert not met(False, True, True)


@pytest.mark.duty("B1-02")
def test_harm_needs_a_kind_from_the_list_and_a_judgement() -> None:
    assert criteria.harm_faults(["emotional", "physical"], "Recovering, but serious") == []
    assert len(criteria.harm_faults([], "")) == 2
    assert criteria.harm_faults(["unheard-of"], "Judged") != []
    kinds = {"mental-health", "intellectual", "emotional", "social", "behavioural", "physical", "other"}
    assert kinds <= set(criteria.HARM_KINDS)


@pytest.mark.duty("B1-14")
def test_the_panels_guidance_is_considered_by_edition() -> None:
    assert criteria.guidance_considered(True, "2023") == []
    assert criteria.guidance_considered(False, "2023") != []
    assert criteria.guidance_considered(True, " ") != []


@pytest.mark.duty("B1-15")
def test_each_partner_has_a_named_decision_maker() -> None:
    assert len({criteria.decision_maker(party) for party in SAFEGUARDING_PARTNERS}) == 3
    assert "Service Director" in criteria.decision_maker(Party.LOCAL_AUTHORITY)
    assert "Designated Nurse" in criteria.decision_maker(Party.ICB)
    with pytest.raises(KeyError):
        criteria.decision_maker(Party.LIG_CHAIR)


@pytest.mark.duty("N-11")
def test_a_stage_keeps_the_edition_in_force_when_it_began() -> None:
    assert criteria.editions_in_force(date(2023, 12, 14)).guidance.endswith("2018")
    assert criteria.editions_in_force(date(2023, 12, 15)).guidance.endswith("2023")
    assert criteria.editions_in_force(date(2026, 11, 23)).procedure
    with pytest.raises(ValueError, match="before July 2018"):
        criteria.editions_in_force(date(2018, 7, 3))

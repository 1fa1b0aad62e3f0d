"""Whoever is sealed out of a case is commissioned for it by nobody, and is told nothing of a commission they had."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.access.models import CaseSeal
from app.access.roles import Role
from app.conflicts import service
from app.conflicts.rules import NewSeal
from tenants.db import db
from tests.integration.commissions.given import DAY, MONDAY, TODAY, Given, typed_day


def seal(given: Given) -> UUID:
    """Seal the reviewer out of the case."""
    typed = NewSeal(
        given.reviewer.person_id, "Her sister worked with the family", uuid4(), given.reviewer.person_id
    )
    with given.place.pinned():
        actor = given.people[Role.LIG_CHAIR].actor()
        assert service.seal(given.case_id, typed, actor=actor, now=given.now) == []
        db.session.commit()
        return db.session.scalars(select(CaseSeal.id).where(CaseSeal.submission_key == typed.key)).one()


@pytest.mark.duty("S-02")
def test_a_commission_closes_with_a_seal_and_says_nothing_more(given: Given) -> None:
    reference = given.give()
    given.terms(reference)
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 200
    before = len(given.messages(given.reviewer))
    seal(given)
    for rest in ("", "/draft", "/terms/1"):
        assert given.get(given.reviewer, f"/commissions/{reference}{rest}").status_code == 404
    given.terms(reference, over=1, scope="Another scope")
    given.paper(reference)
    assert given.act(reference, "/remove", reason="She knows the family").status_code == 303
    assert len(given.messages(given.reviewer)) == before


@pytest.mark.duty("S-02")
def test_a_commission_that_begins_after_a_seal_is_not_told(given: Given) -> None:
    from app.commissions import telling

    reference = given.give(first=2, last=5)
    seal(given)
    given.to(MONDAY + 2 * DAY)
    with given.place.pinned():
        telling.has_begun({"commission_id": str(given.row(reference).id)}, given.now)
        db.session.commit()
    assert given.messages(given.reviewer) == []


@pytest.mark.duty("S-02")
def test_nobody_sealed_out_is_commissioned(given: Given) -> None:
    seal(given)
    days = {**typed_day("first_day", TODAY), **typed_day("last_day", TODAY + 9 * DAY)}
    answer = given.post(
        given.team, f"/cases/{given.case}/commissions/give", membership=str(given.membership(given.reviewer)),
        contact="Joanna of the team", **days,
    )  # fmt: skip
    assert answer.status_code == 400
    assert "They are sealed out of this case: select somebody else" in answer.get_data(as_text=True)

"""The warning that the remaining steps no longer fit is given once, to those who can shorten them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cases.budget_warnings import budget_warning
from app.cases.panels import budget
from app.outbox.models import JobIntent
from tenants.db import db
from tests.integration.serious_incidents.conftest import journey  # noqa: F401  (a fixture)
from tests.integration.serious_incidents.journey import HOUR, MONDAY, Journey


@pytest.mark.duty("N-02")
def test_the_warning_is_scheduled_for_the_instant_and_given_once(journey: Journey) -> None:  # noqa: F811
    with journey.place.pinned():
        found = budget(journey.case_id, MONDAY)
        assert found is not None
        assert found.fits
        jobs = db.session.scalars(select(JobIntent).where(JobIntent.kind == "budget-warning")).all()
        mine = [job for job in jobs if job.args["case_id"] == str(journey.case_id)]
        assert [job.run_at for job in mine] == [found.warn_at]
        args = dict(mine[0].args)
        budget_warning(args, found.warn_at - HOUR)
        db.session.commit()
    assert journey.messages("budget-warning") == []
    with journey.place.pinned():
        for _twice in range(2):
            budget_warning(args, found.warn_at)
            db.session.commit()
    told = [row.to_person for row in journey.messages("budget-warning")]
    assert len(told) == len(set(told))
    assert {journey.team.person_id, journey.director.person_id} <= set(told)


@pytest.mark.duty("N-02")
def test_nobody_is_warned_once_it_is_notified_or_the_end_has_moved(journey: Journey) -> None:  # noqa: F811
    journey.to_decision()
    with journey.place.pinned():
        found = budget(journey.case_id, MONDAY + 6 * HOUR)
        assert found is not None
        budget_warning({"case_id": str(journey.case_id), "due": "2026-01-01T00:00:00+00:00"}, found.due)
        db.session.commit()
    assert journey.messages("budget-warning") == []

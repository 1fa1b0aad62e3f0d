"""Each agency's arrangement is recorded by its own representative, in versions, and read by those who must know."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from app.access.roles import Role
from app.clock_source import real_now
from app.partnerships.arrangements import overview
from app.procedure.arrangements import arrangement_faults, without_arrangement
from app.procedure.clocks import london_date
from tests.support.cast import cast
from tests.support.people import Someone, client_of
from tests.support.places import fresh_place

TODAY = date(2026, 11, 23)


@pytest.fixture
def people(app: Flask, owner_of: Flask, tmp_path: Path) -> dict[Role, Someone]:
    return cast(fresh_place(app, owner_of, tmp_path), owner_of)


@pytest.mark.duty("A-10")
def test_what_an_arrangement_must_say() -> None:
    names = [name for name, _message in arrangement_faults(" ", "", "", None, TODAY)]
    assert names == ["who", "how", "contact", "review_on"]
    for wrong in (TODAY, TODAY + timedelta(days=2000)):
        assert [name for name, _ in arrangement_faults("a", "b", "c", wrong, TODAY)] == ["review_on"]
    assert arrangement_faults("a", "b", "c", TODAY + timedelta(days=365), TODAY) == []
    assert without_arrangement(["police", "icb"], ["icb"]) == ["police"]


@pytest.mark.duty("A-10")
def test_an_agency_records_its_own_and_the_group_reads_all(app: Flask, people: dict[Role, Someone]) -> None:
    member = people[Role.AGENCY_LIG_MEMBER]
    slug, browser = member.place.slug, client_of(app, member)
    year = london_date(real_now()).year + 1
    form = {"who": "Safeguarding leads", "how": "In the weekly meeting", "contact": "", "review_on-day": "1",
            "review_on-month": "3", "review_on-year": str(year), "submission_key": str(uuid4())}  # fmt: skip
    refused = browser.post(f"/{slug}/arrangements/record", data=form)
    assert refused.status_code == 400
    assert "Say whom practitioners can talk to" in refused.get_data(as_text=True)
    for _twice in range(2):
        answer = browser.post(f"/{slug}/arrangements/record", data={**form, "contact": "The named nurse"})
        assert answer.status_code == 303
    again = {**form, "contact": "The named doctor", "submission_key": str(uuid4())}
    assert browser.post(f"/{slug}/arrangements/record", data=again).status_code == 303
    with member.place.pinned():
        mine = next(one for one in overview(london_date(real_now())) if one.current is not None)
        assert mine.current is not None
        assert (mine.agency.key, mine.current.number, mine.current.contact) == (
            "community-health",
            2,
            "The named doctor",
        )
        assert [row.contact for row in mine.former] == ["The named nurse"]
    for role in (Role.PARTNERSHIP_TEAM, Role.LIG_CHAIR, Role.INDEPENDENT_SCRUTINEER):
        page = client_of(app, people[role]).get(f"/{slug}/arrangements/").get_data(as_text=True)
        assert "The named doctor" in page
        assert "has not recorded its arrangement" in page
    assert browser.get(f"/{slug}/arrangements/record?agency=police").status_code == 404

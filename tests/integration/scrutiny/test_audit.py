"""The audit of one case: true to the ledger, complete, and seen by nobody unrecorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.access.roles import Role
from app.entering.desk import desk
from app.entering.looking import look_at
from app.entering.service import enter_from_form
from app.ledger import read_log
from app.procedure.events import EventKind, Party
from app.serious_incidents import service
from tenants.db import db
from tests.integration.scrutiny.conftest import WEDNESDAY
from tests.integration.serious_incidents.journey import HOUR, MONDAY, NOT, TUESDAY_NOON, Journey
from tests.support.people import Someone, find
from tests.support.places import Place

K = EventKind


def page(journey: Journey, client_as: Callable[..., Any], path: str = "", who: Someone | None = None) -> str:
    """A page of the scrutineer's, as text."""
    address = path or f"/isle-of-wight/scrutiny/{journey.reference}"
    answer = client_as(who or journey.scrutineer).get(address)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def part(text: str, name: str) -> str:
    """One section of the audit, in words."""
    return plain(text.split(f'<section aria-labelledby="{name}">')[1].split('<section aria-labelledby="')[0])


@pytest.mark.duty("S-01")
def test_who_was_asked_who_answered_how_and_who_was_silent(
    silent: Journey, client_as: Callable[..., Any]
) -> None:
    told = part(page(silent, client_as), "partners")
    police = told[told.index("Police Silent") : told.index("NHS integrated care board")]
    assert "Asked 23 November 2026 at 1pm: Graham Pursey, Yvonne Castell" in police
    assert (
        "Request received 23 November 2026 at 2pm; a response due by the end of Tuesday 24 November 2026"
        in police
    )
    assert "contacted 24 November 2026 at midday" in police
    assert "No response before the clock ended: it counts as agreement" in police
    assert "Deemed agreement: notify the Panel" in police
    icb = told[told.index("NHS integrated care board") :]
    assert "As they said on the telephone" in icb
    assert (
        "On behalf Answered by telephone or video call; recorded by Callum Westbrook (Partnership Team)"
        in icb
    )
    assert "Source: Note of the call, kept with the case" in icb


@pytest.mark.duty("S-01")
def test_decisions_stand_in_order_with_what_became_of_them(
    contested: Journey, client_as: Callable[..., Any]
) -> None:
    contested.enter(service.raise_information, contested.team, WEDNESDAY - 3 * HOUR)
    contested.chair_decides(now=WEDNESDAY - 2 * HOUR)
    told = part(page(contested, client_as), "decisions")
    first, second = told.index("Decision 1: Do not notify"), told.index("Decision 2: Notify the Panel")
    assert first < second
    assert "Superseded by decision 2, reconsidered, overridden by the local authority" in told[first:second]
    assert (
        "Decided by the Partnership Chair. The Independent Scrutineer was not available."
        in told[first:second]
    )
    assert "The test is not met" in told[first:second]
    assert "New information was raised In plain words" in told[first:second]
    assert "The local authority notifies on its own duty, against it" in told[first:second]
    assert "In force" in told[second:]


@pytest.mark.duty("S-01")
def test_every_clock_is_there_with_its_dates_and_how_late_it_was(
    wight: Place, now: None, client_as: Any
) -> None:
    journey = Journey(wight)
    journey.share(now=WEDNESDAY - HOUR)
    told = part(page(journey, client_as), "clocks")
    assert (
        "Share the referral with the chair of the group and the Service Director Met late Partnership Team. "
        "Counted from 23 November 2026 (the referral), due by the end of Tuesday 24 November 2026; "
        "ended 25 November 2026 at 9am" in told
    )
    assert "Late by 1 working day." in told
    assert "1 met late" in told
    from app.cases.queries import obligations_of

    owed = journey.read(lambda case_id: [row.action for row in obligations_of(case_id)])
    assert all(action in told for action in owed)


@pytest.mark.duty("S-01")
def test_the_ledger_marks_what_was_recorded_late_and_what_was_superseded(
    silent: Journey, client_as: Callable[..., Any]
) -> None:
    received = silent.events(K.REQUEST_RECEIVED, Party.POLICE)[0]
    typed = service.Correction(received.number, False, MONDAY + 5 * HOUR, "Misread the clock", uuid4())
    silent.do(service.correct, typed, who=silent.team, now=WEDNESDAY)
    told = part(page(silent, client_as), "ledger")
    entries = {int(found[1]): found[0] for found in re.finditer(r"(\d+)\. .+?hash [0-9a-f]{12}", told)}
    events = silent.events()
    assert sorted(entries) == [event.number for event in events]
    assert f"{received.number}. Superseded Request received by Police" in entries[received.number]
    on_behalf = silent.events(K.RESPONSE_GIVEN, Party.ICB)[0]
    assert "Recorded late" in entries[on_behalf.number]
    assert "by Callum Westbrook (Partnership Team)" in entries[on_behalf.number]
    prompt = silent.events(K.RESPONSE_GIVEN, Party.LOCAL_AUTHORITY)[0]
    assert "Recorded late" not in entries[prompt.number]
    correction = silent.events(K.ENTRY_SUPERSEDED)[0]
    assert f"About entry {received.number}: Misread the clock" in entries[correction.number]


def test_each_hash_shown_begins_the_one_in_the_chain(agreed: Journey, client_as: Callable[..., Any]) -> None:
    from app.ledger.queries import entries_of

    told = part(page(agreed, client_as), "ledger")
    stored = agreed.read(lambda case_id: [entry.link.hash.hex() for entry in entries_of(case_id)])
    assert re.findall(r"hash ([0-9a-f]{12})", told) == [whole[:12] for whole in stored]


@pytest.mark.duty("S-01")
def test_who_looked_is_grouped_by_person_and_capacity(agreed: Journey, client_as: Callable[..., Any]) -> None:
    from app.access.actor import Acting

    with agreed.place.pinned():
        for minute in range(70):
            acting = Acting(agreed.police.person_id, agreed.police.name, "Representative")
            read_log.viewed(agreed.case_id, acting, "case", MONDAY + timedelta(minutes=minute))
        deputy = Acting(agreed.police.person_id, agreed.police.name, "Deputy for somebody")
        read_log.viewed(agreed.case_id, deputy, "history", MONDAY)
    for address in (f"/isle-of-wight/cases/{agreed.reference}/views", ""):
        text = page(agreed, client_as, address)
        told = plain(text)
        assert (
            f"{agreed.police.name} Representative Looked 70 times: first 23 November 2026 at 10am, "
            "last 23 November 2026 at 11:09am The last 50 views" in told
        )
        assert f"{agreed.police.name} Deputy for somebody Looked once, 23 November 2026 at 10am" in told
        assert "History, 23 November 2026 at 10am" in told
    assert f"{agreed.scrutineer.name} Independent Scrutineer Looked" in told


@pytest.mark.duty("S-01")
def test_the_view_is_recorded_before_the_audit_is_shown(
    agreed: Journey, client_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page(agreed, client_as)
    with agreed.place.pinned():
        views = [(one.person_id, one.page) for one in read_log.views_of(agreed.case_id)]
    assert (agreed.scrutineer.person_id, "audit") in views

    def broken(*_args: object) -> None:
        raise OSError("the log cannot be written")

    monkeypatch.setattr(read_log, "viewed", broken)
    answer = client_as(agreed.scrutineer).get(f"/isle-of-wight/scrutiny/{agreed.reference}")
    assert answer.status_code == 500
    assert agreed.reference not in answer.get_data(as_text=True).split("<h1")[1]


def on_monday(journey: Journey) -> str:
    return f"/isle-of-wight/cases/{journey.reference}/history?known-day=23&known-month=11&known-year=2026"


@pytest.mark.duty("S-01")
def test_the_case_as_it_stood_shows_decisions_positions_and_record_of_then(
    contested: Journey, client_as: Callable[..., Any]
) -> None:
    contested.enter(service.raise_information, contested.team, WEDNESDAY - 3 * HOUR)
    contested.chair_decides(now=WEDNESDAY - 2 * HOUR)
    then = plain(page(contested, client_as, on_monday(contested)))
    assert "Decision 1: Do not notify the Panel In force" in then
    assert "Decision 2" not in then
    assert "overridden" not in then
    assert "Differs from the view: do not notify the Panel" in then
    now = plain(page(contested, client_as, f"/isle-of-wight/cases/{contested.reference}/history"))
    assert "Decision 1: Do not notify the Panel Superseded by decision 2" in now


def test_a_position_stands_as_it_was_before_it_was_replaced_or_corrected(
    wight: Place, now: None, client_as: Callable[..., Any]
) -> None:
    journey = Journey(wight).to_responses()
    journey.respond(Party.LOCAL_AUTHORITY)
    journey.respond(Party.POLICE, NOT)
    journey.answered_elsewhere(Party.ICB, NOT, at=MONDAY + 4 * HOUR, now=MONDAY + 6 * HOUR)
    journey.respond(Party.POLICE, now=TUESDAY_NOON)
    withdrawn = journey.events(K.RESPONSE_GIVEN, Party.ICB)[0].number
    typed = service.Correction(withdrawn, True, None, "It was another case", uuid4())
    journey.do(service.correct, typed, who=journey.team, now=TUESDAY_NOON)
    then = plain(page(journey, client_as, on_monday(journey)))
    assert then.count("Differs from the view: do not notify the Panel") == 2
    assert "Replaced" not in then
    present = part(page(journey, client_as), "partners")
    assert "Replaced Differs from the view: do not notify the Panel" in present
    assert "Withdrawn by a correction Differs from the view: do not notify the Panel" in present


def test_the_history_tells_nobody_more_than_the_case_does(
    silent: Journey, wight: Place, client_as: Callable[..., Any]
) -> None:
    """A representative of an agency sees that partners answered, and neither what nor why."""
    member = find(wight, Role.AGENCY_LIG_MEMBER)
    for text in (page(silent, client_as, on_monday(silent), member),
                 page(silent, client_as, on_monday(silent).split("?")[0], member)):  # fmt: skip
        told = plain(text)
        assert "The position is known to the three partners." in told
        assert "It is what our records show" not in told
        assert "As they said on the telephone" not in told
        assert "Because of what we know" not in told
        assert "The test is met, and the three partners agree" not in told
        assert "agreement with the shared view" not in told


def test_an_entered_case_can_be_audited(wight: Place, now: None, client_as: Callable[..., Any]) -> None:
    said = {f"{who}_{what}": text for who in ("chair", "director", "police", "icb", "local-authority", "decision")
            for what, text in (("outcome", "notify"), ("on", "4/11/2026"), ("by", f"Somebody of {who}"))}  # fmt: skip
    row = {"own_reference": f"OLD-{uuid4().hex[:6]}", "title": "A child aged 4", "agency": "police",
           "summary": "What happened", "referred_on": "2/11/2026", "aware_on": "2/11/2026", "shared_on": "3/11/2026",
           "view_shared_on": "4/11/2026", "rationale": "The test was met", **said}  # fmt: skip
    team = find(wight, Role.PARTNERSHIP_TEAM)
    with wight.pinned():
        acting, seen = team.actor().acting_as(team.actor().capacities), desk(team.person_id)
        looked = look_at(row, seen, WEDNESDAY)
        assert looked.faults == []
        reference = enter_from_form(looked, acting, WEDNESDAY, seen, uuid4()).case.reference
        db.session.commit()
    text = page(Journey(wight), client_as, f"/isle-of-wight/scrutiny/{reference}")
    told, decided = part(text, "partners"), part(text, "decisions")
    assert "Somebody of police" in told
    assert "Answered before the case was entered" in told
    assert "Decision 1: Notify the Panel In force Recorded by Somebody of decision" in decided
    assert "The test was met" in decided
    assert "Chair of the group: Notify the Panel Given before the case was entered" in decided
    assert "time not recorded" in part(text, "ledger")


def test_a_partner_answer_that_names_markup_is_text(
    wight: Place, now: None, client_as: Callable[..., Any]
) -> None:
    journey = Journey(wight).to_responses()
    answer = service.Answer(Party.POLICE, NOT, "<script>alert(1)</script>", "", uuid4())
    journey.do(service.respond, answer, who=journey.police, now=MONDAY + 5 * HOUR)
    text = page(journey, client_as)
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize(
    "reference", ["IOW-2222-2", "nothing", "iow-7k3m-q", "%00", "observations.", "x" * 300]
)
def test_a_reference_that_is_none_is_a_wrong_address(
    agreed: Journey, client_as: Callable[..., Any], reference: str
) -> None:
    assert client_as(agreed.scrutineer).get(f"/isle-of-wight/scrutiny/{reference}").status_code == 404

"""What a rapid review obliges, from the notification to its form with the Panel."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import day_end
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Lcspr, Outcome, Party, SentTo
from app.procedure.history import History
from app.procedure.obligation import ClockSettings, Obligation, State, state
from app.procedure.obligations import obligations
from app.procedure.rapid_review_close import PARTS, complete_parts, wanted_parts
from app.procedure.rapid_review_duties import milestones

K = EventKind
FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
DAY = timedelta(days=1)
LAST = date(2026, 12, 11)
DAYS: dict[str, object] = {
    "number": 1, "meeting": "m", "meeting_on": "2026-12-08", "requests_on": "2026-11-20", "returns_on": "2026-11-30",
    "papers_on": "2026-12-01", "approval_on": "2026-12-10", "due_on": "2026-12-11", "died": False,
}  # fmt: skip


def at(
    days: float, kind: EventKind, party: Party | None = None, outcome: str | None = None, **facts: object
) -> Event:
    when = FRIDAY + days * DAY
    return Event(kind, when, when, party=party, outcome=outcome, facts=facts)


SENT = [
    at(-2, K.REFERRAL_SUBMITTED),
    at(-1, K.DECISION_RECORDED, outcome=Outcome.NOTIFY.value),
    at(0, K.NOTIFICATION_SENT),
]
PLANNED = [*SENT, at(0.1, K.RAPID_REVIEW_PLANNED, **DAYS)]
OPENED = [
    *PLANNED,
    at(0.2, K.SCOPING_OPENED, purpose="rapid-review", due_on="2026-11-30"),
    *(
        at(0.2, K.INVOLVEMENT_REQUESTED, request=one, due_on="2026-11-30", purpose="rapid-review")
        for one in ("a", "b", "c")
    ),
]
HELD = [*OPENED, at(18, K.REVIEW_MEETING_HELD, meeting="m")]
POSITIONS = [
    *HELD,
    *(at(18, K.LCSPR_POSITION_TAKEN, one, Lcspr.COMMISSION.value) for one in SAFEGUARDING_PARTNERS),
]
DECIDED = [
    *POSITIONS, at(18.1, K.LCSPR_DECIDED, outcome=Lcspr.COMMISSION.value, maker="partners", number=1,
                  home_office=False),
]  # fmt: skip
APPROVED = [*DECIDED, at(19, K.REVIEW_FORM_MADE, number=1), at(20, K.REVIEW_FORM_APPROVED, number=1)]


def owed(events: list[Event]) -> dict[str, Obligation]:
    return {row.key: row for row in obligations(events)}


def told(events: list[Event]) -> History:
    return History(events, ENGLAND_AND_WALES, ClockSettings())


def standing(events: list[Event], key: str, days: float = 0.5) -> State:
    return state(owed(events)[key], FRIDAY + days * DAY)


def sent(days: float, *kinds: SentTo) -> list[Event]:
    return [at(days, K.REVIEW_FORM_SENT, outcome=one.value, number=1, digest="d") for one in kinds]


@pytest.mark.duty("B2-03")
def test_from_the_notification_on_a_day_has_to_be_set() -> None:
    row = owed(SENT)["B2-03"]
    assert (row.owner, row.starts, row.ended) == (Party.PARTNERSHIP_TEAM, FRIDAY, None)
    assert owed(PLANNED)["B2-03"].ended == FRIDAY + 0.1 * DAY
    gone = dict(DAYS) | {"number": 2, "meeting": None}
    del gone["meeting_on"]
    assert standing([*PLANNED, at(1, K.RAPID_REVIEW_PLANNED, **gone)], "B2-03") is State.OPEN


@pytest.mark.duty("N-05")
def test_once_it_is_planned_the_clock_of_the_review_takes_over_from_that_of_its_beginning() -> None:
    assert owed(SENT)["N-05"].ended is None
    assert "B2-01" not in owed(SENT)
    assert standing(PLANNED, "N-05") is State.MET
    assert owed(PLANNED)["B2-01"].due_on == owed(SENT)["N-05"].due_on == LAST


@pytest.mark.duty("B2-01")
def test_fifteen_working_days_end_with_the_form_at_the_panel() -> None:
    row = owed(APPROVED)["B2-01"]
    assert (row.due, row.ended, row.counted_from) == (day_end(LAST), None, date(2026, 11, 20))
    assert standing([*APPROVED, *sent(20.5, SentTo.OFSTED)], "B2-01") is State.RUNNING
    assert standing([*APPROVED, *sent(20.5, SentTo.PANEL)], "B2-01") is State.MET
    assert standing([*APPROVED, *sent(23, SentTo.PANEL)], "B2-01", 24) is State.MET_LATE


@pytest.mark.duty("N-06")
def test_the_two_milestones_are_told_apart() -> None:
    found = milestones(told(APPROVED))
    assert found is not None
    assert (found.approved_at, found.sent_at, found.late) == (FRIDAY + 20 * DAY, None, False)
    found = milestones(told([*APPROVED, *sent(24, SentTo.PANEL)]))
    assert found is not None
    assert (found.due, found.sent_at, found.late) == (day_end(LAST), FRIDAY + 24 * DAY, True)
    assert milestones(told([])) is None


@pytest.mark.duty("B2-04")
def test_requests_are_due_on_the_day_of_the_plan() -> None:
    row = owed(PLANNED)["B2-04"]
    assert (row.due_on, row.ended) == (date(2026, 11, 20), None)
    assert owed(OPENED)["B2-04"].ended == FRIDAY + 0.2 * DAY
    discussion = [*PLANNED, at(0.2, K.SCOPING_OPENED, purpose="discussion", due_on="2026-11-30")]
    assert owed(discussion)["B2-04"].ended is None


@pytest.mark.duty("B2-05")
def test_returns_are_owed_until_the_last_of_those_asked_is_in() -> None:
    def back(days: float, one: str) -> Event:
        return at(
            days, K.INVOLVEMENT_RETURNED, request=one, number=1, supplement=False, purpose="rapid-review"
        )

    row = owed([*OPENED, back(3, "a")])["B2-05"]
    assert (row.due_on, row.owner, row.ended) == (date(2026, 11, 30), Party.AGENCY_REPRESENTATIVE, None)
    assert "1 of 3" in row.action
    gone = at(5, K.INVOLVEMENT_WITHDRAWN, request="c")
    all_in = [*OPENED, back(3, "a"), back(4, "b"), back(9, "a"), gone]
    assert (owed(all_in)["B2-05"].ended, standing(all_in, "B2-05")) == (FRIDAY + 5 * DAY, State.MET)
    assert standing([*OPENED, back(3, "a"), back(4, "b"), back(12, "c")], "B2-05") is State.MET_LATE


@pytest.mark.duty("B2-06")
def test_papers_are_due_a_week_before_the_meeting() -> None:
    assert owed(OPENED)["B2-06"].due_on == date(2026, 12, 1)
    assert standing([*OPENED, at(11, K.PAPERS_CIRCULATED, pack=1)], "B2-06") is State.MET
    assert standing([*OPENED, at(13, K.PAPERS_CIRCULATED, pack=1)], "B2-06") is State.MET_LATE
    before = at(11, K.PAPERS_CIRCULATED, pack=1, purpose="discussion")
    assert owed([*OPENED, before])["B2-06"].ended is None


def section(name: str, complete: bool = True, days: float = 18.5, number: int = 1) -> Event:
    return at(days, K.REVIEW_SECTION_RECORDED, section=name, number=number, complete=complete)


@pytest.mark.duty("B2-08", "B2-22")
def test_the_record_is_owed_until_every_part_is_complete() -> None:
    assert "B2-08" not in owed(OPENED)
    row = owed([*HELD, section("findings"), section("presentation", complete=False)])["B2-08"]
    assert (row.ended, f"1 of {len(PARTS)}" in row.action) == (None, True)
    whole = [*HELD, *(section(one) for one in PARTS)]
    assert owed(whole)["B2-08"].ended == FRIDAY + 18.5 * DAY
    undone = [*whole, section("findings", complete=False, days=19, number=2)]
    assert owed(undone)["B2-08"].ended is None


@pytest.mark.duty("B2-17")
def test_of_a_death_what_those_who_review_it_know_is_wanted_too() -> None:
    died = dict(DAYS) | {"died": True}
    events = [*SENT, at(0.1, K.RAPID_REVIEW_PLANNED, **died), at(18, K.REVIEW_MEETING_HELD, meeting="m")]
    assert "child_death" in wanted_parts(told(events))
    assert "child_death" not in wanted_parts(told(HELD))
    row = owed([*events, *(section(one) for one in PARTS)])["B2-08"]
    assert row.ended is None
    assert (
        owed([*events, *(section(one) for one in PARTS), section("child_death")])["B2-08"].ended is not None
    )


@pytest.mark.duty("B2-16")
def test_a_decision_to_commission_wants_the_key_lines_of_enquiry() -> None:
    assert "enquiry" in wanted_parts(told(DECIDED))
    assert complete_parts(told([*DECIDED, section("enquiry")])) == ["enquiry"]


@pytest.mark.duty("B2-15")
def test_each_partner_says_and_then_the_decision_is_recorded() -> None:
    assert "B2-15:police" not in owed(OPENED)
    rows = owed(HELD)
    assert [rows[f"B2-15:{one.value}"].owner for one in SAFEGUARDING_PARTNERS] == list(SAFEGUARDING_PARTNERS)
    assert "B2-15" not in rows
    assert owed(POSITIONS)["B2-15"].ended is None
    assert standing(POSITIONS, "B2-15:police") is State.MET
    assert standing(DECIDED, "B2-15") is State.MET


@pytest.mark.duty("B2-15")
def test_where_the_partners_do_not_agree_the_partnership_chair_is_asked() -> None:
    asked = [*POSITIONS, at(18.2, K.LCSPR_ESCALATED)]
    row = owed(asked)["B2-15:chair"]
    assert (row.owner, row.due_on, row.ended) == (Party.PARTNERSHIP_CHAIR, date(2026, 12, 11), None)
    assert "names no path" in row.paragraph
    made = at(19, K.LCSPR_DECIDED, outcome=Lcspr.DO_NOT_COMMISSION.value, maker="partnership-chair", number=1)
    assert owed([*asked, made])["B2-15:chair"].ended == FRIDAY + 19 * DAY


@pytest.mark.duty("B2-18")
def test_the_form_is_made_and_approved_or_returned_and_made_again() -> None:
    assert owed(DECIDED)["B2-18:make"].ended is None
    made = [*DECIDED, at(19, K.REVIEW_FORM_MADE, number=1)]
    assert (owed(made)["B2-18:1"].owner, owed(made)["B2-18:1"].ended) == (Party.LIG_CHAIR, None)
    returned = [*made, at(19.5, K.REVIEW_FORM_RETURNED, number=1)]
    assert owed(returned)["B2-18:again:1"].ended is None
    again = [*returned, at(19.6, K.REVIEW_FORM_MADE, number=2)]
    assert (owed(again)["B2-18:again:1"].ended, owed(again)["B2-18:2"].ended) == (FRIDAY + 19.6 * DAY, None)
    assert standing(APPROVED, "B2-18:1") is State.MET
    draft = [*DECIDED, at(18.5, K.REVIEW_FORM_MADE, number=1, complete=False)]
    assert owed(draft)["B2-18:make"].ended is None
    assert "B2-18:1" not in owed(draft)


@pytest.mark.duty("B2-19", "B2-20", "B3-07")
def test_an_approved_form_goes_to_everybody_it_must_go_to() -> None:
    for key, kinds in {
        "B2-19": (SentTo.LIG_MEMBER, SentTo.PARTNER, SentTo.SCRUTINEER, SentTo.EXECUTIVE),
        "B2-20": (SentTo.PANEL, SentTo.OFSTED),
        "B3-07": (SentTo.DFE,),
    }.items():
        assert key not in owed(DECIDED)
        assert owed(APPROVED)[key].due_on == LAST
        assert owed([*APPROVED, *sent(20.5, *kinds[:-1])])[key].ended is None
        assert standing([*APPROVED, *sent(20.5, *kinds)], key) is State.MET


@pytest.mark.duty("B3-08")
def test_the_chief_caseworker_unit_is_informed_where_its_contribution_is_needed() -> None:
    assert "B3-08" not in owed(APPROVED)
    needed = at(
        18.2, K.LCSPR_DECIDED, outcome=Lcspr.COMMISSION.value, maker="partners", number=2, home_office=True
    )
    assert owed([*APPROVED, needed])["B3-08"].ended is None
    assert owed([*APPROVED, needed, *sent(21, SentTo.CHIEF_CASEWORKER_UNIT)])["B3-08"].ended is not None


@pytest.mark.duty("N-05")
def test_where_none_is_held_nothing_of_the_review_is_owed() -> None:
    rows = owed([*OPENED, at(5, K.REVIEW_GROUND_RECORDED, outcome="criteria-not-met")])
    assert [rows[key].ending for key in ("B2-01", "B2-05", "B2-06")] == ["not needed"] * 3
    assert rows["B2-04"].ending == "met"  # what was done stays done


@pytest.mark.duty("B2-01")
def test_with_the_notification_withdrawn_what_was_owed_is_superseded() -> None:
    numbered = [Event(one.kind, one.happened_at, one.recorded_at, number, one.stage, one.party, one.outcome, one.facts)
                for number, one in enumerate(OPENED, start=1)]  # fmt: skip
    sent_number = next(one.number for one in numbered if one.kind is K.NOTIFICATION_SENT)
    gone = Event(
        K.ENTRY_SUPERSEDED, FRIDAY + 4 * DAY, FRIDAY + 4 * DAY, 99, facts={"supersedes": sent_number}
    )
    rows = owed([*numbered, gone])
    assert (rows["B2-01"].ending, rows["B2-01"].ended) == ("superseded", FRIDAY + 4 * DAY)
    assert rows["B2-05"].reason == "The notification was withdrawn."
    assert not [row for row in rows.values() if row.stage.value == "rapid-review" and row.ended is None]


@given(st.permutations(range(len(APPROVED))))
def test_the_order_in_which_events_are_given_never_matters(order: list[int]) -> None:
    assert obligations([APPROVED[place] for place in order]) == obligations(APPROVED)

"""What a history obliges along the straight path, and when silence is agreement."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.clocks import day_end
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, Event, EventKind, Outcome, Party
from app.procedure.history import History
from app.procedure.obligation import ClockSettings, Obligation, State, state
from app.procedure.obligations import obligations
from app.procedure.positions import DeemingAnswer, may_be_deemed, position, positions

K = EventKind
FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
MONDAY_ENDS = day_end(date(2026, 11, 23))


def at(hours: float, kind: EventKind, party: Party | None = None, outcome: str | None = None) -> Event:
    when = FRIDAY + hours * HOUR
    return Event(kind, when, when, party=party, outcome=outcome)


def to_partners(**differ: str) -> list[Event]:
    """The path to the partners' request, received by all three on Friday."""
    views = [
        at(3, K.INITIAL_VIEW_GIVEN, party, differ.get(party.name.lower(), Outcome.NOTIFY.value))
        for party in INITIAL_VIEWERS
    ]
    return [
        at(-1, K.LOCAL_AUTHORITY_AWARE),
        at(0, K.REFERRAL_SUBMITTED),
        at(1, K.REFERRAL_ACKNOWLEDGED),
        *(at(2, K.REFERRAL_SHARED, party) for party in INITIAL_VIEWERS),
        *views,
        *(at(4, K.INITIAL_VIEW_SHARED, party) for party in SAFEGUARDING_PARTNERS),
        *(at(5, K.REQUEST_RECEIVED, party) for party in SAFEGUARDING_PARTNERS),
    ]


def owed(events: list[Event]) -> dict[str, Obligation]:
    return {row.key: row for row in obligations(events)}


def asked(events: list[Event], party: Party = Party.POLICE, now: datetime = MONDAY_ENDS) -> DeemingAnswer:
    return may_be_deemed(History(events, ENGLAND_AND_WALES, ClockSettings()), party, now)


def held(events: list[Event], party: Party = Party.POLICE) -> tuple[str, bool] | None:
    found = position(History(events, ENGLAND_AND_WALES, ClockSettings()), party)
    return (found.kind, found.late) if found else None


@pytest.mark.duty("A-02")
def test_a_referral_is_acknowledged_by_the_partnership_team() -> None:
    row = owed([at(0, K.REFERRAL_SUBMITTED)])["A-02"]
    assert (row.owner, row.due, state(row, FRIDAY)) == (Party.PARTNERSHIP_TEAM, None, State.OPEN)
    row = owed([at(0, K.REFERRAL_SUBMITTED), at(1, K.REFERRAL_ACKNOWLEDGED)])["A-02"]
    assert state(row, FRIDAY + 2 * HOUR) is State.MET


def test_nobody_owes_anything_before_a_referral() -> None:
    assert obligations([at(0, K.REFERRAL_DRAFT_STARTED), at(1, K.LOCAL_AUTHORITY_AWARE)]) == []


@pytest.mark.duty("B1-06")
def test_a_referral_is_shared_with_both_within_one_working_day() -> None:
    events = [at(0, K.REFERRAL_SUBMITTED), at(2, K.REFERRAL_SHARED, Party.LIG_CHAIR)]
    row = owed(events)["B1-06"]
    assert (row.owner, row.due_on, row.due) == (Party.PARTNERSHIP_TEAM, date(2026, 11, 23), MONDAY_ENDS)
    assert row.ended is None
    row = owed([*events, at(100, K.REFERRAL_SHARED, Party.SERVICE_DIRECTOR)])["B1-06"]
    assert state(row, FRIDAY + 101 * HOUR) is State.MET_LATE


@pytest.mark.duty("B1-07")
def test_each_gives_an_initial_view_and_the_team_shares_it() -> None:
    found = owed(to_partners()[:5])
    for party in INITIAL_VIEWERS:
        row = found[f"B1-07:{party.value}"]
        assert (row.owner, row.due_on, row.ended) == (party, date(2026, 11, 23), None)
    assert "B1-07:share" not in found
    row = owed(to_partners()[:8])["B1-07:share"]
    assert (row.owner, row.due_on, row.ended) == (Party.PARTNERSHIP_TEAM, date(2026, 11, 23), None)
    assert owed(to_partners())["B1-07:share"].ending == "met"


@pytest.mark.duty("B1-08")
def test_a_partners_clock_begins_at_receipt_and_not_before() -> None:
    waiting = owed(to_partners()[:10])["B1-08:police"]
    assert (waiting.owner, waiting.due) == (Party.POLICE, None)
    assert "received" in (waiting.reason or "")
    row = owed(to_partners())["B1-08:police"]
    assert (row.due_on, row.due) == (date(2026, 11, 23), MONDAY_ENDS)
    assert row.deputy_from == datetime(2026, 11, 23, 12, tzinfo=UTC)
    answered = owed([*to_partners(), at(6, K.RESPONSE_GIVEN, Party.POLICE, "notify")])["B1-08:police"]
    assert state(answered, MONDAY_ENDS + HOUR) is State.MET


def test_states_follow_the_clock() -> None:
    row = owed(to_partners())["B1-08:police"]
    assert state(row, FRIDAY + 6 * HOUR) is State.RUNNING
    assert state(row, datetime(2026, 11, 23, 8, tzinfo=UTC)) is State.DUE_TODAY
    assert state(row, MONDAY_ENDS - timedelta(microseconds=1)) is State.DUE_TODAY
    assert state(row, MONDAY_ENDS) is State.OVERDUE


@pytest.mark.duty("B1-08", "N-04")
def test_silence_is_agreement_at_exactly_the_end_once_the_deputy_was_contacted() -> None:
    contacted = [*to_partners(), at(74, K.DEPUTY_CONTACTED, Party.POLICE)]
    assert asked(contacted).at == MONDAY_ENDS == owed(contacted)["B1-08:police"].due
    assert asked(contacted).outcome == Outcome.NOTIFY.value
    assert asked(contacted, now=MONDAY_ENDS + 50 * HOUR).at == MONDAY_ENDS
    assert "still running" in (asked(contacted, now=MONDAY_ENDS - timedelta(microseconds=1)).why_not or "")
    assert "deputy" in (asked(to_partners()).why_not or "")
    late = Event(K.DEPUTY_CONTACTED, MONDAY_ENDS, MONDAY_ENDS, party=Party.POLICE)
    assert "deputy" in (asked([*to_partners(), late]).why_not or "")


@pytest.mark.duty("B1-08")
def test_nothing_is_deemed_without_receipt_or_one_view_or_twice() -> None:
    deputy = at(74, K.DEPUTY_CONTACTED, Party.POLICE)
    assert "received" in (asked([*to_partners()[:10], deputy]).why_not or "")
    bounced = [*to_partners()[:10], at(5, K.REQUEST_BOUNCED, Party.POLICE), deputy]
    assert "bounced" in (asked(bounced).why_not or "")
    assert "differ" in (asked([*to_partners(lig_chair="do-not-notify"), deputy]).why_not or "")
    deemed = Event(K.RESPONSE_DEEMED, MONDAY_ENDS, MONDAY_ENDS, party=Party.POLICE, outcome="notify")
    assert "already" in (asked([*to_partners(), deputy, deemed]).why_not or "")


@pytest.mark.duty("B1-08")
def test_a_bounced_request_is_the_teams_to_deliver_another_way() -> None:
    bounced = [*to_partners()[:10], at(5, K.REQUEST_BOUNCED, Party.POLICE)]
    row = owed(bounced)["B1-08:reach:police"]
    assert (row.owner, row.ended) == (Party.PARTNERSHIP_TEAM, None)
    assert owed(bounced)["B1-08:police"].ended is None
    reached = owed([*bounced, at(8, K.REQUEST_RECEIVED, Party.POLICE)])
    assert reached["B1-08:reach:police"].ending == "met"


@pytest.mark.duty("B1-08")
def test_an_answer_in_time_displaces_a_deemed_agreement_and_a_late_one_does_not() -> None:
    deemed = Event(K.RESPONSE_DEEMED, MONDAY_ENDS, MONDAY_ENDS, party=Party.POLICE, outcome="notify")
    events = [*to_partners(), deemed]
    assert held(events) == ("deemed agreement", False)
    assert "eemed agreement" in (owed(events)["B1-08:police"].reason or "")
    assert state(owed(events)["B1-08:police"], MONDAY_ENDS) is State.MET
    in_time = Event(
        K.RESPONSE_GIVEN, MONDAY_ENDS - HOUR, MONDAY_ENDS + HOUR, party=Party.POLICE, outcome="notify"
    )
    assert held([*events, in_time]) == ("given", False)
    for kind in (K.RESPONSE_GIVEN, K.RESPONSE_LATE):
        late = Event(kind, MONDAY_ENDS, MONDAY_ENDS, party=Party.POLICE, outcome="do-not-notify")
        assert held([*events, late]) == ("deemed agreement", False)
        assert held([*to_partners(), late]) == ("given", True)


@pytest.mark.duty("N-04")
def test_the_team_contacts_the_deputy_of_each_partner_who_is_silent() -> None:
    row = owed(to_partners())["N-04:police"]
    assert (row.owner, row.due, row.ended) == (Party.PARTNERSHIP_TEAM, MONDAY_ENDS, None)
    assert row.deputy_from == datetime(2026, 11, 23, 12, tzinfo=UTC)
    done = owed([*to_partners(), at(74, K.DEPUTY_CONTACTED, Party.POLICE)])["N-04:police"]
    assert done.ending == "met"
    answered = owed([*to_partners(), at(6, K.RESPONSE_GIVEN, Party.POLICE, "notify")])["N-04:police"]
    assert (answered.ending, answered.reason) == ("not needed", "The partner responded.")


@pytest.mark.duty("B1-01", "B1-15")
def test_the_decision_is_owed_once_three_positions_are_filled() -> None:
    answers = [at(6, K.RESPONSE_GIVEN, party, "notify") for party in SAFEGUARDING_PARTNERS]
    assert "B1-15" not in owed([*to_partners(), *answers[:2]])
    row = owed([*to_partners(), *answers])["B1-15"]
    assert (row.owner, row.ended) == (Party.LOCAL_AUTHORITY, None)
    decided = owed([*to_partners(), *answers, at(7, K.DECISION_RECORDED, None, "notify")])
    assert decided["B1-15"].ending == "met"


@pytest.mark.duty("B1-03")
def test_the_panel_is_notified_within_five_working_days_of_awareness() -> None:
    row = owed(to_partners())["B1-03"]
    assert (row.owner, row.due_on) == (Party.SERVICE_DIRECTOR, date(2026, 11, 27))
    sent = owed([*to_partners(), at(8, K.NOTIFICATION_SENT)])["B1-03"]
    assert state(sent, FRIDAY + 9 * HOUR) is State.MET
    no = owed([*to_partners(), at(8, K.DECISION_RECORDED, None, "do-not-notify")])["B1-03"]
    assert no.ending == "not needed"
    assert no.reason


@pytest.mark.duty("B1-03")
def test_awareness_is_no_later_than_the_service_director_having_the_referral() -> None:
    events = [event for event in to_partners() if event.kind is not K.LOCAL_AUTHORITY_AWARE]
    assert owed(events)["B1-03"].counted_from == date(2026, 11, 20)
    assert owed([*events, at(96, K.LOCAL_AUTHORITY_AWARE)])["B1-03"].counted_from == date(2026, 11, 20)
    assert owed([*events, at(-24, K.LOCAL_AUTHORITY_AWARE)])["B1-03"].counted_from == date(2026, 11, 19)


@pytest.mark.duty("B1-04")
def test_scrutineer_and_manager_are_informed_of_a_decision_to_notify() -> None:
    decided = [*to_partners(), at(7, K.DECISION_RECORDED, None, "notify")]
    for party in (Party.INDEPENDENT_SCRUTINEER, Party.STRATEGIC_MANAGER):
        row = owed(decided)[f"B1-04:{party.value}"]
        assert (row.owner, row.due_on, row.ended) == (Party.PARTNERSHIP_TEAM, date(2026, 11, 27), None)
        told = owed([*decided, at(8, K.PARTY_INFORMED, party)])[f"B1-04:{party.value}"]
        assert told.ending == "met"
    refused = owed([*to_partners(), at(7, K.DECISION_RECORDED, None, "do-not-notify")])
    assert not [key for key in refused if key.startswith("B1-04")]


def test_a_partnership_sets_its_own_clocks_and_only_shortens_statutory_ones() -> None:
    longer = ClockSettings.from_settings({"B1-06": 2, "B1-03": 4})
    found = {row.key: row for row in obligations(to_partners(), settings=longer)}
    assert (found["B1-06"].due_on, found["B1-03"].due_on) == (date(2026, 11, 24), date(2026, 11, 26))
    for wrong in ({"B1-03": 6}, {"B1-06": 0}, {"Z-01": 1}, {"B1-06": True}):
        with pytest.raises(ValueError, match="clock"):
            ClockSettings.from_settings(wrong)


EVENTS = st.builds(
    at,
    st.floats(0, 400),
    st.sampled_from([kind for kind in K if kind is not K.REFERRAL_SUBMITTED]),
    st.sampled_from([None, *Party]),
    st.sampled_from([None, "notify", "do-not-notify"]),
)


@given(st.lists(EVENTS, max_size=25), st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_history_obliges_somebody_and_the_order_told_never_matters(
    events: list[Event], random: object
) -> None:
    told = [at(0, K.REFERRAL_SUBMITTED), *to_partners()[3:5], *events]
    found = obligations(told)
    assert len({row.key for row in found}) == len(found) > 0
    assert all(row.owner in Party and row.action and row.paragraph for row in found)
    assert all((row.due is None) == (row.due_on is None) for row in found)
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert obligations(shuffled) == found
    history = History(told, ENGLAND_AND_WALES, ClockSettings())
    assert set(positions(history)) <= set(SAFEGUARDING_PARTNERS)
    for party in SAFEGUARDING_PARTNERS:
        answer = may_be_deemed(history, party, FRIDAY + 1000 * HOUR)
        if answer:
            assert answer.at == {row.key: row for row in found}[f"B1-08:{party.value}"].due

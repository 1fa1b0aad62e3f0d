"""Random partnerships' procedures: what cannot be is refused, and what can be is played through."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.owners import OWNERS
from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.catalogue import CATALOGUE
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party
from app.procedure.history import History
from app.procedure.local_steps import blocking
from app.procedure.obligation import LOCAL_DEFAULTS, STATUTORY, ClockSettings, Obligation
from app.procedure.obligations import obligations
from app.procedure.own_procedure import (
    BLOCKS,
    CLOSINGS,
    OMITTABLE,
    STEP_OWNERS,
    TRIGGERS,
    own_faults,
    step_faults,
)
from tests.unit.procedure.test_obligations import FRIDAY, HOUR, at, to_partners

K = EventKind


def step(**more: Any) -> dict[str, Any]:
    return {"key": "doctor", "action": "Consult the designated doctor", "owner": "icb",
            "trigger": "initial-view-shared", "days": 1, "blocks": "decision", **more}  # fmt: skip


keys = st.from_regex(r"[a-z][a-z0-9-]{1,12}", fullmatch=True)
steps = st.builds(
    lambda key, owner, trigger, closing, days, blocks: {
        "key": key, "action": "Do it", "owner": owner.value, "trigger": trigger.value, "closing": closing.value,
        "blocks": blocks, **({} if days is None else {"days": days}),
    },
    keys, st.sampled_from(STEP_OWNERS), st.sampled_from(list(TRIGGERS)), st.sampled_from(list(CLOSINGS)),
    st.none() | st.integers(0, 5), st.sampled_from(list(BLOCKS)),
)  # fmt: skip
procedures = st.fixed_dictionaries(
    {
        "clocks": st.dictionaries(st.sampled_from(list(LOCAL_DEFAULTS)), st.integers(1, 10))
        | st.fixed_dictionaries({"B1-03": st.integers(1, 5), "N-05": st.integers(1, 15)}),
        "omitted": st.lists(st.sampled_from(OMITTABLE), unique=True),
        "steps": st.lists(steps, max_size=5, unique_by=lambda one: one["key"]),
        "names": st.dictionaries(
            st.sampled_from([party.value for party in STEP_OWNERS]), st.just("Our own")
        ).map(lambda names: {key: f"Our own {key}" for key in names}),
    }
)


def played(outcome: str = "notify") -> list[Event]:
    """A whole case, from the referral to the notification."""
    return [
        *to_partners(),
        *(at(6, K.RESPONSE_GIVEN, party, outcome) for party in SAFEGUARDING_PARTNERS),
        at(30, K.DECISION_RECORDED, outcome=outcome),
        at(40, K.NOTIFICATION_SENT),
        *(
            at(45, K.PARTY_INFORMED, party)
            for party in (Party.INDEPENDENT_SCRUTINEER, Party.STRATEGIC_MANAGER)
        ),
    ]


def owed(events: list[Event], settings: ClockSettings) -> dict[str, Obligation]:
    return {row.key: row for row in obligations(events, ENGLAND_AND_WALES, settings)}


@pytest.mark.duty("B1-03", "B1-08")
@given(procedures, st.integers(2, 20))
def test_random_procedures_are_played_through(settings: dict[str, Any], until: int) -> None:
    sound = not any(step_faults(one) for one in settings["steps"])
    assert (own_faults(settings) == []) == sound
    if not sound:
        with pytest.raises(ValueError, match="step"):
            ClockSettings.of_edition(settings)
        return
    clocks = ClockSettings.of_edition(settings)
    events = played()[:until]
    plain, own = owed(events, ClockSettings()), owed(events, clocks)
    kept = {row.key for row in plain.values() if row.duty not in settings["omitted"]}
    assert {key for key in own if not key.startswith("LOCAL:")} == kept  # nothing else is left out, or added
    for row in own.values():
        assert row.owner in OWNERS
        assert row.due_on is None or row.due_on >= london_date(row.starts)
    for duty, days in STATUTORY.items():
        assert clocks.of(duty) <= days
    triggered = {
        one["key"] for one in settings["steps"] if any(event.kind == one["trigger"] for event in events)
    }
    assert {key[6:] for key in own if key.startswith("LOCAL:")} == triggered  # each is owed once
    history = History(events, ENGLAND_AND_WALES, clocks)
    for what in ("decision", "notification"):
        for waits in blocking(history, what):
            assert own[f"LOCAL:{waits.key}"].ended is None


def test_an_added_step_is_owed_from_its_trigger_and_ends_as_it_says() -> None:
    copy = step(key="copy", trigger="notification-sent", days=0, owner="service-director", blocks="nothing")
    settings = ClockSettings.of_edition({"steps": [step(), copy]})
    events = to_partners()
    row = owed(events, settings)["LOCAL:doctor"]
    assert (row.owner, row.duty, row.due_on, row.ended) == (Party.ICB, "L-01", date(2026, 11, 23), None)
    assert [one.key for one in blocking(History(events, ENGLAND_AND_WALES, settings), "decision")] == [
        "doctor"
    ]
    done = Event(K.LOCAL_STEP_DONE, FRIDAY + 9 * HOUR, FRIDAY + 9 * HOUR, facts={"step": "doctor"})
    other = Event(K.LOCAL_STEP_DONE, FRIDAY + 9 * HOUR, FRIDAY + 9 * HOUR, facts={"step": "copy"})
    assert owed([*events, other], settings)["LOCAL:doctor"].ended is None
    assert owed([*events, done], settings)["LOCAL:doctor"].ending == "met"
    assert blocking(History([*events, done], ENGLAND_AND_WALES, settings), "decision") == []
    sent = at(30, K.NOTIFICATION_SENT)
    same_day = owed([*events, sent], settings)["LOCAL:copy"]
    assert same_day.due_on == london_date(sent.happened_at)
    closed_by = ClockSettings.of_edition({"steps": [step(closing="short-meeting-held", blocks="nothing")]})
    assert owed([*events, at(9, K.SHORT_MEETING_HELD)], closed_by)["LOCAL:doctor"].ending == "met"
    assert timedelta(0) < HOUR


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"omitted": ["B1-03"]}, "B1-03 is statutory"),
        ({"omitted": ["N-05"]}, "N-05 is guidance"),
        ({"omitted": ["B1-08"]}, "other steps rest on it"),
        ({"omitted": ["Z9-99"]}, "no duty"),
        ({"omitted": "B1-04"}, "must be a list"),
        ({"names": {"ghost": "Ghost"}}, "no role 'ghost'"),
        ({"names": {"lig-chair": " "}}, "a few words"),
        ({"names": ["x"]}, "must be a table"),
        ({"names": {"police": "Ours", "icb": "ours "}}, "both be called"),
        ({"steps": [step(key="Doctor!")]}, "needs a key"),
        ({"steps": [step(), step()]}, "stands twice"),
        ({"steps": [step(owner="system")]}, "needs an owner"),
        ({"steps": [step(trigger="membership-begun")]}, "needs a trigger"),
        ({"steps": [step(closing="1 == 1")]}, "closing event from the list"),
        ({"steps": [step(closing="initial-view-shared")]}, "what triggers it"),
        ({"steps": [step(days=-1)]}, "working days, or none"),
        ({"steps": [step(days=True)]}, "working days, or none"),
        ({"steps": [step(blocks="everything")]}, "must block"),
        ({"steps": [step(when="x > 1")]}, "cannot say"),
        ({"steps": [step(closing="decision-recorded")]}, "would block what it waits for"),
        ({"steps": [step(trigger="notification-sent")]}, "would block what it waits for"),
        ({"steps": [step(closing="short-meeting-held")]}, "must close when somebody records"),
        (
            {
                "steps": [
                    step(trigger="decision-recorded", closing="short-meeting-held", blocks="notification")
                ]
            },
            "must close when somebody records",
        ),
        ({"steps": [step(days=4)]}, "3 working days or fewer"),
        ({"steps": [step(days=None)]}, "3 working days or fewer"),
        ({"clocks": {"B1-08": 251}}, "at most 250"),
        ({"steps": ["x"]}, "list of tables"),
        ({"clocks": {"B1-03": 6}}, "stricter, not longer"),
        ({"clocks": {"N-05": 16}}, "stricter, not longer"),
        ({"clocks": {"B1-08": 0}}, "1 or more"),
        ({"clocks": {"A-02": 1}}, "no clock A-02"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ClockSettings.of_edition(settings)


def test_only_local_duties_can_be_left_out() -> None:
    assert all(CATALOGUE[name].kind == "local" for name in OMITTABLE)

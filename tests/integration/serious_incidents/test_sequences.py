"""Random sequences of the six steps, played against the laws of the decision.

`WAYMARK_SEQUENCES` says how many (8 in script/test, many in script/soak).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from app.access.owners import OWNERS
from app.access.roles import Role
from app.cases.queries import obligations_of
from app.cases.rebuild import differences
from app.ledger.service import history
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.history import in_force
from app.procedure.positions import agree, positions, shaken
from app.serious_incidents import service
from app.serious_incidents.errors import ChangedMeanwhile, Incomplete, OutOfTurn
from app.serious_incidents.notifications import Sent
from tests.integration.serious_incidents.journey import ANSWERS, HOUR, MONDAY, NOT, NOT_MET, NOTIFY, Journey
from tests.support.places import Place

SEQUENCES = int(os.environ.get("WAYMARK_SEQUENCES", "8"))
LONGEST = 16
OTHER = {NOTIFY: NOT, NOT: NOTIFY}
REFUSED = (OutOfTurn, Incomplete, ChangedMeanwhile)
K = EventKind
Step = Callable[["Player", Party, str, timedelta], None]


class Player:
    """A case whose clock only goes forward, and what can be tried on it. What is refused changes nothing."""

    def __init__(self, place: Place, views: tuple[str, str]) -> None:
        self.journey = Journey(place)
        self.now = MONDAY + HOUR
        self.journey.share(self.now)
        self.journey.view(Party.LIG_CHAIR, views[0], MONDAY + 2 * HOUR)
        self.journey.view(Party.SERVICE_DIRECTOR, views[1], MONDAY + 2 * HOUR)
        self.journey.share_view()
        self.now = MONDAY + 4 * HOUR

    def begin(self, where: str) -> None:
        """Bring the case to where the random part begins."""
        police, none = Party.POLICE, timedelta(0)
        if where == "silent":
            self.answer(Party.LOCAL_AUTHORITY, NOTIFY, none)
            self.answer(Party.ICB, NOTIFY, none)
            self.falls_silent(police, NOTIFY, none)
            self.decide(police, NOTIFY, none)
        elif where != "asked":
            self.all_answer(police, NOTIFY, none if where == "decided" else timedelta(days=1))
            if where == "decided":
                self.decide(police, NOTIFY, none)
            if where in ("met", "chair"):
                self.meet(police, "", none)
            if where == "chair":
                self.chair_decides(police, NOT, none)

    def answer(self, party: Party, outcome: str, _ago: timedelta) -> None:
        self.journey.respond(party, outcome, now=self.now)

    def call(self, party: Party, outcome: str, ago: timedelta) -> None:
        self.journey.answered_elsewhere(party, outcome, at=self.now - ago, now=self.now)

    def receive(self, party: Party, _outcome: str, ago: timedelta) -> None:
        self.journey.do(service.request_delivered, party, self.now, self.now)

    def bounce(self, party: Party, _outcome: str, _ago: timedelta) -> None:
        self.journey.do(service.request_bounced, party, self.now, self.now)

    def deputy(self, party: Party, _outcome: str, _ago: timedelta) -> None:
        self.journey.do(service.contact_deputy, party, actor=None, now=self.now)

    def deputy_bounces(self, party: Party, _outcome: str, _ago: timedelta) -> None:
        self.journey.do(service.deputy_not_reached, party, self.now)

    def silence(self, party: Party, _outcome: str, _ago: timedelta) -> None:
        self.journey.do(service.deem, party, self.now)
        self.journey.do(service.deem, party, self.now)

    def all_answer(self, party: Party, outcome: str, ago: timedelta) -> None:
        """The three answer alike, or the one named differs."""
        for each in SAFEGUARDING_PARTNERS:
            differs = each is party and ago > timedelta(hours=20)
            self.journey.respond(each, OTHER[outcome] if differs else outcome, now=self.now)

    def falls_silent(self, party: Party, _outcome: str, _ago: timedelta) -> None:
        """A partner is asked, its deputy is contacted, and its clock ends."""
        self.journey.receive(party, self.now)
        self.journey.do(service.contact_deputy, party, actor=None, now=self.now)
        self.now += timedelta(days=4)
        self.journey.do(service.deem, party, self.now)

    def decide(self, _party: Party, outcome: str, _ago: timedelta) -> None:
        agreed = agree(self.journey.state().told) or outcome
        self.journey.decide(answers=ANSWERS if agreed == NOTIFY else NOT_MET, now=self.now)

    def meet(self, party: Party, outcome: str, ago: timedelta) -> None:
        self.journey.meet({party: outcome} if outcome else {}, at=self.now - ago, now=self.now)

    def chair_decides(self, _party: Party, outcome: str, ago: timedelta) -> None:
        self.journey.chair_decides(outcome, scrutineer=bool(ago), now=self.now)

    def new_information(self, _party: Party, _outcome: str, _ago: timedelta) -> None:
        self.journey.enter(service.raise_information, self.journey.team, self.now)

    def let_stand(self, _party: Party, outcome: str, _ago: timedelta) -> None:
        who = self.journey.director if outcome == NOTIFY else self.journey.partnership_chair
        if who is self.journey.partnership_chair and not self.journey.state().told.chair_decided:
            return
        self.journey.enter(service.decline, who, self.now)

    def put_back(self, _party: Party, _outcome: str, _ago: timedelta) -> None:
        self.journey.enter(service.put_back, self.journey.team, self.now)

    def override(self, _party: Party, _outcome: str, _ago: timedelta) -> None:
        self.journey.enter(service.override, self.journey.director, self.now)

    def notify(self, _party: Party, _outcome: str, ago: timedelta) -> None:
        sent = Sent(
            self.now - ago, "national-system", "", "INV", "Somebody", "Late", "Late", "The Panel", uuid4()
        )
        self.journey.do(service.record_notification, sent, who=self.journey.director, now=self.now)

    def correct(self, party: Party, _outcome: str, ago: timedelta) -> None:
        found = self.journey.read(service.correctable)
        if found:
            entry = found[ago.seconds // 3600 % len(found)]
            at = None if party is Party.ICB else entry.happened_at + ago - timedelta(hours=9)
            typed = service.Correction(entry.number, at is None, at, "Recorded wrongly", uuid4())
            self.journey.do(service.correct, typed, who=self.journey.team, now=self.now)


STEPS: tuple[Step, ...] = (
    Player.all_answer, Player.all_answer, Player.falls_silent, Player.falls_silent, Player.answer, Player.answer,
    Player.call, Player.receive, Player.bounce, Player.deputy, Player.deputy_bounces, Player.silence, Player.decide,
    Player.decide, Player.decide, Player.meet, Player.chair_decides, Player.new_information, Player.let_stand,
    Player.put_back, Player.override, Player.notify, Player.correct,
)  # fmt: skip
outcomes = st.sampled_from((NOTIFY, NOTIFY, NOT))
places = st.sampled_from(("asked", "decided", "silent", "differing", "met", "chair"))
moves = st.tuples(
    st.integers(0, 20),
    st.sampled_from(STEPS),
    st.sampled_from(SAFEGUARDING_PARTNERS),
    outcomes,
    st.integers(0, 30),
)


@pytest.mark.duty("A-05", "B1-08", "B1-09", "B1-10", "B1-13", "B1-15", "N-04")
@settings(
    max_examples=SEQUENCES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    views=st.tuples(outcomes, outcomes), where=places, played=st.lists(moves, min_size=6, max_size=LONGEST)
)
def test_the_laws_hold_in_whatever_order_things_happen(
    wight: Place, views: tuple[str, str], where: str, played: list[tuple[int, Step, Party, str, int]]
) -> None:
    player = Player(wight, (NOTIFY, NOTIFY) if where == "silent" else views)
    player.begin(where)
    laws(player.journey, player.now)
    for hours, step, party, outcome, ago in played:
        player.now += timedelta(hours=hours, minutes=1)
        try:
            step(player, party, outcome, timedelta(hours=ago))
        except REFUSED:
            continue
        event(step.__name__)
        laws(player.journey, player.now)


def laws(journey: Journey, now: datetime) -> None:
    """What must hold after every act."""
    with journey.place.pinned():
        state = journey.state()
        events = in_force(history(journey.case_id))
        rows = list(obligations_of(journey.case_id))
        assert differences(journey.case_id) == []  # rebuilt obligations equal the stored ones
        numbers = [row.number for row in state.decisions]
        assert numbers == list(range(1, len(numbers) + 1))  # exactly one decision in force: the last
        recorded = state.told.decisions
        assert [event.facts["number"] for event in recorded] == numbers
    assert (state.decision is None) == (not numbers)
    deemed = Counter(event.party for event in events if event.kind is K.RESPONSE_DEEMED)
    assert all(count == 1 for count in deemed.values())  # nobody is deemed twice
    for row in rows:
        assert Party(row.owner) in OWNERS  # no obligation without an owner
        assert row.ended is None or row.ended <= now
    for decision in state.decisions:
        assert [one["party"] for one in decision.positions] == [
            party.value for party in SAFEGUARDING_PARTNERS
        ]
        assert all(one["person"] and one["capacity"] for one in decision.positions)
    held = {
        party: (one.outcome, one.kind[:5], one.happened_at) for party, one in positions(state.told).items()
    }
    assert held == {
        party: (row.outcome, row.kind[:5], row.happened_at) for party, row in state.positions.items()
    }  # one position in force for each partner, and it is the one that the history gives
    told, by_key = state.told, {row.key: row for row in rows}
    if state.notification is not None and told.decision is None:
        assert told.override is not None
    if told.decision is not None and not told.settled and state.notification is None:
        assert by_key["B1-03"].open  # the statutory clock runs while a decision is looked at again
    if told.settled:
        assert shaken(told) == []  # a decision that nobody looks at again rests on the positions in force
    assert {role for roles in OWNERS.values() for role in roles} <= set(Role)

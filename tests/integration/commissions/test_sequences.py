"""Random sequences of commissions, changes, removals, memberships and days: access holds exactly when the law says so.

`WAYMARK_SEQUENCES` says how many (4 in script/test, many in script/soak).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, event, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import select

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.accounts.models import Membership, Person
from app.accounts.service import begin_membership, end_membership
from app.commissions.models import Commission
from app.ledger.service import record
from app.procedure.events import EventKind
from tenants.db import db
from tests.integration.commissions.given import DAY, MONDAY, Given, typed_day
from tests.support.cast import cast

SEQUENCES = int(os.environ.get("WAYMARK_SEQUENCES", "4"))
LONGEST = 14


@dataclass
class Expected:
    """What the law says of one commission."""

    membership: UUID
    first: date
    last: date
    removed: bool = False


@dataclass
class Held:
    """What the law says of a membership."""

    ends_on: date | None = None
    ended: bool = False


class Player:
    """Somebody who is commissioned, and what should hold for them."""

    def __init__(self, given: Given, cases: list[Given]) -> None:
        self.given, self.cases = given, cases
        self.expected: dict[str, Expected] = {}
        self.where: dict[str, Given] = {}
        self.member = given.membership(given.reviewer)
        self.held = {self.member: Held()}

    @property
    def today(self) -> date:
        return self.given.now.date()

    def member_now(self, identifier: UUID) -> bool:
        held = self.held[identifier]
        return not held.ended and (held.ends_on is None or held.ends_on >= self.today)

    def pick(self, number: int) -> str | None:
        return list(self.expected)[number % len(self.expected)] if self.expected else None

    def give(self, a: int, b: int) -> None:
        first, last = self.today + (a % 4) * DAY, self.today + (a % 4 + b) * DAY
        place = self.cases[(a + b) % len(self.cases)]
        form = {**typed_day("first_day", first), **typed_day("last_day", last), "contact": "Somebody"}
        answer = place.post(
            place.team, f"/cases/{place.case}/commissions/give", membership=str(self.member), **form
        )
        ends = self.held[self.member].ends_on
        there = [one for reference, one in self.expected.items() if self.where[reference] is place]
        twice = any(
            one.membership == self.member and not one.removed and one.last >= self.today for one in there
        )
        sound = self.member_now(self.member) and not twice and (ends is None or last <= ends)
        assert (answer.status_code == 303) is sound, answer.get_data(as_text=True)
        if sound:
            reference = answer.headers["Location"].rsplit("/", 1)[1]
            self.expected[reference], self.where[reference] = Expected(self.member, first, last), place

    def change(self, a: int, b: int) -> None:
        reference = self.pick(a)
        if reference is None:
            return
        one, place, last = self.expected[reference], self.where[reference], self.today + (b - 2) * DAY
        form = {
            "over": str(place.row(reference).version),
            "reason": "The inquest",
            **typed_day("last_day", last),
        }
        answer = place.act(reference, "/end", **form)
        ends = self.held[one.membership].ends_on
        sound = (
            not one.removed and self.member_now(one.membership) and last >= max(self.today, one.first)
            and (ends is None or last <= ends) and last != one.last
        )  # fmt: skip
        assert (answer.status_code == 303) is sound
        if sound:
            one.last = last

    def remove(self, a: int, _b: int) -> None:
        reference = self.pick(a)
        if reference is not None:
            chair = self.given.people[Role.LIG_CHAIR]
            assert (
                self.where[reference].act(reference, "/remove", chair, reason="The group").status_code == 303
            )
            self.expected[reference].removed = True

    def days_pass(self, a: int, _b: int) -> None:
        for one in self.cases:
            one.to(self.given.now + (a % 3 + 1) * DAY if one is self.given else self.given.now)

    def membership_ends(self, _a: int, _b: int) -> None:
        if not self.held[self.member].ended:
            with self.given.place.pinned():
                end_membership(self.member, reason="Left", acting=SYSTEM, now=self.given.now)
                db.session.commit()
            self.held[self.member].ended = True

    def membership_will_end(self, a: int, _b: int) -> None:
        if not self.held[self.member].ended:
            self.held[self.member].ends_on = self.today + (a % 5) * DAY
            with self.given.place.pinned():
                row = db.session.scalars(select(Membership).where(Membership.id == self.member)).one()
                row.ends_on = self.held[self.member].ends_on
                record(EventKind.MEMBERSHIP_BEGUN, case_id=None, acting=SYSTEM, happened_at=self.given.now,
                       now=self.given.now)  # fmt: skip
                db.session.commit()

    def member_again(self, _a: int, _b: int) -> None:
        if self.member_now(self.member):
            return
        with self.given.place.pinned():
            person = db.session.get_one(Person, self.given.reviewer.person_id)
            made = begin_membership(person, Role.REVIEWER, agency_key=None, starts_on=self.today, acting=SYSTEM,
                                    now=self.given.now)  # fmt: skip
            db.session.commit()
            self.member = made.id
        self.held[self.member] = Held()

    def laws(self) -> None:
        """Access holds exactly when the law says so, and the stored rows agree."""
        with self.given.place.pinned():
            mine = Commission.person_id == self.given.reviewer.person_id
            stored = {row.reference: row for row in db.session.scalars(select(Commission).where(mine))}
        assert set(stored) == set(self.expected)
        running = set()
        for reference, one in self.expected.items():
            row = stored[reference]
            assert (row.first_day, row.last_day, row.removed_at is not None) == (
                one.first,
                one.last,
                one.removed,
            )
            law = not one.removed and one.first <= self.today <= one.last and self.member_now(one.membership)
            running |= {reference} if law else set()
            for rest in ("", "/draft"):
                status = self.given.get(self.given.reviewer, f"/commissions/{reference}{rest}").status_code
                assert (status == 200) is law, (reference, rest, status)
        index = self.given.get(self.given.reviewer, "/commissions/")
        if not any(self.member_now(one) for one in self.held):
            assert index.status_code == 404
        elif len(running) == 1:
            assert index.headers["Location"].endswith(next(iter(running)))
        else:
            page = index.get_data(as_text=True)
            assert {reference for reference in self.expected if reference in page} == running


Step = Callable[[Player, int, int], None]
STEPS: tuple[Step, ...] = (
    Player.give, Player.give, Player.give, Player.change, Player.change, Player.change, Player.days_pass,
    Player.days_pass, Player.days_pass, Player.remove, Player.membership_ends, Player.membership_will_end,
    Player.member_again,
)  # fmt: skip
moves = st.tuples(st.sampled_from(STEPS), st.integers(0, 11), st.integers(0, 9))


@pytest.mark.duty("S-02", "B3-15")
@settings(
    max_examples=SEQUENCES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@drawn(played=st.lists(moves, min_size=6, max_size=LONGEST))
def test_access_holds_exactly_when_the_law_says_so(
    given: Given, owner_of: Flask, played: list[tuple[Step, int, int]]
) -> None:
    people: dict[Role, Any] = cast(given.place, owner_of)
    given.to(MONDAY)
    first, other = (Given(given.app, given.place, people, given._at) for _each in range(2))
    player = Player(first, [first, other])
    player.laws()
    for step, a, b in played:
        step(player, a, b)
        event(step.__name__)
        player.laws()

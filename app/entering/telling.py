"""Telling those who owe something in cases that were entered: one message for each person, whatever the number."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting
from app.accounts.queries import Holder
from app.cases.reminders import owners_of
from app.entering.service import Entered
from app.outbox.service import post
from app.procedure.events import Party


def tell_owners(entered: list[Entered], key: str, acting: Acting, now: datetime) -> None:
    """Post one message to each person who owes something in the cases of one entering, with how many they are; whoever
    entered them knows it. Clocks that had ended before are told of in no other way, and running ones as usual."""
    people: dict[UUID, Holder] = {}
    cases: Counter[UUID] = Counter()
    holders: dict[Party, list[Holder]] = {}
    for one in entered:
        owing = {obligation.owner for obligation in one.owed if obligation.ended is None}
        mine: set[UUID] = set()
        for party in owing:
            if party not in holders:
                holders[party] = owners_of(party, one.case.id, now)  # of a new case nobody is sealed out
            for holder in holders[party]:
                people[holder.person_id] = holder
                mine.add(holder.person_id)
        cases.update(mine)
    for person_id, number in cases.items():
        if person_id == acting.person_id:
            continue
        holder = people[person_id]
        post(
            "cases-entered", to_person=person_id, to_address=holder.email, to_name=holder.name,
            key=f"cases-entered:{key}:{person_id}", now=now, params={"cases": number},
        )  # fmt: skip

"""Meetings where the partners differ: the short one (step 5), and with the Partnership Chair (step 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.access.actor import Acting, Actor
from app.access.permissions import Permission
from app.cases.service import Case, changed, lock
from app.procedure.clocks import check_instant
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.marks import duty
from app.serious_incidents import progress, recipients, turns, words
from app.serious_incidents.errors import Fault, Incomplete
from app.serious_incidents.models import PartnerMeeting, PartnerPosition
from app.serious_incidents.progress import Progress
from app.serious_incidents.settling import settle
from app.serious_incidents.silences import deem_what_is_due
from app.serious_incidents.steps import happened
from app.serious_incidents.turns import EXCEPTIONAL, SHORT
from tenants.db import db

ARRANGED = {SHORT: EventKind.SHORT_MEETING_ARRANGED, EXCEPTIONAL: EventKind.EXCEPTIONAL_MEETING_ARRANGED}
HELD = {SHORT: EventKind.SHORT_MEETING_HELD, EXCEPTIONAL: EventKind.EXCEPTIONAL_MEETING_HELD}
CALLED = {SHORT: "short meeting of the partners", EXCEPTIONAL: "meeting with the Partnership Chair"}
CAME = (*SAFEGUARDING_PARTNERS, Party.PARTNERSHIP_CHAIR, Party.INDEPENDENT_SCRUTINEER)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who came for a party, and the position they took there (none: they kept what they had said)."""

    name: str = ""
    capacity: str = ""
    outcome: str | None = None
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting as it was typed. `held_at` is an aware instant, or None where it was not given; `alone` confirms that
    it was a meeting although only one partner came."""

    kind: str
    held_at: datetime | None
    came: dict[Party, Attendance] = field(default_factory=dict)
    notes: str = ""
    key: UUID | None = None
    alone: bool = False


@duty("B1-09", "B1-10")
def arrange_meeting(
    case_id: UUID, *, kind: str, when: datetime | None, how: str, actor: Actor, now: datetime, key: UUID
) -> None:
    """Arrange a meeting and tell those who are asked to it. Arranged again, it takes the former one's place.

    Raises Incomplete, OutOfTurn.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    if any(row.arranging_key == key for row in found.meetings):
        return
    reason = turns.arrange_meeting(found, kind)
    if reason is not None:
        raise reason
    faults = []
    if when is None or when <= now:
        faults.append(Fault("arranged_for", "Enter when the meeting will be; it must be in the future"))
    elif not check_instant(when):
        faults.append(Fault("arranged_for", "Enter a date within the years that are counted"))
    if not how.strip():
        faults.append(Fault("how", "Say where, or by which call, the meeting will be"))
    if faults or when is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.MEETING_RECORD))
    former = found.meeting(kind)
    if former is not None:
        former.withdrawn_at = now
    db.session.add(
        PartnerMeeting(
            case_id=case_id, kind=kind, how=how.strip(), arranged_for=when, arranged_at=now,
            arranged_by=acting.name, arranged_capacity=acting.capacity, arranging_key=key,
        )
    )  # fmt: skip
    happened(
        ARRANGED[kind], case_id, acting, now, facts={"for": when.isoformat()}, payload={"how": how.strip()}
    )
    recipients.tell(
        "meeting-arranged", _asked_to(case, kind, now), case_id=case_id, reference=case.reference, now=now,
        occasion=str(key),
    )  # fmt: skip
    changed(case)


@duty("B1-09", "B1-10")
def record_meeting(case_id: UUID, held: Held, *, actor: Actor, now: datetime) -> None:
    """Record a meeting that was held: who came for whom, and the position each partner took.

    A position taken there replaces what the partner had said, or what was deemed. Raises Incomplete,
    OutOfTurn. The same form sent twice is one meeting.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    if held.key is not None and any(row.recording_key == held.key for row in found.meetings):
        return
    if deem_what_is_due(case, found, now):
        found = progress.load(case_id)
    reason = turns.record_meeting(found, held.kind)
    if reason is not None:
        raise reason
    faults = meeting_faults(held, found, now)
    if faults or held.held_at is None:
        raise Incomplete(faults)
    acting = actor.acting_as(actor.holding(Permission.MEETING_RECORD))
    _keep_meeting(case, found, held, acting, now)
    happened(HELD[held.kind], case_id, acting, now, at=held.held_at,
             facts={"scrutineer": _came(held, Party.INDEPENDENT_SCRUTINEER)},
             payload={"attendance": _attendance(held), "notes": held.notes.strip()})  # fmt: skip
    if held.kind == SHORT:
        for party in SAFEGUARDING_PARTNERS:
            _take_position(case, party, held, acting, now)
    settle(case, now)
    recipients.tell(
        "meeting-recorded", _asked_to(case, held.kind, now), case_id=case_id, reference=case.reference, now=now,
        occasion=str(held.key),
    )  # fmt: skip
    changed(case)


def meeting_faults(held: Held, found: Progress, now: datetime) -> list[Fault]:
    """What is missing or impossible in the record of a meeting."""
    faults = []
    asked = found.view_shared
    if held.held_at is None:
        faults.append(Fault("held_at", "Enter when the meeting was held"))
    elif held.held_at > now:
        faults.append(Fault("held_at", "The time of the meeting must not be in the future"))
    elif asked is not None and held.held_at < asked.done_at:
        faults.append(Fault("held_at", "The meeting must have been held after the initial view was shared"))
    if not held.notes.strip():
        faults.append(Fault("notes", "Say what was discussed and what came of it"))
    needed = SAFEGUARDING_PARTNERS if held.kind == SHORT else (Party.PARTNERSHIP_CHAIR,)
    if not any(_came(held, party) for party in needed):
        faults.append(Fault(field_of(needed[0], "name"), "Enter who came to the meeting"))
    if held.kind == SHORT and not held.alone and sum(_came(held, party) for party in needed) == 1:
        one = "Only one partner came: enter who else did, or confirm that this was a meeting all the same"
        faults.append(Fault("alone", one))
    for party, came in held.came.items():
        faults += _faults_of(party, came)
    return faults


def field_of(party: Party, what: str) -> str:
    """The name of a party's field in the form of a meeting."""
    return f"{party.value.replace('-', '_')}_{what}"


def _faults_of(party: Party, came: Attendance) -> list[Fault]:
    who, faults = words.party_name(party), []
    if came.name.strip() and not came.capacity.strip():
        faults.append(Fault(field_of(party, "capacity"), f"Enter the role of who came for: {who}"))
    if came.capacity.strip() and not came.name.strip():
        faults.append(Fault(field_of(party, "name"), f"Enter who came for: {who}"))
    if came.outcome is not None:
        if not came.name.strip():
            faults.append(Fault(field_of(party, "name"), f"A position was taken: enter who came for {who}"))
        if not came.rationale.strip():
            faults.append(Fault(field_of(party, "rationale"), f"Give the reason for the position of {who}"))
    return faults


def _keep_meeting(case: Case, found: Progress, held: Held, acting: Acting, now: datetime) -> None:
    row = found.meeting(held.kind)
    if row is None:
        assert held.held_at is not None
        row = PartnerMeeting(
            case_id=case.id, kind=held.kind, how="Not arranged in Waymark", arranged_for=held.held_at,
            arranged_at=now, arranged_by=acting.name, arranged_capacity=acting.capacity, arranging_key=held.key,
        )  # fmt: skip
        db.session.add(row)
    row.held_at, row.recorded_at, row.recording_key = held.held_at, now, held.key
    row.attendance, row.notes = _attendance(held), held.notes.strip()
    row.scrutineer_present = _came(held, Party.INDEPENDENT_SCRUTINEER)
    row.recorded_by, row.recorded_capacity = acting.name, acting.capacity


def _take_position(case: Case, party: Party, held: Held, acting: Acting, now: datetime) -> None:
    came = held.came.get(party, Attendance())
    if came.outcome not in (Outcome.NOTIFY, Outcome.DO_NOT_NOTIFY):
        return
    assert held.held_at is not None
    db.session.add(
        PartnerPosition(
            case_id=case.id, party=party.value, kind="given", outcome=str(came.outcome),
            rationale=came.rationale.strip(), person_name=came.name.strip(), capacity=came.capacity.strip(),
            source="meeting", recorded_by_name=words.by(acting.name, acting.capacity), happened_at=held.held_at,
            recorded_at=now, late=False, replaced_at=now,
        )
    )  # fmt: skip
    happened(
        EventKind.POSITION_TAKEN, case.id, acting, now, at=held.held_at, party=party, outcome=str(came.outcome),
        facts={"meeting": True}, payload={"rationale": came.rationale.strip(), "person": came.name.strip()},
    )  # fmt: skip


def _came(held: Held, party: Party) -> bool:
    return bool(held.came.get(party, Attendance()).name.strip())


def _attendance(held: Held) -> list[dict[str, str]]:
    return [
        {"party": party.value, "name": came.name.strip(), "capacity": came.capacity.strip()}
        for party, came in held.came.items()
        if came.name.strip()
    ]


def _asked_to(case: Case, kind: str, now: datetime) -> list[recipients.Recipient]:
    to = [one for party in SAFEGUARDING_PARTNERS for one in recipients.representatives(party, case.id, now)]
    if kind == EXCEPTIONAL:
        for party in (Party.PARTNERSHIP_CHAIR, Party.INDEPENDENT_SCRUTINEER):
            to += recipients.holders(party, case.id, now)
    return list(dict.fromkeys([*to, *recipients.holders(Party.PARTNERSHIP_TEAM, case.id, now)]))

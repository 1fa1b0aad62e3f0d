"""The group's meetings, played in each nest: one held, its minutes agreed at the next, and one moved and cancelled."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from app.access.actor import Acting
from app.access.roles import Role
from app.meetings import agenda, attendance, minutes, service
from app.meetings.queries import all_items, attendance_of
from app.procedure.events import Party
from tenants.db import db
from tests.integration.attacks.nests import PRESENT, Nest, Song

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PARTNERS = {
    Party.LOCAL_AUTHORITY: Role.SERVICE_DIRECTOR,
    Party.POLICE: Role.PARTNER_REPRESENTATIVE,
    Party.ICB: Role.DESIGNATED_PROFESSIONAL,
}


def meetings(nest: Nest, song: Song | None = None) -> None:
    """Every meeting has items about a case (that of the song, else the contested one), with its canary; all that is
    about no case has that of the house."""
    case_id = song.case_id if song else UUID(nest.identifiers[0])
    secret, own = f"In words of {song.secret if song else nest.secret}", f"In words of {nest.house}"
    # Two songs of one nest do not meet at one moment.
    held_at = PRESENT - DAY - (2 if song else 1) * HOUR
    with nest.place.pinned():
        team = nest.people[Role.PARTNERSHIP_TEAM]
        by = team.actor().acting_as(team.actor().capacities)
        if song is None:
            agenda.write_standing_items(
                [own, f"{own} too"], over=0, key=uuid4(), acting=by, now=PRESENT - 9 * DAY
            )
        first, later = (_arranged(own, at, by) for at in (held_at, held_at + DAY))
        for meeting, at in ((first, held_at), (later, held_at + DAY)):
            service.add_case(meeting, case_id, secret, by, PRESENT - 8 * DAY)
            assert service.open_meeting(meeting, at, by, at + MINUTE) == []
            _came(nest, meeting, own, by)
        _minuted(nest, first, case_id, (secret, own), by)
        assert service.close_meeting(first, held_at + 40 * MINUTE, by, held_at + HOUR) == []
        agreed = minutes.Agreed(later, held_at + DAY + 2 * MINUTE, own, uuid4())
        assert minutes.agree(first, agreed, by, PRESENT) == []
        _cancelled(nest, held_at + 20 * DAY, case_id, (secret, own), by)
        db.session.commit()
        for meeting in (first, later):
            came = [one.id for one in attendance_of(meeting)]
            for item in all_items(meeting):
                nest.names(meeting_id=str(meeting), item_id=str(item.id))
            nest.names(meeting_id=str(meeting), attendance_id=str(came[0]))


def _arranged(own: str, at: object, by: Acting) -> UUID:
    typed = service.NewMeeting("standing", at, 60, own, uuid4())  # type: ignore[arg-type]
    row, faults = service.schedule(typed, by, PRESENT - 8 * DAY)
    assert row is not None, faults
    return row.id


def _came(nest: Nest, meeting: UUID, own: str, by: Acting) -> None:
    """Somebody for each of the three, each also by name; one of them is struck out."""
    for party, role in PARTNERS.items():
        who = nest.people[role]
        label = who.actor().acting_as(who.actor().capacities).capacity
        came = service.load(meeting).opened_at
        typed = attendance.NewAttendance(who.name, label, uuid4(), who.person_id, party, "", False, came)
        assert attendance.attend(meeting, typed, by, PRESENT) == []
    guest = attendance.NewAttendance(
        own, own, uuid4(), None, Party.POLICE, own, False, service.load(meeting).opened_at
    )
    assert attendance.attend(meeting, guest, by, PRESENT) == []
    wrong = next(one for one in attendance_of(meeting) if one.person_id is None)
    assert attendance.strike_out(meeting, wrong.id, own, by, PRESENT) == []


def _minuted(nest: Nest, meeting: UUID, case_id: UUID, words: tuple[str, str], by: Acting) -> None:
    """Each item is minuted twice and decided on twice, with the canary of what it is about."""
    actor, opened_at = nest.people[Role.PARTNERSHIP_TEAM].actor(), service.load(meeting).opened_at
    assert opened_at is not None
    for item in all_items(meeting):
        said = words[0] if item.case_id == case_id else words[1]
        for version in (0, 1):
            text = f"{said}, version {version}"
            common = {"over": version, "key": uuid4(), "actor": actor, "acting": by, "now": PRESENT}
            assert minutes.write(meeting, item.id, text, **common) == []  # type: ignore[arg-type]
            reason, replaces = (said, 1) if version else ("", None)
            typed = minutes.NewDecision(text, opened_at + 2 * MINUTE, uuid4(), replaces, reason)
            assert minutes.decide(meeting, item.id, typed, actor, by, PRESENT) == []


def _cancelled(nest: Nest, at: object, case_id: UUID, words: tuple[str, str], by: Acting) -> None:
    """A meeting that was moved, of which one item was taken off and which was then cancelled."""
    secret, own = words
    meeting, actor = _arranged(own, at, by), nest.people[Role.PARTNERSHIP_TEAM].actor()
    item = service.add_case(meeting, case_id, secret, by, PRESENT - DAY)
    assert agenda.remove(meeting, item.id, secret, actor, by, PRESENT) == []
    moved = service.Moved(service.load(meeting).starts_at + HOUR, 90, f"{own} again", own)
    assert service.move(meeting, moved, by, PRESENT) == []
    assert service.cancel(meeting, own, by, PRESENT) == []
    nest.names(meeting_id=str(meeting))

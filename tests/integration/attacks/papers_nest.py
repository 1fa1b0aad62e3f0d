"""Papers in a nest: circulated, opened, prepared for, added to, reminded of, and circulated again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from app.access.roles import Role
from app.involvement import queries as involvement
from app.involvement import service as returning
from app.papers import preparing, queries
from app.papers.content import files_of
from app.papers.service import NewPack, Prepared, circulate_pack, confirm_preparation, remind
from app.procedure.papers import NOTES
from tenants.db import db
from tests.integration.attacks.nests import PRESENT, Nest, Song
from tests.support.involvement import whole
from tests.support.people import client_of

MEETING = PRESENT + timedelta(days=10)


def papers(nest: Nest, song: Song | None = None) -> None:
    """Play the papers of a song's case, else those of the contested case, whose agencies were asked before."""
    case_id, reference = (
        (song.case_id, song.reference) if song else (UUID(nest.identifiers[0]), nest.references[0])
    )
    words = f"In words of {song.secret if song else nest.secret}"
    circulated(nest, case_id, words)
    opened(nest, reference, words)
    with nest.place.pinned():
        prepared(nest, case_id, words)
    if song is None:
        returned_later(nest, case_id, words)
    circulated(nest, case_id, words, reason=words)
    with nest.place.pinned():
        files = [file for pack in queries.packs_of(case_id) for file in files_of(pack.content)]
    nest.names(reference=reference, paper="1")
    for file in files:
        nest.names(reference=reference, paper="1", file_id=file)


def circulated(nest: Nest, case_id: UUID, words: str, reason: str = "") -> None:
    """The team circulates what there is."""
    with nest.place.pinned():
        team = nest.people[Role.PARTNERSHIP_TEAM].actor()
        by = team.acting_as(team.capacities)
        circulate_pack(case_id, NewPack(MEETING, words, uuid4(), reason), by, PRESENT)
        db.session.commit()


def opened(nest: Nest, reference: str, words: str) -> None:
    """The chair of the group reads the pack, in which the canary is, as a page and as both documents."""
    client, address = (
        client_of(nest.app, nest.people[Role.LIG_CHAIR]),
        f"/{nest.place.slug}/cases/{reference}/papers/1",
    )
    assert words in client.get(address).text
    for document in ("word", "pdf"):
        assert client.get(f"{address}/{document}").status_code == 200


def prepared(nest: Nest, case_id: UUID, words: str) -> None:
    """The chair confirms and writes on; who has not confirmed is reminded."""
    chair, team = nest.people[Role.LIG_CHAIR], nest.people[Role.PARTNERSHIP_TEAM].actor()
    typed = Prepared("1", True, dict.fromkeys(NOTES, words), uuid4())
    confirm_preparation(case_id, typed, actor=chair.actor(), now=PRESENT)
    pack = queries.pack_of(case_id)
    assert pack is not None
    notes = dict.fromkeys(NOTES, f"{words}, further")
    preparing.save_notes(pack, chair.person_id, notes, version=0, form=None, now=PRESENT)
    db.session.flush()
    waiting = {str(one.person_id) for one in preparing.to_remind(pack, PRESENT)}
    assert remind(case_id, waiting, team.acting_as(team.capacities), PRESENT, uuid4())
    db.session.commit()


def returned_later(nest: Nest, case_id: UUID, words: str) -> None:
    """An agency that has not returned does so now: a supplement."""
    nurse = nest.people[Role.DESIGNATED_PROFESSIONAL]
    with nest.place.pinned():
        asked = next(one for one in involvement.requests_of(case_id) if one.state in ("asked", "begun"))
        content = whole(words, answers=[{"question": words, "answer": words}])
        returning.submit_return(asked.id, content, actor=nurse.actor(), now=PRESENT, key=uuid4())
        db.session.commit()
    nest.names(reference=nest.references[0], paper="1-1")

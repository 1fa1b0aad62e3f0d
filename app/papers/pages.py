"""What the room's pages share: who may open them, and what they show of a pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.current import current_actor
from app.access.guard import refuse
from app.access.permissions import Permission
from app.cases.queries import visible_case
from app.cases.service import Case
from app.documents.digests import digest_of
from app.documents.writer import Document
from app.papers import queries
from app.papers.circulating import opening
from app.papers.document import document_of
from app.papers.models import PaperPack
from app.papers.recipients import may_read, recipients_of
from app.serious_incidents.pages import seen

UNTIL = {
    "rapid-review": "the notification was withdrawn, so that there is no rapid review any more",
    "discussion": "the group does not discuss this referral any more",
}


class Altered(RuntimeError):
    """A stored pack is not what was circulated: it is shown to nobody."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A recipient on the board: whether they were told when the pack went out, when they opened the pack and how many
    of its supplements, when they confirmed and were reminded. `left` says that they receive papers no longer."""

    name: str
    capacity: str
    prepares: bool
    told: bool
    opened_at: datetime | None
    supplements: int
    confirmed_at: datetime | None
    reminded_at: datetime | None
    left: bool = False


def reading(reference: str, page: str) -> Case:
    """The case where this person may read its papers: once they are circulated, and before that whoever oversees the
    scoping. The view is recorded first; everybody else gets the 404 of a wrong address, and is recorded nowhere."""
    actor = current_actor()
    found = visible_case(reference, actor)
    if found is None or not may_read(found.id, actor):
        refuse()
    if not oversees(actor) and not queries.is_circulated(found.id):
        refuse()
    return seen(reference, f"papers: {page}")


def oversees(actor: Actor) -> bool:
    """Whether somebody reads returns before papers are circulated."""
    return actor.may(Permission.INVOLVEMENT_OVERSEE)


def paper_here(case: Case, code: str) -> PaperPack:
    """The pack or supplement of the address, else the 404 of a wrong address. Raises Altered."""
    paper = queries.paper_of(case.id, code) or refuse()
    if digest_of(paper.content) != paper.digest:
        raise Altered(f"{paper.called} of case {case.id}")
    return paper


def document(paper: PaperPack) -> Document:
    """What a pack or a supplement says, as its page shows it: the same as its documents."""
    return document_of(paper.content, opening(paper), paper.note)


def gone(case_id: UUID, pack: PaperPack | None) -> str:
    """Why nothing is circulated any more, as a sentence; nothing where it still is."""
    purpose = queries.purpose_now(case_id)
    if pack is None or purpose is not None:
        return ""
    return f"What was circulated stays as it was, but {UNTIL[pack.purpose]}: no papers are circulated for it."


def board_of(pack: PaperPack, now: datetime) -> list[BoardRow]:
    """Who receives the papers of a pack now, and who did and has left: what each opened and confirmed."""
    opened = {one.person_id: one for one in queries.readings_of(pack)}
    confirmed = {one.person_id: one for one in queries.preparations_for(pack)}
    reminded, told = queries.reminders_of(pack), {one["person"] for one in pack.recipients}
    more: dict[UUID, int] = {}
    for one in queries.supplements_of(pack):
        for reading_ in queries.readings_of(one):
            more[reading_.person_id] = more.get(reading_.person_id, 0) + 1
    now_there = recipients_of(pack.case_id, now)
    who = [(one.person_id, one.name, one.capacity, one.prepares, False) for one in now_there]
    there = {one.person_id for one in now_there}
    past = {**{key: one for key, one in opened.items()}, **{key: one for key, one in confirmed.items()}}
    who += [
        (key, one.name, one.capacity, key in confirmed, True) for key, one in past.items() if key not in there
    ]
    return [
        BoardRow(
            name, capacity, prepares, str(key) in told, opened[key].opened_at if key in opened else None,
            more.get(key, 0), confirmed[key].confirmed_at if key in confirmed else None, reminded.get(key), left,
        )
        for key, name, capacity, prepares, left in who
    ]  # fmt: skip

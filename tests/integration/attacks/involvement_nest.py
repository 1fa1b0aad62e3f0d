"""Scoping in a nest: agencies asked, chased, one withdrawn, returns with files, drafts, and the chair's direction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask

from app.access.roles import Role
from app.involvement import drafts, queries, service
from app.involvement.files import attachment
from app.involvement.models import AGENCY, TEAM, InvolvementRequest
from app.involvement.rules import typed_section
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.involvement_form import QUESTIONS
from app.serious_incidents import service as deciding
from tenants.db import db
from tenants.registry import agencies
from tests.integration.attacks.nests import PRESENT, Nest, Song
from tests.integration.serious_incidents.journey import HOUR, MONDAY, NOT
from tests.support.involvement import typed, whole
from tests.support.people import Someone

DUE = PRESENT.date() + timedelta(days=3)


def involvement(nest: Nest, _owner: Flask) -> None:
    """Play the scoping of the contested case, which was notified, and of another that the group discusses."""
    words, case_id = f"In words of {nest.secret}", UUID(nest.identifiers[0])
    team, member = nest.people[Role.PARTNERSHIP_TEAM], nest.people[Role.AGENCY_LIG_MEMBER]
    ours = ask(nest, case_id, "rapid-review", words)
    health, police = ours["community-health"], ours["police"]
    with nest.place.pinned():
        row = queries.own_request(health, member.actor())
        assert row is not None
        write(row, AGENCY, member, words)
        write(row, TEAM, team, words)
        db.session.commit()
        with_words = whole(words, answers=[{"question": words, "answer": words}])
        common: dict[str, Any] = {"actor": member.actor(), "now": PRESENT}
        service.submit_return(health, with_words, key=uuid4(), **common)
        db.session.commit()
        service.submit_return(
            health, {**with_words, "good": f"More {words}"}, changed=words, key=uuid4(), **common
        )
        behalf = service.OnBehalf(nest.house, nest.house, PRESENT, "call", words)
        service.record_return_for(police, with_words, behalf, actor=team.actor(), now=PRESENT, key=uuid4())
        service.chase(case_id, ours["icb"], actor=team.actor(), now=PRESENT, key=uuid4())
        service.withdraw(case_id, ours["outside"], words, actor=team.actor(), now=PRESENT)
        db.session.commit()
        file = queries.returns_of(case_id)[0].files or queries.files_of(row)
        parts = {"theme": "contacts", "file_id": str(file[0].id)}
    for request_id in (health, police, ours["icb"]):
        nest.names(reference=nest.references[0], request_id=str(request_id), number="1", **parts)
    discussed(nest)


def ask(nest: Nest, case_id: UUID, purpose: str, words: str) -> dict[str, UUID]:
    """Ask three agencies, and an organisation outside; the requests by the agency's key."""
    team = nest.people[Role.PARTNERSHIP_TEAM]
    with nest.place.pinned():
        wanted = {one.key: one.id for one in agencies() if one.key in ("community-health", "police", "icb")}
        outside = service.Outside(
            f"School {nest.house}", f"Somebody {nest.house}", f"{nest.house}@outside.example"
        )
        service.open_scoping(case_id, purpose, DUE, [words], list(wanted.values()), [outside], actor=team.actor(),
                             now=PRESENT, key=uuid4(), title=words)  # fmt: skip
        db.session.commit()
        found = {one.agency_id: one.id for one in queries.requests_of(case_id, purpose)}
        return {**{key: found[agency_id] for key, agency_id in wanted.items()}, "outside": found[None]}


def write(row: InvolvementRequest, side: str, who: Someone, words: str) -> None:
    """Write every section, and attach a file."""
    actor = who.actor()
    acting = actor.acting_as(actor.capacities)
    for part, form in typed(words).items():
        sent = {name: [value] for name, value in form.items()}
        content = typed_section(part, QUESTIONS[part], lambda name, sent=sent: sent.get(name, []))  # type: ignore[misc]
        drafts.save(row, side, part, content, version=0, form="", acting=acting, now=PRESENT)
        db.session.flush()
    file = attachment(f"{words}.txt", f"{side}: {words}".encode())
    drafts.add_file(row, side, file, key=uuid4(), acting=acting, now=PRESENT)


def discussed(nest: Nest) -> None:
    """A referral that is not notified: the chair directs its scoping, agencies are asked, and a partner comments."""
    song = Song(nest)
    nest.knows((song.case_id, song.reference))
    song.to_responses()
    for party in SAFEGUARDING_PARTNERS:
        song.respond(party, NOT)
    proposed = deciding.Proposed(song.answers(NOT), song.version(), uuid4())
    song.do(deciding.record_decision, proposed, who=song.director, now=MONDAY + 6 * HOUR)
    song.said(deciding.choose_outcome, song.chair, MONDAY + 7 * HOUR, "discussion")
    song.do(service.direct_scoping, DUE, None, song.words, who=song.chair, now=PRESENT, key=uuid4())
    song.do(service.comment_on_outcome, Party.POLICE, song.words, who=song.police, now=PRESENT, key=uuid4())
    asked = ask(nest, song.case_id, "discussion", song.words)
    nest.names(reference=song.reference, request_id=str(asked["police"]), theme="practice")

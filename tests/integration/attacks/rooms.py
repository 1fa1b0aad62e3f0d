"""The rooms beside the decision, played in each nest: people, conflicts, scrutiny, spreadsheets, commissions."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from app.access.actor import Acting
from app.access.models import CaseSeal
from app.access.roles import Role
from app.accounts.models import Membership
from app.accounts.passkeys import passkeys_of
from app.accounts.people_queries import trusted_organisations
from app.cases.models import Case
from app.commissions import drafts, queries, terms
from app.commissions import service as commissioning
from app.commissions.rules import HEADINGS, content_of
from app.conflicts import service as sealing
from app.conflicts.models import ConflictDeclaration
from app.conflicts.rules import Answered, Declared, NewSeal
from app.entering.columns import COLUMNS
from app.entering.models import CaseImport, EnteredCase
from app.people import invitations, proposals
from app.people.checking import code_for, confirm
from app.people.memberships import Grant
from app.people.models import Invitation, MembershipProposal
from app.people.tokens import token_of
from app.procedure.commissions import Milestone
from app.scrutiny import service as scrutiny
from app.scrutiny.models import Observation, RefusedWrite
from tenants.db import db
from tests.integration.attacks.declined_nest import declined
from tests.integration.attacks.involvement_nest import involvement
from tests.integration.attacks.meetings_nest import meetings
from tests.integration.attacks.nests import PRESENT, Nest, Sealed, Song
from tests.integration.attacks.papers_nest import papers
from tests.integration.attacks.recommendations_nest import recommendations
from tests.integration.attacks.review_forms_nest import review_forms
from tests.integration.attacks.reviews_nest import reviews
from tests.support.authenticator import Authenticator
from tests.support.cast import one_more
from tests.support.people import Someone, client_of

TODAY = PRESENT.date()


def furnish(nest: Nest, owner: Flask) -> Nest:
    """Play every room in a nest that was hatched."""
    song = Song(nest).without_meeting()
    nest.knows((song.case_id, song.reference))
    conflicts(nest, owner, song)
    scrutinised(nest)
    joined(nest)
    proposed(nest)
    spreadsheets(nest)
    commissions(nest, owner)
    involvement(nest, owner)
    papers(nest)
    meetings(nest)
    review_forms(nest, reviews(nest))
    declined(nest)
    recommendations(nest)
    return nest


def acting(someone: Someone) -> Acting:
    """Somebody in whatever capacity they hold; call it while the partnership is pinned."""
    return someone.actor().acting_as(someone.actor().capacities)


def seal(nest: Nest, owner: Flask, someone: Someone) -> None:
    """Seal somebody out of a case with a canary of its own, as the chair of the group does."""
    secret = f"sealed{secrets.token_hex(6)}"
    song = Song(nest, secret).contested()
    nest.knows((song.case_id, song.reference))
    conflicts(nest, owner, song)
    typed = NewSeal(someone.person_id, song.words, uuid4(), someone.person_id)
    assert song.do(sealing.seal, typed, who=song.chair, now=PRESENT) == []
    observations(nest, song.case_id, song.words)
    remember_conflicts(nest, song)
    meetings(nest, song)
    papers(nest, song)
    recommendations(nest, song)
    nest.sealed = Sealed(secret, song.reference, someone)


def conflicts(nest: Nest, owner: Flask, song: Song) -> None:
    """One seal stands, asked for with a declaration, and one is lifted; one declaration is answered, one is not."""
    held = (Role.AGENCY_LIG_MEMBER, "community-health")
    leaving, returning = (
        one_more(nest.place, owner, held, name=f"Somebody {word} {nest.house}")
        for word in ("leaving", "returning")
    )
    song.do(
        sealing.declare, Declared("related", song.words, at_once=True, key=uuid4()), who=leaving, now=PRESENT
    )
    for who in (song.lig_member, song.director):
        song.do(sealing.declare, Declared("other", song.words, False, uuid4()), who=who, now=PRESENT)
    named = (returning.person_id, song.words, uuid4(), returning.person_id)
    assert song.do(sealing.seal, NewSeal(*named), who=song.team, now=PRESENT) == []
    with nest.place.pinned():
        put = db.session.scalars(select(CaseSeal.id).where(CaseSeal.submission_key == named[2])).one()
        asked = select(ConflictDeclaration.id).where(
            ConflictDeclaration.case_id == song.case_id,
            ConflictDeclaration.person_id == song.lig_member.person_id,
        )
        declared = db.session.scalars(asked).one()
    lifted: dict[str, Any] = {"reason": song.words, "key": uuid4(), "who": song.chair, "now": PRESENT}
    assert song.do(sealing.lift, put, **lifted) == []
    kept = Answered("keep", song.words, uuid4())
    assert song.do(sealing.answer, declared, kept, who=song.team, now=PRESENT) == []
    remember_conflicts(nest, song)


def remember_conflicts(nest: Nest, song: Song) -> None:
    """Every seal and declaration of a case, for addresses."""
    with nest.place.pinned():
        seals = db.session.scalars(select(CaseSeal.id).where(CaseSeal.case_id == song.case_id)).all()
        of_case = select(ConflictDeclaration.id).where(ConflictDeclaration.case_id == song.case_id)
        declared = db.session.scalars(of_case).all()
    for one in seals:
        nest.names(reference=song.reference, seal_id=str(one))
    for one in declared:
        nest.names(reference=song.reference, declaration_id=str(one))


def scrutinised(nest: Nest) -> None:
    """Observations on a case and on practice, each answered; and a write that was refused to the scrutineer."""
    scrutineer = nest.people[Role.INDEPENDENT_SCRUTINEER]
    practice = scrutiny.NewObservation("practice", f"In words of {nest.house}", uuid4())
    with nest.place.pinned():
        scrutiny.observe_practice(practice, actor=scrutineer.actor(), now=PRESENT)
        db.session.commit()
    observations(nest, UUID(nest.identifiers[0]), f"In words of {nest.secret}")
    observations(nest, None, f"In words of {nest.house}")
    address = f"/{nest.place.slug}/deputies/name"
    assert client_of(nest.app, scrutineer).post(address, data={"reason": nest.secret}).status_code == 404
    with nest.place.pinned():
        assert db.session.scalars(select(RefusedWrite.endpoint)).one() == "deputies.name"


def observations(nest: Nest, case_id: UUID | None, words: str) -> None:
    """Answer every observation on a case, or on practice."""
    chair = nest.people[Role.LIG_CHAIR]
    with nest.place.pinned():
        for row in db.session.scalars(select(Observation).where(Observation.case_id == case_id)).all():
            scrutiny.answer(row, words, uuid4(), actor=chair.actor(), now=PRESENT)
            nest.names(observation_id=str(row.id))
        db.session.commit()


def joined(nest: Nest) -> None:
    """Invitations: one is open, one withdrawn, one accepted with a passkey, which then has a second one beside it."""
    admin, manager = nest.people[Role.PARTNERSHIP_ADMINISTRATOR], nest.people[Role.STRATEGIC_MANAGER]
    invite(nest, admin, "open", Role.LIG_CHAIR)
    withdrawn = invite(nest, admin, "withdrawn", Role.CDOP_CHAIR)
    accepted = invite(nest, admin, "accepted", Role.REVIEWER, by=invitations.PASSKEY)
    with nest.place.pinned():
        reason = f"In words of {nest.house}"
        assert invitations.withdraw(withdrawn.id, reason, acting(admin), PRESENT) == ([], True)
        db.session.commit()
        token = token_of(nest.place.id, accepted.submission_key, accepted.nonce)
    browser, link = nest.app.test_client(), f"/invitation/{nest.place.slug}/{token}"
    made = Authenticator().make(browser.post(f"{link}/options/make").get_json())
    assert browser.post(f"{link}/passkey/make", data={"credential": made}).status_code == 303
    with nest.place.pinned():
        waiting = db.session.scalars(select(Invitation).where(Invitation.id == accepted.id)).one()
        code, person_id = code_for(waiting), waiting.accepted_person_id
        assert confirm(accepted.id, code, f"Telephoned {nest.house}", acting(manager), PRESENT).confirmed
        db.session.commit()
    assert person_id is not None
    more = Authenticator().make(browser.post("/account/passkeys/options").get_json())
    typed = {"label": f"Laptop {nest.house}", "credential": more}
    assert browser.post("/account/passkeys", data=typed).status_code == 303
    browser.get("/account/passkeys")
    with nest.place.pinned():
        query = select(Membership.id).where(Membership.person_id == person_id)
        nest.part("membership_id", str(db.session.scalars(query).one()))
        for one in passkeys_of(person_id):
            nest.part("passkey_id", str(one.id))
    nest.part("person_id", str(person_id))


def invite(nest: Nest, admin: Someone, which: str, role: Role, by: str = "") -> Invitation:
    """Invite somebody whose name and address carry the canary of the house."""
    name, email, key = f"Guest {which} {nest.house}", f"{nest.house}-{which}@people.example", uuid4()
    with nest.place.pinned():
        by = by or str(trusted_organisations(TODAY)[0].id)
        typed = invitations.NewInvitation(name, email, role.value, None, TODAY, None, by, key)
        assert invitations.invite(typed, acting(admin), PRESENT) == []
        db.session.commit()
        made = db.session.scalars(select(Invitation).where(Invitation.submission_key == key)).one()
        nest.part("invitation_id", str(made.id))
        db.session.expunge(made)
        return made


def proposed(nest: Nest) -> None:
    """A further role for oneself, which waits; and a new passkey for somebody who lost theirs, which was approved."""
    admin, manager = nest.people[Role.PARTNERSHIP_ADMINISTRATOR], nest.people[Role.STRATEGIC_MANAGER]
    reason, recovery = f"In words of {nest.house}", uuid4()
    holder = UUID(nest.parts["person_id"][-1])
    with nest.place.pinned():
        grant = Grant(Role.EXECUTIVE_MEMBER, None, TODAY, None)
        proposals.propose_membership(admin.person_id, grant, reason, acting(admin), uuid4(), PRESENT)
        email = f"{nest.house}-again@people.example"
        assert proposals.propose_recovery(holder, email, reason, acting(admin), recovery, PRESENT) == []
        db.session.commit()
        query = select(MembershipProposal.id).where(MembershipProposal.submission_key == recovery)
        decided = proposals.decide(db.session.scalars(query).one(), True, reason, acting(manager), PRESENT)
        assert decided == proposals.Decided()
        db.session.commit()
        for identifier in db.session.scalars(select(MembershipProposal.id)):
            nest.part("proposal_id", str(identifier))
        for identifier in db.session.scalars(select(Invitation.id)):
            nest.part("invitation_id", str(identifier))


def spreadsheets(nest: Nest) -> None:
    """One spreadsheet was entered, and another is only looked at."""
    client = client_of(nest.app, nest.people[Role.PARTNERSHIP_TEAM])
    address = f"/{nest.place.slug}/enter/spreadsheet"
    for entered in (True, False):
        own = f"{'SHEET' if entered else 'WAITS'}-{nest.secret}"
        file = (BytesIO(sheet(nest, own)), f"cases of {nest.secret}.xlsx")
        form = {"submission_key": str(uuid4()), "file": file}
        answer = client.post(address, data=form, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text
        chosen = answer.headers["Location"]
        nest.part("upload", chosen.rsplit("=", 1)[1])
        assert own in client.get(chosen).text
        if entered:
            assert client.post(chosen, data={"do": "enter"}).status_code == 303
            assert nest.secret in client.get(chosen).text
            with nest.place.pinned():
                query = select(Case).join(EnteredCase, EnteredCase.case_id == Case.id)
                case = db.session.scalars(query.where(EnteredCase.own_reference == own)).one()
                nest.knows((case.id, case.reference))
    with nest.place.pinned():
        assert len(db.session.scalars(select(CaseImport)).all()) == 2


def sheet(nest: Nest, own_reference: str) -> bytes:
    """A spreadsheet of one case, with a second sheet that is not read."""
    words, book = f"In words of {nest.secret}", Workbook()
    typed = {"own_reference": own_reference, "title": words, "agency": "police", "children": words, "summary": words,
             "referred_on": "2/11/2026"}  # fmt: skip
    labels = {column.name: column.label for column in COLUMNS}
    book.active.title = "Cases"
    book.active.append([labels[name] for name in typed])
    book.active.append(list(typed.values()))
    book.create_sheet(nest.secret)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def commissions(nest: Nest, owner: Flask) -> None:
    """One commission runs, with a draft that is written on; one has ended with a removal; one has not begun."""
    who = one_more(nest.place, owner, (Role.REVIEWER, None), name=f"A reviewer {nest.house}")
    nest.commissioned = who
    client = client_of(nest.app, nest.people[Role.PARTNERSHIP_TEAM])
    running = commission(nest, who)
    write_paper(nest, client, running, nest.lent)
    drafted(nest, who, running)
    write_paper(nest, client, running, nest.secret)
    withdrawn = {"submission_key": str(uuid4()), "reason": f"In words of {nest.secret}"}
    assert client.post(f"{of_case(nest, running)}/papers/2/withdraw", data=withdrawn).status_code == 303
    removed = commission(nest, nest.people[Role.REVIEWER])
    for part in ("referral", "decisions", "timeline"):
        release(client, of_case(nest, removed), part=part)
    with nest.place.pinned():
        words, case_id = f"In words of {nest.secret}", UUID(nest.identifiers[0])
        assert (
            commissioning.remove(case_id, removed, words, acting(nest.people[Role.LIG_CHAIR]), PRESENT) == []
        )
        db.session.commit()
    later = commission(nest, nest.people[Role.EVENT_LEAD], first=5)
    for reference, numbers in ((running, "12"), (removed, "123"), (later, "1")):
        for paper in numbers:
            nest.names(reference=nest.references[0], commission=reference, paper=paper, version="1")


def commission(nest: Nest, who: Someone, first: int = 0) -> str:
    """A commission of the contested case with two versions of its terms and of its timetable; its reference."""
    case_id, lent = UUID(nest.identifiers[0]), f"In words of {nest.lent}"
    with nest.place.pinned():
        team = acting(nest.people[Role.PARTNERSHIP_TEAM])
        query = select(Membership.id).where(Membership.person_id == who.person_id)
        days = (TODAY + timedelta(days=first), TODAY + timedelta(days=60))
        typed = commissioning.NewCommission(
            db.session.scalars(query).one(), *days, f"Somebody {nest.house}", uuid4()
        )
        row, faults = commissioning.give(case_id, typed, team, PRESENT)
        assert row is not None, faults
        reference = row.reference
        for version in (0, 1):
            common: dict[str, Any] = {"over": version, "key": uuid4(), "acting": team, "now": PRESENT}
            texts = {name: f"{lent}, version {version}" for name in HEADINGS}
            assert terms.release_terms(case_id, reference, texts, **common) == []
            dates = {Milestone.START: days[0], Milestone.FIRST_DRAFT: days[0] + timedelta(days=10 + version)}
            reason = f"In words of {nest.secret}"
            assert terms.set_timetable(case_id, reference, dates, reason, **common) == []
            db.session.flush()
        db.session.commit()
    return reference


def of_case(nest: Nest, reference: str) -> str:
    """The partnership's address of a commission."""
    return f"/{nest.place.slug}/cases/{nest.references[0]}/commissions/{reference}"


def write_paper(nest: Nest, client: FlaskClient, reference: str, word: str) -> None:
    """Release a paper that was written for the commission."""
    words = {"title": f"What was found {word}", "text": f"In words of {word}"}
    release(client, of_case(nest, reference), part="written", **words)


def release(client: FlaskClient, address: str, **form: str) -> None:
    """Look at a paper, then release it as it was looked at."""
    sent = {"submission_key": str(uuid4()), **form}
    looked = client.post(f"{address}/papers/release", data={"do": "look", **sent}).text
    seen = re.search(r'name="seen" type="hidden" value="([0-9a-f]{64})"', looked)
    assert seen is not None, looked
    done = client.post(f"{address}/papers/release", data={"do": "release", "seen": seen[1], **sent})
    assert done.status_code == 303, done.text


def drafted(nest: Nest, who: Someone, reference: str) -> None:
    """The commissioned person reads the first paper and submits a draft, is answered, and writes on."""
    own = f"/{nest.place.slug}/commissions/{reference}"
    assert nest.lent in client_of(nest.app, who).get(f"{own}/papers/1").text
    lent, unsent = f"In words of {nest.lent}", f"In words of {nest.unsent}"
    with nest.place.pinned():
        row = queries.commission_of(UUID(nest.identifiers[0]), reference)
        assert row is not None
        drafts.save(row, content_of(lent, [lent], [lent]), version=0, form="", now=PRESENT)
        db.session.flush()
        typed = drafts.NewVersion("first-draft", lent, 1, uuid4())
        assert drafts.submit(row, typed, acting(who), PRESENT) == (1, [])
        db.session.flush()
        chair = acting(nest.people[Role.LIG_CHAIR])
        assert drafts.comment(row, 1, lent, key=uuid4(), acting=chair, now=PRESENT) == []
        drafts.save(row, content_of(unsent, [unsent], [unsent]), version=1, form=nest.unsent, now=PRESENT)
        db.session.commit()

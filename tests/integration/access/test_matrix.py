"""Who may do what: every route × method × role × {own partnership, another, nobody signed in, membership ended}.

The table below is written by hand. A role that is not named for a permission is refused, and refusal is the same page
as a wrong address; to another partnership's people it also has the same headers and costs the same statements as what
is absent. A new route whose parts are not known here, or whose permission is not in the table, fails. What changes
something, and people who are sealed out of the case, are in `test_matrix_changes`.
"""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.routing import Rule

from app.access.guard import declared
from app.access.permissions import Permission
from app.access.roles import Role
from app.cases.models import Case
from app.cases.reference import check_character
from app.clock_source import real_now
from tenants.db import db
from tests.support import papers
from tests.support.cast import cast, one_more
from tests.support.commissioned import commissioned
from tests.support.involvement import requested
from tests.support.lig_meeting import lig_meeting
from tests.support.people import Someone, client_of
from tests.support.places import Place, fresh_place
from tests.support.recommended import recommended
from tests.support.review_forms import kept
from tests.support.statements import statements_of

R, P = Role, Permission
EVERYBODY = set(Role)
TEAM = {R.PARTNERSHIP_TEAM, R.STRATEGIC_MANAGER}
PARTNERS = {R.PARTNER_REPRESENTATIVE, R.DESIGNATED_PROFESSIONAL, R.SERVICE_DIRECTOR}
SEES_CASES = TEAM | PARTNERS | {R.LIG_CHAIR, R.INDEPENDENT_SCRUTINEER}
# For each permission, the roles that reach a case or draft which somebody else's agency referred. An agency's
# representative sees other agencies' cases once they are to be notified, the CDOP chair only own referrals.
REACHES: dict[Permission, set[Role]] = {
    P.PARTNERSHIP_ENTER: EVERYBODY,
    P.TASKS_VIEW: EVERYBODY,
    P.CASES_LIST: SEES_CASES | {R.CDOP_CHAIR, R.AGENCY_LIG_MEMBER, R.PARTNERSHIP_CHAIR},
    P.CASE_VIEW: SEES_CASES,
    P.REFERRAL_SHARE: TEAM,
    P.INITIAL_VIEW_GIVE: {R.LIG_CHAIR, R.SERVICE_DIRECTOR},
    P.INITIAL_VIEW_SHARE: TEAM,
    P.RESPONSE_GIVE: PARTNERS,
    P.DEPUTY_CONTACT: TEAM,
    P.DECISION_RECORD: {R.SERVICE_DIRECTOR, R.PARTNER_REPRESENTATIVE},
    P.REVIEW_GROUND_RECORD: TEAM | {R.SERVICE_DIRECTOR, R.PARTNER_REPRESENTATIVE},
    P.NOTIFICATION_RECORD: TEAM | {R.SERVICE_DIRECTOR},
    P.PARTIES_INFORM: TEAM,
    P.RESPONSE_RECORD: TEAM,
    P.MEETING_RECORD: TEAM,
    P.DISPUTE_DECIDE: set(),  # the Partnership Chair, and only where the partners still differ
    P.OBSERVATION_ADD: {R.INDEPENDENT_SCRUTINEER},
    P.INFORMATION_RAISE: TEAM | {R.LIG_CHAIR},
    P.DECISION_RECONSIDER: {R.SERVICE_DIRECTOR, R.PARTNER_REPRESENTATIVE},
    P.DECISION_OVERRIDE: {R.SERVICE_DIRECTOR},
    P.OUTCOME_CHOOSE: {R.LIG_CHAIR},
    P.DEPUTY_NAME: TEAM | PARTNERS,
    P.PACK_EDIT: TEAM | {R.SERVICE_DIRECTOR},
    P.REFERRAL_REQUEST: TEAM,
    P.REFERRAL_LINK: TEAM,
    P.CASE_ENTER: TEAM,
    P.ENTRY_CORRECT: TEAM,
    P.LOCAL_STEP_RECORD: TEAM | PARTNERS | {R.LIG_CHAIR},
    P.ARRANGEMENT_RECORD: {R.AGENCY_LIG_MEMBER, R.PARTNER_REPRESENTATIVE, R.DESIGNATED_PROFESSIONAL},
    P.ARRANGEMENTS_VIEW: TEAM
    | {R.AGENCY_LIG_MEMBER, R.PARTNER_REPRESENTATIVE, R.DESIGNATED_PROFESSIONAL, R.LIG_CHAIR}
    | {R.INDEPENDENT_SCRUTINEER},
    P.SETTINGS_VIEW: TEAM | {R.INDEPENDENT_SCRUTINEER},
    P.SETTINGS_CHANGE: {R.STRATEGIC_MANAGER},
    P.ACCESS_TABLE_VIEW: {R.PARTNERSHIP_ADMINISTRATOR, R.STRATEGIC_MANAGER, R.INDEPENDENT_SCRUTINEER},
    P.PEOPLE_VIEW: {R.PARTNERSHIP_ADMINISTRATOR, R.STRATEGIC_MANAGER},
    P.PEOPLE_MANAGE: {R.PARTNERSHIP_ADMINISTRATOR},
    P.MEMBERSHIP_APPROVE: {R.PARTNERSHIP_ADMINISTRATOR, R.STRATEGIC_MANAGER},
    P.CASE_SEAL: TEAM | {R.LIG_CHAIR},
    P.CONFLICT_DECLARE: SEES_CASES,
    P.AUDIT_VIEW: {R.INDEPENDENT_SCRUTINEER},
    P.OBSERVATION_ANSWER: {R.LIG_CHAIR, R.STRATEGIC_MANAGER},
    P.OBSERVATIONS_VIEW: TEAM | {R.LIG_CHAIR, R.INDEPENDENT_SCRUTINEER},
    P.COMMISSION_MANAGE: TEAM,
    P.COMMISSION_REMOVE: TEAM | {R.LIG_CHAIR},
    P.COMMISSION_OVERSEE: TEAM | {R.LIG_CHAIR, R.INDEPENDENT_SCRUTINEER},
    P.COMMISSION_COMMENT: TEAM | {R.LIG_CHAIR},
    # the list of one's own; of one commission only whoever was given it (`expected`)
    P.COMMISSION_VIEW: {R.REVIEWER, R.EVENT_LEAD},
    P.COMMISSION_DRAFT: {R.REVIEWER, R.EVENT_LEAD},
    P.READ_LOG_VIEW: {R.STRATEGIC_MANAGER, R.INDEPENDENT_SCRUTINEER},
    P.MEETINGS_VIEW: SEES_CASES | {R.AGENCY_LIG_MEMBER},
    P.MEETINGS_MANAGE: TEAM,
    P.SCOPING_DIRECT: {R.LIG_CHAIR},
    P.INVOLVEMENT_RUN: TEAM,
    P.INVOLVEMENT_OVERSEE: TEAM | {R.LIG_CHAIR, R.INDEPENDENT_SCRUTINEER},
    # the request of the matrix is community health's
    P.INVOLVEMENT_RETURN: {R.AGENCY_LIG_MEMBER, R.AGENCY_CONTRIBUTOR},
    P.OUTCOME_COMMENT: PARTNERS,
    P.PAPERS_CIRCULATE: TEAM,
    P.PAPERS_READ: SEES_CASES,
    P.PREPARATION_CONFIRM: PARTNERS | {R.LIG_CHAIR},
    P.REVIEW_RUN: TEAM,
    P.REVIEW_VIEW: SEES_CASES,
    P.REVIEW_POSITION: PARTNERS,
    P.REVIEW_SETTLE: set(),  # the Partnership Chair, and only where the partners do not agree
    P.REVIEW_APPROVE: {R.LIG_CHAIR},
    P.REVIEW_OVERSEE: {R.INDEPENDENT_SCRUTINEER},
    P.RECOMMENDATIONS_VIEW: SEES_CASES,
    P.RECOMMENDATION_MANAGE: TEAM,
    P.ACTION_UPDATE: TEAM,  # and the agency whose action it is, on a case that is brought to it
    # a draft of community health, shared with that agency's representative
    P.REFERRAL_DRAFT: {R.PRACTITIONER, R.AGENCY_LIG_MEMBER},
    P.REFERRAL_SUBMIT: {R.AGENCY_LIG_MEMBER},
}
# Pages of referrals that are about no one draft: reached by whoever may begin one.
LISTS = {"referrals.index", "referrals.new"}
# Pages about the referral that a case waits for.
ASKED = ("same_incident.write_referral", "same_incident.ask_referral", "same_incident.write_for_agency")
MAY_DRAFT = {
    R.PRACTITIONER,
    R.AGENCY_LIG_MEMBER,
    R.PARTNER_REPRESENTATIVE,
    R.DESIGNATED_PROFESSIONAL,
    R.CDOP_CHAIR,
}
MAY_RETURN = {
    R.AGENCY_LIG_MEMBER,
    R.AGENCY_CONTRIBUTOR,
    R.PARTNER_REPRESENTATIVE,
    R.DESIGNATED_PROFESSIONAL,
}
# The parts of addresses that name a case, or a referral of one, and those that name something else. Every route needs
# its parts in one of the two: whoever is sealed out of a case meets none of the first.
ABOUT_A_CASE = {"reference", "draft_id", "commission", "observation_id", "request_id"}
ABOUT_SOMETHING_ELSE = {
    "deputy_id", "number", "meeting_id", "item_id", "attendance_id", "person_id", "membership_id",
    "invitation_id", "proposal_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """A partnership with a case and a draft, everybody in it, and another partnership with everybody in it."""

    app: Flask
    place: Place
    parts: dict[str, str]
    own: dict[Role, Someone]
    other: dict[Role, Someone]
    ended: dict[Role, Someone]


@pytest.fixture(scope="module")
def world(app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(app, owner_of, tmp_path_factory.mktemp("matrix"))


def make_world(app: Flask, owner_of: Flask, folder: Path) -> World:
    """Two partnerships that nothing else touches, and in one of them a case, a draft and all that addresses name."""
    place, elsewhere = fresh_place(app, owner_of, folder), fresh_place(app, owner_of, folder)
    own, other, ended = cast(place, owner_of), cast(elsewhere, owner_of), cast(place, owner_of, ended=True)
    reference, key = make_case(own[R.PARTNERSHIP_TEAM])
    draft, child = make_draft(own[R.PRACTITIONER])
    parts = {"reference": reference, "key": key, "party": "police", "draft_id": draft, "section": child}
    parts |= {
        "kind": "short",
        "topic": "findings",
        "deputy_id": make_deputy(own, one_more(place, owner_of, (R.AGENCY_LIG_MEMBER, "police"))),
        "number": "1",
        "step": "none",
        "part": "incident",
        "asked": make_asked(own),
        "seal_id": make_seal(own, reference),
        "declaration_id": make_declaration(own, reference),
        **make_people(own),
        "commission": make_commission(own, reference),
        "version": "1",
        "observation_id": make_observation(own, reference),
        **make_recommendation(own, reference),
        "form": make_review_form(own, reference),
        "file": "pdf",
        "recipient": "panel",
        **make_request(own, reference),
        "paper": make_papers(own, reference),
        **lig_meeting(own[R.PARTNERSHIP_TEAM]),
    }
    return World(app, place, parts, own, other, ended)


def make_case(team: Someone) -> tuple[str, str]:
    """A referred case, shared so that clocks run; its reference and the key of an obligation with a date."""
    from app.access.actor import SYSTEM
    from app.cases.service import ChildFacts, open_case
    from app.ledger.service import record
    from app.procedure.events import EventKind, Stage

    now = real_now()
    with team.place.pinned():
        case = open_case(
            title="A child (invented)", source="agency", agency_id=None, referred_by=None,
            children=[ChildFacts("subject", None, None, "unknown")], now=now,
        )  # fmt: skip
        record(
            EventKind.REFERRAL_SUBMITTED,
            case_id=case.id,
            acting=SYSTEM,
            happened_at=now,
            now=now,
            stage=Stage.REFERRAL,
        )
        db.session.commit()
        return case.reference, "B1-06"


def make_asked(own: dict[Role, Someone]) -> str:
    """The case of a notification that came first; its referral is asked of the agency of the LIG member."""
    from app.entering.requests import CameFirst, open_from_notification
    from tenants.registry import agencies

    now, team, member = real_now(), own[R.PARTNERSHIP_TEAM], own[R.AGENCY_LIG_MEMBER]
    with team.place.pinned():
        ours = next(held.agency_id for held in member.actor().capacities if held.agency_id)
        agency = next(one.key for one in agencies() if one.id == ours)
        typed = CameFirst("A child (invented)", (), "Known", now, now, "national-system", f"INV-{uuid4()}", "The SD",
                          agency, uuid4())  # fmt: skip
        case, faults = open_from_notification(typed, actor=team.actor(), now=now)
        assert case is not None, faults
        db.session.commit()
        return case.reference


def make_draft(author: Someone) -> tuple[str, str]:
    """A practitioner's draft of one child, shared with their representative; its id and the child's page."""
    from app.referrals import service
    from app.referrals.queries import ways_to_refer

    now = real_now()
    with author.place.pinned():
        actor = author.actor()
        draft = service.start_draft(actor, ways_to_refer(actor)[0], uuid4(), now)
        db.session.commit()
        child = service.add_item(draft.id, actor, "child", now)
        service.share_with_representative(draft.id, actor, now)
        db.session.commit()
        return str(draft.id), child


def make_deputy(own: dict[Role, Someone], deputy: Someone) -> str:
    """A deputy for the representative of the police, for today."""
    from app.access.actor import SYSTEM
    from app.access.queries import capacities_of
    from app.accounts.deputies import NewDeputy, name_deputy
    from app.accounts.queries import deputies_at
    from app.procedure.clocks import london_date

    now, principal = real_now(), own[R.PARTNER_REPRESENTATIVE]
    with principal.place.pinned():
        today = london_date(now)
        membership = capacities_of(principal.person_id, today)[0].membership_id
        before = today.replace(year=today.year + 1)  # not yet: the matrix shows what each role does by itself
        typed = NewDeputy(membership, deputy.person_id, before, before, "Leave", uuid4())
        assert name_deputy(typed, SYSTEM, now) == []
        db.session.commit()
        return str(deputies_at(None)[-1].deputy_id)


def make_people(own: dict[Role, Someone]) -> dict[str, str]:
    """A member and their membership, an open invitation, and what an administrator proposed for themselves."""
    from app.access.queries import capacities_of
    from app.people.invitations import NewInvitation, invite
    from app.people.memberships import Grant
    from app.people.models import Invitation, MembershipProposal
    from app.people.proposals import propose_membership
    from app.procedure.clocks import london_date

    now, member, admin = real_now(), own[R.MAIN_BOARD_MEMBER], own[R.PARTNERSHIP_ADMINISTRATOR]
    today = london_date(now)
    with admin.place.pinned():
        acting = admin.actor().acting_as(admin.actor().holding(P.PEOPLE_MANAGE))
        typed = NewInvitation("Ada", "ada@example.example", "reviewer", None, today, None, "passkey", uuid4())
        assert invite(typed, acting, now) == []
        grant = Grant(R.LIG_CHAIR, None, today, None)
        assert propose_membership(admin.person_id, grant, "To help", acting, uuid4(), now) == []
        db.session.commit()
        return {
            "person_id": str(member.person_id),
            "membership_id": str(capacities_of(member.person_id, today)[0].membership_id),
            "invitation_id": str(db.session.scalars(select(Invitation.id)).one()),
            "proposal_id": str(db.session.scalars(select(MembershipProposal.id)).one()),
        }


def make_observation(own: dict[Role, Someone], reference: str) -> str:
    """An observation of the scrutineer on the case; its id."""
    from app.cases.queries import visible_case
    from app.scrutiny.queries import observations_of
    from app.scrutiny.service import NewObservation, observe

    scrutineer = own[R.INDEPENDENT_SCRUTINEER]
    with scrutineer.place.pinned():
        case = visible_case(reference, scrutineer.actor())
        assert case is not None
        typed = NewObservation("case", "Nobody said why", uuid4())
        observe(case.id, typed, actor=scrutineer.actor(), now=real_now())
        db.session.commit()
        return str(observations_of(case.id)[0].id)


def make_commission(
    own: dict[Role, Someone], reference: str, who: Someone | None = None, first: int = 0, last: int = 30
) -> str:
    """A commission of a case, the reviewer's where nobody else is named, with one of everything; its reference."""

    who = who or own[R.REVIEWER]
    with who.place.pinned():
        case_id = db.session.scalars(select(Case.id).where(Case.reference == reference)).one()
    return commissioned(who, case_id, real_now(), first, last)


def make_request(own: dict[Role, Someone], reference: str) -> dict[str, str]:
    """A request to community health for its summary of involvement, with one return and one file; the parts that name
    them."""
    team = own[R.PARTNERSHIP_TEAM]
    with team.place.pinned():
        case_id = case_of(reference)
    return requested(team, case_id, real_now())


def make_papers(own: dict[Role, Someone], reference: str) -> str:
    """A pack of papers of the case with the file that was returned; how addresses name it, which is also how they name
    the first paper of a commission."""
    team = own[R.PARTNERSHIP_TEAM]
    with team.place.pinned():
        case_id = case_of(reference)
    return papers.kept(team, case_id, real_now())


def make_review_form(own: dict[Role, Someone], reference: str) -> str:
    """An approved version of the case's rapid review form; its number."""
    with own[R.PARTNERSHIP_TEAM].place.pinned():
        kept(case_of(reference), real_now())
        db.session.commit()
    return "1"


def make_recommendation(own: dict[Role, Someone], reference: str) -> dict[str, str]:
    """The first recommendation of the case, with an action of community health; the parts that name them."""
    team = own[R.PARTNERSHIP_TEAM]
    with team.place.pinned():
        case_id = case_of(reference)
    return recommended(team, case_id, real_now())


def make_seal(own: dict[Role, Someone], reference: str) -> str:
    """A seal of somebody who sees no cases anyway."""
    from app.access.models import CaseSeal
    from app.conflicts.rules import NewSeal
    from app.conflicts.service import seal

    team, typed = own[R.PARTNERSHIP_TEAM], NewSeal(own[R.MAIN_BOARD_MEMBER].person_id, "Invented", uuid4())
    with team.place.pinned():
        case_id = case_of(reference)
        assert seal(case_id, typed, actor=team.actor(), now=real_now()) == []
        db.session.commit()
        return str(db.session.scalars(select(CaseSeal.id).where(CaseSeal.case_id == case_id)).one())


def make_declaration(own: dict[Role, Someone], reference: str) -> str:
    """A conflict that the representative of the police declared, which waits for an answer."""
    from app.conflicts.models import ConflictDeclaration
    from app.conflicts.rules import Declared
    from app.conflicts.service import declare

    police, typed = own[R.PARTNER_REPRESENTATIVE], Declared("other", "Invented", False, uuid4())
    with police.place.pinned():
        case_id = case_of(reference)
        assert declare(case_id, typed, actor=police.actor(), now=real_now()) == []
        db.session.commit()
        query = select(ConflictDeclaration.id).where(ConflictDeclaration.case_id == case_id)
        return str(db.session.scalars(query).one())


def case_of(reference: str) -> UUID:
    """The identifier of a case."""
    return db.session.scalars(select(Case.id).where(Case.reference == reference)).one()


def form_for(rule: Rule, someone: Someone) -> dict[str, str]:
    """What must be sent for a form to be about something at all."""
    from app.referrals.queries import ways_to_refer

    if rule.endpoint != "referrals.new":
        return {}
    with someone.place.pinned():
        return {"way": next((way.value for way in ways_to_refer(someone.actor())), "none")}


def cells(app: Flask) -> list[tuple[Rule, str, Permission]]:
    """Every route that needs a permission, once for each method."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        permission, _reason = declared(app, rule.endpoint)
        if permission is not None:
            found += [
                (rule, method, permission) for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
            ]
    return found


def about_a_case(rule: Rule) -> bool:
    """Whether a route is about one case. A part that is in neither set fails: a new route needs to say it."""
    named = rule.arguments - {"slug"}
    about = bool(named & ABOUT_A_CASE)
    assert about or named <= ABOUT_SOMETHING_ELSE, f"say whether {rule.rule} is about a case"
    return about


def address(rule: Rule, world: World, absent: bool = False) -> str:
    """The address of a route for this world. A part that is not known here fails: a new route needs its cells.

    With `absent`, what it names does not exist, though it is spelt as if it did.
    """
    wanted = {name: world.parts[name] for name in rule.arguments - {"slug"}}
    if rule.endpoint in ASKED:
        wanted["reference"] = world.parts["asked"]
    if absent:
        wanted = {name: nothing(name, value) for name, value in wanted.items()}
    path = rule.rule
    for name, value in {**wanted, "slug": world.place.slug}.items():
        for form in (f"<{name}>", f"<uuid:{name}>"):
            path = path.replace(form, value)
    assert "<" not in path, f"{rule.rule} has a part that this test does not know"
    return path


def nothing(name: str, value: str) -> str:
    """A part of an address that is spelt like one that exists, and names nothing."""
    if name in ("reference", "commission"):
        prefix, middle, _check = value.split("-")
        other = middle[::-1] if middle != middle[::-1] else "2345"
        return f"{prefix}-{other}-{check_character(prefix, other)}"
    return str(uuid4()) if name.endswith("_id") else value


def ask(client: FlaskClient, method: str, path: str) -> tuple[int, bytes]:
    answer = client.open(path, method=method)
    return answer.status_code, answer.data


@dataclass(frozen=True, slots=True)
class Answer:
    """All that an answer tells whoever gets it, and what it cost, without what differs from one to the next."""

    status: int
    page: bytes
    headers: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]


def answer_of(
    client: FlaskClient, method: str, path: str, told: list[str], form: dict[str, str] | None = None
) -> Answer:
    """Ask, with the statements that it costs. The session's own cookie is renewed by the clock and left out."""
    told.clear()
    answer = client.open(path, method=method, data=form)
    headers = tuple(
        sorted(
            (name, re.sub(r"'nonce-[^']*'", "", value))
            for name, value in answer.headers
            if name not in ("Date", "Set-Cookie")
        )
    )
    return Answer(answer.status_code, comparable(answer.data), headers, tuple(told))


class Nowhere:
    """What a wrong address answers to each person, asked once for each method."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str], bytes] = {}

    def page(self, client: FlaskClient, method: str) -> bytes:
        """The page, comparable."""
        key = (id(client), method)
        if key not in self.known:
            status, page = ask(client, method, "/isle-of-nowhere/nothing/here")
            assert status == 404
            self.known[key] = comparable(page)
        return self.known[key]


def expected(rule: Rule, permission: Permission) -> set[Role]:
    if (
        rule.endpoint == "scrutiny.observations"
    ):  # the chair of the partnership reads those of escalated cases only
        return REACHES[permission] | {R.PARTNERSHIP_CHAIR}
    if rule.endpoint == "deputies.end":  # the deputy of the police: not for the other partners to end
        return TEAM | {R.PARTNER_REPRESENTATIVE}
    if rule.endpoint == "same_incident.write_referral":  # asked of community health, and of nobody else
        return {R.AGENCY_LIG_MEMBER}
    if rule.endpoint == "recommendation_register.index":  # of the cases that each may see
        return REACHES[permission] | {R.AGENCY_LIG_MEMBER}
    if rule.endpoint == "recommendation_register.actions":  # the list of one's own agency, whichever it is
        return TEAM | {R.AGENCY_LIG_MEMBER, R.PARTNER_REPRESENTATIVE, R.DESIGNATED_PROFESSIONAL}
    if rule.endpoint == "own_involvement.index":  # the list of one's own agency, whichever it is
        return MAY_RETURN
    if rule.endpoint.startswith("own_commission.") and "commission" in rule.arguments:
        return {R.REVIEWER}  # the one whose commission it is
    return MAY_DRAFT if rule.endpoint in LISTS else REACHES[permission]


def comparable(page: bytes) -> bytes:
    """A page without what differs from one answer to the next: nonce, form token, the moment and the time left."""
    page = re.sub(rb'nonce="[^"]*"', b"", page)
    page = re.sub(rb'name="csrf_token" value="[^"]*"', b"", page)
    page = re.sub(rb'data-(time-out|mark)="[^"]*"', b"", page)
    return re.sub(rb"It is [^<]*?\.", b"", page)


def test_every_permission_is_in_the_table() -> None:
    assert set(REACHES) == set(Permission)


def test_every_cell(world: World) -> None:
    faults, count, nowhere = [], 0, Nowhere()
    everyone = [("own", world.own), ("other", world.other), ("ended", world.ended)]
    clients = {(name, role): client_of(world.app, people[role]) for name, people in everyone for role in Role}
    stranger = world.app.test_client()
    with statements_of(world.app) as told:
        for rule, method, permission in cells(world.app):
            path, absent = address(rule, world), address(rule, world, absent=True)
            status, _page = ask(stranger, method, path)
            count += 1
            if status != (302 if method == "GET" else 401):
                faults.append(f"{method} {path} nobody signed in: {status}")
            for (name, role), client in clients.items():
                if name == "own" and method == "POST":
                    continue  # what a person may do is done once, on a case of its own for each
                count += 1
                allowed = name == "own" and role in expected(rule, permission)
                fault = fault_of(
                    client, method, path, absent if name == "other" else "", allowed, nowhere, told
                )
                faults += [f"{method} {rule.rule} {name} {role.value}: {fault}"] if fault else []
    print(f"\n{count} cells of the permission matrix executed")
    assert faults == []
    assert count > 500


DRAW = random.Random(os.environ.get("WAYMARK_SEED", "0"))


def compared() -> bool:
    """Whether a refusal is also held beside what is absent, statement by statement: script/test does so with a third,
    drawn by its seed; what is refused and with which page is asked of every cell."""
    return not os.environ.get("WAYMARK_SAMPLE") or DRAW.random() < 1 / 3


def fault_of(
    client: FlaskClient, method: str, path: str, absent: str, allowed: bool, nowhere: Nowhere, told: list[str]
) -> str:  # fmt: skip
    """What is wrong with an answer; nothing where it is right. What may not be seen is compared with a wrong address,
    and where one is given with what is absent."""
    answer = answer_of(client, method, path, told)
    if answer.status >= 500 or (answer.status == 404) == allowed:
        return f"{answer.status}, allowed {allowed}"
    if allowed:
        return ""
    if answer.page != nowhere.page(client, method):
        return "refused with another page than a wrong address"
    if absent and absent != path and compared():
        return difference(answer, answer_of(client, method, absent, told))
    return ""


def difference(forbidden: Answer, absent: Answer) -> str:
    """In what something forbidden differs from something absent; nothing where it does not."""
    found = [
        name
        for name in ("status", "page", "headers", "statements")
        if getattr(forbidden, name) != getattr(absent, name)
    ]
    return f"differs from what is absent in its {', '.join(found)}" if found else ""


def test_every_cell_of_a_commission(world: World, owner_of: Flask) -> None:
    """Every page of a commission × whoever is, was, will be or never was commissioned for it, and the others."""
    another = cast(world.place, owner_of)
    case = world.parts["reference"]
    removed, ended, later = (
        another[R.REVIEWER],
        another[R.EVENT_LEAD],
        cast(world.place, owner_of)[R.REVIEWER],
    )
    theirs = {
        "removed": (removed, make_commission(world.own, case, removed)),
        "ended": (ended, make_commission(world.own, case, ended)),
        "not begun": (later, make_commission(world.own, case, later, first=3)),
    }
    end_commissions(world, owner_of, theirs["removed"][1], theirs["ended"][1])
    faults, count, nowhere = [], 0, Nowhere()
    clients = {name: client_of(world.app, someone) for name, (someone, _reference) in theirs.items()}
    for rule, method, permission in cells(world.app):
        if permission not in (P.COMMISSION_VIEW, P.COMMISSION_DRAFT) or "commission" not in rule.arguments:
            continue
        for name, (_someone, reference) in theirs.items():
            for whose, commission in (("their own", reference), ("another's", world.parts["commission"])):
                count += 1
                parts = {**world.parts, "commission": commission}
                own = World(world.app, world.place, parts, world.own, world.other, world.ended)
                client = clients[name]
                status, page = ask(client, method, address(rule, own))
                if status != 404 or comparable(page) != nowhere.page(client, method):
                    faults.append(f"{method} {rule.rule} {whose}, {name}: {status}")
    print(f"\n{count} cells of commissions executed")
    assert faults == []
    assert count >= 54


def end_commissions(world: World, owner: Flask, removed: str, ended: str) -> None:
    """One is removed; the other's days are over, which only the owner of the schema can write."""
    from app.access.actor import SYSTEM
    from app.commissions import service

    now = real_now()
    with world.place.pinned():
        case = db.session.scalars(select(Case).where(Case.reference == world.parts["reference"])).one()
        assert service.remove(case.id, removed, "The group decided", SYSTEM, now) == []
        db.session.commit()
    with world.place.pinned(owner):
        db.session.execute(
            text(
                "update commissions set first_day = first_day - 60, last_day = last_day - 31 where reference = :r"
            ),
            {"r": ended},
        )
        db.session.connection().commit()

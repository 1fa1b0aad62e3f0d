"""Who may do what: every route × method × role × {own partnership, another, nobody signed in, membership ended}.

The table below is written by hand. A role that is not named for a permission is refused, and refusal is the same page
as a wrong address. A new route whose parts are not known here, or whose permission is not in the table, fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.routing import Rule

from app.access.guard import declared
from app.access.permissions import Permission
from app.access.roles import Role
from app.clock_source import real_now
from tenants.db import db
from tests.support.cast import cast, one_more
from tests.support.commissioned import commissioned
from tests.support.people import Someone, client_of
from tests.support.places import Place, fresh_place

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
    P.OBSERVATION_ANSWER: {R.LIG_CHAIR},
    P.OBSERVATIONS_VIEW: TEAM | {R.LIG_CHAIR, R.INDEPENDENT_SCRUTINEER},
    P.COMMISSION_MANAGE: TEAM,
    P.COMMISSION_REMOVE: TEAM | {R.LIG_CHAIR},
    P.COMMISSION_OVERSEE: TEAM | {R.LIG_CHAIR, R.INDEPENDENT_SCRUTINEER},
    P.COMMISSION_COMMENT: TEAM | {R.LIG_CHAIR},
    # the list of one's own; of one commission only whoever was given it (`expected`)
    P.COMMISSION_VIEW: {R.REVIEWER, R.EVENT_LEAD},
    P.COMMISSION_DRAFT: {R.REVIEWER, R.EVENT_LEAD},
    P.READ_LOG_VIEW: {R.STRATEGIC_MANAGER, R.INDEPENDENT_SCRUTINEER},
    # a draft of community health, shared with that agency's representative
    P.REFERRAL_DRAFT: {R.PRACTITIONER, R.AGENCY_LIG_MEMBER},
    P.REFERRAL_SUBMIT: {R.AGENCY_LIG_MEMBER},
}
# Pages of referrals that are about no one draft: reached by whoever may begin one.
LISTS = {"referrals.index", "referrals.new"}
MAY_DRAFT = {
    R.PRACTITIONER,
    R.AGENCY_LIG_MEMBER,
    R.PARTNER_REPRESENTATIVE,
    R.DESIGNATED_PROFESSIONAL,
    R.CDOP_CHAIR,
}


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
    folder: Path = tmp_path_factory.mktemp("matrix")
    place, elsewhere = fresh_place(app, owner_of, folder), fresh_place(app, owner_of, folder)
    own, other, ended = cast(place, owner_of), cast(elsewhere, owner_of), cast(place, owner_of, ended=True)
    reference, key = make_case(own[R.PARTNERSHIP_TEAM])
    draft, child = make_draft(own[R.PRACTITIONER])
    parts = {"reference": reference, "key": key, "party": "police", "draft_id": draft, "section": child}
    parts |= {
        "kind": "short",
        "deputy_id": make_deputy(own, one_more(place, owner_of, (R.AGENCY_LIG_MEMBER, "police"))),
        "number": "1",
        "step": "none",
        "part": "incident",
        "asked": make_asked(own),
        **make_people(own),
        "commission": make_commission(own, reference),
        "version": "1",
        "paper": "1",
        "observation_id": make_observation(own, reference),
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
        typed = CameFirst("A child (invented)", (), "Known", now, now, "national-system", "INV-1", "The director",
                          agency, uuid4())  # fmt: skip
        case, faults = open_from_notification(typed, actor=team.actor(), now=now)
        assert case is not None, faults
        db.session.commit()
        return case.reference


def make_commission(
    own: dict[Role, Someone], reference: str, who: Someone | None = None, first: int = 0, last: int = 30
) -> str:
    """A commission of a case, the reviewer's where nobody else is named, with one of everything; its reference."""
    from app.cases.service import Case

    who = who or own[R.REVIEWER]
    with who.place.pinned():
        case_id = db.session.scalars(select(Case.id).where(Case.reference == reference)).one()
    return commissioned(who, case_id, real_now(), first, last)


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


def address(rule: Rule, world: World, slug: str | None = None) -> str:
    """The address of a route for this world. A part that is not known here fails: a new route needs its cells."""
    wanted = {name: world.parts[name] for name in rule.arguments - {"slug"}}
    if rule.endpoint == "same_incident.write_referral":
        wanted["reference"] = world.parts["asked"]
    path = rule.rule
    for name, value in {**wanted, "slug": slug or world.place.slug}.items():
        for form in (f"<{name}>", f"<uuid:{name}>"):
            path = path.replace(form, value)
    assert "<" not in path, f"{rule.rule} has a part that this test does not know"
    return path


def ask(client: FlaskClient, method: str, path: str) -> tuple[int, bytes]:
    answer = client.open(path, method=method)
    return answer.status_code, answer.data


def nowhere(client: FlaskClient, method: str) -> bytes:
    """What a wrong address answers to the same person."""
    answer = client.open("/isle-of-nowhere/nothing/here", method=method)
    assert answer.status_code == 404
    return answer.data


def expected(rule: Rule, permission: Permission) -> set[Role]:
    if (
        rule.endpoint == "scrutiny.observations"
    ):  # the chair of the partnership reads those of escalated cases only
        return REACHES[permission] | {R.PARTNERSHIP_CHAIR}
    if rule.endpoint == "deputies.end":  # the deputy of the police: not for the other partners to end
        return TEAM | {R.PARTNER_REPRESENTATIVE}
    if rule.endpoint == "same_incident.write_referral":  # asked of community health, and of nobody else
        return {R.AGENCY_LIG_MEMBER}
    if rule.endpoint.startswith("own_commission.") and "commission" in rule.arguments:
        return {R.REVIEWER}  # the one whose commission it is
    return MAY_DRAFT if rule.endpoint in LISTS else REACHES[permission]


def comparable(page: bytes) -> bytes:
    """A page without what differs from one answer to the next: nonce, form token and the moment."""
    page = re.sub(rb'nonce="[^"]*"', b"", page)
    page = re.sub(rb'name="csrf_token" value="[^"]*"', b"", page)
    return re.sub(rb"It is [^<]*?\.", b"", page)


def test_every_permission_is_in_the_table() -> None:
    assert set(REACHES) == set(Permission)


def test_every_cell(world: World) -> None:
    faults, count = [], 0
    everyone = [("own", world.own), ("other", world.other), ("ended", world.ended)]
    clients = {(name, role): client_of(world.app, people[role]) for name, people in everyone for role in Role}
    stranger = world.app.test_client()
    for rule, method, permission in cells(world.app):
        path, reached = address(rule, world), expected(rule, permission)
        status, _page = ask(stranger, method, path)
        count += 1
        if status != (302 if method == "GET" else 401):
            faults.append(f"{method} {path} nobody signed in: {status}")
        for (name, role), client in clients.items():
            if name == "own" and method == "POST":
                continue  # what a person may do is done once, below, on a case of its own for each
            count += 1
            status, page = ask(client, method, path)
            allowed = name == "own" and role in reached
            if status >= 500 or (status == 404) == allowed:
                faults.append(f"{method} {rule.rule} {name} {role.value}: {status}, allowed {allowed}")
            elif not allowed and comparable(page) != comparable(nowhere(client, method)):
                faults.append(
                    f"{method} {rule.rule} {name} {role.value}: refused with another page than a wrong address"
                )
    print(f"\n{count} cells of the permission matrix executed")
    assert faults == []
    assert count > 500


def test_every_cell_that_changes_something(world: World) -> None:
    faults, count = [], 0
    for rule, method, permission in cells(world.app):
        if method != "POST":
            continue
        for role in Role:
            count += 1
            case, key = make_case(world.own[R.PARTNERSHIP_TEAM])
            draft, child = make_draft(world.own[R.PRACTITIONER])
            parts = {**world.parts, "reference": case, "key": key, "draft_id": draft, "section": child}
            if "commission" in rule.arguments:
                parts["commission"] = make_commission(world.own, case)
            own = World(world.app, world.place, parts, world.own, world.other, world.ended)
            form = form_for(rule, world.own[role])
            answer = client_of(world.app, world.own[role]).open(address(rule, own), method=method, data=form)
            status = answer.status_code
            allowed = role in expected(rule, permission)
            if status >= 500 or (status == 404) == allowed:
                faults.append(f"{method} {rule.rule} own {role.value}: {status}, allowed {allowed}")
    print(f"\n{count} changing cells of the permission matrix executed")
    assert faults == []


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
    faults, count = [], 0
    for rule, method, permission in cells(world.app):
        if permission not in (P.COMMISSION_VIEW, P.COMMISSION_DRAFT) or "commission" not in rule.arguments:
            continue
        for name, (someone, reference) in theirs.items():
            for whose, commission in (("their own", reference), ("another's", world.parts["commission"])):
                count += 1
                parts = {**world.parts, "commission": commission}
                own = World(world.app, world.place, parts, world.own, world.other, world.ended)
                client = client_of(world.app, someone)
                status, page = ask(client, method, address(rule, own))
                if status != 404 or comparable(page) != comparable(nowhere(client, method)):
                    faults.append(f"{method} {rule.rule} {whose}, {name}: {status}")
    print(f"\n{count} cells of commissions executed")
    assert faults == []
    assert count >= 54


def end_commissions(world: World, owner: Flask, removed: str, ended: str) -> None:
    """One is removed; the other's days are over, which only the owner of the schema can write."""
    from app.access.actor import SYSTEM
    from app.cases.service import Case
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

"""Who may do what, continued: every cell that changes something, and every route × method × role for people who are
sealed out of the case.

To whoever is sealed out, each route about the case gives exactly the answer of a case that does not exist: the same
status, page and headers, at the cost of the same statements. Routes that are not about it work as for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.access.actor import SYSTEM
from app.access.models import CaseSeal
from app.access.roles import Role
from app.clock_source import real_now
from app.ledger.service import record
from app.procedure.events import EventKind
from app.referrals.models import ReferralDraft
from tenants.db import db
from tests.integration.access.test_matrix import (
    REACHES,
    Nowhere,
    P,
    R,
    World,
    about_a_case,
    address,
    answer_of,
    case_of,
    cells,
    compared,
    difference,
    expected,
    form_for,
    make_case,
    make_commission,
    make_declaration,
    make_draft,
    make_observation,
    make_papers,
    make_recommendation,
    make_request,
    make_review_form,
    make_seal,
    make_world,
)
from tests.support.cast import cast
from tests.support.people import Someone, client_of
from tests.support.statements import statements_of


@pytest.fixture(scope="module")
def world(app: Flask, owner_of: Flask, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(app, owner_of, tmp_path_factory.mktemp("matrix"))


class Ground:
    """The case and the draft that the next cell acts on. They are made anew once a cell has changed something: what
    was refused, or had a fault in its form, changed nothing that another cell could meet."""

    def __init__(self, world: World) -> None:
        self.world, self.of_case = world, world.parts["reference"]
        self.commissioned_for = self.asked_for = self.form_of = self.recommended_for = self.of_case
        self.circulated_for = self.of_case

    def for_cell(self, rule: Rule) -> World:
        """The world of the next cell."""
        parts, own = dict(self.world.parts), self.world.own
        if rule.arguments & {"seal_id", "declaration_id"} and self.of_case != parts["reference"]:
            self.of_case = parts["reference"]
            parts["seal_id"] = make_seal(own, self.of_case)
            parts["declaration_id"] = make_declaration(own, self.of_case)
            self.world = replace(self.world, parts=parts)
        if "commission" in rule.arguments and self.commissioned_for != parts["reference"]:
            self.commissioned_for = parts["reference"]
            parts["commission"] = make_commission(own, self.commissioned_for)
            self.world = replace(self.world, parts=parts)
        if "request_id" in rule.arguments and self.asked_for != parts["reference"]:
            self.asked_for = parts["reference"]
            parts = {**self.world.parts, **make_request(own, self.asked_for)}
            self.world = replace(self.world, parts=parts)
        if "form" in rule.arguments and self.form_of != parts["reference"]:
            self.form_of = parts["reference"]
            make_review_form(own, self.form_of)
        if rule.endpoint.startswith("papers.") and self.circulated_for != parts["reference"]:
            self.circulated_for = parts["reference"]
            make_papers(own, self.circulated_for)
        if rule.endpoint.startswith("recommendations.") and self.recommended_for != parts["reference"]:
            self.recommended_for = parts["reference"]
            make_recommendation(own, self.recommended_for)
        return self.world

    def changed(self, rule: Rule) -> None:
        """Something was done here: the next cell begins on new ground."""
        parts, own = dict(self.world.parts), self.world.own
        if rule.arguments & {"reference", "commission"}:
            parts["reference"], parts["key"] = make_case(own[R.PARTNERSHIP_TEAM])
        if "draft_id" in rule.arguments:
            parts["draft_id"], parts["section"] = make_draft(own[R.PRACTITIONER])
        self.world = replace(self.world, parts=parts)


def test_every_cell_that_changes_something(world: World) -> None:
    faults, count, ground = [], 0, Ground(world)
    clients = {role: client_of(world.app, world.own[role]) for role in Role}
    for rule, method, permission in cells(world.app):
        if method != "POST":
            continue
        allowed = expected(rule, permission)
        for role in Role:
            count += 1
            form = form_for(rule, world.own[role])
            path = address(rule, ground.for_cell(rule))
            status = clients[role].open(path, method=method, data=form).status_code
            if status >= 500 or (status == 404) == (role in allowed):
                faults.append(f"{method} {rule.rule} own {role.value}: {status}, allowed {role in allowed}")
            if status < 400:
                ground.changed(rule)
    print(f"\n{count} changing cells of the permission matrix executed")
    assert faults == []


@dataclass(frozen=True, slots=True)
class SealedOut:
    """Somebody of every role in the partnership, and a case and a draft for it that each is sealed out of."""

    world: World
    people: dict[Role, Someone]
    clients: dict[Role, FlaskClient]


@pytest.fixture(scope="module")
def sealed(world: World, owner_of: Flask) -> SealedOut:
    people = cast(world.place, owner_of)
    reference, key = make_case(world.own[R.PARTNERSHIP_TEAM])
    draft, child = make_draft(people[R.PRACTITIONER])
    parts = {**world.parts, "reference": reference, "key": key, "draft_id": draft, "section": child}
    parts["seal_id"] = make_seal(world.own, reference)
    parts["declaration_id"] = make_declaration(world.own, reference)
    parts["commission"] = make_commission(world.own, reference, people[R.REVIEWER])
    parts["observation_id"] = make_observation(world.own, reference)
    parts |= make_request(world.own, reference)
    make_papers(world.own, reference)
    make_review_form(world.own, reference)
    make_recommendation(world.own, reference)
    write_for_case(world, draft, reference)
    clients = {role: client_of(world.app, people[role]) for role in Role}
    before(clients, world, reference, draft)
    seal_everybody_out(world, people, (reference, parts["asked"]))
    return SealedOut(replace(world, parts=parts), people, clients)


def write_for_case(world: World, draft: str, reference: str) -> None:
    """Let a draft be the referral that a case waits for."""
    with world.place.pinned():
        row = db.session.scalars(select(ReferralDraft).where(ReferralDraft.id == draft)).one()
        row.case_id = case_of(reference)
        db.session.commit()


def before(clients: dict[Role, FlaskClient], world: World, reference: str, draft: str) -> None:
    """Without a seal they see the case, and those whose agency writes it the draft, as everybody of their role."""
    for role, client in clients.items():
        case, referral = f"cases/{reference}", f"referrals/{draft}"
        reaches = {
            case: role in REACHES[P.CASE_VIEW],
            referral: role in (R.PRACTITIONER, R.AGENCY_LIG_MEMBER),
        }
        for page, seen in reaches.items():
            status = client.get(f"/{world.place.slug}/{page}").status_code
            assert (status == 200) == seen, f"{page} {role.value}: {status}"


def seal_everybody_out(world: World, people: dict[Role, Someone], references: tuple[str, ...]) -> None:
    """Seal each of these people out of these cases."""
    now = real_now()
    with world.place.pinned():
        for case_id in map(case_of, references):
            for somebody in people.values():
                db.session.add(
                    CaseSeal(
                        case_id=case_id, person_id=somebody.person_id, reason="Invented", sealed_at=now,
                        sealed_by_name="Somebody", sealed_capacity="Partnership Team", submission_key=uuid4(),
                    )
                )  # fmt: skip
            record(EventKind.CASE_SEALED, case_id=case_id, acting=SYSTEM, happened_at=now, now=now)
        db.session.commit()


def test_every_cell_of_people_sealed_out_of_the_case(sealed: SealedOut) -> None:
    faults, about, others, nowhere = [], 0, 0, Nowhere()
    with statements_of(sealed.world.app) as told:
        for rule, method, permission in cells(sealed.world.app):
            path, absent = address(rule, sealed.world), address(rule, sealed.world, absent=True)
            for role, client in sealed.clients.items():
                if role is R.INDEPENDENT_SCRUTINEER and method == "POST":
                    # The first refused write of an hour is recorded, whatever it is about.
                    answer_of(client, method, absent, told)
                answer = answer_of(client, method, path, told, form_for(rule, sealed.people[role]))
                fault = ""
                if about_a_case(rule):
                    about += 1
                    if compared():
                        fault = difference(answer, answer_of(client, method, absent, told))
                    if answer.status != 404 or answer.page != nowhere.page(client, method):
                        fault = f"{answer.status}, sealed out"
                else:
                    others += 1
                    allowed = role in expected(rule, permission)
                    if answer.status >= 500 or (answer.status == 404) == allowed:
                        fault = f"{answer.status}, allowed {allowed}, though it is not about the case"
                faults += [f"{method} {rule.rule} sealed out {role.value}: {fault}"] if fault else []
    print(f"\n{about} cells about a sealed case and {others} about nothing sealed executed")
    assert faults == []
    assert about > 500


def test_a_leak_that_is_planted_is_found(sealed: SealedOut, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison notices a case that is refused at another price, or with another word."""
    from app.cases import queries

    case = next(
        rule for rule, _method, _permission in cells(sealed.world.app) if rule.endpoint == "cases.case"
    )
    path, absent = (address(case, sealed.world, absent=gone) for gone in (False, True))
    client, real = sealed.clients[R.PARTNERSHIP_TEAM], queries.visible_case

    def careless(reference: str, actor: object) -> object:
        found = real(reference, actor)  # type: ignore[arg-type]
        if (
            db.session.scalar(select(queries.Case.id).where(queries.Case.reference == reference))
            and not found
        ):
            db.session.scalar(select(CaseSeal.id).limit(1))
        return found

    monkeypatch.setattr("app.cases.routes.visible_case", careless)
    with statements_of(sealed.world.app) as told:
        answers = [answer_of(client, "GET", one, told) for one in (path, absent)]
    assert "statements" in difference(*answers)

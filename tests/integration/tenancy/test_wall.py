"""The two walls between partnerships: the session's own, and the database's beneath it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.access.actor import SYSTEM
from app.accounts.models import Membership
from app.cases.models import Case, CaseChild
from app.cases.service import ChildFacts, open_case
from app.clock_source import real_now
from app.ledger.service import record
from app.procedure.events import EventKind, Stage
from tenants.db import AnotherPartnership, NoPartnershipInScope, db
from tenants.registry import Agency
from tenants.scope import as_person, pin
from tests.support.people import Someone
from tests.support.places import Place


def a_case(place: Place) -> tuple[UUID, str]:
    now = real_now()
    with place.pinned():
        case = open_case(
            title="A child (invented)", source="agency", agency_id=None, referred_by=None,
            children=[ChildFacts("subject", "Canary", None, "unknown")], now=now,
        )  # fmt: skip
        record(
            EventKind.REFERRAL_SUBMITTED, case_id=case.id, acting=SYSTEM, happened_at=now, now=now,
            stage=Stage.REFERRAL,
        )  # fmt: skip
        db.session.commit()
        return case.id, case.reference


@pytest.mark.parametrize(
    "ask",
    [
        lambda: db.session.scalars(select(Case)).all(),
        lambda: db.session.get(Case, (uuid4(), uuid4())),
        lambda: db.session.execute(update(Case).values(title="x")),
        lambda: db.session.execute(delete(CaseChild)),
        lambda: db.session.execute(select(Agency.name)).all(),
    ],
)
def test_nothing_of_a_partnership_is_touched_with_none_in_scope(app: Flask, ask: object) -> None:
    with app.app_context(), pytest.raises(NoPartnershipInScope):
        ask()  # type: ignore[operator]


def test_raw_sql_with_none_in_scope_sees_nothing(app: Flask, wight: Place) -> None:
    a_case(wight)
    with app.app_context():
        assert db.session.execute(text("select count(*) from cases")).scalar() == 0
        assert db.session.execute(text("select count(*) from ledger_events")).scalar() == 0


def test_raw_sql_in_one_partnership_sees_nothing_of_another(wight: Place, hampshire: Place) -> None:
    case_id, reference = a_case(wight)
    with hampshire.pinned():
        for statement in ("select 1 from cases where id = :id", "select 1 from case_children where case_id = :id",
                          "select 1 from ledger_events where case_id = :id",
                          "update cases set title = 'stolen' where id = :id returning 1"):  # fmt: skip
            assert db.session.execute(text(statement), {"id": case_id}).all() == []
        assert db.session.scalars(select(Case).where(Case.reference == reference)).all() == []
        assert db.session.get(Case, (wight.id, case_id)) is None


def test_a_row_cannot_be_written_into_another_partnership(wight: Place, hampshire: Place) -> None:
    case_id, _reference = a_case(wight)
    row = {
        "case_id": case_id,
        "ordinal": 9,
        "concern": "subject",
        "birth_certainty": "unknown",
        "details": "",
    }
    with hampshire.pinned():
        db.session.add(CaseChild(partnership_id=wight.id, **row))
        with pytest.raises(AnotherPartnership):
            db.session.flush()
        db.session.rollback()
        with pytest.raises(DBAPIError):  # the database's own policy
            db.session.execute(insert(CaseChild.__table__).values(partnership_id=wight.id, **row))
        db.session.rollback()
        with pytest.raises(DBAPIError):  # own row, another partnership's case: the composite key
            db.session.execute(insert(CaseChild.__table__).values(partnership_id=hampshire.id, **row))


def test_an_identifier_cannot_be_chosen(wight: Place) -> None:
    case_id, _reference = a_case(wight)
    with wight.pinned(), pytest.raises(DBAPIError):
        db.session.execute(
            insert(CaseChild.__table__).values(
                partnership_id=wight.id, id=uuid4(), case_id=case_id, ordinal=9, concern="x", birth_certainty="x",
                details="",
            )
        )  # fmt: skip


def test_one_session_never_serves_two_partnerships(wight: Place, hampshire: Place) -> None:
    with wight.pinned(), pytest.raises(AnotherPartnership):
        pin(hampshire.id)


def test_the_scope_ends_with_the_transaction_and_comes_back_with_the_next(wight: Place) -> None:
    case_id, _reference = a_case(wight)
    seen = select(Case.id).where(Case.id == case_id)
    with wight.pinned():
        assert db.session.scalar(seen) == case_id
        db.session.rollback()
        assert db.session.scalar(seen) == case_id
        with db.engine.connect() as other:  # a pooled connection keeps nothing of it
            assert (
                other.scalar(text("select nullif(current_setting('waymark.partnership', true), '')")) is None
            )


def test_a_person_reads_their_own_memberships_everywhere_and_nothing_else(
    app: Flask, someone: Someone
) -> None:
    with as_person(app, someone.person_id):
        held = db.session.scalars(select(Membership)).all()
        assert held
        assert {membership.person_id for membership in held} == {someone.person_id}
        with pytest.raises(NoPartnershipInScope):
            db.session.scalars(select(Case)).all()
        with pytest.raises(NoPartnershipInScope):
            db.session.execute(update(Membership).values(role="partnership-team"))


def test_a_new_incident_shows_only_itself(wight: Place) -> None:
    with wight.pinned():
        assert db.session.scalar(text("select new_incident()")) is not None
        with pytest.raises(DBAPIError):
            db.session.execute(text("select * from incidents"))

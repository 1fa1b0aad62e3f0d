"""Memberships and trusts in the database: what holds today, what is seen across partnerships, what ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.access.actor import Acting
from app.access.roles import Role
from app.accounts import service
from app.accounts.identity_queries import load_person, person_identified, provider_of
from app.accounts.models import Membership, OrganisationTrust, Person
from app.accounts.oidc_types import Identity
from app.accounts.queries import (
    holders_of,
    members_today,
    memberships_in,
    names_of,
    partnerships_of,
)
from app.clock_source import now
from app.ledger.models import LedgerEvent
from app.procedure.events import EventKind
from tenants.db import NoPartnershipInScope, db
from tests.support.places import Place, fresh_place

TODAY = date(2026, 11, 23)
TESTER = Acting(None, "A test", "A test")
DAY = timedelta(days=1)


class Council:
    """An organisation of this test alone, its provider, and one of its people."""

    def __init__(self, owner: Flask) -> None:
        self.slug = f"council-{uuid4().hex[:12]}"
        self.issuer = f"https://{self.slug}.example"
        with owner.app_context():
            organisation = service.ensure_organisation(self.slug, f"The {self.slug}")
            provider = service.ensure_provider(organisation, service.ProviderDetails(self.issuer, "waymark"))
            person = service.ensure_person(
                provider.id, "subject-1", display_name="Ada Example", email="ada@example.example"
            )
            self.organisation_id, self.provider_id, self.person_id = organisation.id, provider.id, person.id
            db.session.commit()


@pytest.fixture
def council(owner_of: Flask) -> Council:
    return Council(owner_of)


@pytest.fixture
def another(app: Flask, owner_of: Flask, tmp_path: Path) -> Place:
    """A second partnership that no other test touches."""
    return fresh_place(app, owner_of, tmp_path)


@contextmanager
def committing(place: Place) -> Iterator[None]:
    with place.pinned():
        yield
        db.session.commit()


def trust(place: Place, council: Council, starts_on: date = TODAY, ends_on: date | None = None) -> None:
    with committing(place):
        service.trust_organisation(
            service.organisation_named(council.slug),
            starts_on=starts_on, ends_on=ends_on, acting=TESTER, now=now(),
        )  # fmt: skip


def join(
    place: Place,
    council: Council,
    role: Role = Role.LIG_CHAIR,
    agency: str | None = None,
    starts_on: date = TODAY,
    ends_on: date | None = None,
) -> UUID:
    with committing(place):
        person = db.session.get_one(Person, council.person_id)
        membership = service.begin_membership(
            person, role, agency_key=agency, starts_on=starts_on, ends_on=ends_on, acting=TESTER, now=now()
        )
        return membership.id


def roles_on(place: Place, council: Council, day: date) -> list[str]:
    with place.pinned():
        return [view.role for view in memberships_in(place.id, council.person_id, day)]


def test_a_membership_holds_from_its_first_day_to_its_last(fresh: Place, council: Council) -> None:
    trust(fresh, council, TODAY - 30 * DAY)
    join(fresh, council, Role.PARTNER_REPRESENTATIVE, "police", TODAY, TODAY + DAY)
    held = [bool(roles_on(fresh, council, TODAY + offset * DAY)) for offset in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]


def test_the_view_says_the_agency_and_the_partner(fresh: Place, council: Council) -> None:
    trust(fresh, council)
    identifier = join(fresh, council, Role.PARTNER_REPRESENTATIVE, "police")
    with fresh.pinned():
        (view,) = memberships_in(fresh.id, council.person_id, TODAY)
    assert (view.membership_id, view.agency_key, view.agency_partner) == (identifier, "police", "police")
    assert view.agency_name == "Constabulary"


def test_nothing_holds_where_the_organisation_is_not_trusted_that_day(fresh: Place, council: Council) -> None:
    join(fresh, council, starts_on=TODAY - 30 * DAY)
    assert roles_on(fresh, council, TODAY) == []
    trust(fresh, council, TODAY, TODAY + DAY)
    held = [bool(roles_on(fresh, council, TODAY + offset * DAY)) for offset in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]


def test_an_ended_membership_holds_no_longer_whatever_its_dates(fresh: Place, council: Council) -> None:
    trust(fresh, council)
    identifier = join(fresh, council)
    assert roles_on(fresh, council, TODAY) == ["lig-chair"]
    with committing(fresh):
        service.end_membership(identifier, reason="Left the council", acting=TESTER, now=now())
    assert roles_on(fresh, council, TODAY) == []
    with fresh.pinned(), pytest.raises(service.AccountsError, match="already ended"):
        service.end_membership(identifier, reason="Again", acting=TESTER, now=now())


def test_beginning_and_ending_are_told_in_the_ledger(fresh: Place, council: Council) -> None:
    identifier = join(fresh, council)
    with committing(fresh):
        service.end_membership(identifier, reason="Left", acting=TESTER, now=now())
    with fresh.pinned():
        kinds = list(db.session.scalars(select(LedgerEvent.kind).order_by(LedgerEvent.number)))
        facts = list(db.session.scalars(select(LedgerEvent.facts).order_by(LedgerEvent.number)))
    assert kinds[-2:] == [EventKind.MEMBERSHIP_BEGUN.value, EventKind.MEMBERSHIP_ENDED.value]
    assert str(identifier) in facts[-1]
    assert not any("Ada" in fact or "Left" in fact for fact in facts)


def test_the_same_membership_is_not_begun_twice(fresh: Place, council: Council) -> None:
    assert join(fresh, council) == join(fresh, council)


@pytest.mark.parametrize(("agency", "days"), [("no-such-agency", 1), ("police", -1)])
def test_a_membership_that_makes_no_sense_is_refused(
    fresh: Place, council: Council, agency: str, days: int
) -> None:
    with pytest.raises(service.AccountsError):
        join(fresh, council, Role.PARTNER_REPRESENTATIVE, agency, TODAY, TODAY + days * DAY)


def test_a_person_sees_their_own_partnerships_and_nobody_elses(
    app: Flask, fresh: Place, another: Place, council: Council, owner_of: Flask
) -> None:
    trust(fresh, council)
    join(fresh, council)
    join(fresh, council, Role.PARTNERSHIP_TEAM)
    join(another, council)  # where their organisation is not trusted
    stranger = Council(owner_of)
    with app.app_context():
        (place,) = partnerships_of(council.person_id, TODAY)
        assert (place.slug, place.roles) == (fresh.slug, ("lig-chair", "partnership-team"))
        assert partnerships_of(stranger.person_id, TODAY) == []
        assert partnerships_of(council.person_id, TODAY - DAY) == []


def test_partnerships_are_listed_from_within_one_of_them_too(
    fresh: Place, another: Place, council: Council
) -> None:
    for place in (fresh, another):
        trust(place, council)
        join(place, council)
    with another.pinned():
        seen = {entry.slug for entry in partnerships_of(council.person_id, TODAY)}
    assert seen == {fresh.slug, another.slug}


def test_the_database_shows_a_person_only_their_own_memberships(
    app: Flask, fresh: Place, council: Council, owner_of: Flask
) -> None:
    trust(fresh, council)
    join(fresh, council)
    stranger = Council(owner_of)
    counting = text("select (select count(*) from memberships), (select count(*) from organisation_trusts)")
    seen = []
    for person_id in (council.person_id, stranger.person_id, None):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(
                text("select set_config('waymark.person', :p, true)"), {"p": str(person_id or "")}
            )
            seen.append(tuple(connection.execute(counting).one()))
    assert seen == [(1, 1), (0, 0), (0, 0)]


@contextmanager
def as_bare_person(app: Flask, person_id: UUID) -> Iterator[Connection]:
    """A connection that says whose it is, and no partnership."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("select set_config('waymark.person', :p, true)"), {"p": str(person_id)})
        yield connection


def test_a_person_cannot_write_their_own_membership(app: Flask, fresh: Place, council: Council) -> None:
    trust(fresh, council)
    identifier = join(fresh, council)
    change = text("update memberships set role = 'partnership-administrator' where id = :i")
    add = text(
        "insert into memberships (partnership_id, person_id, role, starts_on) values (:w, :p, 'x', now())"
    )
    with as_bare_person(app, council.person_id) as connection:
        assert connection.execute(change, {"i": identifier}).rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(add, {"w": fresh.id, "p": council.person_id})


@pytest.mark.parametrize(
    "statement",
    [
        "update people set subject = 'somebody-else'",
        "update people set provider_id = provider_id",
        "delete from people",
        "update identity_providers set issuer = 'https://evil.example'",
        "insert into organisations (slug, name) values ('x', 'x')",
    ],
)
def test_the_application_cannot_change_who_somebody_is(app: Flask, statement: str) -> None:
    with (
        app.app_context(),
        db.engine.connect() as connection,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("algorithms", ["'{none}'", "'{HS256}'", "'{RS256,none}'", "'{}'"])
def test_the_database_refuses_unsafe_algorithms(owner_of: Flask, council: Council, algorithms: str) -> None:
    with owner_of.app_context(), pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(
            text(f"update identity_providers set allowed_algorithms = {algorithms} where id = :i"),
            {"i": council.provider_id},
        )


def test_two_people_cannot_be_the_same_subject(owner_of: Flask, council: Council) -> None:
    twin = Person(provider_id=council.provider_id, subject="subject-1", display_name="Two", job_title="")
    with owner_of.app_context():
        db.session.add(twin)
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_person_is_found_by_provider_and_subject_alone(
    app: Flask, council: Council, owner_of: Flask
) -> None:
    other = Council(owner_of)
    with app.app_context():
        found = person_identified(Identity(council.provider_id, "subject-1"))
        assert found is not None
        assert found.person_id == council.person_id
        assert person_identified(Identity(council.provider_id, "subject-2")) is None
        elsewhere = person_identified(Identity(other.provider_id, "subject-1"))
        assert elsewhere is not None
        assert elsewhere.person_id == other.person_id


def test_a_provider_switched_off_signs_nobody_in_and_keeps_nobody_signed_in(
    app: Flask, fresh: Place, council: Council, owner_of: Flask
) -> None:
    trust(fresh, council)
    join(fresh, council)
    with owner_of.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("update identity_providers set enabled = false where id = :i"), {"i": council.provider_id}
        )
    with app.app_context():
        assert provider_of(council.slug) is None
        assert load_person(str(council.person_id)) is None
        assert person_identified(Identity(council.provider_id, "subject-1")) is None
        assert partnerships_of(council.person_id, TODAY) == []
    assert roles_on(fresh, council, TODAY) == []


def test_a_provider_does_not_move_to_another_issuer_by_itself(owner_of: Flask, council: Council) -> None:
    with owner_of.app_context():
        organisation = service.organisation_named(council.slug)
        moved = service.ProviderDetails("https://elsewhere.example", "waymark")
        with pytest.raises(service.AccountsError, match="already signs in"):
            service.ensure_provider(organisation, moved)
        assert service.ensure_provider(organisation, moved, may_move=True).id == council.provider_id
        db.session.rollback()


@pytest.mark.parametrize(
    "details",
    [
        service.ProviderDetails("https://login.microsoftonline.com/{tenantid}/v2.0", "c", entra_tenant="t"),
        service.ProviderDetails("https://login.microsoftonline.com/common/v2.0", "c"),
        service.ProviderDetails("https://login.microsoftonline.com/common/v2.0", "c", entra_tenant="t-1"),
        service.ProviderDetails("login.example", "c"),
        service.ProviderDetails("https://login.example", "c", algorithms=("none",)),
        service.ProviderDetails("https://login.example", "c", algorithms=()),
    ],
)
def test_a_provider_that_could_be_anybody_is_refused(
    owner_of: Flask, details: service.ProviderDetails
) -> None:
    with owner_of.app_context():
        organisation = service.ensure_organisation(f"o-{uuid4().hex}", "O")
        with pytest.raises(service.AccountsError):
            service.ensure_provider(organisation, details)
        db.session.rollback()


def test_holders_of_a_role_are_each_named_once(fresh: Place, council: Council, owner_of: Flask) -> None:
    trust(fresh, council)
    join(fresh, council, Role.PARTNER_REPRESENTATIVE, "police")
    join(fresh, council, Role.PARTNER_REPRESENTATIVE, "icb")
    untrusted = Council(owner_of)
    join(fresh, untrusted, Role.PARTNER_REPRESENTATIVE, "police")
    roles = [Role.PARTNER_REPRESENTATIVE.value]
    with fresh.pinned():
        assert [holder.person_id for holder in holders_of(roles, TODAY)] == [council.person_id]
        assert [holder.name for holder in holders_of(roles, TODAY, "police")] == ["Ada Example"]
        assert holders_of(roles, TODAY, "local-authority") == []
        assert holders_of([Role.LIG_CHAIR.value], TODAY) == []
        assert names_of({council.person_id, uuid4()}) == {council.person_id: "Ada Example"}
        assert [person.id for _view, person in members_today(TODAY)].count(council.person_id) == 2


def test_memberships_are_not_read_without_a_partnership(app: Flask, wight: Place, fresh: Place) -> None:
    with app.app_context(), pytest.raises(NoPartnershipInScope):
        db.session.scalars(select(Membership)).all()
    with app.app_context(), pytest.raises(NoPartnershipInScope):
        db.session.scalars(select(OrganisationTrust)).all()
    with fresh.pinned(), pytest.raises(ValueError, match="in scope"):
        memberships_in(wight.id, uuid4(), TODAY)


@pytest.mark.parametrize("text_of_session", ["", "x", "0" * 32 + "0", "\x00"])
def test_a_session_that_names_nobody_is_nobody(app: Flask, text_of_session: str) -> None:
    with app.app_context():
        assert load_person(text_of_session) is None
        assert load_person(str(uuid4())) is None

"""When a membership counts: conditions for queries, the only ones."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Exists, and_, or_, select

from app.accounts.identity_queries import BY_PASSKEY, OPENID
from app.accounts.models import IdentityProvider, Membership, OrganisationTrust, Person
from tenants.registry import Agency

Day = date | BindParameter[date]


def holds(today: Day) -> ColumnElement[bool]:
    """The membership holds on that day."""
    return and_(
        Membership.starts_on <= today,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= today),
        Membership.ended_at.is_(None),
    )


def of_membership() -> ColumnElement[bool]:
    """The agency is the membership's."""
    return and_(Agency.id == Membership.agency_id, Agency.partnership_id == Membership.partnership_id)


def trusted(today: Day) -> ColumnElement[bool]:
    """Somebody vouches for the member: their organisation, where it is trusted that day, or the partnership itself."""
    return or_(_organisation_trusted(today), _passkey_counts())


def _passkey_counts() -> Exists:
    """A passkey's holder is vouched for by the partnership itself, which checked who they are. Where another one has
    replaced their passkeys since, only what this one began afterwards counts."""
    return (
        select(Person.id)
        .select_from(Person)
        .join(IdentityProvider, IdentityProvider.id == Person.provider_id)
        .where(
            Person.id == Membership.person_id,
            IdentityProvider.enabled,
            IdentityProvider.kind == BY_PASSKEY,
            or_(
                Person.recovered_in.is_(None),
                Person.recovered_in == Membership.partnership_id,
                Membership.begun_at > Person.recovered_at,
            ),
        )
        .correlate(Membership)
        .exists()
    )


def _organisation_trusted(today: Day) -> Exists:
    return (
        select(OrganisationTrust.id)
        .select_from(OrganisationTrust)
        .join(IdentityProvider, IdentityProvider.organisation_id == OrganisationTrust.organisation_id)
        .join(Person, Person.provider_id == IdentityProvider.id)
        .where(
            Person.id == Membership.person_id,
            IdentityProvider.enabled,
            IdentityProvider.kind == OPENID,
            OrganisationTrust.partnership_id == Membership.partnership_id,
            OrganisationTrust.starts_on <= today,
            or_(OrganisationTrust.ends_on.is_(None), OrganisationTrust.ends_on >= today),
        )
        .correlate(Membership)
        .exists()
    )

"""Who signs people in, who they are, and what they are in a partnership."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, ForeignKey, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.base import GlobalModel, TenantModel, instant, maybe_instant, tenant_key


class Organisation(GlobalModel):
    """Who employs people and signs them in; may serve several partnerships."""

    __tablename__ = "organisations"

    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)


class IdentityProvider(GlobalModel):
    """An organisation's OpenID provider: one exact issuer, one client, and the algorithms that we allow it.

    `client_secret_env` names the environment variable that holds the secret, which is in no table.
    `entra_tenant` is the tenant of a Microsoft Entra provider, whose people are known by tenant and object
    rather than by `sub`. `sends_issuer` is false only for a provider known not to name itself in its
    responses (RFC 9207). One row is of the kind `passkey` and signs nobody in by OpenID: to it belong the
    people who have no organisation here.
    """

    __tablename__ = "identity_providers"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"))
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)
    client_secret_env: Mapped[str | None] = mapped_column(Text)
    allowed_algorithms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    enabled: Mapped[bool] = mapped_column(Boolean)
    entra_tenant: Mapped[str | None] = mapped_column(Text)
    required_acr: Mapped[str | None] = mapped_column(Text)
    sends_issuer: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[str] = mapped_column(Text, server_default="oidc")


class Person(GlobalModel):
    """A person is a subject of one provider. The e-mail address is for sending mail and never identifies.

    `recovered_at` and `recovered_in` say when and by which partnership the person's passkeys were replaced: for any
    other partnership they are somebody whose identity it has not checked since.
    `signed_out_before` is when they last signed out everywhere: a session that began earlier has ended.
    """

    __tablename__ = "people"

    provider_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("identity_providers.id"))
    subject: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    job_title: Mapped[str] = mapped_column(Text)
    signed_out_before: Mapped[datetime | None] = maybe_instant()
    recovered_at: Mapped[datetime | None] = maybe_instant()
    recovered_in: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("partnerships.id"))


class Passkey(GlobalModel):
    """A passkey of a person who has no organisation here. The secret half never leaves their device."""

    __tablename__ = "passkeys"

    person_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = instant()
    last_used_at: Mapped[datetime | None] = maybe_instant()


class Membership(TenantModel):
    """A role that a person holds in a partnership, for an agency where the role has one, between two days."""

    __tablename__ = "memberships"
    __table_args__ = (tenant_key("agency_id", "agencies"),)
    __readable_by_person__ = True

    person_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID | None] = mapped_column(Uuid)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = maybe_instant()
    ended_reason: Mapped[str | None] = mapped_column(Text)
    begun_at: Mapped[datetime | None] = maybe_instant()


class Deputy(TenantModel):
    """A person who acts for the holder of a membership between two days, both included (B1-12).

    `role` is the principal's when the deputy was named; the deputy acts in it, and is shown as their deputy.
    """

    __tablename__ = "deputies"
    __table_args__ = (tenant_key("principal_membership_id", "memberships"),)

    principal_membership_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    named_by: Mapped[str] = mapped_column(Text)
    named_capacity: Mapped[str] = mapped_column(Text)
    named_at: Mapped[datetime] = instant()
    ended_at: Mapped[datetime | None] = maybe_instant()
    submission_key: Mapped[UUID] = mapped_column(Uuid)


class OrganisationTrust(TenantModel):
    """That a partnership lets an organisation sign people in, between two days."""

    __tablename__ = "organisation_trusts"
    __readable_by_person__ = True

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)

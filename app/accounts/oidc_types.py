"""What the sign-in client is told, what it keeps while somebody is away signing in, and what it refuses."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

SAFE_ALGORITHMS = frozenset({"RS256", "PS256", "ES256"})


class Refusal(StrEnum):
    """Why a sign-in was refused. Written to the log; the page says less."""

    NOT_STARTED_HERE = "not started in this session"
    TOO_LATE = "started too long ago"
    DOUBLED_PARAMETER = "a parameter appears twice in the response"
    OTHER_ISSUER = "the response names another issuer, or none"
    PROVIDER_REFUSED = "the provider answered with an error"
    NO_CODE = "no code in the response"
    OTHER_CALLBACK = "the response came to another address than the one given"
    EXCHANGE_FAILED = "the code was not accepted"
    NO_ID_TOKEN = "no ID token in the answer"  # noqa: S105 - words for the log
    ALGORITHM = "signed by an algorithm that is not allowed"
    SIGNATURE = "the signature does not hold"
    CLAIMS = "a claim is missing or wrong"
    NONCE = "the nonce is not the one that was sent"
    TENANT = "another Entra tenant"
    ASSURANCE = "not signed in as strongly as is required"
    PROVIDER_CHANGED = "the provider was changed or switched off meanwhile"
    UNKNOWN_PERSON = "nobody of that issuer and subject is known"
    NO_MEMBERSHIP = "the person belongs to no partnership today"


class SignInRefused(Exception):
    """The sign-in cannot be accepted. `reason` is for the log."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason.value}{': ' + detail if detail else ''}")
        self.reason = reason


class ProviderUnreachable(Exception):
    """The provider does not answer, or answers with what cannot be used."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What we hold about one provider; nothing of it comes from the provider itself."""

    id: UUID
    organisation_slug: str
    organisation_name: str
    issuer: str
    client_id: str
    client_secret_env: str | None = None
    allowed_algorithms: tuple[str, ...] = ("RS256", "ES256")
    entra_tenant: str | None = None
    required_acr: str | None = None
    sends_issuer: bool = True

    @property
    def algorithms(self) -> list[str]:
        """The algorithms that may sign for this provider: never `none`, never a shared secret."""
        return [name for name in self.allowed_algorithms if name in SAFE_ALGORITHMS]


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that somebody has begun in this session. Kept on the server only.

    `invitation` names the invitation that it accepts, where it does: its partnership and its identifier.
    """

    state: str
    nonce: str
    verifier: str
    provider_id: str
    issuer: str
    redirect_uri: str
    next: str
    started_at: float
    invitation: str = ""

    def kept(self) -> dict[str, Any]:
        """As the session stores it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in: a subject of one provider, and nothing else."""

    provider_id: UUID
    subject: str

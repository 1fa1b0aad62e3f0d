"""Sign-in by an organisation's OpenID provider: code flow with PKCE, state, nonce and issuer (RFC 9207).

Built on Authlib's OAuth session; its OpenID checks are not used, because their defaults accept too much.
Needs neither a database nor a web request: it is given the provider and keeps what it must in a `Pending`.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from app.accounts.id_token import identity_from
from app.accounts.oidc_types import (
    Identity,
    Pending,
    Provider,
    ProviderUnreachable,
    Refusal,
    SignInRefused,
)
from app.accounts.provider_http import CONNECT_AND_READ, Directory

SCOPE = "openid profile email"
AWAY_AT_MOST = 600.0


@dataclass
class SignInClient:
    """Begins and finishes sign-ins. `clock` gives seconds since 1970."""

    directory: Directory
    clock: Callable[[], float]
    secrets_in: Mapping[str, str]
    secretless: bool = False

    def begin(self, provider: Provider, redirect_uri: str, next_path: str) -> tuple[str, Pending]:
        """Where to send the browser, and what to keep until it is back. Raises ProviderUnreachable."""
        metadata = self.directory.metadata(provider)
        pending = Pending(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(64),
            provider_id=str(provider.id),
            issuer=provider.issuer,
            redirect_uri=redirect_uri,
            next=next_path,
            started_at=self.clock(),
        )
        extra = {"acr_values": provider.required_acr} if provider.required_acr else {}
        with self._session(provider, redirect_uri) as session:
            address, _state = session.create_authorization_url(
                metadata.authorization_endpoint,
                state=pending.state,
                code_verifier=pending.verifier,
                nonce=pending.nonce,
                **extra,
            )
        return str(address), pending

    def finish(self, provider: Provider, pending: Pending, answer: Mapping[str, list[str]]) -> Identity:
        """Who signed in, from the provider's answer (its parameters with every value of each).

        `pending` must already have been taken out of the session, so that an answer is used once.
        Raises SignInRefused, ProviderUnreachable.
        """
        if any(len(values) != 1 for values in answer.values()):
            raise SignInRefused(Refusal.DOUBLED_PARAMETER)
        given = {name: values[0] for name, values in answer.items()}
        if not hmac.compare_digest(given.get("state", "").encode("utf-8", "replace"), pending.state.encode()):
            raise SignInRefused(Refusal.NOT_STARTED_HERE)
        if not 0 <= self.clock() - pending.started_at <= AWAY_AT_MOST:
            raise SignInRefused(Refusal.TOO_LATE)
        if (str(provider.id), provider.issuer) != (pending.provider_id, pending.issuer):
            raise SignInRefused(Refusal.PROVIDER_CHANGED)
        self._check_issuer(provider, given.get("iss"))
        if "error" in given:
            raise SignInRefused(Refusal.PROVIDER_REFUSED, given["error"][:60])
        if not given.get("code"):
            raise SignInRefused(Refusal.NO_CODE)
        token = self._exchange(provider, pending, given["code"])
        return identity_from(
            token.get("id_token"),
            provider=provider,
            nonce=pending.nonce,
            directory=self.directory,
            at=self.clock(),
        )

    def sign_out_address(self, provider: Provider, back_to: str) -> str | None:
        """Where a person ends their session at the provider, or None where it offers no such page."""
        try:
            ending = self.directory.metadata(provider).end_session_endpoint
        except ProviderUnreachable:
            return None
        if ending is None:
            return None
        asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back_to})
        return f"{ending}{'&' if '?' in ending else '?'}{asked}"

    def _check_issuer(self, provider: Provider, named: str | None) -> None:
        # Before the code goes anywhere: a code meant for one provider must never be shown to another
        required = provider.sends_issuer or self.directory.metadata(provider).names_itself
        if named != provider.issuer and (named is not None or required):
            raise SignInRefused(Refusal.OTHER_ISSUER)

    def _exchange(self, provider: Provider, pending: Pending, code: str) -> Mapping[str, object]:
        endpoint = self.directory.metadata(provider).token_endpoint
        try:
            with self._session(provider, pending.redirect_uri) as session:
                token = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=pending.verifier,
                    redirect_uri=pending.redirect_uri,
                    allow_redirects=False,
                    timeout=CONNECT_AND_READ,
                )
        except requests.RequestException as fault:
            raise ProviderUnreachable(type(fault).__name__) from fault
        except (OAuthError, ValueError, KeyError, TypeError) as fault:
            raise SignInRefused(Refusal.EXCHANGE_FAILED, type(fault).__name__) from fault
        return token if isinstance(token, Mapping) else {}

    def _session(self, provider: Provider, redirect_uri: str) -> OAuth2Session:
        return OAuth2Session(
            provider.client_id,
            self._secret(provider),
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            default_timeout=CONNECT_AND_READ,
        )

    def _secret(self, provider: Provider) -> str | None:
        if not provider.client_secret_env:
            return None
        secret = self.secrets_in.get(provider.client_secret_env)
        if not secret and not self.secretless:
            raise ProviderUnreachable(f"{provider.client_secret_env} is not set")
        return secret or None


def client_for(demonstrates: bool, clock: Callable[[], float]) -> SignInClient:
    """The client of this process. Only the demonstration may use http on this machine, or lack a secret."""
    return SignInClient(Directory(loopback=demonstrates), clock, os.environ, secretless=demonstrates)

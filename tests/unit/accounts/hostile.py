"""An OpenID provider in this very process, which misbehaves as it is told."""

from __future__ import annotations

import base64
import hmac
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import requests
from joserfc import jws
from joserfc.jwk import RSAKey

from app.accounts.oidc_types import Provider

ISSUER = "https://login.council.example/tenant"
OTHER_ISSUER = "https://login.elsewhere.example"
CLIENT = "waymark-client"
PROVIDER_ID = UUID("11111111-1111-4111-8111-111111111111")
NOW = 1_795_000_000.0
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


def provider(**changes: Any) -> Provider:
    """What we hold about the provider."""
    held: dict[str, Any] = {
        "id": PROVIDER_ID,
        "organisation_slug": "council",
        "organisation_name": "A Council",
        "issuer": ISSUER,
        "client_id": CLIENT,
        "allowed_algorithms": ("RS256",),
    }
    return Provider(**{**held, **changes})


def unsigned(claims: dict[str, Any]) -> str:
    """A token that nobody signed (`alg: none`)."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
             for part in ({"alg": "none", "typ": "JWT"}, claims)]  # fmt: skip
    return ".".join([*parts, ""])


def signed_with_public_key(claims: dict[str, Any]) -> str:
    """HS256 with the public key as its shared secret: the oldest trick."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
             for part in ({"alg": "HS256", "kid": "one"}, claims)]  # fmt: skip
    signature = hmac.digest(KEY.as_pem(private=False), b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


@dataclass
class Hostile:
    """The provider, and what it has been told to do wrong."""

    issuer: str = ISSUER
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    signing_key: RSAKey = field(default_factory=lambda: KEY)
    published: list[RSAKey] = field(default_factory=lambda: [KEY])
    discovery: dict[str, Any] = field(default_factory=dict)
    token_answer: dict[str, Any] | None = None
    token_status: int = 200
    make_token: Callable[[dict[str, Any]], str] | None = None
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    down: bool = False
    nonce: str = ""

    def id_token(self) -> str:
        """The token it gives, right but for what it was told."""
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "person-1",
            "iat": int(NOW),
            "exp": int(NOW) + 300,
            "nonce": self.nonce,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.without}
        if self.make_token:
            return self.make_token(claims)
        content = json.dumps(claims).encode()
        return jws.serialize_compact(self.header, content, self.signing_key, [self.header["alg"]])

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        """What it says to one request."""
        path = urlsplit(str(request.url)).path
        self.asked.append(path)
        if path in self.redirects:
            return 302, {"Location": self.redirects[path]}, b""
        if path.endswith("/.well-known/openid-configuration"):
            return 200, {}, json.dumps(self._document()).encode()
        if path.endswith("/keys"):
            published = [key.as_dict(private=False) for key in self.published]
            return 200, {}, json.dumps({"keys": published}).encode()
        self.forms.append(parse_qs(str(request.body)))
        given = self.token_answer
        if given is None:
            given = {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}
        return self.token_status, {"Content-Type": "application/json"}, json.dumps(given).encode()

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            "authorization_response_iss_parameter_supported": True,
            **self.discovery,
        }


class Wire(requests.adapters.BaseAdapter):
    """Carries requests to the provider instead of the network."""

    def __init__(self, hostile: Hostile) -> None:
        super().__init__()
        self.hostile = hostile

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:  # type: ignore[override]
        """Answer at once, or fail as an unreachable machine does."""
        if self.hostile.down:
            raise requests.ConnectTimeout("no answer")
        response = requests.Response()
        response.status_code, headers, body = self.hostile.answer(request)
        response.headers.update(headers)
        response.raw, response.request, response.url = io.BytesIO(body), request, str(request.url)
        return response

    def close(self) -> None:
        """Nothing to close."""

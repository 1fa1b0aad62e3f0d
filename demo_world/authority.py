"""One organisation's authorization server, on Authlib: code flow only, PKCE by S256 only, a nonce always."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc.jwk import ECKey

from demo_world.keys import ALGORITHM
from demo_world.people import Organisation, Person

CODE_LIFE = 60
TOKEN_LIFE = 300
CALLBACK = "/sign-in/callback"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Client(ClientMixin):
    """Waymark, as the provider knows it. Without a secret it is a public client, which PKCE protects."""

    client_id: str
    secret: str = ""
    base_url: str = ""

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(word for word in (scope or "").split() if word in ("openid", "profile", "email"))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Waymark's own callback, at its known address or at any port of this machine (RFC 8252, 7.3)."""
        parts = urlsplit(redirect_uri)
        path = parts.path == CALLBACK or parts.path.startswith(CALLBACK + "/")
        own = bool(self.base_url) and redirect_uri.startswith(self.base_url + CALLBACK)
        near = parts.scheme == "http" and parts.hostname in LOOPBACK and parts.username is None
        return path and (own or near) and not parts.query and not parts.fragment

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and secrets.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_basic" if self.secret else "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):
    """An authorization code: for one client, one person, once, for a minute."""

    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    person: Person
    made_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.made_at)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class CodeStore:
    """Codes not yet used. Taking one removes it, so the second to ask finds nothing."""

    clock: Callable[[], float] = time.time
    codes: dict[str, Code] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, text: str, code: Code) -> None:
        with self.lock:
            old = [key for key, held in self.codes.items() if held.made_at + CODE_LIFE <= self.clock()]
            for key in old:
                del self.codes[key]
            self.codes[text] = code

    def take(self, text: str) -> Code | None:
        with self.lock:
            code = self.codes.pop(text, None)
        return code if code and code.made_at + CODE_LIFE > self.clock() else None


class StrictChallenge(CodeChallenge):
    """PKCE demanded of every client, by S256: Authlib demands it only of public ones, and allows `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A code_challenge by S256 is required.", redirect_uri=redirect_uri)
        super().validate_code_challenge(grant, redirect_uri)


class ResponseIssuer(IssuerParameter):
    """Names the issuer in every response (RFC 9207), errors included."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer


class IdentityToken(OpenIDCode):
    """The ID token: who chose to be whom."""

    def __init__(self, issuer: str, key: ECKey) -> None:
        super().__init__(require_nonce=True)
        self.issuer, self.key = issuer, key

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False

    def get_client_algorithm(self, client: Client) -> str:
        return ALGORITHM

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": str(self.key.kid)}

    def resolve_client_private_key(self, client: Client) -> ECKey:
        return self.key

    def get_compatible_claims(self, request: OAuth2Request) -> dict[str, object]:
        issued = int(time.time())
        audience = request.client.get_client_id()
        return {"iss": self.issuer, "aud": [audience], "iat": issued, "exp": issued + TOKEN_LIFE}

    def generate_user_info(self, user: Person, scope: str) -> UserInfo:
        info = UserInfo(sub=user.subject)
        if "profile" in scope.split():
            info["name"] = user.name
        if "email" in scope.split():
            info.update(email=user.email, email_verified=True)
        return info


def _code_grant(organisation: Organisation, store: CodeStore) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):
        """Code grant of one organisation."""

        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "none"]

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            asked: Mapping[str, str] = request.payload.data
            store.put(
                code,
                Code(
                    client_id=request.client.get_client_id(),
                    redirect_uri=request.payload.redirect_uri,
                    scope=request.scope or "",
                    nonce=asked["nonce"],
                    code_challenge=asked["code_challenge"],
                    code_challenge_method=asked["code_challenge_method"],
                    person=request.user,
                    made_at=store.clock(),
                ),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            held = store.take(code)
            return held if held and held.client_id == client.client_id else None

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """Nothing to do: asking for the code removed it."""

        def authenticate_user(self, authorization_code: Code) -> Person | None:
            return organisation.person(authorization_code.person.subject)

    return Grant


def make_authority(
    organisation: Organisation, issuer: str, key: ECKey, client: Client
) -> AuthorizationServer:
    """The authorization server of one organisation."""
    server = AuthorizationServer(
        query_client=lambda client_id: client if client_id == client.client_id else None,
        save_token=lambda token, request: None,
    )
    server.load_config({"OAUTH2_SCOPES_SUPPORTED": ["openid", "profile", "email"]})
    server.register_grant(
        _code_grant(organisation, CodeStore()), [IdentityToken(issuer, key), StrictChallenge(required=True)]
    )
    server.register_extension(ResponseIssuer(issuer))
    return server

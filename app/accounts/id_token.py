"""Whether an ID token proves who somebody is. Every check is ours: nothing is left to a library's default."""

from __future__ import annotations

import hmac
import json
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from app.accounts.oidc_types import Identity, Provider, Refusal, SignInRefused
from app.accounts.provider_http import Directory

LEEWAY = 10
LONGEST_LIFE = 24 * 60 * 60
LONGEST_SUBJECT = 255
LONGEST_TOKEN = 32 * 1024
SHORTEST_RSA = 2048
PUBLIC_PARTS = {"kty", "n", "e", "crv", "x", "y"}
KEY_TYPES: dict[str, type[RSAKey] | type[ECKey]] = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey}


def identity_from(
    id_token: object, *, provider: Provider, nonce: str, directory: Directory, at: float
) -> Identity:
    """Who the token names. `at` is seconds since 1970. Raises SignInRefused, ProviderUnreachable."""
    if not isinstance(id_token, str) or not id_token or len(id_token) > LONGEST_TOKEN:
        raise SignInRefused(Refusal.NO_ID_TOKEN)
    claims = _verified(id_token, provider, directory)
    _check_standard(claims, provider, at)
    sent = claims.get("nonce")
    if (
        not nonce
        or not isinstance(sent, str)
        or not hmac.compare_digest(sent.encode("utf-8", "replace"), nonce.encode())
    ):
        raise SignInRefused(Refusal.NONCE)
    if provider.required_acr and claims.get("acr") != provider.required_acr:
        raise SignInRefused(Refusal.ASSURANCE)
    return Identity(provider.id, _subject(claims, provider))


def _verified(id_token: str, provider: Provider, directory: Directory) -> dict[str, Any]:
    header = _header(id_token)
    algorithm = header.get("alg")
    if algorithm not in provider.algorithms:
        raise SignInRefused(Refusal.ALGORITHM)
    claims = _try_keys(id_token, header, directory.keys(provider))
    if claims is None:
        # An unknown key, or a known name whose key was replaced: ask once more, but not at every request
        again = directory.keys_again(provider)
        claims = _try_keys(id_token, header, again) if again is not None else None
    if claims is None:
        raise SignInRefused(Refusal.SIGNATURE)
    return claims


def _header(id_token: str) -> dict[str, Any]:
    try:
        header = json.loads(urlsafe_b64decode(id_token.split(".", 1)[0].encode("ascii")))
    except (ValueError, UnicodeError, RecursionError):
        raise SignInRefused(Refusal.SIGNATURE, "not a token") from None
    if not isinstance(header, dict):
        raise SignInRefused(Refusal.SIGNATURE, "not a token")
    return header


def _try_keys(id_token: str, header: dict[str, Any], keys: list[dict[str, Any]]) -> dict[str, Any] | None:
    algorithm = header["alg"]
    wanted = KEY_TYPES[algorithm]
    fitting = [key for key in keys if _fits(key, algorithm, wanted.key_type)]
    named = [key for key in fitting if key.get("kid") == header.get("kid")] if "kid" in header else fitting
    if "kid" not in header and len(fitting) != 1:
        return None
    for key in named:
        try:
            public = wanted.import_key({name: value for name, value in key.items() if name in PUBLIC_PARTS})
            if isinstance(public, RSAKey) and public.public_key.key_size < SHORTEST_RSA:
                continue
            return jwt.decode(id_token, public, algorithms=[algorithm]).claims
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            continue
    return None


def _fits(key: dict[str, Any], algorithm: str, key_type: str) -> bool:
    return (
        key.get("kty") == key_type
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (key_type != "EC" or key.get("crv") == "P-256")
    )


def _check_standard(claims: dict[str, Any], provider: Provider, at: float) -> None:
    rules = jwt.JWTClaimsRegistry(
        now=int(at),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    try:
        rules.validate(claims)
    except JoseError as fault:
        raise SignInRefused(Refusal.CLAIMS, type(fault).__name__) from fault
    # Exactly us: a token made for several parties is one that another party can replay
    if claims["aud"] not in (provider.client_id, [provider.client_id]):
        raise SignInRefused(Refusal.CLAIMS, "aud")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise SignInRefused(Refusal.CLAIMS, "azp")
    if claims["exp"] > at + LONGEST_LIFE:
        raise SignInRefused(Refusal.CLAIMS, "exp")


def _subject(claims: dict[str, Any], provider: Provider) -> str:
    if provider.entra_tenant is None:
        return _text(claims.get("sub"))
    # In Entra `sub` differs for each client; tenant and object together name the person for good
    if claims.get("tid") != provider.entra_tenant:
        raise SignInRefused(Refusal.TENANT)
    return f"{provider.entra_tenant}:{_text(claims.get('oid'))}"


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT or not value.isprintable():
        raise SignInRefused(Refusal.CLAIMS, "sub")
    return value

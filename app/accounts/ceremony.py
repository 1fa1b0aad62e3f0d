"""Making and using a passkey: what the browser is asked, and whether its answer proves what it says.

Needs no database. The site that a passkey is for comes from BASE_URL and from nothing that a request says. A
challenge is kept in the session, for one purpose, for a few minutes, and is used up by the first answer.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import webauthn
from flask import current_app, session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.clock_source import real_now

NAME = "Waymark"
KEPT = "passkey_challenge"
GOOD_FOR = 300.0
LONGEST_ANSWER = 20_000
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
DEFAULT_PORTS = {"https": 443, "http": 80}
Proved = TypeVar("Proved")


class PasskeyRefused(Exception):
    """The passkey cannot be made or accepted. The text is for the log and carries nothing that was sent."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a passkey is bound to: the host, and the exact origin of its pages."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What was asked of a browser: for what purpose, about what, and for which user handle where one is made."""

    value: bytes
    handle: bytes


@dataclass(frozen=True, slots=True)
class Credential:
    """A passkey as it was made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    handle: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """Which passkey a browser says that it has used, before anything is proved."""

    credential_id: bytes
    handle: bytes
    answer: dict[str, Any]


def site_of(base_url: str) -> Site | None:
    """The site of an address, or None where no browser makes passkeys: a bare number, or an unsafe address."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").lower()
    secure = parts.scheme == "https" or (parts.scheme == "http" and _this_machine(host))
    if not host or not secure or _is_number(host):
        return None
    port = f":{parts.port}" if parts.port and parts.port != DEFAULT_PORTS[parts.scheme] else ""
    return Site(host, f"{parts.scheme}://{host}{port}")


def site() -> Site:
    """The site of this installation. Raises PasskeyRefused where it can have no passkeys."""
    found = site_of(current_app.config["WAYMARK"].base_url)
    if found is None:
        raise PasskeyRefused("BASE_URL is not an address for which browsers make passkeys")
    return found


def ask_to_make(
    purpose: str, about: str, name: str, handle: bytes | None = None, known: tuple[bytes, ...] = ()
) -> dict[str, Any]:
    """What the browser is to be asked in order to make a passkey. `known` are those that the person has already."""
    handle = handle or secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=site().id,
        rp_name=NAME,
        user_id=handle,
        user_name=name,
        user_display_name=name,
        challenge=_begin(purpose, about, handle),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        supported_pub_key_algs=ALGORITHMS,
    )
    return _plain(options)


def ask_to_use(purpose: str, about: str = "") -> dict[str, Any]:
    """What the browser is to be asked in order to use whichever passkey its owner chooses."""
    options = webauthn.generate_authentication_options(
        rp_id=site().id,
        challenge=_begin(purpose, about, b""),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _plain(options)


def made(answer: str, purpose: str, about: str) -> Credential:
    """The passkey that the browser has made. Raises PasskeyRefused."""
    challenge, where = take(purpose, about), site()
    read = _read(answer)
    verified = _proved(
        lambda: webauthn.verify_registration_response(
            credential=read,
            expected_challenge=challenge.value,
            expected_rp_id=where.id,
            expected_origin=where.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    )
    return Credential(
        verified.credential_id, verified.credential_public_key, verified.sign_count, challenge.handle
    )


def shown(answer: str) -> Shown:
    """Which passkey an answer is about. Nothing is proved yet. Raises PasskeyRefused."""
    read = _read(answer)
    inner = read.get("response")
    if not isinstance(inner, dict):
        raise PasskeyRefused("the answer is not one")
    identifier, handle = _bytes(read.get("rawId")), _bytes(inner.get("userHandle"))
    if not identifier or not handle:
        raise PasskeyRefused("the answer does not say whose it is")
    return Shown(identifier, handle, read)


def used(found: Shown, challenge: Challenge, public_key: bytes, sign_count: int) -> int:
    """The passkey's new count of uses, where the answer proves that its holder was there. Raises PasskeyRefused."""
    where = site()
    verified = _proved(
        lambda: webauthn.verify_authentication_response(
            credential=found.answer,
            expected_challenge=challenge.value,
            expected_rp_id=where.id,
            expected_origin=where.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    )
    # Compared here and not by the library, so that a copied key is told apart in the log from a wrong answer.
    counts = verified.new_sign_count > 0 or sign_count > 0
    if counts and verified.new_sign_count <= sign_count:
        raise PasskeyRefused("the count of uses went back: the passkey may have been copied")
    return verified.new_sign_count


def _begin(purpose: str, about: str, handle: bytes) -> bytes:
    challenge = secrets.token_bytes(32)
    session[KEPT] = {
        "challenge": bytes_to_base64url(challenge),
        "purpose": purpose,
        "about": about,
        "handle": bytes_to_base64url(handle),
        "at": real_now().timestamp(),
    }
    return challenge


def take(purpose: str, about: str = "") -> Challenge:
    """The challenge of this session for that purpose, which is thereby used up. Raises PasskeyRefused."""
    kept = session.pop(KEPT, None)
    if not isinstance(kept, dict) or (kept["purpose"], kept["about"]) != (purpose, about):
        raise PasskeyRefused("nothing of the kind was begun in this session")
    if not 0 <= real_now().timestamp() - kept["at"] <= GOOD_FOR:
        raise PasskeyRefused("begun too long ago")
    value = base64url_to_bytes(kept["challenge"])
    if not _first(value):
        raise PasskeyRefused("the challenge was answered before")
    return Challenge(value, base64url_to_bytes(kept["handle"]))


def _first(challenge: bytes) -> bool:
    """Whether this is the first answer: two requests at once both find the challenge in the session."""
    mark = f"waymark:challenge:{hashlib.sha256(challenge).hexdigest()}"
    return bool(current_app.extensions["redis"].set(mark, b"1", nx=True, ex=int(GOOD_FOR * 2)))


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused("the answer is too long")
    try:
        read = json.loads(answer)
    except (ValueError, RecursionError):
        raise PasskeyRefused("the answer cannot be read") from None
    if not isinstance(read, dict):
        raise PasskeyRefused("the answer is not one")
    return read


def _proved(check: Callable[[], Proved]) -> Proved:
    try:
        return check()
    except Exception as fault:  # whatever a made-up answer breaks in the library, it proves nothing
        raise PasskeyRefused(f"not proved: {type(fault).__name__}") from fault


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > LONGEST_ANSWER:
        return b""
    try:
        return base64url_to_bytes(text)
    except ValueError:
        return b""


def _plain(options: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return read


def _this_machine(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

"""Speaking to providers: https only (loopback apart, in the demonstration), no redirects."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from app.accounts.oidc_types import Provider, ProviderUnreachable

CONNECT_AND_READ = (3.05, 5.0)
LONGEST_FETCH = 10.0
LARGEST_DOCUMENT = 512 * 1024
FRESH_FOR = 600.0
BETWEEN_REFETCHES = 30.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def checked_url(url: object, *, loopback: bool) -> str:
    """The address. Raises ProviderUnreachable where it is not https (or, if allowed, http on loopback)."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        host = parts.hostname if parts else None
    except ValueError:
        parts, host = None, None
    plain = loopback and parts is not None and parts.scheme == "http" and host in LOOPBACK
    if parts is None or not host or not (parts.scheme == "https" or plain):
        raise ProviderUnreachable("an address of the provider is not https")
    if parts.username is not None or parts.fragment:
        raise ProviderUnreachable("an address of the provider carries a name or a fragment")
    return str(url)


def get_json(url: str, *, loopback: bool) -> dict[str, Any]:
    """One JSON object over HTTP. Raises ProviderUnreachable for whatever else happens."""
    checked_url(url, loopback=loopback)
    try:
        with (
            requests.Session() as session,
            session.get(url, timeout=CONNECT_AND_READ, allow_redirects=False, stream=True) as response,
        ):
            if response.status_code != 200:
                raise ProviderUnreachable(f"HTTP {response.status_code}")
            content = json.loads(_body(response))
    except (requests.RequestException, ValueError, RecursionError) as fault:
        raise ProviderUnreachable(type(fault).__name__) from fault
    if not isinstance(content, dict):
        raise ProviderUnreachable("not a JSON object")
    return content


def _body(response: requests.Response) -> bytes:
    # A read time-out alone lets a provider send one byte every few seconds for ever
    until = time.monotonic() + LONGEST_FETCH
    body = b""
    for part in response.iter_content(16 * 1024):
        body += part
        if len(body) > LARGEST_DOCUMENT or time.monotonic() > until:
            raise ProviderUnreachable("the answer is too long")
    return body


@dataclass(frozen=True, slots=True)
class Metadata:
    """The few things that we take from a discovery document."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    names_itself: bool


@dataclass
class Directory:
    """Discovery documents and keys, remembered for ten minutes. One for each process; safe among threads."""

    loopback: bool = False
    fetch: Callable[..., dict[str, Any]] = get_json
    clock: Callable[[], float] = time.monotonic
    _documents: dict[str, tuple[float, Metadata]] = field(default_factory=dict)
    _keys: dict[str, tuple[float, list[dict[str, Any]]]] = field(default_factory=dict)
    _refetched: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def metadata(self, provider: Provider) -> Metadata:
        """The provider's addresses. Raises ProviderUnreachable, also where it says it is somebody else."""
        held = self._documents.get(provider.issuer)
        if held and self.clock() - held[0] < FRESH_FOR:
            return held[1]
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        document = self.fetch(address, loopback=self.loopback)
        if document.get("issuer") != provider.issuer:
            raise ProviderUnreachable("the discovery document is another issuer's")
        metadata = self._read(document)
        self._documents[provider.issuer] = (self.clock(), metadata)
        return metadata

    def _read(self, document: dict[str, Any]) -> Metadata:
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        checked = {name: checked_url(document.get(name), loopback=self.loopback) for name in needed}
        ending = document.get("end_session_endpoint")
        return Metadata(
            **checked,
            end_session_endpoint=checked_url(ending, loopback=self.loopback) if ending else None,
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        )

    def keys(self, provider: Provider) -> list[dict[str, Any]]:
        """The provider's public keys, as JWKs. Raises ProviderUnreachable."""
        held = self._keys.get(provider.issuer)
        if held and self.clock() - held[0] < FRESH_FOR:
            return held[1]
        return self._fetch_keys(provider)

    def keys_again(self, provider: Provider) -> list[dict[str, Any]] | None:
        """The keys fetched anew (they may have been rotated), or None where that was done moments ago."""
        with self._lock:
            last = self._refetched.get(provider.issuer)
            if last is not None and self.clock() - last < BETWEEN_REFETCHES:
                return None
            self._refetched[provider.issuer] = self.clock()
        return self._fetch_keys(provider)

    def _fetch_keys(self, provider: Provider) -> list[dict[str, Any]]:
        content = self.fetch(self.metadata(provider).jwks_uri, loopback=self.loopback).get("keys")
        keys = [key for key in content if isinstance(key, dict)] if isinstance(content, list) else []
        self._keys[provider.issuer] = (self.clock(), keys)
        return keys

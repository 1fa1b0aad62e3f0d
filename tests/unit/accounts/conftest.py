from __future__ import annotations

import pytest
import requests

from app.accounts.oidc import SignInClient
from app.accounts.provider_http import Directory
from tests.unit.accounts.hostile import NOW, Hostile, Wire


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Hostile:
    """A provider that behaves until told otherwise; no request of this test leaves the process."""
    made = Hostile()
    monkeypatch.setattr(requests.Session, "get_adapter", lambda _session, url: Wire(made))
    return made


@pytest.fixture
def oidc(hostile: Hostile, clock: Clock) -> SignInClient:
    return SignInClient(Directory(clock=clock), clock, {"COUNCIL_SECRET": "s3cret"})

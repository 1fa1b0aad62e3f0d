"""Pauses between tries, the registry of handlers, and the points of crashing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import crash
from app.outbox import handlers
from app.outbox.jobs import FIRST_PAUSE, LONGEST_PAUSE, pause_after


def test_pauses_double_up_to_an_hour() -> None:
    pauses = [pause_after(attempt) for attempt in range(40)]
    assert pauses[1:4] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE == timedelta(hours=1)


def test_a_kind_has_one_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "HANDLERS", {})

    def first(args: dict[str, str], now: datetime) -> None: ...

    def second(args: dict[str, str], now: datetime) -> None: ...

    handlers.handler("kind")(first)
    handlers.handler("kind")(first)
    with pytest.raises(ValueError, match="two handlers"):
        handlers.handler("kind")(second)
    assert {"kind": first} == handlers.HANDLERS


@pytest.mark.parametrize(
    ("mode", "named", "crashes"),
    [
        ("test", "here", True),
        ("test", "elsewhere", False),
        ("production", "here", False),
        ("demonstration", "here", False),
        ("", "here", False),
    ],
)
def test_only_a_test_crashes(monkeypatch: pytest.MonkeyPatch, mode: str, named: str, crashes: bool) -> None:
    ended: list[int] = []
    monkeypatch.setattr(crash.os, "_exit", ended.append)
    monkeypatch.setenv("WAYMARK_MODE", mode)
    monkeypatch.setenv("WAYMARK_CRASH", named)
    crash.crash("here")
    assert ended == ([137] if crashes else [])

"""Ports of the demonstration."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from embedded import serve
from embedded.identity import Refused


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


@pytest.mark.parametrize("typed", ["", "0", "65536", "eighty", "-1", "80.5", "\u0661\u0662"])
def test_a_port_that_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("PORT", typed)

    with pytest.raises(Refused, match="PORT must be a number"):
        serve._ports()


def test_a_taken_port_is_said_so_in_one_line(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setenv("PORT", str(taken))

    with pytest.raises(Refused, match=rf"^Port {taken} cannot be used \(it is taken\)\. Choose another.*$"):
        serve._ports()


def test_a_port_that_browsers_refuse_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5060")

    with pytest.raises(Refused, match="Browsers refuse port 5060"):
        serve._ports()


def test_the_outside_world_follows_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5058")
    monkeypatch.setattr(serve, "_fault", lambda port: "taken" if port == 5059 else "")

    assert serve._ports() == (5058, 5062, 5063)


def test_where_no_port_follows_those_before_it_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "65535")
    monkeypatch.setattr(serve, "_fault", lambda _port: "")

    assert serve._ports() == (65535, 65534, 65533)


def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    class Servers:
        environment = {"DATABASE_URL": "postgresql:///x"}
        secrets = {"secret_key": "s", "oidc_client_secret": "o"}
        data = serve.ROOT

    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.delenv("NO_PROXY", raising=False)

    made = serve._environment(Servers(), 8000, 8001, 8002)  # type: ignore[arg-type]

    assert made["no_proxy"] == "127.0.0.1,localhost,example.org"
    assert made["NO_PROXY"] == "127.0.0.1,localhost"
    assert made["WAYMARK_MODE"] == "demonstration"

"""A mail server that keeps what it accepts, and a partnership of its own whose work is the only work due."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import text

from app.clock_source import real_now
from app.outbox.sweeper import relay_engine
from tests.support.held_back import others_held_back
from tests.support.places import Place, fresh_place
from tests.support.servers import ROOT, Servers


@dataclass
class Sink:
    """What the mail server was given. `answers` are what it says to a recipient, one for each time it is
    asked."""

    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    data_answer: str = "250 kept"
    port: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: ANN001, N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ANN001, N802
        if self.data_answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return self.data_answer


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        made.port = probe.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    yield made
    controller.stop()


@pytest.fixture
def here(servers: Servers, sink: Sink, owner_of: Flask, tmp_path: Path) -> Iterator[Place]:
    """A fresh partnership, reached by an application that sends to the sink. All other work is held back."""
    from app import create_app

    app = create_app(replace(servers.config, smtp_port=sink.port))
    place = fresh_place(app, owner_of, tmp_path)
    with others_held_back(app):
        yield place
    with relay_engine(app).begin() as connection:
        connection.execute(
            text("update job_intents set lease_until = :later where partnership_id = :p and done_at is null"),
            {"later": real_now() + timedelta(days=9000), "p": place.id},
        )


@pytest.fixture
def leases_run_out(here: Place) -> Callable[[], None]:
    """Let a minute pass for the leases of this partnership."""

    def run_out() -> None:
        with relay_engine(here.app).begin() as connection:
            connection.execute(
                text("update job_intents set lease_until = :past where partnership_id = :p"),
                {"past": real_now() - timedelta(seconds=1), "p": here.id},
            )

    return run_out


@pytest.fixture
def worker_process(servers: Servers, sink: Sink) -> Callable[..., subprocess.Popen[bytes]]:
    """Start the worker as a process of its own, told to crash at a point where one is named."""

    def start(*arguments: str, crash: str = "") -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            **servers.environment,
            "SMTP_PORT": str(sink.port),
            "WAYMARK_CRASH": crash,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.outbox.work", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return start

"""The whole product, started as a person starts it, with the demonstration's people in real browsers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import Live, Person

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 90.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests here need Debian's Chromium; without it they are skipped, by name."""
    missing = pytest.mark.skip(reason="Debian's Chromium is not installed")
    for item in items:
        if Path(item.path).is_relative_to(ROOT / "tests" / "browser"):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(missing)


def _free_ports() -> int:
    """A port above which some more are likely to be free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """`script/server`'s own process tree on a folder and a port of its own, stopped by its process id."""
    with tempfile.TemporaryDirectory(prefix="waymark-live-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        port = _free_ports()
        log = Path(folder) / "server.log"
        environment = {
            **os.environ,
            "PORT": str(port),
            "WAYMARK_DATA": f"{folder}/data",
            "PYTHONPATH": str(ROOT),
        }
        with open(log, "wb") as output:
            server = subprocess.Popen(
                [sys.executable, "-m", "embedded.serve"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        try:
            deadline = time.monotonic() + PATIENCE
            while "Press Ctrl-C" not in log.read_text(errors="replace"):
                assert server.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < deadline, log.read_text(errors="replace")
                time.sleep(0.1)
            yield Live.read(log.read_text(errors="replace"))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def as_person(live: Live, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Somebody signed in, in a browser of their own, which is closed after the test."""
    opened: list[Person] = []

    def sign_in(organisation: str, name: str, width: int = 1280) -> Person:
        person = Person.sign_in(live, browser, organisation, name, width)
        opened.append(person)
        return person

    yield sign_in
    for person in opened:
        person.close()

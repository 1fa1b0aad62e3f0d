"""`script/server`: everything a person needs to try Waymark, in one process tree that leaves nothing behind."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import FrameType

from embedded import environment as kept
from embedded import paths
from embedded.children import Child
from embedded.identity import Refused
from embedded.servers import Embedded

ROOT = paths.ROOT
REFUSED_BY_BROWSERS = {
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
}  # fmt: skip
LOOPBACK = "127.0.0.1,localhost"
NO_PROXY = ("no_proxy", "NO_PROXY")
STOPPING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
PATIENCE = 60.0


class Stop(Exception):
    """Somebody asked us to stop."""


def main() -> int:
    """Run until asked to stop. Returns the exit code."""
    begun = time.monotonic()
    os.umask(0o077)
    try:
        for number in STOPPING:
            signal.signal(number, _stop)
        web, world, mail = _ports()
        _say(begun, f"data in {paths.data_folder()}")
        with Embedded(paths.data_folder()) as servers:
            _say(begun, "PostgreSQL and Redis are running")
            _serve(begun, servers, web, world, mail)
    except Stop:
        _print("Stopped. Everything is kept for the next start.")
        return 0
    except (RuntimeError, subprocess.SubprocessError, OSError) as error:
        with suppress(OSError):
            print(str(error), file=sys.stderr, flush=True)
        return 2
    return 0


def _serve(begun: float, servers: Embedded, web: int, world: int, mail: int) -> None:
    environment = _environment(servers, web, world, mail)
    _run_once([sys.executable, "-m", "flask", "demo", "prepare"], environment)
    _say(begun, "schema, partnerships and invented people are ready")
    children = _children(servers.data, environment, web, world, mail)
    try:
        kept.keep(servers.data, _settings(servers, web, world, mail))
        for child in children:
            child.start()
        _await(f"http://localhost:{web}/health", children)
        _await(f"http://127.0.0.1:{world}/mail", children)
        _say(begun, "all running")
        _welcome(environment, web, world)
        while True:
            time.sleep(0.5)
            said = [*servers.watch(), *(child.watch() for child in children)]
            for line in filter(None, said):
                _say(begun, line)
    finally:
        _no_more_signals()
        kept.forget(servers.data)
        for child in reversed(children):
            child.stop()


def _environment(servers: Embedded, web: int, world: int, mail: int) -> dict[str, str]:
    return {
        **os.environ,
        **_settings(servers, web, world, mail),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        # What is on this machine is not asked for through a proxy, whatever the environment says of one.
        **{name: f"{LOOPBACK},{os.environ[name]}" if os.environ.get(name) else LOOPBACK for name in NO_PROXY},
    }


def _settings(servers: Embedded, web: int, world: int, mail: int) -> dict[str, str]:
    """What the product reads from its environment."""
    return {
        **servers.environment,
        "WAYMARK_MODE": "demonstration",
        "FLASK_APP": "app:create_app",
        "SECRET_KEY": servers.secrets["secret_key"],
        "OIDC_DEMO_CLIENT_SECRET": servers.secrets["oidc_client_secret"],
        # Not the number: browsers make passkeys for names only, and this one is always this machine.
        "BASE_URL": f"http://localhost:{web}",
        "OIDC_DEMO_ISSUER_BASE": f"http://127.0.0.1:{world}",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail),
        "WAYMARK_ANCHOR_DIR": str(servers.data / "anchors"),
    }


def _children(data: Path, environment: dict[str, str], web: int, world: int, mail: int) -> list[Child]:
    demo = [
        sys.executable,
        "-m",
        "demo_world",
        "--port",
        str(world),
        "--smtp-port",
        str(mail),
        "--data",
        str(data / "world"),
    ]
    server = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{web}", "--worker-class", "gthread", "--workers", "2",
        "--threads", "8", "--log-level", "warning", "--no-control-socket", "app:create_checked_app()",
    ]  # fmt: skip
    commands = [
        ("The outside world", demo),
        ("The worker", [sys.executable, "worker.py"]),
        ("The web server", server),
    ]
    return [Child(name, command, environment, str(ROOT)) for name, command in commands]


def _run_once(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused((done.stderr or done.stdout).strip()[-2000:] or "the data could not be prepared")


def _await(address: str, children: list[Child]) -> None:
    deadline = time.monotonic() + PATIENCE
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        for child in children:
            child.watch()
        try:
            with direct.open(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Refused(f"{address} did not answer within {PATIENCE:.0f} seconds.")


def _welcome(environment: dict[str, str], web: int, world: int) -> None:
    people = subprocess.run(
        [sys.executable, "-m", "flask", "demo", "people"], env=environment, cwd=ROOT, capture_output=True, text=True,
        check=False,
    ).stdout  # fmt: skip
    _print(
        f"\nWho can sign in (no password; every person is invented):\n\n{people}"
        f"Waymark:               http://localhost:{web}/\n"
        f"E-mail that was sent:  http://127.0.0.1:{world}/mail\n"
        f"The clock, to move:    http://localhost:{web}/demo/clock\n"
        "\nPress Ctrl-C to stop."
    )


def _ports() -> tuple[int, int, int]:
    typed = os.environ.get("PORT", "8000")
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= 65535):
        raise Refused(f"PORT must be a number from 1 to 65535, not '{typed}'.")
    web = int(typed)
    if web in REFUSED_BY_BROWSERS:
        raise Refused(f"Browsers refuse port {web}. Choose another: PORT=8080 script/server")
    fault = _fault(web)
    if fault:
        raise Refused(f"Port {web} cannot be used ({fault}). Choose another: PORT=8080 script/server")
    world, mail = islice(_others(web), 2)
    return web, world, mail


def _others(web: int) -> Iterator[int]:
    """Free ports for the outside world: those that follow the web's, and where they run out, those before it."""
    for candidate in (*range(web + 1, 65536), *range(web - 1, 1023, -1)):
        if candidate not in REFUSED_BY_BROWSERS and not _fault(candidate):
            yield candidate


def _fault(port: int) -> str:
    """Why nothing can listen on a port, or nothing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return "it is taken" if error.errno == errno.EADDRINUSE else str(error.strerror).lower()
    return ""


def _say(begun: float, text: str) -> None:
    _print(f"[{time.monotonic() - begun:5.1f} s] {text}")


def _print(text: str) -> None:
    with suppress(OSError):  # a closed terminal is no reason to stop uncleanly
        print(text, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _no_more_signals()
    raise Stop


def _no_more_signals() -> None:
    """From here on everything is being stopped: a second Ctrl-C must not leave a process behind."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())

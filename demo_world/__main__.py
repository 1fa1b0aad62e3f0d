"""`python -m demo_world`: the providers and the mail server of the demonstration, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from demo_world.authority import Client
from demo_world.mailbox import Mailbox, start_sink
from demo_world.people import STANDARD, PeopleError, load
from demo_world.server import make_app

CLIENT_ID = "waymark"


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request: addresses carry codes, which belong in no log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop. Returns 0, or 2 where the file of people cannot be used."""
    options = _options(arguments)
    try:
        organisations = load(options.people)
    except (OSError, PeopleError, ValueError) as fault:
        print(f"The demonstration's people cannot be read: {fault}", file=sys.stderr)
        return 2
    base = os.environ.get("OIDC_DEMO_ISSUER_BASE") or f"http://127.0.0.1:{options.port}"
    client = Client(
        CLIENT_ID,
        secret=os.environ.get("OIDC_DEMO_CLIENT_SECRET", ""),
        base_url=os.environ.get("BASE_URL", "http://localhost:8000").rstrip("/"),
    )
    os.umask(0o077)
    app = make_app(organisations, base, options.data, client)
    web = make_server("127.0.0.1", options.port, app, threaded=True, request_handler=Quiet)
    sink = start_sink(Mailbox(options.data / "mail"), options.smtp_port)
    _stop_on_signals(web)
    print(f"Organisations' sign-in pages at {base}, mail at {base}/mail", flush=True)
    try:
        web.serve_forever()
    finally:
        web.server_close()
        sink.stop()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo_world", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port of the providers and the mail page")
    parser.add_argument("--smtp-port", type=int, required=True, help="port of the mail server")
    parser.add_argument("--data", type=Path, required=True, help="folder for keys and mail")
    parser.add_argument("--people", type=Path, default=STANDARD, help="TOML file of people")
    return parser.parse_args(arguments)


def _stop_on_signals(web: object) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread
        threading.Thread(target=web.shutdown, daemon=True).start()  # type: ignore[attr-defined]

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)


if __name__ == "__main__":
    sys.exit(main())

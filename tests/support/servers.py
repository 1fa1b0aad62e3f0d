"""The real PostgreSQL and Redis for tests: one pair for each test process, in a folder of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.clock_source import real_now
from config import Config, Mode, from_environment
from embedded.servers import Embedded

ROOT = Path(__file__).resolve().parents[2]
SECRET = "only-for-tests-" + "t" * 32


@dataclass(frozen=True, slots=True)
class Servers:
    """Running servers, and the configuration that reaches them."""

    embedded: Embedded
    config: Config
    environment: dict[str, str]


@contextmanager
def running() -> Iterator[Servers]:
    """Start both servers, migrate, provision the four partnerships and load the invented people."""
    with tempfile.TemporaryDirectory(prefix="waymark-test-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)  # root drops to a user that must pass through
        with Embedded(Path(folder) / "data", durable=False) as embedded:
            environment = {
                **embedded.environment,
                "WAYMARK_MODE": Mode.TEST.value,
                "SECRET_KEY": SECRET,
                "BASE_URL": "http://localhost:8000",
                "WAYMARK_ANCHOR_DIR": str(Path(folder) / "anchors"),
                "OIDC_DEMO_ISSUER_BASE": "http://127.0.0.1:8001",
                "OIDC_DEMO_CLIENT_SECRET": "only-for-tests",
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": "9",
            }
            config = from_environment(environment).checked()
            prepare(config)
            yield Servers(embedded, config, environment)


def prepare(config: Config) -> None:
    """Bring an empty database to the state that the demonstration starts from."""
    from flask_migrate import upgrade

    from app import create_app
    from app.demo.load import load
    from app.partnerships.service import add, owner_app

    with create_app(config).app_context():
        upgrade(directory=str(ROOT / "migrations"))
    owner = owner_app(config)
    for file in sorted((ROOT / "tenants" / "partnerships").glob("*.toml")):
        with owner.app_context():
            add(file, real_now())
    load(owner, config.demo_issuer_base, real_now())

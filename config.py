"""Configuration from the environment.

Production is the default mode, and refuses to start on a missing or well-known secret. The demonstration and the
tests say so themselves (`WAYMARK_MODE`). Reading the configuration needs neither a database nor secrets: they are
asked for when the application that serves people is made (`Config.checked`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from limits import parse_many

# How often somebody may ask, where the environment does not say otherwise. A whole council may come from one address.
LIMITS = {
    "sign_in": "120 per minute; 1500 per hour",
    "invitation": "30 per minute; 200 per hour",
    "search": "120 per minute",
    "autosave": "240 per minute",
}
WELL_KNOWN_SECRETS = {"", "secret", "changeme", "change-me", "dev", "development", "test", "password"}
SHORTEST_SECRET = 32
FIELDS = {"WAYMARK_ANCHOR_DIR": "anchor_dir"}


class Mode(StrEnum):
    """What this process is for."""

    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"
    TEST = "test"


class ConfigurationError(Exception):
    """The environment does not say enough, or says something unsafe."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the product reads from its environment."""

    mode: Mode = Mode.PRODUCTION
    database_url: str = ""
    database_owner_url: str = ""
    database_relay_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    base_url: str = "http://localhost:8000"
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_from: str = "waymark@localhost"
    smtp_starttls: bool = True
    smtp_username: str = ""
    smtp_password: str = ""
    anchor_dir: str = ""
    demo_issuer_base: str = ""
    trusted_proxies: int = 0
    limit_sign_in: str = ""
    limit_invitation: str = ""
    limit_search: str = ""
    limit_autosave: str = ""

    @property
    def cookie_name(self) -> str:
        """The session's cookie. Over https a browser then takes it from this host and path only."""
        return "__Host-waymark" if self.base_url.startswith("https://") else "waymark"

    @property
    def demonstrates(self) -> bool:
        """Whether invented data and a movable clock are allowed."""
        return self.mode is not Mode.PRODUCTION

    def checked(self) -> Config:
        """Return self, or raise ConfigurationError naming every setting that is missing or unsafe."""
        faults = [
            f"{name} is not set"
            for name in self._needed()
            if not getattr(self, FIELDS.get(name, name.lower()))
        ]
        if self.secret_key and self.mode is Mode.PRODUCTION:
            if self.secret_key.lower() in WELL_KNOWN_SECRETS or len(self.secret_key) < SHORTEST_SECRET:
                faults.append(f"SECRET_KEY must be {SHORTEST_SECRET} random characters or more")
            if not self.base_url.startswith("https://"):
                faults.append("BASE_URL must begin with https:// in production")
        if faults:
            raise ConfigurationError("Waymark cannot start: " + "; ".join(faults) + ".")
        return self

    def _needed(self) -> tuple[str, ...]:
        needed = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
        more = ("DATABASE_RELAY_URL", "SMTP_HOST", "WAYMARK_ANCHOR_DIR")
        return (*needed, *more) if self.mode is Mode.PRODUCTION else needed


def from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """Read the configuration. Raises ConfigurationError where a value cannot be understood."""
    env = os.environ if environment is None else environment
    try:
        mode = Mode(env.get("WAYMARK_MODE", Mode.PRODUCTION.value))
    except ValueError:
        raise ConfigurationError("WAYMARK_MODE must be production, demonstration or test.") from None
    return Config(
        mode=mode,
        database_url=env.get("DATABASE_URL", ""),
        database_owner_url=env.get("DATABASE_OWNER_URL", ""),
        database_relay_url=env.get("DATABASE_RELAY_URL", ""),
        redis_url=env.get("REDIS_URL", ""),
        secret_key=env.get("SECRET_KEY", ""),
        base_url=env.get("BASE_URL", "http://localhost:8000").rstrip("/"),
        smtp_host=env.get("SMTP_HOST", ""),
        smtp_port=_number(env, "SMTP_PORT", 25),
        smtp_from=env.get("SMTP_FROM", "waymark@localhost"),
        smtp_starttls=env.get("SMTP_STARTTLS", "yes" if mode is Mode.PRODUCTION else "no") == "yes",
        smtp_username=env.get("SMTP_USERNAME", ""),
        smtp_password=env.get("SMTP_PASSWORD", ""),
        anchor_dir=env.get("WAYMARK_ANCHOR_DIR", ""),
        demo_issuer_base=env.get("OIDC_DEMO_ISSUER_BASE", ""),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0),
        **{f"limit_{name}": _limit(env, name, mode) for name in LIMITS},
    )


def _limit(env: Mapping[str, str], name: str, mode: Mode) -> str:
    """How often, as LIMIT_SIGN_IN and the like say it. Tests have no limits unless they ask for some."""
    variable = f"LIMIT_{name.upper()}"
    often = env.get(variable, "" if mode is Mode.TEST else LIMITS[name])
    try:
        parse_many(often) if often else []
    except ValueError:
        raise ConfigurationError(f"{variable} must be like '60 per minute; 500 per hour'.") from None
    return often


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise ConfigurationError(f"{name} must be a whole number.")
    return int(text)

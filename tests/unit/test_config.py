"""The configuration: production refuses what is missing or unsafe, by name."""

from __future__ import annotations

import pytest

from config import ConfigurationError, Mode, from_environment

SAFE = {
    "DATABASE_URL": "postgresql+psycopg://a", "DATABASE_RELAY_URL": "postgresql+psycopg://r", "REDIS_URL": "redis://x",
    "SECRET_KEY": "k" * 32, "SMTP_HOST": "mail.example", "BASE_URL": "https://waymark.example",
    "WAYMARK_ANCHOR_DIR": "/srv/anchors",
}  # fmt: skip


def test_production_is_the_default_and_starts_when_all_is_said() -> None:
    config = from_environment(SAFE).checked()
    assert config.mode is Mode.PRODUCTION
    assert not config.demonstrates


@pytest.mark.parametrize("missing", sorted(set(SAFE) - {"BASE_URL"}))
def test_a_missing_setting_is_named(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        from_environment({name: value for name, value in SAFE.items() if name != missing}).checked()


@pytest.mark.parametrize("secret", ["changeme", "secret", "short", "x" * 31])
def test_a_well_known_or_short_secret_is_refused(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        from_environment({**SAFE, "SECRET_KEY": secret}).checked()


def test_production_needs_https() -> None:
    with pytest.raises(ConfigurationError, match="https"):
        from_environment({**SAFE, "BASE_URL": "http://waymark.example"}).checked()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAYMARK_MODE", "prod"),
        ("SMTP_PORT", "twenty"),
        ("SMTP_PORT", "２５"),
        ("TRUSTED_PROXIES", "-1"),
        ("LIMIT_SIGN_IN", "often"),
        ("LIMIT_SEARCH", "0"),
        ("LIMIT_AUTOSAVE", "5 per fortnight"),
    ],
)
def test_a_value_that_cannot_be_understood_is_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        from_environment({**SAFE, name: value})


def test_people_are_limited_unless_the_environment_says_otherwise_and_tests_are_not() -> None:
    assert from_environment(SAFE).limit_sign_in
    assert from_environment({**SAFE, "LIMIT_SEARCH": "7 per minute"}).limit_search == "7 per minute"
    tested = from_environment({**SAFE, "WAYMARK_MODE": "test"})
    assert (tested.limit_sign_in, tested.limit_invitation, tested.limit_search, tested.limit_autosave) == (
        "",
    ) * 4

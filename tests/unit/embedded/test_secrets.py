"""The passwords made at first start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embedded import secrets
from embedded.identity import Refused


def test_every_secret_is_made_long_and_different(tmp_path: Path) -> None:
    made = secrets.load_or_make(tmp_path)

    assert set(made) == set(secrets.NAMES)
    assert len(set(made.values())) == len(secrets.NAMES)
    assert min(len(value) for value in made.values()) >= 40


def test_they_are_kept_in_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    first = secrets.load_or_make(tmp_path)
    (tmp_path / "secrets.json").chmod(0o644)

    assert secrets.load_or_make(tmp_path) == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["secrets.json"]


def test_a_secret_that_a_later_version_needs_is_added(tmp_path: Path) -> None:
    first = secrets.load_or_make(tmp_path)
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({name: value for name, value in first.items() if name != "redis"}))

    second = secrets.load_or_make(tmp_path)

    assert second["redis"] != first["redis"]
    assert {**second, "redis": ""} == {**first, "redis": ""}


def test_what_a_killed_start_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "secrets.new").write_text("{")

    assert set(secrets.load_or_make(tmp_path)) == set(secrets.NAMES)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"redis": 3}', "\u00e9"])
def test_a_damaged_file_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content, encoding="utf-8")

    with pytest.raises(Refused, match="damaged"):
        secrets.load_or_make(tmp_path)

    assert (tmp_path / "secrets.json").read_text(encoding="utf-8") == content


def test_data_without_its_passwords_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres.made").touch()

    with pytest.raises(Refused, match="is missing"):
        secrets.load_or_make(tmp_path)

"""The shared macros, and the built files: what they show and what they must not hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "app" / "static" / "build"


def test_conflict_shows_both_texts_escaped(small: Flask) -> None:
    template = small.jinja_env.get_template("components/conflict.html")
    shown = str(template.module.conflict_difference([("Why", "<b>theirs</b>", "")], who="Ruth"))
    assert "&lt;b&gt;theirs&lt;/b&gt;" in shown
    assert "<b>" not in shown
    assert "nothing</td>" in shown
    assert "Ruth" in shown


def test_error_summary_links_to_the_fields(small: Flask) -> None:
    template = small.jinja_env.get_template("components/error_summary.html")
    shown = str(template.module.error_summary([("why", "Enter <why>")]))
    assert '<a href="#why">Enter &lt;why&gt;</a>' in shown
    assert not str(template.module.error_summary([])).strip()


@pytest.mark.parametrize("unwanted", ["GDS Transport", "crest", "crown", "@font-face", "@import", "url("])
def test_the_stylesheet_holds_nothing_of_gov_uk_s_own_and_loads_nothing(unwanted: str) -> None:
    assert unwanted not in (BUILD / "waymark.css").read_text()


def test_licences_are_kept_with_what_they_cover() -> None:
    licences = (BUILD / "LICENSES.txt").read_text()
    assert licences.count("Permission is hereby granted, free of charge") == 2
    assert "Government Digital Service" in licences
    assert "Ministry of Justice" in licences


def test_the_lock_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://registry" not in lock

"""`flask partnerships add`: one file, checked, with every fault named; no restart, no code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.support.people import client_of, find
from tests.support.places import DESCRIPTION, Place
from tests.support.servers import ROOT, Servers

GOOD = DESCRIPTION.format(slug="northmere", prefix="NMR", code="E06000999", clocks='"B1-08" = 2')


def flask(servers: Servers, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **servers.environment,
        "PYTHONPATH": str(ROOT),
        "FLASK_APP": "app:create_app",
        "PATH": "/usr/bin:/bin",
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_partnership_is_added_while_the_product_runs(servers: Servers, app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    assert client.get("/theme/northmere.css").status_code == 404
    file = tmp_path / "northmere.toml"
    file.write_text(GOOD, encoding="utf-8")
    added = flask(servers, "partnerships", "add", str(file))
    assert added.returncode == 0, added.stderr
    assert "northmere: added" in added.stdout
    assert client.get("/theme/northmere.css").status_code == 200
    assert "nothing new" in flask(servers, "partnerships", "add", str(file)).stdout
    file.write_text(GOOD.replace("= 2", "= 3"), encoding="utf-8")
    assert "settings edition 2 adopted" in flask(servers, "partnerships", "add", str(file)).stdout
    assert (
        "northmere: 2 events, whole"
        in flask(servers, "ledger", "verify", "--partnership", "northmere").stdout
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[clocks]", "[clocks"), "is not TOML"),
        (('lig_name = "Learning Inquiry Group"', ""), "'lig_name' is missing"),
        (('"E06000999"', '"99"'), "is not an ONS code"),
        (('partner = "icb"', ""), "exactly one agency must be the safeguarding partner 'icb'"),
        (('colour = "#1b5a7a"', 'colour = "red"'), "'colour' must be like"),
        (('"B1-08" = 2', '"B1-03" = 6'), "statutory"),
        (('"B1-08" = 2', '"B9-99" = 1'), "no clock B9-99"),
        (('"B1-08" = 2', '"B1-08" = 0'), "1 or more"),
        (('"E06000999"', '"E06000046"'), "already covered by another partnership"),
    ],
)
def test_every_fault_is_named_and_nothing_is_added(
    owner_of: Flask, tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    run = owner_of.test_cli_runner()
    file = tmp_path / "southmere.toml"
    file.write_text(
        GOOD.replace("northmere", "southmere").replace("NMR", "SMR").replace(*change), encoding="utf-8"
    )
    refused = run.invoke(args=["partnerships", "add", str(file)])
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit)  # said, and not fallen over
    assert said in refused.output
    assert "southmere" not in run.invoke(args=["partnerships", "list"]).output


def test_a_file_that_is_not_there_is_one_clear_line(servers: Servers) -> None:
    refused = flask(servers, "partnerships", "add", "nowhere.toml")
    assert refused.returncode == 1
    assert "does not exist" in refused.stderr


def test_a_new_partnership_is_alone(fresh: Place, app: Flask) -> None:
    from app.access.roles import Role
    from tests.support.places import place

    somebody = find(place(app, "isle-of-wight"), Role.PARTNERSHIP_TEAM)
    assert client_of(app, somebody).get(f"/{fresh.slug}/tasks").status_code == 404

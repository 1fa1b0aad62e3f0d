"""Every form: refused without this session's token before anything is done, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app.access.roles import Role
from app.extensions import csrf
from tests.integration.access.test_matrix import World
from tests.integration.attacks.walks import Step, statements, steps, writes
from tests.support.people import client_of, find
from tests.support.places import Place

TYPED = {
    "rationale": "Typed for <a long> time\r\nand more",
    "way": "kept",
    "csrf_token": "of another session",
}
OURS = {"Origin": "http://localhost"}


def ask(client: FlaskClient, step: Step, **more: object) -> tuple[int, str, list[str]]:
    """Send the form; the status, the page, and what was written to the database."""
    with statements(client.application) as told:
        answer = client.post(step.path, **more)  # type: ignore[arg-type]
    return answer.status_code, answer.text, writes(told)


def test_no_route_is_exempt() -> None:
    assert csrf._exempt_views == set()
    assert csrf._exempt_blueprints == set()


def test_every_form_without_its_token_is_refused_before_anything_is_done(
    csrf_app: Flask, world: World
) -> None:
    walk = steps(csrf_app, world, "POST")
    faults = []
    for step in walk:
        client = client_of(csrf_app, step.who)
        for carried in ({}, {"csrf_token": "wrong"}, {"csrf_token": ""}):
            status, _page, wrote = ask(client, step, data=carried)
            if status != 400 or wrote:
                faults.append(f"{step.path}: {status}, {wrote}")
        status, _page, wrote = ask(client, step, json={"csrf_token": "wrong"})
        if status != 400 or wrote:
            faults.append(f"{step.path} as JSON: {status}, {wrote}")
    print(f"\n{len(walk)} forms sent without their token")
    assert faults == []
    assert len(walk) > 40


def test_a_form_sent_from_another_site_is_refused_and_its_words_are_not_shown(
    csrf_app: Flask, world: World
) -> None:
    for step in steps(csrf_app, world, "POST"):
        status, page, wrote = ask(
            client_of(csrf_app, step.who), step, data=TYPED, headers={"Origin": "https://evil.example"}
        )
        assert (status, wrote) == (400, [])
        assert "Typed for" not in page


def again(page: str) -> dict[str, str]:
    """What the page's own form would send once more."""
    form = BeautifulSoup(page, "html.parser").select_one("main form")
    assert form is not None
    return {"action": form["action"], **{one["name"]: one["value"] for one in form.select("input[name]")}}


def test_every_form_that_is_sent_too_late_gives_back_what_was_typed(csrf_app: Flask, world: World) -> None:
    faults = []
    for step in steps(csrf_app, world, "POST"):
        for who in (None, step.who):
            if who is None and step.permission is None:
                continue  # somebody who is not signed in may use it
            status, page, wrote = ask(client_of(csrf_app, who), step, data=TYPED, headers=OURS)
            wanted = 401 if who is None else 400
            kept = again(page)
            sent = {name: kept.get(name, "").replace("\r\n", "\n") for name in ("rationale", "way", "action")}
            if (status, wrote) != (wanted, []) or sent != {
                "rationale": "Typed for <a long> time\nand more", "way": "kept", "action": step.path,
            }:  # fmt: skip
                faults.append(f"{step.path} {who and who.name}: {status} {sent} {wrote}")
            if "Typed for &lt;a long&gt; time" not in page:
                faults.append(f"{step.path}: what was typed is not shown")
    assert faults == []


def test_a_form_that_was_sent_too_late_is_sent_again_after_signing_in_and_recorded_once(
    csrf_app: Flask, world: World
) -> None:
    """As a person without JavaScript does it: the page that gave the typing back sends it once more."""
    team = world.own[Role.PARTNERSHIP_TEAM]
    path = f"/{world.place.slug}/deputies/name"
    client = client_of(csrf_app, None)
    late = client.post(path, data={"reason": "Leave", "principal": "", "submission_key": "k"}, headers=OURS)
    assert late.status_code == 401
    signed_in = client_of(csrf_app, team)  # in another tab
    stale = again(late.text)
    assert stale.pop("action") == path
    answer = signed_in.post(path, data=stale, headers=OURS)
    assert answer.status_code == 400
    assert f"You are signed in as {team.name}" in answer.text
    fresh = again(answer.text)
    assert fresh.pop("action") == path
    arrived = signed_in.post(path, data=fresh, headers=OURS)
    assert "This form had gone stale" not in arrived.text
    assert 'value="Leave"' in arrived.text  # the form's own page, with its own questions about the rest


@pytest.mark.parametrize("header", [{}, {"Origin": "null"}, {"Referer": "https://evil.example/"}])
def test_a_form_of_unknown_origin_is_not_offered_again(
    csrf_app: Flask, wight: Place, header: dict[str, str]
) -> None:
    answer = client_of(csrf_app, find(wight, Role.LIG_CHAIR)).post(
        "/isle-of-wight/cases/IOW-2222-2/initial-view", data=TYPED, headers=header
    )
    assert answer.status_code == 400
    assert "Send it again" not in answer.text


def test_what_a_script_sent_is_not_offered_again(csrf_app: Flask, wight: Place) -> None:
    answer = client_of(csrf_app, None).post(
        "/isle-of-wight/cases/IOW-2222-2/initial-view",
        data=TYPED,
        headers={**OURS, "X-Requested-With": "autosave"},
    )
    assert answer.status_code == 401
    assert "Send it again" not in answer.text

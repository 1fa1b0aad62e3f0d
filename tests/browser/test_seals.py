"""Somebody is sealed out of a case in browsers, and sees nothing of it from then on; a conflict is declared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.people import Person
from tests.browser.played import Play, playing, respond
from tests.browser.test_contested import POLICE, to_partners


@pytest.fixture
def play(app: Flask, browser: Browser) -> Iterator[Play]:
    with playing(app, browser) as played:
        yield played


def choose(person: Person, name: str) -> None:
    """Choose somebody from the list of members by name."""
    option = person.page.locator(f'#person option:has-text("{name}")')
    person.page.select_option("#person", value=option.get_attribute("value"))


def finds_nothing(person: Person, reference: str, path: str) -> None:
    """Neither the case nor a word of it anywhere."""
    assert person.go(path) == 404
    person.sees("Page not found")
    slug = path.split("/")[1]
    for page in ("tasks", "cases", "deputies/"):
        person.go(f"/{slug}/{page}")
        assert reference not in person.page.content()
    person.go("/")
    assert reference not in person.page.content()


def test_somebody_is_sealed_out_and_finds_nothing(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case)
    police, director = play.by(case.police), play.by(case.director)
    police.go(path)
    police.follow("Respond for the police")
    police.fill("rationale", "What I know of it")
    team = play.by(case.team)
    team.go(path)
    team.follow("Conflicts and seals")
    team.sees("Nobody is sealed out of this case")
    team.picture("seals-none")
    team.follow("Seal somebody out")
    team.press("Seal them out")
    team.sees("There is a problem")
    team.picture("seal-errors")
    choose(team, case.police.name)
    team.fill("reason", "She manages the health visitor of the family.")
    team.press("Seal them out")
    team.sees("It no longer exists for them")
    team.picture("seals")
    police.tick("outcome", "notify")
    police.press("Send your response")  # the form was open before
    police.sees("Page not found")
    finds_nothing(police, case.reference, path)
    director.go(path)
    assert "sealed" not in director.page.content().lower()
    colleague = play.by(case.police_too)
    respond(colleague, path, POLICE)
    team.follow("Lift this seal of " + case.police.name)
    team.fill("reason", "She manages another team now.")
    team.picture("seal-lift")
    team.press("Lift the seal")
    team.sees("Lifted seals")
    assert police.go(path) == 200


def test_the_only_one_who_can_act_is_warned_of_and_their_deputy_acts(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case)
    team = play.by(case.team)
    team.go(f"{path}/conflicts/seal")
    choose(team, case.director.name)
    team.fill("reason", "He is a neighbour of the family.")
    team.press("Seal them out")
    team.sees("Nobody else can act for Service Director")
    team.sees("Nothing has been done yet")
    team.picture("seal-warning")
    team.press("Seal them out all the same")
    team.sees("It no longer exists for them")
    finds_nothing(play.by(case.director), case.reference, path)


def test_a_conflict_is_declared_and_answered(play: Play) -> None:
    case = play.case()
    path = to_partners(play, case)
    nurse, team = play.by(case.nurse), play.by(case.team)
    nurse.go(path)
    nurse.follow("Declare a conflict")
    nurse.press("Declare the conflict")
    nurse.sees("There is a problem")
    nurse.tick("kind", "worked")
    nurse.fill("words", "I saw the child once, three years ago.")
    nurse.tick("at_once", "no")
    nurse.picture("declare")
    nurse.press("Declare the conflict")
    nurse.sees("Waits for an answer")
    team.go(f"{path}/conflicts/")
    team.follow(f"Answer this declaration of {case.nurse.name}")
    team.tick("answer", "keep")
    team.fill("reason", "One contact, long ago, on another matter.")
    team.picture("declaration-answer")
    team.press("Record the answer")
    team.sees("Keeps access")
    team.picture("seals-declared")
    nurse.go(f"{path}/conflicts/")
    nurse.sees("One contact, long ago")
    nurse.picture("declared-own")
    chair = play.by(case.chair)
    chair.go(f"{path}/conflicts/declare")
    chair.tick("kind", "related")
    chair.fill("words", "The child is my godson.")
    chair.tick("at_once", "yes")
    chair.press("Declare the conflict")
    assert chair.page.url.endswith("/tasks")
    finds_nothing(chair, case.reference, path)

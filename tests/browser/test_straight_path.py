"""From a referral to a recorded notification, played by the people of one partnership; another sees nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.browser.people import Live, Person
from tests.browser.referring import refer

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
HEALTH, COUNCIL, SOLENT = "Solent Community Health", "Isle of Wight Council", "isle-of-wight"
POLICE, ICB = "Hampshire and Isle of Wight Constabulary", "Hampshire and Isle of Wight Integrated Care Board"
SignIn = Callable[..., Person]


def today(person: Person) -> date:
    """The date that the demonstration's banner shows."""
    found = re.search(r"It is (midnight at the end of )?(\d+) (\w+) (\d{4})", person.page.inner_text("body"))
    assert found is not None
    shown = date(int(found[4]), MONTHS.index(found[3]) + 1, int(found[2]))
    return shown + timedelta(days=1) if found[1] else shown


def move_clock_until(person: Person, path: str, text: str, most: int = 12) -> None:
    """Press *One day* until a page says something; the clock stops wherever something falls due on the way."""
    for _ in range(most):
        person.go(path)
        if text.lower() in person.page.inner_text("main").lower():
            return
        for _attempt in range(40):
            person.go("/demo/clock")
            person.press("One day")
            if "still doing" not in person.page.inner_text("main"):
                break
            person.page.wait_for_timeout(500)
        person.picture("clock")
    person.go(path)
    person.waits_for(text)


@pytest.mark.duty(
    "A-02",
    "A-04",
    "B1-01",
    "B1-02",
    "B1-03",
    "B1-04",
    "B1-06",
    "B1-07",
    "B1-08",
    "B1-14",
    "B1-15",
    "N-04",
    "N-11",
)
def test_a_referral_becomes_a_recorded_notification_with_one_partner_silent(
    live: Live, as_person: SignIn
) -> None:
    referrer = as_person(HEALTH, "Marcus Odell")
    referrer.picture("tasks-empty")
    reference = refer(referrer, SOLENT, today(referrer))
    case = f"/{SOLENT}/cases/{reference}"

    share(as_person(COUNCIL, "Callum Westbrook"), case)
    director = as_person(COUNCIL, "Helen Whitcombe")
    chair = as_person(COUNCIL, "Ruth Penhallow")
    for viewer in (chair, director):
        give_view(viewer, case)
    team = as_person(COUNCIL, "Joanna Meekin")
    share_view(team, case)

    nurse = as_person(ICB, "Olwen Maddox")
    respond(nurse, case)
    respond(director, case)
    move_clock_until(team, case, "deemed agreement")
    team.sees("Deputy of")
    team.picture("case")
    team.go(f"/{SOLENT}/cases")
    team.picture("cases")

    decide(director, case)
    notify(director, case)
    inform(team, case)
    team.page.goto(live.mail)
    team.picture("mail")
    assert reference in team.page.inner_text("body")
    assert "Invented" not in mail_texts(team, live)

    nobody_else_sees_it(as_person, case)
    the_views_are_recorded(as_person(COUNCIL, "Gwen Aldridge"), case)


def share(team: Person, case: str) -> None:
    team.go(f"/{SOLENT}/tasks")
    team.sees("Share the referral")
    team.picture("tasks")
    team.go(case)
    team.picture("case-new")
    team.follow("Share the referral")
    team.picture("share")
    team.press("Share the referral")
    team.sees("Give your initial view")


def give_view(viewer: Person, case: str) -> None:
    viewer.go(f"{case}/initial-view")
    viewer.press("Record your view")
    viewer.sees("There is a problem")
    viewer.picture("initial-view-errors")
    viewer.tick("outcome", "notify")
    viewer.fill("rationale", "The injury is serious and neglect is suspected.")
    viewer.picture("initial-view")
    viewer.press("Record your view")
    viewer.sees("Initial view of the")


def share_view(team: Person, case: str) -> None:
    team.go(f"{case}/share-initial-view")
    team.picture("share-initial-view")
    team.press("Share with the three partners")
    team.waits_for("Request received by Police")


def respond(partner: Person, case: str) -> None:
    partner.go(f"{case}/response")
    partner.tick("outcome", "notify")
    partner.fill("rationale", "Our records show the same concern.")
    partner.picture("response")
    partner.press("Send your response")
    partner.sees("responded: to notify")


def decide(director: Person, case: str) -> None:
    director.go(f"{case}/decision")
    director.sees("deemed agreement")
    director.tick("abuse", "suspected")
    director.fill("abuse_rationale", "An injury that nobody could explain.")
    director.tick("limb_a", "yes")
    director.fill("limb_a_rationale", "At home on the Island.")
    director.tick("limb_b", "no")
    director.fill("limb_b_rationale", "It was in England.")
    director.tick("harm_kinds", "physical")
    director.fill("harm_judgement", "Likely to last, though not certain.")
    director.page.check('main [name="guidance_considered"]')
    director.tick("outcome", "notify")
    director.fill("rationale", "The test is met; two partners agree and one is deemed to.")
    director.picture("decision")
    director.press("Record the decision")
    director.sees("Decision recorded: to notify")


def notify(director: Person, case: str) -> None:
    director.go(f"{case}/notification")
    sent = today(director)
    director.fill_date("submitted_at", sent)
    director.fill("submitted_at-time", "midnight")
    director.tick("channel", "national-system")
    director.fill("panel_reference", "INVENTED-2026-1")
    director.fill("submitted_by", "Helen Whitcombe")
    director.picture("notification")
    director.press("Record the notification")
    director.sees("Serious incident notification sent to the Panel")


def inform(team: Person, case: str) -> None:
    team.go(f"{case}/inform")
    team.tick("how", "message")
    team.picture("inform")
    team.press("Record")
    team.go(case)
    team.sees("Independent Scrutineer informed")


def mail_texts(person: Person, live: Live) -> str:
    """Everything that any message said."""
    person.page.goto(live.mail)
    links = person.page.eval_on_selector_all("main a, table a, li a", "found => found.map(a => a.href)")
    texts = []
    for link in [link for link in links if "/mail/" in link][:25]:
        person.page.goto(link)
        texts.append(person.page.inner_text("main"))
    assert texts
    return "\n".join(texts)


def nobody_else_sees_it(as_person: SignIn, case: str) -> None:
    other = as_person("Hampshire County Council", "")
    pages = ("", "/share", "/initial-view", "/share-initial-view", "/response", "/deputy/police", "/decision",
             "/notification", "/inform", "/views", "/clock/B1-03")  # fmt: skip
    for page in pages:
        assert other.go(case + page) == 404, page
        assert other.go(case.replace(SOLENT, "hampshire") + page) == 404, page
        other.sees("Page not found")
    other.picture("not-found")


def the_views_are_recorded(scrutineer: Person, case: str) -> None:
    scrutineer.go(f"{case}/views")
    scrutineer.sees("Helen Whitcombe")
    scrutineer.picture("views")
    scrutineer.go(f"{case}/clock/B1-03")
    scrutineer.sees("working day 5")
    scrutineer.picture("day-count")


def test_somebody_of_four_partnerships_opens_one_at_a_time(as_person: SignIn) -> None:
    officer = as_person(POLICE, "Yvonne Castell")
    officer.sees("Your partnerships")
    officer.picture("home")
    for name in ("Hampshire", "Isle of Wight", "Portsmouth", "Southampton"):
        officer.sees(f"{name} Safeguarding Children Partnership")
    officer.follow("Portsmouth Safeguarding Children Partnership")
    officer.sees("My tasks")
    assert "/portsmouth/" in officer.page.url
    officer.press("Sign out")
    officer.go("/sign-in")
    officer.picture("sign-in")
    officer.press("Isle of Wight Council")
    officer.page.get_by_role("button", name="Terence Unwin").click()
    officer.sees("You cannot use Waymark yet")
    officer.picture("unknown-person")

"""An administrator's day, and the day of an external reviewer who signs in with a passkey."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.people import Live, Person

COUNCIL, PLACE = "Isle of Wight Council", "/isle-of-wight"
SignIn = Callable[..., Person]
DEVICE = {
    "protocol": "ctap2", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Device:
    """Chromium's virtual authenticator, in a browser of its own."""

    def __init__(self, live: Live, browser: Browser) -> None:
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})
        self.person = Person.in_context(live, self.context)
        self.session: Any = self.context.new_cdp_session(self.person.page)
        self.session.send("WebAuthn.enable")
        self.identifier = self._add("internal")

    @contextmanager
    def with_security_key(self) -> Iterator[None]:
        """Hold a security key instead of the device for a while."""
        self._answers(False)
        key = self._add("usb")
        yield
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
        self._answers(True)

    def _add(self, transport: str) -> str:
        options = {**DEVICE, "transport": transport}
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return str(added["authenticatorId"])

    def _answers(self, enabled: bool) -> None:
        told = {"authenticatorId": self.identifier, "enabled": enabled}
        self.session.send("WebAuthn.setAutomaticPresenceSimulation", told)


@pytest.fixture
def device(live: Live, browser: Browser) -> Iterator[Callable[[], Device]]:
    """Devices with a browser, closed after the test."""
    made: list[Device] = []

    def another() -> Device:
        made.append(Device(live, browser))
        return made[-1]

    yield another
    for one in made:
        one.person.close()


def link_for(live: Live, browser: Browser, address: str, subject: str) -> str:
    """The link in the newest message to an address, once it has come."""
    page = browser.new_context().new_page()
    try:
        for _ in range(60):
            page.goto(f"{live.mail}?to={address}")
            found = page.get_by_role("link", name=subject, exact=True)
            if found.count():
                found.first.click()
                link = page.locator("pre a").first.get_attribute("href")
                assert link is not None
                assert link.startswith(f"{live.base}/invitation/isle-of-wight/")
                return link.removeprefix(live.base)
            time.sleep(0.5)
        raise AssertionError(f"no message '{subject}' to {address}")
    finally:
        page.context.close()


def invite(admin: Person, name: str, email: str, role: str, by: str) -> None:
    """Fill in the form of an invitation and send it."""
    admin.go(f"{PLACE}/people/")
    admin.follow("Invite somebody")
    admin.fill("name", name)
    admin.fill("email", email)
    admin.page.select_option('[name="role"]', label=role)
    admin.page.get_by_label(by).check()
    admin.picture("people-invite")
    admin.press("Send the invitation")
    admin.sees(f"{name} has been invited")


def finds_no_case(admin: Person) -> None:
    for page in ("cases", "referrals", "enter/"):
        assert admin.go(f"{PLACE}/{page}") == 404
    admin.go(f"{PLACE}/tasks")
    assert admin.page.get_by_role("link", name="Cases", exact=True).count() == 0


def test_an_administrators_day(live: Live, browser: Browser, as_person: SignIn) -> None:
    admin = as_person(COUNCIL, "Nadia Fairhurst")
    finds_no_case(admin)
    admin.go(f"{PLACE}/people/")
    admin.sees("Ruth Penhallow")
    admin.picture("people")

    address = "terence.unwin@isle-of-wight-council.example"
    invite(admin, "Terence Unwin", address, "Main Board member", COUNCIL)
    admin.picture("people-invitations")
    link = link_for(live, browser, address, "An invitation to Waymark")
    invited = Person.in_context(live, browser.new_context(viewport={"width": 1280, "height": 900}))
    invited.go(link)
    invited.sees("Main Board member")
    invited.picture("invitation-by-organisation")
    invited.press(f"Sign in with {COUNCIL} and accept")
    invited.page.get_by_role("button", name="Terence Unwin").first.click()
    invited.page.wait_for_url(f"{live.base}{PLACE}/tasks")
    again = Person.in_context(live, browser.new_context())
    assert again.go(link) == 404
    again.sees("This invitation cannot be used")
    again.picture("invitation-unusable")
    again.close()

    admin.go(f"{PLACE}/people/")
    admin.follow("Terence Unwin")
    admin.picture("people-person")
    admin.follow("End now: Main Board member")
    admin.press("End it now")
    admin.sees("Say why the membership ends")
    admin.fill("reason", "Changed post")
    admin.picture("people-end")
    admin.press("End it now")
    admin.sees("The membership has ended")
    assert invited.go(f"{PLACE}/tasks") == 404
    invited.close()

    gives_themselves_nothing_alone(admin, as_person)
    reads_the_table(admin)


def gives_themselves_nothing_alone(admin: Person, as_person: SignIn) -> None:
    admin.go(f"{PLACE}/people/")
    admin.follow("Nadia Fairhurst")
    admin.follow("Give a further membership")
    admin.page.select_option('[name="role"]', label="Chair of the group")
    admin.fill("reason", "To stand in while the chair is away")
    admin.picture("people-further-own")
    admin.press("Propose it")
    admin.sees("it waits for a second person")
    assert admin.go(f"{PLACE}/cases") == 404
    admin.go(f"{PLACE}/people/waiting")
    admin.sees("Nadia Fairhurst: Chair of the group")
    admin.follow("Nadia Fairhurst: Chair of the group")
    admin.sees("This is about yourself. Somebody else must decide it.")
    assert admin.page.get_by_role("button", name="Approve").count() == 0

    second = as_person(COUNCIL, "Oliver Brading")
    second.go(f"{PLACE}/people/waiting")
    second.picture("people-waiting")
    second.follow("Nadia Fairhurst: Chair of the group")
    second.press("Approve")
    second.sees("Say how you checked this")
    second.fill("reason", "The Strategic Partnership Manager asked for it")
    second.picture("people-proposal")
    second.press("Approve")
    second.sees("Approved")
    assert admin.go(f"{PLACE}/cases") == 200
    admin.go(f"{PLACE}/people/")
    admin.page.get_by_role("link", name="Nadia Fairhurst").first.click()
    admin.follow("End now: Chair of the group")
    admin.fill("reason", "The chair is back")
    admin.press("End it now")
    assert admin.go(f"{PLACE}/cases") == 404


def reads_the_table(admin: Person) -> None:
    admin.go(f"{PLACE}/access")
    admin.sees("Who may do what")
    admin.sees("Open a case")
    admin.page.select_option('[name="role"]', label="Partnership administrator")
    admin.picture("access")
    admin.press("Show")
    admin.sees("Invite people, give and end memberships")
    fits_a_telephone(admin)
    narrowest = "Math.min(...[...document.querySelectorAll('main dd')].map(one => one.clientWidth))"
    admin.page.set_viewport_size({"width": 375, "height": 900})
    admin.page.wait_for_function(f"{narrowest} > 250")
    admin.page.set_viewport_size({"width": 1280, "height": 900})
    assert "Open a case" not in admin.page.inner_text("main")
    admin.picture("access-one-role")


def fits_a_telephone(person: Person) -> None:
    """Nothing is wider than the window of a telephone."""
    person.page.set_viewport_size({"width": 375, "height": 900})
    person.page.wait_for_function("document.documentElement.scrollWidth <= 375")
    person.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_name_without_a_blank_widens_no_page(live: Live, as_person: SignIn) -> None:
    admin = as_person(COUNCIL, "Nadia Fairhurst")
    name = "Llanfair" * 24
    invite(admin, name, "long.name@firm.example", "Reviewer", "They have no organisation here")
    fits_a_telephone(admin)
    admin.follow(name)
    admin.sees("Signs in with")
    fits_a_telephone(admin)
    admin.follow("Withdraw the invitation")
    admin.fill("reason", "Only tried")
    admin.press("Withdraw it")
    admin.sees("The invitation has been withdrawn")


def signs_in_again(person: Person) -> None:
    person.go("/")
    person.press("Sign out")
    person.sees("You are signed out")
    person.go("/sign-in")
    person.press("Use a passkey")
    person.page.wait_for_url(re.compile(r"/isle-of-wight/tasks"))


def test_a_reviewer_without_an_organisation(
    live: Live, browser: Browser, as_person: SignIn, device: Callable[[], Device]
) -> None:
    admin = as_person(COUNCIL, "Nadia Fairhurst")
    address = "imogen.vale@independent-reviews.example"
    invite(admin, "Imogen Vale", address, "Reviewer", "They have no organisation here")
    held = device()
    reviewer = held.person
    reviewer.go(link_for(live, browser, address, "An invitation to Waymark"))
    reviewer.picture("invitation-by-passkey")
    reviewer.press("Make a passkey and accept")
    reviewer.sees("somebody checks that it is you")
    reviewer.picture("invitation-code")
    code = reviewer.page.locator("[data-code]").inner_text()
    assert reviewer.go(f"{PLACE}/tasks") == 404

    admin.go(f"{PLACE}/people/waiting")
    admin.follow("Imogen Vale: Reviewer")
    admin.sees("You invited them yourself")
    assert admin.page.get_by_role("button", name="Check who they are").count() == 0
    second = as_person(COUNCIL, "Oliver Brading")
    second.go(f"{PLACE}/tasks")
    second.sees("for a second person")
    second.go(f"{PLACE}/people/waiting")
    second.follow("Imogen Vale: Reviewer")
    second.follow("Check who they are")
    assert code not in second.page.inner_text("main")
    second.fill("how", "Telephoned the number on their firm's letter")
    second.fill("code", "000000" if code != "000 000" else "111111")
    second.press("It is the right person")
    second.sees("4 tries are left")
    second.picture("people-check")
    second.fill("code", code)
    second.press("It is the right person")
    second.sees("Imogen Vale is confirmed")

    assert reviewer.go(f"{PLACE}/tasks") == 200
    assert reviewer.go(f"{PLACE}/cases") == 404
    signs_in_again(reviewer)
    has_a_second_passkey(held)
    loses_the_device(live, browser, admin, as_person, held, device())


def has_a_second_passkey(held: Device) -> None:
    reviewer = held.person
    reviewer.page.get_by_role("link", name="Your passkeys").click()
    reviewer.sees("Your only one")
    reviewer.fill("label", "The same device")
    reviewer.page.get_by_role("button", name="Add a passkey").click()
    reviewer.sees("This device already has a passkey of yours")
    with held.with_security_key():
        reviewer.fill("label", "Security key")
        reviewer.page.get_by_role("button", name="Add a passkey").click()
        reviewer.sees("The passkey has been added")
    reviewer.sees("Security key")
    reviewer.picture("passkeys")
    reviewer.page.get_by_role("button", name="Remove Security key").click()
    reviewer.sees("The passkey has been removed")
    assert reviewer.page.get_by_role("button", name="Remove").count() == 0


def loses_the_device(
    live: Live, browser: Browser, admin: Person, as_person: SignIn, lost: Device, found: Device
) -> None:
    admin.go(f"{PLACE}/people/")
    admin.follow("Imogen Vale")
    admin.follow("They have lost their passkey")
    admin.fill("reason", "They telephoned: the telephone was stolen")
    admin.picture("people-recovery")
    admin.press("Propose it")
    admin.sees("waits for a second person")
    manager = as_person(COUNCIL, "Patricia Loveridge")
    manager.go(f"{PLACE}/people/waiting")
    manager.follow("Imogen Vale: a new passkey")
    manager.fill("reason", "Spoke to them on their firm's number")
    manager.press("Approve")
    manager.sees("Approved")
    link = link_for(live, browser, "imogen.vale@independent-reviews.example", "A new passkey for Waymark")
    reviewer = found.person
    reviewer.go(link)
    reviewer.picture("invitation-recovery")
    reviewer.press("Make a new passkey")
    reviewer.page.wait_for_url(re.compile(r"/isle-of-wight/tasks"))
    old = lost.person
    assert old.go(f"{PLACE}/tasks") == 200
    assert "/sign-in" in old.page.url, "the session of the lost device has ended"
    old.press("Use a passkey")
    old.sees("Your passkey was not accepted")
    old.picture("passkey-refused")
    signs_in_again(reviewer)

"""Inviting somebody by an organisation, and what becomes of it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.access.roles import Role
from app.accounts import service
from app.clock_source import real_now
from app.outbox.messages import ONE_TIME
from app.people.models import Invitation
from app.people.tokens import hash_of
from app.procedure.clocks import day_end, london_date
from app.procedure.explain import long_date
from tenants.db import db
from tests.integration.accounts.test_memberships import TESTER, Council, trust
from tests.integration.people.town import Town, state_in

DAY = timedelta(days=1)


def unusable(town: Town, link: str) -> bytes:
    """The answer to a link that does not work; that it is the one answer."""
    browser = town.browser(None)
    wrong = f"/invitation/{town.place.slug}/{'x' * 43}"
    found, other = browser.get(link), browser.get(wrong)
    assert (found.status_code, other.status_code) == (404, 404)
    assert comparable(found.data) == comparable(other.data)
    return found.data


def comparable(page: bytes) -> bytes:
    return re.sub(rb'nonce="[^"]*"|It is [^<]*?\.', b"", page)


def test_somebody_is_invited_signs_in_and_is_a_member(town: Town) -> None:
    invitation = town.invite(agency=town.agency("police"), role=Role.PARTNER_REPRESENTATIVE.value)
    link = town.link(invitation)
    page = town.browser(None).get(link).get_data(as_text=True)
    assert f"{town.place.slug} partnership" in page
    assert "Safeguarding partner representative" in page
    assert "Constabulary" in page
    assert "Ada Example" not in page
    browser = town.browser(None)
    answer = town.sign_in(link, "ada", browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{town.place.slug}/tasks")
    assert browser.get(f"/{town.place.slug}/cases").status_code == 200
    person = town.person("ada")
    assert person is not None
    assert (person.display_name, person.email) == ("Ada Example", "ada@example.example")
    (held,) = town.memberships(person.id)
    assert (held.role, held.starts_on, held.ends_on) == ("partner-representative", town.today, None)
    assert town.kinds()[-2:] == ["invitation-accepted", "membership-begun"]
    assert "person-invited" in town.kinds()
    unusable(town, link)


def test_the_message_names_the_partnership_and_a_link_and_the_database_holds_no_token(town: Town) -> None:
    invitation = town.invite()
    token = town.link(invitation).rsplit("/", 1)[1]
    (message,) = town.messages("invitation")
    assert message.to_address == "ada@example.example"
    assert f"/invitation/{town.place.slug}/{ONE_TIME}" in message.body
    assert f"{town.place.slug} partnership" in message.body
    assert "Chair" not in message.body
    assert "Ada" not in message.body
    assert token not in town.told()
    assert invitation.token_hash == hash_of(token)
    assert len(token) == 43


def test_the_same_form_twice_also_at_once_invites_once(town: Town) -> None:
    typed = town.typed()
    answers: list[TestResponse] = []

    def send() -> None:
        answers.append(town.browser(town.admin).post(town.path("invite"), data=typed))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len(town.messages("invitation")) == 1
    assert town.kinds().count("person-invited") == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "Enter their name"),
        ({"email": "nobody"}, "Enter an e-mail address"),
        ({"email": "a@b.example\nBcc: x@y.example"}, "must be on one line"),
        ({"role": "king"}, "Select a role"),
        ({"role": Role.PRACTITIONER.value}, "Select the agency that this role serves"),
        ({"by": ""}, "Select how they will sign in"),
        ({"by": str(uuid4())}, "Select how they will sign in"),
        ({"starts_on-day": "31", "starts_on-month": "2"}, "real date"),
        ({"starts_on-year": "2020"}, "The first day must be today or later"),
        (
            {"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "2021"},
            "The last day must be on or after",
        ),
        ({"agency": "police"}, ""),
    ],
)
def test_what_is_typed_wrongly_is_told_beside_its_field_and_kept(
    town: Town, changes: dict[str, str], message: str
) -> None:
    if changes.get("agency") == "police":
        changes = {"agency": town.agency("police")}  # an agency for a role that serves none
        message = "This role serves no agency"
    typed = {**town.typed(name="Zoë O'Brien"), **changes}
    answer = town.browser(town.admin).post(town.path("invite"), data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert message in page
    assert "There is a problem" in page
    if "name" not in changes:
        assert "Zoë O&#39;Brien" in page
    assert town.messages("invitation") == []


def test_the_service_director_serves_the_local_authority(town: Town) -> None:
    typed = town.typed(role=Role.SERVICE_DIRECTOR.value, agency=town.agency("police"))
    answer = town.browser(town.admin).post(town.path("invite"), data=typed)
    assert answer.status_code == 400
    assert "select the right one" in answer.get_data(as_text=True)
    typed["agency"] = town.agency("childrens-services")
    assert town.browser(town.admin).post(town.path("invite"), data=typed).status_code == 303


def test_a_second_open_invitation_to_the_same_address_is_pointed_out(town: Town) -> None:
    town.invite()
    again = town.browser(town.admin).post(town.path("invite"), data=town.typed(email="ADA@example.example"))
    assert again.status_code == 400
    assert "send it again" in again.get_data(as_text=True)
    town.invite(role=Role.PARTNERSHIP_TEAM.value)


def test_a_new_link_makes_the_old_one_worthless_and_is_sent_once(town: Town) -> None:
    invitation = town.invite()
    old = town.link(invitation)
    for _twice in range(2):
        answer = town.post(town.admin, f"invitations/{invitation.id}/send", seen="1")
        assert answer.status_code == 303
    now = town.again(invitation)
    assert now.sending == 2
    assert len(town.messages("invitation")) == 2
    unusable(town, old)
    assert town.sign_in(old, "ada").status_code == 404
    assert town.sign_in(town.link(now), "ada").status_code == 302


def test_an_invitation_lives_fourteen_days_and_can_be_sent_again_after(
    town: Town, at: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import clock_source

    invitation = town.invite()
    link, begun = town.link(invitation), real_now()
    end = day_end(london_date(begun) + 14 * DAY)
    to_the_end = f"the end of {long_date(london_date(begun) + 14 * DAY)}"
    (message,) = town.messages("invitation")
    assert to_the_end in message.body
    assert to_the_end in town.browser(None).get(link).get_data(as_text=True)
    shown = town.browser(town.admin).get(town.path(f"invitations/{invitation.id}")).get_data(as_text=True)
    assert to_the_end in shown.replace("The end", "the end")
    for moment, usable in ((end - timedelta(seconds=1), True), (end, False)):
        with monkeypatch.context() as patch:
            patch.setattr(clock_source, "real_now", lambda moment=moment: moment)
            assert town.browser(None).get(link).status_code == (200 if usable else 404)
            if not usable:
                assert "Expired" in town.browser(town.admin).get(town.path("invitations")).get_data(
                    as_text=True
                )
                assert town.sign_in(link, "ada").status_code == 404
                town.post(town.admin, f"invitations/{invitation.id}/send", seen="1")
                assert town.browser(None).get(town.link(town.again(invitation))).status_code == 200


def test_a_withdrawn_invitation_is_like_none(town: Town) -> None:
    invitation = town.invite()
    link = town.link(invitation)
    refused = town.post(town.admin, f"invitations/{invitation.id}/withdraw", reason=" ")
    assert refused.status_code == 400
    for _twice in range(2):
        answer = town.post(town.admin, f"invitations/{invitation.id}/withdraw", reason="Chose somebody else")
        assert answer.status_code == 303
    unusable(town, link)
    assert town.kinds().count("invitation-withdrawn") == 1
    assert "Chose somebody else" in town.browser(town.manager).get(
        town.path(f"invitations/{invitation.id}")
    ).get_data(as_text=True)


def test_a_link_works_once_also_for_two_who_accept_at_once(town: Town) -> None:
    invitation = town.invite()
    link = town.link(invitation)
    browsers = [town.browser(None) for _ in range(4)]
    states = [state_in(browser.post(link)) for browser in browsers]
    answers: list[int] = []
    town.provider.subject = "ada"

    def come(browser: FlaskClient, state: str) -> None:
        answer = browser.get("/sign-in/callback", query_string={"state": state, "code": "c"})
        answers.append(answer.status_code)

    threads = [threading.Thread(target=come, args=pair) for pair in zip(browsers, states, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 404, 404, 404]
    assert town.kinds().count("invitation-accepted") == 1
    person = town.person("ada")
    assert person is not None
    assert len(town.memberships(person.id)) == 1


def test_the_way_back_is_good_once_and_in_the_browser_that_left(town: Town) -> None:
    link = town.link(town.invite())
    browser, thief = town.browser(None), town.browser(None)
    state = state_in(browser.post(link))
    assert town.come_back(thief, state, "mallory").status_code == 400
    assert town.come_back(browser, state, "ada").status_code == 302
    assert town.come_back(browser, state, "ada").status_code == 400
    assert town.person("mallory") is None


def test_a_session_that_ends_half_way_leaves_the_invitation_as_it_was(town: Town) -> None:
    invitation = town.invite()
    browser = town.browser(None)
    state = state_in(browser.post(town.link(invitation)))
    for key in town.app.extensions["redis"].keys("waymark:session:*"):
        town.app.extensions["redis"].delete(key)
    assert town.come_back(browser, state, "ada").status_code == 400
    assert town.again(invitation).state == "open"
    assert town.sign_in(town.link(invitation), "ada").status_code == 302


def test_a_link_of_one_partnership_is_nothing_in_another(town: Town, elsewhere: Town) -> None:
    link = town.link(town.invite())
    token = link.rsplit("/", 1)[1]
    stolen = f"/invitation/{elsewhere.place.slug}/{token}"
    unusable(elsewhere, stolen)
    assert elsewhere.browser(None).post(stolen).status_code == 404
    assert town.browser(None).get(f"/invitation/no-such-place/{token}").status_code == 404


@pytest.mark.parametrize("token", ["", "x", "%00", "../x", "ä" * 43, "a" * 5000, "' or 1=1 --"])
def test_guessing_finds_nothing(town: Town, token: str) -> None:
    town.invite()
    answer = town.browser(None).get(f"/invitation/{town.place.slug}/{token}")
    assert answer.status_code in (404, 308)
    assert b"You are invited" not in answer.data


def test_each_part_of_a_token_counts(town: Town) -> None:
    link = town.link(town.invite())
    browser = town.browser(None)
    head, token = link.rsplit("/", 1)
    for place in range(0, len(token), 3):
        other = "A" if token[place] != "A" else "B"
        assert browser.get(f"{head}/{token[:place]}{other}{token[place + 1 :]}").status_code == 404
    assert browser.get(f"{head}/{token.swapcase()}").status_code == 404
    assert browser.get(link).status_code == 200


def test_only_the_organisation_that_is_named_can_bind_it(town: Town, owner_of: object) -> None:
    other = Council(owner_of)  # type: ignore[arg-type]
    trust(town.place, other)
    invitation = town.invite()
    browser = town.browser(None)
    state = state_in(browser.post(town.link(invitation)))

    def finish(provider: object, _pending: object, _answer: object) -> object:
        from app.accounts.oidc_types import Identity

        return Identity(other.provider_id, "mallory")

    town.provider.finish = finish  # type: ignore[method-assign, assignment]
    assert town.come_back(browser, state, "mallory").status_code == 404
    assert town.again(invitation).state == "open"


def test_an_organisation_that_is_no_longer_trusted_binds_nothing(town: Town) -> None:
    invitation = town.invite()
    link, browser = town.link(invitation), town.browser(None)
    state = state_in(browser.post(link))
    trust(town.place, town.council, town.today - 9 * DAY, town.today - DAY)
    assert town.come_back(browser, state, "ada").status_code == 404
    unusable(town, link)
    assert town.person("ada") is None
    trust(town.place, town.council, town.today - 9 * DAY)
    assert town.sign_in(link, "ada").status_code == 302


def test_a_role_that_is_no_more_cannot_be_accepted(town: Town) -> None:
    invitation = town.invite()
    with town.place.pinned():
        db.session.execute(update(Invitation).where(Invitation.id == invitation.id).values(role="jester"))
        from app.access.actor import SYSTEM
        from app.ledger.service import record
        from app.procedure.events import EventKind

        record(
            EventKind.SETTINGS_ADOPTED, case_id=None, acting=SYSTEM, happened_at=real_now(), now=real_now()
        )
        db.session.commit()
    unusable(town, town.link(invitation))
    assert town.browser(town.admin).get(town.path("invitations")).status_code == 200
    assert town.browser(town.admin).get(town.path(f"invitations/{invitation.id}")).status_code == 200


def test_a_last_day_that_has_passed_leaves_nothing_to_accept(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import clock_source

    invitation = town.invite(ends_on=town.today + DAY)
    link = town.link(invitation)
    later = real_now() + 3 * DAY
    monkeypatch.setattr(clock_source, "real_now", lambda: later)
    assert town.browser(None).get(link).status_code == 404
    shown = town.browser(town.admin).get(town.path(f"invitations/{invitation.id}")).get_data(as_text=True)
    assert "Send a new link" not in shown
    refused = town.post(town.admin, f"invitations/{invitation.id}/send", seen="1")
    assert refused.status_code == 409
    assert "The period is over: invite them again." in refused.get_data(as_text=True)
    assert town.again(invitation).sending == 1
    assert len(town.messages("invitation")) == 1


def test_what_is_wrong_with_an_invitation_is_listed_in_the_order_of_the_page(town: Town) -> None:
    typed = {"submission_key": str(uuid4()), "name": "", "email": "", "role": "", "by": ""}
    page = town.browser(town.admin).post(town.path("invite"), data=typed).get_data(as_text=True)
    wanted = ["Enter their name", "Enter an e-mail address", "Select a role", "Enter the first day",
              "Select how they will sign in"]  # fmt: skip
    places = [page.index(message) for message in wanted]
    assert places == sorted(places)


def test_somebody_known_gets_the_further_membership_and_keeps_their_name(town: Town) -> None:
    town.sign_in(town.link(town.invite()), "ada")
    second = town.invite(name="Another Name", email="other@example.example", role=Role.PARTNERSHIP_TEAM.value)
    assert town.sign_in(town.link(second), "ada").status_code == 302
    person = town.person("ada")
    assert person is not None
    assert (person.display_name, person.email) == ("Ada Example", "ada@example.example")
    assert {held.role for held in town.memberships(person.id)} == {"lig-chair", "partnership-team"}


@pytest.mark.duty("S-01")
def test_whoever_scrutinises_accepts_no_other_role(town: Town) -> None:
    town.sign_in(town.link(town.invite(role=Role.INDEPENDENT_SCRUTINEER.value)), "ada")
    second = town.invite(email="other@example.example", role=Role.PARTNERSHIP_TEAM.value)
    assert town.sign_in(town.link(second), "ada").status_code == 404
    person = town.person("ada")
    assert person is not None
    assert [held.role for held in town.memberships(person.id)] == ["independent-scrutineer"]
    assert town.again(second).state == "open"
    assert town.sign_in(town.link(second), "bea").status_code == 302  # who was meant


def test_the_same_person_is_invited_by_two_partnerships_at_once(town: Town, elsewhere: Town) -> None:
    trust(elsewhere.place, town.council, town.today - 9 * DAY)
    elsewhere.council = town.council
    links = [town.link(town.invite()), elsewhere.link(elsewhere.invite())]
    browsers = [town.browser(None) for _ in links]
    states = [state_in(browser.post(link)) for browser, link in zip(browsers, links, strict=True)]
    town.provider.subject = "ada"
    threads = [
        threading.Thread(
            target=lambda b=b, s=s: b.get("/sign-in/callback", query_string={"state": s, "code": "c"})
        )
        for b, s in zip(browsers, states, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    person = town.person("ada")
    assert person is not None
    assert len(town.memberships(person.id)) == len(elsewhere.memberships(person.id)) == 1


def test_a_role_to_come_is_accepted_now_and_opens_nothing_yet(town: Town) -> None:
    browser = town.browser(None)
    answer = town.sign_in(town.link(town.invite(starts_on=town.today + 9 * DAY)), "ada", browser)
    assert answer.status_code == 200
    assert "begins on" in answer.get_data(as_text=True)
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 302
    shown = town.browser(town.manager).get(town.path("?show=to-come")).get_data(as_text=True)
    assert "Ada Example" in shown


def test_whoever_is_signed_in_as_somebody_else_is_told_plainly(town: Town) -> None:
    link = town.link(town.invite())
    browser = town.browser(town.manager)
    page = browser.get(link).get_data(as_text=True)
    assert f"You are signed in as {town.manager.name}" in page
    assert town.sign_in(link, "ada", browser).status_code == 302
    assert "Ada Example" in browser.get(f"/{town.place.slug}/tasks").get_data(as_text=True)
    assert len(town.memberships(town.manager.person_id)) == 1


def test_whoever_invites_themselves_has_proposed_it(town: Town) -> None:
    service_call = town.invite(who=town.second)
    browser = town.browser(None)
    answer = town.sign_in(town.link(service_call), "second", browser)
    assert answer.status_code == 200
    assert "a second person" in answer.get_data(as_text=True)
    assert [held.role for held in town.memberships(town.second.person_id)] == ["partnership-administrator"]
    assert browser.get(f"/{town.place.slug}/cases").status_code == 404
    (proposal,) = town.proposals()
    assert (proposal.state, proposal.person_id, proposal.role) == ("open", town.second.person_id, "lig-chair")


def test_the_manager_is_told_of_a_role_that_opens_cases_and_not_of_others(town: Town) -> None:
    town.sign_in(town.link(town.invite()), "ada")
    told = town.messages("access-given")
    assert [message.to_person for message in told] == [town.manager.person_id]
    assert "Ada" not in told[0].body
    assert "Chair" not in told[0].body
    quiet = town.invite(role=Role.EXECUTIVE_MEMBER.value, email="e@example.example")
    town.sign_in(town.link(quiet), "eve")
    assert len(town.messages("access-given")) == 1
    governing = town.invite(role=Role.PARTNERSHIP_ADMINISTRATOR.value, email="g@example.example")
    town.sign_in(town.link(governing), "gil")
    assert len(town.messages("access-given")) == 2


def test_where_there_is_no_manager_the_chair_and_the_scrutineer_are_told(town: Town) -> None:
    with town.place.pinned():
        held = town.memberships(town.manager.person_id)[0]
        service.end_membership(held.id, reason="Left", acting=TESTER, now=real_now())
        db.session.commit()
    town.sign_in(town.link(town.invite()), "ada")
    told = {message.to_person for message in town.messages("access-given")}
    assert told == {
        town.people[Role.PARTNERSHIP_CHAIR].person_id,
        town.people[Role.INDEPENDENT_SCRUTINEER].person_id,
    }


def test_another_partnerships_invitation_does_not_exist(town: Town, elsewhere: Town) -> None:
    invitation = elsewhere.invite()
    for rest in ("", "/check", "/withdraw"):
        answer = town.browser(town.admin).get(town.path(f"invitations/{invitation.id}{rest}"))
        assert answer.status_code == 404
    for rest in ("send", "withdraw", "check"):
        answer = town.post(
            town.admin, f"invitations/{invitation.id}/{rest}", seen="1", reason="x", code="1", how="y"
        )
        assert answer.status_code == 404
    assert elsewhere.again(invitation).state == "open"


def test_a_token_is_in_no_address_that_is_asked_of_another_site(town: Town) -> None:
    answer = town.browser(None).get(town.link(town.invite()))
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    away = town.browser(None).post(town.link(town.invite(email="b@example.example")))
    address = re.search(r'href="(https://provider[^"]*)"', away.get_data(as_text=True))
    assert address is not None
    assert "invitation" not in urlsplit(address[1]).query

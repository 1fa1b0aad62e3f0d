"""People without an organisation: a passkey, a check of who they are, a second passkey, and a lost one."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import clock_source
from app.access.roles import Role
from app.accounts import ceremony
from app.accounts.identity_queries import provider_by_id, provider_of
from app.accounts.models import IdentityProvider, Passkey, Person
from app.accounts.passkeys import passkeys_of
from app.accounts.queries import memberships_in, partnerships_of
from app.accounts.service import (
    AccountsError,
    ProviderDetails,
    ensure_provider,
    organisation_named,
    trust_organisation,
)
from app.clock_source import real_now
from app.people.models import Invitation
from app.procedure.clocks import day_end
from app.procedure.explain import long_date
from tenants.db import db
from tests.integration.accounts.test_memberships import TESTER
from tests.integration.people.test_memberships import give
from tests.integration.people.town import Town, code_on, days
from tests.support.authenticator import Authenticator
from tests.support.people import Someone

DAY = timedelta(days=1)


def waiting(town: Town, **changes: str) -> tuple[Invitation, Authenticator, FlaskClient]:
    """An invitation whose passkey is made and whose holder waits for the check."""
    device, browser = Authenticator(), town.browser(None)
    invitation = town.invite(**{"by": "passkey", "role": Role.REVIEWER.value, **changes})
    answer = town.make_passkey(town.link(invitation), device, browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/waiting")
    return town.again(invitation), device, browser


def held(town: Town, person_id: UUID | None) -> list[str]:
    assert person_id is not None
    with town.place.pinned():
        return [view.role for view in memberships_in(town.place.id, person_id, town.today)]


def test_a_reviewer_makes_a_passkey_reads_out_the_code_and_is_a_member(town: Town) -> None:
    invitation, device, browser = waiting(town)
    assert invitation.state == "waiting"
    assert held(town, invitation.accepted_person_id) == []
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 404
    assert len(town.messages("identity-check-waits")) == 3  # two administrators and the manager
    code = code_on(browser)
    page = (
        town.browser(town.second).get(town.path(f"invitations/{invitation.id}/check")).get_data(as_text=True)
    )
    assert code not in page
    assert f"{code[:3]} {code[3:]}" not in page
    assert town.confirm(invitation, f"{code[:3]} {code[3:]}", town.second).status_code == 303
    assert held(town, invitation.accepted_person_id) == ["reviewer"]
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 200
    assert "Nothing waits" in browser.get("/account/waiting").get_data(as_text=True)
    assert town.kinds()[-5:] == [
        "person-invited", "invitation-accepted", "passkey-registered", "membership-approved", "membership-begun",
    ]  # fmt: skip
    (open_now,) = town.messages("membership-open")
    assert open_now.to_address == "ada@example.example"
    shown = town.browser(town.manager).get(town.path()).get_data(as_text=True)
    assert "Passkey" in shown
    later = town.browser(None)
    answer = town.sign_in_by(device, later)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert later.get(f"/{town.place.slug}/tasks").status_code == 200


def test_whoever_waits_for_a_check_finds_their_code_from_the_front_page(town: Town) -> None:
    _invitation, _device, browser = waiting(town)
    front = browser.get("/")
    assert front.status_code == 200
    assert 'href="/account/waiting"' in front.get_data(as_text=True)
    assert "must check who you are" in front.get_data(as_text=True)
    assert "No partnership has given you a role" not in front.get_data(as_text=True)


def test_the_code_is_told_to_nobody_else_and_kept_nowhere(town: Town) -> None:
    invitation, device, browser = waiting(town)
    code = code_on(browser)
    other = town.browser(None)
    assert other.get("/account/waiting").status_code == 302
    assert "data-code" not in town.browser(town.admin).get("/account/waiting").get_data(as_text=True)
    assert code not in town.told().replace("-", " ").split()
    again = town.browser(None)
    answer = town.sign_in_by(device, again)  # it can be looked up again, with the passkey
    assert answer.headers["Location"] == "/account/waiting"
    assert code_on(again) == code


def test_a_code_of_another_passkey_is_wrong_and_five_wrong_ones_end_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation, _device, browser = waiting(town)
    right = code_on(browser)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for left in (4, 3, 2, 1):
        answer = town.confirm(invitation, wrong, town.second)
        assert answer.status_code == 400
        assert f"{left} tr" in answer.get_data(as_text=True)
    last = town.confirm(invitation, wrong, town.second)
    assert last.status_code == 409
    assert "invite them again" in last.get_data(as_text=True)
    assert town.confirm(invitation, right, town.second).status_code == 409
    assert town.again(invitation).state == "withdrawn"
    assert held(town, invitation.accepted_person_id) == []
    assert town.kinds().count("membership-refused") == 5
    assert "data-code" not in browser.get("/account/waiting").get_data(as_text=True)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5"])
def test_what_is_no_code_is_asked_for_again_and_not_counted(town: Town, code: str) -> None:
    invitation, _device, _browser = waiting(town)
    answer = town.confirm(invitation, code, town.second)
    assert answer.status_code == 400
    assert "six digits" in answer.get_data(as_text=True)
    assert town.again(invitation).wrong_codes == 0
    without = town.post(town.second, f"invitations/{invitation.id}/check", code="123456", how=" ")
    assert "Say how you reached them" in without.get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LIG_CHAIR, Role.MAIN_BOARD_MEMBER])
def test_whoever_invited_does_not_check_whatever_the_role(town: Town, role: Role) -> None:
    invitation, _device, browser = waiting(town, role=role.value)
    code = code_on(browser)
    refused = town.confirm(invitation, code, town.admin)
    assert refused.status_code == 409
    assert "You invited them yourself" in refused.get_data(as_text=True)
    shown = town.browser(town.admin).get(town.path(f"invitations/{invitation.id}")).get_data(as_text=True)
    assert "You invited them yourself" in shown
    assert "Check who they are</a>" not in shown
    assert held(town, invitation.accepted_person_id) == []
    assert town.confirm(invitation, code, town.manager).status_code == 303
    assert held(town, invitation.accepted_person_id) == [role.value]


@pytest.mark.parametrize("which", ["admin", "second"])
def test_whoever_let_somebody_in_gives_them_no_cases_alone(town: Town, which: str) -> None:
    """One administrator alone does not bring an invented person to the cases, in however many steps."""
    person, _device, browser = town.reviewer()  # invited by the one administrator, checked by the other
    giver = getattr(town, which)
    page = town.browser(giver).get(town.path(f"{person.person_id}/memberships")).get_data(as_text=True)
    assert "you had a part in letting them in" in page
    without = give(town, giver, person, Role.PARTNERSHIP_TEAM)
    assert without.status_code == 400
    assert "Say why the role is needed" in without.get_data(as_text=True)
    assert give(town, giver, person, Role.PARTNERSHIP_TEAM, reason="To help").status_code == 303
    assert held(town, person.person_id) == ["reviewer"]
    assert browser.get(f"/{town.place.slug}/cases").status_code == 404
    (proposal,) = town.proposals()
    by_giver = town.post(giver, f"proposals/{proposal.id}", do="approve", reason="Sure")
    assert by_giver.status_code == 409
    assert town.post(town.manager, f"proposals/{proposal.id}", do="approve", reason="Yes").status_code == 303
    assert set(held(town, person.person_id)) == {"reviewer", "partnership-team"}
    shown = town.browser(giver).get(town.path(str(person.person_id))).get_data(as_text=True)
    assert f"Proposed by {giver.name}, approved by {town.manager.name}" in shown
    assert f"Invited by {town.admin.name}, checked by {town.second.name}" in shown


def test_a_role_without_cases_is_given_at_once_and_a_longer_time_with_cases_is_not(town: Town) -> None:
    person, _device, _browser = town.reviewer(ends_on=town.today + 9 * DAY)
    assert give(town, town.admin, person, Role.MAIN_BOARD_MEMBER).status_code == 303
    assert town.proposals() == []
    membership = next(one for one in town.memberships(person.person_id) if one.role == "reviewer")
    later = days("ends_on", town.today + 90 * DAY)
    town.post(town.admin, f"memberships/{membership.id}/last-day", reason="Longer", **later)
    (proposal,) = town.proposals()
    assert (proposal.what, proposal.state) == ("extend", "open")
    sooner = days("ends_on", town.today + 2 * DAY)
    town.post(town.admin, f"memberships/{membership.id}/last-day", reason="Sooner", **sooner)
    ends = [one.ends_on for one in town.memberships(person.person_id) if one.role == "reviewer"]
    assert ends == [town.today + 2 * DAY]


def test_whoever_had_a_passkey_replaced_gives_no_cases_alone_either(town: Town) -> None:
    device, browser = Authenticator(), town.browser(None)
    invitation = town.invite(who=town.second, by="passkey", role=Role.REVIEWER.value)
    town.make_passkey(town.link(invitation), device, browser)
    town.confirm(invitation, code_on(browser), town.manager)
    person_id = town.again(invitation).accepted_person_id
    assert person_id is not None
    person = Someone(person_id, "Ada Example", town.place)
    recover(town, person, device, town.manager)
    assert give(town, town.admin, person, Role.PARTNERSHIP_TEAM, reason="To help").status_code == 303
    assert held(town, person_id) == ["reviewer"]
    assert town.proposals()[-1].state == "open"


def test_the_invited_person_does_not_check_themselves_and_the_database_says_so_too(town: Town) -> None:
    administrator, _device, browser = waiting(town, role=Role.PARTNERSHIP_ADMINISTRATOR.value)
    town.confirm(administrator, code_on(browser), town.second)
    person_id = town.again(administrator).accepted_person_id
    device = _device
    further = town.invite(by="passkey", role=Role.LIG_CHAIR.value, email="own@example.example")
    town.make_passkey(town.link(further), device, browser, way="use")
    code = code_on(browser)
    answer = browser.post(
        town.path(f"invitations/{further.id}/check"),
        data={"code": code, "how": "I know myself", "submission_key": str(uuid4())},
    )
    assert answer.status_code == 409
    assert "about yourself" in answer.get_data(as_text=True)
    with pytest.raises(IntegrityError, match="second_person"), town.place.pinned():
        db.session.execute(
            text("update invitations set state = 'accepted', confirmed_by = :p where id = :i"),
            {"p": person_id, "i": further.id},
        )
    with pytest.raises(IntegrityError, match="checked"), town.place.pinned():
        db.session.execute(text("update invitations set state = 'accepted' where id = :i"), {"i": further.id})


@pytest.mark.duty("S-01")
def test_a_reviewer_is_not_confirmed_as_the_scrutineer_as_well(town: Town) -> None:
    someone, device, _browser = town.reviewer()
    further = town.invite(by="passkey", role=Role.INDEPENDENT_SCRUTINEER.value, email="more@firm.example")
    browser = town.browser(None)
    assert town.make_passkey(town.link(further), device, browser, "use").status_code == 303
    answer = town.confirm(further, code_on(browser), town.second)
    assert answer.status_code == 409
    assert "holds no other role in the same partnership" in answer.get_data(as_text=True)
    assert [held.role for held in town.memberships(someone.person_id)] == ["reviewer"]
    assert town.again(further).state == "waiting"


def test_a_check_confirms_once_also_at_once(town: Town) -> None:
    invitation, _device, browser = waiting(town)
    code, answers = code_on(browser), []
    threads = [
        threading.Thread(
            target=lambda who=who: answers.append(town.confirm(invitation, code, who).status_code)
        )
        for who in (town.admin, town.second, town.manager)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409, 409]
    assert town.kinds().count("membership-approved") == 1


def test_a_check_that_nobody_makes_expires(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    invitation, _device, browser = waiting(town)
    code = code_on(browser)
    later = real_now() + 15 * DAY
    monkeypatch.setattr(clock_source, "real_now", lambda: later)
    assert town.confirm(invitation, code, town.second).status_code == 409
    assert town.browser(town.admin).get(town.path("waiting")).status_code == 200


def test_the_wrong_person_is_withdrawn_and_their_passkey_opens_nothing(town: Town) -> None:
    invitation, device, _browser = waiting(town)
    town.post(town.admin, f"invitations/{invitation.id}/withdraw", reason="Not they")
    browser = town.browser(None)
    assert town.sign_in_by(device, browser).headers["Location"] == "/account/waiting"
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 404
    page = browser.get("/account/waiting").get_data(as_text=True)
    assert "No partnership has given you a role" in page


def test_a_link_makes_one_passkey_also_for_two_at_once(town: Town) -> None:
    invitation = town.invite(by="passkey", role=Role.REVIEWER.value, email=f"{uuid4().hex}@firm.example")
    link, prepared = town.link(invitation), []
    for _ in range(3):
        browser, device = town.browser(None), Authenticator()
        prepared.append((browser, device.make(browser.post(f"{link}/options/make").get_json())))
    answers: list[int] = []
    threads = [
        threading.Thread(
            target=lambda b=b, a=a: answers.append(
                b.post(f"{link}/passkey/make", data={"credential": a}).status_code
            )
        )
        for b, a in prepared
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 404, 404]
    with town.app.app_context():
        made = db.session.scalars(select(Person.id).where(Person.email == invitation.email)).all()
    assert len(made) == 1
    assert town.kinds().count("passkey-registered") == 1


def test_a_challenge_cannot_be_replayed_or_moved_to_another_invitation(town: Town) -> None:
    first = town.link(town.invite(by="passkey", role=Role.REVIEWER.value))
    second = town.link(town.invite(by="passkey", role=Role.REVIEWER.value, email="b@example.example"))
    browser = town.browser(None)
    answer = Authenticator().make(browser.post(f"{first}/options/make").get_json())
    assert browser.post(f"{second}/passkey/make", data={"credential": answer}).status_code == 400
    assert browser.post(f"{first}/passkey/make", data={"credential": answer}).status_code == 400
    stranger = town.browser(None)
    answer = Authenticator().make(browser.post(f"{first}/options/make").get_json())
    assert stranger.post(f"{first}/passkey/make", data={"credential": answer}).status_code == 400
    assert browser.post(f"{first}/passkey/make", data={"credential": answer}).status_code == 303


@pytest.mark.parametrize(
    "device",
    [
        Authenticator(origin="http://evil.example"),
        Authenticator(verifies=False),
        Authenticator(origin="http://127.0.0.1:8000"),
    ],
)
def test_a_passkey_that_proves_nothing_leaves_the_invitation_open(town: Town, device: Authenticator) -> None:
    invitation = town.invite(by="passkey", role=Role.REVIEWER.value)
    answer = town.make_passkey(town.link(invitation), device)
    assert answer.status_code == 400
    assert "That did not work" in answer.get_data(as_text=True)
    assert town.again(invitation).state == "open"


def test_an_invitation_by_an_organisation_makes_no_passkey_and_the_other_way_round(town: Town) -> None:
    by_council = town.link(town.invite())
    assert town.make_passkey(by_council).status_code == 404
    assert town.browser(None).post(f"{by_council}/passkey/make").status_code == 404
    by_passkey = town.link(town.invite(by="passkey", email="b@example.example"))
    assert town.browser(None).post(by_passkey).status_code == 404
    assert town.browser(None).post(f"{by_passkey}/options/steal").status_code == 404


def test_a_passkey_that_is_known_already_makes_nobody_new(town: Town) -> None:
    _invitation, device, _browser = waiting(town)
    second = town.invite(by="passkey", role=Role.EVENT_LEAD.value)
    assert town.make_passkey(town.link(second), device).status_code == 400
    assert town.again(second).state == "open"


def test_sign_in_by_a_passkey_that_nobody_knows_or_that_names_another_owner_is_refused(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    _person, device, _browser = town.reviewer()
    _other, another, _b = town.reviewer()
    unknown = Authenticator(handle=b"x" * 32)
    assert town.sign_in_by(unknown).status_code == 403
    device.handle, kept = another.handle, device.handle
    assert town.sign_in_by(device).status_code == 403
    device.handle = kept
    assert town.sign_in_by(device).status_code == 303
    with caplog.at_level(logging.WARNING):
        device.count = 0
        answer = town.sign_in_by(device)
    assert answer.status_code == 403
    assert "count of uses went back" in caplog.text


def test_an_answer_signs_in_once(town: Town) -> None:
    _person, device, _browser = town.reviewer()
    browser = town.browser(None)
    answer = device.use(browser.post("/sign-in/passkey/options").get_json())
    assert browser.post("/sign-in/passkey", data={"credential": answer}).status_code == 303
    assert browser.post("/sign-in/passkey", data={"credential": answer}).status_code == 403
    assert town.browser(None).post("/sign-in/passkey", data={"credential": answer}).status_code == 403


@pytest.mark.parametrize("credential", ["", "{}", "null", "[1]", "x" * 50_000])
def test_nonsense_is_refused_politely(town: Town, credential: str) -> None:
    browser = town.browser(None)
    browser.post("/sign-in/passkey/options")
    answer = browser.post("/sign-in/passkey", data={"credential": credential})
    assert answer.status_code == 403
    assert "not accepted" in answer.get_data(as_text=True)


def test_after_signing_in_one_is_where_one_wanted_to_be_and_nowhere_else(town: Town) -> None:
    _person, device, _browser = town.reviewer()
    for wanted, reached in (
        (f"/{town.place.slug}/tasks", f"/{town.place.slug}/tasks"),
        ("//evil.example", "/"),
    ):
        browser = town.browser(None)
        answer = device.use(browser.post("/sign-in/passkey/options").get_json())
        sent = browser.post("/sign-in/passkey", data={"credential": answer, "next": wanted})
        assert sent.headers["Location"] == reached


def add(town: Town, browser: FlaskClient, device: Authenticator, label: str = "Work laptop") -> int:
    answer = device.make(browser.post("/account/passkeys/options").get_json())
    return browser.post("/account/passkeys", data={"label": label, "credential": answer}).status_code


def passkeys(town: Town, person: Someone) -> list[Passkey]:
    with town.app.app_context():
        return passkeys_of(person.person_id)


def test_a_second_passkey_is_added_one_is_removed_and_never_the_last(town: Town) -> None:
    person, device, browser = town.reviewer()
    second = Authenticator()
    assert add(town, browser, second, " ") == 400
    assert add(town, browser, second) == 303
    assert second.handle == device.handle
    page = browser.get("/account/passkeys").get_data(as_text=True)
    assert "Work laptop" in page
    first = passkeys(town, person)[0]
    other = town.browser(None)
    assert town.sign_in_by(second, other).status_code == 303
    assert other.post(f"/account/passkeys/{first.id}/remove").status_code == 303
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 302, (
        "the session of the removed passkey ends"
    )
    assert town.sign_in_by(device).status_code == 403
    last = passkeys(town, person)[0]
    refused = other.post(f"/account/passkeys/{last.id}/remove")
    assert refused.status_code == 400
    assert "your only passkey" in refused.get_data(as_text=True)
    assert town.kinds()[-2:] == ["passkey-registered", "passkey-removed"]


def test_of_two_removed_at_once_one_stays(town: Town) -> None:
    person, _device, browser = town.reviewer()
    add(town, browser, Authenticator())
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda one=one: answers.append(_remove_as(town, person, one, browser)))
        for one in passkeys(town, person)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passkeys(town, person)) == 1


def _remove_as(town: Town, person: Someone, one: Passkey, browser: FlaskClient) -> int:
    cookie = browser.get_cookie("waymark")
    assert cookie is not None
    own = town.browser(None)
    own.set_cookie("waymark", cookie.value)
    return own.post(f"/account/passkeys/{one.id}/remove").status_code


def test_somebody_elses_passkey_cannot_be_removed(town: Town) -> None:
    person, _device, _browser = town.reviewer()
    _other, _d, browser = town.reviewer()
    add(town, browser, Authenticator())
    theirs = passkeys(town, person)[0]
    assert browser.post(f"/account/passkeys/{theirs.id}/remove").status_code == 303
    assert len(passkeys(town, person)) == 1


def test_whoever_signs_in_with_an_organisation_has_no_passkeys(town: Town) -> None:
    browser = town.browser(town.admin)
    assert browser.get("/account/passkeys").status_code == 404
    for path in ("/account/passkeys", "/account/passkeys/options", f"/account/passkeys/{uuid4()}/remove"):
        assert browser.post(path).status_code == 404
        assert town.browser(None).post(path).status_code == 401
    assert town.browser(None).get("/account/passkeys").status_code == 302


def test_a_person_who_only_waits_cannot_change_passkeys(town: Town) -> None:
    _invitation, _device, browser = waiting(town)
    answer = Authenticator().make(browser.post("/account/passkeys/options").get_json())
    refused = browser.post("/account/passkeys", data={"label": "x", "credential": answer})
    assert refused.status_code == 400


def test_a_passkey_serves_two_partnerships_each_of_which_checks(town: Town, elsewhere: Town) -> None:
    person, device, _browser = town.reviewer()
    browser = town.browser(None)
    invitation = elsewhere.invite(by="passkey", role=Role.REVIEWER.value)
    assert elsewhere.make_passkey(elsewhere.link(invitation), device, browser, way="use").status_code == 303
    assert elsewhere.again(invitation).accepted_person_id == person.person_id
    assert browser.get(f"/{elsewhere.place.slug}/tasks").status_code == 404
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 200
    assert elsewhere.confirm(invitation, code_on(browser), elsewhere.second).status_code == 303
    assert browser.get(f"/{elsewhere.place.slug}/tasks").status_code == 200
    with town.app.app_context():
        assert len(partnerships_of(person.person_id, town.today)) == 2


def recover(town: Town, person: Someone, device: Authenticator, approver: Someone) -> Authenticator:
    """Two people agree, the link is opened, and a new device takes the place of the old."""
    asked = town.post(
        town.admin, f"{person.person_id}/recovery", email="new@firm.example", reason="Lost telephone"
    )
    assert asked.status_code == 303
    proposal = town.proposals()[-1]
    done = town.post(approver, f"proposals/{proposal.id}", do="approve", reason="Spoke to them")
    assert done.status_code == 303, done.get_data(as_text=True)
    invitation = town.invitation(proposal.submission_key)
    fresh_device, browser = Authenticator(), town.browser(None)
    answer = town.make_passkey(town.link(invitation), fresh_device, browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 200
    return fresh_device


def test_a_lost_passkey_is_replaced_by_two_people(town: Town) -> None:
    person, device, browser = town.reviewer()
    add(town, browser, Authenticator())
    town.post(town.admin, f"{person.person_id}/recovery", email="new@firm.example", reason="Lost telephone")
    (proposal,) = town.proposals()
    assert town.messages("passkey-recovery") == []
    on_file = town.messages("passkey-asked")
    assert [(one.to_person, one.to_address) for one in on_file] == [
        (person.person_id, address_of(town, person))
    ]
    assert "did not ask for this" in on_file[0].body
    decision = town.browser(town.manager).get(town.path(f"proposals/{proposal.id}")).get_data(as_text=True)
    assert "new@firm.example" in decision
    assert str(address_of(town, person)) in decision
    assert "The link goes to another address than the one on file" in decision
    by_starter = town.post(town.admin, f"proposals/{proposal.id}", do="approve", reason="I am sure")
    assert by_starter.status_code == 409
    assert "proposed this yourself" in by_starter.get_data(as_text=True)
    assert town.messages("passkey-recovery") == []
    town.post(town.manager, f"proposals/{proposal.id}", do="approve", reason="Spoke to them")
    (message,) = town.messages("passkey-recovery")
    assert message.to_address == "new@firm.example"
    (allowed,) = town.messages("passkey-allowed")
    assert allowed.to_address == address_of(town, person)
    assert "they can withdraw the link" in allowed.body
    invitation = town.invitation(proposal.submission_key)
    link, fresh_device = town.link(invitation), Authenticator()
    assert "Make a new passkey" in town.browser(None).get(link).get_data(as_text=True)
    assert town.make_passkey(link, fresh_device).status_code == 303
    assert fresh_device.handle == device.handle
    assert town.make_passkey(link).status_code == 404
    assert town.sign_in_by(device).status_code == 403
    assert browser.get(f"/{town.place.slug}/tasks").status_code == 302
    assert town.sign_in_by(fresh_device).status_code == 303
    assert len(passkeys(town, person)) == 1
    told = town.kinds()[-5:]
    assert told.count("passkey-removed") == 2
    assert "passkey-registered" in told
    assert "Lost telephone" in town.told()


def address_of(town: Town, person: Someone) -> str | None:
    with town.app.app_context():
        return db.session.get_one(Person, person.person_id).email


def test_a_recovery_to_the_address_on_file_says_so(town: Town) -> None:
    person, _device, _browser = town.reviewer()
    same = str(address_of(town, person)).upper()
    town.post(town.admin, f"{person.person_id}/recovery", email=same, reason="Lost")
    rest = f"proposals/{town.proposals()[-1].id}"
    decision = town.browser(town.manager).get(town.path(rest)).get_data(as_text=True)
    assert "The link goes to the address on file" in decision


def test_a_recovery_link_lives_two_days_and_ends_with_the_membership(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _device, _browser = town.reviewer()
    town.post(town.admin, f"{person.person_id}/recovery", email="new@firm.example", reason="Lost")
    town.post(town.second, f"proposals/{town.proposals()[-1].id}", do="approve", reason="Yes")
    link = town.link(town.invitation(town.proposals()[-1].submission_key))
    (message,) = town.messages("passkey-recovery")
    to_the_end = f"the end of {long_date(town.today + 2 * DAY)}"
    assert to_the_end in message.body
    assert to_the_end in town.browser(None).get(link).get_data(as_text=True)
    with monkeypatch.context() as patch:
        last = day_end(town.today + 2 * DAY) - timedelta(seconds=1)
        patch.setattr(clock_source, "real_now", lambda: last)
        assert town.browser(None).get(link).status_code == 200
    with monkeypatch.context() as patch:
        later = day_end(town.today + 2 * DAY)
        patch.setattr(clock_source, "real_now", lambda: later)
        assert town.browser(None).get(link).status_code == 404
    (membership,) = town.memberships(person.person_id)
    town.post(town.admin, f"memberships/{membership.id}/end", reason="Left")
    assert town.make_passkey(link).status_code == 404


def test_a_recovery_in_one_partnership_opens_no_other(town: Town, elsewhere: Town) -> None:
    person, device, browser = town.reviewer()
    invitation = elsewhere.invite(by="passkey", role=Role.REVIEWER.value)
    elsewhere.make_passkey(elsewhere.link(invitation), device, browser, way="use")
    elsewhere.confirm(invitation, code_on(browser), elsewhere.second)
    fresh_device = recover(town, person, device, town.manager)
    thief = town.browser(None)
    assert town.sign_in_by(fresh_device, thief).status_code == 303
    assert thief.get(f"/{town.place.slug}/tasks").status_code == 200
    assert thief.get(f"/{elsewhere.place.slug}/tasks").status_code == 404
    page = (
        elsewhere.browser(elsewhere.admin).get(elsewhere.path(str(person.person_id))).get_data(as_text=True)
    )
    assert "Not in force" in page
    assert "replaced through another partnership" in page
    refused = elsewhere.post(
        elsewhere.admin, f"{person.person_id}/memberships", role="reviewer",
        **{f"starts_on-{part}": str(value) for part, value in
           zip(("day", "month", "year"), (town.today.day, town.today.month, town.today.year), strict=True)},
    )  # fmt: skip
    assert refused.status_code == 400
    assert (
        elsewhere.post(
            elsewhere.admin, f"{person.person_id}/recovery", email="x@y.example", reason="x"
        ).status_code
        == 409
    )
    again = elsewhere.invite(by="passkey", role=Role.REVIEWER.value, email="again@firm.example")
    elsewhere.make_passkey(elsewhere.link(again), fresh_device, thief, way="use")
    elsewhere.confirm(again, code_on(thief), elsewhere.second)
    assert thief.get(f"/{elsewhere.place.slug}/tasks").status_code == 200
    assert town.kinds().count("passkey-removed") == 1
    assert elsewhere.kinds().count("passkey-removed") == elsewhere.kinds().count("passkey-registered") == 1


def test_the_provider_of_passkeys_is_no_organisation(town: Town, owner_of: object) -> None:
    with town.app.app_context():
        passkey = db.session.scalars(select(IdentityProvider).where(IdentityProvider.kind == "passkey")).one()
        assert provider_of("waymark-passkeys") is None
        assert provider_by_id(passkey.id) is None
    browser = town.browser(None)
    assert "Waymark passkeys" not in browser.get("/sign-in").get_data(as_text=True)
    assert browser.post("/sign-in/waymark-passkeys").status_code == 404
    with town.place.pinned(), pytest.raises(AccountsError):
        trust_organisation(
            organisation_named("waymark-passkeys"), starts_on=town.today, acting=TESTER, now=real_now()
        )
    with owner_of.app_context(), pytest.raises(AccountsError):  # type: ignore[attr-defined]
        ensure_provider(organisation_named("waymark-passkeys"), ProviderDetails("https://x.example", "w"))


def test_where_the_address_is_a_number_there_are_no_passkeys(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremony, "site_of", lambda _address: None)
    browser = town.browser(None)
    assert "Use a passkey" not in browser.get("/sign-in").get_data(as_text=True)
    assert browser.post("/sign-in/passkey/options").status_code == 400


def test_the_forms_carry_their_tokens(csrf_app: object, town: Town) -> None:
    client = csrf_app.test_client()  # type: ignore[attr-defined]
    link = town.link(town.invite(by="passkey", role=Role.REVIEWER.value))
    for path in (
        "/sign-in/passkey",
        "/sign-in/passkey/options",
        f"{link}/options/make",
        f"{link}/passkey/make",
        link,
    ):
        assert client.post(path).status_code == 400

"""The pages of people: who holds what; giving, changing and ending it; and what waits for a second person."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from app import clock_source
from app.access.roles import Role
from app.accounts import service
from app.clock_source import real_now
from app.people.queries import count_to_decide
from tenants.db import db
from tests.integration.accounts.test_memberships import TESTER, trust
from tests.integration.people.town import Town, days
from tests.support.people import Someone

DAY = timedelta(days=1)


def give(
    town: Town, giver: Someone, to: Someone, role: Role = Role.LIG_CHAIR, **changes: Any
) -> TestResponse:
    starts, ends = changes.pop("starts_on", town.today), changes.pop("ends_on", None)
    typed = {
        "role": role.value,
        "agency": "",
        "reason": "",
        **days("starts_on", starts),
        **days("ends_on", ends),
    }
    return town.post(giver, f"{to.person_id}/memberships", **{**typed, **changes})


def roles(town: Town, someone: Someone) -> list[str]:
    return [held.role for held in town.memberships(someone.person_id) if held.ended_at is None]


def page(town: Town, who: Someone, rest: str = "") -> str:
    answer = town.browser(who).get(town.path(rest))
    assert answer.status_code == 200, rest
    return answer.get_data(as_text=True)


def test_the_list_says_who_holds_what_now_to_come_and_ended(town: Town) -> None:
    member = town.people[Role.MAIN_BOARD_MEMBER]
    give(town, town.admin, member, Role.EXECUTIVE_MEMBER, starts_on=town.today + 9 * DAY)
    chair = town.people[Role.LIG_CHAIR]
    (held,) = town.memberships(chair.person_id)
    town.post(town.admin, f"memberships/{held.id}/end", reason="Retired")
    now, to_come, ended = (page(town, town.manager, f"?show={show}") for show in ("now", "to-come", "ended"))
    assert chair.name in ended
    assert chair.name not in now
    assert member.name in to_come
    assert "Executive member" in to_come
    assert town.admin.name in now
    assert "community-health" not in now
    assert "Community health" in now
    everybody = page(town, town.manager, "?show=all")
    assert all(name in everybody for name in (chair.name, member.name, town.admin.name))
    assert page(town, town.manager, "?show=nonsense").count("list__row") == page(town, town.manager).count(
        "list__row"
    )


def test_the_pages_carry_no_case(town: Town) -> None:
    for address in ("cases", "cases/X", "referrals"):
        assert town.browser(town.admin).get(f"/{town.place.slug}/{address}").status_code == 404


def test_a_person_of_another_partnership_does_not_exist(town: Town, elsewhere: Town) -> None:
    somebody = elsewhere.people[Role.LIG_CHAIR]
    (held,) = elsewhere.memberships(somebody.person_id)
    for rest in (
        f"{somebody.person_id}", f"{somebody.person_id}/memberships", f"{somebody.person_id}/recovery",
        f"memberships/{held.id}/end", f"memberships/{held.id}/last-day", f"{uuid4()}",
    ):  # fmt: skip
        assert town.browser(town.admin).get(town.path(rest)).status_code == 404
        assert town.post(town.admin, rest, reason="x", role="lig-chair").status_code in (404, 405)
    assert roles(elsewhere, somebody) == ["lig-chair"]


def test_a_further_membership_begins_and_is_told(town: Town) -> None:
    member = town.people[Role.MAIN_BOARD_MEMBER]
    browser = town.browser(member)
    assert browser.get(f"/{town.place.slug}/cases").status_code == 404
    assert give(town, town.admin, member, ends_on=town.today + 30 * DAY).status_code == 303
    assert browser.get(f"/{town.place.slug}/cases").status_code == 200
    assert roles(town, member) == ["main-board-member", "lig-chair"]
    assert [message.to_person for message in town.messages("access-given")] == [town.manager.person_id]
    assert town.kinds()[-1] == "membership-begun"


def test_one_that_begins_later_opens_nothing_before(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    member = town.people[Role.MAIN_BOARD_MEMBER]
    give(town, town.admin, member, starts_on=town.today + 2 * DAY)
    browser = town.browser(member)
    assert browser.get(f"/{town.place.slug}/cases").status_code == 404
    later = real_now() + 2 * DAY
    monkeypatch.setattr(clock_source, "real_now", lambda: later)
    assert browser.get(f"/{town.place.slug}/cases").status_code == 200


def test_the_same_form_twice_at_once_gives_one(town: Town) -> None:
    member, answers = town.people[Role.MAIN_BOARD_MEMBER], []
    threads = [
        threading.Thread(target=lambda: answers.append(give(town, town.admin, member).status_code))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 4
    assert roles(town, member).count("lig-chair") == 1


def test_what_is_wrong_is_told_and_kept(town: Town) -> None:
    member = town.people[Role.MAIN_BOARD_MEMBER]
    answer = give(town, town.admin, member, Role.PRACTITIONER, ends_on=town.today - DAY)
    text_ = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Select the agency that this role serves" in text_
    assert "The last day must be on or after the first day" in text_
    assert f'value="{(town.today - DAY).year}"' in text_
    assert roles(town, member) == ["main-board-member"]


def test_an_ended_membership_refuses_the_very_next_request(town: Town) -> None:
    chair = town.people[Role.LIG_CHAIR]
    browser: FlaskClient = town.browser(chair)
    assert browser.get(f"/{town.place.slug}/cases").status_code == 200
    (held,) = town.memberships(chair.person_id)
    refused = town.post(town.admin, f"memberships/{held.id}/end", reason="")
    assert refused.status_code == 400
    assert "Say why" in refused.get_data(as_text=True)
    for _twice in range(2):
        assert town.post(town.admin, f"memberships/{held.id}/end", reason="Retired").status_code == 303
    assert browser.get(f"/{town.place.slug}/cases").status_code == 404
    assert town.kinds().count("membership-ended") == 1
    assert "Retired" in page(town, town.admin, str(chair.person_id))
    (told,) = town.messages("membership-ended")
    assert told.to_person == chair.person_id
    assert "Retired" not in told.body


def test_the_last_day_is_changed_with_its_reason(town: Town) -> None:
    chair = town.people[Role.LIG_CHAIR]
    (held,) = town.memberships(chair.person_id)
    rest = f"memberships/{held.id}/last-day"
    assert town.post(town.admin, rest, reason=" ", **days("ends_on", town.today)).status_code == 400
    assert town.post(town.admin, rest, reason="x", **days("ends_on", town.today - DAY)).status_code == 400
    for _twice in range(2):
        sent = town.post(town.admin, rest, reason="Leaves the post", **days("ends_on", town.today))
        assert sent.status_code == 303
    assert town.memberships(chair.person_id)[0].ends_on == town.today
    assert town.kinds().count("membership-changed") == 1
    assert town.messages("access-given") == []
    assert town.post(town.admin, rest, reason="Stays after all").status_code == 303
    assert town.memberships(chair.person_id)[0].ends_on is None
    assert len(town.messages("access-given")) == 1


def test_a_membership_that_is_over_is_not_lengthened(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    chair = town.people[Role.LIG_CHAIR]
    (held,) = town.memberships(chair.person_id)
    town.post(town.admin, f"memberships/{held.id}/last-day", reason="x", **days("ends_on", town.today))
    later = real_now() + 2 * DAY
    monkeypatch.setattr(clock_source, "real_now", lambda: later)
    refused = town.post(town.admin, f"memberships/{held.id}/last-day", reason="x")
    assert refused.status_code == 400
    assert "Give a further one" in refused.get_data(as_text=True)


def test_nothing_is_given_to_somebody_for_whom_nobody_vouches(town: Town) -> None:
    ada = town.second
    trust(town.place, town.council, town.today - 9 * DAY, town.today - DAY)
    refused = give(town, town.admin, ada)
    assert refused.status_code == 400
    assert "Nobody vouches for them" in refused.get_data(as_text=True)
    assert "Not in force" in page(town, town.manager)


def propose(
    town: Town, who: Someone | None = None, role: Role = Role.LIG_CHAIR, reason: str = "To help"
) -> Any:
    someone = who or town.admin
    assert give(town, someone, someone, role, reason=reason).status_code == 303
    return town.proposals()[-1]


def decide(
    town: Town, who: Someone, proposal: Any, do: str = "approve", reason: str = "Asked the chair"
) -> TestResponse:
    return town.post(who, f"proposals/{proposal.id}", do=do, reason=reason)


def test_what_an_administrator_gives_themselves_waits_for_a_second_person(town: Town) -> None:
    assert give(town, town.admin, town.admin).status_code == 400  # without a reason
    proposal = propose(town)
    browser = town.browser(town.admin)
    assert browser.get(f"/{town.place.slug}/cases").status_code == 404
    assert roles(town, town.admin) == ["partnership-administrator"]
    told = {message.to_person for message in town.messages("second-person-waits")}
    assert told == {town.second.person_id, town.manager.person_id}
    refused = decide(town, town.admin, proposal)
    assert refused.status_code == 409
    assert "about yourself" in refused.get_data(as_text=True)
    assert "Approve" not in page(town, town.admin, f"proposals/{proposal.id}")
    assert browser.get(f"/{town.place.slug}/cases").status_code == 404
    assert decide(town, town.second, proposal, reason=" ").status_code == 400
    assert decide(town, town.second, proposal).status_code == 303
    assert browser.get(f"/{town.place.slug}/cases").status_code == 200
    assert town.kinds()[-2:] == ["membership-begun", "membership-approved"]
    assert decide(town, town.manager, proposal, "refuse").status_code == 409
    shown = page(town, town.admin, f"proposals/{proposal.id}")
    assert "Second Administrator" in shown
    assert "Asked the chair" in shown
    assert len(town.messages("proposal-decided")) == 1
    assert [message.to_person for message in town.messages("access-given")] == [town.manager.person_id]


def test_a_refusal_is_recorded_with_its_reason(town: Town) -> None:
    proposal = propose(town)
    assert decide(town, town.manager, proposal, "refuse", "No need").status_code == 303
    assert roles(town, town.admin) == ["partnership-administrator"]
    assert town.kinds()[-1] == "membership-refused"
    assert decide(town, town.second, proposal).status_code == 409


def test_also_a_role_without_cases_is_only_proposed_to_oneself(town: Town) -> None:
    propose(town, role=Role.EXECUTIVE_MEMBER)
    assert roles(town, town.admin) == ["partnership-administrator"]


@pytest.mark.duty("S-01")
def test_an_administrator_is_not_made_the_scrutineer_as_well(town: Town) -> None:
    refused = give(town, town.admin, town.admin, Role.INDEPENDENT_SCRUTINEER, reason="To help")
    assert refused.status_code == 400
    assert beside(refused, "role", "holds no other role in the same partnership")
    assert town.proposals() == []
    (held,) = town.memberships(town.admin.person_id)
    rest = f"memberships/{held.id}/last-day"
    town.post(town.admin, rest, reason="Less", **days("ends_on", town.today + DAY))
    later = town.today + 5 * DAY
    proposed = give(
        town, town.admin, town.admin, Role.INDEPENDENT_SCRUTINEER, starts_on=later, reason="To help"
    )
    assert proposed.status_code == 303
    town.post(town.second, rest, reason="Stays after all")
    answer = decide(town, town.second, town.proposals()[0])
    assert answer.status_code == 409
    assert "holds no other role in the same partnership" in answer.get_data(as_text=True)
    assert roles(town, town.admin) == ["partnership-administrator"]
    assert town.proposals()[0].state == "open"


def beside(answer: TestResponse, field: str, message: str) -> bool:
    """Whether a page tells a fault beside a field that people see, and in the summary with a way to it."""
    page = answer.get_data(as_text=True)
    told = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', page, re.S)
    return told is not None and message in told[1] and f'href="#{field}"' in page


@pytest.mark.duty("S-01")
def test_what_does_not_go_together_is_told_beside_the_role(town: Town) -> None:
    refused = give(town, town.admin, town.people[Role.MAIN_BOARD_MEMBER], Role.INDEPENDENT_SCRUTINEER)
    assert refused.status_code == 400
    assert beside(refused, "role", "holds no other role in the same partnership")
    assert roles(town, town.people[Role.MAIN_BOARD_MEMBER]) == ["main-board-member"]


def test_the_last_administrator_is_neither_ended_nor_given_an_early_last_day(town: Town) -> None:
    (first,), (second,) = (town.memberships(one.person_id) for one in (town.admin, town.second))
    assert town.post(town.admin, f"memberships/{second.id}/end", reason="Left").status_code == 303
    refused = town.post(town.admin, f"memberships/{first.id}/end", reason="Leaving")
    assert refused.status_code == 400
    assert beside(refused, "reason", "the last administrator")
    rest = f"memberships/{first.id}/last-day"
    for last in (town.today, town.today + 30 * DAY):
        refused = town.post(town.admin, rest, reason="Leaving", **days("ends_on", last))
        assert refused.status_code == 400
        assert "the last administrator" in refused.get_data(as_text=True)
    (kept,) = town.memberships(town.admin.person_id)
    assert (kept.ended_at, kept.ends_on) == (None, None)
    other = town.people[Role.MAIN_BOARD_MEMBER]
    role, later = Role.PARTNERSHIP_ADMINISTRATOR, town.today + 10 * DAY
    assert give(town, town.admin, other, role, starts_on=later).status_code == 303
    too_early = days("ends_on", later - 2 * DAY)
    assert town.post(town.admin, rest, reason="Leaving", **too_early).status_code == 400
    in_time = days("ends_on", later - DAY)
    assert town.post(town.admin, rest, reason="Leaving", **in_time).status_code == 303
    to_come = next(one for one in town.memberships(other.person_id) if one.role == role.value)
    refused = town.post(town.admin, f"memberships/{to_come.id}/end", reason="Not after all")
    assert refused.status_code == 400
    assert beside(refused, "reason", "the last administrator")


def test_an_administrator_whose_organisation_is_not_trusted_does_not_count(town: Town) -> None:
    (first,) = town.memberships(town.admin.person_id)
    trust(town.place, town.council, town.today - 9 * DAY, town.today - DAY)  # the second one's
    refused = town.post(town.admin, f"memberships/{first.id}/end", reason="Leaving")
    assert refused.status_code == 400
    assert roles(town, town.admin) == ["partnership-administrator"]


def test_of_two_administrators_who_end_each_other_at_once_one_stays(town: Town) -> None:
    (first,), (second,) = (town.memberships(one.person_id) for one in (town.admin, town.second))
    threads = [
        threading.Thread(
            target=lambda who=who, held=held: town.post(who, f"memberships/{held.id}/end", reason="Leaving")
        )
        for who, held in ((town.admin, second), (town.second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([*roles(town, town.admin), *roles(town, town.second)]) == 1


def test_whoever_ends_their_own_membership_comes_to_a_page_that_they_may_open(town: Town) -> None:
    browser = town.browser(town.second)
    (held,) = town.memberships(town.second.person_id)
    answer = browser.post(
        town.path(f"memberships/{held.id}/end"),
        data={"submission_key": str(uuid4()), "reason": "Leaving"}, follow_redirects=True,
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer.request.path == "/"
    assert "The membership has ended." in answer.get_data(as_text=True)
    assert "No partnership has given you a role today" in answer.get_data(as_text=True)


def test_what_is_held_already_is_not_said_to_have_been_given(town: Town) -> None:
    browser, chair = town.browser(town.admin), town.people[Role.LIG_CHAIR]
    typed = {
        "submission_key": str(uuid4()),
        "role": "lig-chair",
        "agency": "",
        **days("starts_on", town.today),
    }
    answer = browser.post(
        town.path(f"{chair.person_id}/memberships"), data=typed, follow_redirects=True
    ).get_data(as_text=True)
    assert "They hold this already: nothing was changed." in answer
    assert "has been given" not in answer
    assert roles(town, chair) == ["lig-chair"]


def tasks(town: Town, who: Someone) -> str:
    return town.browser(who).get(f"/{town.place.slug}/tasks").get_data(as_text=True)


def test_my_tasks_say_what_waits_for_a_second_person_to_those_who_may_decide_it(town: Town) -> None:
    assert "for a second person" not in tasks(town, town.second)
    propose(town)
    made = town.invite(by="passkey", role=Role.REVIEWER.value)
    town.make_passkey(town.link(made))
    assert "for a second person" not in tasks(
        town, town.admin
    )  # who proposed the one and invited to the other
    for who in (town.second, town.manager):
        assert "2 things wait for a second person" in tasks(town, who)
        assert f'href="{town.path("waiting")}"' in tasks(town, who)
    assert "for a second person" not in tasks(town, town.people[Role.LIG_CHAIR])
    decide(town, town.second, town.proposals()[-1], "refuse")
    assert "1 thing waits for a second person" in tasks(town, town.manager)
    with town.place.pinned(), counted() as queries:
        assert count_to_decide(town.manager.person_id, real_now()) == 1
    assert len([one for one in queries if "membership_proposals" in one or "invitations" in one]) == 1


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    found: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    yield found
    event.remove(db.engine, "before_cursor_execute", listen)


def test_the_page_of_a_person_says_what_waits_about_them(town: Town) -> None:
    propose(town)
    shown = page(town, town.manager, str(town.admin.person_id))
    assert "Waits for a second person" in shown
    assert "A membership as Chair of the group" in shown
    assert "Waits for a second person" not in page(town, town.manager, str(town.second.person_id))


def test_the_newest_memberships_come_first_where_asked_and_are_marked(town: Town) -> None:
    give(town, town.admin, town.people[Role.MAIN_BOARD_MEMBER])
    newest = page(town, town.manager, "?order=newest")
    main = newest[newest.index("<dl") :]
    assert main.index("Chair of the group") < main.index(town.admin.name)
    assert ">New</strong>" in main[: main.index("</dd>")]
    (message,) = town.messages("access-given")
    assert "/people/?order=newest" in message.body


def test_two_who_decide_at_once_decide_once(town: Town) -> None:
    proposal, answers = propose(town), []
    tries = [(town.second, "approve"), (town.manager, "refuse"), (town.manager, "approve")]
    threads = [
        threading.Thread(
            target=lambda who=who, do=do: answers.append(decide(town, who, proposal, do).status_code)
        )
        for who, do in tries
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409, 409]
    kinds = town.kinds()
    assert kinds.count("membership-approved") + kinds.count("membership-refused") == 1


def test_the_database_refuses_a_decision_by_the_proposer(town: Town) -> None:
    proposal = propose(town)
    with pytest.raises(IntegrityError, match="second_person"), town.place.pinned():
        db.session.execute(
            text("update membership_proposals set state = 'approved', decided_by = :p where id = :i"),
            {"p": town.admin.person_id, "i": proposal.id},
        )


def test_the_same_proposal_sent_twice_is_one(town: Town) -> None:
    key = str(uuid4())
    for _twice in range(2):
        give(town, town.admin, town.admin, reason="To help", submission_key=key)
    assert len(town.proposals()) == 1


def test_a_longer_time_for_oneself_is_proposed_and_a_shorter_one_is_not(town: Town) -> None:
    (held,) = town.memberships(town.admin.person_id)
    rest = f"memberships/{held.id}/last-day"
    assert (
        town.post(town.admin, rest, reason="Less", **days("ends_on", town.today + 5 * DAY)).status_code == 303
    )
    assert town.memberships(town.admin.person_id)[0].ends_on == town.today + 5 * DAY
    assert town.proposals() == []
    later = days("ends_on", town.today + 50 * DAY)
    assert town.post(town.admin, rest, reason="", **later).status_code == 400
    assert town.post(town.admin, rest, reason="More", **later).status_code == 303
    assert town.memberships(town.admin.person_id)[0].ends_on == town.today + 5 * DAY
    (proposal,) = town.proposals()
    assert "A later last day" in page(town, town.second, f"proposals/{proposal.id}")
    assert decide(town, town.second, proposal).status_code == 303
    assert town.memberships(town.admin.person_id)[0].ends_on == town.today + 50 * DAY


def test_a_proposal_of_somebody_who_has_left_is_not_approved(town: Town) -> None:
    proposal = propose(town)
    (held,) = town.memberships(town.admin.person_id)
    town.post(town.second, f"memberships/{held.id}/end", reason="Dismissed")
    refused = decide(town, town.second, proposal)
    assert refused.status_code == 409
    assert "have ended meanwhile" in refused.get_data(as_text=True)
    assert decide(town, town.second, proposal, "refuse").status_code == 303
    assert roles(town, town.admin) == []


def test_a_proposal_whose_last_day_has_passed_is_not_approved(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(town, town.admin, town.admin, reason="To help", ends_on=town.today + DAY)
    proposal = town.proposals()[-1]
    later = real_now() + 3 * DAY
    monkeypatch.setattr(clock_source, "real_now", lambda: later)
    refused = decide(town, town.second, proposal)
    assert refused.status_code == 409
    assert "has passed" in refused.get_data(as_text=True)


def test_another_partnerships_proposal_does_not_exist(town: Town, elsewhere: Town) -> None:
    proposal = propose(elsewhere)
    assert town.browser(town.manager).get(town.path(f"proposals/{proposal.id}")).status_code == 404
    assert decide(town, town.manager, proposal).status_code == 404
    assert elsewhere.proposals()[0].state == "open"


def test_a_manager_approves_and_manages_nothing(town: Town) -> None:
    for rest in ("invite", f"{town.admin.person_id}/memberships"):
        assert town.browser(town.manager).get(town.path(rest)).status_code == 404
    assert "Invite somebody" not in page(town, town.manager)


def test_a_decision_that_is_none_changes_nothing(town: Town) -> None:
    proposal = propose(town)
    for do in ("perhaps", ""):
        answer = decide(town, town.second, proposal, do)
        assert answer.status_code == 400
        assert beside(answer, "reason", "Press Approve or Refuse")
    assert town.proposals()[0].state == "open"


def test_there_is_no_passkey_to_recover_for_somebody_of_an_organisation(town: Town) -> None:
    answer = town.browser(town.admin).get(town.path(f"{town.manager.person_id}/recovery"))
    assert answer.status_code == 409
    assert "which can help them" in answer.get_data(as_text=True)


def test_trusting_an_organisation_is_an_event_of_its_own(town: Town) -> None:
    assert "organisation-trusted" in town.kinds()
    assert "settings-adopted" not in town.kinds()


def test_a_membership_that_is_held_for_longer_is_not_given_again_and_a_longer_one_is(town: Town) -> None:
    person_id, began = town.second.person_id, date(2020, 1, 1)
    with town.place.pinned():
        from app.accounts.models import Person

        person = db.session.get_one(Person, person_id)

        def begin(ends_on: date | None) -> Any:
            return service.begin_membership(
                person, Role.MAIN_BOARD_MEMBER, agency_key=None, starts_on=town.today, ends_on=ends_on,
                acting=TESTER, now=real_now(),
            ).id  # fmt: skip

        short = begin(town.today + 5 * DAY)
        assert begin(town.today + 5 * DAY) == short
        assert begin(town.today + 2 * DAY) == short
        longer = begin(None)
        assert longer != short
        assert begin(town.today + 99 * DAY) == longer
        db.session.commit()
    assert began < town.today

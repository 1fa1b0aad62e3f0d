"""A commission from its first day to its last: what is released, what is written, and what each side sees of it."""

from __future__ import annotations

import pytest

from app.access.roles import Role
from app.procedure.events import EventKind
from tests.integration.commissions.given import CHILD, DAY, MONDAY, TODAY, Given, typed_day

K = EventKind


@pytest.mark.duty("S-02")
def test_a_reviewer_sees_their_commission_and_nothing_else(given: Given) -> None:
    reference = given.give()
    assert given.terms(reference).status_code == 303
    assert given.paper(reference).status_code == 303
    home = given.get(given.reviewer, "/commissions/")
    assert (home.status_code, home.headers["Location"]) == (
        302,
        f"/{given.place.slug}/commissions/{reference}",
    )
    page = given.text(given.reviewer, f"/commissions/{reference}")
    assert "To learn how agencies worked together" in page
    assert "Joanna of the team, 01983 000000" in page
    for hidden in (given.case, given.team.name, CHILD):
        assert hidden not in page
    paper = given.text(given.reviewer, f"/commissions/{reference}/papers/1")
    assert f"{CHILD} fell" in paper
    assert given.case not in paper
    for nav in ("My tasks", "My commission"):
        assert nav in page
    for nav in (">Cases<", ">Referrals<", ">Deputies<", ">Arrangements<"):
        assert nav not in page
    for path in (
        "/cases",
        f"/cases/{given.case}",
        given.path(reference),
        "/referrals",
        "/deputies/",
        "/settings/",
    ):
        assert given.get(given.reviewer, path).status_code == 404, path


@pytest.mark.duty("S-02")
def test_every_opening_is_in_the_read_log_with_capacity_and_the_papers_name(given: Given) -> None:
    reference = given.give()
    given.terms(reference)
    given.paper(reference, "written", title="What the school recorded", text="Nothing unusual")
    given.draft(reference, "A first look")
    given.submit(reference)
    for rest in ("", "/terms/1", "/papers/1", "/draft", "/submit", "/versions/1"):
        given.text(given.reviewer, f"/commissions/{reference}{rest}")
    begins = f"commission {reference}: "
    assert sorted(given.read(given.reviewer)) == sorted(  # all at one moment
        f"{begins}{what}"
        for what in ("the commission", "terms of reference, version 1", "paper 1, What the school recorded",
                     "the draft", "the draft, to submit", "submitted version 1")
    )  # fmt: skip
    page = given.text(given.team, given.path(reference))
    assert "Paper 1, What the school recorded" in page
    assert "Reviewer" in page


@pytest.mark.duty("S-02")
def test_it_opens_on_its_first_day_and_closes_with_its_last(given: Given) -> None:
    reference = given.give(first=2, last=5)
    given.terms(reference)
    seen = {}
    for offset in range(8):
        given.to(MONDAY + offset * DAY)
        pages = [
            given.get(given.reviewer, f"/commissions/{reference}{rest}").status_code
            for rest in ("", "/draft")
        ]
        assert len(set(pages)) == 1
        seen[offset] = pages[0] == 200
    assert [offset for offset, open_ in seen.items() if open_] == [2, 3, 4, 5]


def test_the_days_are_of_london(given: Given) -> None:
    given.to(MONDAY.replace(month=7, day=20, year=2026, hour=9))
    reference = given.give(first=0, last=0)
    given.to(MONDAY.replace(month=7, day=20, year=2026, hour=22, minute=59))
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 200
    given.to(MONDAY.replace(month=7, day=20, year=2026, hour=23, minute=0))  # midnight in London's summer
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 404


@pytest.mark.duty("B3-15")
@pytest.mark.parametrize("role", [Role.LIG_CHAIR, Role.PARTNERSHIP_TEAM, Role.STRATEGIC_MANAGER])
def test_whoever_is_removed_is_refused_at_the_next_request(given: Given, role: Role) -> None:
    reference = given.give()
    given.draft(reference, "Half a sentence")
    given.submit(reference)
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 200
    who = given.people[role]
    refused = given.act(reference, "/remove", who, reason="  ")
    assert refused.status_code == 400
    assert "Say why they are removed" in refused.get_data(as_text=True)
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 200
    assert (
        given.act(reference, "/remove", who, reason="A conflict of interest came to light").status_code == 303
    )
    for rest in ("", "/terms/1", "/papers/1", "/draft", "/submit", "/versions/1"):
        answer = given.get(given.reviewer, f"/commissions/{reference}{rest}")
        assert answer.status_code == 404
    assert given.draft(reference, "More", 1).status_code == 404
    assert (
        given.post(given.reviewer, f"/commissions/{reference}/draft/autosave", report="More").status_code
        == 404
    )
    assert given.submit(reference).status_code == 404
    assert given.get(given.reviewer, "/commissions/").get_data(as_text=True).count(reference) == 0
    page = given.text(given.team, given.path(reference))
    assert "A conflict of interest came to light" in page
    assert "Half a sentence" in given.text(given.team, given.path(reference, "/versions/1"))
    assert given.act(reference, "/remove", who, reason="Again").status_code == 303  # the first stands
    assert given.row(reference).removed_reason == "A conflict of interest came to light"
    assert len(given.told(K.REVIEWER_REMOVED)) == 1


@pytest.mark.duty("B3-15")
def test_a_removal_leaves_nothing_to_change(given: Given) -> None:
    reference = given.give()
    given.paper(reference)
    given.act(reference, "/remove", reason="On the group's decision")
    later = typed_day("last_day", TODAY + 60 * DAY)
    for answer in (
        given.act(reference, "/end", over="2", reason="Longer", **later), given.terms(reference),
        given.act(reference, "/timetable", over="0", **typed_day("start", TODAY)),
        given.act(reference, "/papers/1/withdraw", reason="Late"),
        given.paper(reference, "written", title="x", text="y"),
    ):  # fmt: skip
        assert answer.status_code == 409
        assert "They have been removed" in answer.get_data(as_text=True)
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 404


@pytest.mark.duty("S-02")
def test_another_last_day_opens_and_closes(given: Given) -> None:
    reference = given.give(last=3)
    given.draft(reference, "Kept through the gap")
    given.to(MONDAY + 4 * DAY)
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 404
    longer = typed_day("last_day", given.now.date() + 2 * DAY)
    assert given.act(reference, "/end", over="1", reason="", **longer).status_code == 400
    assert given.act(reference, "/end", over="1", reason="The inquest is later", **longer).status_code == 303
    assert "Kept through the gap" in given.text(given.reviewer, f"/commissions/{reference}/draft")
    given.to(given.now + 3 * DAY)
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 404
    assert [row.facts for row in given.told(K.COMMISSION_CHANGED)] != []


def test_two_who_change_the_last_day_at_once(given: Given) -> None:
    reference = given.give()
    first, second = (typed_day("last_day", TODAY + days * DAY) for days in (40, 50))
    assert given.act(reference, "/end", over="1", reason="One", **first).status_code == 303
    late = given.act(reference, "/end", over="1", reason="Two", **second)
    assert late.status_code == 409
    text = late.get_data(as_text=True)
    assert 'value="Two"' in text
    assert 'name="over" type="hidden" value="2"' in text
    assert given.row(reference).last_day == TODAY + 40 * DAY
    assert given.act(reference, "/end", over="2", reason="Two", **second).status_code == 303
    assert given.act(reference, "/end", over="2", reason="Two", **second).status_code == 303  # sent again
    assert given.row(reference).last_day == TODAY + 50 * DAY
    assert len(given.told(K.COMMISSION_CHANGED)) == 2


@pytest.mark.duty("S-02")
def test_an_event_lead_leads_one_event_and_two_reviewers_write_apart(given: Given, second: Given) -> None:
    event, review = given.give(given.lead), given.give(given.reviewer)
    other = given.give(second.reviewer)
    assert (event[:3], review[:3]) == ("LE-", "LR-")
    assert "Local learning event" in given.text(given.lead, f"/commissions/{event}")
    given.draft(review, "Written by the one")
    given.draft(other, "Written by the other", who=second.reviewer)
    given.submit(review)
    people = {event: given.lead, review: given.reviewer, other: second.reviewer}
    for reference, who in people.items():
        for another in people:
            expected = 200 if another == reference else 404
            for rest in ("", "/draft", "/submit"):
                assert given.get(who, f"/commissions/{another}{rest}").status_code == expected
    assert given.get(second.reviewer, f"/commissions/{review}/versions/1").status_code == 404
    assert "Written by the other" not in given.text(given.reviewer, f"/commissions/{review}/draft")
    listed = given.text(given.team, f"/cases/{given.case}/commissions/")
    assert all(one in listed for one in people)


@pytest.mark.duty("S-02")
def test_the_membership_carries_the_commission(given: Given) -> None:
    from app.access.actor import SYSTEM
    from app.accounts.models import Person
    from app.accounts.service import begin_membership, end_membership
    from tenants.db import db

    reference = given.give()
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 200
    with given.place.pinned():
        end_membership(given.membership(given.reviewer), reason="Left", acting=SYSTEM, now=given.now)
        db.session.commit()
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 404
    assert "Their membership has ended" in given.text(given.team, given.path(reference))
    late = given.act(reference, "/end", over="1", reason="Longer", **typed_day("last_day", TODAY + 40 * DAY))
    assert late.status_code == 400
    assert "no longer a member" in late.get_data(as_text=True)
    with given.place.pinned():
        person = db.session.get_one(Person, given.reviewer.person_id)
        begin_membership(
            person, Role.REVIEWER, agency_key=None, starts_on=TODAY, acting=SYSTEM, now=given.now
        )
        db.session.commit()
    assert given.get(given.reviewer, f"/commissions/{reference}").status_code == 404  # another membership
    assert given.get(given.reviewer, "/commissions/").status_code == 200


def test_several_commissions_are_listed(given: Given) -> None:
    first, later = given.give(), given.give(given.lead)
    second = Given(given.app, given.place, given.people, given._at)
    other = second.give()
    page = given.text(given.reviewer, "/commissions/")
    assert first in page
    assert other in page
    assert later not in page
    assert "No commission of yours runs today" not in page


def test_terms_are_versions_shown_side_by_side(given: Given) -> None:
    reference = given.give()
    missing = given.terms(reference, purpose="", enquiry=" ")
    assert missing.status_code == 400
    assert "Say what the purpose is" in missing.get_data(as_text=True)
    assert "From birth to the incident" in missing.get_data(as_text=True)
    assert given.terms(reference).status_code == 303
    stale = given.terms(reference, scope="From the move on")
    assert stale.status_code == 409
    assert "From the move on" in stale.get_data(as_text=True)
    assert "<ins>move on</ins>" in stale.get_data(as_text=True)
    same = given.terms(reference, 1)
    assert same.status_code == 400
    assert "Nothing differs" in same.get_data(as_text=True)
    looked = given.act(
        reference,
        "/terms/write",
        over="1",
        do="look",
        purpose="To learn",
        scope="x",
        enquiry="y",
    )
    assert looked.status_code == 200
    assert given.told(K.TERMS_OF_REFERENCE_RELEASED)[1:] == []
    assert given.terms(reference, 1, scope="From the move to the incident").status_code == 303
    for who, path in ((given.team, given.path(reference)), (given.reviewer, f"/commissions/{reference}")):
        assert "From the move to the incident" in given.text(who, path)
        page = given.text(who, f"{path}/terms/2")
        assert "<del>birth </del>" in page
        assert "<ins>the move </ins>" in page
        assert "<del>" not in given.text(who, f"{path}/terms/1")
        for wrong in ("3", "0", "-1", "01", "x", "99999999999"):
            assert given.get(who, f"{path}/terms/{wrong}").status_code == 404


def test_a_timetable_is_in_order_and_changes_with_a_reason(given: Given) -> None:
    reference = given.give()
    days = {
        **typed_day("start", TODAY),
        **typed_day("first_draft", TODAY + 10 * DAY),
        **typed_day("end", TODAY + 5 * DAY),
    }
    wrong = given.act(reference, "/timetable", over="0", **days)
    assert wrong.status_code == 400
    assert "End cannot come before first draft" in wrong.get_data(as_text=True)
    outside = given.act(reference, "/timetable", over="0", **typed_day("end", TODAY + 31 * DAY))
    assert "End must lie within the commission" in outside.get_data(as_text=True)
    assert "Enter at least one date" in given.act(reference, "/timetable", over="0").get_data(as_text=True)
    days |= typed_day("end", TODAY + 20 * DAY)
    assert given.act(reference, "/timetable", over="0", **days).status_code == 303
    assert given.act(reference, "/timetable", over="0", **days).status_code == 409  # somebody else's form
    days |= typed_day("first_draft", TODAY + 12 * DAY)
    assert given.act(reference, "/timetable", over="1", **days).status_code == 400
    assert given.act(reference, "/timetable", over="1", reason="Records came late", **days).status_code == 303
    tasks = given.text(given.reviewer, "/tasks")
    assert "First draft" in tasks
    assert "Saturday 5 December 2026" in tasks
    assert "not a working day, the last before it is Friday 4 December 2026" in tasks
    assert given.case not in tasks
    page = given.text(given.team, given.path(reference))
    assert "Records came late" in page
    given.to(MONDAY + 13 * DAY)
    assert "Overdue" in given.text(given.reviewer, "/tasks")
    given.draft(reference, "Done at last")
    given.submit(reference)
    tasks = given.text(given.reviewer, "/tasks")
    assert "First draft" not in tasks
    assert "Submitted" in given.text(given.reviewer, f"/commissions/{reference}")
    shorter = typed_day("last_day", TODAY + 15 * DAY)
    given.act(reference, "/end", over="1", reason="Sooner", **shorter)
    assert "after the last day" in given.text(given.team, given.path(reference))


def test_papers_are_frozen_looked_at_and_withdrawn(given: Given) -> None:
    reference = given.give()
    nothing = given.act(reference, "/papers/release", do="look", part="decisions")
    assert nothing.status_code == 400
    assert "There is nothing of this in the case yet" in nothing.get_data(as_text=True)
    assert "Select what is released" in given.act(reference, "/papers/release", do="look").get_data(
        as_text=True
    )
    empty = given.act(reference, "/papers/release", do="release", part="written", seen="x").get_data(
        as_text=True
    )
    assert "Enter a title" in empty
    assert "Write the paper" in empty
    unseen = given.act(reference, "/papers/release", do="release", part="referral")
    assert unseen.status_code == 200  # shown first, and not released
    changed = given.act(reference, "/papers/release", do="release", part="timeline", seen="0" * 64)
    assert changed.status_code == 409
    assert given.told(K.PAPER_RELEASED) == []
    assert given.paper(reference, "timeline").status_code == 303
    paper = given.text(given.reviewer, f"/commissions/{reference}/papers/1")
    assert "Referral submitted" in paper
    assert "Commission given" not in paper
    assert given.act(reference, "/papers/1/withdraw", reason="").status_code == 400
    assert given.act(reference, "/papers/1/withdraw", reason="Released by mistake").status_code == 303
    assert given.act(reference, "/papers/1/withdraw", reason="Again").status_code == 303
    assert given.get(given.reviewer, f"/commissions/{reference}/papers/1").status_code == 404
    assert "The timeline" not in given.text(given.reviewer, f"/commissions/{reference}")
    assert "Released by mistake" in given.text(given.team, given.path(reference, "/papers/1"))
    assert len(given.told(K.PAPER_WITHDRAWN)) == 1
    for wrong in ("2", "0", "01", "one"):
        assert given.get(given.reviewer, f"/commissions/{reference}/papers/{wrong}").status_code == 404
        assert given.get(given.team, given.path(reference, f"/papers/{wrong}")).status_code == 404


def test_the_partnership_reads_versions_and_never_the_draft(given: Given) -> None:
    reference = given.give()
    given.draft(reference, "Nobody sees this yet", finding=["One"], recommendation=["Do better"])
    for who in (given.team, given.people[Role.LIG_CHAIR], given.people[Role.INDEPENDENT_SCRUTINEER]):
        assert "Nobody sees this yet" not in given.text(who, given.path(reference))
        assert given.get(who, given.path(reference, "/versions/1")).status_code == 404
        assert given.get(who, f"/commissions/{reference}/draft").status_code == 404
    assert given.submit(reference, note="For the meeting").status_code == 303
    given.draft(reference, "Second thoughts", 1)
    chair = given.people[Role.LIG_CHAIR]
    page = given.text(chair, given.path(reference, "/versions/1"))
    for words in ("Nobody sees this yet", "For the meeting", "Do better"):
        assert words in page
    assert "Second thoughts" not in page
    key = "11111111-2222-4333-8444-555555555555"
    assert given.act(reference, "/versions/1/comment", chair, words=" ").status_code == 400
    for _twice in range(2):
        assert (
            given.act(
                reference, "/versions/1/comment", chair, words="Say more", submission_key=key
            ).status_code
            == 303
        )
    read = given.text(given.reviewer, f"/commissions/{reference}/versions/1")
    assert read.count("Say more") == 1
    assert "Chair of the group" in read
    assert chair.name not in read
    scrutineer = given.people[Role.INDEPENDENT_SCRUTINEER]
    assert "Nobody sees this yet" in given.text(scrutineer, given.path(reference, "/versions/1"))
    assert given.act(reference, "/versions/1/comment", scrutineer, words="Mine").status_code == 404
    assert "Send the comment" not in given.text(scrutineer, given.path(reference, "/versions/1"))


def test_a_form_sent_twice_does_one_thing(given: Given) -> None:
    key = "22222222-2222-4333-8444-555555555555"
    reference = given.give(submission_key=key)
    assert given.give(submission_key=key) == reference
    days = {**typed_day("first_day", TODAY), **typed_day("last_day", TODAY)}
    member = str(given.membership(given.reviewer))
    again = given.post(
        given.team, f"/cases/{given.case}/commissions/give", membership=member, contact="x", **days
    )
    assert again.status_code == 400
    assert f"already, as {reference}" in again.get_data(as_text=True)
    for _twice in range(2):
        assert given.act(reference, "/terms/write", over="0", do="release", submission_key=key,
                         purpose="a", scope="b", enquiry="c").status_code == 303  # fmt: skip
        days = typed_day("start", TODAY)
        assert given.act(reference, "/timetable", over="0", submission_key=key, **days).status_code == 303
    given.draft(reference, "Text")
    for _twice in range(2):
        assert given.submit(reference, submission_key=key).status_code == 303
    for kind in (K.REVIEWER_COMMISSIONED, K.TERMS_OF_REFERENCE_RELEASED, K.TIMETABLE_SET, K.DRAFT_SUBMITTED):
        assert len(given.told(kind)) == 1, kind


@pytest.mark.duty("S-02")
def test_a_commission_must_lie_within_its_membership_and_the_future(given: Given) -> None:
    def ask(first: int, last: int, who: str = "") -> str:
        days = {**typed_day("first_day", TODAY + first * DAY), **typed_day("last_day", TODAY + last * DAY)}
        member = who or str(given.membership(given.reviewer))
        answer = given.post(
            given.team, f"/cases/{given.case}/commissions/give", membership=member, contact="x", **days
        )
        assert answer.status_code == 400
        return answer.get_data(as_text=True)

    assert "must be today or later" in ask(-1, 5)
    assert "must be on or after the first day" in ask(3, 2)
    assert "two years at most" in ask(0, 800)
    assert "Select who is commissioned" in ask(0, 5, str(given.membership(given.team)))
    assert "Select who is commissioned" in ask(0, 5, "nobody")
    empty = given.post(given.team, f"/cases/{given.case}/commissions/give")
    for message in ("Enter the first day", "Enter the last day", "Say whom they can ask", "Select who is"):
        assert message in empty.get_data(as_text=True)
    assert given.told(K.REVIEWER_COMMISSIONED) == []

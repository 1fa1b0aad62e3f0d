"""What a commission's pages say when it is over, sealed or typed wrongly: all of it, at once, and nothing lost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from app.access.roles import Role
from app.cases.reference import check_character
from app.ledger import read_log
from app.procedure.events import EventKind
from tests.integration.access.test_matrix import comparable
from tests.integration.commissions.given import DAY, MONDAY, TODAY, Given, typed_day
from tests.integration.commissions.test_sealed import seal

WRONG = "\u202e"  # turns what follows it round: refused in every text
FORMS = ("/papers/release", "/papers/1/withdraw", "/terms/write", "/timetable", "/end", "/remove")


def plain(page: str) -> str:
    """What a page says, without its tags."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main)))


def said(answer: TestResponse) -> str:
    return plain(answer.get_data(as_text=True))


def summary(answer: TestResponse) -> list[str]:
    """The messages at the top of a form that was refused."""
    page = answer.get_data(as_text=True)
    listed = re.search(r'govuk-error-summary__list">(.*?)</ul>', page, re.DOTALL)
    return [unescape(one) for one in re.findall(r"<a [^>]*>([^<]+)</a>", listed[1])] if listed else []


def not_a_day(name: str) -> dict[str, str]:
    return {f"{name}-day": "x", f"{name}-month": "1", f"{name}-year": "2027"}


def test_what_was_typed_is_given_back_where_the_page_is_gone(given: Given) -> None:
    reference, absent = given.give(), f"LR-2222-{check_character('LR', '2222')}"
    given.act(reference, "/remove", reason="A conflict of interest")
    told = []
    for one in (reference, absent):
        answer = given.client(given.reviewer).post(
            f"/{given.place.slug}/commissions/{one}/draft",
            data={"report": "A long <i>morning</i>", "finding": ["One", "Two"], "version": "1", "go": "save"},
            headers={"Origin": "http://localhost"},
        )
        assert answer.status_code == 404
        told.append(comparable(answer.get_data()).replace(one.encode(), b""))
    assert told[0] == told[1]
    page = told[0].decode()
    assert "What you typed" in page
    for text in ("A long &lt;i&gt;morning&lt;/i&gt;", "One", "Two"):
        assert f"\n{text}</textarea>" in page
    assert page.count("<textarea") == 3


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}])
def test_words_from_elsewhere_are_not_put_on_the_page(given: Given, headers: dict[str, str]) -> None:
    answer = given.client(given.reviewer).post(
        f"/{given.place.slug}/commissions/LR-2222-2/draft", data={"report": "Not ours"}, headers=headers
    )
    assert answer.status_code == 404
    assert "Not ours" not in answer.get_data(as_text=True)


@pytest.mark.duty("B3-15")
def test_a_removed_commission_does_not_read_as_open(given: Given) -> None:
    reference = given.give(last=5)
    given.paper(reference)
    given.act(reference, "/timetable", over="0", **typed_day("end", TODAY + 5 * DAY))
    page = given.text(given.team, given.path(reference))
    assert "Has access from 23 November 2026 to the end of 28 November 2026" in plain(page)
    assert all(given.path(reference, form) in page for form in FORMS)
    given.to(MONDAY + DAY)
    given.act(reference, "/remove", reason="A conflict of interest")
    for address in (given.path(reference), f"/cases/{given.case}/commissions/"):
        page = given.text(given.team, address)
        told = "Had access from 23 November 2026 until they were removed on 24 November 2026"
        assert told in plain(page)
        assert "Has access" not in page
        assert not any(given.path(reference, form) in page for form in FORMS)
    for form in FORMS:
        answer = given.get(given.team, given.path(reference, form))
        assert answer.status_code == 409, form
        assert "They have been removed, and nothing of this commission changes any more." in said(answer)
        assert "<form" not in answer.get_data(as_text=True).split("<main")[1].split("</main>")[0]
        assert given.path(reference) in answer.get_data(as_text=True)
    assert given.text(given.team, given.path(reference, "/papers/1"))


def test_from_when_to_when_there_is_access_is_said_as_it_is(given: Given) -> None:
    reference, never = given.give(first=2, last=4), given.give(given.lead, first=2, last=4)
    given.act(never, "/remove", reason="Unwell")
    told = {
        TODAY: "Will have access from 25 November 2026 to the end of 27 November 2026",
        TODAY + 4 * DAY: "Has access from 25 November 2026 to the end of 27 November 2026",
        TODAY + 5 * DAY: "Had access from 25 November 2026 to the end of 27 November 2026",
    }
    for day, words in told.items():
        given.to(MONDAY + (day - TODAY))
        assert words in plain(given.text(given.team, given.path(reference)))
    assert "Never had access: they were removed on 23 November 2026, before the first day" in plain(
        given.text(given.team, given.path(never))
    )
    assert given.get(given.team, given.path(reference, "/end")).status_code == 200  # it can be made longer
    given.act(reference, "/remove", reason="It is over")
    assert told[TODAY + 5 * DAY] in plain(given.text(given.team, given.path(reference)))


@pytest.mark.duty("S-02")
def test_the_last_day_of_whoever_is_a_member_no_more_is_not_offered(given: Given) -> None:
    from app.access.actor import SYSTEM
    from app.accounts.service import end_membership
    from tenants.db import db

    reference = given.give()
    with given.place.pinned():
        end_membership(given.membership(given.reviewer), reason="Left", acting=SYSTEM, now=given.now)
        db.session.commit()
    page = given.text(given.team, given.path(reference))
    assert "Has no access" in plain(page)
    assert given.path(reference, "/end") not in page
    answer = given.get(given.team, given.path(reference, "/end"))
    assert answer.status_code == 409
    assert "is no longer a member: a longer commission would open nothing." in said(answer)


@pytest.mark.duty("S-02")
@pytest.mark.parametrize("role", [Role.PARTNERSHIP_TEAM, Role.LIG_CHAIR, Role.INDEPENDENT_SCRUTINEER])
def test_whoever_may_see_seals_reads_that_a_seal_closes_it(given: Given, role: Role) -> None:
    reference, other = given.give(), given.give(given.lead)
    seal(given)
    who = given.people[role]
    told = plain(given.text(who, given.path(reference)))
    assert f"{given.reviewer.name} Sealed out" in told
    assert "Sealed out: has no access while the seal stands" in told
    assert "Has access" not in told
    listed = plain(given.text(who, f"/cases/{given.case}/commissions/"))
    assert f"{reference} Has no access while the seal stands" in listed
    assert "Sealed out" not in plain(given.text(who, given.path(other)))


@pytest.mark.duty("S-02")
def test_whoever_may_not_see_seals_reads_nothing_of_one(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.commissions import queries

    reference = given.give()
    pages = (
        given.path(reference),
        f"/cases/{given.case}/commissions/",
        f"/cases/{given.case}/commissions/give",
    )
    monkeypatch.setattr(queries, "may_see_seals", lambda _actor: False)
    given.text(given.team, pages[0])  # says once that it was given
    before = [plain(given.text(given.team, page)) for page in pages]
    seal(given)
    assert [plain(given.text(given.team, page)) for page in pages] == before
    assert "Has access" in before[0]


@pytest.mark.duty("S-02")
def test_nobody_sealed_out_is_offered(given: Given) -> None:
    address = f"/cases/{given.case}/commissions/give"
    member = str(given.membership(given.reviewer))
    assert member in given.text(given.team, address)
    seal(given)
    page = given.text(given.team, address)
    assert member not in page
    assert str(given.membership(given.lead)) in page


def test_everything_that_is_wrong_with_a_new_commission_is_told_at_once(given: Given) -> None:
    answer = given.post(
        given.team, f"/cases/{given.case}/commissions/give", membership="", contact=" ",
        **typed_day("first_day", TODAY - DAY), **not_a_day("last_day"),
    )  # fmt: skip
    assert answer.status_code == 400
    told = summary(answer)
    assert len(told) == 4
    for part in ("Select who is commissioned", "The first day must be today or later", "The last day must",
                 "Say whom they can ask"):  # fmt: skip
        assert sum(part in one for one in told) == 1, (part, told)


def test_a_form_with_one_wrong_text_does_nothing_whatever_else_it_holds(given: Given) -> None:
    for wrong in (WRONG, "\x00", "\ufffd"):
        days = {**typed_day("first_day", TODAY), **typed_day("last_day", TODAY + DAY)}
        answer = given.post(
            given.team, f"/cases/{given.case}/commissions/give", contact=f"Joanna{wrong}",
            membership=str(given.membership(given.reviewer)), **days,
        )  # fmt: skip
        assert answer.status_code == 400
        assert len(summary(answer)) == 1
    assert given.told(EventKind.REVIEWER_COMMISSIONED) == []
    reference = given.give()
    for wrong in (WRONG, "\x00", "\ufffd"):
        assert given.terms(reference, method=wrong).status_code == 400
        day = typed_day("start", TODAY)
        assert given.act(reference, "/timetable", over="0", reason=wrong, **day).status_code == 400
        assert given.act(reference, "/remove", reason=wrong).status_code == 400
        end = typed_day("last_day", TODAY + DAY)
        assert given.act(reference, "/end", over="1", reason=wrong, **end).status_code == 400
        written = {"part": "written", "title": f"x{wrong}", "text": "y"}
        looked = given.act(reference, "/papers/release", do="look", **written)
        assert (looked.status_code, 'value="release"' in looked.get_data(as_text=True)) == (400, False)
    for kind in (EventKind.TERMS_OF_REFERENCE_RELEASED, EventKind.TIMETABLE_SET, EventKind.REVIEWER_REMOVED,
                 EventKind.COMMISSION_CHANGED, EventKind.PAPER_RELEASED):  # fmt: skip
        assert given.told(kind) == [], kind


def test_everything_that_is_wrong_with_terms_dates_and_papers_is_told_at_once(given: Given) -> None:
    reference = given.give()
    terms = summary(given.terms(reference, purpose="", enquiry="", method=WRONG))
    assert terms[:2] == ["Say what the purpose is", "Enter the key lines of enquiry"]
    assert len(terms) == 3
    end = summary(given.act(reference, "/end", over="1", reason="", **not_a_day("last_day")))
    assert len(end) == 2
    assert end[1] == "Say why the last day changes"
    written = {"part": "written", "title": "", "text": WRONG}
    paper = summary(given.act(reference, "/papers/release", do="look", **written))
    assert len(paper) == 2
    assert paper[0] == "Enter a title"
    first = typed_day("first_draft", TODAY + 5 * DAY)
    assert given.act(reference, "/timetable", over="0", **first).status_code == 303
    dates = {**not_a_day("start"), **typed_day("first_draft", TODAY + 50 * DAY)}
    timetable = summary(given.act(reference, "/timetable", over="1", **dates))
    assert len(timetable) == 3
    assert timetable[1].startswith("First draft must lie within the commission")
    assert timetable[2] == "Say why the timetable changes"
    # of a timetable with a date that is none nothing is said as a whole
    for typed in (first, {}):
        dates = {**not_a_day("start"), **typed}
        assert len(summary(given.act(reference, "/timetable", over="1", reason="Later", **dates))) == 1
    assert len(given.told(EventKind.TIMETABLE_SET)) == 1


def test_a_form_that_is_wrong_and_too_late_says_both(given: Given) -> None:
    reference = given.give()
    given.terms(reference)
    late = given.terms(reference, method=WRONG)
    assert late.status_code == 409
    assert "Somebody changed this while you were writing" in said(late)
    assert 'name="over" type="hidden" value="1"' in late.get_data(as_text=True)
    given.act(reference, "/remove", reason="It is over")
    gone = given.terms(reference, over=1, method=WRONG)
    assert gone.status_code == 409
    assert "They have been removed" in said(gone)


def test_everything_that_is_wrong_with_a_version_is_told_at_once(given: Given) -> None:
    reference = given.give()
    given.draft(reference, "", finding=["", "Two"], recommendation=["Without a finding", ""])
    answer = given.submit(reference, called="", note=WRONG)
    assert answer.status_code == 400
    told = said(answer)
    assert "Select which draft this is" in told
    assert "Recommendation 1 has no finding" in told
    assert "Your answer to “A note to go with it (optional)” must not" in told
    given.draft(reference, "Words", 1)
    assert given.submit(reference, 2, note=WRONG).status_code == 400
    assert given.submit(reference, 2, note="\x00").status_code == 400
    assert given.told(EventKind.DRAFT_SUBMITTED) == []


def test_what_a_draft_lacks_is_told_before_it_is_submitted(given: Given) -> None:
    reference = given.give()
    given.draft(reference, "", finding=[""], recommendation=["Without a finding"])
    page = given.text(given.reviewer, f"/commissions/{reference}/submit")
    assert "It cannot be submitted yet: Recommendation 1 has no finding" in plain(page)
    assert f"/commissions/{reference}/draft#finding-1" in page
    given.draft(reference, "Words", 1)
    assert "cannot be submitted" not in given.text(given.reviewer, f"/commissions/{reference}/submit")


def test_a_comment_leads_back_to_the_version(given: Given) -> None:
    reference = given.give()
    for number in range(2):
        given.draft(reference, f"Text {number}", number)
        given.submit(reference, number + 1)
    answer = given.act(reference, "/versions/1/comment", words="Say more")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(given.path(reference, "/versions/1"))
    page = plain(given.text(given.team, given.path(reference, "/versions/1")))
    assert "The comment is sent." in page
    assert "Say more" in page


def test_who_looked_names_a_commission_as_it_is_and_lists_every_view_where_asked(given: Given) -> None:
    reference = given.give()
    given.draft(reference, "Words")
    given.text(given.reviewer, f"/commissions/{reference}/draft")
    manager = given.people[Role.STRATEGIC_MANAGER]
    with given.place.pinned():
        acting = given.team.actor().acting_as(given.team.actor().capacities)
        for minute in range(60):
            page = "initial-view" if minute else "share-initial-view"
            read_log.viewed(given.case_id, acting, page, MONDAY - DAY + minute * DAY / 1440)
    address = f"/cases/{given.case}/views"
    page = given.text(manager, address)
    told = plain(page)
    assert f"Commission {reference}: the draft, 23 November 2026" in told
    assert "Initial view, 22 November 2026" in told
    assert "Share initial view" not in told  # the first of many
    assert f"{address}?all=yes" in page
    whole = given.text(manager, f"{address}?all=yes")
    assert "Share initial view, 22 November 2026 at 10am" in plain(whole)
    assert "?all=yes" not in whole
    assert "The last 50 views" not in whole
    for who in (given.team, given.reviewer):
        assert given.get(who, f"{address}?all=yes").status_code == 404


def test_my_tasks_lead_to_a_commission_without_dates(given: Given) -> None:
    nothing = "Nothing waits for you here"
    assert nothing in given.text(given.reviewer, "/tasks")
    reference = given.give(last=5)
    page = given.text(given.reviewer, "/tasks")
    assert nothing not in page
    assert "No date of your commission waits for you." in plain(page)
    assert f'href="/{given.place.slug}/commissions/">My commission</a></p>' in page
    given.act(reference, "/timetable", over="0", **typed_day("end", TODAY + 5 * DAY))
    page = given.text(given.reviewer, "/tasks")
    assert "No date of your commission" not in page
    assert f'href="/{given.place.slug}/commissions/">My commission</a></p>' in page
    given.act(reference, "/remove", reason="It is over")
    assert nothing in given.text(given.reviewer, "/tasks")

"""A rapid review of fifteen working days, played in the pages by seven agencies, the group and its chair; and the
exceptional decision that none is held. The clock is the test's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.access.roles import Role
from app.rapid_reviews.plan_queries import plan_of
from tests.browser.people import Person
from tests.browser.played import Play, moment, playing
from tests.browser.reviewing import Review, ask, came, nothing_known, plan, say, whole_return, write_record
from tests.integration.rapid_reviews.planned import SENT_AT, notified
from tests.support.cast import one_more
from tests.support.people import Someone

PLANNED = SENT_AT + timedelta(hours=1)
MEETING = datetime(2026, 12, 10, 10, 0, tzinfo=UTC)
SENT = datetime(2026, 12, 14, 15, 0, tzinfo=UTC)
PARTS = [
    "presentation",
    "findings",
    "other_children",
    "reflections",
    "standards",
    "criteria",
    "circumstances",
    "context",
]


@pytest.fixture
def play(app: Flask, browser: Browser) -> Iterator[Play]:
    with playing(app, browser) as found:
        yield found


def contributor(play: Play, owner: Flask, review: Review, agency: str) -> Someone:
    """Somebody of an agency without a member on the group."""
    return one_more(review.case.place, owner, (Role.AGENCY_CONTRIBUTOR, agency), name=f"Sam of {agency}")


@pytest.mark.duty(
    "B2-01", "B2-03", "B2-04", "B2-05", "B2-06", "B2-07", "B2-08", "B2-10", "B2-15", "B2-18", "B2-19", "B2-20"
)
def test_fifteen_working_days_with_seven_agencies(play: Play, owner_of: Flask) -> None:
    review = Review(play, notified(play.case()))
    case = review.case
    play.at(PLANNED)
    team = play.by(case.team)
    plan(team, review, MEETING)
    ask(team, review, "Education and early years", "Hospital services", "Probation Service")

    days = [(date(2026, 3, 2), "A health visitor was told that the child was not seen."),
            (date(2026, 9, 14), "An appointment was missed, and nobody asked why.")]  # fmt: skip
    play.at(PLANNED + timedelta(days=3))
    whole_return(play.by(case.lig_member), "Marcus Odell", days, "involvement")
    whole_return(play.by(case.police), "Amara Eze", [(date(2026, 5, 20), "Officers attended the address.")])
    for who in (case.childrens, case.nurse, contributor(play, owner_of, review, "education")):
        nothing_known(play.by(who), who.name)
    team.go(f"{review.path}/involvement/")
    team.sees("returned")

    play.at(
        datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
    )  # the returns were due the day before: the hospital's comes late
    nothing_known(play.by(contributor(play, owner_of, review, "hospital")), "Sam of hospital")
    team.go(f"{review.path}/involvement/")
    team.picture("involvement-board-late")
    circulate(team, review)
    prepare(play, review)

    play.at(datetime(2026, 12, 7, 9, 0, tzinfo=UTC))  # probation returns after the papers went out
    nothing_known(play.by(contributor(play, owner_of, review, "probation")), "Sam of probation")
    supplement(play, review)

    meet(play, team, review)
    recommend(team, review)
    close_with_the_form(play, team, review)


def circulate(team: Person, review: Review) -> None:
    """Look at the merged chronology, and circulate the papers."""
    team.go(f"{review.path}/chronology")
    team.sees("An appointment was missed")
    team.sees("Officers attended the address")
    team.picture("papers-chronology")
    team.go(f"{review.path}/chronology?first-day=1&first-month=5&first-year=2026")
    team.sees("2 of 3 entries")
    team.go(review.page)
    team.follow("Papers and preparation")
    team.follow("Circulate papers")
    team.sees("Probation Service")  # which has not returned
    team.picture("papers-circulate")
    team.press("Circulate the papers")
    team.sees("Circulated")


def prepare(play: Play, review: Review) -> None:
    """Members read the papers and confirm what they bring."""
    for who in (review.case.lig_member, review.case.police):
        person = play.by(who)
        person.go("/isle-of-wight/tasks")
        person.page.get_by_role(
            "link", name="Read the papers and confirm that you are prepared"
        ).first.click()
        person.page.locator("main .wm-owed__action a").first.click()
        person.sees("Officers attended the address")
        person.picture("papers-pack")
        person.go(f"{review.path}/papers/preparation")
        for field in person.page.locator("main form textarea").all():
            field.fill("What was known on 2 March, and to whom?")
        person.page.check('main [name="read"]')
        person.picture("papers-preparation")
        person.press("Confirm")
        person.sees("confirmed")


def supplement(play: Play, review: Review) -> None:
    """The return that came afterwards is there, and everybody is told."""
    person = play.by(review.case.police)
    person.go(f"{review.path}/papers")
    person.sees("Supplement 1")
    person.sees("Came later")
    person.picture("papers-index")
    told = {one.to_person for one in review.case.messages("papers-supplement")}
    assert {
        review.case.police.person_id,
        review.case.lig_member.person_id,
        review.case.chair.person_id,
    } <= told


def meet(play: Play, team: Person, review: Review) -> None:
    """The meeting: not quorate at first, then each partner is there; the record, what each says, the decision."""
    case, meeting = review.case, review.case.read(plan_of).meeting_id
    play.at(MEETING + timedelta(minutes=1))
    team.go(f"/isle-of-wight/meetings/{meeting}")
    team.follow("Open the meeting")
    moment(team, "opened_at", MEETING)
    team.press("Open the meeting")
    came(team, meeting, MEETING, [case.chair.name, case.director.name, case.nurse.name])
    team.sees("Not quorate")
    team.picture("meeting-not-quorate")
    play.at(MEETING + timedelta(hours=1))
    came(team, meeting, MEETING + timedelta(minutes=20), [case.police.name])
    team.sees("Quorate since")
    team.picture("meeting-quorate")
    write_record(team, review, PARTS)
    team.picture("review-record")
    for who, partner in ((case.director, "Children's Services"), (case.police, "the police"),
                         (case.nurse, "the integrated care board")):  # fmt: skip
        person = play.by(who)
        say(person, review, partner)
    decide(team, review, MEETING + timedelta(minutes=10))
    team.sees("not quorate then")
    team.picture("review-decide-errors")
    moment(team, "decided_at", MEETING + timedelta(minutes=50))
    team.press("Record the decision")
    team.sees("The decision is recorded")
    write_record(team, review, ["enquiry"])
    team.go(f"{review.page}/decision")
    team.picture("review-decision")
    play.at(MEETING + timedelta(hours=2))
    team.go(f"/isle-of-wight/meetings/{meeting}/close")
    moment(team, "closed_at", MEETING + timedelta(minutes=100))
    team.press("Close the meeting")
    team.sees("Held")


def decide(team: Person, review: Review, at: datetime) -> None:
    """Fill in the decision and send it."""
    team.go(f"{review.page}/decision")
    team.follow("Record the decision")
    moment(team, "decided_at", at)
    team.tick("outcome", "commission")
    team.fill("rationale", "Only a review can bring together what each agency knows.")
    team.tick("home_office", "no")
    team.press("Record the decision")


def recommend(team: Person, review: Review) -> None:
    """A recommendation, and an action under it."""
    team.go(review.page)
    team.follow("Recommendations and actions")
    team.follow("Write a recommendation")
    for name, text in {
        "text": "Ask at every missed appointment who has seen the child.", "measure": "An audit of 40 records",
        "achievable": "It needs one question in the form", "relevance": "Two appointments were missed unasked",
        "expected_impact": "No child goes unseen for a month", "how_known": "The audit, twice a year",
    }.items():  # fmt: skip
        team.fill(name, text)
    team.fill_date("by_when", date(2027, 6, 30))
    team.page.get_by_label("Community health").first.check()
    team.press("Write it down")
    team.picture("recommendation")
    team.follow("Agree an action")
    team.fill("words", "Add the question to the form.")
    team.page.select_option('main [name="agency"]', label="Community health services, Isle of Wight")
    team.fill("owner", "Head of health visiting")
    team.fill_date("due_on", date(2027, 2, 26))
    team.press("Agree the action")
    team.sees("Add the question to the form")


def close_with_the_form(play: Play, team: Person, review: Review) -> None:
    """The form is made and approved, shared in Waymark, and sent to the Panel, Ofsted and the Department."""
    team.go(review.page)
    team.follow("The form, its approval and sending")
    team.sees("Everything that the form must say is written")
    team.follow("Make the form")
    team.press("Make version 1")
    team.sees("Version 1")
    team.picture("review-form")
    play.at(SENT - timedelta(hours=4))
    chair = play.by(review.case.chair)
    chair.go(f"{review.page}/form/versions/1/answer")
    chair.tick("answer", "approved")
    chair.page.check('main [name="read"]')
    chair.picture("review-form-answer")
    chair.press("Record your answer")
    chair.sees("Approved")
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        found = chair.page.request.get(f"{chair.live.base}{review.page}/form/versions/1/files/{kind}")
        assert (found.status, found.body()[: len(begins)]) == (200, begins)
    play.at(SENT)
    team.go(f"{review.page}/form/sending")
    team.picture("review-form-sending")
    team.press("Tell them all now")
    for recipient in ("Child Safeguarding Practice Review Panel", "Ofsted", "Department for Education"):
        team.go(f"{review.page}/form/sending")
        team.page.get_by_role("link", name=recipient).first.click()
        moment(team, "sent_at", SENT - timedelta(minutes=5))
        team.press("Record the sending")
        team.sees(f"{recipient}: version 1")
    team.go(review.page)
    team.sees("Sent to the Panel: 14 December 2026 at 2:55pm")
    team.picture("review-index-sent")
    team.go(review.path)
    assert (
        "Met late"
        not in team.page.inner_text("main").split("What has happened")[0].split("Done or no longer")[0]
    )


@pytest.mark.duty("B2-02", "N-05")
def test_in_exceptional_circumstances_none_is_held(play: Play) -> None:
    case = notified(play.case())
    review = Review(play, case)
    play.at(PLANNED)
    team = play.by(case.team)
    team.go(review.path)
    team.follow("Record why no rapid review is held")
    team.tick("outcome", "criteria-not-met")
    team.fill("words", "The injury was found to come from an illness, and no neglect is suspected any more.")
    team.fill("source", "The consultant's letter of 24 November")
    team.press("Record the ground")
    team.sees("The decision not to hold a rapid review")
    for who in (case.director, case.police, case.nurse):
        person = play.by(who)
        person.go(f"{review.path}/no-rapid-review")
        person.follow("Say whether you agree")
        person.tick("outcome", "agreed")
        person.fill("words", "The consultant's finding leaves nothing to suspect.")
        person.press("Record the answer")
    scrutineer = play.by(case.scrutineer)
    scrutineer.go(f"{review.path}/no-rapid-review")
    scrutineer.follow("Record your oversight")
    scrutineer.fill("words", "I have read the letter and the partners' reasons.")
    scrutineer.press("Record your oversight")
    play.at(PLANNED + timedelta(days=2))
    team.go(f"{review.path}/no-rapid-review")
    team.sees("Every partner agrees")
    team.picture("no-rapid-review")
    team.follow("Record that the Panel was notified")
    moment(team, "sent_at", PLANNED + timedelta(days=2) - timedelta(minutes=10))
    team.tick("channel", "e-mail")
    team.fill("address", "Mailbox.NationalReviewPanel@education.gov.uk")
    team.fill("sent_by", "Callum Westbrook")
    team.press("Record the notice")
    team.sees("The Panel was notified of this decision")
    assert case.owed()["B2-02"][1] == "met"
    team.go(review.page)
    team.sees("A ground for not holding a rapid review was recorded")

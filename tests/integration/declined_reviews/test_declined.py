"""The exceptional decision not to hold a rapid review, by its pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.conflicts.rules import NewSeal
from app.conflicts.service import seal
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party, Stage
from app.serious_incidents import service as incidents
from tests.integration.declined_reviews.declining import AGREED, DAY, NOT_AGREED, SENT_AT, Declining
from tests.integration.serious_incidents.journey import HOUR
from tests.support.people import client_of, find
from tests.support.places import Place

K = EventKind
OWED = ("B2-02", "B2-02:local-authority", "B2-02:police", "B2-02:icb", "B2-02:oversight")


@pytest.mark.duty("B2-02", "N-05")
def test_all_agree_the_scrutineer_oversees_and_the_panel_is_told(declining: Declining) -> None:
    assert {key: declining.owed()[key][1] for key in OWED} == dict.fromkeys(OWED)
    for who in (
        declining.team,
        declining.police,
        declining.scrutineer,
        declining.chair,
        declining.lig_member,
    ):
        assert "The decision not to hold a rapid review" in declining.get(who).text
    early = declining.get(declining.team, "/panel")
    assert early.status_code == 409
    assert "Still missing: Children&#39;s Services and the police and" in early.text
    declining.to(SENT_AT + 3 * HOUR)
    declining.complete()
    assert {row.to_person for row in declining.messages("no-review-complete")} >= {declining.team.person_id}
    sent = declining.post(declining.team, "/panel", **declining.notice(SENT_AT + 3 * HOUR))
    assert sent.status_code == 303, sent.text
    assert {key: declining.owed()[key][1] for key in OWED} == dict.fromkeys(OWED, "met")
    told = declining.events(K.PANEL_TOLD_OF_NO_REVIEW)
    assert [one.stage for one in told] == [Stage.RAPID_REVIEW]
    assert told[0].happened_at == SENT_AT + 3 * HOUR
    page = declining.get(declining.scrutineer).text
    for words in ("Our view, police", "I read the papers", "panel@example.example", "INV-9"):
        assert words in page
    assert declining.get(declining.police, "/agree").status_code == 409
    case = (
        client_of(declining.app, declining.team)
        .get(f"/{declining.place.slug}/cases/{declining.reference}")
        .text
    )
    assert "Panel notified of the decision not to hold a rapid review" in case


@pytest.mark.duty("B2-02", "N-05")
def test_a_partner_that_does_not_agree_brings_the_rapid_review_back(declining: Declining) -> None:
    declining.agree(Party.LOCAL_AUTHORITY)
    assert declining.agree(Party.POLICE, NOT_AGREED).status_code == 303
    assert "The police do not agree: the rapid review is held" in declining.get(declining.nurse).text
    assert declining.owed()["N-05:withdraw"] == ("partnership-team", None)
    assert declining.nurse.person_id in {one.to_person for one in declining.messages("no-review-answered")}
    assert declining.post(declining.team, "/panel", {}, **declining.notice(SENT_AT)).status_code == 409
    nothing = declining.post(declining.team, "/withdraw", reason=" ")
    assert nothing.status_code == 400
    assert "Say why the ground is withdrawn" in nothing.text
    marks = declining.marks(declining.team, "/withdraw")
    declining.to(SENT_AT + 4 * HOUR)
    for _twice in range(2):
        done = declining.post(declining.team, "/withdraw", marks, reason="The police do not agree")
        assert done.status_code == 303, done.text
    owed = declining.owed()
    assert owed["N-05"] == ("partnership-team", None)
    assert not [key for key in owed if key.startswith("B2-02")]
    superseded = declining.events(K.ENTRY_SUPERSEDED)
    assert [one.facts["kind"] for one in superseded] == ["review-ground-recorded"]
    page = declining.get(declining.team).text
    for words in (
        "the rapid review is held",
        "Grounds since withdrawn",
        "Our view, police",
        "The police do not agree",
    ):
        assert words in page
    case = (
        client_of(declining.app, declining.team)
        .get(f"/{declining.place.slug}/cases/{declining.reference}")
        .text
    )
    assert "withdrawn: the rapid review is held" in case
    assert "Why no rapid review is held: withdrawn" in case
    # another ground is asked about anew, and what was said of the first counts for nothing
    declining.to(SENT_AT + 5 * HOUR)
    declining.ground()
    assert set(declining.shown().awaited) == {*SAFEGUARDING_PARTNERS, Party.INDEPENDENT_SCRUTINEER}
    assert len(declining.shown().former) == 1
    assert declining.owed()["N-05"] == ("partnership-team", "not needed")


@pytest.mark.duty("B2-02")
def test_the_team_records_answers_on_behalf_with_source_and_whoever_it_is_is_told(
    declining: Declining,
) -> None:
    declining.to(SENT_AT + DAY)
    bad = declining.post(
        declining.team, "/agree-for/police", outcome=AGREED, words="Kept words", source="pigeon"
    )
    assert bad.status_code == 400
    for message in ("Enter when they said so", "Enter the name of who", "Enter in what role", "Select how it came",
                    "Say where the evidence is", "Kept words"):  # fmt: skip
        assert message in bad.text, message
    early = declining.elsewhere(SENT_AT - DAY, outcome=AGREED)
    assert (
        "before the notification was sent"
        in declining.post(declining.team, "/agree-for/police", **early).text
    )
    later = declining.elsewhere(SENT_AT + 2 * DAY, outcome=AGREED)
    assert "must not be in the future" in declining.post(declining.team, "/agree-for/police", **later).text
    said = declining.elsewhere(SENT_AT + 2 * HOUR)
    assert declining.post(declining.team, "/agree-for/police", **said, outcome=AGREED).status_code == 303
    assert declining.post(declining.team, "/oversee-for", **said).status_code == 303
    told = {one.to_person for one in declining.messages("no-review-recorded-for-you")}
    assert {declining.police.person_id, declining.scrutineer.person_id} <= told
    event = declining.events(K.NO_REVIEW_AGREED, Party.POLICE)[0]
    assert (event.happened_at, event.outcome, event.facts["on_behalf"]) == (SENT_AT + 2 * HOUR, AGREED, True)
    page = declining.get(declining.team).text
    assert "On behalf" in page
    assert "Telephone or video call; recorded by" in page
    assert Party.POLICE not in declining.shown().awaited
    assert declining.post(declining.team, "/agree-for/nobody", {}).status_code == 404


def test_a_notice_after_the_fifteenth_working_day_says_why_and_to_whom(declining: Declining) -> None:
    declining.complete()
    late = SENT_AT + timedelta(days=22)
    declining.to(late + HOUR)
    refused = declining.post(declining.team, "/panel", **declining.notice(late))
    assert refused.status_code == 400
    assert "Say why it was sent after the fifteenth working day" in refused.text
    assert "Say to whom the missed clock was reported" in refused.text
    assert "panel@example.example" in refused.text
    why = {"missed_reason": "The scrutineer was ill", "missed_reported_to": "The Executive"}
    marks = declining.marks(declining.team, "/panel")
    for _twice in range(2):
        assert (
            declining.post(declining.team, "/panel", marks, **declining.notice(late, **why)).status_code
            == 303
        )
    assert len(declining.events(K.PANEL_TOLD_OF_NO_REVIEW)) == 1
    page = declining.get(declining.team).text
    assert "after the fifteenth working day" in page
    assert "The scrutineer was ill" in page
    again = declining.post(
        declining.team, "/panel", {"submission_key": str(uuid4())}, **declining.notice(late, **why)
    )
    assert again.status_code == 409
    assert "The Panel has been notified" in again.text


def test_the_same_answer_twice_is_one_and_a_stale_form_is_shown_beside_what_is_there(
    declining: Declining,
) -> None:
    marks = declining.marks(declining.police, "/agree")
    other = declining.marks(declining.police_too, "/agree")
    for _twice in range(2):
        assert (
            declining.post(declining.police, "/agree", marks, outcome=AGREED, words="The first").status_code
            == 303
        )
    assert len(declining.events(K.NO_REVIEW_AGREED, Party.POLICE)) == 1
    stale = declining.post(declining.police_too, "/agree", other, outcome=NOT_AGREED, words="The second")
    assert stale.status_code == 409
    for words in ("Somebody has recorded this meanwhile", "The first", "The second"):
        assert words in stale.text
    assert declining.shown().refused_by == []
    # Opened again, it can be said: the last answer counts, and the first stays.
    assert declining.agree(Party.POLICE, NOT_AGREED, declining.police_too).status_code == 303
    assert declining.shown().refused_by == [Party.POLICE]
    assert "Said before, since replaced" in declining.get(declining.team).text


def test_a_form_of_a_ground_that_was_withdrawn_meanwhile_records_nothing(declining: Declining) -> None:
    marks = declining.marks(declining.police, "/agree")
    declining.to(SENT_AT + 2 * HOUR)
    declining.post(declining.team, "/withdraw", reason="Put right")
    gone = declining.post(declining.police, "/agree", marks, outcome=AGREED, words="What I typed")
    assert gone.status_code == 409
    assert "What I typed" in gone.text
    declining.to(SENT_AT + 3 * HOUR)
    declining.ground()
    changed = declining.post(declining.police, "/agree", marks, outcome=AGREED, words="What I typed")
    assert changed.status_code == 409
    assert "changed while you were writing" in changed.text
    assert "What I typed" in changed.text
    assert declining.events(K.NO_REVIEW_AGREED) == []
    assert declining.post(declining.police, "/agree", outcome="", words="").status_code == 400


def test_a_notification_that_is_withdrawn_ends_the_decision(declining: Declining) -> None:
    declining.agree(Party.POLICE)
    number = declining.events(K.NOTIFICATION_SENT)[0].number
    typed = incidents.Correction(number, True, None, "It was another case", uuid4())
    declining.do(incidents.correct, typed, who=declining.team, now=declining.now + HOUR)
    declining.to(declining.now + 2 * HOUR)
    page = declining.get(declining.team)
    assert page.status_code == 200
    assert "The notification was withdrawn" in page.text
    assert "Our view, police" in page.text
    assert declining.get(declining.nurse, "/agree").status_code == 409
    assert not [key for key in declining.owed() if key.startswith(("B2-02", "N-05"))]


def test_who_may_not(declining: Declining, portsmouth: Place) -> None:
    """Another partnership's people, who is sealed out, and who has no such role get the page of a wrong address."""
    pages = ("", "/agree", "/agree-for/police", "/oversee", "/oversee-for", "/panel", "/withdraw")
    from app.access.roles import Role

    elsewhere = find(portsmouth, Role.PARTNERSHIP_TEAM)
    for page in pages:
        assert declining.get(elsewhere, page).status_code == 404
        assert client_of(declining.app, None).get(declining.path(page)).status_code == 302
    may = {"/agree": declining.police, "/oversee": declining.scrutineer}
    for page in pages[1:]:
        for who in (
            declining.team,
            declining.police,
            declining.scrutineer,
            declining.chair,
            declining.lig_member,
        ):
            allowed = who is may.get(page, declining.team)
            assert (declining.get(who, page).status_code != 404) is allowed, (page, who.name)
    # the scrutineer writes their oversight, and nothing else
    forbidden = declining.post(declining.scrutineer, "/agree", {}, outcome=AGREED, words="No")
    assert forbidden.status_code == 404
    typed = NewSeal(declining.nurse.person_id, "Related", uuid4(), declining.nurse.person_id)
    declining.do(seal, typed, who=declining.team, now=declining.now)
    for page in ("", "/agree"):
        assert declining.get(declining.nurse, page).status_code == 404
    assert declining.post(declining.nurse, "/agree", {}, outcome=AGREED, words="No").status_code == 404


def test_the_page_of_the_ground_leads_on(declining: Declining) -> None:
    client = client_of(declining.app, declining.team)
    where = f"/{declining.place.slug}/cases/{declining.reference}/review-ground"
    answer = client.get(where)
    assert (answer.status_code, answer.headers["Location"]) == (303, declining.path())
    page = client.get(f"/{declining.place.slug}/cases/{declining.reference}").text
    assert declining.path() in page


def test_without_a_ground_there_is_nothing_to_read(declining: Declining) -> None:
    from tests.integration.serious_incidents.journey import Journey

    other = Journey(declining.place)
    client = client_of(declining.app, declining.team)
    answer = client.get(f"/{other.place.slug}/cases/{other.reference}/no-rapid-review")
    assert answer.status_code == 409
    assert "No ground has been recorded" in answer.text

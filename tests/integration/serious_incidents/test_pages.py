"""The pages, asked as browsers ask: in and out of turn, bad input, another partnership, two at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from app.access.roles import Role
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party
from app.serious_incidents import service
from tests.integration.serious_incidents.journey import NOT, NOTIFY, TUESDAY_NOON, Journey
from tests.support.people import Someone, find
from tests.support.places import Place

Client = Callable[[Someone | None], Any]
PAGES = (
    "share",
    "initial-view",
    "share-initial-view",
    "response",
    "deputy/police",
    "decision",
    "notification",
    "inform",
)
DECISION = {
    "guidance_considered": "y",
    "abuse": "suspected",
    "abuse_rationale": "Injuries that nobody has explained",
    "limb_a": "yes",
    "limb_a_rationale": "At home, in the area",
    "limb_b": "no",
    "limb_b_rationale": "It was not abroad",
    "harm_kinds": ["physical"],
    "harm_judgement": "A lasting effect is likely",
    "outcome": NOTIFY,
    "rationale": "The test is met",
}
BAD_TEXTS = {
    "ten thousand and one characters": "x" * 10_001,
    "NUL": "before\x00after",
    "a character that broke on the way": "before\ufffdafter",
    "a right-to-left mark": "before\u202eafter",
}
GOOD_TEXTS = ("<script>alert(1)</script>", "=HYPERLINK(1)", "x" * 10_000)


class Visitor:
    """Somebody's browser on one case."""

    def __init__(self, client: Any, journey: Journey) -> None:
        self.client = client
        self.base = f"/{journey.place.slug}/cases/{journey.reference}"

    def get(self, page: str) -> Any:
        return self.client.get(f"{self.base}/{page}")

    def post(self, page: str, **answers: Any) -> Any:
        return self.client.post(f"{self.base}/{page}", data={"submission_key": str(uuid4()), **answers})


@pytest.fixture
def visit(client_as: Client, journey: Journey) -> Callable[[Someone], Visitor]:
    return lambda who: Visitor(client_as(who), journey)


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found is not None, f"the page has no hidden field {name}"
    return found[1]


def test_the_straight_path_by_its_pages(
    journey: Journey, visit: Callable[[Someone], Visitor], at: Callable[..., None]
) -> None:
    at(TUESDAY_NOON)
    team = visit(journey.team)
    assert team.get("share").status_code == 200
    assert team.post("share").status_code == 303
    for who in (journey.chair, journey.director):
        assert visit(who).get("initial-view").status_code == 200
        assert visit(who).post("initial-view", outcome=NOTIFY, rationale="Because").status_code == 303
    assert "Because" in team.get("share-initial-view").text
    assert team.post("share-initial-view").status_code == 303
    for who in journey.answering.values():
        page = visit(who).get("response")
        assert page.status_code == 200
        sent = {"seen": hidden(page, "seen"), "party": hidden(page, "party")}
        assert (
            visit(who).post("response", outcome=NOTIFY, rationale="As we see it", **sent).status_code == 303
        )
    director = visit(journey.director)
    page = director.get("decision")
    assert director.post("decision", version=hidden(page, "version"), **DECISION).status_code == 303
    sent = {"submitted_at-day": "24", "submitted_at-month": "11", "submitted_at-year": "2026"}
    given = {"channel": "national-system", "panel_reference": "SIN-1 (invented)", "submitted_by": "Helen"}
    refused = director.post("notification", **{**sent, "submitted_at-time": "nonsense"}, **given)
    assert "must be a time" in refused.text
    page = director.post("notification", **{**sent, "submitted_at-time": "11:45am"}, **given)
    assert page.status_code == 303
    assert (
        team.post(
            "inform", parties=["independent-scrutineer", "strategic-manager"], how="message"
        ).status_code
        == 303
    )
    assert len(journey.events(EventKind.PARTY_INFORMED)) == 2


def test_out_of_turn_every_page_says_so_and_changes_nothing(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    before = len(journey.events())
    out_of_turn = {
        "initial-view": journey.chair,
        "share-initial-view": journey.team,
        "response": journey.police,
        "deputy/police": journey.team,
        "notification": journey.team,
        "inform": journey.team,
    }
    for page, who in out_of_turn.items():
        assert visit(who).get(page).status_code == 409, page
        assert visit(who).post(page, outcome=NOTIFY, rationale="Because", how="message").status_code in (
            400,
            409,
        )
    decision = visit(journey.director).post("decision", version="1", **DECISION)
    assert decision.status_code == 409
    assert "A position is still awaited" in decision.text
    assert DECISION["harm_judgement"] in decision.text
    assert len(journey.events()) == before


def test_a_step_taken_twice_says_who_took_it(journey: Journey, visit: Callable[[Someone], Visitor]) -> None:
    key = str(uuid4())
    team = visit(journey.team)
    assert team.post("share", submission_key=key).status_code == 303
    assert team.post("share", submission_key=key).status_code == 303
    again = team.post("share")
    assert again.status_code == 409
    assert f"already been done, by {journey.team.name}" in again.text
    assert len(journey.events(EventKind.REFERRAL_SHARED)) == 2


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_bad_text_is_refused_beside_its_field_and_kept(
    name: str, journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.share()
    text = BAD_TEXTS[name]
    page = visit(journey.chair).post("initial-view", outcome=NOTIFY, rationale=text)
    assert page.status_code == 400
    assert 'id="rationale-error"' in page.text
    assert 'href="#rationale"' in page.text
    assert ("x" * 5000 if text.startswith("x") else "before") in page.text
    assert journey.state().views == {}


def test_a_lone_surrogate_is_never_a_fault_of_the_server(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.share()
    chair = visit(journey.chair)
    body = f"submission_key={uuid4()}&outcome={NOTIFY}&rationale=before%ED%A0%80after"
    kind = "application/x-www-form-urlencoded"
    assert chair.client.post(f"{chair.base}/initial-view", data=body, content_type=kind).status_code == 303
    assert journey.state().views[Party.LIG_CHAIR].rationale == "before%ED%A0%80after"


@pytest.mark.parametrize("text", GOOD_TEXTS, ids=["markup", "formula", "long"])
def test_markup_and_formulas_are_ordinary_text(
    text: str, journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.share()
    assert visit(journey.chair).post("initial-view", outcome=NOTIFY, rationale=text).status_code == 303
    assert journey.state().views[Party.LIG_CHAIR].rationale == text
    assert "<script>alert" not in visit(journey.team).get("decision").text


@pytest.mark.parametrize("field", [name for name in DECISION if name != "guidance_considered"])
def test_each_field_of_the_decision_is_asked_for(
    field: str, journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_decision()
    for wrong in ("", "x\x00y"):
        answers = {**DECISION, field: wrong, "version": str(journey.version())}
        page = visit(journey.director).post("decision", **answers)
        assert page.status_code == 400
        assert f'href="#{field}"' in page.text
        kept = "harm_judgement" if field != "harm_judgement" else "rationale"
        assert str(DECISION[kept]) in page.text
    assert journey.state().decision is None


def test_the_guidance_must_be_ticked_and_is_linked(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_decision()
    director = visit(journey.director)
    page = director.get("decision")
    assert "https://www.gov.uk/" in page.text
    assert "Working Together to Safeguard Children 2023" in page.text
    answers = {name: value for name, value in DECISION.items() if name != "guidance_considered"}
    refused = director.post("decision", version=hidden(page, "version"), **answers)
    assert refused.status_code == 400
    assert 'href="#guidance_considered"' in refused.text


@pytest.mark.parametrize("version", ["", "-1", "9" * 40, "1; drop", "1\x00", "٣"])
def test_a_spoilt_or_stale_form_can_be_sent_again(
    version: str, journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_decision()
    director = visit(journey.director)
    page = director.post("decision", version=version, submission_key="not-a-key", **DECISION)
    assert page.status_code == 409
    assert "changed while you were writing" in page.text
    assert DECISION["harm_judgement"] in page.text
    again = director.post("decision", version=hidden(page, "version"), **DECISION)
    assert again.status_code == 303


def test_the_one_who_decides_second_sees_both_and_loses_nothing(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_decision()
    version = str(journey.version())
    assert visit(journey.police).post("decision", version=version, **DECISION).status_code == 303
    mine = {**DECISION, "rationale": "My own reason, typed at length"}
    page = visit(journey.director).post("decision", version=version, **mine)
    assert page.status_code == 409
    assert journey.police.name in page.text
    assert "My own reason, typed at length" in page.text
    assert DECISION["rationale"] in page.text
    assert len(journey.events(EventKind.DECISION_RECORDED)) == 1


def test_two_of_one_partner_at_once_see_each_other(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_responses()
    one, two = visit(journey.police), visit(journey.police_too)
    seen = hidden(two.get("response"), "seen") if 'name="seen"' in two.get("response").text else ""
    assert one.post("response", outcome=NOT, rationale="First", seen="").status_code == 303
    page = two.post("response", outcome=NOTIFY, rationale="Second, typed at length", seen=seen)
    assert page.status_code == 409
    assert "Second, typed at length" in page.text
    assert journey.police.name in page.text


MOMENTS = [
    ("29", "2", "2025", "10:00", "not a real date"),
    ("29", "3", "2026", "1:30am", "clocks went forward"),
    ("1", "1", "2026", "", "Enter the time"),
    ("", "", "", "10:00", "Enter the date"),
    ("", "", "", "", "Enter the date and time"),
    ("1", "1", "2099", "10:00", "in the future"),
    ("1", "1", "2001", "10:00", "before the local authority became aware"),
    ("x\x00", "1" * 9999, "\u202e", "<b>", "real date"),
    ("1", "13", "2026", "25:00", "real date"),
]


@pytest.mark.parametrize(("day", "month", "year", "time", "message"), MOMENTS)
def test_impossible_moments_are_refused_beside_the_date(
    day: str, month: str, year: str, time: str, message: str,
    journey: Journey, visit: Callable[[Someone], Visitor],
) -> None:  # fmt: skip
    journey.to_decision().decide()
    page = visit(journey.team).post(
        "notification",
        **{"submitted_at-day": day, "submitted_at-month": month, "submitted_at-year": year},
        **{"submitted_at-time": time, "channel": "national-system", "panel_reference": "=1+1"},
        submitted_by="Somebody typed this",
    )
    assert page.status_code == 400
    assert 'id="submitted_at-error"' in page.text
    assert message in page.text or "year must be" in page.text
    assert "Somebody typed this" in page.text
    assert journey.state().notification is None


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"parties": ["police", "\x00", "independent-scrutineer' or 1=1"], "how": "message"},
        {"parties": ["independent-scrutineer"], "how": "pigeon"},
        {"parties": ["independent-scrutineer"], "how": "elsewhere"},
        {"parties": ["independent-scrutineer"], "how": "message", "detail": "x" * 201},
    ],
)
def test_informing_needs_sound_answers(
    answers: dict[str, Any], journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_decision().decide()
    page = visit(journey.team).post("inform", **answers)
    assert page.status_code == 400
    assert "There is a problem" in page.text
    assert journey.events(EventKind.PARTY_INFORMED) == []


def test_an_answer_after_the_clock_is_said_to_be_late(
    journey: Journey, visit: Callable[[Someone], Visitor], at: Callable[..., None]
) -> None:
    from datetime import timedelta

    from tests.integration.serious_incidents.journey import TUESDAY_MIDNIGHT

    journey.to_responses()
    assert journey.silent(Party.ICB)
    at(TUESDAY_MIDNIGHT + timedelta(hours=9))
    nurse = visit(journey.nurse)
    assert "shown as late" in nurse.get("response").text
    assert nurse.post("response", outcome=NOT, rationale="We were away").status_code == 303
    text = nurse.get("decision").text
    assert "Late answer" in text
    assert "Deemed agreement" in text
    assert journey.state().positions[Party.ICB].kind == "deemed"


def test_people_of_another_partnership_find_nothing(
    journey: Journey, hampshire: Place, client_as: Client
) -> None:
    client = client_as(find(hampshire, Role.PARTNERSHIP_TEAM))
    for page in PAGES:
        for slug in ("isle-of-wight", "hampshire"):
            address = f"/{slug}/cases/{journey.reference}/{page}"
            assert client.get(address).status_code == 404, address
            assert client.post(address, data={"submission_key": str(uuid4())}).status_code in (404, 405), (
                address
            )


@pytest.mark.parametrize(
    "reference", ["IOW-2222-2", "x", "%00", "IOW-7K3M-Q%ED%A0%80", "..%2f..", "A" * 5000]
)
def test_references_that_are_none_find_nothing(reference: str, journey: Journey, client_as: Client) -> None:
    client = client_as(journey.team)
    for page in PAGES:
        assert client.get(f"/isle-of-wight/cases/{reference}/{page}").status_code == 404


def test_only_the_three_partners_have_deputies(journey: Journey, visit: Callable[[Someone], Visitor]) -> None:
    for party in ("lig-chair", "nobody", "%00", "POLICE"):
        assert visit(journey.team).get(f"deputy/{party}").status_code == 404


def test_who_may_not_take_a_step_does_not_find_its_page(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_responses()
    closed = {
        "share": journey.police,
        "initial-view": journey.police,
        "share-initial-view": journey.chair,
        "response": journey.team,
        "deputy/police": journey.police,
        "notification": journey.police,
        "inform": journey.chair,
    }
    for page, who in closed.items():
        assert visit(who).get(page).status_code == 404, page
        assert visit(who).post(page).status_code == 404, page
    assert visit(journey.nurse).post("decision", version="1", **DECISION).status_code == 404
    assert visit(journey.lig_member).get("decision").status_code == 404


def test_partners_do_not_read_the_views_before_they_are_shared(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.share()
    journey.view(Party.LIG_CHAIR)
    for who in (journey.police, journey.nurse, journey.childrens, journey.lig_member):
        assert "Because of what we know" not in visit(who).get("decision").text
    assert "Because of what we know" in visit(journey.team).get("decision").text


def test_looking_records_nothing_but_the_look(journey: Journey, visit: Callable[[Someone], Visitor]) -> None:
    journey.to_responses()
    before = len(journey.events())
    for page, who in {
        "response": journey.police,
        "decision": journey.nurse,
        "deputy/icb": journey.team,
    }.items():
        assert visit(who).get(page).status_code == 200
    assert len(journey.events()) == before
    assert {party for party in SAFEGUARDING_PARTNERS if party in journey.state().positions} == set()


def test_a_key_used_elsewhere_is_no_fault_of_the_server(
    wight: Place, journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    other = Journey(wight).to_decision()
    key = uuid4()
    other.do(service.record_decision, other.proposed(key=key), who=other.director, now=TUESDAY_NOON)
    journey.to_responses()
    answer = {"outcome": NOTIFY, "rationale": "As we see it", "submission_key": str(key)}
    for who in journey.answering.values():
        assert visit(who).post("response", seen="", **answer).status_code == 303
    assert len(journey.state().positions) == 3
    sent = {**DECISION, "version": str(journey.version()), "submission_key": str(key)}
    assert visit(journey.director).post("decision", **sent).status_code == 303
    assert journey.state().decision is not None


def test_what_was_typed_out_of_turn_is_shown(journey: Journey, visit: Callable[[Someone], Visitor]) -> None:
    journey.to_decision()
    police = visit(journey.police)
    journey.decide()
    page = police.post("response", outcome=NOT, rationale="Typed while others decided")
    assert page.status_code == 409
    assert "Typed while others decided" in page.text
    assert journey.director.name in page.text


def test_a_decision_typed_while_the_partners_came_to_differ_is_shown(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    journey.to_decision()
    journey.respond(Party.POLICE, NOT)
    page = visit(journey.director).post("decision", version=str(journey.version()), **DECISION)
    assert page.status_code == 409
    assert DECISION["harm_judgement"] in page.text
    assert "The partners differ" in page.text


@pytest.mark.parametrize("body", ["2025", "[]", "null", '"text"', '{"outcome": "notify"}', "{", ""])
@pytest.mark.parametrize("page", ["initial-view", "response", "decision", "notification", "inform", "share"])
def test_a_body_of_json_is_no_answer(
    journey: Journey, client_as: Callable[..., Any], page: str, body: str
) -> None:
    """Found by random requests: the forms read JSON where no form was sent."""
    journey.to_decision()
    for who in (journey.director, journey.team, journey.police):
        answer = client_as(who).post(
            f"/{journey.place.slug}/cases/{journey.reference}/{page}",
            data=body,
            content_type="application/json",
        )
        assert answer.status_code < 500
    assert journey.state().decision is None


def test_every_fault_of_the_decision_is_told_at_once_and_names_its_field(
    journey: Journey, visit: Callable[[Someone], Visitor]
) -> None:
    """A text that is too long is named, and does not keep back what the rules find in the other answers."""
    journey.to_decision()
    answer = visit(journey.director).post(
        "decision", version=str(journey.version()), limb_b_rationale="x" * 10_001
    )
    assert answer.status_code == 400
    summary = answer.text.split('class="govuk-error-summary"')[1].split("</ul>")[0]
    assert "Your answer to “Why does limb (b) apply, or not?” must be 10,000 characters or fewer" in summary
    for said in ("Select whether abuse or neglect is known or suspected", "Give the reason for the decision"):
        assert said in summary
    assert journey.state().decision is None


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_a_text_that_cannot_be_kept_keeps_no_other_fault_back(
    journey: Journey, visit: Callable[[Someone], Visitor], text: str
) -> None:
    journey.to_responses()
    for outcome, also in (("", True), (NOTIFY, False)):
        answer = visit(journey.police).post("response", outcome=outcome, rationale=text)
        assert answer.status_code == 400
        assert ("Select the response" in answer.text) is also
        assert "What is the reason for your response?” " in answer.text
    assert journey.state().positions == {}

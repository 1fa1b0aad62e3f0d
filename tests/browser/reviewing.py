"""What people do in a rapid review, in the words of the pages."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from app.procedure.review_record import PARTS
from tests.browser.people import Person
from tests.browser.played import Play, moment
from tests.integration.serious_incidents.journey import Journey


class Review:
    """One case's rapid review, with the pages that people open."""

    def __init__(self, play: Play, case: Journey) -> None:
        self.play, self.case = play, case
        self.path = f"/isle-of-wight/cases/{case.reference}"
        self.page = f"{self.path}/rapid-review"


def plan(team: Person, review: Review, at: datetime) -> None:
    """Take what Waymark proposes, and call the meeting."""
    team.go(review.path)
    team.follow("Plan the rapid review")
    team.sees("An extraordinary meeting is needed")
    team.picture("review-plan")
    team.tick("meeting", "extraordinary")
    moment(team, "meeting_at", at)
    team.fill("place", "Room 1, County Hall")
    team.tick("died", "no")
    team.press("Set the plan")
    team.sees("The plan is set")
    team.picture("review-index-planned")


def ask(team: Person, review: Review, *agencies: str) -> None:
    """Ask the agencies that are offered, and these."""
    team.go(review.page)
    team.follow("Summaries of involvement")
    team.follow("Ask agencies")
    for name in agencies:
        team.page.get_by_label(name).check()
    team.picture("involvement-open")
    team.press("Ask them")
    team.sees("asked")
    team.picture("involvement-board")


def nothing_known(person: Person, author: str) -> None:
    """Return that one's agency was not involved, from one's tasks."""
    person.go("/isle-of-wight/tasks")
    person.page.get_by_role("link", name="Return your agency's summary of involvement").first.click()
    person.page.locator("main .govuk-task-list__link").first.click()
    person.tick("involved", "no")
    person.fill("author", author)
    person.fill("author_role", "Safeguarding lead")
    person.press("Save and come back later")
    person.follow("Check and return it")
    person.press("Return it")
    person.sees("What your agency returned")


def whole_return(person: Person, author: str, days: list[tuple[date, str]], picture: str = "") -> None:
    """Return a whole summary, with one line of chronology for each day."""
    person.go("/isle-of-wight/tasks")
    person.page.get_by_role("link", name="Return your agency's summary of involvement").first.click()
    if picture:
        person.picture(f"{picture}-return")
    person.page.locator("main .govuk-task-list__link").first.click()
    person.tick("involved", "yes")
    person.fill("author", author)
    person.fill("author_role", "Named nurse")
    person.press("Save and continue")
    while not person.page.url.endswith("/check"):
        _fill(person, days)
        if picture:
            person.picture(f"{picture}-part")
            picture = ""
        person.press("Save and continue")
    person.press("Return it")
    person.sees("What your agency returned")


def _fill(person: Person, days: list[tuple[date, str]]) -> None:
    """Answer whatever the part of the form asks, in its rows or by itself."""
    page = person.page
    lines = days if page.locator('main [name="significance"]').count() else days[:1]
    dated = page.locator('main [name="day_day"]').count() > 0
    if dated:
        for place, (day, what) in enumerate(lines, start=1):
            for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
                page.fill(f"#day_{part}_{place}", str(value))
            _texts(person, f"_{place}", what)
            if place < len(lines):
                person.press("Save and add another")
    elif not _texts(person, "_1", days[0][1]):
        _texts(person, "", "What our records show.")


def _texts(person: Person, end: str, what: str) -> bool:
    found = False
    for field in person.page.locator("main textarea, main input[type=text]").all():
        identifier = field.get_attribute("id") or ""
        plain = identifier.removesuffix(end) if end else identifier
        row = end != "" and identifier.endswith(end)
        if (row or (not end and not identifier.startswith("day_"))) and not plain.startswith("day_"):
            found = True
            field.fill("9:30am" if plain == "time" else what)
    return found


def write_record(team: Person, review: Review, parts: list[str]) -> None:
    """Write these parts of the record."""
    for name in parts:
        team.go(f"{review.page}/record/{name}")
        for question in PARTS[name].questions:
            if question.kind == "choice":
                team.tick(question.name, question.choices[0][0])
            else:
                team.fill(
                    question.name,
                    "Said at the meeting, and agreed." if question.kind == "words" else "One\nTwo",
                )
        if name == "findings":
            team.picture("review-record-findings")
        team.press("Save this part")
        team.sees("It is complete")


def say(person: Person, review: Review, partner: str, outcome: str = "commission") -> None:
    """Say for a partner whether a practice review is commissioned."""
    person.go(f"{review.page}/decision")
    person.follow(f"Say for {partner}")
    person.tick("outcome", outcome)
    person.fill("rationale", "What the three agencies know, taken together.")
    person.press("Record it")
    person.sees("What you said is recorded")


def came(team: Person, meeting: UUID | str, at: datetime, names: list[str]) -> None:
    """Record who came, at one time."""
    team.go(f"/isle-of-wight/meetings/{meeting}/register")
    for name in names:
        team.page.locator("main label").filter(has_text=name).first.click()
    moment(team, "came_at", at)
    team.press("Record")
    team.sees("Recorded")

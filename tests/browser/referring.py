"""Filling in a referral, section by section, as its pages ask."""

from __future__ import annotations

from datetime import date, timedelta

from tests.browser.people import Person


def refer(person: Person, slug: str, today: date) -> str:
    """Start, fill in and submit a referral for one unnamed child; returns the reference."""
    person.go(f"/{slug}/referrals")
    person.picture("referrals")
    person.press("Start a referral")
    draft = person.page.url
    fill_in(person, draft, today)
    person.page.goto(draft)
    person.picture("referral-draft")
    person.press("Check your answers and submit")
    person.picture("referral-check")
    person.press("Submit the referral")
    person.picture("referral-done")
    reference = person.page.locator("text=/[A-Z]{3}-[2-9A-Z]{4}-[2-9A-Z]/").first.inner_text()
    return next(word.strip(".,") for word in reference.split() if word.count("-") == 2)


def fill_in(person: Person, draft: str, today: date) -> None:
    """Answer every section. Everything here is invented."""
    happened = today - timedelta(days=1)
    person.page.goto(f"{draft}/child-1")
    person.tick("naming", "unnamed")
    person.tick("birth", "estimated")
    person.fill("born_about-day", "9")
    person.fill("born_about-month", "3")
    person.fill("born_about-year", str(today.year - 3))
    person.tick("outcome", "harmed")
    person.fill_date("harmed_on", happened)
    person.tick("harm_date", "known")
    person.tick("legal", "in-need")
    person.picture("referral-child")
    person.press("Save and continue")
    person.page.goto(f"{draft}/incident")
    person.fill("narrative", "An invented account of an injury that nobody could explain.")
    person.fill_date("happened_on", happened)
    person.tick("date_certainty", "known")
    person.tick("place", "england")
    person.page.select_option('[name="area"]', label="Isle of Wight Council")
    person.page.select_option('[name="home"]', label="Isle of Wight Council")
    person.picture("referral-incident")
    person.press("Save and continue")
    person.page.goto(f"{draft}/harm")
    person.tick("abuse", "suspected")
    person.tick("harm_kinds", "physical")
    person.fill("judgement", "Likely to last, though this is not certain yet.")
    person.press("Save and continue")
    person.page.goto(f"{draft}/awareness")
    person.tick("aware", "yes")
    person.fill_date("aware_on", happened)
    person.fill("told_by", "The hospital")
    person.press("Save and continue")
    person.page.goto(f"{draft}/others")
    person.tick("known", "no")
    person.fill("how_checked", "Asked the health visitor and looked at the records of the household.")
    person.picture("referral-others")
    person.press("Save and continue")
    person.page.goto(f"{draft}/agencies")
    person.tick("agencies", "community-health")
    person.tick("agencies", "childrens-services")
    person.press("Save and continue")
    person.page.goto(f"{draft}/criteria")
    person.fill("why", "Serious harm, and neglect is suspected.")
    person.fill("lessons", "How agencies shared what each knew.")
    person.press("Save and continue")
    person.page.goto(f"{draft}/referrer")
    person.fill("job_title", "Named nurse")
    person.fill("email", "somebody@solent-community-health.example")
    person.press("Save and continue")

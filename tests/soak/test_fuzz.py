"""Random requests to every route as several people: whatever is sent, never a fault of ours.

`WAYMARK_FUZZ` says how many (500 in script/test, 50,000 in script/soak); the seed is printed and `WAYMARK_SEED`
repeats it.
"""

from __future__ import annotations

import os
import random
import secrets
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.access.roles import Role
from tests.integration.access.test_matrix import make_case, make_draft
from tests.support.cast import cast
from tests.support.people import client_of
from tests.support.places import fresh_place

HOW_MANY = int(os.environ.get("WAYMARK_FUZZ", "500"))
SEED = int(os.environ.get("WAYMARK_SEED", "0")) or secrets.randbelow(1_000_000)
WORDS = [
    "", " ", "0", "1", "-1", "99999999999999999999", "2025",
    "29", "2", "13", "yes", "no", "notify", "do-not-notify", "known",
    "suspected", "died", "unborn", "estimated", "police",
    "message", "elsewhere", "national-system", "england", "outside",
    "E06000046", "another", "\x00", "a\x00b",
    "\ud800", "\u202eevil", "\u200f", "<script>alert(1)</script>", "{{7*7}}",
    "=cmd|' /C calc'!A0", "'; drop table cases; --", "x" * 10_001, "２９", "29 February", "01:30", "5:30pm", "25:99",
    "../../etc/passwd", "null", "[]", "{}", "%00", "%ff", "\r\nX-Header: 1", "𝕬𝖇𝖈", "é", "日本", "NaN", "1e999",
]  # fmt: skip
FIELDS = [
    "naming", "name", "birth", "born_on-day", "born_on-month", "born_on-year", "born_about-day", "expected_on-year",
    "outcome", "died_on-day", "died_on-month", "died_on-year", "died_at", "harmed_on-day", "legal", "looked_after_by",
    "looked_after_by-other", "nhs_number", "narrative", "happened_on-day", "happened_on-month", "happened_on-year",
    "date_certainty", "place", "area", "area-other", "country", "home", "abuse", "harm_kinds", "judgement", "aware",
    "aware_on-day", "aware_on-month", "aware_on-year", "aware_at",
    "told_by", "known", "action", "how_checked", "agencies",
    "other_agencies", "why", "lessons", "job_title", "email", "phone", "rationale", "limb_a", "limb_a_rationale",
    "limb_b", "harm_judgement", "guidance_considered", "submitted_at-day", "submitted_at-month", "submitted_at-year",
    "submitted_at-time", "channel", "panel_reference", "submitted_by", "how", "parties", "informed_at-day", "detail",
    "version", "submission_key", "form_id", "party", "seen", "go", "way", "start_key", "step", "next",
]  # fmt: skip
SECTIONS = ["children", "child-1", "incident", "harm", "awareness", "others", "other-1", "agencies", "criteria", "cdop",
            "referrer", "child-999", "nothing"]  # fmt: skip
PEOPLE = (
    Role.PRACTITIONER, Role.AGENCY_LIG_MEMBER, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL,
    Role.SERVICE_DIRECTOR, Role.LIG_CHAIR, Role.PARTNERSHIP_TEAM, Role.CDOP_CHAIR, Role.INDEPENDENT_SCRUTINEER,
)  # fmt: skip


class Fuzzer:
    """Makes one random request after another from a seed."""

    def __init__(self, app: Flask, chance: random.Random, parts: dict[str, list[str]]) -> None:
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
        self.chance, self.parts = chance, parts

    def word(self) -> str:
        """Something hostile, or a bit of noise."""
        if self.chance.random() < 0.85:
            return self.chance.choice(WORDS)
        return "".join(chr(self.chance.choice((*range(1, 300), 0x2028, 0xFFFF, 0x1F600))) for _ in range(20))

    def path(self, rule: Rule) -> str:
        """The address of a rule; its parts are real ones or noise."""
        made = rule.rule
        for name in rule.arguments:
            real = self.chance.random() < 0.8
            value = self.chance.choice(self.parts.get(name, ["x"])) if real else self.word()[:80]
            for form in (f"<{name}>", f"<uuid:{name}>", f"<path:{name}>"):
                made = made.replace(form, quote(value.encode("utf-8", "surrogatepass"), safe=""))
        return made

    def form(self) -> dict[str, list[str]]:
        """Some fields, some of them more than once."""
        names = self.chance.sample(FIELDS, self.chance.randint(0, 12))
        return {name: [self.word() for _ in range(self.chance.choice((1, 1, 1, 2)))] for name in names}

    def send(self, client: FlaskClient) -> tuple[str, int]:
        """One request; what it was, and the status."""
        rule = self.chance.choice(self.rules)
        path = self.path(rule)
        kind = self.chance.random()
        if kind < 0.4:
            query = {key: [self.safe(value) for value in values] for key, values in self.form().items()}
            return f"GET {path}", client.get(path, query_string=query).status_code
        if kind < 0.9:
            body = "&".join(
                f"{key}={quote(value.encode('utf-8', 'surrogatepass'))}"
                for key, values in self.form().items()
                for value in values
            )
            return f"POST {path} {body[:300]}", client.post(path, data=body, content_type=FORM).status_code
        json = self.safe(self.word())
        return f"POST {path} {json[:100]}", client.post(
            path, data=json, content_type="application/json"
        ).status_code

    @staticmethod
    def safe(text: str) -> str:
        """The test client itself cannot send a lone surrogate in a query."""
        return text.encode("utf-8", "replace").decode()


FORM = "application/x-www-form-urlencoded"


@pytest.mark.long
def test_no_request_is_ever_a_fault_of_ours(app: Flask, owner_of: Flask, tmp_path: Path) -> None:
    print(f"\nfuzzing: {HOW_MANY} requests, seed {SEED}")
    place = fresh_place(app, owner_of, tmp_path)
    people = cast(place, owner_of)
    askers = [*(people[role] for role in PEOPLE), None]
    reference, key = make_case(people[Role.PARTNERSHIP_TEAM])
    draft, child = make_draft(people[Role.PRACTITIONER])
    parts = {
        "slug": [place.slug, "isle-of-wight"], "reference": [reference], "key": [key, "B1-03", "B1-07:lig-chair"],
        "party": ["police", "icb", "local-authority", "lig-chair"], "draft_id": [draft], "section": [*SECTIONS, child],
        "organisation": ["isle-of-wight-council"],
    }  # fmt: skip
    fuzzer = Fuzzer(app, random.Random(SEED), parts)
    faults = []
    for _ in range(HOW_MANY):
        # Signed in anew each time: some of these requests sign out, here or everywhere
        said, status = fuzzer.send(client_of(app, fuzzer.chance.choice(askers)))
        if status >= 500:
            faults.append((status, said))
    assert [fault for fault in faults if not _provider_is_away(fault)] == []


def _provider_is_away(fault: tuple[int, str]) -> bool:
    """No provider runs beside these tests, so that beginning to sign in is told as 'not answering'."""
    return fault[1].startswith("POST /sign-in/") and fault[0] in (502, 503)

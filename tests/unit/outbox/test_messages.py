"""No message carries anything but a reference, what is asked, by when, and where to look."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outbox.messages import ACTIONS, TEMPLATES, NotAllowed, Rendered, one_line, render

REFERENCE = "IOW-7K3M-Q"
DUE = date(2026, 11, 30)


def rendered(kind: str, reference: str | None = REFERENCE, **params: object) -> Rendered:
    return render(
        kind,
        partnership="Isle of Wight partnership",
        slug="isle-of-wight",
        base_url="https://waymark.example",
        reference=reference,
        params=params,
    )


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_every_message_says_where_to_look_and_leaves_nothing_unfilled(kind: str) -> None:
    text = rendered(kind, duty="B1-08", due_on=DUE)
    link = (
        "invitation/isle-of-wight/one-time-link" if TEMPLATES[kind].page == "invitation" else "isle-of-wight/"
    )
    assert f"https://waymark.example/{link}" in text.body
    assert "Isle of Wight partnership" in text.body
    assert "{" not in text.subject + text.body
    assert "\n" not in text.subject


# What was said, decided or found, and what only follows from it. A subject or a body says none of them: an inbox is
# read over a shoulder, by whoever covers for somebody, and by the mail server of another organisation.
OUTCOMES = (
    r"\bagree", r"\bdiffer", "deem", "silen", "decision stands", "notifies", r"\bto notify", "not notify", "decided to",
    "as sent", "own duty", "rapid review", "overrid", "overrul", "dispute", "reconsider", "displac", "put back",
    "unresolved", "unanswered", "mediat", "short meeting", "exceptional", "criteria", "no further action",
    r"(?<!decision on )notification (came|was|has been)",
    "serious incident", "review panel", "harm", "died", "abuse", "neglect",
)  # fmt: skip


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_no_message_gives_an_outcome_away(kind: str) -> None:
    for duty in (*ACTIONS, "A-06", "B1-04", "B1-09", "B1-10", "B1-11", "B1-13", "N-05", "L-01"):
        text = rendered(kind, duty=duty, due_on=DUE)
        said = f"{text.subject}\n{text.body}".lower()
        assert [word for word in OUTCOMES if re.search(word, said)] == [], duty


def test_only_the_one_who_owes_is_asked() -> None:
    assert "asks you" in rendered("overdue", duty="B1-08", due_on=DUE).body
    other = rendered("overdue-elsewhere", duty="B1-08", due_on=DUE).body
    assert "asks you" not in other
    assert "somebody else owes" in other


@pytest.mark.parametrize(
    "kind",
    [
        "referral-received",
        "referral-shared",
        "initial-views-complete",
        "initial-view-shared",
        "deputy-contact",
    ],
)
def test_a_request_says_by_when(kind: str) -> None:
    assert "by the end of Monday 30 November 2026" in rendered(kind, due_on=DUE).body


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_templates_name_only_these_words(kind: str) -> None:
    template = TEMPLATES[kind]
    names = {name for _, name, _, _ in string.Formatter().parse(template.subject + template.text) if name}
    # how many cases were entered, and never which; on which day the group meets, and never about what
    assert names <= {"reference", "action", "by", "cases", "on"}


def test_a_reminder_says_what_by_when_and_where() -> None:
    text = rendered("reminder", duty="B1-08", due_on=DUE)
    assert text.subject == "IOW-7K3M-Q: reminder"
    assert "respond to the initial view by the end of Monday 30 November 2026" in text.body
    assert "https://waymark.example/isle-of-wight/cases/IOW-7K3M-Q" in text.body


def test_a_generic_inbox_is_told_no_reference() -> None:
    text = rendered("inbox-waiting", due_on=DUE)
    assert REFERENCE not in text.subject + text.body


@pytest.mark.parametrize(
    "params",
    [
        {"child": "Sam"},
        {"rationale": "because"},
        {"duty": "Sam Smith"},
        {"duty": "B1-08\nBcc: x@example.org"},
        {"due_on": "tomorrow, when Sam is seen"},
        {"due_on": datetime(2026, 11, 30, tzinfo=UTC)},
        {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example/isle-of-wight/"},
        {"link": "/hampshire/cases/HAM-7K3M-Q"},
        {"link": "/isle-of-wight/../hampshire"},
        {"link": "/isle-of-wight/cases/x?child=Sam"},
        {"link": None},
        {"duty": 8},
        {"cases": "twelve, of Sam"},
        {"cases": True},
    ],
)
def test_anything_else_is_refused_and_not_repeated(params: dict[str, object]) -> None:
    with pytest.raises(NotAllowed) as refusal:
        rendered("reminder", **params)
    assert not any(str(value) in str(refusal.value) for value in params.values() if value is not None)


@pytest.mark.parametrize(
    "reference", [None, "", "Sam Smith", "IOW-7K3M-Q\r\nBcc: x@example.org", "IOW-7K3M-Q "]
)
def test_a_reference_is_a_reference(reference: str | None) -> None:
    with pytest.raises(NotAllowed):
        rendered("reminder", reference)


def test_an_unknown_message_is_refused() -> None:
    with pytest.raises(NotAllowed):
        rendered("free-text")


@given(st.text(max_size=400))
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 200
    assert not set(line) & set("\r\n\x00\u2028\u202e")
    assert line.splitlines() in ([], [line])

"""What is typed into the form of a summary of involvement: kept as it is, checked, and made into a return. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from app.procedure.involvement import missing
from app.procedure.involvement_form import ANSWERS, QUESTIONS, ROWS, Asked, Faults, Section, sections
from app.web.text_rules import MONTHS, REPLACEMENT, normalised, parse_date, parse_time, text_fault

LONGEST_WORDS, LONGEST_LINE, MOST_ROWS, MOST_QUESTIONS = 20_000, 200, 300, 20
INVOLVED = {"yes": "It was involved with the child or family", "no": "No involvement"}
PARTS = ("day", "month", "year")
Sent = Callable[[str], list[str]]
Typed = dict[str, Any]


def inputs_of(asked: Asked) -> tuple[str, ...]:
    """The names of the inputs that a question has."""
    return tuple(f"{asked.name}_{part}" for part in PARTS) if asked.kind == "day" else (asked.name,)


def empty_row(section: Section) -> dict[str, str]:
    """A row of which nothing is typed."""
    return {name: "" for asked in section.questions for name in inputs_of(asked)}


def typed_section(key: str, section: Section, sent: Sent, without: int = 0) -> Typed:
    """What a form says of a section, kept as it was typed; rows of which nothing is typed are left out, and the row
    that is numbered `without`."""
    if not section.rows:
        texts = {asked.name: _lines(_first(sent(asked.name))) for asked in section.questions}
        return {"involved": _first(sent("involved")), **texts} if key == "about" else texts
    names = list(empty_row(section))
    columns = zip_longest(*(sent(name) for name in names), fillvalue="")
    rows = [{name: _lines(text) for name, text in zip(names, column, strict=True)} for column in columns]
    kept = [row for place, row in enumerate(rows, start=1) if place != without]
    return {"rows": [row for row in kept if any(text.strip() for text in row.values())]}


def unstorable(section: Section, typed: Typed) -> list[tuple[str, str]]:
    """What cannot be kept: characters that cannot be stored, texts that are too long, rows too many. Field, message."""
    if not section.rows:
        return _unstorable(section, typed, "", "")
    faults = []
    for place, row in enumerate(typed["rows"], start=1):
        faults += _unstorable(section, row, f"_{place}", f"{section.row} {place}: ")
    if len(typed["rows"]) > MOST_ROWS:
        faults.append((f"{next(iter(empty_row(section)))}_{MOST_ROWS + 1}",
                       f"A section holds {MOST_ROWS} rows at most: attach the rest as a file"))  # fmt: skip
    return faults


def _unstorable(section: Section, row: Typed, suffix: str, before: str) -> list[tuple[str, str]]:
    faults = []
    for asked in section.questions:
        for name in inputs_of(asked):
            text, lines = row.get(name, ""), asked.kind == "words"
            label = f"{before}{asked.label.removesuffix(' (optional)').rstrip('?')}"
            fault = text_fault(text, LONGEST_WORDS if lines else LONGEST_LINE, lines, f"“{label}”")
            if fault is None and REPLACEMENT in text:
                fault = f"“{label}” contains a broken character (\ufffd); type it again"
            faults += [(f"{name}{suffix}", fault)] if fault else []
    return faults


def content_of(draft: Mapping[str, Any], questions: Sequence[str] = ()) -> dict[str, Any]:
    """A draft as a return says it: dates and times in one spelling, texts without outer blanks. What cannot be read as
    a date is empty; `faults_of` tells it."""
    about = draft.get("about") or {}
    content: dict[str, Any] = {"none": {"yes": False, "no": True}.get(about.get("involved", ""))}
    for key, section in QUESTIONS.items():
        given = draft.get(key) or {}
        if section.rows:
            content[key] = [_row(section, row) for row in given.get("rows") or []]
        else:
            content |= {one.name: normalised(given.get(one.name, "")) for one in section.questions}
    given = draft.get(ANSWERS) or {}
    content[ANSWERS] = [
        {"question": question, "answer": normalised(given.get(f"answer_{place}", ""))}
        for place, question in enumerate(questions, start=1)
    ]
    return content


def _row(section: Section, row: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for asked in section.questions:
        if asked.kind == "day":
            found["day"], found["precision"] = _day(row, asked.name)[:2]
        elif asked.kind == "time":
            found[asked.name] = _time(row.get(asked.name, ""))[0]
        else:
            found[asked.name] = normalised(row.get(asked.name, ""))
    return found


def _day(row: Mapping[str, str], name: str) -> tuple[str, str, str]:
    """A day as typed: its date (the first of its span where only the month or the year is known), its precision, and
    what is wrong with it."""
    day, month, year = (normalised(row.get(f"{name}_{part}", "")) for part in PARTS)
    if not day and year:
        precision = "month" if month else "year"
        found, fault = parse_date("1", month or "1", year, "The date")
    else:
        precision, (found, fault) = "day", parse_date(day, month, year, "The date")
    return (found.isoformat() if found else ""), precision, fault or ""


def _time(text: str) -> tuple[str, str]:
    found, fault = parse_time(text, "The time")
    return (f"{found:%H:%M}" if found else ""), fault or ""


def misread(key: str, draft: Mapping[str, Any], today: date) -> Faults:
    """The dates and times of a section that cannot be read as such, or have not come yet."""
    section, faults = QUESTIONS[key], []
    for place, row in enumerate((draft.get(key) or {}).get("rows") or [], start=1):
        for asked in section.questions:
            fault = ""
            if asked.kind == "day":
                day, _precision, fault = _day(row, asked.name)
                fault = fault or ("The date must not be in the future" if day > today.isoformat() else "")
            elif asked.kind == "time":
                fault = _time(row.get(asked.name, ""))[1]
            faults += (
                [(key, f"{asked.name}_{place}", f"{section.row} {place}: {_small(fault)}")] if fault else []
            )
    return faults


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def faults_of(draft: Mapping[str, Any], questions: Sequence[str], today: date) -> Faults:
    """All that keeps a draft from being returned: section, field, message, in the order of the form. Of a date that
    cannot be read it is not said besides that it is missing."""
    misreads = [fault for key in ROWS for fault in misread(key, draft, today)]
    told = {(key, field) for key, field, _message in misreads}
    lacking = [one for one in missing(content_of(draft, questions), questions) if one[:2] not in told]
    order = list(sections(questions))
    return sorted([*misreads, *lacking], key=lambda one: order.index(one[0]))


def state_of_section(key: str, section: Section, draft: Mapping[str, Any], faults: Faults) -> str:
    """How far a section has come: 'complete', 'in progress', 'not started', or 'not needed' without involvement."""
    given = draft.get(key) or {}
    filled = bool(given.get("rows")) if section.rows else any(text.strip() for text in given.values())
    wrong = any(one == key for one, _field, _message in faults)
    if (draft.get("about") or {}).get("involved") == "no" and key != "about" and not filled:
        return "not needed"
    if not filled:
        return "not started"
    return "in progress" if wrong else "complete"


def day_in_words(day: str, precision: str = "day") -> str:
    """3 March 2026, March 2026 or 2026, as far as it is known."""
    if not day:
        return ""
    found = date.fromisoformat(day)
    month = MONTHS[found.month - 1].capitalize()
    return {"day": f"{found.day} {month} {found.year}", "month": f"{month} {found.year}"}.get(
        precision, str(found.year)
    )


def flat(section: Section, typed: Typed) -> dict[str, str]:
    """A section's typed answers in words, question by question, to set beside what somebody else typed."""
    if not section.rows:
        labels = {one.name: one.label for one in section.questions}
        named = {"involved": "Was your agency involved?", **labels}
        return {named[name]: str(INVOLVED.get(text, text)) for name, text in typed.items() if name in named}
    return {
        f"{section.row} {place}: {one.label}": " ".join(row.get(name, "") for name in inputs_of(one)).strip()
        for place, row in enumerate(typed.get("rows") or [], start=1)
        for one in section.questions
    }


def questions_of(text: str) -> tuple[list[str], str | None]:
    """The further questions of a scoping, one to a line, and what is wrong with them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_QUESTIONS:
        return lines, f"Ask {MOST_QUESTIONS} further questions at most"
    long = next((place for place, line in enumerate(lines, start=1) if len(line) > 500), None)
    return lines, f"Question {long} must be 500 characters or fewer" if long else None


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")

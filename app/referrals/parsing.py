"""What was typed, understood: pure functions from the form's text to values, with a message where that is
impossible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from app.referrals.questions import ANOTHER, DATE_PARTS, Lists, Page, Question
from app.web.text_rules import REPLACEMENT, normalised, parse_date, parse_time, text_fault

ONS_CODE = re.compile(r"[EWSN][0-9]{8}")
EMAIL = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[A-Za-z0-9-]{2,}")
PHONE = re.compile(r"\+?[0-9 ()\-]{7,}( ?(x|ext\.?) ?[0-9]+)?", re.IGNORECASE)
UNREADABLE = "Your answer contains a character that could not be read (shown as \ufffd); type it again"


class NotUnderstood(ValueError):
    """An answer that cannot be understood; the message is shown beside the field named."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on a page. `field` is the name (and the id) of the input that it stands beside."""

    page: str
    field: str
    message: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """A local authority: from the list, or typed by its name or its ONS code."""

    code: str | None
    name: str


Typed = Mapping[str, Any]
Values = dict[str, Any]


def asked(page: Page, typed: Typed) -> list[Question]:
    """The questions of a page that its other answers leave to be asked."""
    return [
        question
        for question in page.questions
        if question.when is None or said(typed, question.when[0]) == question.when[1]
    ]


def read_page(page: Page, key: str, typed: Typed, lists: Lists) -> tuple[Values, list[Fault]]:
    """The values of a page by question, and what is wrong with what was typed.

    A faulty answer has no value.
    """
    values: Values = {}
    faults = []
    for question in asked(page, typed):
        try:
            value = read(question, typed, lists)
        except NotUnderstood as wrong:
            faults.append(Fault(key, wrong.field or question.fields[0], wrong.message, question.name))
            continue
        if value is None and question.missing:
            faults.append(Fault(key, question.fields[0], question.missing, question.name))
        elif value is not None:
            values[question.name] = value
    return values, faults


def read(question: Question, typed: Typed, lists: Lists) -> Any:
    """One answer, or None where nothing was answered. Raises NotUnderstood."""
    if question.kind == "date":
        return read_date(question, typed)
    if question.kind == "authority":
        return _authority(question, typed, lists)
    if question.kind == "checkboxes":
        return _checked(question, typed, lists)
    text = said(typed, question.name)
    if not text:
        return None
    if question.kind == "radios":
        return _chosen(question, text, lists)
    fault = _fault(text, question)
    if fault is not None:
        raise NotUnderstood(fault)
    if question.kind == "time":
        return read_time(question, text)
    return READERS.get(question.kind, str)(text)


def said(typed: Typed, name: str) -> str:
    """What was typed under a name, without the space around it; empty where it was not text."""
    value = typed.get(name, "")
    return normalised(value) if isinstance(value, str) else ""


def _fault(text: str, question: Question) -> str | None:
    if REPLACEMENT in text:
        return UNREADABLE
    return text_fault(text, limit=question.limit, lines=question.kind == "long")


def read_date(question: Question, typed: Typed) -> date | None:
    """A date of three parts; months may be named. Raises NotUnderstood."""
    day, month, year = (said(typed, f"{question.name}-{part}") for part in DATE_PARTS)
    found, fault = parse_date(day, month, year, question.the_answer)
    if fault is not None:
        raise NotUnderstood(fault)
    return found


def read_time(question: Question, text: str) -> time | None:
    """A time of day, as 14:30 or 2:30pm. Raises NotUnderstood."""
    found, fault = parse_time(text, question.the_answer)
    if fault is not None:
        raise NotUnderstood(fault)
    return found


def read_nhs_number(text: str) -> str:
    """An NHS number, whose tenth digit checks the other nine. Raises NotUnderstood."""
    digits = re.sub(r"[ -]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) == 10):
        raise NotUnderstood("An NHS number has 10 digits, like 943 476 5919")
    check = (
        11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    )
    if check == 10 or check % 11 != int(digits[9]):
        raise NotUnderstood("This is not an NHS number: check each digit")
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def read_email(text: str) -> str:
    """An e-mail address. Raises NotUnderstood."""
    if not EMAIL.fullmatch(text):
        raise NotUnderstood("Enter an email address like name@example.org")
    return text


def read_phone(text: str) -> str:
    """A telephone number. Raises NotUnderstood."""
    if not PHONE.fullmatch(text):
        raise NotUnderstood("Enter a telephone number like 01983 123456")
    return text


READERS: dict[str, Any] = {
    "nhs": read_nhs_number,
    "email": read_email,
    "phone": read_phone,
}


def _chosen(question: Question, text: str, lists: Lists) -> str:
    if text not in {choice.value for choice in lists.choices(question)}:
        raise NotUnderstood("Select one of the answers")
    return text


def _checked(question: Question, typed: Typed, lists: Lists) -> tuple[str, ...] | None:
    found = typed.get(question.name, [])
    ticked = [value for value in ([found] if isinstance(found, str) else found) if value]
    known = {choice.value for choice in lists.choices(question)}
    if any(value not in known for value in ticked):
        raise NotUnderstood("Select from the list")
    if "none-known" in ticked and len(ticked) > 1:
        raise NotUnderstood("Select the agencies involved, or that none is known, not both")
    return tuple(ticked) or None


def _authority(question: Question, typed: Typed, lists: Lists) -> Authority | None:
    code, other = said(typed, question.name), f"{question.name}-other"
    text = said(typed, other)
    if not code and not text:
        return None
    if code and text and code != ANOTHER:
        raise NotUnderstood("Select a local authority or type one that is not in the list, not both", other)
    if code and code != ANOTHER:
        name = dict(lists.authorities).get(code)
        if name is None:
            raise NotUnderstood("Select a local authority from the list, or “Another”")
        return Authority(code, name)
    fault = _fault(text, question) if text else "Enter the name or ONS code of the local authority"
    if fault is not None:
        raise NotUnderstood(fault, other)
    typed_code = text.upper()
    if ONS_CODE.fullmatch(typed_code):
        return Authority(typed_code, dict(lists.authorities).get(typed_code, typed_code))
    return Authority(None, text)

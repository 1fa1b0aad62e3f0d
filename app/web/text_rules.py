"""What may stand in a text field: pure rules, one clear message for each fault, nothing typed ever lost.

Markup and formula signs are ordinary text here: they are escaped where they are shown or exported. Refused
are only what cannot be stored or is no character at all, and what makes a text read differently from what it says: the
overrides and isolates of direction. The marks of right-to-left writing (U+200E, U+200F, U+061C) turn nothing
round and are kept.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time

from app.procedure.calendar import FIRST_YEAR, LAST_YEAR

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
ALLOWED_CONTROLS = "\n\r\t"
OTHER_LINE_ENDS = "\u2028\u2029"
BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
REPLACEMENT = "\ufffd"
# What draws nothing: blanks by another name (fillers, the empty braille cell), joiners of nothing. At the ends of a
# text they are blanks; a mark that may shape the letter or the picture before it is left where it stands.
BLANKS = "\u00ad\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"
UNSEEN = set(BLANKS + "\u034f\u115f\u1160\u17b4\u17b5")
UNSEEN |= {chr(code) for span in ((0xFE00, 0xFE10), (0xE0100, 0xE01F0)) for code in range(*span)}
TIME_SHAPE = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?")


def text_fault(text: str, limit: int, lines: bool = True, label: str = "Your answer") -> str | None:
    """What is wrong with a text, in plain English, or None. `lines` allows several; `label` names the field.

    The end of a line counts as one character, as it does where a browser counts.
    """
    length = len(text) - text.count("\r\n")
    if length > limit:
        over = length - limit
        return f"{label} must be {limit:,} characters or fewer; it is {over:,} too long"
    for character in text:
        if character in BIDI_CONTROLS:
            return f"{label} must not contain hidden characters that change the direction of text"
        if 0xD800 <= ord(character) <= 0xDFFF:
            return f"{label} contains a broken character; type it again"
        if is_no_character(character):
            return f"{label} contains a character that cannot be stored; remove it or type the text again"
        if unicodedata.category(character) == "Cc" and character not in ALLOWED_CONTROLS:
            return f"{label} contains a character that cannot be stored; remove it or type the text again"
    if not lines and any(character in text for character in "\n\r" + OTHER_LINE_ENDS):
        return f"{label} must be on one line"
    return None


def is_no_character(sign: str) -> bool:
    """Whether a code point is set aside by Unicode as no character at all; no document can hold one."""
    return 0xFDD0 <= ord(sign) <= 0xFDEF or ord(sign) & 0xFFFE == 0xFFFE


def displayable(text: str) -> str:
    """The same text, with a replacement sign for what no page can carry: controls and lone surrogates."""
    return "".join(REPLACEMENT if not _can_be_shown(character) else character for character in text)


def _can_be_shown(character: str) -> bool:
    if 0xD800 <= ord(character) <= 0xDFFF or is_no_character(character):
        return False
    return unicodedata.category(character) != "Cc" or character in ALLOWED_CONTROLS


def normalised(text: str) -> str:
    """As it is stored: outer blanks removed, line ends as newline, characters composed.

    A text of which nothing can be seen is empty, whatever it holds.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not any(_is_seen(character) for character in composed):
        return ""
    start, end = 0, len(composed)
    while composed[start].isspace() or composed[start] in BLANKS:
        start += 1
    while composed[end - 1].isspace() or composed[end - 1] in BLANKS:
        end -= 1
    return composed[start:end]


def _is_seen(character: str) -> bool:
    """Whether a character draws something, or is refused by name, so that its own message is told."""
    if character in BIDI_CONTROLS:
        return True
    return not (
        character.isspace() or character in UNSEEN or unicodedata.category(character) in ("Cf", "Zl", "Zp")
    )


def parse_date(day: str, month: str, year: str, label: str) -> tuple[date | None, str | None]:
    """A date from three texts: (date, None), (None, None) where all are empty, or (None, what is wrong)."""
    parts = [normalised(part) for part in (day, month, year)]
    if not any(parts):
        return None, None
    missing = [name for name, part in zip(("day", "month", "year"), parts, strict=True) if not part]
    if missing:
        return None, f"{label} must include a {' and '.join(missing)}"
    if any(character.isdigit() and not character.isascii() for part in parts for character in part):
        return None, f"{label} must use the digits 0 to 9"
    number_of_day, number_of_month, number_of_year = _whole(parts[0]), _month(parts[1]), _whole(parts[2])
    if number_of_year is None or len(parts[2]) != 4:
        return None, f"{label}: the year must be 4 numbers, like 2026"
    if number_of_day is None or number_of_month is None:
        return None, f"{label} must be a real date, like 27 3 2026"
    if not FIRST_YEAR <= number_of_year <= LAST_YEAR:
        return None, f"{label}: the year must be between {FIRST_YEAR} and {LAST_YEAR}"
    try:
        return date(number_of_year, number_of_month, number_of_day), None
    except ValueError:
        return None, _not_real(number_of_day, number_of_month, number_of_year, label)


def parse_time(text: str, label: str) -> tuple[time | None, str | None]:
    """A time such as 5:30pm, 17:30, 9am or midday: (time, None), (None, None) if empty, or a fault."""
    typed = normalised(text).lower().replace(" ", "").replace("a.m.", "am").replace("p.m.", "pm")
    if not typed:
        return None, None
    named = {"midday": time(12), "noon": time(12), "midnight": time(0)}
    if typed in named:
        return named[typed], None
    fault = f"{label} must be a time, like 9:30am or 14:30"
    found = TIME_SHAPE.fullmatch(typed)
    if found is None or not typed.isascii() or (found[2] is None and found[3] is None):
        return None, fault
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] and not 1 <= hour <= 12:
        return None, fault
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return (time(hour, minute), None) if hour < 24 and minute < 60 else (None, fault)


def whole_number(text: object, digits: int = 8, otherwise: int = -1) -> int:
    """A whole number that a form or an address carries, of so many decimal digits at most; `otherwise` where it is
    none, or was spoilt on the way."""
    plain = str(text or "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= digits else otherwise


def number_named(text: str, digits: int = 8) -> int:
    """The number that an address names; -1, which nothing has, where it is spelt in another way than it is written."""
    found = whole_number(text, digits)
    return found if str(found) == text else -1


def _whole(text: str) -> int | None:
    found = whole_number(text, 4)
    return found if found >= 0 else None


def _month(text: str) -> int | None:
    typed = text.lower().rstrip(".")
    for number, name in enumerate(MONTHS, start=1):
        if len(typed) >= 3 and name.startswith(typed):
            return number
    whole = _whole(text)
    return whole if whole is not None and 1 <= whole <= 12 else None


def _not_real(day: int, month: int, year: int, label: str) -> str:
    name = MONTHS[month - 1].capitalize()
    return f"{label}: {day} {name} {year} is not a real date"

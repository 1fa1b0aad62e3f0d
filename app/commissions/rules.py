"""What may stand in a terms of reference, a paper and a draft: pure checks, one message for each fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.access.roles import Role
from app.web.text_rules import REPLACEMENT, normalised, text_fault

ROLES: dict[str, Role] = {"lcspr": Role.REVIEWER, "learning-event": Role.EVENT_LEAD}
KINDS: dict[Role, str] = {role: kind for kind, role in ROLES.items()}
TITLES = {"lcspr": "Local child safeguarding practice review", "learning-event": "Local learning event"}
PREFIXES = {"lcspr": "LR", "learning-event": "LE"}
HEADINGS: dict[str, str] = {
    "purpose": "Purpose",
    "scope": "Scope and period",
    "enquiry": "Key lines of enquiry",
    "method": "Method",
    "contributors": "Who contributes",
    "report": "Format of the report",
}
NEEDED = {
    "purpose": "Say what the purpose is",
    "scope": "Say what is in scope, and which period is looked at",
    "enquiry": "Enter the key lines of enquiry",
}
CALLED = {"first-draft": "First draft", "final-draft": "Final draft", "draft": "Another draft"}
LONGEST_REPORT, LONGEST_FINDING, MOST_FINDINGS = 200_000, 10_000, 40
Faults = list[tuple[str, str]]
Marked = list[tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """One heading of two versions: the pieces of each, those that differ marked."""

    heading: str
    before: Marked
    after: Marked
    differs: bool


def terms_faults(texts: Mapping[str, str]) -> Faults:
    """What is missing in a terms of reference; method, contributors and format may be agreed later."""
    return [(name, message) for name, message in NEEDED.items() if not texts.get(name, "").strip()]


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> list[Compared]:
    """Two versions of a terms of reference, heading by heading, word by word."""
    return [
        Compared(heading, *_words(before.get(name, ""), after.get(name, "")),
                 before.get(name, "") != after.get(name, ""))
        for name, heading in HEADINGS.items()
    ]  # fmt: skip


def _words(before: str, after: str) -> tuple[Marked, Marked]:
    old, new = (re.findall(r"\s*\S+\s*", text) for text in (before, after))
    left: Marked = []
    right: Marked = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        differs = tag != "equal"
        if i < j:
            left.append((differs, "".join(old[i:j])))
        if k < m:
            right.append((differs, "".join(new[k:m])))
    return left, right


def content_of(report: str, findings: Sequence[str], recommendations: Sequence[str]) -> dict[str, Any]:
    """A draft as it is kept: its text, and its findings in order, each with its recommendation where it has one."""
    pairs = [
        {"finding": _lines(finding), "recommendation": _lines(recommendation)}
        for finding, recommendation in zip(findings, recommendations, strict=False)
    ]
    kept = [pair for pair in pairs if pair["finding"].strip() or pair["recommendation"].strip()]
    return {"report": _lines(report), "findings": kept}


def content_faults(content: Mapping[str, Any]) -> Faults:
    """What cannot be kept: characters that cannot be stored, and texts that are too long. Fields are named as on
    the form: `report`, `finding-1`, `recommendation-1`."""
    texts = [("report", content["report"], LONGEST_REPORT, "Your draft")]
    for number, pair in enumerate(content["findings"], start=1):
        texts.append((f"finding-{number}", pair["finding"], LONGEST_FINDING, f"Finding {number}"))
        label = f"Recommendation {number}"
        texts.append((f"recommendation-{number}", pair["recommendation"], LONGEST_FINDING, label))
    found = [(name, _text_fault(text, limit, label)) for name, text, limit, label in texts]
    faults = [(name, fault) for name, fault in found if fault is not None]
    if len(content["findings"]) > MOST_FINDINGS:
        faults.append((f"finding-{MOST_FINDINGS + 1}", f"A draft holds {MOST_FINDINGS} findings at most"))
    return faults


def submission_faults(content: Mapping[str, Any]) -> Faults:
    """What a draft lacks before it can be submitted."""
    if not normalised(content["report"]) and not content["findings"]:
        return [("report", "Write your draft before you submit it")]
    return [
        (f"finding-{number}", f"Recommendation {number} has no finding: say what it follows from")
        for number, pair in enumerate(content["findings"], start=1)
        if not normalised(pair["finding"])
    ]


def frozen(content: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as it is submitted: each text in its one spelling."""
    return {
        "report": normalised(content["report"]),
        "findings": [{name: normalised(text) for name, text in pair.items()} for pair in content["findings"]],
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text_fault(text: str, limit: int, label: str) -> str | None:
    fault = text_fault(text, limit, label=label)
    if fault is None and REPLACEMENT in text:
        fault = f"{label} contains a broken character (\ufffd); type it again"
    return fault

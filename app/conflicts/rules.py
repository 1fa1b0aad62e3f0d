"""What a seal, its lifting, a declaration and its answer need: pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

Faults = list[tuple[str, str]]
KINDS = {
    "manages": "I manage somebody who worked with the family",
    "related": "I am related to the child or the family, or close to them",
    "worked": "I worked on the case myself",
    "other": "Something else",
}
KINDS_SHORT = {
    "manages": "Manages a practitioner in the case",
    "related": "Related to the child or the family",
    "worked": "Worked on the case",
    "other": "Another conflict",
}
ANSWERS = ("seal", "keep")


@dataclass(frozen=True, slots=True)
class NewSeal:
    """A seal as it was typed. `sure` is the person about whom the warning has been read, where there was one."""

    person: UUID | None
    reason: str
    key: UUID
    sure: UUID | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration as it was typed. `at_once` asks for a seal with it."""

    kind: str | None
    words: str
    at_once: bool
    key: UUID


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a declaration as it was typed: seal, or keep access."""

    answer: str | None
    reason: str
    key: UUID
    sure: UUID | None = None


def seal_faults(
    typed: NewSeal, own: UUID | None, offered: Collection[UUID], sealed: Collection[UUID]
) -> Faults:
    """What is missing or impossible in a seal."""
    faults: Faults = []
    if typed.person is None:
        faults.append(("person", "Select who is sealed out of the case"))
    elif typed.person == own:
        faults.append(("person", "You cannot seal yourself out here: declare a conflict instead"))
    elif typed.person in sealed:
        faults.append(("person", "They are sealed out of the case already"))
    elif typed.person not in offered:
        faults.append(("person", "Select somebody who is a member of this partnership"))
    if not typed.reason.strip():
        faults.append(("reason", "Say why they are sealed out of the case"))
    return faults


def lift_faults(reason: str, own: UUID | None, sealed: UUID) -> Faults:
    """What is missing or impossible where a seal is lifted."""
    faults: Faults = [] if reason.strip() else [("reason", "Say why the seal is lifted")]
    if own == sealed:
        faults.append(("reason", "Somebody else must lift this seal"))
    return faults


def declaration_faults(typed: Declared) -> Faults:
    """What is missing in a declaration."""
    faults: Faults = [] if typed.kind in KINDS else [("kind", "Select what the conflict is")]
    if not typed.words.strip():
        faults.append(("words", "Say what the conflict is"))
    return faults


def answer_faults(typed: Answered, own: UUID | None, declared_by: UUID) -> Faults:
    """What is missing or impossible in the answer to a declaration. Nobody answers their own."""
    faults: Faults = []
    if own == declared_by:
        faults.append(("answer", "Somebody else must answer what you declared"))
    elif typed.answer not in ANSWERS:
        faults.append(("answer", "Select whether they are sealed out or keep access"))
    if not typed.reason.strip():
        faults.append(("reason", "Give the reason"))
    return faults

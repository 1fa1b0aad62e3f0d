"""Why a step could not be taken: said in plain English, and never a fault of the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one answer; `field` is the name of the form's field."""

    field: str
    message: str


class OutOfTurn(Exception):
    """The step cannot be taken now: not yet, no longer, or not by this person."""

    def __init__(self, heading: str, message: str) -> None:
        super().__init__(message)
        self.heading = heading
        self.message = message


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: by whom and when (in words), each answer under its field's name, the key of its
    form."""

    by: str
    at: str
    answers: dict[str, str] = field(default_factory=dict)
    key: UUID | None = None


class AlreadyDone(OutOfTurn):
    """Somebody has taken this step already; `recorded` shows what they recorded, to set beside what was
    typed."""

    def __init__(self, heading: str, recorded: Recorded) -> None:
        super().__init__(heading, f"This has already been done, by {recorded.by} on {recorded.at}.")
        self.recorded = recorded


class ChangedMeanwhile(Exception):
    """The case changed after the form was shown; nothing was recorded and what was typed can be sent
    again."""


class Incomplete(Exception):
    """Answers are missing or do not agree with one another."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults

"""A partnership's own procedure: names, local clocks, steps left out and steps added, all as data (clocks 7).

Statutory duties and national guidance cannot be left out or made laxer; an added step has a trigger and a closing
event from closed lists, and holds no expressions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.procedure.catalogue import CATALOGUE
from app.procedure.events import EventKind, Party

K = EventKind
KEY = re.compile(r"[a-z][a-z0-9-]{1,40}")
LONGEST_CLOCK, MOST_STEPS, LONGEST_TEXT = 60, 12, 200
LONGEST_BLOCK = 3  # working days: what waits for a step has a statutory clock of five
OMITTABLE = ("A-06", "A-10", "B1-04", "B1-11")
TRIGGERS: Mapping[EventKind, str] = {
    K.REFERRAL_SUBMITTED: "the referral is submitted",
    K.REFERRAL_SHARED: "the referral is shared",
    K.INITIAL_VIEW_GIVEN: "an initial view is given",
    K.INITIAL_VIEW_SHARED: "the initial view is shared with the partners",
    K.SHORT_MEETING_HELD: "a short meeting has been held",
    K.DECISION_RECORDED: "the decision is recorded",
    K.NOTIFICATION_SENT: "the notification is sent",
}
CLOSINGS: Mapping[EventKind, str] = {
    K.INITIAL_VIEW_SHARED: "the initial view is shared with the partners",
    K.SHORT_MEETING_HELD: "a short meeting has been held",
    K.DECISION_RECORDED: "the decision is recorded",
    K.NOTIFICATION_SENT: "the notification is sent",
    K.PARTY_INFORMED: "the scrutineer or the manager is informed",
    K.OUTCOME_CHOSEN: "the chair of the group says what follows",
    K.LOCAL_STEP_DONE: "somebody records that it is done",
}
BLOCKS = {"nothing": "Nothing waits for it", "decision": "The decision waits for it",
          "notification": "The notification waits for it"}  # fmt: skip
STEP_OWNERS = (
    Party.PARTNERSHIP_TEAM, Party.LIG_CHAIR, Party.SERVICE_DIRECTOR, Party.LOCAL_AUTHORITY, Party.POLICE, Party.ICB,
)  # fmt: skip
RENAMED = tuple(party for party in Party if party not in (Party.SYSTEM,))
TOO_LATE = {
    "decision": (K.DECISION_RECORDED, K.NOTIFICATION_SENT, K.PARTY_INFORMED, K.OUTCOME_CHOSEN),
    "notification": (K.NOTIFICATION_SENT, K.OUTCOME_CHOSEN),
}


@dataclass(frozen=True, slots=True)
class OwnStep:
    """A step that a partnership has added. `days` is its clock in working days: 0 is the same day, None is no
    clock. `closing` is LOCAL_STEP_DONE where somebody records that it is done."""

    key: str
    action: str
    owner: Party
    trigger: EventKind
    closing: EventKind = K.LOCAL_STEP_DONE
    days: int | None = None
    blocks: str = "nothing"


@dataclass(frozen=True, slots=True)
class OwnProcedure:
    """What a partnership does otherwise than the procedure."""

    names: Mapping[str, str] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()
    steps: tuple[OwnStep, ...] = ()

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> OwnProcedure:
        """Read a partnership's settings. Raises ValueError with every fault, in plain English."""
        faults = own_faults(settings)
        if faults:
            raise ValueError(" ".join(faults))
        steps = tuple(_step(entry) for entry in settings.get("steps", ()))
        return cls(dict(settings.get("names", {})), frozenset(settings.get("omitted", ())), steps)


def own_faults(settings: Mapping[str, Any]) -> list[str]:
    """Why settings cannot be a partnership's own procedure; empty where they can."""
    return [
        *_name_faults(settings.get("names", {})),
        *_omitted_faults(settings.get("omitted", [])),
        *_steps_faults(settings.get("steps", [])),
    ]


def omission_fault(duty: str) -> str | None:
    """Why a duty cannot be left out, or None."""
    known = CATALOGUE.get(duty)
    if known is None:
        return f"There is no duty {duty}."
    if known.kind != "local":
        return f"{duty} is {known.kind}: it cannot be left out."
    if duty not in OMITTABLE:
        return f"{duty} cannot be left out: other steps rest on it."
    return None


def _name_faults(names: object) -> list[str]:
    if not isinstance(names, Mapping):
        return ["'names' must be a table."]
    known = {party.value for party in RENAMED}
    faults = [f"There is no role '{key}' to rename." for key in names if key not in known]
    said = [str(text).strip().casefold() for text in names.values()]
    faults += [
        f"Two roles cannot both be called {text}."
        for text in sorted({one for one in said if said.count(one) > 1})
    ]
    return faults + [
        f"The name of '{key}' must be a few words." for key, text in names.items() if not _short(text)
    ]


def _omitted_faults(omitted: object) -> list[str]:
    if not isinstance(omitted, list | tuple):
        return ["'omitted' must be a list of duties."]
    return [fault for duty in omitted if (fault := omission_fault(str(duty))) is not None]


def _steps_faults(steps: object) -> list[str]:
    if not isinstance(steps, list | tuple) or not all(isinstance(entry, Mapping) for entry in steps):
        return ["'steps' must be a list of tables."]
    faults = [f"There can be at most {MOST_STEPS} steps."] if len(steps) > MOST_STEPS else []
    keys = [entry.get("key") for entry in steps]
    faults += [
        f"The step '{key}' stands twice." for key in sorted({str(key) for key in keys if keys.count(key) > 1})
    ]
    return faults + [fault for entry in steps for fault in step_faults(entry)]


def step_faults(entry: Mapping[str, Any]) -> list[str]:
    """What is wrong with one added step."""
    key = entry.get("key")
    name = f"The step '{key}'"
    if not isinstance(key, str) or not KEY.fullmatch(key):
        return [f"{name} needs a key of small letters, digits and hyphens."]
    trigger, closing = entry.get("trigger"), entry.get("closing", K.LOCAL_STEP_DONE.value)
    checks = (
        (_short(entry.get("action")), f"{name} needs an action in a few words."),
        (entry.get("owner") in [party.value for party in STEP_OWNERS], f"{name} needs an owner who can owe it."),
        (trigger in [kind.value for kind in TRIGGERS], f"{name} needs a trigger from the list."),
        (closing in [kind.value for kind in CLOSINGS], f"{name} needs a closing event from the list."),
        (trigger != closing, f"{name} cannot be closed by what triggers it."),
        (_clock(entry.get("days")), f"{name} needs a clock of 0 to {LONGEST_CLOCK} working days, or none."),
        (entry.get("blocks", "nothing") in BLOCKS, f"{name} must block the decision, the notification or nothing."),
        (not set(entry) - {"key", "action", "owner", "trigger", "closing", "days", "blocks"},
         f"{name} says something that steps cannot say."),
    )  # fmt: skip
    faults = [message for holds, message in checks if not holds]
    return faults or _block_faults(name, entry)


def _block_faults(name: str, entry: Mapping[str, Any]) -> list[str]:
    """A step for which something waits must be one that somebody can always record as done, and soon: the
    statutory clock goes on meanwhile."""
    blocks, days = str(entry.get("blocks", "nothing")), entry.get("days")
    if blocks == "nothing":
        return []
    late = [kind.value for kind in TOO_LATE[blocks]]
    closing = entry.get("closing", K.LOCAL_STEP_DONE.value)
    if entry.get("trigger") in late or closing in late:
        return [f"{name} would block what it waits for."]
    faults = []
    if closing != K.LOCAL_STEP_DONE.value:
        faults.append(f"{name} blocks the {blocks}, so it must close when somebody records that it is done.")
    if days is None or days > LONGEST_BLOCK:
        faults.append(
            f"{name} blocks the {blocks}, so it needs a clock of {LONGEST_BLOCK} working days or fewer."
        )
    return faults


def _step(entry: Mapping[str, Any]) -> OwnStep:
    return OwnStep(
        key=entry["key"], action=entry["action"].strip(), owner=Party(entry["owner"]),
        trigger=EventKind(entry["trigger"]), closing=EventKind(entry.get("closing", K.LOCAL_STEP_DONE.value)),
        days=entry.get("days"), blocks=entry.get("blocks", "nothing"),
    )  # fmt: skip


def _short(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_TEXT and "\n" not in text


def _clock(days: object) -> bool:
    return days is None or (
        isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= LONGEST_CLOCK
    )

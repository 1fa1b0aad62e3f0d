"""What is asked of a case already under way, in one list for the form and the spreadsheet alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from openpyxl import Workbook

from app.procedure import entering
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind
from app.procedure.own_procedure import OwnStep

WHO = {
    "chair": "the chair of the group", "director": "the Service Director", "local-authority": "Children's Services",
    "police": "the police", "icb": "the integrated care board",
}  # fmt: skip
LONGEST, LONGEST_LINE = 10_000, 200
NOTES = "What to enter"
NOT_KNOWN = "Leave empty where it is not known"


@dataclass(frozen=True, slots=True)
class Column:
    """One question. `kind` is line, words, day, choice, yes or agency; a choice has `choices`; `head` begins a part
    of the form. `called` names a day within a message."""

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    head: str = ""

    @property
    def limit(self) -> int:
        """How many characters it may hold."""
        return LONGEST if self.kind == "words" else LONGEST_LINE


def _said(
    name: str, what: str, choices: Mapping[str, str] = entering.OUTCOMES, head: str = ""
) -> list[Column]:
    return [
        Column(f"{name}_outcome", f"{what}: {_offered(choices)}", "choice", choices=choices, head=head),
        Column(f"{name}_on", f"{what}: on which day", "day"),
        Column(f"{name}_by", f"{what}: by whom"),
    ]


def _offered(choices: Mapping[str, str]) -> str:
    if choices is entering.ANSWERS:
        return "notify, do not notify, or no answer"
    return "notify or do not notify" if choices is entering.OUTCOMES else "what"


def _partner(key: str) -> list[Column]:
    who = WHO[key]
    return [
        *_said(key, f"Response of {who}", entering.ANSWERS, "The three partners" if key == "local-authority" else ""),
        Column(f"{key}_deputy_on", f"Day on which the deputy of {who} was contacted", "day",
               "Silence counts as agreement only where the deputy was contacted before the clock ended"),
        Column(f"{key}_at_meeting", f"Position of {who} at the short meeting, where it changed", "choice",
               choices=entering.OUTCOMES),
    ]  # fmt: skip


_CASE = (
    Column("own_reference", "Your own reference",
           hint="As your spreadsheet or file has it; no case is entered twice", head="The case"),
    Column("title", "What the case is about", hint="A few words without names, for example: A child aged 4"),
    Column("agency", "Agency that referred it", "agency", "Its key, for example police"),
    Column("children", "Children's names", hint="Separated by semicolons, four at most; empty where none is named"),
    Column("births", "Children's dates of birth",
           hint="Separated by semicolons, in the order of the names; “not known” for one that is not"),
    Column("incident_on", "Day of the incident", "day"),
    Column("incident_area", "Area where it happened", "area",
           "The local authority's name or code, or “outside England”. It decides who leads"),
    Column("home_area", "Area where the child normally lives", "area", "The local authority's name or code"),
    Column("summary", "What happened", "words"),
    Column("referred_on", "Day of the referral", "day", head="The referral"),
    Column("aware_on", "Day on which the local authority became aware", "day"),
    Column("aware_not_known", "The day on which it became aware is not known", "yes",
           "Say yes only where nobody can find out"),
    Column("shared_on", "Day on which the referral was shared with the chair and the Service Director", "day"),
    *_said("chair", "Initial view of the chair", head="The initial views"),
    *_said("director", "Initial view of the Service Director"),
    Column("view_shared_on", "Day on which the initial view was shared with the partners", "day"),
)  # fmt: skip
_DECIDED = (
    Column("short_meeting_on", "Day of the short meeting", "day", "Where the partners differed", head="Meetings"),
    Column("short_meeting_notes", "What came of the short meeting", "words"),
    Column("chair_meeting_on", "Day of the meeting with the Partnership Chair", "day"),
    Column("chair_meeting_notes", "What came of the meeting with the Partnership Chair", "words"),
    *_said("decision", "Decision", head="The decision"),
    Column("maker", "Who decided", "choice", "Leave empty for the three partners", entering.MAKERS),
    Column("scrutineer", "Did the Independent Scrutineer mediate", "choice",
           "Only of the Partnership Chair's decision", entering.YES_NO),
    Column("rationale", "Reason for the decision", "words"),
    Column("abuse", "Was abuse or neglect known or suspected", "choice", NOT_KNOWN, entering.ABUSE),
    Column("limb_a", "Limb (a): did the child die, or was the child seriously harmed, in the area", "choice", NOT_KNOWN,
           entering.YES_NO),
    Column("limb_b", "Limb (b): did it happen outside England to a child normally resident in the area", "choice",
           NOT_KNOWN, entering.YES_NO),
    Column("harm", "What was judged about the harm", "words", NOT_KNOWN),
    Column("override_on", "Day on which the local authority decided to notify on its own duty", "day",
           "Where it notified against the local decision, or without one", head="The local authority's own duty"),
    Column("override_by", "Who decided that for the local authority"),
    Column("override_reason", "Reason why the local authority notified on its own duty", "words"),
    Column("notified_on", "Day on which the Panel was notified", "day", head="The notification"),
    Column("panel_reference", "Reference of the notification"),
    Column("notified_by", "Who sent the notification"),
    Column("missed_reason", "Why it was sent after the five working days", "words",
           "Only where it was; if empty, it is shown as not recorded"),
    Column("missed_reported_to", "To whom that was reported"),
    Column("scrutineer_informed_on", "Day on which the Independent Scrutineer was informed", "day"),
    Column("manager_informed_on", "Day on which the Strategic Partnership Manager was informed", "day"),
    *_said("afterwards", "What followed a decision not to notify", entering.AFTERWARDS, "Where nothing is notified"),
    Column("afterwards_reason", "Reason for what followed", "words"),
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (
    *_CASE,
    *[column for party in SAFEGUARDING_PARTNERS for column in _partner(party.value)],
    *_DECIDED,
)


def columns_of(steps: Iterable[OwnStep]) -> tuple[Column, ...]:
    """The questions, with a day for each step of the partnership's own procedure that somebody records as done."""
    own = [
        Column(f"step_{step.key}_on", f"Day on which this was done: {step.action}", "day")
        for step in steps
        if step.closing is EventKind.LOCAL_STEP_DONE
    ]
    if own:
        own[0] = Column(own[0].name, own[0].label, "day", head="This partnership's own steps")
    return (*COLUMNS, *own)


def holds(column: Column) -> str:
    """What a column holds, in a few words."""
    kinds = {"day": "A day, like 27/3/2026", "yes": "yes, or nothing"}
    offered = "; ".join(column.choices.values())
    told = kinds.get(column.kind) or offered or "Text"
    return f"{told}. {column.hint}" if column.hint else told


def empty_spreadsheet(columns: Iterable[Column], agencies: Mapping[str, str]) -> bytes:
    """A spreadsheet with the columns named, and a sheet that says what they hold."""
    asked = tuple(columns)
    book = Workbook()
    sheet = book.active
    sheet.title = "Cases"
    sheet.append([column.label for column in asked])
    sheet.freeze_panes = "B2"
    notes = book.create_sheet(NOTES)
    notes.append(["Column", "What it holds"])
    for column in asked:
        notes.append([column.label, holds(column)])
    for key, name in agencies.items():
        notes.append([f"Agency {key}", name])
    written = BytesIO()
    book.save(written)
    return written.getvalue()

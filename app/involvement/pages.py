"""The pages on which a return is written: its task list, its sections, its files. The same for both desks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.access.guard import refuse
from app.involvement import drafts, queries
from app.involvement.desk import Desk
from app.involvement.rules import (
    INVOLVED,
    MOST_ROWS,
    Typed,
    empty_row,
    faults_of,
    flat,
    state_of_section,
    typed_section,
    unstorable,
)
from app.procedure.involvement_form import Faults, Section
from app.web import text_rules
from app.web.filters import clock_time
from app.web.text_rules import displayable
from tenants.db import db

STATES = {"complete": "Complete", "in progress": "In progress", "not started": "Not started",
          "not needed": "Not needed"}  # fmt: skip
SAVED_ELSEWHERE = "somebody saved this section on another page. Save it to see the difference."


@dataclass(frozen=True, slots=True)
class Row:
    """A section in the task list."""

    key: str
    title: str
    state: str


def content_so_far(desk: Desk) -> dict[str, Any]:
    """What has been written, section by section."""
    draft = desk.draft
    return dict(draft.content) if draft else {}


def faults_so_far(desk: Desk, today: date) -> Faults:
    """What keeps it from being returned: section, field, message."""
    return faults_of(content_so_far(desk), desk.scoping.questions, today)


def task_list(desk: Desk, today: date) -> list[Row]:
    """The sections, with how far each has come."""
    content = content_so_far(desk)
    faults = faults_of(content, desk.scoping.questions, today)
    return [
        Row(key, section.title, state_of_section(key, section, content, faults))
        for key, section in desk.sections.items()
    ]


def closed_page(desk: Desk) -> ResponseReturnValue | None:
    """The plain page that stands for the form where nothing is asked any more, with what was typed; else None."""
    reason = desk.closed
    if not reason:
        return None
    return render_template("involvement/closed.html", desk=desk, reason=reason), 409


def index_page(desk: Desk) -> ResponseReturnValue:
    """The task list."""
    closed = closed_page(desk)
    if closed is not None:
        return closed
    return render_template(
        "involvement/record.html", desk=desk, rows=task_list(desk, g.today), states=STATES,
        files=queries.files_of(desk.row, desk.side), returns=queries.returns_to(desk.row),
    )  # fmt: skip


def section_page(desk: Desk, part: str) -> ResponseReturnValue:
    """One section: saved as it stands. Continue checks it; what is saved stays saved whatever is found."""
    section = desk.sections.get(part) or refuse()
    closed = closed_page(desk)
    if closed is not None:
        return closed
    if request.method == "GET":
        kept = content_so_far(desk).get(part) or {}
        return _section(desk, part, section, kept, _version(desk, part), [])
    go = request.form.get("go", "")
    typed = typed_section(part, section, request.form.getlist, _removed(go))
    faults = unstorable(section, typed)
    if faults:
        return _section(desk, part, section, typed, whole_number("version"), faults)
    try:
        keep(desk, part, typed)
    except drafts.Stale as stale:
        db.session.rollback()
        conflict = _differences(section, stale.saved, typed)
        return _section(desk, part, section, typed, stale.version, [], (stale.by, conflict))
    db.session.commit()
    return _after(desk, part, section, typed, go)


def _after(desk: Desk, part: str, section: Section, typed: Typed, go: str) -> ResponseReturnValue:
    """Where a saved section leads."""
    if go == "add":
        anchor = f"{next(iter(empty_row(section)))}_{len(typed['rows']) + 1}"
        return redirect(desk.url("section", theme=part, _anchor=anchor), 303)
    if _removed(go):
        return redirect(desk.url("section", theme=part), 303)
    if go != "continue":
        return redirect(desk.url("index"), 303)
    found = [(field, message) for key, field, message in faults_so_far(desk, g.today) if key == part]
    # Without involvement no section is needed; and rows may be left to another section.
    needed = [one for one in found if not (part == "contacts" and not typed["rows"])]
    if needed:
        return _section(desk, part, section, typed, _version(desk, part), needed)
    none = part == "about" and typed["involved"] == "no"
    keys = list(desk.sections)
    place = keys.index(part) + 1
    if none or place == len(keys):
        return redirect(desk.url("check"), 303)
    return redirect(desk.url("section", theme=keys[place]), 303)


def autosave(desk: Desk, part: str) -> ResponseReturnValue:
    """Keep what is being typed; answers with when it was saved."""
    section = desk.sections.get(part) or refuse()
    closed = desk.closed
    if closed:
        return jsonify(saved=False, message=closed), 409
    typed = typed_section(part, section, request.form.getlist)
    faults = unstorable(section, typed)
    if faults:
        return jsonify(saved=False, message=f"{faults[0][1]}."), 400
    try:
        draft = keep(desk, part, typed)
    except drafts.Stale:
        db.session.rollback()
        return jsonify(saved=False, message=SAVED_ELSEWHERE), 409
    saved_at, version = clock_time(draft.saved_at), drafts.mark_of(draft, part)[0]
    db.session.commit()
    return jsonify(saved=True, saved_at=saved_at, version=version)


def keep(desk: Desk, part: str, typed: Typed) -> Any:
    """Save a section; the caller has locked the request."""
    return drafts.save(
        desk.row,
        desk.side,
        part,
        typed,
        version=whole_number("version"),
        form=_form_id(),
        acting=desk.acting,
        now=g.now,
    )


def _section(
    desk: Desk, part: str, section: Section, typed: Typed, version: int, faults: list[tuple[str, str]],
    conflict: tuple[str, list[tuple[str, str, str]]] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    shown: list[dict[str, str]] = []
    if section.rows:
        shown = [_shown(row) for row in typed.get("rows") or []]
        shown += [empty_row(section)] if len(shown) < MOST_ROWS else []
    page = render_template(
        "involvement/section.html", desk=desk, part=part, section=section, rows=shown, typed=_shown(typed),
        version=max(version, 0), form_id=_form_id() or str(uuid4()), involved=INVOLVED, conflict=conflict,
        faults=dict(reversed(faults)), errors=[(anchor(field), message) for field, message in faults],
    )  # fmt: skip
    return page, 409 if conflict is not None else 400 if faults else 200


def _shown(typed: Typed) -> dict[str, str]:
    return {name: displayable(text) for name, text in typed.items() if isinstance(text, str)}


def anchor(field: str) -> str:
    """The part of the page that a fault leads to: a day's first input, or the first choice."""
    if field == "none":
        return "involved"
    name, _under, place = field.rpartition("_")
    return f"day_day_{place}" if name == "day" else field


def _removed(go: str) -> int:
    """The number of the row whose button was pressed, or nought."""
    return text_rules.whole_number(go.removeprefix("remove-"), 4, 0) if go.startswith("remove-") else 0


def whole_number(name: str) -> int:
    """A number that the form carries; -1 where it is none."""
    return text_rules.whole_number(request.form.get(name))


def _version(desk: Desk, part: str) -> int:
    return drafts.mark_of(desk.draft, part)[0]


def _form_id() -> str:
    """What names the form that was shown, so that it is never stale beside its own saves."""
    try:
        return str(UUID(request.form.get("form_id", "")))
    except ValueError:
        return ""


def _differences(section: Section, saved: Typed, typed: Typed) -> list[tuple[str, str, str]]:
    """What stands in the one and not in the other: question, saved, typed."""
    theirs, yours = flat(section, saved), flat(section, typed)
    names = list(dict.fromkeys([*theirs, *yours]))
    pairs = [(name, theirs.get(name, ""), yours.get(name, "")) for name in names]
    return [pair for pair in pairs if pair[1] != pair[2]]


def number_of(text: str) -> int:
    """The number of a return, as an address says it; the 404 of a wrong address for what is none."""
    found = text_rules.number_named(text, 5)
    return found if found >= 0 else refuse()

"""The pages on which those commissioned write their draft, saved as they type, and submit versions of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires
from app.access.permissions import Permission
from app.commissions import drafts, queries
from app.commissions.drafts import NewVersion
from app.commissions.forms import SubmitForm, sent, tell
from app.commissions.routes_own import Own, mine, mine_to_act, own
from app.commissions.rules import MOST_FINDINGS, Faults, content_faults, content_of, submission_faults
from app.commissions.service import ChangedMeanwhile
from app.serious_incidents.fields import errors_of
from app.serious_incidents.pages import fresh, key_of
from app.web.filters import clock_time
from app.web.text_rules import displayable, whole_number
from tenants.db import db

EMPTY: dict[str, Any] = {"report": "", "findings": []}
LONGEST_FORM_ID = 40


@own.route("/<commission>/draft", methods=["GET", "POST"])
@requires(Permission.COMMISSION_DRAFT)
def draft(commission: str) -> ResponseReturnValue:
    """Write the draft: its text, and its findings, each with a recommendation where it has one."""
    if request.method == "GET":
        found = mine(commission)
        found.viewed("the draft")
        kept = queries.draft_of(found.row)
        return _page(found, dict(kept.content) if kept else EMPTY, kept.version if kept else 0, [])
    found, typed = mine(commission, lock=True), typed_now()
    faults = content_faults(typed)
    if faults:
        return _page(found, typed, whole_number(sent("version")), faults)
    try:
        _keep(found, typed)
    except drafts.Stale as stale:
        db.session.rollback()
        return _page(found, typed, stale.version, [], _differences(stale.saved, typed))
    db.session.commit()
    if sent("go") == "add":
        following = f"finding-{len(typed['findings']) + 1}"
        return redirect(url_for("own_commission.draft", commission=commission, _anchor=following), 303)
    if sent("go") == "submit":
        return redirect(url_for("own_commission.submit", commission=commission), 303)
    return redirect(url_for("own_commission.one", commission=commission), 303)


@own.post("/<commission>/draft/autosave")
@requires(Permission.COMMISSION_DRAFT)
def autosave(commission: str) -> ResponseReturnValue:
    """Keep what is being typed; answers with when it was saved."""
    found, typed = mine(commission, lock=True), typed_now()
    faults = content_faults(typed)
    if faults:
        return jsonify(saved=False, message=f"{faults[0][1]}."), 400
    try:
        kept = _keep(found, typed)
    except drafts.Stale:
        db.session.rollback()
        message = "your draft was changed on another page. Save it to see the difference."
        return jsonify(saved=False, message=message), 409
    db.session.commit()
    return jsonify(saved=True, saved_at=clock_time(kept.saved_at), version=kept.version)


@own.route("/<commission>/submit", methods=["GET", "POST"])
@requires(Permission.COMMISSION_DRAFT)
def submit(commission: str) -> ResponseReturnValue:
    """Submit the draft as it stands: it becomes a numbered version that nobody can change."""
    form = SubmitForm()
    if request.method == "GET":
        found = mine(commission)
        found.viewed("the draft, to submit")
        kept = queries.draft_of(found.row)
        fresh(form, over=str(kept.version if kept else 0))
        return _submit_page(found, form, [], "")
    found, problem, others = mine_to_act(commission), "", []
    if form.is_submitted():
        sound = form.validate()
        try:
            number, faults = drafts.submit(found.row, _version_of(form), found.acting, g.now)
            if sound and not faults:
                db.session.commit()
                flash(f"Version {number} is submitted.", "success")
                return redirect(url_for("own_commission.one", commission=commission), 303)
            tell(form, [(name, message) for name, message in faults if name == "called"])
            others = [(name, message) for name, message in faults if name != "called"]
        except ChangedMeanwhile:
            problem = "Your draft was changed on another page. It is shown below as it stands now."
        db.session.rollback()
    return _submit_page(found, form, others, problem)


def _version_of(form: SubmitForm) -> NewVersion:
    """The version as it was typed; a note that is refused already is left out, so that what else is wrong is told."""
    note = "" if form.note.errors else form.note.cleaned
    return NewVersion(form.called.data or "", note, whole_number(form.over.data), key_of(form))


def _submit_page(found: Own, form: SubmitForm, others: Faults, problem: str) -> ResponseReturnValue:
    """The page with what was typed; shown again after a change, its next try is for the draft as it stands now."""
    kept, errors = queries.draft_of(found.row), errors_of(form)
    lacking = submission_faults(kept.content) if kept and not others else []
    if problem:
        form.over.data = str(kept.version if kept else 0)
    page = render_template(
        "commissions/submit.html", row=found.row, title=found.title, form=form, errors=errors, others=others,
        problem=problem, draft=kept, lacking=lacking,
    )  # fmt: skip
    return page, 409 if problem else 400 if errors or others else 200


def typed_now() -> dict[str, Any]:
    """The draft that the request carries."""
    given = request.form
    return content_of(given.get("report", ""), given.getlist("finding"), given.getlist("recommendation"))


def _keep(found: Own, typed: dict[str, Any]) -> Any:
    return drafts.save(found.row, typed, version=whole_number(sent("version")), form=_form_id(), now=g.now)


def _form_id() -> str:
    """What names the form that was shown, so that it is never stale beside its own saves."""
    form = sent("form_id")[:LONGEST_FORM_ID]
    return form if displayable(form) == form else ""


def _differences(saved: dict[str, Any], typed: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What stands in the one draft and not in the other: question, saved, typed."""
    theirs, yours = _flat(saved), _flat(typed)
    names = list(dict.fromkeys([*theirs, *yours]))
    return [
        (name, theirs.get(name, ""), yours.get(name, ""))
        for name in names
        if theirs.get(name, "") != yours.get(name, "")
    ]


def _flat(content: dict[str, Any]) -> dict[str, str]:
    flat = {"Your draft": content["report"]}
    for number, pair in enumerate(content["findings"], start=1):
        flat[f"Finding {number}"] = pair["finding"]
        flat[f"Recommendation {number}"] = pair["recommendation"]
    return flat


def _page(
    found: Own, content: dict[str, Any], version: int, faults: Faults,
    conflict: list[tuple[str, str, str]] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    shown = [{name: displayable(text) for name, text in pair.items()} for pair in content["findings"]]
    if len(shown) < MOST_FINDINGS:
        shown.append({"finding": "", "recommendation": ""})
    page = render_template(
        "commissions/draft.html", row=found.row, title=found.title, report=displayable(content["report"]),
        findings=shown, version=max(version, 0), form_id=_form_id() if faults else uuid4(),
        faults=dict(reversed(faults)), errors=faults, conflict=conflict,
    )  # fmt: skip
    return page, 409 if conflict is not None else 400 if faults else 200

"""One page of a referral's form: shown, saved, saved as one types, and a child added to it or taken out."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.referrals import forms, service, words
from app.referrals.checking import Checked, items_of
from app.referrals.models import ReferralDraft
from app.referrals.pages import ITEMS, MOST, item_number, page_of
from app.referrals.parsing import read_page
from app.referrals.queries import lists
from app.referrals.questions import Lists, Page
from app.referrals.routes import bp, checked_now, listed_on, opened, refused, title_of, to_done
from app.web.filters import clock_time
from tenants.db import db


def page_or_404(found: ReferralDraft, section: str) -> Page:
    """The page of that name in this referral; a child that is not in it has none."""
    page = page_of(section, found.source)
    if page is None or (item_number(section) and section not in found.answers):
        abort(404)
    return page


@bp.get("/referrals/<uuid:draft_id>/<section>")
@requires(Permission.REFERRAL_DRAFT)
def section(draft_id: UUID, section: str) -> ResponseReturnValue:
    """A page of the form. Faults are shown where it has been sent before, or where a fault led here."""
    found = opened(draft_id)
    page_or_404(found, section)
    if found.state == "submitted":
        return to_done(found)
    tried = bool(found.touched.get(section, {}).get("tried")) or "check" in request.args
    return section_page(found, section, tried=tried)


def section_page(
    found: ReferralDraft,
    section: str,
    *,
    tried: bool,
    typed: dict[str, Any] | None = None,
    conflict: list[forms.Difference] | None = None,
) -> ResponseReturnValue:
    """The page with what was typed; `conflict` where somebody else saved the same page meanwhile."""
    page, listed = page_or_404(found, section), lists()
    shown = found.answers.get(section, {}) if typed is None else typed
    checked = checked_now(found, listed) if typed is None else _checked_with(found, section, typed, listed)
    faults = [fault for fault in checked.of_page(section)] if tried else []
    made = render_template(
        "referrals/section.html",
        draft=found,
        section=section,
        page=page,
        title=title_of(found, section),
        asked=forms.show(page, shown, faults, listed),
        faults=faults,
        summary=[(fault.field, fault.message) for fault in faults],
        items=_items(found, page, checked, listed),
        most=MOST.get(page.items, 0),
        authorities=listed.authorities,
        conflict=None if conflict is None else [(row.question, row.saved, row.typed) for row in conflict],
        form_id=uuid4(),
        back=listed_on(section),
    )
    return made, 409 if conflict is not None else 422 if tried and typed is not None else 200


def _checked_with(found: ReferralDraft, section: str, typed: dict[str, Any], listed: Lists) -> Checked:
    from app.referrals.checking import check

    return check({**found.answers, section: typed}, found.source, listed, g.now)


def _items(found: ReferralDraft, page: Page, checked: Checked, choices: Lists) -> list[dict[str, Any]]:
    """The children listed on a page: name, birth, and whether anything is missing."""
    listed = []
    for number, key in enumerate(items_of(found.answers, page.items) if page.items else [], start=1):
        values, _faults = read_page(ITEMS[page.items], key, found.answers[key], choices)
        listed.append(
            {
                "key": key,
                "title": words.item_title(key, number),
                "name": words.name_of(values),
                "birth": words.birth_in_words(values),
                "complete": bool(values) and not checked.of_page(key),
            }
        )
    return listed


@bp.post("/referrals/<uuid:draft_id>/<section>")
@requires(Permission.REFERRAL_DRAFT)
def save(draft_id: UUID, section: str) -> ResponseReturnValue:
    """Keep what was typed, then go on, add a child, or show what is wrong.

    `later` goes back without checking.
    """
    found = opened(draft_id)
    page = page_or_404(found, section)
    if found.state == "submitted":
        return to_done(found)
    action, typed = request.form.get("go", "continue"), forms.typed_on(page, request.form)
    try:
        found = _keep(draft_id, section, typed, tried=action == "continue")
        added = (
            service.add_item(draft_id, current_actor(), page.items, g.now)
            if action == "add" and page.items
            else None
        )
    except service.Stale as stale:
        difference = forms.differences(page, stale.saved, typed)
        db.session.rollback()
        return section_page(opened(draft_id), section, tried=True, typed=typed, conflict=difference)
    except service.NoSuchDraft:
        abort(404)
    except service.NotNow as why:
        # What was typed is kept even where the rest cannot be done.
        db.session.commit()
        return refused(draft_id, why)
    db.session.commit()
    if added is not None:
        return redirect(url_for("referrals.section", draft_id=draft_id, section=added), 303)
    if action == "continue" and checked_now(found, lists()).of_page(section):
        return section_page(found, section, tried=True, typed=typed)
    return _onward(draft_id, section)


def _onward(draft_id: UUID, section: str) -> ResponseReturnValue:
    back = listed_on(section)
    if back:
        return redirect(url_for("referrals.section", draft_id=draft_id, section=back), 303)
    return redirect(url_for("referrals.draft", draft_id=draft_id), 303)


def _keep(draft_id: UUID, section: str, typed: dict[str, Any], *, tried: bool) -> ReferralDraft:
    return service.save_section(
        draft_id,
        current_actor(),
        section,
        typed,
        version=forms.whole_number(request.form.get("version")),
        form=request.form.get("form_id", "")[:40],
        now=g.now,
        tried=tried,
    )


@bp.post("/referrals/<uuid:draft_id>/<section>/autosave")
@requires(Permission.REFERRAL_DRAFT)
def autosave(draft_id: UUID, section: str) -> ResponseReturnValue:
    """Keep what is being typed, unchecked. Takes a form or JSON; answers with when it was saved."""
    found = opened(draft_id, shown=False)
    page = page_or_404(found, section)
    sent: Any = request.get_json(silent=True) if request.is_json else request.form
    if sent is None or not hasattr(sent, "get"):
        return jsonify(saved=False, message="This could not be read"), 400
    try:
        found = service.save_section(
            draft_id,
            current_actor(),
            section,
            forms.typed_on(page, sent),
            now=g.now,
            version=forms.whole_number(sent.get("version")),
            form=str(sent.get("form_id") or "")[:40],
            tried=bool(found.touched.get(section, {}).get("tried")),
        )
    except service.Stale:
        db.session.rollback()
        return jsonify(
            saved=False, message="Somebody else has changed this page. Continue to see the difference."
        ), 409
    except service.NoSuchDraft:
        abort(404)
    except service.NotNow as why:
        db.session.rollback()
        return jsonify(saved=False, message=str(why)), 409
    db.session.commit()
    return jsonify(saved=True, saved_at=clock_time(found.updated_at), version=found.version)


@bp.get("/referrals/<uuid:draft_id>/<section>/remove")
@requires(Permission.REFERRAL_DRAFT)
def confirm_remove(draft_id: UUID, section: str) -> ResponseReturnValue:
    """Ask once more before a child is taken out."""
    found = opened(draft_id)
    page_or_404(found, section)
    if item_number(section) is None:
        abort(404)
    if found.state == "submitted":
        return to_done(found)
    return render_template(
        "referrals/remove.html",
        draft=found,
        section=section,
        title=title_of(found, section),
        back=listed_on(section),
    )


@bp.post("/referrals/<uuid:draft_id>/<section>/remove")
@requires(Permission.REFERRAL_DRAFT)
def remove(draft_id: UUID, section: str) -> ResponseReturnValue:
    """Take a child out of the referral. Sent twice, the child is gone once."""
    if item_number(section) is None:
        abort(404)
    try:
        service.remove_item(draft_id, current_actor(), section, g.now)
    except service.NoSuchDraft:
        abort(404)
    except service.NotNow as why:
        return refused(draft_id, why)
    db.session.commit()
    return redirect(url_for("referrals.section", draft_id=draft_id, section=listed_on(section)), 303)

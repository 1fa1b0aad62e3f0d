"""The pages of a referral: the list, its tasks, checking it, and what can be done with it as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.ledger import read_log
from app.referrals import forms, service, submission, words
from app.referrals.checking import Checked, check, items_of, section_of
from app.referrals.models import ReferralDraft
from app.referrals.pages import LISTED_ON, item_number, page_of, pages_for
from app.referrals.parsing import Fault
from app.referrals.queries import agency_names, drafts_of, lists, may_submit, ways_to_refer
from app.referrals.questions import Lists
from tenants.db import db

bp = Blueprint("referrals", __name__, url_prefix="/<slug>", template_folder="templates")


def opened(draft_id: UUID, shown: bool = True) -> ReferralDraft:
    """The draft of this address where this person may see it; else the same 404 as a wrong address.

    The view is recorded first, unless nothing of the draft is `shown`.
    """
    actor = current_actor()
    try:
        found = service.load(draft_id, actor)
    except service.NoSuchDraft:
        abort(404)
    if shown:
        acting = actor.acting_as(actor.holding(Permission.REFERRAL_DRAFT))
        read_log.viewed(found.case_id or found.id, acting, "referral", g.now)
    return found


def checked_now(draft: ReferralDraft, listed: Lists) -> Checked:
    """The draft checked at this request's moment."""
    return check(draft.answers, draft.source, listed, g.now)


def to_done(draft: ReferralDraft) -> ResponseReturnValue:
    """A submitted referral has one page: its reference."""
    return redirect(url_for("referrals.done", draft_id=draft.id), 303)


def refused(draft_id: UUID, why: service.NotNow) -> ResponseReturnValue:
    """Say why something cannot be done now, with the way back. Nothing has changed."""
    db.session.rollback()
    return render_template("referrals/not_now.html", message=str(why), draft_id=draft_id), 409


@bp.get("/referrals")
@requires(Permission.REFERRAL_DRAFT)
def index() -> ResponseReturnValue:
    """My drafts, those shared with me, and what my agency has submitted."""
    actor = current_actor()
    return render_template(
        "referrals/index.html",
        drafts=drafts_of(actor),
        ways=ways_to_refer(actor),
        agencies=agency_names(),
        start_key=uuid4(),
        children=lambda draft: len(items_of(draft.answers, "child")),
    )


@bp.post("/referrals/new")
@requires(Permission.REFERRAL_DRAFT)
def new() -> ResponseReturnValue:
    """Begin a referral. The same form sent twice begins one."""
    actor = current_actor()
    chosen = request.form.get("way", "")
    way = next((way for way in ways_to_refer(actor) if way.value == chosen), None)
    if way is None:
        abort(404)
    key = forms.key_or_none(request.form.get("start_key")) or uuid4()
    try:
        draft = service.start_draft(actor, way, key, g.now)
    except service.NotNow as why:
        db.session.rollback()
        return render_template("referrals/not_now.html", message=str(why), draft_id=None), 409
    db.session.commit()
    return redirect(url_for("referrals.draft", draft_id=draft.id), 303)


@bp.get("/referrals/<uuid:draft_id>")
@requires(Permission.REFERRAL_DRAFT)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """The tasks of a referral: each section, and whether it is complete."""
    found = opened(draft_id)
    if found.state == "submitted":
        return to_done(found)
    tasks = tasks_of(found, checked_now(found, lists()))
    return render_template("referrals/draft.html", draft=found, tasks=tasks, **standing(found))


def standing(found: ReferralDraft) -> dict[str, Any]:
    """What this person is to this draft, for the buttons that a page shows."""
    actor = current_actor()
    author, submits = found.author_person == actor.person_id, may_submit(actor, found)
    return {
        "author": author,
        "submits": submits,
        "can_share": author and found.source == "agency" and not submits and found.state == "draft",
        "can_return": submits and not author and found.state == "with-representative",
        "shared": found.state == "with-representative",
    }


def tasks_of(found: ReferralDraft, checked: Checked) -> list[dict[str, Any]]:
    """Each section with its state: complete, in progress, or not started."""
    tasks = []
    for page in pages_for(found.source):
        started = page.key in found.touched or any(section_of(key) == page.key for key in found.touched)
        complete = not checked.of_section(page.key)
        state = (
            "complete"
            if complete and (started or page.key == "referrer")
            else "started"
            if started
            else "new"
        )
        tasks.append({"key": page.key, "title": page.title, "state": state})
    return tasks


@bp.get("/referrals/<uuid:draft_id>/check")
@requires(Permission.REFERRAL_DRAFT)
def check_answers(draft_id: UUID) -> ResponseReturnValue:
    """Everything that was answered, and what is still missing."""
    found = opened(draft_id)
    return to_done(found) if found.state == "submitted" else check_page(found)


def check_page(
    found: ReferralDraft, *, tried: bool = False, changed: list[str] | None = None
) -> ResponseReturnValue:
    """The page "Check your answers"; `tried` after a refused submission, `changed` names what somebody
    changed.
    """
    listed = lists()
    checked = checked_now(found, listed)
    page = render_template(
        "referrals/check.html",
        draft=found,
        sections=words.sections_in_words(checked, listed),
        faults=[(fault, fault_place(found, fault), fault_address(found, fault)) for fault in checked.faults],
        tried=tried,
        changed=[title_of(found, key) for key in changed or []],
        submission_key=uuid4(),
        **standing(found),
    )
    return page, 409 if changed else 422 if tried else 200


def title_of(found: ReferralDraft, key: str) -> str:
    """What a page is called; a child by their place in the list."""
    number = item_number(key)
    if number is not None:
        keys = items_of(found.answers, number[0])
        return words.item_title(key, keys.index(key) + 1) if key in keys else "A child who has been removed"
    page = page_of(key, found.source)
    return page.title if page else key


def fault_place(found: ReferralDraft, fault: Fault) -> str:
    """Where a fault is, for a list of faults of several pages."""
    return title_of(found, fault.page)


def fault_address(found: ReferralDraft, fault: Fault) -> str:
    """The address of the field a fault stands beside."""
    return url_for("referrals.section", draft_id=found.id, section=fault.page, check=1) + f"#{fault.field}"


@bp.post("/referrals/<uuid:draft_id>/submit")
@requires(Permission.REFERRAL_SUBMIT)
def submit(draft_id: UUID) -> ResponseReturnValue:
    """Submit the referral. Sent twice, it is submitted once and both answers show the same reference."""
    version = forms.whole_number(request.form.get("version"))
    key = forms.key_or_none(request.form.get("submission_key")) or uuid4()
    try:
        found = submission.submit(draft_id, current_actor(), version=version, submission_key=key, now=g.now)
    except service.NoSuchDraft:
        abort(404)
    except service.NotNow as why:
        return refused(draft_id, why)
    except service.Stale as stale:
        pages = stale.pages
        db.session.rollback()
        return check_page(opened(draft_id), changed=pages or ["children"])
    except submission.Incomplete:
        db.session.rollback()
        return check_page(opened(draft_id), tried=True)
    db.session.commit()
    return to_done(found)


@bp.get("/referrals/<uuid:draft_id>/done")
@requires(Permission.REFERRAL_DRAFT)
def done(draft_id: UUID) -> ResponseReturnValue:
    """The reference of a submitted referral."""
    found = opened(draft_id)
    if found.state != "submitted":
        return redirect(url_for("referrals.draft", draft_id=draft_id), 303)
    return render_template("referrals/done.html", draft=found)


@bp.post("/referrals/<uuid:draft_id>/share")
@requires(Permission.REFERRAL_DRAFT)
def share(draft_id: UUID) -> ResponseReturnValue:
    """Show the draft to the agency's own representative (A-01)."""
    return _done_with(draft_id, service.share_with_representative, "referrals.draft")


@bp.post("/referrals/<uuid:draft_id>/return")
@requires(Permission.REFERRAL_SUBMIT)
def give_back(draft_id: UUID) -> ResponseReturnValue:
    """Give the draft back to the practitioner who wrote it."""
    return _done_with(draft_id, service.return_to_practitioner, None)


@bp.get("/referrals/<uuid:draft_id>/discard")
@requires(Permission.REFERRAL_DRAFT)
def confirm_discard(draft_id: UUID) -> ResponseReturnValue:
    """Ask once more before a draft is thrown away."""
    found = opened(draft_id)
    return (
        to_done(found)
        if found.state == "submitted"
        else render_template("referrals/discard.html", draft=found)
    )


@bp.post("/referrals/<uuid:draft_id>/discard")
@requires(Permission.REFERRAL_DRAFT)
def discard(draft_id: UUID) -> ResponseReturnValue:
    """Throw the draft away."""
    return _done_with(draft_id, service.discard, None)


def _done_with(draft_id: UUID, verb: Any, back: str | None) -> ResponseReturnValue:
    """Do one verb to a draft and go to its page, or to the list where it is no longer theirs to see."""
    try:
        verb(draft_id, current_actor(), g.now)
    except service.NoSuchDraft:
        abort(404)
    except service.NotNow as why:
        return refused(draft_id, why)
    db.session.commit()
    return redirect(url_for(back, draft_id=draft_id) if back else url_for("referrals.index"), 303)


def listed_on(key: str) -> str:
    """The page to go back to from a page: a child's list, or the tasks."""
    number = item_number(key)
    return LISTED_ON[number[0]] if number else ""

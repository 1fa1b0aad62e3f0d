"""The pages of sending an approved form: everybody it must go to, and what is recorded of each."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.review_forms import answers, sending, turns
from app.review_forms.composing import OUTCOMES
from app.review_forms.forms import SendingForm, ShareForm
from app.review_forms.gathering import reviewer_of
from app.review_forms.queries import Standing, reader_named, standing
from app.review_forms.readers import Reader
from app.review_forms.routes import BOTH, Subject, bp, subject, to_form
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.pages import form_key, fresh, not_now, show, take_step
from app.web.text_rules import whole_number


@bp.route("/sending", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def share(reference: str) -> ResponseReturnValue:
    """Everybody to whom the approved version must go; those inside Waymark are told at once (B2-19)."""
    found = subject(reference, "send the rapid-review form")
    form, problem = ShareForm(), None
    key, now = form_key(form), standing(found.case.id, g.now)
    reason = turns.send(found.told, now)
    if reason is not None and request.method == "GET":
        return not_now(found.case, reason)
    if form.is_submitted():
        number = whole_number(form.number.data, 9)
        problem = take_step(
            form, lambda: sending.share(found.case.id, number, actor=current_actor(), now=g.now, key=key)
        )
        if problem is None:
            return to_sending(found.case, "Everybody inside Waymark has been told.")
        now = standing(found.case.id, g.now)
    fresh(form, number=str(now.approved.number if now.approved else 0))
    return show(
        "sending",
        found.case,
        form,
        problem,
        folder="review_forms",
        found=found,
        standing=now,
        answers=answers,
    )


@bp.route("/sending/<recipient>", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def record(reference: str, recipient: str) -> ResponseReturnValue:
    """Record that the approved version was sent to somebody outside Waymark (B2-20, B3-07, B3-08)."""
    found = subject(reference, "record a sending of the rapid-review form")
    now = standing(found.case.id, g.now)
    reader = _reader(found.case, now, recipient)
    form, problem = SendingForm(), None
    key, reason = form_key(form), _reason(found, now, reader)
    if reason is not None and request.method == "GET":
        return not_now(found.case, reason)
    counts = sending.due_for(found.told, now, reader.to) is not None
    form.offer(reader, now.approved.row.next_steps if now.approved else "", reviewer_of(found.case.id))
    if not counts:
        form.without_clock()
    if form.is_submitted():
        typed = form.sent(key)
        problem = take_step(
            form,
            lambda: sending.record_sending(
                found.case.id, reader.key, typed, actor=current_actor(), now=g.now
            ),
            form.in_words(),
        )
        if problem is None:
            return to_sending(found.case, f"Recorded: {reader.name}.")
        now = standing(found.case.id, g.now)
    fresh(form, number=str(now.approved.number if now.approved else 0))
    return show(
        "record", found.case, form, problem, folder="review_forms", found=found, standing=now, reader=reader,
        counts=counts, decided=OUTCOMES.get(now.approved.row.outcome if now.approved else "", "not recorded"),
    )  # fmt: skip


def _reason(found: Subject, now: Standing, reader: Reader) -> OutOfTurn | None:
    reason = turns.send(found.told, now)
    if reason is not None or now.approved is None:
        return reason
    number = now.approved.number
    before = next(
        (row for row in now.sendings if row.recipient_key == reader.key and row.number == number), None
    )
    return sending.done_before(before) if before else None


def _reader(case: Case, now: Standing, key: str) -> Reader:
    """The recipient that an address names; else the 404 of a wrong address. Before anything is approved each office
    has its page, which says so; the Chief Caseworker Unit only where a version says that it is to be told."""
    needed = now.approved.row.home_office if now.approved else False
    return reader_named(case.id, key, needed, g.now) or refuse()


def to_sending(case: Case, message: str) -> ResponseReturnValue:
    """Back to whom it must go, with what was done said at the top; once nobody waits, to where the form stands."""
    if standing(case.id, g.now).all_sent:
        return to_form(case, f"{message} Everybody to whom it must go has it.")
    flash(message, "success")
    return redirect(url_for("review_forms.share", reference=case.reference), 303)

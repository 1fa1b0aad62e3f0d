"""The chair's direction of the scoping for a discussion, and the partners' comments on the chair's decision."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case
from app.involvement import queries, service, turns
from app.involvement.forms import DirectForm, OutcomeCommentForm
from app.involvement.routes import FOLDER, bp, done
from app.ledger.service import stored_events
from app.procedure.events import SAFEGUARDING_PARTNERS, Event
from app.procedure.involvement import DISCUSSION, discussion_chosen
from app.serious_incidents import words
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.pages import Problem, form_key, not_now, seen, show, take_step

outcome = Blueprint(
    "outcome", __name__, url_prefix="/<slug>/cases/<reference>/outcome", template_folder="templates"
)


@bp.route("/direct", methods=["GET", "POST"])
@requires(Permission.SCOPING_DIRECT)
def direct(reference: str) -> ResponseReturnValue:
    """Direct that agencies are asked before the group discusses the referral, and by when."""
    case = seen(reference, "involvement: direct")
    reason = None
    try:
        turns.refuse_unless_asked(case.id, DISCUSSION)
    except OutOfTurn as found:
        reason = found
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    form, problem = DirectForm(), None
    key, before = form_key(form), queries.direction_of(case.id)
    if request.method == "GET" and before is not None:
        form.due_on.show(before.due_on)
        if before.discussed_on is not None:
            form.discussed_on.show(before.discussed_on)
        form.words.data = before.words

    def verb() -> None:
        service.direct_scoping(case.id, form.due_on.data, form.discussed_on.data, form.words.cleaned,
                               actor=current_actor(), now=g.now, key=key)  # fmt: skip

    if form.is_submitted():
        problem = take_step(form, verb)
        if problem is None:
            return done(case, "The Partnership Team is asked to send the requests.")
    return show("direct", case, form, problem, FOLDER, before=before)


@outcome.get("/")
@requires(Permission.CASE_VIEW)
def read(reference: str) -> ResponseReturnValue:
    """What the chair of the group decided, and what the partners wrote on it."""
    case = seen(reference, "what the chair decided")
    actor = current_actor()
    if not actor.may(Permission.OUTCOME_COMMENT) and not actor.may(Permission.INVOLVEMENT_OVERSEE):
        refuse()
    form = OutcomeCommentForm()
    form_key(form)
    return _page(case, form, None)


@outcome.post("/comment")
@requires(Permission.OUTCOME_COMMENT)
def comment(reference: str) -> ResponseReturnValue:
    """Comment on it, for the partner that one represents."""
    case, form = seen(reference, "comment on what the chair decided"), OutcomeCommentForm()
    key = form_key(form)
    _offer(form)

    def verb() -> None:
        service.comment_on_outcome(case.id, form.chosen(), form.words.cleaned, actor=current_actor(), now=g.now,
                                   key=key)  # fmt: skip

    problem = take_step(form, verb)
    if problem is None:
        flash(
            "Your comment is kept. The chair, the Partnership Team and the other partners are told.",
            "success",
        )
        return redirect(url_for("outcome.read", reference=case.reference), 303)
    return _page(case, form, problem)


def _offer(form: OutcomeCommentForm) -> None:
    held = current_actor().holding(Permission.OUTCOME_COMMENT)
    form.offer(one.partner for one in held if one.partner in SAFEGUARDING_PARTNERS)


def _page(case: Case, form: OutcomeCommentForm, problem: Problem | None) -> ResponseReturnValue:
    _offer(form)
    chosen = discussion_chosen(history_of(case.id))
    if chosen is None and problem is None:
        return not_now(case, OutOfTurn("There is nothing here yet", service.NOT_CHOSEN))
    said, by = _said(case, chosen) if chosen is not None else ("", "")
    return show(
        "outcome", case, form, problem, FOLDER, chosen=chosen, said=said, by=by, comments=queries.comments_of(case.id),
        direction=queries.direction_of(case.id), party_name=words.party_name,
    )  # fmt: skip


def _said(case: Case, chosen: Event) -> tuple[str, str]:
    """The chair's reason, and who gave it, as the history keeps them."""
    for event, payload, capacity in stored_events(case.id):
        if event.number == chosen.number:
            return str(payload.get("words", "")), f"{payload.get('by', '')} ({capacity})"
    return "", ""

"""The pages of the exceptional decision not to hold a rapid review (Section B, Rapid Reviews)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.declined_reviews import closing, forms, queries, service
from app.declined_reviews.forms import OverseeForm
from app.declined_reviews.models import DeclinedReviewAnswer
from app.declined_reviews.queries import SCRUTINEER
from app.procedure.declined_reviews import AGREED
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.serious_incidents import progress, rules, words
from app.serious_incidents.errors import AlreadyDone, OutOfTurn
from app.serious_incidents.forms import WordedForm
from app.serious_incidents.pages import form_key, fresh, not_now, onwards, seen, step_page
from app.serious_incidents.progress import Progress

bp = Blueprint(
    "declined_reviews",
    __name__,
    url_prefix="/<slug>/cases/<reference>/no-rapid-review",
    template_folder="templates",
)
BOTH = ["GET", "POST"]


@bp.get("")
@requires(Permission.REVIEW_VIEW)
def index(reference: str) -> ResponseReturnValue:
    """The ground, what each partner says, the scrutineer's oversight, and the notice to the Panel."""
    case = seen(reference, "no-rapid-review")
    found = progress.load(case.id)
    shown = queries.declined_of(case.id, found)
    if shown is None:
        return not_now(
            case, OutOfTurn("No ground has been recorded", "A rapid review follows every notification.")
        )
    own = [
        party for party in SAFEGUARDING_PARTNERS if service.own_capacity(party, current_actor()) is not None
    ]
    open_to = service.why_not(found) is None
    return render_template(
        "declined_reviews/index.html", case=case, shown=shown, own=own if open_to else [], open_to=open_to,
        channels=queries.CHANNELS, agreed=AGREED, notified=found.told.notified is not None,
        within=words.partner_in_sentence,
    )  # fmt: skip


@bp.route("/agree", methods=BOTH)
@requires(Permission.REVIEW_POSITION)
def agree(reference: str) -> ResponseReturnValue:
    """A partner says whether it agrees that no rapid review is held."""
    case, form = seen(reference, "no-rapid-review agree"), forms.AgreeForm()
    found = progress.load(case.id)
    party = _own_partner(found)
    if request.method == "GET":
        form.party.data = party.value
    return _say(
        "agree",
        case,
        form,
        found,
        party,
        f"Your answer for {words.partner_in_sentence(party)} has been recorded.",
    )


@bp.route("/agree-for/<party>", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def agree_for(reference: str, party: str) -> ResponseReturnValue:
    """Record a partner's answer on its behalf."""
    case = seen(reference, "no-rapid-review agree-for")
    partner = next((one for one in SAFEGUARDING_PARTNERS if one.value == party), None) or refuse()
    name = words.partner_in_sentence(partner)
    done = f"The answer of {name} has been recorded on their behalf. They have been told."
    return _say("agree_for", case, forms.AgreeForForm(), progress.load(case.id), partner, done)


@bp.route("/oversee", methods=BOTH)
@requires(Permission.REVIEW_OVERSEE)
def oversee(reference: str) -> ResponseReturnValue:
    """The Independent Scrutineer records their oversight."""
    case = seen(reference, "no-rapid-review oversee")
    return _say(
        "oversee",
        case,
        forms.OverseeForm(),
        progress.load(case.id),
        SCRUTINEER,
        "Your oversight has been recorded.",
    )


@bp.route("/oversee-for", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def oversee_for(reference: str) -> ResponseReturnValue:
    """Record the scrutineer's oversight on their behalf."""
    case = seen(reference, "no-rapid-review oversee-for")
    done = "The oversight has been recorded on the scrutineer's behalf. They have been told."
    return _say("oversee_for", case, forms.OverseeForForm(), progress.load(case.id), SCRUTINEER, done)


@bp.route("/panel", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def panel(reference: str) -> ResponseReturnValue:
    """Record that the Panel was notified of the decision and its rationale (B2-02)."""
    case, form = seen(reference, "no-rapid-review panel"), forms.PanelForm()
    key, found = form_key(form), progress.load(case.id)
    reason = service.why_not(found) or closing.why_not_yet(found)
    return _step(
        "panel", case, form, reason,
        lambda: closing.tell_panel(case.id, form.sent(key), actor=current_actor(), now=g.now),
        "It has been recorded that the Panel was notified.", shown=queries.declined_of(case.id, found),
    )  # fmt: skip


@bp.route("/withdraw", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw the ground, so that the rapid review is held (N-05)."""
    case, form = seen(reference, "no-rapid-review withdraw"), forms.WithdrawForm()
    key, found = form_key(form), progress.load(case.id)
    return _step(
        "withdraw", case, form, service.why_not(found, told_matters=False),
        lambda: closing.withdraw(case.id, form.reason.cleaned, key, actor=current_actor(), now=g.now),
        "The ground has been withdrawn. The rapid review is held, and its clock runs.",
        shown=queries.declined_of(case.id, found),
    )  # fmt: skip


def _own_partner(found: Progress) -> Party:
    """For which partner this person answers: the one that their form names, else one of theirs still awaited."""
    mine = rules.partners_of(current_actor().holding(Permission.REVIEW_POSITION))
    shown = queries.declined_of(found.case_id, found)
    awaited = [party for party in mine if shown is not None and party in shown.awaited]
    named = [party for party in mine if party.value == request.form.get("party")]
    return next(iter([*named, *awaited, *mine]), None) or refuse()


def _say(
    template: str, case: Case, form: OverseeForm, found: Progress, party: Party, done: str
) -> ResponseReturnValue:
    """The page of an answer: the form carries what it was shown beside."""
    key, ground = form_key(form), found.ground
    said = queries.rows_of(DeclinedReviewAnswer, case.id) if ground else []
    own = queries.in_force(said, ground.id, party) if ground else []
    fresh_mark = queries.mark_of(ground, own)
    if request.method == "GET":
        fresh(form, over=fresh_mark)
    return _step(
        template, case, form, service.why_not(found),
        lambda: service.say(case.id, form.said(party, key), actor=current_actor(), now=g.now), done,
        mark=("over", lambda: fresh_mark), shown=queries.declined_of(case.id, found),
        party_name=words.party_name(party), within=words.within(party),
        before=queries.answer_in_words(own[-1]) if own else None,
    )  # fmt: skip


def _step(
    template: str, case: Case, form: WordedForm, reason: OutOfTurn | None, verb: Callable[[], object], done: str,
    **more: Any,
) -> ResponseReturnValue:  # fmt: skip
    """The page of one step; what somebody has done already is shown beside what is typed, and not instead of it."""
    before = None if isinstance(reason, AlreadyDone) else reason
    return step_page(template, case, form, before, verb, done, back=_back, folder="declined_reviews", **more)


def _back(case: Case, message: str) -> ResponseReturnValue:
    return onwards(url_for("declined_reviews.index", reference=case.reference), message)

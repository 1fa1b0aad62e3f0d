"""The pages of a contested decision: answers on behalf, meetings, the Partnership Chair's decision, and what is
recorded beside a decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.queries import stages_of
from app.procedure.criteria import PANEL_GUIDANCE
from app.procedure.events import SAFEGUARDING_PARTNERS, Stage
from app.serious_incidents import answers, entries, forms, forms_contested, progress, service, turns, words
from app.serious_incidents.decisions import mediated
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.forms_contested import EntryForm
from app.serious_incidents.meeting_clocks import meeting_clocks
from app.serious_incidents.meetings import CALLED
from app.serious_incidents.pages import (
    form_key,
    fresh,
    not_now,
    seen,
    show,
    step_page,
    take_step,
    to_case,
)
from app.serious_incidents.routes import BOTH, bp, partner_named
from app.serious_incidents.turns import EXCEPTIONAL, SHORT
from app.web.text_rules import whole_number

Verb = Callable[..., None]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page on which somebody records something beside a decision."""

    name: str
    heading: str
    intro: str
    button: str
    done: str
    verb: Verb
    turn: entries.Turn


@bp.route("/answer-for/<party>", methods=BOTH)
@requires(Permission.RESPONSE_RECORD)
def answer_for(reference: str, party: str) -> ResponseReturnValue:
    """Record a partner's answer that came by telephone or e-mail (clocks 6 and 8; answers on behalf)."""
    case = seen(reference, "answer-for")
    form, partner = forms_contested.AnswerForForm(), partner_named(party)
    key, name = form_key(form), words.partner_in_sentence(partner)
    return step_page(
        "answer_for", case, form, turns.answer_elsewhere(progress.load(case.id), partner),
        lambda: service.record_for(case.id, form.typed(partner, key), actor=current_actor(), now=g.now),
        f"The answer of {name} has been recorded on its behalf, and the partner is told.", party_name=name,
    )  # fmt: skip


@bp.route("/meetings/<kind>/arrange", methods=BOTH)
@requires(Permission.MEETING_RECORD)
def arrange_meeting(reference: str, kind: str) -> ResponseReturnValue:
    """Arrange a short meeting of the partners, or one with the Partnership Chair (steps 5 and 6)."""
    case = seen(reference, "arrange-meeting")
    form, problem = forms_contested.ArrangeForm(), None
    key = form_key(form)
    found = progress.load(case.id)
    reason, clocks = turns.arrange_meeting(found, _kind(kind)), meeting_clocks(found.told, kind)
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    if form.is_submitted():
        problem = take_step(
            form,
            lambda: service.arrange_meeting(
                case.id, kind=kind, when=form.arranged_for.data, how=form.how.cleaned, actor=current_actor(),
                now=g.now, key=key,
            ),
            form.in_words(),
        )  # fmt: skip
        if problem is None:
            late = clocks.warnings(form.arranged_for.data)
            mind = " It is later than the procedure asks: see the warning beside it." if late else ""
            done = f"The {CALLED[kind]} has been arranged, and those asked to it are told."
            return to_case(case, done + mind)
    return show(
        "arrange_meeting", case, form, problem, called=CALLED[kind], former=found.meeting(kind), kind=kind,
        clocks=clocks,
    )  # fmt: skip


@bp.route("/meetings/<kind>/record", methods=BOTH)
@requires(Permission.MEETING_RECORD)
def record_meeting(reference: str, kind: str) -> ResponseReturnValue:
    """Record a meeting that was held: who came, the positions taken, and what came of it."""
    case = seen(reference, "record-meeting")
    form = forms_contested.MeetingForm()
    form.parties = SAFEGUARDING_PARTNERS if _kind(kind) == SHORT else form.parties
    key, found = form_key(form), progress.load(case.id)
    return step_page(
        "record_meeting", case, form, turns.record_meeting(found, kind),
        lambda: service.record_meeting(case.id, form.held(kind, key), actor=current_actor(), now=g.now),
        f"The {CALLED[kind]} has been recorded.", called=CALLED[kind], kind=kind, arranged=found.meeting(kind),
        parties=form.parties, partners=SAFEGUARDING_PARTNERS, party_name=words.party_name,
    )  # fmt: skip


def _kind(kind: str) -> str:
    return kind if kind in (SHORT, EXCEPTIONAL) else refuse()


@bp.route("/chair-decision", methods=BOTH)
@requires(Permission.DISPUTE_DECIDE)
def chair_decision(reference: str) -> ResponseReturnValue:
    """The Partnership Chair decides where the partners differ after their short meeting (step 6)."""
    case = seen(reference, "chair-decision")
    form, problem = forms.ChairDecisionForm(), None
    key = form_key(form)
    guidance = stages_of(case.id)[Stage.NOTIFICATION.value].guidance_edition
    found = progress.load(case.id)
    reason = turns.chair_decision(found)
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    if form.is_submitted():
        proposed = form.proposed(guidance, key)
        problem = take_step(
            form,
            lambda: service.record_chair_decision(case.id, proposed, actor=current_actor(), now=g.now),
            answers.decided(proposed.answers),
        )
        if problem is None:
            return to_case(case, "The decision has been recorded.")
    fresh(form, version=str(case.version))
    return show(
        "chair_decision", case, form, problem, guidance=guidance, panel_guidance=PANEL_GUIDANCE,
        mediated=mediated(found),
    )  # fmt: skip


@bp.route("/new-information", methods=BOTH)
@requires(Permission.INFORMATION_RAISE)
def new_information(reference: str) -> ResponseReturnValue:
    """Raise new information after the decision (8.1)."""
    page = EntryPage(
        "new-information", "Raise new information",
        "The chair of the group and the Independent Scrutineer are told, and whoever made the decision decides "
        "whether to reconsider. The decision stands until then.",
        "Raise it", "The new information has been raised.", service.raise_information, turns.raise_information,
    )  # fmt: skip
    return _entry(reference, page, forms_contested.InformationForm())


@bp.route("/reconsider", methods=BOTH)
@requires(Permission.DECISION_RECONSIDER)
def reconsider(reference: str) -> ResponseReturnValue:
    """Say that new information does not change the decision; deciding anew is done on the decision's page."""
    page = EntryPage(
        "reconsider", "The decision stands",
        "Record here that the new information does not change the decision. To decide anew, record a new decision "
        "instead: both are kept.",
        "Record that the decision stands", "Recorded: the decision stands.", service.decline, turns.decline,
    )  # fmt: skip
    return _entry(reference, page, EntryForm())


@bp.route("/put-back", methods=BOTH)
@requires(Permission.RESPONSE_RECORD)
def put_back(reference: str) -> ResponseReturnValue:
    """Put a decision that has lost what it rested on back to those who made it (clocks 8)."""
    page = EntryPage(
        "put-back", "Put the decision back",
        "A position on which the decision rested has changed: an answer has come to light, or an entry was "
        "corrected. Those who made the decision look at it again before anything further is sent.",
        "Put it back", "The decision has been put back to those who made it.", service.put_back, turns.put_back,
    )  # fmt: skip
    return _entry(reference, page, forms_contested.PutBackForm())


@bp.route("/override", methods=BOTH)
@requires(Permission.DECISION_OVERRIDE)
def override(reference: str) -> ResponseReturnValue:
    """The local authority notifies on its own duty, whatever was decided locally (N-03)."""
    page = EntryPage(
        "override", "Notify on the local authority's own duty",
        "The legal duty to notify stays with the local authority, whatever the partners or the Partnership Chair "
        "decide, and before they have decided. The local decision is kept beside this one.",
        "Decide to notify", "Recorded: the local authority notifies on its own duty.", service.override,
        turns.override,
    )  # fmt: skip
    return _entry(reference, page, forms_contested.OverrideForm())


@bp.route("/confirm", methods=BOTH)
@requires(Permission.DECISION_OVERRIDE)
def confirm(reference: str) -> ResponseReturnValue:
    """The local authority confirms the Partnership Chair's decision not to notify (clocks 8)."""
    page = EntryPage(
        "confirm", "Confirm that the local authority does not notify",
        "The Partnership Chair decided not to notify. The legal duty stays with the local authority, and its clock "
        "runs until it has confirmed this, or notifies on its own duty.",
        "Confirm", "Recorded: the local authority does not notify.", service.confirm_not_notifying, turns.confirm,
    )  # fmt: skip
    return _entry(reference, page, forms_contested.ConfirmForm())


@bp.route("/missed-clock", methods=BOTH)
@requires(Permission.NOTIFICATION_RECORD)
def missed_clock(reference: str) -> ResponseReturnValue:
    """Say why the statutory clock was missed, and to whom that was reported (clocks 7)."""
    page = EntryPage(
        "missed-clock", "Why the clock was missed",
        "The notification was sent after the clock for notifying the Panel had ended. It stays so; the reason stands "
        "beside it.",
        "Record the reason", "The reason has been recorded.", service.explain_missed, turns.explain_missed,
    )  # fmt: skip
    return _entry(reference, page, forms_contested.MissedForm())


@bp.route("/what-follows", methods=BOTH)
@requires(Permission.OUTCOME_CHOOSE)
def what_follows(reference: str) -> ResponseReturnValue:
    """The chair of the group says what follows for a referral that is not notified (A-06)."""
    page = EntryPage(
        "what-follows", "What follows for this referral",
        "The decision is not to notify. Say what the group does with the referral; the partners can read it.",
        "Record what follows", "Recorded what follows for this referral.", service.choose_outcome,
        turns.choose_outcome,
    )  # fmt: skip
    return _entry(reference, page, forms_contested.OutcomeForm())


@bp.route("/review-ground", methods=BOTH)
@requires(Permission.REVIEW_GROUND_RECORD)
def review_ground(reference: str) -> ResponseReturnValue:
    """Record on which ground no rapid review follows the notification (N-05, B2-02)."""
    page = EntryPage(
        "review-ground", "No rapid review",
        "A rapid review follows every notification, unless it is later found that the criteria were not met, or "
        "on another ground whose reason goes to the Panel. Each of the three partners then agrees to it or does not, "
        "and the Independent Scrutineer oversees it, on the page that follows.",
        "Record the ground", "The ground has been recorded.", service.record_ground, turns.review_ground,
    )  # fmt: skip
    case, form = seen(reference, page.name), forms_contested.GroundForm()
    key, found = form_key(form), progress.load(case.id)
    onwards = redirect(url_for("declined_reviews.index", reference=case.reference), 303)
    if found.ground is not None and request.method == "GET":
        return onwards
    answer = step_page(
        "entry", case, form, page.turn(found),
        lambda: page.verb(case.id, form.entry(key), actor=current_actor(), now=g.now), page.done, page=page,
    )  # fmt: skip
    return answer if isinstance(answer, tuple) else onwards


@bp.route("/step/<step>", methods=BOTH)
@requires(Permission.LOCAL_STEP_RECORD)
def local_step(reference: str, step: str) -> ResponseReturnValue:
    """Record that a step of the partnership's own procedure is done."""
    case = seen(reference, "local-step")
    form = forms_contested.LocalStepForm()
    key, found = form_key(form), progress.load(case.id)
    own = next((one for one in found.told.settings.own.steps if one.key == step), None)
    return step_page(
        "local_step", case, form, turns.local_step(found, step),
        lambda: service.record_local_step(
            case.id, step, happened_at=form.happened_at.data, typed=form.entry(key), actor=current_actor(), now=g.now
        ),
        "The step has been recorded as done.", step=own,
    )  # fmt: skip


@bp.get("/corrections")
@requires(Permission.ENTRY_CORRECT)
def corrections(reference: str) -> ResponseReturnValue:
    """The entries that can be corrected."""
    case = seen(reference, "corrections")
    return show("corrections", case, forms.StepForm(), None, entries=service.correctable(case.id))


@bp.route("/corrections/<number>", methods=BOTH)
@requires(Permission.ENTRY_CORRECT)
def correct(reference: str, number: str) -> ResponseReturnValue:
    """Correct an entry that was recorded wrongly: it is superseded with a reason, and both remain."""
    case = seen(reference, "correct")
    form = forms_contested.CorrectionForm()
    key = form_key(form)
    place = whole_number(number, 15)
    entry = next((one for one in service.correctable(case.id) if one.number == place), None)
    gone = OutOfTurn(
        "This entry cannot be corrected", "It has been corrected already, or is of another kind."
    )
    return step_page(
        "correct", case, form, gone if entry is None else None,
        lambda: service.correct(case.id, form.correction(place, key), actor=current_actor(), now=g.now),
        "The entry has been corrected. Both stay in the history, and clocks have moved.", entry=entry,
    )  # fmt: skip


def _entry(reference: str, page: EntryPage, form: EntryForm) -> ResponseReturnValue:
    case, key = seen(reference, page.name), form_key(form)
    return step_page(
        "entry", case, form, page.turn(progress.load(case.id)),
        lambda: page.verb(case.id, form.entry(key), actor=current_actor(), now=g.now), page.done, page=page,
    )  # fmt: skip

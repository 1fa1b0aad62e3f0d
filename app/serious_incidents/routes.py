"""The pages of the decision to notify, in the order of the procedure."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.queries import stages_of
from app.cases.service import Case
from app.procedure.criteria import PANEL_GUIDANCE, decision_maker
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, Party, Stage
from app.serious_incidents import (
    answers,
    forms,
    notifications,
    progress,
    recipients,
    rules,
    service,
    turns,
    words,
)
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

bp = Blueprint(
    "serious_incidents", __name__, url_prefix="/<slug>/cases/<reference>", template_folder="templates"
)
BOTH = ["GET", "POST"]


@bp.route("/share", methods=BOTH)
@requires(Permission.REFERRAL_SHARE)
def share(reference: str) -> ResponseReturnValue:
    """Share the referral with the chair of the group and the Service Director (B1-06)."""
    case = seen(reference, "share")
    form, problem = forms.StepForm(), None
    key = form_key(form)
    reason = turns.share(progress.load(case.id))
    if reason is not None and not turns.same(reason, key):
        return not_now(case, reason)
    if form.is_submitted():
        problem = take_step(
            form, lambda: service.share_referral(case.id, actor=current_actor(), now=g.now, key=key)
        )
        if problem is None:
            return to_case(
                case, "The referral has been shared with the chair of the group and the Service Director."
            )
    to = {words.party_name(party): recipients.holders(party, case.id, g.now) for party in INITIAL_VIEWERS}
    return show("share", case, form, problem, to=to)


@bp.route("/initial-view", methods=BOTH)
@requires(Permission.INITIAL_VIEW_GIVE)
def initial_view(reference: str) -> ResponseReturnValue:
    """Give the initial view of the chair of the group, or of the Service Director (B1-07)."""
    case = seen(reference, "initial-view")
    form, problem, actor = forms.ViewForm(), None, current_actor()
    key, found = form_key(form), progress.load(case.id)
    party = _own_view(found)
    reason = turns.initial_view(found, party)
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    if form.is_submitted():
        typed = form.in_words()
        problem = take_step(
            form,
            lambda: service.give_initial_view(
                case.id, party=party, outcome=form.outcome.data, rationale=form.rationale.cleaned,
                actor=actor, now=g.now, key=key,
            ),
            typed,
        )  # fmt: skip
        if problem is None:
            return to_case(case, "Your initial view has been recorded.")
    fresh(form, party=party.value)
    return show("initial_view", case, form, problem, party_name=words.party_name(party))


def _own_view(found: progress.Progress) -> Party:
    """Whose view this person gives: the one their form names, else the one of theirs still awaited."""
    mine = [party for party in INITIAL_VIEWERS if current_actor().has(rules.VIEWERS[party])]
    named = [party for party in mine if party.value == request.form.get("party")]
    awaited = [party for party in mine if party not in found.views]
    return next(iter([*named, *awaited, *mine]), None) or refuse()


@bp.route("/share-initial-view", methods=BOTH)
@requires(Permission.INITIAL_VIEW_SHARE)
def share_initial_view(reference: str) -> ResponseReturnValue:
    """Share the initial view with the three partners, and ask each to respond (B1-07)."""
    case = seen(reference, "share-initial-view")
    form, problem = forms.StepForm(), None
    key = form_key(form)
    reason = turns.share_initial_view(progress.load(case.id))
    if reason is not None and not turns.same(reason, key):
        return not_now(case, reason)
    if form.is_submitted():
        problem = take_step(
            form, lambda: service.share_initial_view(case.id, actor=current_actor(), now=g.now, key=key)
        )
        if problem is None:
            return to_case(case, "The initial view has been shared. Each partner has been asked to respond.")
    to = {
        words.party_name(party): recipients.representatives(party, case.id, g.now)
        for party in SAFEGUARDING_PARTNERS
    }
    return show("share_initial_view", case, form, problem, to=to)


@bp.route("/response", methods=BOTH)
@requires(Permission.RESPONSE_GIVE)
def response(reference: str) -> ResponseReturnValue:
    """Respond for one's own partner; all three see it (B1-08)."""
    case = seen(reference, "response")
    form, problem, actor = forms.ResponseForm(), None, current_actor()
    key, party = form_key(form), own_partner()
    found = progress.load(case.id)
    reason = turns.response(found, party)
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    if form.is_submitted():
        answer = service.Answer(
            party=party, outcome=form.outcome.data, rationale=form.rationale.cleaned,
            seen=form.seen.data or "", key=key,
        )  # fmt: skip
        problem = take_step(
            form, lambda: service.respond(case.id, answer, actor=actor, now=g.now), form.in_words()
        )
        if problem is None:
            return _responded(case, party, key)
        found = progress.load(case.id)
    position = found.positions.get(party)
    fresh(form, party=party.value, seen=str(position.id) if position else "")
    return show(
        "response", case, form, problem, party=party, position=position,
        party_name=words.partner_in_sentence(party), named=decision_maker(party),
    )  # fmt: skip


def _responded(case: Case, party: Party, key: UUID) -> ResponseReturnValue:
    late = any(row.submission_key == key for row in progress.load(case.id).late)
    if late:
        return to_case(
            case,
            "The clock had ended before your answer, and agreement had been deemed. Your answer is kept and "
            "shown as late; it does not change the position.",
        )
    name = words.partner_in_sentence(party)
    return to_case(case, f"The response of {name} has been recorded. All three partners can see it.")


def own_partner() -> Party:
    """The partner this person answers for: the only one, or the one of several that the address names."""
    mine = rules.partners_of(current_actor().capacities)
    named = request.values.get("party", "")
    wanted = [party for party in mine if not named or party.value == named]
    return wanted[0] if wanted else refuse()


def partner_named(party: str) -> Party:
    """The safeguarding partner that an address names; else the 404 of a wrong address."""
    return next((one for one in SAFEGUARDING_PARTNERS if one.value == party), None) or refuse()


@bp.route("/deputy/<party>", methods=BOTH)
@requires(Permission.DEPUTY_CONTACT)
def deputy(reference: str, party: str) -> ResponseReturnValue:
    """Contact a partner's deputy by hand, before the clock ends (N-04)."""
    case = seen(reference, "deputy")
    form, problem = forms.StepForm(), None
    partner = partner_named(party)
    key = form_key(form)
    reason = turns.deputy(progress.load(case.id), partner)
    if reason is not None and not turns.same(reason, key):
        return not_now(case, reason)
    if form.is_submitted():
        problem = take_step(
            form, lambda: service.contact_deputy(case.id, partner, actor=current_actor(), now=g.now, key=key)
        )
        if problem is None:
            return to_case(case, f"The deputy of {words.partner_in_sentence(partner)} has been contacted.")
    return show(
        "deputy", case, form, problem, party_name=words.partner_in_sentence(partner), party=partner,
        deputies=recipients.deputies(partner, case.id, g.now), inbox=recipients.generic_inbox(partner),
    )  # fmt: skip


@bp.get("/decision")
@requires(Permission.CASE_VIEW)
def decision(reference: str) -> ResponseReturnValue:
    """The decision page: the positions side by side, and the form for whoever may record the decision."""
    case = seen(reference, "decision")
    form = forms.DecisionForm()
    return _decision_page(case, form, None)


@bp.post("/decision")
@requires(Permission.DECISION_RECORD)
def record_decision(reference: str) -> ResponseReturnValue:
    """Record the decision on notification (A-05, B1-01, B1-02, B1-14, B1-15)."""
    case = seen(reference, "decision")
    form, problem = forms.DecisionForm(), None
    key = form_key(form)
    typed = form.answers(_guidance(case))
    if form.is_submitted():
        proposed = form.proposed(_guidance(case), key)
        problem = take_step(
            form,
            lambda: service.record_decision(case.id, proposed, actor=current_actor(), now=g.now),
            answers.decided(typed),
        )
        if problem is None:
            return to_case(case, "The decision has been recorded.")
    return _decision_page(case, form, problem)


def _decision_page(case: Case, form: forms.DecisionForm, problem: object) -> ResponseReturnValue:
    found, actor = progress.load(case.id), current_actor()
    fresh(form, version=str(case.version))
    outcome, held = turns.agreed(found), found.in_force().values()
    may = outcome is not None and rules.deciding_capacity(actor.capacities, outcome, held) is not None
    return show(
        "decision", case, form, problem, reason=turns.decision(found), may_record=may,  # type: ignore[arg-type]
        may_ever=actor.may(Permission.DECISION_RECORD), agreed=outcome, guidance=_guidance(case),
        panel_guidance=PANEL_GUIDANCE,
        why_not=None if may or outcome is None else rules.why_not_theirs(outcome, held),
    )  # fmt: skip


def _guidance(case: Case) -> str:
    """The edition of the guidance that this stage is decided under, whatever has come since (N-11)."""
    return stages_of(case.id)[Stage.NOTIFICATION.value].guidance_edition


@bp.route("/awareness", methods=BOTH)
@requires(Permission.NOTIFICATION_RECORD)
def awareness(reference: str) -> ResponseReturnValue:
    """Record when the local authority became aware, where the referral did not say it (B1-03)."""
    case = seen(reference, "awareness")
    form, problem = forms.AwarenessForm(), None
    key = form_key(form)
    reason = turns.awareness(progress.load(case.id))
    if reason is not None and request.method == "GET":
        return not_now(case, reason)
    if form.is_submitted():
        problem = take_step(
            form,
            lambda: service.record_awareness(
                case.id, aware_at=form.aware_at.data, told_by=form.told_by.cleaned, actor=current_actor(),
                now=g.now, key=key,
            ),
            {"aware_at": form.aware_at.in_words(), "told_by": form.told_by.cleaned},
        )  # fmt: skip
        if problem is None:
            return to_case(
                case, "Recorded when the local authority became aware; the clock counts from then."
            )
    return show("awareness", case, form, problem)


@bp.route("/notification", methods=BOTH)
@requires(Permission.NOTIFICATION_RECORD)
def notification(reference: str) -> ResponseReturnValue:
    """Record that the local authority notified the Panel (B1-03)."""
    case = seen(reference, "notification")
    form = forms.NotificationForm()
    key = form_key(form)
    return step_page(
        "notification", case, form, turns.notification(progress.load(case.id)),
        lambda: service.record_notification(case.id, form.sent(key), actor=current_actor(), now=g.now),
        "The notification has been recorded.", due_on=notifications.statutory_day(case.id),
    )  # fmt: skip


@bp.route("/inform", methods=BOTH)
@requires(Permission.PARTIES_INFORM)
def inform(reference: str) -> ResponseReturnValue:
    """Inform the Independent Scrutineer and the Strategic Partnership Manager (B1-04)."""
    case = seen(reference, "inform")
    found = progress.load(case.id)
    waiting = [party for party in turns.TO_INFORM if found.informed(party) is None]
    form, problem = forms.InformForm(), None
    form.offer(waiting or list(turns.TO_INFORM))
    key = form_key(form)
    reason = turns.inform(found)
    if reason is not None and not turns.same(reason, key):
        return not_now(case, reason)
    if form.is_submitted():
        problem = take_step(
            form,
            lambda: service.inform(
                case.id, parties=form.chosen(), elsewhere_at=form.elsewhere_at(),
                detail=form.elsewhere_detail(), actor=current_actor(), now=g.now, key=key,
            ),
        )  # fmt: skip
        if problem is None:
            return to_case(case, "Recorded who has been informed of the notification.")
    return show("inform", case, form, problem)

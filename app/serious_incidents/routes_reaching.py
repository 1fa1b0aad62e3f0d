"""The pages of reaching a partner: receipt confirmed or recorded, and a deputy contacted outside Waymark."""

from __future__ import annotations

from flask import g
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.procedure.positions import clock_end
from app.serious_incidents import forms, forms_contested, progress, reaching, service, turns, words
from app.serious_incidents.pages import form_key, not_now, seen, show, step_page, take_step, to_case
from app.serious_incidents.routes import BOTH, bp, own_partner, partner_named


@bp.route("/received", methods=BOTH)
@requires(Permission.RESPONSE_GIVE)
def confirm_received(reference: str) -> ResponseReturnValue:
    """A partner's representative says that they have received the request (clocks 12)."""
    case = seen(reference, "received")
    party, form, problem = own_partner(), forms.StepForm(), None
    reason = reaching.receipt_turn(progress.load(case.id), party)
    if reason is not None:
        return not_now(case, reason)
    if form.is_submitted():
        problem = take_step(
            form, lambda: service.confirm_receipt(case.id, party, actor=current_actor(), now=g.now)
        )
        if problem is None:
            return to_case(
                case, "Recorded that you have received the request. Your response clock has begun."
            )
    return show("received", case, form, problem, party=party, party_name=words.partner_in_sentence(party))


@bp.route("/received/<party>", methods=BOTH)
@requires(Permission.RESPONSE_RECORD)
def received_for(reference: str, party: str) -> ResponseReturnValue:
    """Record that the request reached a partner another way (B1-08)."""
    case, form, partner = seen(reference, "received-for"), forms_contested.ReachedForm(), partner_named(party)
    key, name = form_key(form), words.partner_in_sentence(partner)
    return step_page(
        "received_for", case, form, reaching.receipt_turn(progress.load(case.id), partner),
        lambda: service.record_receipt(case.id, partner, form.reached(key), actor=current_actor(), now=g.now),
        f"Recorded that the request reached {name}. The partner is told.", party_name=name,
    )  # fmt: skip


@bp.route("/deputy/<party>/elsewhere", methods=BOTH)
@requires(Permission.DEPUTY_CONTACT)
def deputy_elsewhere(reference: str, party: str) -> ResponseReturnValue:
    """Record that a partner's deputy was contacted by telephone or otherwise (N-04)."""
    case, form, partner = (
        seen(reference, "deputy-elsewhere"),
        forms_contested.ReachedForm(),
        partner_named(party),
    )
    key, name = form_key(form), words.partner_in_sentence(partner)
    found = progress.load(case.id)
    return step_page(
        "deputy_elsewhere", case, form, turns.deputy(found, partner),
        lambda: service.record_deputy_contact(
            case.id, partner, form.reached(key), actor=current_actor(), now=g.now
        ),
        f"Recorded that the deputy of {name} was contacted.", party_name=name, ends=clock_end(found.told, partner),
    )  # fmt: skip

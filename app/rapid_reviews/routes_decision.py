"""The pages of the partners' positions, the decision on a practice review, and its escalation."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.meetings import queries as meetings
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.review_decision import agreed, waiting_for
from app.rapid_reviews import deciding, positions
from app.rapid_reviews.decision_forms import (
    OUTCOMES,
    DecisionForm,
    EscalateForm,
    PositionForForm,
    PositionForm,
    SettleForm,
)
from app.rapid_reviews.record_queries import Record, record_of
from app.rapid_reviews.recording import why_not
from app.rapid_reviews.routes import history_of, refuse_beyond, to_review
from app.rapid_reviews.routes_record import record
from app.serious_incidents import rules, words
from app.serious_incidents.errors import OutOfTurn
from app.serious_incidents.pages import form_key, fresh, seen, step_page

BOTH = ["GET", "POST"]
ROOM: dict[str, Any] = {"folder": "rapid_reviews", "back": to_review}


@record.get("/decision")
@requires(Permission.REVIEW_VIEW)
def decision(reference: str) -> ResponseReturnValue:
    """What the three partners say on a practice review, side by side, and what was decided."""
    case = seen(reference, "rapid-review decision")
    refuse_beyond(case)
    found, actor = record_of(case.id), current_actor()
    said = {party: one.outcome for party, one in found.positions.items()}
    own = rules.partners_of(actor.capacities) if actor.may(Permission.REVIEW_POSITION) else []
    return render_template(
        "rapid_reviews/decision.html", case=case, record=found, partners=SAFEGUARDING_PARTNERS, outcomes=OUTCOMES,
        within=words.within, agreed=agreed(said), waiting=waiting_for(said), own=own,
        closed=why_not(history_of(case.id)), may_settle=deciding.settling_turn(case.id, found) is None,
    )  # fmt: skip


@record.route("/position", methods=BOTH)
@requires(Permission.REVIEW_POSITION)
def position(reference: str) -> ResponseReturnValue:
    """Say for one's own partner whether a practice review is commissioned (B2-15)."""
    case = seen(reference, "rapid-review position")
    own = rules.partners_of(current_actor().capacities)
    if not own:
        refuse()
    party = next((one for one in own if one.value == request.values.get("party")), own[0])
    form, found = PositionForm(), record_of(case.id)
    standing = found.positions.get(party)
    key = form_key(form)
    if request.method == "GET":
        fresh(form, seen=str(standing.id) if standing else "")
    return step_page(
        "position", case, form, _closed(case, found),
        lambda: positions.take(case.id, form.said(party, key), actor=current_actor(), now=g.now),
        "What you said is recorded.", mark=("seen", lambda: _standing_mark(case, party)), **ROOM,
        party=party, within=words.within, standing=standing, outcomes=OUTCOMES,
    )  # fmt: skip


@record.route("/position-for/<party>", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def position_for(reference: str, party: str) -> ResponseReturnValue:
    """Record what a partner said outside Waymark, with source and evidence."""
    case = seen(reference, "rapid-review position-for")
    partner = next((one for one in SAFEGUARDING_PARTNERS if one.value == party), None) or refuse()
    form, found = PositionForForm(), record_of(case.id)
    key = form_key(form)

    def verb() -> None:
        said = form.said(partner, key)
        positions.take_for(case.id, said, form.elsewhere(), actor=current_actor(), now=g.now)

    return step_page(
        "position_for", case, form, _closed(case, found), verb,
        "It is recorded on the partner's behalf, and the partner is told.", **ROOM, party=partner, within=words.within,
        standing=found.positions.get(partner), outcomes=OUTCOMES,
    )  # fmt: skip


@record.route("/decide", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def decide(reference: str) -> ResponseReturnValue:
    """Record what the three partners agree on, at a quorate meeting (B2-07, B2-15)."""
    case = seen(reference, "rapid-review decide")
    form, found = DecisionForm(), record_of(case.id)
    held = [one for one in meetings.meetings_about(case.id) if one.opened_at is not None]
    form.offer(held)
    key = form_key(form)
    if request.method == "GET":
        fresh(form, over=str(found.decision.number if found.decision else 0))
        if len(held) == 1:
            form.meeting.data = str(held[0].id)
    return step_page(
        "decide", case, form, deciding.decision_turn(case.id, found),
        lambda: deciding.decide(case.id, form.decided(key), actor=current_actor(), now=g.now),
        "The decision is recorded.", mark=("over", lambda: _decision_mark(case)), **ROOM,
        record=found, held=held, partners=SAFEGUARDING_PARTNERS, outcomes=OUTCOMES,
        within=words.within, quorum={one.id: meetings.quorum_course(one, g.now) for one in held},
    )  # fmt: skip


@record.route("/escalate", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def escalate(reference: str) -> ResponseReturnValue:
    """Ask the Partnership Chair where the three partners do not agree."""
    case = seen(reference, "rapid-review escalate")
    form, found = EscalateForm(), record_of(case.id)
    key = form_key(form)
    return step_page(
        "escalate", case, form, deciding.escalation_turn(case.id, found),
        lambda: deciding.escalate(case.id, form.words.cleaned, key, actor=current_actor(), now=g.now),
        "The Partnership Chair is asked.", **ROOM, record=found, partners=SAFEGUARDING_PARTNERS, outcomes=OUTCOMES,
        within=words.within,
    )  # fmt: skip


@record.route("/settle", methods=BOTH)
@requires(Permission.REVIEW_SETTLE)
def settle(reference: str) -> ResponseReturnValue:
    """Decide, as the Partnership Chair, where the three partners do not agree."""
    case = seen(reference, "rapid-review settle")
    refuse_beyond(case)
    form, found = SettleForm(), record_of(case.id)
    key = form_key(form)
    return step_page(
        "settle", case, form, deciding.settling_turn(case.id, found),
        lambda: deciding.settle(case.id, form.decided(key), actor=current_actor(), now=g.now),
        "Your decision is recorded.", **ROOM, record=found, partners=SAFEGUARDING_PARTNERS, outcomes=OUTCOMES,
        within=words.within,
    )  # fmt: skip


def _standing_mark(case: Case, party: Party) -> str:
    """Names the position of a partner that stands now ('' for none)."""
    standing = record_of(case.id).positions.get(party)
    return str(standing.id) if standing else ""


def _decision_mark(case: Case) -> str:
    """Names the decision that is in force now ('0' for none)."""
    made = record_of(case.id).decision
    return str(made.number if made else 0)


def _closed(case: Case, found: Record) -> OutOfTurn | None:
    reason = why_not(history_of(case.id))
    if reason is None and found.decision is not None:
        return OutOfTurn("The decision is recorded", "What was said stands with it.")
    return reason

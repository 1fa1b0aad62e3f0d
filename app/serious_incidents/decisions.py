"""Recording the partners' decision on notification (A-05), by a named person, on three positions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.actor import Actor
from app.cases.service import Case, changed, lock
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.marks import duty
from app.serious_incidents import progress, recipients, rules, words
from app.serious_incidents.errors import AlreadyDone, ChangedMeanwhile, Incomplete, OutOfTurn, Recorded
from app.serious_incidents.models import NotificationDecision, PartnerPosition
from app.serious_incidents.progress import Progress
from app.serious_incidents.responses import deem_what_is_due
from app.serious_incidents.rules import DecisionAnswers
from app.serious_incidents.steps import happened
from tenants.db import db


@dataclass(frozen=True, slots=True)
class Proposed:
    """A decision as it was typed: on which version of the case, and sent under which key."""

    answers: DecisionAnswers
    version: int
    key: UUID


@duty("A-05", "B1-01", "B1-02", "B1-14", "B1-15")
def record_decision(
    case_id: UUID, proposed: Proposed, *, actor: Actor, now: datetime
) -> NotificationDecision:
    """Record the decision on three positions, with the test, the harm, the guidance and a rationale.

    Raises AlreadyDone (with every answer of the decision that won), ChangedMeanwhile (the positions are not those
    that the form showed), OutOfTurn (a position is missing, the partners differ, or not this person's to record),
    Incomplete. The same form sent twice is one decision.
    """
    case = lock(case_id)
    found = progress.load(case_id)
    if found.decision is not None:
        if found.decision.submission_key == proposed.key:
            return found.decision
        raise already_decided(found.decision)
    if case.version != proposed.version:
        raise ChangedMeanwhile
    if deem_what_is_due(case, found, now):
        found = progress.load(case_id)
    agreed = ready(found)
    faults = rules.decision_faults(proposed.answers, agreed)
    if faults:
        raise Incomplete(faults)
    return _record(case, found, proposed, actor, now)


def ready(found: Progress) -> str:
    """What the three partners agree on. Raises OutOfTurn where a position is missing or they differ."""
    positions = found.in_force()
    missing = rules.missing_positions(positions)
    if missing:
        names = ", ".join(words.party_name(party) for party in missing)
        raise OutOfTurn("The decision cannot be recorded yet", f"A position is still awaited from: {names}.")
    agreed = rules.agreed_outcome(position.outcome for position in positions.values())
    if agreed is None:
        raise OutOfTurn(
            "The partners differ",
            "A short meeting of the partners is needed. Until the decision each partner may replace its own response.",
        )
    return agreed


def already_decided(decision: NotificationDecision) -> AlreadyDone:
    """The error for a second decision, with every answer of the first."""
    recorded = Recorded(
        words.by(decision.person_name, decision.capacity),
        words.at(decision.decided_at),
        answers_in_words(decision),
    )
    return AlreadyDone("The decision has been recorded", recorded)


def answers_in_words(row: NotificationDecision | DecisionAnswers) -> dict[str, str]:
    """Each answer of a decision under its field's name, as people read it."""
    yes_no = {True: "Yes", False: "No", None: ""}
    return {
        "abuse": words.ABUSE.get(row.abuse or "", ""),
        "abuse_rationale": row.abuse_rationale,
        "limb_a": yes_no[row.limb_a],
        "limb_a_rationale": row.limb_a_rationale,
        "limb_b": yes_no[row.limb_b],
        "limb_b_rationale": row.limb_b_rationale,
        "harm_kinds": "; ".join(
            rules.HARM_KINDS[kind] for kind in row.harm_kinds if kind in rules.HARM_KINDS
        ),
        "harm_judgement": row.harm_judgement,
        "guidance_considered": yes_no[row.guidance_considered],
        "outcome": words.OUTCOMES.get(row.outcome or "", ""),
        "rationale": row.rationale,
    }


def _record(
    case: Case, found: Progress, proposed: Proposed, actor: Actor, now: datetime
) -> NotificationDecision:
    answers = proposed.answers
    assert answers.outcome is not None
    positions = found.in_force().values()
    capacity = rules.deciding_capacity(actor.capacities, answers.outcome, positions)
    if capacity is None:
        raise OutOfTurn("This decision is not yours to record", why_not(answers.outcome, list(positions)))
    acting = actor.acting_as([capacity])
    fields = {name: _stripped(value) for name, value in asdict(answers).items()}
    row = NotificationDecision(
        case_id=case.id,
        number=1,
        **{**fields, "harm_kinds": list(answers.harm_kinds)},
        positions=[_snapshot(party, found.positions[party]) for party in SAFEGUARDING_PARTNERS],
        person_id=acting.person_id,
        person_name=acting.name,
        capacity=acting.capacity,
        decided_at=now,
        submission_key=proposed.key,
    )
    db.session.add(row)
    happened(
        EventKind.DECISION_RECORDED, case.id, acting, now, outcome=row.outcome,
        facts={"test_met": rules.test_is_met(answers), "deemed": sum(one.kind == "deemed" for one in positions)},
        payload={**answers_in_words(row), "guidance_edition": row.guidance_edition, "positions": row.positions},
    )  # fmt: skip
    _tell(case, now)
    changed(case)
    return row


def why_not(outcome: str, positions: list[rules.Position]) -> str:
    """Why somebody may not record this decision."""
    authority = (
        "the Service Director, or in their absence the representative of Children's Services, records it"
    )
    if outcome != Outcome.NOTIFY:
        return f"The local authority answers for not notifying: {authority}."
    if rules.needs_local_authority(outcome, positions):
        return (
            f"No partner has answered, so the local authority confirms what silence agreed to: {authority}."
        )
    return "A decision is recorded by a representative of one of the three safeguarding partners."


def _snapshot(party: Party, row: PartnerPosition) -> dict[str, Any]:
    return {
        "party": party.value,
        "outcome": row.outcome,
        "kind": row.kind,
        "rationale": row.rationale,
        "person": row.person_name,
        "person_id": str(row.person_id) if row.person_id else None,
        "capacity": row.capacity,
        "happened_at": row.happened_at.isoformat(),
    }


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _tell(case: Case, now: datetime) -> None:
    partners = [one for party in SAFEGUARDING_PARTNERS for one in recipients.representatives(party, now)]
    others = [*recipients.holders(Party.PARTNERSHIP_TEAM, now), *recipients.holders(Party.LIG_CHAIR, now)]
    recipients.tell(
        "decision-recorded", list(dict.fromkeys([*partners, *others])), case_id=case.id,
        reference=case.reference, now=now,
    )  # fmt: skip

"""The decision to notify, the notification itself and who is told (Section B; Children Act 2004)."""

from __future__ import annotations

from datetime import datetime

from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Outcome, Party
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import Obligation
from app.procedure.response_duties import positions

DUTY_STAYS = "The decision was not to notify; the local authority's own duty stays with it."
TOLD = {
    Party.INDEPENDENT_SCRUTINEER: "Independent Scrutineer",
    Party.STRATEGIC_MANAGER: "Strategic Partnership Manager",
}


def notification_obligations(history: History) -> list[Obligation]:
    """What is owed to decide, to notify and to inform."""
    return [*decide(history), *notify_panel(history), *inform(history)]


@duty("B1-01", "B1-15")
def decide(history: History) -> list[Obligation]:
    """Once three positions are filled, a named person records the decision for the local authority."""
    held = positions(history)
    if len(held) < len(SAFEGUARDING_PARTNERS):
        return []
    made = history.decision
    return [
        history.unclocked(
            "B1-15", "B1-15", Party.LOCAL_AUTHORITY,
            "Record the decision on notification, with the test and the rationale",
            "Section A and Section B: the safeguarding partners decide whether the criteria are met",
            max(position.happened_at for position in held.values()), ended=made.happened_at if made else None,
        )
    ]  # fmt: skip


@duty("B1-03")
def became_aware(history: History) -> datetime | None:
    """When the local authority became aware: as recorded, and at the latest when its Service Director had the
    referral, so that a date that is missing or later than that never gives more time."""
    known = (
        history.first(EventKind.LOCAL_AUTHORITY_AWARE),
        history.first(EventKind.REFERRAL_SHARED, Party.SERVICE_DIRECTOR),
    )
    return min((event.happened_at for event in known if event), default=None)


@duty("B1-03")
def notify_panel(history: History) -> list[Obligation]:
    """The local authority notifies the Panel within five working days of becoming aware of the incident."""
    aware = became_aware(history)
    if aware is None:
        return []
    sent, decision = history.notified, history.decision
    not_needed = sent is None and decision is not None and decision.outcome == Outcome.DO_NOT_NOTIFY.value
    ended = sent.happened_at if sent else (decision.happened_at if not_needed and decision else None)
    return [
        history.clocked(
            "B1-03", "B1-03", Party.SERVICE_DIRECTOR, "Notify the Child Safeguarding Practice Review Panel",
            "Section B: the local authority notifies within five working days of becoming aware", aware,
            "the local authority becoming aware", ended=ended, ending="not needed" if not_needed else "met",
            reason=DUTY_STAYS if not_needed else None,
        )
    ]  # fmt: skip


@duty("B1-04")
def inform(history: History) -> list[Obligation]:
    """The Independent Scrutineer and the Strategic Partnership Manager are told of a decision to notify."""
    decision = history.decision
    if decision is None or decision.outcome != Outcome.NOTIFY.value:
        return []
    owed = []
    for party, name in TOLD.items():
        told = history.first(EventKind.PARTY_INFORMED, party)
        owed.append(
            history.clocked(
                f"B1-04:{party.value}", "B1-04", Party.PARTNERSHIP_TEAM,
                f"Inform the {name} of the notification",
                "Section B: reported locally within five working days of the decision", decision.happened_at,
                "the decision to notify", ended=told.happened_at if told else None,
            )
        )  # fmt: skip
    return owed

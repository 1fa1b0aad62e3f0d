"""The decision to notify, the notification itself and who is told (Section B; Children Act 2004)."""

from __future__ import annotations

from datetime import datetime

from app.procedure.clocks import day_end
from app.procedure.events import Event, EventKind, Outcome, Party
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import Obligation
from app.procedure.positions import agree, positions

MISSED = "Said after the clock had ended."
CONFIRM = "Clocks: where the answer is not to notify, the local authority must confirm"
DUTY_STAYS = "The decision was not to notify; the local authority's own duty stays with it."
OWN_DUTY = "The local authority notifies on its own duty, whatever was decided locally."
PARTNERSHIP_CHAIR = Party.PARTNERSHIP_CHAIR.value
TOLD = {
    Party.INDEPENDENT_SCRUTINEER: "Independent Scrutineer",
    Party.STRATEGIC_MANAGER: "Strategic Partnership Manager",
}


def notification_obligations(history: History) -> list[Obligation]:
    """What is owed to decide, to notify and to inform."""
    return [
        *decide(history),
        *notify_panel(history),
        *explain_missed(history),
        *confirm_not_notifying(history),
        *inform(history),
        *choose_outcome(history),
        *review_follows(history),
    ]


@duty("A-05", "B1-01", "B1-15")
def decide(history: History) -> list[Obligation]:
    """Once the three positions agree, a named person records the decision for the local authority."""
    made = next(iter(history.decisions), None)
    as_decided = history.as_recorded_by(made) if made else history
    if made is not None and made.facts.get("maker") == PARTNERSHIP_CHAIR:
        return []
    if made is None and agree(history) is None:
        return []
    held = [position.happened_at for position in positions(as_decided).values()]
    return [
        history.unclocked(
            "B1-15", "B1-15", Party.LOCAL_AUTHORITY,
            "Record the decision on notification, with the test and the rationale",
            "Section A and Section B: the safeguarding partners decide whether the criteria are met",
            max(held, default=made.happened_at if made else history.events[-1].happened_at),
            ended=made.happened_at if made else None,
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
    sent, over = history.notified, not_notified_since(history)
    ended = sent.happened_at if sent else over
    not_needed = sent is None and over is not None
    late = not_needed and over is not None and over >= day_end(history.due_on("B1-03", aware))
    return [
        history.clocked(
            "B1-03", "B1-03", Party.SERVICE_DIRECTOR, "Notify the Child Safeguarding Practice Review Panel",
            "Section B: the local authority notifies within five working days of becoming aware", aware,
            "the local authority becoming aware", ended=ended, ending="not needed" if not_needed else "met",
            reason=(f"{DUTY_STAYS} {MISSED}" if late else DUTY_STAYS) if not_needed else None,
        )
    ]  # fmt: skip


@duty("B1-03")
def not_notified_since(history: History) -> datetime | None:
    """Since when it is settled that the incident is not notified: by the partners' decision, which the local
    authority records, or by the Partnership Chair's once the local authority has confirmed it (clocks 8). None while
    it is to be notified, undecided or looked at again."""
    made = history.decision
    if made is None or not history.settled or to_be_notified(history) is not None:
        return None
    if not history.chair_decided:
        return made.happened_at
    confirmed = next(iter(history.after(made, EventKind.NOT_NOTIFYING_CONFIRMED)), None)
    return confirmed.happened_at if confirmed else None


@duty("B1-03")
def explain_missed(history: History) -> list[Obligation]:
    """A statutory clock that was missed stays missed: why, and to whom it was reported, is recorded beside it
    (clocks 7), also where a correction has made it a missed one."""
    aware, sent = became_aware(history), history.notified
    if aware is None or sent is None or sent.happened_at < day_end(history.due_on("B1-03", aware)):
        return []
    said = sent if sent.facts.get("missed") else history.first(EventKind.MISSED_CLOCK_EXPLAINED)
    return [
        history.unclocked(
            "B1-03:missed", "B1-03", Party.LOCAL_AUTHORITY,
            "Say why the clock for notifying the Panel was missed, and to whom that was reported",
            "Clocks: a statutory clock that is missed stays missed, with the reason beside it", sent.happened_at,
            ended=said.happened_at if said else None,
        )
    ]  # fmt: skip


@duty("B1-03")
def confirm_not_notifying(history: History) -> list[Obligation]:
    """Where the Partnership Chair decides not to notify, the local authority confirms it, or notifies on its own
    duty: its own clock runs until then (clocks 8, N-03)."""
    owed = []
    for place, made in enumerate(history.decisions, start=1):
        chairs = made.facts.get("maker") == PARTNERSHIP_CHAIR
        if not chairs or made.outcome != Outcome.DO_NOT_NOTIFY.value:
            continue
        answer = next(iter(history.after(made, EventKind.NOT_NOTIFYING_CONFIRMED)), None)
        other = next(
            iter(history.after(made, EventKind.DECISION_RECORDED, EventKind.NOTIFIED_AGAINST_DECISION)), None
        )
        over = answer or other or (history.override if made is history.decision else None)
        owed.append(
            history.unclocked(
                f"B1-03:confirm:{place}", "B1-03", Party.LOCAL_AUTHORITY,
                "Confirm that the local authority does not notify, or notify on its own duty", CONFIRM,
                made.happened_at, ended=max(over.happened_at, made.happened_at) if over else None,
                ending="met" if answer else "not needed",
                reason=None if answer or not over else "The local authority notifies, or it was decided anew.",
            )
        )  # fmt: skip
    return owed


@duty("N-03")
def to_be_notified(history: History) -> Event | None:
    """What makes the incident one to be notified: the decision in force, or the local authority's own duty,
    which stays with it whatever is decided locally. None where neither does."""
    decision = history.decision
    if decision is not None and decision.outcome == Outcome.NOTIFY.value:
        return decision
    return history.override or (history.notified if history.came_first else None)


@duty("B1-04")
def inform(history: History) -> list[Obligation]:
    """The Independent Scrutineer and the Strategic Partnership Manager are told of a decision to notify."""
    to_notify = [made for made in history.decisions if made.outcome == Outcome.NOTIFY.value]
    began = [one for one in (to_be_notified(history), *to_notify, history.override) if one is not None]
    if not began:
        return []
    first = min(began, key=lambda one: one.happened_at)
    # Once it was sent they are told of it, whatever is decided afterwards.
    over = history.decision if to_be_notified(history) is None and history.notified is None else None
    owed = []
    for party, name in TOLD.items():
        told = history.first(EventKind.PARTY_INFORMED, party)
        owed.append(
            history.clocked(
                f"B1-04:{party.value}", "B1-04", Party.PARTNERSHIP_TEAM,
                f"Inform the {name} of the notification",
                "Section B: reported locally within five working days of the decision", first.happened_at,
                "the decision to notify", ended=told.happened_at if told else (over.happened_at if over else None),
                ending="met" if told else "not needed",
                reason="It was decided anew, not to notify." if over and not told else None,
            )
        )  # fmt: skip
    return owed


@duty("A-06")
def choose_outcome(history: History) -> list[Obligation]:
    """After a decision not to notify, the chair of the group decides what follows for the referral."""
    owed = []
    for place, decision in enumerate(history.decisions, start=1):
        notified_before = (
            history.notified is not None and history.notified.recorded_at <= decision.recorded_at
        )
        if decision.outcome != Outcome.DO_NOT_NOTIFY.value or notified_before:
            continue
        chosen = next(iter(history.after(decision, EventKind.OUTCOME_CHOSEN)), None)
        later = next(iter(history.after(decision, EventKind.DECISION_RECORDED,
                                        EventKind.NOTIFIED_AGAINST_DECISION)), None)  # fmt: skip
        over = chosen or later
        owed.append(
            history.unclocked(
                f"A-06:{place}", "A-06", Party.LIG_CHAIR,
                "Decide what follows: discussion by the group, a leads meeting, or no further action",
                "Section A: the chair of the group decides where the criteria are not met",
                decision.happened_at, ended=over.happened_at if over else None,
                ending="met" if chosen else "not needed",
                reason=None if chosen or not later else "The incident is to be notified or was decided anew.",
            )
        )  # fmt: skip
    return owed


@duty("N-05")
def review_follows(history: History) -> list[Obligation]:
    """A rapid review follows every notification, unless a ground for not holding it is recorded. Once it is planned,
    its own clock runs (B2-01)."""
    sent = history.notified
    if sent is None:
        return []
    ground = history.last(EventKind.REVIEW_GROUND_RECORDED)
    planned = history.first(EventKind.RAPID_REVIEW_PLANNED) if ground is None else None
    over = ground or planned
    late = ground is not None and ground.happened_at >= day_end(history.due_on("N-05", sent.happened_at))
    said = "A ground for not holding one was recorded."
    return [
        history.clocked(
            "N-05", "N-05", Party.PARTNERSHIP_TEAM,
            "Plan the rapid review, or record the ground on which none is held",
            "Section B, rapid reviews; the Panel's guidance: a rapid review follows every notification",
            sent.happened_at, "the notification", ended=over.happened_at if over else None,
            ending="met" if planned else "not needed",
            reason=(f"{said} {MISSED}" if late else said) if ground else None,
        )
    ]  # fmt: skip

"""The exceptional decision not to hold a rapid review (Section B, Rapid Reviews): the ground, what each safeguarding
partner says of it, the oversight of the Independent Scrutineer, and the notice to the Panel.

A ground that was withdrawn counts for nothing, nor does what was said of it: all is asked anew of a further one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.procedure.clocks import day_end
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party, Stage
from app.procedure.history import History, recorded
from app.procedure.marks import duty
from app.procedure.obligation import Obligation
from app.procedure.rapid_review_steps import CLOCK

AGREED, NOT_AGREED = "agreed", "not-agreed"
RATIONALE = (
    "Rapid Reviews: the rationale, as agreed by the safeguarding partners with the scrutineer's oversight"
)
NOTICE = (
    "Rapid Reviews: a decision not to undertake a rapid review is notified to the Panel, with the rationale"
)
Faults = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody records of the notice to the Panel. `sent_at` is aware, or None where it was not given; `detail`
    says how where the channel is another, and `to` to which address."""

    sent_at: datetime | None
    channel: str
    detail: str
    to: str
    missed_reason: str = ""
    missed_reported_to: str = ""
    channels: frozenset[str] = field(default_factory=frozenset)


def ground_of(history: History) -> Event | None:
    """The ground in force on which no rapid review is held, while there is a notification for it to follow."""
    return history.last(EventKind.REVIEW_GROUND_RECORDED) if history.notified is not None else None


def notice_due(history: History) -> datetime | None:
    """The end of the fifteenth working day after the notification; None while there is none."""
    sent = history.notified
    return day_end(history.due_on(CLOCK, sent.happened_at)) if sent is not None else None


@duty("B2-02")
def answer_of(history: History, party: Party) -> Event | None:
    """What a partner says of the ground in force: the last that it said, by when it said so, whoever recorded it."""
    return _last(history, EventKind.NO_REVIEW_AGREED, party)


@duty("B2-02")
def oversight_of(history: History) -> Event | None:
    """The scrutineer's oversight of the ground in force: the last that was given."""
    return _last(history, EventKind.NO_REVIEW_OVERSEEN)


def told_panel(history: History) -> Event | None:
    """The notice to the Panel of the decision on the ground in force."""
    return _last(history, EventKind.PANEL_TOLD_OF_NO_REVIEW)


@duty("B2-02", "N-05")
def refused_by(history: History) -> list[Party]:
    """The partners that do not agree: the rapid review is held."""
    said = {party: answer_of(history, party) for party in SAFEGUARDING_PARTNERS}
    return [party for party, one in said.items() if one is not None and one.outcome == NOT_AGREED]


@duty("B2-02")
def awaited(history: History) -> list[Party]:
    """Whose agreement or oversight is still missing before the Panel can be told; one who does not agree included."""
    if ground_of(history) is None:
        return []
    said = {party: answer_of(history, party) for party in SAFEGUARDING_PARTNERS}
    missing = [party for party, one in said.items() if one is None or one.outcome != AGREED]
    return [*missing, *([] if oversight_of(history) else [Party.INDEPENDENT_SCRUTINEER])]


@duty("B2-02")
def notice_faults(notice: Notice, history: History, now: datetime) -> Faults:
    """Why a notice cannot be recorded so: it follows the agreement and the oversight, and lateness is explained."""
    faults = [*_sent_faults(notice.sent_at, history, now)]
    if notice.channel not in notice.channels:
        faults.append(("channel", "Select how the Panel was notified"))
    elif notice.channel == "other" and not notice.detail.strip():
        faults.append(("detail", "Say how the Panel was notified"))
    if not notice.to.strip():
        faults.append(("address", "Enter to which address or number it went"))
    if missed(notice.sent_at, history):
        if not notice.missed_reason.strip():
            faults.append(("missed_reason", "Say why it was sent after the fifteenth working day"))
        if not notice.missed_reported_to.strip():
            faults.append(("missed_reported_to", "Say to whom the missed clock was reported"))
    return faults


def missed(sent_at: datetime | None, history: History) -> bool:
    """Whether the notice was sent after the fifteenth working day; the end itself is already too late."""
    due = notice_due(history)
    return sent_at is not None and due is not None and sent_at >= due


def _sent_faults(sent_at: datetime | None, history: History, now: datetime) -> Faults:
    if sent_at is None:
        return [("sent_at", "Enter the date and time when the Panel was notified")]
    if sent_at > now:
        return [("sent_at", "The Panel cannot have been notified in the future")]
    said = [answer_of(history, party) for party in SAFEGUARDING_PARTNERS] + [oversight_of(history)]
    last = max((one.happened_at for one in said if one), default=sent_at)
    if sent_at < last:
        return [("sent_at", "This is before the last partner agreed, or before the scrutineer's oversight")]
    return []


def declined_review_obligations(history: History) -> list[Obligation]:
    """What the exceptional decision obliges, while a ground is in force."""
    if ground_of(history) is None:
        return []
    return [*agreements(history), *oversight(history), *withdraw(history), *tell_panel(history)]


@duty("B2-02", "N-05")
def agreements(history: History) -> list[Obligation]:
    """Each of the three partners says whether it agrees that no rapid review is held."""
    ground, owed = ground_of(history), []
    for party in SAFEGUARDING_PARTNERS if ground else ():
        said = answer_of(history, party)
        owed.append(
            _unclocked(history, f"B2-02:{party.value}", party, "Say whether you agree that no rapid review is held, "
                       "with your reason", RATIONALE, ground, said)
        )  # fmt: skip
    return owed


@duty("B2-02")
def oversight(history: History) -> list[Obligation]:
    """The Independent Scrutineer oversees the decision, in their own words."""
    ground = ground_of(history)
    if ground is None:
        return []
    return [
        _unclocked(history, "B2-02:oversight", Party.INDEPENDENT_SCRUTINEER, "Record your oversight of the decision "
                   "not to hold a rapid review", RATIONALE, ground, oversight_of(history))
    ]  # fmt: skip


@duty("N-05")
def withdraw(history: History) -> list[Obligation]:
    """Where a partner does not agree, the rapid review is held: the ground is withdrawn, and its clock runs again."""
    ground, against = ground_of(history), refused_by(history)
    if ground is None or not against:
        return []
    first = min((one.happened_at for party in against if (one := answer_of(history, party))), default=None)
    return [
        history.unclocked(
            "N-05:withdraw", "N-05", Party.PARTNERSHIP_TEAM,
            "A partner does not agree: withdraw the ground, so that the rapid review is held",
            "The Panel's guidance: a rapid review follows every notification",
            max(first or ground.happened_at, ground.happened_at), stage=Stage.RAPID_REVIEW,
        )
    ]  # fmt: skip


@duty("B2-02", "N-05")
def tell_panel(history: History) -> list[Obligation]:
    """The Panel is notified of the decision and its rationale within fifteen working days of the notification."""
    sent, told = history.notified, told_panel(history)
    if sent is None or ground_of(history) is None:
        return []
    return [
        history.clocked(
            "B2-02", "B2-02", Party.PARTNERSHIP_TEAM, "Notify the Panel of the decision not to hold a rapid review",
            NOTICE, sent.happened_at, "the notification", stage=Stage.RAPID_REVIEW, clock=CLOCK,
            ended=told.happened_at if told else None,
        )
    ]  # fmt: skip


def _unclocked(
    history: History,
    key: str,
    owner: Party,
    action: str,
    paragraph: str,
    ground: Event | None,
    said: Event | None,
) -> Obligation:
    assert ground is not None
    return history.unclocked(
        key, "B2-02", owner, action, paragraph, ground.happened_at, stage=Stage.RAPID_REVIEW,
        ended=max(said.happened_at, ground.happened_at) if said else None,
    )  # fmt: skip


def _last(history: History, kind: EventKind, party: Party | None = None) -> Event | None:
    """The last event of a kind that concerns the ground in force. What was recorded of an earlier ground, since
    withdrawn, is none."""
    ground = ground_of(history)
    found = history.after(ground, kind, party=party) if ground is not None else []
    return max(found, key=lambda one: (one.happened_at, *recorded(one)), default=None)

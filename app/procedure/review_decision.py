"""The decision whether a local child safeguarding practice review is commissioned (Rapid Reviews; 5.2; 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.procedure.events import SAFEGUARDING_PARTNERS, WITHIN_A_SENTENCE, Lcspr, Party
from app.procedure.marks import duty
from app.procedure.quorum import Quorum

Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting at which it is decided: from its opening until its end, None while it is not over."""

    opened_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of the decision. An unanswered question is None or empty. `negates` says that the rapid review has
    made a practice review unnecessary."""

    outcome: str | None
    rationale: str
    negates: bool | None
    home_office: bool | None
    decided_at: datetime | None


def waiting_for(positions: Mapping[Party, str]) -> list[Party]:
    """The partners who have not said yet."""
    return [party for party in SAFEGUARDING_PARTNERS if party not in positions]


@duty("B2-15")
def agreed(positions: Mapping[Party, str]) -> str | None:
    """What all three partners say; None while one has not said, or where they do not agree."""
    said = {positions.get(party) for party in SAFEGUARDING_PARTNERS}
    return said.pop() if len(said) == 1 else None


def position_faults(outcome: str | None, rationale: str) -> list[Fault]:
    """What is missing of a partner's position."""
    faults: list[Fault] = []
    if outcome not in list(Lcspr):
        faults.append(("outcome", "Select whether a practice review is commissioned"))
    if not rationale.strip():
        faults.append(("rationale", "Give the rationale"))
    return faults


@duty("B2-15")
def decision_faults(
    answers: Answers,
    positions: Mapping[Party, str],
    meeting: Meeting | None,
    there: Quorum | None,
    now: datetime,
) -> list[Fault]:
    """Why these answers cannot be recorded as the partners' decision: they must all say it, at a moment of the meeting
    at which each was represented. Meeting the criteria obliges nobody, and a rapid review may make a practice review
    unnecessary where it has made the learning and the recommendations already."""
    return [*_outcome_faults(answers, agreed(positions)), *moment_faults(answers, meeting, there, now)]


@duty("B2-15")
def chair_faults(answers: Answers) -> list[Fault]:
    """Why these answers cannot be recorded as the Partnership Chair's decision, where the partners do not agree."""
    own = answers.outcome if answers.outcome in list(Lcspr) else None
    return _outcome_faults(answers, own)


def _outcome_faults(answers: Answers, agreed_on: str | None) -> list[Fault]:
    faults: list[Fault] = []
    if answers.outcome not in list(Lcspr):
        faults.append(("outcome", "Select the decision"))
    elif answers.outcome != agreed_on:
        faults.append(("outcome", "That is not what the three partners say. Record what they agree on"))
    if not answers.rationale.strip():
        faults.append(("rationale", "Give the rationale of the decision"))
    if answers.outcome == Lcspr.DO_NOT_COMMISSION and answers.negates is None:
        faults.append(("negates", "Select whether the rapid review has made a practice review unnecessary"))
    if answers.home_office is None:
        faults.append(("home_office", "Select whether a contribution of the Home Office is needed"))
    return faults


@duty("B2-07")
def moment_faults(
    answers: Answers, meeting: Meeting | None, there: Quorum | None, now: datetime
) -> list[Fault]:
    """A decision is made at a moment of a meeting that was quorate at that moment, and at no other."""
    at = answers.decided_at
    if meeting is None or meeting.opened_at is None:
        return [
            (
                "meeting",
                "Select the meeting at which it was decided. One that has not been opened decides nothing",
            )
        ]
    if at is None:
        return [("decided_at", "Enter when it was decided")]
    if at > now:
        return [("decided_at", "When it was decided must not be in the future")]
    if at < meeting.opened_at or (meeting.closed_at is not None and at > meeting.closed_at):
        return [
            ("decided_at", "That is not within the meeting: enter a time between its opening and its end")
        ]
    if there is None or not there.quorate:
        nobody = " or ".join(
            WITHIN_A_SENTENCE[party] for party in (there.missing if there else SAFEGUARDING_PARTNERS)
        )
        return [("decided_at", f"The meeting was not quorate then: nobody was there for {nobody}")]
    return []

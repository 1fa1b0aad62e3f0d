"""What the procedure says of a partner's silence, asked with the case's own history and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.cases.obligation_store import history_of
from app.procedure.events import Party
from app.procedure.notification_duties import became_aware
from app.procedure.positions import may_be_deemed


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that counts as agreement: since exactly when, and with which view."""

    ended: datetime
    outcome: str


def silence(case_id: UUID, party: Party, now: datetime) -> Silence | str:
    """Whether a partner's silence counts as agreement at `now`; a string says why it does not."""
    answer = may_be_deemed(history_of(case_id), party, now)
    if answer.at is None or answer.outcome is None:
        return answer.why_not or "the procedure does not allow it"
    return Silence(answer.at, answer.outcome)


def aware_at(case_id: UUID) -> datetime | None:
    """When the local authority became aware, as far as the case's history tells."""
    return became_aware(history_of(case_id))

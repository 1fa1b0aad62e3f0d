"""A stored obligation as the pure procedure's own value, so that its state is derived in one place."""

from __future__ import annotations

from typing import Any, cast

from app.cases.models import StoredObligation
from app.procedure.events import Party, Stage
from app.procedure.obligation import ClockRule, Obligation


def as_obligation(row: StoredObligation) -> Obligation:
    """The value that was stored."""
    return Obligation(
        key=row.key,
        duty=row.duty,
        stage=Stage(row.stage),
        owner=Party(row.owner),
        action=row.action,
        paragraph=row.paragraph,
        rule=ClockRule(cast(Any, row.rule_kind), row.rule_days, row.rule_label),
        counted_from=row.counted_from,
        starts=row.starts,
        remind_from=row.remind_from,
        due_on=row.due_on,
        due=row.due,
        ended=row.ended,
        ending=cast(Any, row.ending),
        reason=row.reason,
        deputy_from=row.deputy_from,
    )

"""Messages and failed work, for the pages that show them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.outbox.models import JobIntent, OutboxMessage
from tenants.db import db


def messages_of(case_reference: str) -> Sequence[OutboxMessage]:
    """The messages sent about a case, newest first."""
    query = select(OutboxMessage).where(OutboxMessage.case_reference == case_reference)
    return db.session.scalars(query.order_by(OutboxMessage.created_at.desc())).all()


def dead_letters() -> Sequence[JobIntent]:
    """Work that failed so often that it is no longer tried by itself."""
    return db.session.scalars(select(JobIntent).where(JobIntent.failed_at.is_not(None))).all()

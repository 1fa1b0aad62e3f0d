"""Reading the plan of a rapid review."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.rapid_reviews.plan_models import RapidReviewPlan
from tenants.db import db


def plans_of(case_id: UUID) -> Sequence[RapidReviewPlan]:
    """Every plan of a case, the latest first."""
    query = select(RapidReviewPlan).where(RapidReviewPlan.case_id == case_id)
    return db.session.scalars(query.order_by(RapidReviewPlan.number.desc())).all()


def plan_of(case_id: UUID) -> RapidReviewPlan | None:
    """The plan in force: the last that was set."""
    return next(iter(plans_of(case_id)), None)

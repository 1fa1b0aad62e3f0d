"""What other rooms read of a rapid review."""

from __future__ import annotations

from app.rapid_reviews.plan_queries import plan_of as plan_of
from app.rapid_reviews.record_queries import DecisionView as DecisionView
from app.rapid_reviews.record_queries import PositionView as PositionView
from app.rapid_reviews.record_queries import Record as Record
from app.rapid_reviews.record_queries import record_of as record_of

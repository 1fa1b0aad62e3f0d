"""What other rooms ask about recommendations."""

from __future__ import annotations

from app.recommendations.owed import Owed, owed_by_agency
from app.recommendations.reading import ActionView, RecommendationView, UpdateView, of_case, one_of

__all__ = ["ActionView", "Owed", "RecommendationView", "UpdateView", "of_case", "one_of", "owed_by_agency"]

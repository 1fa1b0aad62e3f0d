"""The world of the permission matrix, for walks over every route."""

from __future__ import annotations

from tests.integration.access.test_matrix import world  # noqa: F401  (a fixture)

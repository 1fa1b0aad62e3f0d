"""Marks a function with the duties that it implements, so that the catalogue can name it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from app.procedure.catalogue import CATALOGUE

Function = TypeVar("Function", bound=Callable[..., Any])
IMPLEMENTED: dict[str, list[str]] = {}


def duty(*ids: str) -> Callable[[Function], Function]:
    """Mark a function as implementing these duties. Raises KeyError for an id that the catalogue does not
    have."""
    for identifier in ids:
        if identifier not in CATALOGUE:
            raise KeyError(f"there is no duty {identifier}")

    def mark(function: Function) -> Function:
        for identifier in ids:
            IMPLEMENTED.setdefault(identifier, []).append(f"{function.__module__}.{function.__qualname__}")
        return function

    return mark

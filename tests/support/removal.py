"""Replaces one function of the product by nothing, for showing that a test would notice.

`WAYMARK_REMOVE=app.procedure.clocks.day_end` makes that function do nothing and return None, wherever it was imported:
its code is exchanged, not its name.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import FunctionType


def nothing(*_args: object, **_named: object) -> None:
    """What is left of a removed function."""


def remove(dotted: str) -> None:
    """Make a function do nothing. Raises LookupError where there is no such function."""
    module_name, _, name = dotted.rpartition(".")
    function = getattr(import_module(module_name), name, None)
    if not isinstance(function, FunctionType) or function.__code__.co_freevars:
        raise LookupError(f"{dotted} is not a function that can be removed")
    function.__code__ = nothing.__code__


def pytest_collection_finish() -> None:
    """Remove what the environment names, once everything has been imported."""
    dotted = os.environ.get("WAYMARK_REMOVE")
    if dotted:
        remove(dotted)

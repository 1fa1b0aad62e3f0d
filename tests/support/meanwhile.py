"""Another request that comes in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest


def meanwhile(patch: pytest.MonkeyPatch, module: ModuleType, name: str, do: Callable[[], object]) -> None:
    """Let something be done on a thread of its own just before a module's function next runs; once."""
    real = getattr(module, name)

    def interrupted(*given: Any, **named: Any) -> Any:
        patch.setattr(module, name, real)
        with ThreadPoolExecutor(1) as other:
            other.submit(do).result()
        return real(*given, **named)

    patch.setattr(module, name, interrupted)

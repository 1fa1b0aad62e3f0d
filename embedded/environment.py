"""The environment of the running demonstration, kept for `script/flask` in a file that only its user can read."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

NAME = "environment"


def keep(data: Path, settings: Mapping[str, str]) -> Path:
    """Write what a command needs to reach the running demonstration, as a shell reads it; whole or not at all."""
    path = data / NAME
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())
    draft.replace(path)
    return path


def forget(data: Path) -> None:
    """Take the file away, as the demonstration stops."""
    (data / NAME).unlink(missing_ok=True)

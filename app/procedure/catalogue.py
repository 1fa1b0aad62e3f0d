"""The catalogue of duties: every duty of the procedure with its id, kind and paragraph, in our own words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Kind = Literal["statutory", "guidance", "local"]
KINDS = ("statutory", "guidance", "local")


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: who owes what, by when, and where the procedure says so."""

    id: str
    kind: Kind
    source: str
    who: str
    text: str
    clock: str


def _read() -> dict[str, Duty]:
    rows = tomllib.loads((Path(__file__).parent / "duties.toml").read_text(encoding="utf-8"))
    return {identifier: Duty(id=identifier, **row) for identifier, row in rows.items()}


CATALOGUE = MappingProxyType(_read())

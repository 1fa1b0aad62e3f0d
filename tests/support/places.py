"""Partnerships for tests: the four of the demonstration, and fresh ones that nothing else touches."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

from flask import Flask

from app.clock_source import real_now
from app.partnerships.service import add
from tenants.registry import partnership_by_slug
from tenants.scope import in_partnership

PREFIX_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DESCRIPTION = """
name = "{slug} partnership"
lig_name = "Learning Inquiry Group"
reference_prefix = "{prefix}"
colour = "#1b5a7a"
team_address = "team@{slug}.example"
[[local_authorities]]
code = "{code}"
name = "{slug} council"
[[agencies]]
key = "childrens-services"
name = "Children's Services"
partner = "local-authority"
generic_inbox = "cs@{slug}.example"
[[agencies]]
key = "police"
name = "Constabulary"
partner = "police"
generic_inbox = "police@{slug}.example"
[[agencies]]
key = "icb"
name = "Integrated care board"
partner = "icb"
generic_inbox = "icb@{slug}.example"
[[agencies]]
key = "community-health"
name = "Community health"
[clocks]
{clocks}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A partnership and the application to reach it with."""

    app: Flask
    slug: str
    id: UUID

    @contextmanager
    def pinned(self, app: Flask | None = None) -> Iterator[None]:
        """A fresh session of this partnership."""
        with in_partnership(app or self.app, self.id):
            yield


def place(app: Flask, slug: str) -> Place:
    """One of the demonstration's partnerships."""
    with app.app_context():
        found = partnership_by_slug(slug)
        assert found is not None
        return Place(app, slug, found.id)


PREFIXES = count()
CODES = count(100_000)  # of authorities that do not exist; each process has a database of its own


def _prefix(number: int) -> str:
    """Four letters that no other number of this process has."""
    letters = ""
    for _place in range(4):
        number, letter = divmod(number, len(PREFIX_LETTERS))
        letters = PREFIX_LETTERS[letter] + letters
    return letters


def fresh_place(app: Flask, owner: Flask, folder: Path, clocks: str = "") -> Place:
    """A new partnership, provisioned as the command does it."""
    mark = secrets.token_hex(4)
    slug = f"p{mark}"
    path = folder / f"{slug}.toml"
    prefix = _prefix(next(PREFIXES))
    code = f"E06{next(CODES)}"
    path.write_text(DESCRIPTION.format(slug=slug, prefix=prefix, code=code, clocks=clocks), encoding="utf-8")
    with owner.app_context():
        add(path, real_now())
    return place(app, slug)

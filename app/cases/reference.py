"""Case references: not sequential, readable aloud, with a check character (`IOW-7K3M-Q`)."""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters without 0, 1, I and O
LENGTH = 4
SHAPE = re.compile(rf"([A-Z]{{2,4}})-([{ALPHABET}]{{{LENGTH}}})-([{ALPHABET}])")


def new_reference(prefix: str) -> str:
    """A reference nobody can guess from another one: a million possibilities for each prefix."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{prefix}-{body}-{check_character(prefix, body)}"


def check_character(prefix: str, body: str) -> str:
    """The last character: it changes with any one wrong character, and with nearly all swaps."""
    weight = sum((2 * place + 1) * ALPHABET.index(character) for place, character in enumerate(body, start=1))
    return ALPHABET[(weight + sum(map(ord, prefix))) % len(ALPHABET)]


def normalised(typed: str) -> str | None:
    """A typed reference in its one spelling, or None where it cannot be one (a slip is caught by the check)."""
    found = SHAPE.fullmatch(typed.strip().upper())
    if found is None or check_character(found[1], found[2]) != found[3]:
        return None
    return found[0]

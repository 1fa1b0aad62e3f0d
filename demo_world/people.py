"""Reads `people.toml`: who may be chosen at which organisation's provider."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

STANDARD = Path(__file__).parent / "people.toml"
FIELDS = ("subject", "name", "email", "job_title", "organisation")


class PeopleError(Exception):
    """The file of people contradicts itself."""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person, known to their organisation's provider by `subject`."""

    subject: str
    name: str
    email: str
    job_title: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation and its people, by name."""

    slug: str
    name: str
    people: tuple[Person, ...]

    def person(self, subject: str) -> Person | None:
        """The person of that subject, or None."""
        return next((person for person in self.people if person.subject == subject), None)


def load(path: Path = STANDARD) -> dict[str, Organisation]:
    """Organisations by slug. Raises PeopleError on a doubled subject or an unlisted organisation."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    people = [_person(entry) for entry in content.get("people", [])]
    names = {entry["slug"]: entry["name"] for entry in content.get("organisations", [])}
    seen: set[tuple[str, str]] = set()
    for person in people:
        if person.organisation not in names:
            raise PeopleError(f"{person.name} belongs to '{person.organisation}', which is not listed")
        if (person.organisation, person.subject) in seen:
            raise PeopleError(f"the subject {person.subject} appears twice in '{person.organisation}'")
        seen.add((person.organisation, person.subject))
    return {
        slug: Organisation(slug, name, tuple(person for person in people if person.organisation == slug))
        for slug, name in names.items()
    }


def _person(entry: dict[str, object]) -> Person:
    try:
        return Person(**{name: str(entry[name]) for name in FIELDS})
    except KeyError as missing:
        raise PeopleError(f"a person lacks {missing}") from None

"""Attempts to be given what belongs to others: every route, as everybody who has no business there, by every way in.

A probe sends identifiers of somebody else's cases and never a canary; whatever comes back is searched for canaries,
files as well.
"""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Flask
from openpyxl import Workbook
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.access.roles import Role
from app.entering.columns import COLUMNS
from tests.integration.attacks.nests import Nest
from tests.support.people import Someone, client_of

# Inside their own partnership these have nothing of any case (reviewers and event leads: none that is not released).
LIMITED = (Role.PARTNERSHIP_ADMINISTRATOR, Role.REVIEWER, Role.EVENT_LEAD)
CHANNELS = ("path", "query", "search", "body", "json", "header", "cookie", "name of a file", "upload", "csv", "xlsx",
            "cache", "range", "history", "next", "method")  # fmt: skip
NAMES = ("after", "reference", "case", "case_id", "q", "query", "search", "id", "slug", "next", "with", "partnership",
         "draft", "way", "agency", "principal", "person", "number", "key", "upload", "entry", "membership", "seen",
         "role", "show")  # fmt: skip
DAY = {
    "known-day": "24",
    "known-month": "11",
    "known-year": "2026",
    "on": "2026-11-24",
    "as-of": "2026-11-24",
}
HEADERS = ("X-Partnership", "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Referer", "X-Forwarded-Prefix",
           "X-HTTP-Method-Override", "Accept-Language", "User-Agent", "Origin", "X-Request-ID")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks, and the canaries that they must never be given."""

    name: str
    kind: str
    someone: Someone | None
    home: Nest | None
    forbidden: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """One route with a method, asked by somebody about somebody else's partnership."""

    rule: Rule
    method: str
    asker: Asker
    nest: Nest


def askers(nests: list[Nest]) -> list[Asker]:
    """Everybody in every partnership in every role, and nobody at all."""
    words = {word for nest in nests for word in nest.words}
    found = [Asker("nobody", "nobody", None, None, frozenset(words))]
    for nest in nests:
        for role, someone in nest.people.items():
            allowed = {nest.house} if role in LIMITED else set(nest.words)
            kind = role.value
            if nest.sealed and someone == nest.sealed.someone:
                allowed -= {nest.sealed.secret}
                kind = f"{kind}, sealed out"
            name = f"{kind} of {nest.place.slug}"
            found.append(Asker(name, kind, someone, nest, frozenset(words - allowed)))
        if nest.commissioned:
            given = frozenset(words - {nest.house, nest.lent, nest.unsent})
            name = f"commissioned reviewer of {nest.place.slug}"
            found.append(Asker(name, "commissioned reviewer", nest.commissioned, nest, given))
    return found


def targets(app: Flask, nests: list[Nest], everybody: list[Asker]) -> list[Target]:
    """Every route × method × everybody, each about a partnership whose canaries they must not be given."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        methods = sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
        if rule.endpoint.startswith("demo"):
            methods = ["GET"]  # moving the clock is the demonstration's own, and would spoil what was played
        for method in methods:
            for asker in everybody:
                found += [Target(rule, method, asker, nest) for nest in nests if asker.forbidden & nest.words]
    return found


def address(target: Target, slug: str, chance: random.Random) -> str:
    """An address of a route about a nest. A part that is not known is filled with something of the nest; parts that
    belong together, such as a case and a paper of it, mostly stay so."""
    nest = target.nest
    references = nest.references
    if nest.sealed and target.asker.home is nest:
        references = [*references, *[nest.sealed.reference] * len(references)]

    asked = target.rule.arguments - {"slug", "reference"}
    fitting = [parts for parts in nest.together if asked & set(parts)]
    together = chance.choice(fitting) if fitting and chance.random() < 0.8 else {}

    def fill(part: re.Match[str]) -> str:
        converter, name = part[1], part[2]
        if name == "slug":
            return slug
        if name in together:
            return together[name]
        if name == "reference":
            return chance.choice(references)
        if name in nest.parts and chance.random() < 0.8:
            return chance.choice(nest.parts[name])
        return (
            chance.choice(nest.identifiers)
            if converter == "uuid:"
            else chance.choice(spellings(nest, chance))
        )

    return re.sub(r"<(\w+:)?(\w+)>", fill, target.rule.rule)


def spellings(nest: Nest, chance: random.Random) -> list[str]:
    """Ways of naming a case: by reference and identifier, and by what is not quite either."""
    reference, identifier = chance.choice(nest.references), chance.choice(nest.identifiers)
    return [
        reference, reference.lower(), identifier, f"{reference}%00", f"..%2F{reference}", f"{reference}.json",
        f"{nest.place.slug}~{identifier}", f"' or reference='{reference}", reference[:6], nest.secret[:8],
    ]  # fmt: skip


def ask(app: Flask, target: Target, chance: random.Random, channel: str) -> tuple[str, TestResponse]:
    """Make one probe. Returns everything that came back, as a text, and the answer."""
    home = target.asker.home.place.slug if target.asker.home else target.nest.place.slug
    slug = chance.choice([target.nest.place.slug, home])
    path = address(target, slug, chance)
    client = client_of(app, target.asker.someone)
    sent = carried(target, chance, channel)
    method = sent.pop("method", target.method)
    for name, value in sent.pop("cookies", {}).items():
        client.set_cookie(name, value)
    answer = client.open(path, method=method, **sent)
    told = everything(answer)
    if answer.status_code in (302, 303) and answer.headers.get("Location", "").startswith("/"):
        told += everything(client.get(answer.headers["Location"]))
    return told, answer


def everything(answer: TestResponse) -> str:
    """Status, headers and content of an answer; what a file has inside it, too."""
    content = answer.get_data()
    told = f"{answer.status}\n{answer.headers}\n{content.decode('utf-8', 'replace')}"
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            told += "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return told


def carried(target: Target, chance: random.Random, channel: str) -> dict[str, Any]:
    """What is sent along, by one way in."""
    word = chance.choice(spellings(target.nest, chance))
    many = {name: named(target.nest, name, chance) for name in chance.sample(NAMES, 4)}
    form = {**many, "submission_key": str(uuid4()), "version": "1"}
    file = {"do": "look", "submission_key": str(uuid4())}
    ways: dict[str, dict[str, Any]] = {
        "path": {},
        "query": {"query_string": many},
        "search": {"query_string": {"q": chance.choice([word, word[:4], "%", "_", f"{word}%"])}},
        "body": {"method": "POST", "data": form},
        "json": {"method": "POST", "data": json.dumps(form), "content_type": "application/json"},
        "header": {"headers": {chance.choice(HEADERS): word.replace("\n", "")}},
        "cookie": {"cookies": {"partnership": target.nest.place.slug, "reference": target.nest.references[0]}},
        "name of a file": {"method": "POST", "data": {**form, "file": (io.BytesIO(b"x"), f"{word}.xlsx")}},
        "upload": {"method": "POST", "data": {**form, "file": (io.BytesIO(word.encode()), "cases.csv")}},
        "csv": {"method": "POST", "data": {**file, "file": (io.BytesIO(csv(target.nest, chance)), "cases.csv")}},
        "xlsx": {"method": "POST", "data": {**file, "file": (io.BytesIO(xlsx(target.nest, chance)), "cases.xlsx")}},
        "cache": {"headers": {chance.choice(["If-None-Match", "If-Match"]): "*", "Cache-Control": "only-if-cached"}},
        "range": {"headers": {"Range": "bytes=0-", "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}},
        "history": {"query_string": DAY},
        "next": {"query_string": {"next": f"/{target.nest.place.slug}/cases/{target.nest.references[0]}"}},
        "method": {"method": chance.choice(["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"])},
    }  # fmt: skip
    return ways[channel]


def named(nest: Nest, name: str, chance: random.Random) -> str:
    """A value for a name that is sent along: what the nest knows under it, or some way of naming a case."""
    known = nest.parts.get(name)
    return chance.choice(known if known and chance.random() < 0.5 else spellings(nest, chance))


def rows(nest: Nest, chance: random.Random) -> list[list[str]]:
    """A spreadsheet of cases that names somebody else's wherever it can."""
    return [[chance.choice(spellings(nest, chance)) for _column in COLUMNS] for _row in range(2)]


def csv(nest: Nest, chance: random.Random) -> bytes:
    lines = [[column.label for column in COLUMNS], *rows(nest, chance)]
    return "\n".join(",".join(f'"{text}"' for text in line) for line in lines).encode()


def xlsx(nest: Nest, chance: random.Random) -> bytes:
    book = Workbook()
    for line in [[column.label for column in COLUMNS], *rows(nest, chance)]:
        book.active.append(line)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def plan(found: list[Target], chance: random.Random, many: int) -> Iterator[tuple[Target, str]]:
    """In turn: each route and method by its own path as each kind of person; then any target by any way in."""
    systematic = once_each(found, chance)
    for number in range(many):
        if number % 2 == 0 and systematic:
            yield systematic.pop(), "path"
        else:
            yield chance.choice(found), chance.choice(CHANNELS)


def once_each(found: list[Target], chance: random.Random) -> list[Target]:
    """Every route × method × kind of person (of another partnership, or with little access in this one), once."""
    by: dict[tuple[str, str, str, bool], Target] = {}
    for target in chance.sample(found, len(found)):
        own = target.asker.home is target.nest
        by.setdefault((target.rule.rule, target.method, target.asker.kind, own), target)
    return list(by.values())

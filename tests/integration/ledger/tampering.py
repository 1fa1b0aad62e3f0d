"""Ways in which somebody with all rights over the database, or over the file of anchors, can change what was recorded.

Each takes the chain and a source of chance, changes something that was anchored, and says what it did.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, text, update

from app.ledger.chain import GENESIS, Link, hash_of, payload_digest
from app.ledger.models import LedgerAnchor, LedgerEvent, LedgerHead, LedgerPayload
from app.procedure.events import EventKind
from tenants.db import db

EVENTS, PAYLOADS, HEADS = LedgerEvent.__table__, LedgerPayload.__table__, LedgerHead.__table__
# `id` is made by the database, pointed at by nothing and shown nowhere: changing it changes no record.
COLUMNS = [column.name for column in EVENTS.columns if column.name != "id"]


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of which every event is anchored, in the transaction of a session that a test rolls back."""

    place_id: UUID
    length: int
    file: Path

    def any(self, chance: random.Random) -> int:
        return chance.randint(1, self.length)

    def row(self, number: int) -> dict[str, Any]:
        query = select(EVENTS).where(EVENTS.c.number == number, EVENTS.c.partnership_id == self.place_id)
        return dict(db.session.execute(query).mappings().one())

    def rows(self, start: int = 1) -> list[dict[str, Any]]:
        query = select(EVENTS).where(EVENTS.c.number >= start, EVENTS.c.partnership_id == self.place_id)
        return [dict(row) for row in db.session.execute(query.order_by(EVENTS.c.number)).mappings()]

    def put(self, at: int, /, **values: Any) -> None:
        where = (EVENTS.c.number == at, EVENTS.c.partnership_id == self.place_id)
        assert db.session.execute(update(EVENTS).where(*where).values(**values)).rowcount == 1  # type: ignore[attr-defined]

    def head(self, **values: Any) -> None:
        db.session.execute(update(HEADS).where(HEADS.c.partnership_id == self.place_id).values(**values))

    def rehash(self, start: int) -> None:
        """Compute every hash anew from an event on, and mend the head: as a careful forger does."""
        previous = GENESIS if start == 1 else self.row(start - 1)["hash"]
        rows = self.rows(start)
        for row in rows:
            previous = self.rehash_one(row, previous)
        self.head(count=rows[-1]["number"] if rows else start - 1, hash=previous)

    def rehash_one(self, row: dict[str, Any], previous: bytes) -> bytes:
        link = link_of(self.place_id, {**row, "previous_hash": previous})
        self.put(row["number"], previous_hash=previous, hash=hash_of(link))
        return hash_of(link)

    def renumber(self, table: Any, start: int, by: int) -> None:
        """Move everything from a number on; over a bridge of negative numbers, for numbers are unique."""
        mine = table.c.partnership_id == self.place_id
        moved = update(table).where(mine, table.c.number >= start).values(number=-(table.c.number + by))
        db.session.execute(moved)
        db.session.execute(update(table).where(mine, table.c.number < 0).values(number=-table.c.number))


def link_of(place_id: UUID, row: dict[str, Any]) -> Link:
    """The link that a row is."""
    named = {name: row[name] for name in Link.__slots__ if name != "partnership"}
    return Link(partnership=place_id, **named)


def other(column: str, value: Any, chance: random.Random) -> Any:
    """Another value for a column, of its type; empty or nothing where it may be."""
    if isinstance(value, bytes):
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]
    if isinstance(value, int):
        return value + chance.choice([-1000, 1000] if column == "number" else [-1, 1, 1000])
    if isinstance(value, UUID) or column in ("actor_person", "case_id"):
        return uuid4() if value is None or column == "partnership_id" else chance.choice([uuid4(), None])
    if hasattr(value, "isoformat"):
        step = {chance.choice(["microseconds", "seconds", "hours", "days"]): chance.choice([-1, 1])}
        return value + timedelta(**step)
    return other_text(column, value, chance)


def other_text(column: str, value: str | None, chance: random.Random) -> str | None:
    if value is None:
        return chance.choice(["", "x", "notify"])
    changed = [f"{value} ", f"{value}x", value[:-1], value.upper(), value[::-1], ""]
    if column == "facts":
        changed += [value.replace("{", '{"x":1,', 1), value.replace(":", ": ", 1)]
    if column in ("stage", "party", "outcome"):
        return chance.choice([None, *[one for one in changed if one != value]])
    return chance.choice([one for one in changed if one != value])


def forged(chain: Chain, row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A change of what an event says, of the kind that somebody would want: who, what, when, with what outcome."""
    changes: list[dict[str, Any]] = [
        {"actor_capacity": "Chair of the group"},
        {"happened_at": row["happened_at"] - timedelta(hours=chance.randint(1, 90))},
        {
            "outcome": chance.choice(
                [one for one in ("notify", "do-not-notify", None) if one != row["outcome"]]
            )
        },
        {"kind": chance.choice([kind.value for kind in EventKind if kind.value != row["kind"]])},
        {"case_id": uuid4()},
    ]
    return {**row, **chance.choice([one for one in changes if any(row[name] != one[name] for name in one)])}


def column(chain: Chain, chance: random.Random) -> str:
    number, name = chain.any(chance), chance.choice(COLUMNS)
    before = chain.row(number)[name]
    after = other(name, before, chance)
    assert after != before
    chain.put(number, **{name: after})
    return f"{name} of {number}: {str(before)[:20]!r} to {str(after)[:20]!r}"


def rehashed_alone(chain: Chain, chance: random.Random) -> str:
    number = chain.any(chance)
    row = forged(chain, chain.row(number), chance)
    chain.put(number, **row)
    chain.rehash_one(row, row["previous_hash"])
    return f"event {number} rewritten with its own hash"


def rewritten_from(chain: Chain, chance: random.Random) -> str:
    number = chain.any(chance)
    chain.put(number, **forged(chain, chain.row(number), chance))
    chain.rehash(number)
    return f"everything from {number} on rewritten, head mended"


def rewritten_with_content(chain: Chain, chance: random.Random) -> str:
    number, salt, words = chain.any(chance), chance.randbytes(16), '{"by":"Nobody","rationale":"another"}'
    db.session.execute(_payload(chain, number, update(PAYLOADS)).values(payload=words, salt=salt))
    chain.put(number, payload_digest=payload_digest(salt, words))
    chain.rehash(number)
    return f"content of {number} rewritten with everything after it, head mended"


def content(chain: Chain, chance: random.Random) -> str:
    number = chain.any(chance)
    row = db.session.execute(_payload(chain, number, select(PAYLOADS))).mappings().one()
    values: dict[str, Any] = chance.choice([
        {"payload": other_text("payload", row["payload"], chance)}, {"salt": other("salt", row["salt"], chance)},
        {"number": chain.length + chance.randint(1, 9)}, {"partnership_id": uuid4()},
        {"payload": '{"by":"Nobody"}', "salt": chance.randbytes(16)},
    ])  # fmt: skip
    db.session.execute(_payload(chain, number, update(PAYLOADS)).values(**values))
    return f"content of {number}: {', '.join(values)}"


def content_swapped(chain: Chain, chance: random.Random) -> str:
    first, second = chance.sample(range(1, chain.length + 1), 2)
    mine = PAYLOADS.c.partnership_id == chain.place_id
    for number, to in ((first, -1), (second, first), (-1, second)):
        db.session.execute(update(PAYLOADS).where(mine, PAYLOADS.c.number == number).values(number=to))
    return f"contents of {first} and {second} swapped"


def content_deleted(chain: Chain, chance: random.Random) -> str:
    number = chain.any(chance)
    db.session.execute(_payload(chain, number, delete(PAYLOADS)))
    return f"content of {number} deleted"


def content_added(chain: Chain, chance: random.Random) -> str:
    number = chain.length + chance.randint(1, 50)
    values = {
        "partnership_id": chain.place_id,
        "number": number,
        "salt": chance.randbytes(16),
        "payload": "{}",
    }
    db.session.execute(insert(PAYLOADS).values(**values))
    return f"content of {number}, which is no event, added"


def deleted(chain: Chain, chance: random.Random) -> str:
    number = chain.any(chance)
    _delete(chain, EVENTS, EVENTS.c.number == number)
    if chance.random() < 0.5:
        _delete(chain, PAYLOADS, PAYLOADS.c.number == number)
    return f"event {number} deleted"


def deleted_and_closed(chain: Chain, chance: random.Random) -> str:
    number = chain.any(chance)
    for table in (EVENTS, PAYLOADS):
        _delete(chain, table, table.c.number == number)
        chain.renumber(table, number + 1, -1)
    chain.rehash(number)
    return f"event {number} deleted, the gap closed, all rehashed, head mended"


def inserted(chain: Chain, chance: random.Random) -> str:
    number = chain.any(chance)
    row = forged(chain, chain.row(number), chance)
    for table in (EVENTS, PAYLOADS):
        chain.renumber(table, number, 1)
    salt, words = chance.randbytes(16), '{"by":"Nobody"}'
    event = {**row, "id": uuid4(), "number": number, "payload_digest": payload_digest(salt, words)}
    db.session.execute(insert(EVENTS).values(**event))
    values = {"partnership_id": chain.place_id, "number": number, "salt": salt, "payload": words}
    db.session.execute(insert(PAYLOADS).values(**values))
    chain.rehash(number)
    return f"an event inserted at {number}, all rehashed, head mended"


def reordered(chain: Chain, chance: random.Random) -> str:
    first, second = sorted(chance.sample(range(1, chain.length + 1), 2))
    for table in (EVENTS, PAYLOADS):
        mine = table.c.partnership_id == chain.place_id
        for number, to in ((first, -1), (second, first), (-1, second)):
            db.session.execute(update(table).where(mine, table.c.number == number).values(number=to))
    how = chance.choice(["as they are", "rehashed", "all rehashed, head mended"])
    if how == "rehashed":
        for number in (first, second):
            row = chain.row(number)
            previous = GENESIS if number == 1 else chain.row(number - 1)["hash"]
            chain.rehash_one(row, previous)
    elif how != "as they are":
        chain.rehash(first)
    return f"events {first} and {second} swapped, {how}"


def cut(chain: Chain, chance: random.Random) -> str:
    start = chain.any(chance)
    for table in (EVENTS, PAYLOADS):
        _delete(chain, table, table.c.number >= start)
    if chance.random() < 0.8:
        chain.head(count=start - 1, hash=chain.row(start - 1)["hash"] if start > 1 else GENESIS)
    return f"everything from {start} on cut off"


def cut_with_copies(chain: Chain, chance: random.Random) -> str:
    told = cut(chain, chance)
    _delete(chain, LedgerAnchor.__table__, LedgerAnchor.__table__.c.count > 0)
    return f"{told}, and the copies of the anchors"


def rewritten_with_copies(chain: Chain, chance: random.Random) -> str:
    told = rewritten_from(chain, chance)
    _delete(chain, LedgerAnchor.__table__, LedgerAnchor.__table__.c.count > 0)
    return f"{told}, and the copies of the anchors"


def emptied(chain: Chain, _chance: random.Random) -> str:
    for table in (EVENTS, PAYLOADS, HEADS):
        _delete(chain, table, text("true"))
    return "the whole chain with its head emptied"


def head(chain: Chain, chance: random.Random) -> str:
    held = db.session.execute(select(HEADS).where(HEADS.c.partnership_id == chain.place_id)).mappings().one()
    what = chance.choice(["count", "hash", "gone", "moved"])
    if what == "gone":
        _delete(chain, HEADS, text("true"))
    elif what == "moved":
        chain.head(partnership_id=uuid4())
    else:
        chain.head(**{what: other(what, held[what], chance)})
    return f"head: {what}"


def _delete(chain: Chain, table: Any, which: Any) -> None:
    db.session.execute(delete(table).where(table.c.partnership_id == chain.place_id, which))


def _payload(chain: Chain, number: int, statement: Any) -> Any:
    return statement.where(PAYLOADS.c.partnership_id == chain.place_id, PAYLOADS.c.number == number)


def line_lost(chain: Chain, chance: random.Random) -> str:
    lines = _lines(chain)
    number = chance.randrange(len(lines))
    _write(chain, lines[:number] + lines[number + 1 :])
    return f"line {number + 1} of the file lost"


def file_cut(chain: Chain, chance: random.Random) -> str:
    lines = _lines(chain)
    number = chance.randrange(len(lines))
    _write(chain, lines[:number])
    return f"the file cut after {number} lines"


def file_gone(chain: Chain, _chance: random.Random) -> str:
    chain.file.unlink()
    return "the file removed"


def file_changed(chain: Chain, chance: random.Random) -> str:
    written = chain.file.read_bytes()
    place = chance.randrange(len(written) - 1)
    sign = chance.choice([one for one in b"0123456789abcdef Z" if one != written[place]])
    chain.file.write_bytes(written[:place] + bytes([sign]) + written[place + 1 :])
    return f"byte {place} of the file changed"


def file_cut_short(chain: Chain, chance: random.Random) -> str:
    written = chain.file.read_bytes()
    by = chance.randint(1, 200)
    chain.file.write_bytes(written[:-by])
    return f"the last {by} bytes of the file cut off"


def lines_swapped(chain: Chain, chance: random.Random) -> str:
    lines = _lines(chain)
    first, second = chance.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    _write(chain, lines)
    return f"lines {first + 1} and {second + 1} of the file swapped"


def line_forged(chain: Chain, chance: random.Random) -> str:
    lines = _lines(chain)
    number = chance.randrange(len(lines))
    at, count, _digest, signature = lines[number].split(b" ")
    forged_line = b" ".join([at, count, chance.randbytes(32).hex().encode(), signature])
    _write(chain, [*lines[:number], forged_line, *lines[number + chance.randint(0, 1) :]])
    return f"a line forged at {number + 1}"


def rewritten_with_file(chain: Chain, chance: random.Random) -> str:
    """Both the database and the file, by somebody without the key: the anchors are taken away up to the forgery."""
    number = chain.any(chance)
    chain.put(number, **forged(chain, chain.row(number), chance))
    chain.rehash(number)
    _write(chain, [line for line in _lines(chain) if int(line.split(b" ")[1]) < number])
    return f"everything from {number} on rewritten, and the anchors after it taken out of the file"


def _lines(chain: Chain) -> list[bytes]:
    return chain.file.read_bytes().splitlines()


def _write(chain: Chain, lines: list[bytes]) -> None:
    chain.file.write_bytes(b"".join(line + b"\n" for line in lines))


Tampering = Callable[[Chain, random.Random], str]
KINDS: dict[str, Tampering] = {
    tamper.__name__: tamper
    for tamper in (
        column, rehashed_alone, rewritten_from, rewritten_with_content, content, content_swapped, content_deleted,
        content_added, deleted, deleted_and_closed, inserted, reordered, cut, cut_with_copies, rewritten_with_copies,
        emptied, head, line_lost, file_cut, file_gone, file_changed, file_cut_short, lines_swapped, line_forged,
        rewritten_with_file,
    )
}  # fmt: skip
# Most changes are of single values, so most attempts are.
WEIGHTS = {
    "column": 12,
    "content": 4,
    "reordered": 3,
    "cut": 3,
    "rewritten_from": 3,
    "deleted": 2,
    "file_changed": 2,
}

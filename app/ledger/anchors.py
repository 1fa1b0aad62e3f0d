"""Anchors: (count, hash) of each chain, signed and appended to files outside the database, with a copy of each inside.

A chain alone does not notice that its tail was cut off together with its head, or that all of it was rewritten: the
file shows that. The file alone does not notice that its last lines were taken away: the copies show that. Each line is
`instant count hash signature`; the signature is an HMAC with a key derived from SECRET_KEY.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from app.clock_source import real_now
from app.ledger.chain import Fault
from app.ledger.models import LedgerAnchor, LedgerEvent, LedgerHead
from tenants.db import db
from tenants.registry import all_partnerships
from tenants.scope import current_partnership_id, in_partnership

log = structlog.get_logger()
# Writing looks at the end of the file only, which holds some eighty lines; verifying reads all of it.
TAIL = 16_384
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line of the file."""

    at: datetime
    count: int
    digest: str
    line: str


def write_all(app: Flask) -> tuple[int, int]:
    """Anchor every partnership whose chain has grown since its last anchor.

    Returns how many were written and how many could not be; each failure is logged by its partnership, and keeps
    no other partnership from being anchored.
    """
    with app.app_context():
        partnerships = [(partnership.id, partnership.slug) for partnership in all_partnerships()]
    written = failed = 0
    for identifier, slug in partnerships:
        try:
            with in_partnership(app, identifier):
                written += write(slug, real_now())
        except (OSError, ValueError, SQLAlchemyError) as error:
            failed += 1
            log.error("anchor-not-written", partnership=slug, error=type(error).__name__)
    return written, failed


def write(slug: str, at: datetime) -> bool:
    """Anchor the partnership in scope where its chain has grown, and commit. Returns whether a line was written.

    Raises OSError where the file cannot be written, ValueError where it holds a line that is not ours.
    """
    folder = _folder()
    if folder is None:
        return False
    _one_at_a_time()
    head = db.session.scalar(select(LedgerHead))
    if head is None:
        return False
    _mend(folder, slug)
    newest = _lines(slug, TAIL)
    _copy_missing(newest)
    grown = not newest or newest[-1].count != head.count
    if grown:
        body = f"{at.isoformat()} {head.count} {head.hash.hex()}"
        line = f"{body} {_sign(slug, body)}"
        _append(folder, slug, line)
        db.session.add(LedgerAnchor(count=head.count, line=line, written_at=at))
    db.session.commit()
    return grown


def read(slug: str) -> list[tuple[int, str]]:
    """The anchors of a partnership as (count, hash). Raises ValueError at a line that is not ours."""
    return [(one.count, one.digest) for one in _lines(slug)]


def last(slug: str) -> Anchor | None:
    """The last anchor of a partnership, or None. Raises ValueError."""
    return next(iter(_lines(slug)[-1:]), None)


def kept() -> bool:
    """Whether anchors are kept at all."""
    return _folder() is not None


def first_missing(slug: str) -> Fault | None:
    """The first anchor that the partnership in scope's chain no longer bears out, or that was lost itself; or None."""
    try:
        lines = _lines(slug)
    except ValueError as error:
        return Fault(0, str(error))
    return _not_borne_out(lines) or _file_fault(lines)


def _not_borne_out(lines: list[Anchor]) -> Fault | None:
    stored: dict[int, str] = {}
    for start in range(0, len(lines), BATCH):
        wanted = [one.count for one in lines[start : start + BATCH]]
        rows = db.session.execute(
            select(LedgerEvent.number, LedgerEvent.hash).where(LedgerEvent.number.in_(wanted))
        )
        stored |= {number: digest.hex() for number, digest in rows}
    for one in lines:
        if one.count not in stored:
            return Fault(one.count, "an anchor outside the database says that this event existed; it is gone")
        if stored[one.count] != one.digest:
            return Fault(
                one.count, "an anchor outside the database has another hash: the chain was rewritten"
            )
    return None


def _file_fault(lines: list[Anchor]) -> Fault | None:
    """What is wrong with the file, by the copies of its lines in the database."""
    present = {one.line for one in lines}
    for copy in db.session.scalars(select(LedgerAnchor).order_by(LedgerAnchor.count)):
        if copy.line not in present:
            return Fault(copy.count, "the anchor of this event is no longer in the file of anchors")
    for one, following in zip(lines, lines[1:], strict=False):
        if following.count <= one.count:
            return Fault(following.count, "the file of anchors is not in order")
    return None


def _copy_missing(newest: list[Anchor]) -> None:
    """A stop between the file and the database leaves a line without its copy: it is copied now."""
    last_copies = select(LedgerAnchor.line).order_by(LedgerAnchor.count.desc()).limit(len(newest) + 1)
    copied = set(db.session.scalars(last_copies))
    for one in newest:
        if one.line not in copied:
            db.session.add(LedgerAnchor(count=one.count, line=one.line, written_at=one.at))


def _one_at_a_time() -> None:
    """Several workers may anchor at once; the later one then sees the earlier one's line."""
    key = current_partnership_id().int & (2**63 - 1)
    db.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})


def _mend(folder: Path, slug: str) -> None:
    """A full disk or a loss of power can leave half a line, which was never an anchor: it is taken away."""
    path = folder / f"{slug}.anchors"
    if path.exists():
        written = path.read_bytes()
        whole = written.rfind(b"\n") + 1
        if whole != len(written):
            log.error("anchor-cut-short", partnership=slug)
            os.truncate(path, whole)


def _append(folder: Path, slug: str, line: str) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / f"{slug}.anchors", "a", encoding="ascii") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def _lines(slug: str, most: int | None = None) -> list[Anchor]:
    """The lines of the file, or only those whole ones in its last `most` bytes. Raises ValueError."""
    folder = _folder()
    path = folder / f"{slug}.anchors" if folder else None
    if path is None or not path.exists():
        return []
    skipped = 0 if most is None else max(0, path.stat().st_size - most)
    with open(path, "rb") as file:
        file.seek(skipped)
        written = file.read()
    if written and not written.endswith(b"\n"):
        raise ValueError(f"the last line of the anchors of {slug} is cut short")
    lines = written.split(b"\n")[:-1]
    whole = lines[1:] if skipped else lines
    return [_anchor(slug, number, line) for number, line in enumerate(whole, start=1)]


def _anchor(slug: str, number: int, line: bytes) -> Anchor:
    body, _, signature = line.decode("ascii", "replace").rpartition(" ")
    if not hmac.compare_digest(signature.encode(), _sign(slug, body).encode()):
        raise ValueError(f"line {number} of the anchors of {slug} is not signed by this installation")
    at, count, digest = body.split(" ")
    return Anchor(datetime.fromisoformat(at), int(count), digest, f"{body} {signature}")


def _folder() -> Path | None:
    configured = current_app.config["WAYMARK"].anchor_dir
    return Path(configured) if configured else None


def _sign(slug: str, body: str) -> str:
    key = hashlib.sha256(b"waymark anchors\0" + current_app.config["WAYMARK"].secret_key.encode()).digest()
    return hmac.new(key, f"{slug} {body}".encode(), hashlib.sha256).hexdigest()

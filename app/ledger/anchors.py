"""Anchors: (count, hash) of each chain, signed and appended to files outside the database.

A chain alone does not notice that its tail was cut off together with its head, or that all of it was rewritten. Each
line is `instant count hash signature`; the signature is an HMAC with a key derived from SECRET_KEY.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import datetime
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import select

from app.clock_source import real_now
from app.ledger.chain import Fault
from app.ledger.models import LedgerEvent, LedgerHead
from tenants.db import db
from tenants.registry import all_partnerships
from tenants.scope import in_partnership


def write_all(app: Flask) -> int:
    """Anchor every partnership whose chain has grown since its last anchor. Returns how many were written."""
    with app.app_context():
        partnerships = [(partnership.id, partnership.slug) for partnership in all_partnerships()]
    written = 0
    for identifier, slug in partnerships:
        with in_partnership(app, identifier):
            written += write(slug, real_now())
    return written


def write(slug: str, at: datetime) -> bool:
    """Anchor the partnership in scope where its chain has grown. Returns whether a line was written."""
    folder = _folder()
    head = db.session.scalar(select(LedgerHead))
    if folder is None or head is None:
        return False
    last = read(slug)[-1:] or [(0, "")]
    if last[0][0] == head.count:
        return False
    body = f"{at.isoformat()} {head.count} {head.hash.hex()}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / f"{slug}.anchors", "a", encoding="ascii") as file:
        file.write(f"{body} {_sign(slug, body)}\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read(slug: str) -> list[tuple[int, str]]:
    """The anchors of a partnership as (count, hash). Raises ValueError at a line that is not ours."""
    folder = _folder()
    path = folder / f"{slug}.anchors" if folder else None
    if path is None or not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        body, _, signature = line.rpartition(" ")
        if not hmac.compare_digest(signature, _sign(slug, body)):
            raise ValueError(f"line {number} of the anchors of {slug} is not signed by this installation")
        _at, count, digest = body.split(" ")
        found.append((int(count), digest))
    return found


def last_line(slug: str) -> str | None:
    """The last anchor of a partnership as it stands in the file, its signature included; None where there is none.
    Raises ValueError at a line that is not ours."""
    if not read(slug):
        return None
    folder = _folder()
    assert folder is not None
    return (folder / f"{slug}.anchors").read_text(encoding="ascii").splitlines()[-1]


def first_missing(slug: str) -> Fault | None:
    """The first anchor that the partnership in scope's chain no longer bears out, or None."""
    for count, digest in read(slug):
        stored = db.session.scalar(select(LedgerEvent.hash).where(LedgerEvent.number == count))
        if stored is None:
            return Fault(count, "an anchor outside the database says that this event existed; it is gone")
        if stored.hex() != digest:
            return Fault(count, "an anchor outside the database has another hash: the chain was rewritten")
    return None


def _folder() -> Path | None:
    configured = current_app.config["WAYMARK"].anchor_dir
    return Path(configured) if configured else None


def _sign(slug: str, body: str) -> str:
    key = hashlib.sha256(b"waymark anchors\0" + current_app.config["WAYMARK"].secret_key.encode()).digest()
    return hmac.new(key, f"{slug} {body}".encode(), hashlib.sha256).hexdigest()

"""The audit of a case as a file to keep: the page, the entries with what their hashes cover, what the verification of
the whole chain found, and the program that checks it all (S-01).

Everything is read in one snapshot, so that the entries, the page and the chain's head belong to the same moment.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app, render_template

from app.access.actor import Acting, Actor
from app.cases.queries import visible_case
from app.cases.service import Case, lock
from app.ledger import anchors
from app.ledger.chain import instant_text
from app.ledger.queries import Entry, hash_at
from app.ledger.service import record
from app.ledger.verify import verify
from app.procedure.clocks import LONDON
from app.procedure.events import EventKind
from app.procedure.marks import duty
from app.scrutiny.audit import audit_of
from tenants.db import db
from tenants.registry import Partnership
from tenants.scope import in_partnership

PROGRAM = Path(__file__).parent / "verify_export.py"
SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class ChainFound:
    """What the verification of the whole chain found at one moment; `anchor` is the last anchor's line, or a fault."""

    count: int
    head: str
    result: str
    anchor: str | None
    anchor_agrees: str
    after_anchor: int


@dataclass(frozen=True, slots=True)
class Export:
    """The file, the digest of its content (of SHA256SUMS, which covers every other file in it), and how many entries
    it holds."""

    content: bytes
    digest: str
    entries: int

    @property
    def file_digest(self) -> str:
        """The digest of the file as it was handed out."""
        return hashlib.sha256(self.content).hexdigest()


@duty("S-01")
def make(reference: str, partnership: Partnership, actor: Actor, now: datetime) -> Export:
    """The audit of a case that has been seen, as a ZIP. Raises LookupError where it is no longer to be seen."""
    slug, identifier, name = partnership.slug, partnership.id, partnership.name
    anchor = _last_anchor(slug)  # before the snapshot: one written after it would seem to be of a lost entry
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with in_partnership(app, identifier, actor.person_id):
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        case = visible_case(reference, actor)
        if case is None:
            raise LookupError(reference)
        audit, chain = audit_of(case, actor, now, most_views=None), chain_found(anchor)
    shown = {"case": case, "audit": audit, "chain": chain, "name": name, "made": now, "actor": actor}
    page = render_template("scrutiny/export.html", **shown)
    files = {
        "README.txt": _readme(case.reference, name, now),
        "audit.html": page.encode(),
        "chain.txt": chain_text(chain, name, now),
        "events.json": events_json(identifier, case.id, audit.entries),
        "verify.py": PROGRAM.read_bytes(),
    }
    return _packed(files, len(audit.entries), now)


@duty("S-01")
def exported(case: Case, made: Export, acting: Acting, now: datetime) -> None:
    """Record that the audit was exported, with the digests by which the file can be recognised. The caller commits."""
    lock(case.id)
    record(
        EventKind.AUDIT_EXPORTED, case_id=case.id, acting=acting, happened_at=now, now=now,
        facts={"digest": made.digest, "file": made.file_digest, "entries": made.entries},
    )  # fmt: skip


def chain_found(anchor: str | None) -> ChainFound:
    """Verify the chain of the partnership in scope, and compare it with the last anchor's line."""
    verdict = verify()
    result = (
        "whole"
        if verdict.fault is None
        else f"BROKEN at entry {verdict.fault.number}: {verdict.fault.reason}"
    )
    agrees, after = "no: there is no anchor", verdict.count
    if anchor is not None and anchor.startswith("unreadable"):
        agrees = f"no: {anchor}"
    elif anchor is not None:
        _at, count, digest, _signature = anchor.split(" ")
        stored = hash_at(int(count))
        agrees = (
            "yes" if stored is not None and stored.hex() == digest else "no: the chain has another hash there"
        )
        after = max(verdict.count - int(count), 0)
    return ChainFound(verdict.count, verdict.head.hex(), result, anchor, agrees, after)


def chain_text(chain: ChainFound, partnership: str, now: datetime) -> bytes:
    """chain.txt: one line for each thing that was found."""
    body, _, signature = (chain.anchor or "").rpartition(" ")
    readable = chain.anchor is not None and not chain.anchor.startswith("unreadable")
    lines = (
        f"partnership: {partnership}",
        f"found-at: {instant_text(now)}",
        f"events: {chain.count}",
        f"head: {chain.head}",
        f"result: {chain.result}",
        f"last-anchor: {body if readable else 'none'}",
        f"last-anchor-signature: {signature if readable else 'none'}",
        f"last-anchor-agrees: {chain.anchor_agrees}",
        f"events-after-last-anchor: {chain.after_anchor}",
    )
    return ("\n".join(lines) + "\n").encode()


def events_json(partnership: UUID, case_id: UUID, entries: list[Entry]) -> bytes:
    """events.json: each entry of the case with everything that its digest and its hash cover, as exact texts."""
    whole: dict[str, Any] = {
        "format": 1, "partnership": str(partnership), "case": str(case_id), "count": len(entries),
        "events": [_event(entry) for entry in entries],
    }  # fmt: skip
    return (json.dumps(whole, indent=1, ensure_ascii=True) + "\n").encode()


def _event(entry: Entry) -> dict[str, Any]:
    link = entry.link
    return {
        "number": link.number, "version": link.version, "happened_at": instant_text(link.happened_at),
        "recorded_at": instant_text(link.recorded_at),
        "actor_person": str(link.actor_person) if link.actor_person else None, "actor_capacity": link.actor_capacity,
        "kind": link.kind, "case_id": str(link.case_id), "stage": link.stage or None, "party": link.party or None,
        "outcome": link.outcome or None, "facts": link.facts, "payload": entry.payload,
        "salt": entry.salt.hex() if entry.salt is not None else None, "payload_digest": link.payload_digest.hex(),
        "previous_hash": link.previous_hash.hex(), "hash": link.hash.hex(),
    }  # fmt: skip


def _last_anchor(slug: str) -> str | None:
    try:
        last = anchors.last(slug)
        return last.line if last is not None else None
    except ValueError as fault:
        return f"unreadable ({fault})"


def _readme(reference: str, partnership: str, now: datetime) -> bytes:
    text = render_template(
        "scrutiny/export_readme.txt", reference=reference, partnership=partnership, made=now
    )
    return text.encode()


def _packed(files: dict[str, bytes], entries: int, now: datetime) -> Export:
    listed = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    sums = listed.encode()
    written, at = io.BytesIO(), now.astimezone(LONDON)
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, SUMS: sums}.items():
            entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return Export(written.getvalue(), hashlib.sha256(sums).hexdigest(), entries)

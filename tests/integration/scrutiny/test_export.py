"""The exported audit proves itself: its own program, run apart from Waymark, finds every change that is made to it."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from app import clock_source
from app.access.actor import SYSTEM
from app.ledger import anchors
from app.ledger.chain import hash_of, payload_digest
from app.ledger.queries import entries_of
from app.ledger.read_log import views_of
from app.ledger.service import record
from app.procedure.events import EventKind, Party
from app.scrutiny import verify_export
from app.scrutiny.service import NewObservation, observe
from app.serious_incidents import service
from tenants.db import db
from tests.integration.scrutiny.conftest import WEDNESDAY
from tests.integration.serious_incidents.journey import NOT, Journey
from tests.support.people import client_of, find
from tests.support.places import Place, place

NAMES = {"README.txt", "SHA256SUMS", "audit.html", "chain.txt", "events.json", "verify.py"}
K = EventKind


def export(journey: Journey, client_as: Callable[..., Any]) -> Any:
    return client_as(journey.scrutineer).post(f"/isle-of-wight/scrutiny/{journey.reference}/export")


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == NAMES
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def true(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> tuple[Journey, Path]:
    """A contested case with an observation, and its export; nobody changes either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock_source, "real_now", lambda: WEDNESDAY)
        journey = Journey(place(app, "isle-of-wight")).to_chair()
        journey.chair_decides(NOT)
        words = NewObservation("case", "é “quoted” 日本 <b>", uuid4())
        journey.do(observe, words, who=journey.scrutineer, now=WEDNESDAY)
        with journey.place.pinned():
            anchors.write("isle-of-wight", WEDNESDAY)
        content = export(journey, lambda someone: client_of(app, someone)).data
    return journey, unpacked(content, tmp_path_factory.mktemp("true"))


@pytest.fixture
def exported(true: tuple[Journey, Path], tmp_path: Path) -> Path:
    """A copy of the export, to be tampered with."""
    return Path(shutil.copytree(true[1], tmp_path / "audit"))


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exported program, in a process of its own that knows nothing of Waymark."""
    command = [sys.executable, "-I", str(folder / "verify.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={}, check=False)
    return done.returncode, done.stdout + done.stderr


def seal(folder: Path) -> None:
    """What somebody who changes a file would do to SHA256SUMS."""
    names = sorted(path.name for path in folder.iterdir() if path.name not in ("SHA256SUMS", "__pycache__"))
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines))


def check(folder: Path) -> list[str]:
    """As `run`, in this process: what the program finds wrong."""
    return verify_export.check(folder)[0]


@pytest.mark.duty("S-01")
def test_the_true_export_proves_itself(exported: Path, true: tuple[Journey, Path]) -> None:
    contested = true[0]
    code, told = run(exported)
    assert code == 0, told
    assert "Nothing is wrong." in told
    assert (
        f"Entries: {len(contested.events()) - 1}, of which 0 without content" in told
    )  # all but that of the export
    assert "What it cannot prove" in told
    assert run(exported, str(exported))[0] == 0


@pytest.mark.duty("S-01")
def test_it_is_recorded_with_the_digests_by_which_it_can_be_recognised(
    agreed: Journey, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    made = export(agreed, client_as)
    (event,) = agreed.events(K.AUDIT_EXPORTED)
    assert event.facts["file"] == hashlib.sha256(made.data).hexdigest()
    folder = unpacked(made.data, tmp_path)
    assert event.facts["digest"] == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert event.facts["entries"] == len(agreed.events()) - 1
    assert run(folder, "--digest", str(event.facts["digest"]))[0] == 0
    code, told = run(folder, "--digest", "0" * 64)
    assert code == 1
    assert "not the one that was given" in told
    assert run(folder, "--digest")[0] == 1
    with agreed.place.pinned():
        assert "audit-export" in {view.page for view in views_of(agreed.case_id)}


def test_it_is_a_download_that_nobody_keeps(agreed: Journey, client_as: Callable[..., Any]) -> None:
    made = export(agreed, client_as)
    assert made.status_code == 200
    assert made.headers["Content-Type"] == "application/zip"
    assert made.headers["Content-Disposition"] == f'attachment; filename="audit-{agreed.reference}.zip"'
    assert made.headers["Cache-Control"] == "no-store"
    assert made.headers["X-Content-Type-Options"] == "nosniff"


def test_looking_exports_nothing(agreed: Journey, client_as: Callable[..., Any]) -> None:
    answer = client_as(agreed.scrutineer).get(f"/isle-of-wight/scrutiny/{agreed.reference}/export")
    assert answer.status_code == 405
    assert agreed.events(K.AUDIT_EXPORTED) == []


@pytest.mark.parametrize("who", ["team", "manager", "chair", "director", "partnership_chair"])
def test_only_the_scrutineer_exports(agreed: Journey, client_as: Callable[..., Any], who: str) -> None:
    path = f"/isle-of-wight/scrutiny/{agreed.reference}/export"
    assert client_as(getattr(agreed, who)).post(path).status_code == 404
    assert agreed.events(K.AUDIT_EXPORTED) == []


def test_another_partnerships_scrutineer_exports_nothing(
    agreed: Journey, hampshire: Place, client_as: Callable[..., Any]
) -> None:
    from app.access.roles import Role

    client = client_as(find(hampshire, Role.INDEPENDENT_SCRUTINEER))
    for slug in ("hampshire", "isle-of-wight"):
        assert client.post(f"/{slug}/scrutiny/{agreed.reference}/export").status_code == 404


# ---- tampering


def changed(value: Any) -> Iterator[Any]:
    """Other values for a field."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield value + 1
        yield str(value)
        yield float(value)
    elif value is None:
        yield ""
        yield "x"
        yield 0
    elif isinstance(value, str):
        yield value + "x"
        yield value[1:] if value else "x"
        yield value.upper() if value.upper() != value else value.lower() + "y"
        yield None
        yield ""


def test_each_field_changed_in_turn_is_found(exported: Path) -> None:
    """Also where whoever changed it sealed the files anew: the entry's own seal says so."""
    path = exported / "events.json"
    original = path.read_text()
    whole, count = json.loads(original), 0
    for nth, event in enumerate(whole["events"]):
        for name in event:
            for other in changed(event[name]):
                tampered = json.loads(original)
                tampered["events"][nth][name] = other
                path.write_text(json.dumps(tampered))
                seal(exported)
                assert check(exported), (nth, name, other)
                count += 1
    for name in whole:
        for other in [*changed(whole[name]), {}, []]:
            if other != whole[name]:
                path.write_text(json.dumps({**whole, name: other}))
                seal(exported)
                assert check(exported), (name, other)
                count += 1
    path.write_text(original)
    seal(exported)
    assert check(exported) == []
    assert count > 1000


def test_the_program_itself_finds_it_in_a_process_of_its_own(exported: Path) -> None:
    path = exported / "events.json"
    original = json.loads(path.read_text())
    for name in original["events"][3]:
        tampered = json.loads(json.dumps(original))
        value = tampered["events"][3][name]
        tampered["events"][3][name] = value + 1 if isinstance(value, int) else f"{value}x"
        path.write_text(json.dumps(tampered))
        seal(exported)
        code, told = run(exported)
        assert code == 1, name
        assert "WRONG" in told


Tamper = Callable[[dict[str, Any]], None]


def swap(whole: dict[str, Any]) -> None:
    events = whole["events"]
    events[1], events[2] = events[2], events[1]


def leave_out(whole: dict[str, Any]) -> None:
    del whole["events"][2]


def double(whole: dict[str, Any]) -> None:
    whole["events"].insert(2, whole["events"][1])
    whole["count"] += 1


def exchange_contents(whole: dict[str, Any]) -> None:
    one, other = whole["events"][1], whole["events"][2]
    for name in ("payload", "salt", "payload_digest"):
        one[name], other[name] = other[name], one[name]


def add_a_field(whole: dict[str, Any]) -> None:
    whole["events"][0]["note"] = "x"


def take_a_field(whole: dict[str, Any]) -> None:
    del whole["events"][0]["stage"]


def take_the_salt(whole: dict[str, Any]) -> None:
    whole["events"][0]["salt"] = None


@pytest.mark.parametrize(
    "tamper", [swap, leave_out, double, exchange_contents, add_a_field, take_a_field, take_the_salt]
)
def test_entries_moved_taken_or_added_are_found(exported: Path, tamper: Tamper) -> None:
    path = exported / "events.json"
    whole = json.loads(path.read_text())
    tamper(whole)
    path.write_text(json.dumps(whole))
    seal(exported)
    code, told = run(exported)
    assert code == 1, told


def test_a_neighbour_with_another_past_is_found(exported: Path) -> None:
    """An entry resealed upon a false past does not follow from the one before it."""
    path = exported / "events.json"
    whole = json.loads(path.read_text())
    place = next(
        at
        for at, event in enumerate(whole["events"][1:], 1)
        if event["number"] == whole["events"][at - 1]["number"] + 1
    )
    event = whole["events"][place]
    event["previous_hash"] = "ab" * 32
    event["hash"] = verify_export.hash_of(event, whole["partnership"])
    path.write_text(json.dumps(whole))
    seal(exported)
    assert any("does not follow" in fault for fault in check(exported))


def test_a_name_that_stands_twice_is_no_file_to_trust(exported: Path) -> None:
    path = exported / "events.json"
    path.write_text(path.read_text().replace('"format": 1,', '"format": 1, "format": 1,'))
    seal(exported)
    code, told = run(exported)
    assert (code, "stands twice" in told) == (2, True)


@pytest.mark.parametrize("name", sorted(NAMES - {"SHA256SUMS"}))
def test_any_file_changed_removed_or_added_is_found(exported: Path, name: str) -> None:
    path = exported / name
    original = path.read_bytes()
    path.write_bytes(original + b"\n")
    if name != "verify.py":
        assert run(exported)[0] == 1
    assert any(name in fault for fault in check(exported))
    path.write_bytes(original)
    (exported / "more.txt").write_text("x")
    assert check(exported) == ["more.txt is not listed in SHA256SUMS"]
    (exported / "more.txt").unlink()
    if name not in ("events.json", "chain.txt"):
        path.unlink()
        assert f"{name} is missing" in check(exported)


@pytest.mark.parametrize("name", ["events.json", "chain.txt", "SHA256SUMS"])
def test_what_cannot_be_read_is_said(exported: Path, name: str) -> None:
    (exported / name).unlink()
    code, told = run(exported)
    assert (code, "cannot be read" in told) == (2, True)
    (exported / name).write_bytes(b"\xff\xfe{")
    assert run(exported)[0] in (1, 2)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        (r"head: .*", "head: " + "0" * 64),
        (r"events: .*", "events: 3"),
        (r"events: .*", "events: many"),
        (r"result: .*", "result: BROKEN at entry 3: changed"),
        (r"last-anchor-agrees: .*", "last-anchor-agrees: no: another hash"),
    ],
)
def test_what_chain_txt_says_is_held_against_the_entries(exported: Path, line: str, instead: str) -> None:
    path = exported / "chain.txt"
    path.write_text(re.sub(f"(?m)^{line}$", instead, path.read_text(), count=1))
    seal(exported)
    assert check(exported)


# ---- what it holds


class Tags(HTMLParser):
    """The tags of a page with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.met.append((tag, [name for name, _value in attrs]))


def test_the_entries_are_those_of_the_chain(exported: Path, true: tuple[Journey, Path]) -> None:
    contested = true[0]
    whole = json.loads((exported / "events.json").read_text())
    entries = contested.read(entries_of)
    assert [event["number"] for event in whole["events"]] == [entry.event.number for entry in entries][:-1]
    for event, entry in zip(whole["events"], entries, strict=False):
        assert event["hash"] == entry.link.hash.hex() == hash_of(entry.link).hex()
        assert entry.salt is not None
        assert entry.payload is not None
        assert event["payload_digest"] == payload_digest(entry.salt, entry.payload).hex()
        assert verify_export.hash_of(event, whole["partnership"]) == event["hash"]


def test_the_chain_as_it_was_found_stands_beside_it(
    exported: Path, true: tuple[Journey, Path], app: Flask
) -> None:
    contested, found = true[0], verify_export.read_chain(exported / "chain.txt")
    assert found["result"] == "whole"
    lines = (Path(app.config["WAYMARK"].anchor_dir) / "isle-of-wight.anchors").read_text().splitlines()
    assert f"{found['last-anchor']} {found['last-anchor-signature']}" in lines
    assert found["last-anchor-agrees"] == "yes"
    assert found["events-after-last-anchor"] == "0"
    assert int(found["events"]) >= len(contested.events()) - 1
    assert re.fullmatch(r"[0-9a-f]{64}", found["head"])


def test_the_page_needs_nothing_from_anywhere_and_runs_nothing(
    contested: Journey, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    words = "<script>alert(1)</script> <img src=x onerror=alert(1)> =cmd|' /C calc'!A0"
    contested.do(observe, NewObservation("case", words, uuid4()), who=contested.scrutineer, now=WEDNESDAY)
    folder = unpacked(export(contested, client_as).data, tmp_path)
    page = (folder / "audit.html").read_text()
    found = Tags()
    found.feed(page)
    assert not {tag for tag, _names in found.met} & {
        "script",
        "link",
        "img",
        "iframe",
        "form",
        "a",
        "object",
        "base",
    }
    assert {name for _tag, names in found.met for name in names} <= {
        "lang", "charset", "name", "content", "id", "class", "open",
    }  # fmt: skip
    assert not re.search(r"url\(|@import", page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert all(
        "open" in names for tag, names in found.met if tag == "details"
    )  # what is folded is not printed
    assert '<html lang="en-GB">' in page
    assert page.count("<h1>") == 1
    for part in ("Decisions and their reasons", "Who was asked", "How every clock was kept", "Observations",
                 "Who looked at the case", "The ledger of the case"):  # fmt: skip
        assert part in page


def test_the_page_says_what_the_page_of_waymark_says(
    silent: Journey, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    shown = (
        client_as(silent.scrutineer).get(f"/isle-of-wight/scrutiny/{silent.reference}").get_data(as_text=True)
    )
    page = (unpacked(export(silent, client_as).data, tmp_path) / "audit.html").read_text()
    for entry in silent.read(entries_of)[:-1]:
        assert entry.link.hash.hex()[:12] in page
    for sentence in ("No response before the clock ended: it counts as agreement", "Ended in silence",
                     "As they said on the telephone", "Graham Pursey, Yvonne Castell"):  # fmt: skip
        assert sentence in shown
        assert sentence in page


def test_a_broken_chain_and_a_missing_anchor_are_said(
    agreed: Journey,
    owner_of: Flask,
    monkeypatch: pytest.MonkeyPatch,
    client_as: Callable[..., Any],
    tmp_path: Path,
) -> None:
    from app.ledger.chain import Fault
    from app.ledger.verify import Verdict
    from app.scrutiny import export as room

    whole = room.verify

    def broken() -> Verdict:
        found = whole()
        return Verdict(found.count, found.head, Fault(3, "has been changed since it was recorded"))

    monkeypatch.setattr(room, "verify", broken)
    monkeypatch.setattr(anchors, "last", lambda _slug: None)
    folder = unpacked(export(agreed, client_as).data, tmp_path)
    found = verify_export.read_chain(folder / "chain.txt")
    assert found["result"] == "BROKEN at entry 3: has been changed since it was recorded"
    assert found["last-anchor"] == "none"
    assert found["events-after-last-anchor"] == found["events"]
    code, told = run(folder)
    assert code == 1
    assert "its own chain broken" in told


def test_anchors_that_are_not_ours_are_said(
    agreed: Journey, monkeypatch: pytest.MonkeyPatch, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    def forged(_slug: str) -> anchors.Anchor:
        raise ValueError("line 3 of the anchors is not signed by this installation")

    monkeypatch.setattr(anchors, "last", forged)
    folder = unpacked(export(agreed, client_as).data, tmp_path)
    found = verify_export.read_chain(folder / "chain.txt")
    assert "not signed by this installation" in found["last-anchor-agrees"]
    assert found["last-anchor"] == "none"
    assert found["result"] == "whole"


def test_the_page_shows_the_digest_by_which_the_file_is_recognised(
    agreed: Journey, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    folder = unpacked(export(agreed, client_as).data, tmp_path)
    _code, told = run(folder)
    digest = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert digest in told
    page = client_as(agreed.scrutineer).get(f"/isle-of-wight/scrutiny/{agreed.reference}")
    assert f"Audit of the case exported: digest {digest}" in page.get_data(as_text=True)


def test_content_that_was_destroyed_is_gone_from_the_export_and_the_chain_still_holds(
    agreed: Journey, owner_of: Flask, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    """As at the end of retention: the envelope and the digest stay."""
    number = agreed.events(K.INITIAL_VIEW_GIVEN)[0].number
    with agreed.place.pinned(owner_of):
        kept = db.session.execute(
            text("select salt, payload from ledger_payloads where number = :n"), {"n": number}
        ).one()
        db.session.execute(text("delete from ledger_payloads where number = :n"), {"n": number})
        record(K.CONTENT_DESTROYED, case_id=None, acting=SYSTEM, happened_at=WEDNESDAY, now=WEDNESDAY,
               facts={"numbers": [number]})  # fmt: skip
        db.session.commit()
    try:
        folder = unpacked(export(agreed, client_as).data, tmp_path)
        code, told = run(folder)
        assert code == 0, told
        assert "of which 1 without content" in told
        assert (
            client_as(agreed.scrutineer).get(f"/isle-of-wight/scrutiny/{agreed.reference}").status_code == 200
        )
    finally:
        with agreed.place.pinned(owner_of):
            db.session.execute(
                text(
                    "insert into ledger_payloads (partnership_id, number, salt, payload) values (:p, :n, :s, :t)"
                ),
                {"p": agreed.place.id, "n": number, "s": kept.salt, "t": kept.payload},
            )
            db.session.commit()


def test_the_program_is_of_the_standard_library_and_older_pythons_read_it(exported: Path) -> None:
    source = (exported / "verify.py").read_text()
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in ([one.name for one in node.names] if isinstance(node, ast.Import) else
                     [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
    }  # fmt: skip
    assert imported <= set(sys.stdlib_module_names)
    assert "app" not in imported


def test_the_export_reads_one_moment(
    agreed: Journey, client_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An entry recorded while the audit is being gathered is in no part of it."""
    from app.scrutiny import export as room

    gathered = room.audit_of

    def meanwhile(*args: Any, **named: Any) -> Any:
        found = gathered(*args, **named)
        agreed.do(observe, NewObservation("case", "Meanwhile", uuid4()), who=agreed.scrutineer, now=WEDNESDAY)
        return found

    monkeypatch.setattr(room, "audit_of", meanwhile)
    folder = unpacked(export(agreed, client_as).data, tmp_path)
    assert run(folder)[0] == 0
    chain = verify_export.read_chain(folder / "chain.txt")
    with agreed.place.pinned():
        count = db.session.scalar(text("select count from ledger_heads"))
    assert (
        int(chain["events"]) == count - 2
    )  # without what came meanwhile, and without the entry of the export
    assert "Meanwhile" not in (folder / "audit.html").read_text()


def test_a_case_corrected_in_every_way_exports_soundly(
    silent: Journey, client_as: Callable[..., Any], tmp_path: Path
) -> None:
    received = silent.events(K.REQUEST_RECEIVED, Party.POLICE)[0]
    typed = service.Correction(received.number, True, None, "It was another case", uuid4())
    silent.do(service.correct, typed, who=silent.team, now=WEDNESDAY)
    silent.enter(service.put_back, silent.team, WEDNESDAY)
    folder = unpacked(export(silent, client_as).data, tmp_path)
    assert run(folder)[0] == 0

"""Checks an exported audit: python3 verify.py [folder] [--digest HEX]. Needs Python 3.9 or later and nothing else.

It recomputes, from what events.json holds, the digest of what each entry said and the hash that seals the entry, and
compares them with those in the file, with each other and with chain.txt; and each file with SHA256SUMS. Exit 0: nothing
is wrong. 1: something is. 2: the files cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

EVENT = {
    "number": int, "version": int, "happened_at": str, "recorded_at": str, "actor_person": None, "actor_capacity": str,
    "kind": str, "case_id": str, "stage": None, "party": None, "outcome": None, "facts": str, "payload": None,
    "salt": None, "payload_digest": str, "previous_hash": str, "hash": str,
}  # fmt: skip
WHOLE = {"format": int, "partnership": str, "case": str, "count": int, "events": list}
HEX = re.compile(r"[0-9a-f]{64}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
CANNOT = """What this proves: every entry here is as it was sealed, and says what it said when it was sealed; entries
that follow one another directly in the chain do so here.
What it cannot prove: that no entry of the case was left out (the numbers that are missing are entries of other
cases); that whoever could rewrite this whole folder did not. For that, compare the digest above with the entry "Audit
of the case exported" in the partnership's ledger, and the hashes with the anchors kept outside its database."""


class Unreadable(Exception):
    """A file is missing, or is not what it should be."""


def main(arguments: list[str]) -> int:
    """Check a folder; says what was found."""
    digest = ""
    if "--digest" in arguments:
        place = arguments.index("--digest")
        digest = "".join(arguments[place + 1 : place + 2]).strip().lower() or "none was given"
        arguments = arguments[:place] + arguments[place + 2 :]
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        faults, told = check(folder, digest)
    except Unreadable as fault:
        say(f"This export cannot be read: {fault}")
        return 2
    for line in (*told, *(f"WRONG: {fault}" for fault in faults)):
        say(line)
    say("Something is wrong." if faults else "Nothing is wrong.")
    say(CANNOT)
    return 1 if faults else 0


def check(folder: Path, digest: str = "") -> tuple[list[str], list[str]]:
    """What is wrong with an export, and what can be said of it."""
    sums, found = sums_faults(folder)
    if digest and digest != found:
        sums.append("the digest of SHA256SUMS is not the one that was given")
    whole = read_json(folder / "events.json")
    faults = sums + shape_faults(whole)
    told = [f"Digest of the export (of SHA256SUMS): {found}"]
    if not faults or faults == sums:
        faults += whole_faults(whole)
        faults += chain_faults(read_chain(folder / "chain.txt"), whole["events"])
        gone = sum(event["payload"] is None for event in whole["events"])
        told.append(
            f"Entries: {len(whole['events'])}, of which {gone} without content (destroyed, or taken out)."
        )
    return faults, told


def sums_faults(folder: Path) -> tuple[list[str], str]:
    """Files that are not as SHA256SUMS says, and the digest of SHA256SUMS itself."""
    content = read(folder / "SHA256SUMS")
    listed = {}
    for line in content.decode("utf-8", "replace").splitlines():
        value, _, name = line.partition("  ")
        listed[name] = value
    here = {path.name for path in folder.iterdir()} - {"SHA256SUMS", "__pycache__"}
    faults = [f"{name} is not listed in SHA256SUMS" for name in sorted(here - set(listed))]
    for name, value in sorted(listed.items()):
        if name not in here:
            faults.append(f"{name} is missing")
        elif hashlib.sha256(read(folder / name)).hexdigest() != value:
            faults.append(f"{name} has been changed since it was exported")
    return faults, hashlib.sha256(content).hexdigest()


def shape_faults(whole: Any) -> list[str]:
    """Why events.json is not of the one shape that is checked."""
    faults = fields_faults("events.json", whole, WHOLE)
    if faults:
        return faults
    if whole["format"] != 1:
        return ["events.json is of another format than this program knows"]
    for place, event in enumerate(whole["events"], start=1):
        faults += fields_faults(f"event {place} of the file", event, EVENT)
    return faults


def fields_faults(name: str, found: Any, wanted: dict[str, Any]) -> list[str]:
    """Fields that are missing, not known, or not of their kind. None stands for a text that may be absent."""
    if not isinstance(found, dict):
        return [f"{name} is not a table"]
    faults = [f"{name}: '{field}' is missing" for field in wanted if field not in found]
    faults += [f"{name}: '{field}' is not known" for field in found if field not in wanted]
    for field, kind in wanted.items():
        value = found.get(field)
        absent_or_text = value is None or (isinstance(value, str) and (value != "" or field == "salt"))
        right = absent_or_text if kind is None else type(value) is kind
        if field in found and not right:
            faults.append(f"{name}: '{field}' is not what it should be")
    return faults


def whole_faults(whole: dict[str, Any]) -> list[str]:
    """Entries that were changed, or that do not follow one another."""
    events, faults = whole["events"], []
    if whole["count"] != len(events):
        faults.append(f"there should be {whole['count']} entries; there are {len(events)}")
    previous: dict[str, Any] | None = None
    for event in events:
        faults += event_faults(event, whole)
        if previous is not None and event["number"] <= previous["number"]:
            faults.append(f"entry {event['number']} does not come after entry {previous['number']}")
        follows = previous is not None and event["number"] == previous["number"] + 1
        if follows and previous is not None and event["previous_hash"] != previous["hash"]:
            faults.append(f"entry {event['number']} does not follow from entry {previous['number']}")
        previous = event
    return faults


def event_faults(event: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    """What is wrong with one entry by itself."""
    name, faults = f"entry {event['number']}", []
    if event["case_id"] != whole["case"]:
        faults.append(f"{name} is of another case")
    if not all(HEX.fullmatch(event[field]) for field in ("payload_digest", "previous_hash", "hash")):
        return [*faults, f"{name} has a hash that is none"]
    if not all(INSTANT.fullmatch(event[field]) for field in ("happened_at", "recorded_at")):
        faults.append(f"{name} has an instant that is none")
    if (event["payload"] is None) != (event["salt"] is None):
        faults.append(f"{name} has content without its salt, or a salt without content")
    elif event["payload"] is not None and payload_digest(event) != event["payload_digest"]:
        faults.append(f"{name} says something else than when it was sealed")
    if hash_of(event, whole["partnership"]) != event["hash"]:
        faults.append(f"{name} has been changed since it was sealed")
    return faults


def payload_digest(event: dict[str, Any]) -> str:
    """The salted digest of what an entry said; nothing where the salt is none."""
    try:
        salt = bytes.fromhex(event["salt"])
    except ValueError:
        return ""
    exact = event["salt"] == salt.hex()
    return (
        hashlib.sha256(salt + event["payload"].encode("utf-8", "surrogatepass")).hexdigest() if exact else ""
    )


def hash_of(event: dict[str, Any], partnership: str) -> str:
    """The hash that seals an entry: of the previous hash, then each field as "length:value"."""
    fields = (
        str(event["version"]), partnership, str(event["number"]), event["happened_at"], event["recorded_at"],
        event["actor_person"] or "", event["actor_capacity"], event["kind"], event["case_id"], event["stage"] or "",
        event["party"] or "", event["outcome"] or "", event["facts"], event["payload_digest"],
    )  # fmt: skip
    sealed = b""
    for field in fields:
        text = field.encode("utf-8", "surrogatepass")
        sealed += str(len(text)).encode() + b":" + text
    return hashlib.sha256(bytes.fromhex(event["previous_hash"]) + sealed).hexdigest()


def chain_faults(chain: dict[str, str], events: list[dict[str, Any]]) -> list[str]:
    """Where the entries and what was found of the whole chain contradict each other."""
    faults = []
    if chain.get("result") != "whole":
        faults.append(f"the installation found its own chain broken: {chain.get('result')}")
    if not chain.get("last-anchor-agrees", "").startswith("yes") and chain.get("last-anchor") != "none":
        faults.append("the last anchor outside the database did not agree with the chain")
    known = []
    if chain.get("events", "").isdigit():
        known.append((int(chain["events"]), chain.get("head", "")))
        if any(event["number"] > int(chain["events"]) for event in events):
            faults.append("an entry lies after the end of the chain as it was found")
    else:
        faults.append("chain.txt does not say how long the chain is")
    anchor = chain.get("last-anchor", "").split(" ")
    if len(anchor) == 3 and anchor[1].isdigit():
        known.append((int(anchor[1]), anchor[2]))
    if len({number for number, _hash in known}) < len(set(known)):
        faults.append("chain.txt gives two hashes for one entry")
    for event in events:
        if any(number == event["number"] and sealed != event["hash"] for number, sealed in known):
            faults.append(f"entry {event['number']} has another hash than chain.txt says")
    return faults


def read_chain(path: Path) -> dict[str, str]:
    """The lines `name: value` of chain.txt."""
    lines = read(path).decode("utf-8", "replace").splitlines()
    return {name: value for name, mark, value in (line.partition(": ") for line in lines) if mark}


def read_json(path: Path) -> Any:
    """A file of JSON in which nothing stands twice."""
    try:
        return json.loads(read(path).decode("utf-8"), object_pairs_hook=_once)
    except ValueError as fault:
        raise Unreadable(f"{path.name}: {fault}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def read(path: Path) -> bytes:
    """The bytes of a file."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Unreadable(f"{path.name}: {type(fault).__name__}") from None


def say(text: str) -> None:
    """One line for whoever runs this."""
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode() + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

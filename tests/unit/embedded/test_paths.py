"""Where the data and the sockets are, and which folders are refused."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from embedded import paths
from embedded.identity import Identity, Refused, identity


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user can pass through (pytest's own is closed to the user that root drops to)."""
    with TemporaryDirectory(prefix="wm-") as folder:
        os.chmod(folder, 0o711)
        yield Path(folder).resolve()


@pytest.fixture
def who() -> Identity:
    return identity()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_the_environment_chooses_the_folder(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("WAYMARK_DATA", str(place / "here" / ".." / "there"))

    assert paths.data_folder() == place / "there"


def test_without_a_choice_root_uses_var_lib_and_a_person_the_checkout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WAYMARK_DATA", raising=False)
    monkeypatch.setattr(paths, "ROOT", Path("/srv/way  mark"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    as_root = paths.data_folder()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert as_root.parent == Path("/var/lib/waymark")
    assert as_root.name.startswith("way-mark-")
    assert paths.data_folder() == Path("/srv/way  mark/.waymark")


def test_two_checkouts_of_one_name_have_two_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYMARK_DATA", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    found = set()
    for root in ("/srv/a/waymark", "/srv/b/waymark"):
        monkeypatch.setattr(paths, "ROOT", Path(root))
        found.add(paths.data_folder())

    assert len(found) == 2


def test_a_new_folder_is_closed_to_others_and_stays_ours(place: Path, who: Identity) -> None:
    data = place / "deep" / "data"

    paths.prepare_data(data, who)

    assert mode(data) == (0o710 if who.drops else 0o700)
    assert data.stat().st_uid == os.geteuid()


def test_a_closed_umask_does_not_keep_the_servers_out(place: Path, who: Identity) -> None:
    before = os.umask(0o077)
    try:
        paths.prepare_data(place / "deep" / "data", who)
    finally:
        os.umask(before)

    assert who.may_enter(place / "deep")


def test_an_empty_folder_of_mode_0700_is_taken(place: Path, who: Identity) -> None:
    data = place / "mine"
    data.mkdir(mode=0o700)

    paths.prepare_data(data, who)

    assert who.may_enter(data)


def test_a_folder_of_something_else_is_refused_and_untouched(place: Path, who: Identity) -> None:
    (place / "letter.txt").write_text("mine")
    (place / "postgres").mkdir()
    before = mode(place)

    with pytest.raises(Refused, match="not empty and was not made by Waymark"):
        paths.prepare_data(place, who)

    assert mode(place) == before
    assert sorted(found.name for found in place.iterdir()) == ["letter.txt", "postgres"]


def test_our_own_folder_is_taken_again(place: Path, who: Identity) -> None:
    data = place / "data"
    paths.prepare_data(data, who)
    (data / paths.LOCK).touch()
    (data / "something").touch()

    paths.prepare_data(data, who)

    assert (data / "something").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(place: Path, who: Identity) -> None:
    (place / "data").write_text("a file")

    with pytest.raises(Refused, match="data"):
        paths.prepare_data(place / "data", who)


def test_a_parent_that_the_servers_cannot_enter_is_named(place: Path, who: Identity) -> None:
    closed = place / "closed"
    closed.mkdir()
    closed.chmod(0o700 if who.drops else 0o600)
    try:
        with pytest.raises(Refused, match=f"cannot enter {closed}") as refusal:
            paths.prepare_data(closed / "below" / "data", who)
    finally:
        closed.chmod(0o700)

    assert "\n" not in str(refusal.value)
    assert list(closed.iterdir()) == []


def test_sockets_are_in_the_data_where_their_address_fits(place: Path, who: Identity) -> None:
    folder = paths.socket_folder(place, who)

    assert folder == place / "run"
    assert mode(folder) == 0o700
    assert folder.stat().st_uid == who.uid


@pytest.mark.parametrize("name", ["n" * 90, "with a space", "per%cent", "zürich", "a?b", "a,b"])
def test_sockets_are_elsewhere_where_an_address_could_not_hold_them(
    place: Path, who: Identity, name: str
) -> None:
    data = place / name
    data.mkdir()

    folder = paths.socket_folder(data, who)

    try:
        assert paths.PLAIN.fullmatch(str(folder))
        assert len(str(folder / ".s.PGSQL.5432")) < 100
        assert mode(folder) == 0o700
        assert folder.stat().st_uid == who.uid
        assert folder == paths.socket_folder(data, who)
    finally:
        folder.rmdir()


def test_a_link_in_the_place_of_a_private_folder_is_refused(place: Path, who: Identity) -> None:
    (place / "target").mkdir(mode=0o755)
    (place / "link").symlink_to(place / "target")

    with pytest.raises(Refused, match="is not Waymark's folder"):
        paths.private_folder(place / "link", who)

    assert (place / "target").stat().st_uid == os.geteuid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that is somebody else's")
def test_a_private_folder_of_somebody_else_is_refused(place: Path, who: Identity) -> None:
    (place / "theirs").mkdir()
    os.chown(place / "theirs", 12345, 12345)

    with pytest.raises(Refused, match="is not Waymark's folder"):
        paths.private_folder(place / "theirs", who)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that is somebody else's")
def test_a_data_folder_of_somebody_else_is_refused(place: Path, who: Identity) -> None:
    os.chown(place, 12345, 12345)
    place.chmod(0o755)

    with pytest.raises(Refused, match="belongs to somebody else"):
        paths.prepare_data(place, who)


def test_a_log_is_ours_alone_and_is_no_link(place: Path) -> None:
    os.close(paths.log_file(place, "a.log"))
    (place / "logs" / "b.log").symlink_to(place / "elsewhere")

    assert mode(place / "logs" / "a.log") == 0o600
    with pytest.raises(OSError, match="symbolic"):
        paths.log_file(place, "b.log")
    assert not (place / "elsewhere").exists()

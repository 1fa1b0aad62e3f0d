"""The environment of the running demonstration, kept for commands."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

from embedded import environment


def test_it_is_kept_for_its_user_alone_as_a_shell_reads_it(tmp_path: Path) -> None:
    awkward = "postgresql://x:a'b$(touch made)`c`\"d @/w?host=/tmp/a b"
    (tmp_path / environment.NAME).write_text("left by a start that was killed")
    path = environment.keep(tmp_path, {"DATABASE_URL": awkward, "SMTP_PORT": "25"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = subprocess.run(
        ["bash", "-c", f'set -a; source "{path}"; env'],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert f"DATABASE_URL={awkward}" in said
    assert "SMTP_PORT=25" in said
    assert sorted(one.name for one in tmp_path.iterdir()) == [environment.NAME]


def test_it_is_taken_away_once_or_twice(tmp_path: Path) -> None:
    environment.keep(tmp_path, {})
    for _again in range(2):
        environment.forget(tmp_path)
        assert list(tmp_path.iterdir()) == []

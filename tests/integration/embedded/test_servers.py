"""PostgreSQL and Redis really started, killed, left half-made, and started again."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import redis

from embedded import paths, strays
from embedded.identity import Identity, Refused, identity
from embedded.postgres import PUT_ON, ROLES
from embedded.servers import Embedded


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with TemporaryDirectory(prefix="wm-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        yield Path(folder).resolve()


@pytest.fixture(scope="module")
def running(place: Path) -> Iterator[Embedded]:
    """One pair of servers that the tests of this file share; a test that stops one starts it again."""
    with Embedded(place / "data", durable=False) as servers:
        yield servers


@pytest.fixture(scope="module")
def who() -> Identity:
    return identity()


def until(condition: Callable[[], object], patience: float = 60) -> None:
    """Wait for something that will happen; fail where it does not."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def server_pids(servers: Embedded) -> list[int]:
    assert servers.postgres.process is not None
    assert servers.redis.process is not None
    return [servers.postgres.process.pid, servers.redis.process.pid]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def listening_on_a_network(pid: int) -> bool:
    """Whether a process holds a socket that the kernel's tables of TCP and UDP name."""
    held = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(descriptor))
        held |= {found.group(1)} if found else set()
    tables = "".join(Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6", "udp", "udp6"))
    return bool(held & {line.split()[9] for line in tables.splitlines() if line.split()[0].endswith(":")})


def test_the_servers_are_not_root(running: Embedded, who: Identity) -> None:
    assert who.uid != 0
    for pid in server_pids(running):
        said = Path(f"/proc/{pid}/status").read_text()
        assert re.search(rf"^Uid:\t{who.uid}\t{who.uid}\t{who.uid}\t{who.uid}$", said, re.MULTILINE)
        assert re.search(rf"^Gid:\t{who.gid}\t{who.gid}\t{who.gid}\t{who.gid}$", said, re.MULTILINE)


@pytest.mark.skipif(os.geteuid() != 0, reason="a person's servers keep the person's groups")
def test_no_group_of_root_is_kept(running: Embedded) -> None:
    for pid in server_pids(running):
        assert re.search(r"^Groups:\t\s*$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)


def test_nothing_listens_on_a_network(running: Embedded) -> None:
    assert not any(listening_on_a_network(pid) for pid in server_pids(running))
    with running.postgres.connect() as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_folders_and_files_are_closed_to_others(running: Embedded, who: Identity) -> None:
    data = running.data
    sockets = running.postgres.sockets

    assert [mode(folder) for folder in (sockets, data / "postgres", data / "redis", data / "tmp")] == [
        0o700
    ] * 4
    assert mode(data / "secrets.json") == 0o600
    assert mode(data) & 0o007 == 0
    assert data.stat().st_uid == os.geteuid()
    assert sockets.stat().st_uid == who.uid
    assert {mode(file) for file in (data / "logs").iterdir()} == {0o600}


def test_no_password_is_in_a_command_line_or_a_log(running: Embedded) -> None:
    seen = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in server_pids(running))
    seen += b"".join(file.read_bytes() for file in (running.data / "logs").iterdir())

    assert not [name for name, value in running.secrets.items() if value.encode() in seen]


def test_the_roles_have_no_more_than_they_need(running: Embedded) -> None:
    with running.postgres.connect() as connection:
        found = connection.execute(
            "select rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,"
            " rolpassword like 'SCRAM-SHA-256$%%' from pg_authid where rolname = any(%s)",
            [list(ROLES)],
        ).fetchall()

    assert {row[0]: row[1:] for row in found} == {
        role: (True, False, False, False, False, role == "waymark_backup", True) for role in ROLES
    }


def test_nobody_signs_in_as_the_roles_that_are_put_on_and_only_they_may_put_them_on(
    running: Embedded,
) -> None:
    with running.postgres.connect() as connection:
        found = connection.execute(
            "select rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolpassword is not null"
            " from pg_authid where rolname = any(%s)",
            [list(PUT_ON)],
        ).fetchall()
        worn = connection.execute(
            "select pg_get_userbyid(roleid), pg_get_userbyid(member), inherit_option, set_option, admin_option"
            " from pg_auth_members where pg_get_userbyid(member) like 'waymark%'"
        ).fetchall()

    assert {row[0]: set(row[1:]) for row in found} == {role: {False} for role in PUT_ON}
    assert set(worn) == {
        (role, wearer, False, True, False) for role, wearers in PUT_ON.items() for wearer in wearers
    }


def test_the_database_is_the_owners_and_speaks_unicode(running: Embedded) -> None:
    with running.postgres.connect() as connection:
        row = connection.execute(
            "select pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider::text, datlocale"
            " from pg_database where datname = 'waymark'"
        ).fetchone()

    assert row == ("waymark_owner", "UTF8", "b", "C.UTF-8")


@pytest.mark.parametrize("password", ["", "wrong"])
def test_postgresql_wants_the_password(running: Embedded, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host=str(running.postgres.sockets),
            user="waymark_app",
            dbname="waymark",
            password=password,
            passfile="/-",
        )


def test_redis_wants_the_password(running: Embedded) -> None:
    address = running.environment["REDIS_URL"]
    stranger, known = redis.Redis(unix_socket_path=str(running.redis.socket)), redis.Redis.from_url(address)

    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with known:
        assert known.ping()


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_RELAY_URL"])
def test_each_address_reaches_the_database(running: Embedded, name: str) -> None:
    address = running.environment[name].replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address) as connection:
        row = connection.execute("select current_user, current_database()").fetchone()

    assert row is not None
    assert address.startswith(f"postgresql://{row[0]}:")
    assert row[1] == "waymark"


def test_the_application_role_makes_no_tables(running: Embedded) -> None:
    address = running.environment["DATABASE_URL"].replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("create table x (y int)")


def test_a_second_supervisor_is_refused(running: Embedded) -> None:
    with (
        pytest.raises(Refused, match=f"already running on the data in {running.data}"),
        Embedded(running.data),
    ):
        pytest.fail("two supervisors on one folder")

    with running.postgres.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_servers_that_were_killed_are_started_again(running: Embedded) -> None:
    with running.postgres.connect(database="waymark") as connection:
        connection.execute("set synchronous_commit to on")  # servers for tests do without
        connection.execute("create table kept as select 7 as seven")
    for pid in server_pids(running):
        os.kill(pid, signal.SIGKILL)
    until(lambda: running.postgres.died() and running.redis.died())

    said = running.watch()

    assert said == [
        "PostgreSQL ended by itself and was started again",
        "Redis ended by itself and was started again",
    ]
    assert running.watch() == []
    with running.postgres.connect(database="waymark") as connection:
        assert connection.execute("table kept").fetchone() == (7,)
    with redis.Redis.from_url(running.environment["REDIS_URL"]) as again:
        assert again.ping()


def test_a_pid_that_is_somebody_elses_by_now_keeps_nobody_out(running: Embedded, who: Identity) -> None:
    running.postgres.stop()
    file = running.postgres.cluster / "postmaster.pid"
    # A live process of the servers' user: PostgreSQL would take it for its own and never start again.
    assert running.redis.process is not None
    file.write_text(f"{running.redis.process.pid}\n{running.postgres.cluster}\n1\n5432\n\n\n\n\n")
    who.own(file)

    running.postgres.start()

    assert running.redis.process.poll() is None
    with running.postgres.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_half_made_cluster_is_made_again(place: Path, who: Identity) -> None:
    data = place / "half"
    paths.prepare_data(data, who)
    (data / paths.LOCK).touch()
    (data / "postgres.making").touch()
    left = paths.private_folder(data / "postgres", who) / "PG_VERSION"
    left.write_text("18\n")
    who.own(left)
    (data / "initial-left").write_text("a password")

    with Embedded(data, durable=False) as servers, servers.postgres.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)

    assert not (data / "postgres.making").exists()
    assert not (data / "initial-left").exists()


def test_a_cluster_that_is_not_known_to_be_half_made_is_kept(place: Path, who: Identity) -> None:
    data = place / "foreign"
    paths.prepare_data(data, who)
    (data / paths.LOCK).touch()
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("15\n")

    with pytest.raises(Refused, match="was not made by Waymark"), Embedded(data, durable=False):
        pytest.fail("somebody else's data was taken")

    assert (data / "postgres" / "PG_VERSION").read_text() == "15\n"


HOLDER = """
import sys, time
from pathlib import Path
from embedded.servers import Embedded
with Embedded(Path(sys.argv[1])) as servers:
    with servers.postgres.connect(database="waymark") as connection:
        connection.execute("create table if not exists kept as select 7 as seven")
    print(servers.postgres.process.pid, servers.redis.process.pid, flush=True)
    time.sleep(120)
"""


def test_a_killed_supervisor_leaves_no_server_and_loses_nothing(place: Path, who: Identity) -> None:
    data = place / ("a long name with spaces " * 5)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)], stdout=subprocess.PIPE, cwd=paths.ROOT, text=True,
        env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
    )  # fmt: skip
    assert holder.stdout is not None
    pids = [int(pid) for pid in holder.stdout.readline().split()]
    assert len(pids) == 2
    holder.kill()
    holder.wait()
    holder.stdout.close()

    until(lambda: not strays.working_in(data / "postgres", "postgres", who.uid))
    until(lambda: not strays.working_in(data / "redis", "redis-server", who.uid))
    with Embedded(data) as servers, servers.postgres.connect(database="waymark") as connection:
        assert connection.execute("table kept").fetchone() == (7,)
        assert connection.execute("show fsync").fetchone() == ("on",)
        sockets = servers.postgres.sockets
    assert not sockets.exists()


def test_a_server_that_outlived_its_supervisor_is_stopped_first(place: Path, who: Identity) -> None:
    data = place / "outlived"
    first = Embedded(data, durable=False)
    first.__enter__()
    assert first.postgres.process is not None
    assert first.redis.process is not None
    assert first._lock is not None
    os.close(first._lock)  # what a supervisor's death does to its lock
    first._lock = None

    with Embedded(data, durable=False) as second:
        assert second.postgres.process is not None
        assert first.postgres.died()
        assert first.redis.died()
        pids = strays.working_in(data / "postgres", "postgres", who.uid)
        assert second.postgres.process.pid in pids
        assert first.postgres.process.pid not in pids


def test_stopping_leaves_no_process(place: Path, who: Identity) -> None:
    with Embedded(place / "stopped", durable=False) as servers:
        assert strays.working_in(servers.data / "postgres", "postgres", who.uid)

    assert not strays.working_in(place / "stopped" / "postgres", "postgres", who.uid)
    assert not strays.working_in(place / "stopped" / "redis", "redis-server", who.uid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs programs that another user can read")
def test_programs_out_of_reach_are_copied_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedded.programs._reachable", lambda _file, _identity: False)
    data = place / "copied"

    with Embedded(data, durable=False) as servers, servers.postgres.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert servers.postgres.programs.is_relative_to(data / "programs")
        assert servers.redis.program.is_relative_to(data / "programs")
    made = {folder.name: folder.stat().st_ctime_ns for folder in (data / "programs").iterdir()}
    with Embedded(data, durable=False):
        again = {folder.name: folder.stat().st_ctime_ns for folder in (data / "programs").iterdir()}

    assert len(made) == 2
    assert again == made
    assert {file.stat().st_uid for file in (data / "programs").rglob("*")} == {0}

"""PostgreSQL by its own programs: made once, started on a socket in a private folder, stopped cleanly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from embedded.identity import Identity, Refused

DATABASE = "waymark"
ROLES = ("waymark_owner", "waymark_app", "waymark_relay", "waymark_backup")
PATIENCE = 60.0
UNDURABLE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class Postgres:
    """One cluster in `data/postgres`, listening only on a socket in `sockets`."""

    def __init__(
        self,
        data: Path,
        sockets: Path,
        programs: Path,
        identity: Identity,
        passwords: dict[str, str],
        durable: bool,
    ) -> None:
        self.cluster = data / "postgres"
        self.data, self.sockets, self.programs = data, sockets, programs
        self.identity, self.passwords, self.durable = identity, passwords, durable
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster where there is none, start it and wait until it answers. Raises Refused."""
        if not (self.data / "postgres.made").exists():
            self._make()
        self._end_stray()
        for attempt in range(3):  # the first start after a kill can fail for a moment
            self.process = self._run()
            if self._answers():
                break
            self._end()
            if attempt == 2:
                raise Refused(f"PostgreSQL did not start; its log is {self.data / 'postgres.log'}.")
        self._roles()

    def stop(self) -> None:
        """Stop quickly and cleanly: open transactions are rolled back, what was committed stays."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self._end()
        self.process = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """SQLAlchemy's address of a database for a role."""
        return f"postgresql+psycopg://{role}:{self.passwords[role]}@/{database}?host={self.sockets}"

    def connect(
        self, role: str = "postgres", database: str = "postgres"
    ) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of psycopg's own, committing each statement."""
        return psycopg.connect(
            host=str(self.sockets), user=role, password=self.passwords[role], dbname=database, autocommit=True
        )

    def _environment(self) -> dict[str, str]:
        own = self.data / "tmp"
        own.mkdir(mode=0o700, exist_ok=True)
        self.identity.own(own)
        return {"PATH": os.defpath, "TMPDIR": str(own), "LC_ALL": "C", "HOME": str(own)}

    def _make(self) -> None:
        shutil.rmtree(
            self.cluster, ignore_errors=True
        )  # no marker: a first start was interrupted, nothing is in it
        secret = self.data / "tmp" / "initial"
        environment = self._environment()
        secret.write_text(self.passwords["postgres"], encoding="ascii")
        secret.chmod(0o600)
        self.identity.own(secret)
        command = [
            str(self.programs / "initdb"), "-D", str(self.cluster), "-U", "postgres", "-A", "scram-sha-256",
            f"--pwfile={secret}", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        made = subprocess.run(
            command,
            env=environment,
            preexec_fn=self.identity.preparation(),
            capture_output=True,
            check=False,
            cwd="/",
        )
        secret.unlink(missing_ok=True)
        if made.returncode:
            raise Refused(
                "PostgreSQL's data could not be made: " + made.stderr.decode(errors="replace").strip()[-300:]
            )
        marker = self.data / "postgres.made"
        marker.write_text("initdb finished\n", encoding="ascii")
        self.identity.own(marker)

    def _run(self) -> subprocess.Popen[bytes]:
        settings = ["listen_addresses=", f"unix_socket_directories={self.sockets}", "unix_socket_permissions=0700",
                    "max_connections=120", "shared_buffers=128MB", "timezone=UTC"]  # fmt: skip
        settings += [] if self.durable else UNDURABLE
        options = [part for setting in settings for part in ("-c", setting)]
        log = self.data / "postgres.log"
        with open(log, "ab") as output:
            self.identity.own(log)
            return subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.cluster), *options],
                env=self._environment(), preexec_fn=self._preparation(), stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip

    def _preparation(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        drop = self.identity.preparation()

        def prepare() -> None:
            os.setsid()  # Ctrl-C in the terminal is for the supervisor, which then stops the servers in order
            drop()

        return prepare

    def _answers(self) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                return False
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def _end_stray(self) -> None:
        """End a server left by a supervisor that was killed, before its successor takes the same data."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
            running = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return
        if str(self.cluster).encode() not in running:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _roles(self) -> None:
        with self.connect() as connection:
            known = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
            for role in ROLES:
                verb = "ALTER" if role in known else "CREATE"
                bypass = "BYPASSRLS" if role == "waymark_backup" else "NOBYPASSRLS"
                connection.execute(
                    sql.SQL(
                        verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE " + bypass + " PASSWORD {}"
                    ).format(sql.Identifier(role), sql.Literal(self.passwords[role]))
                )
            if not connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER waymark_owner").format(sql.Identifier(DATABASE))
                )
        with self.connect(database=DATABASE) as connection:
            connection.execute("ALTER SCHEMA public OWNER TO waymark_owner")
            connection.execute(
                sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(
                    sql.Identifier(DATABASE)
                )
            )
            for role in ROLES:
                connection.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(role)
                    )
                )

"""PostgreSQL by its own programs: made once, started on a socket in a private folder, stopped cleanly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from embedded import paths, strays
from embedded.identity import Identity, Refused

DATABASE = "waymark"
ROLES = ("waymark_owner", "waymark_app", "waymark_relay", "waymark_backup")
# Roles that nobody signs in as, and who may put each of them on.
PUT_ON = {"waymark_people": ("waymark_app",), "waymark_operator": ("waymark_app", "waymark_owner")}
PATIENCE = 60.0
ATTEMPTS = 5
# The log says that something failed and where, and nothing of the rows or the values that were written.
QUIET = ("log_error_verbosity=terse", "log_min_error_statement=panic", "log_parameter_max_length_on_error=0")
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
        strays.end(self.cluster, "postgres", self.identity.uid, signal.SIGINT)
        if not self._made.exists():
            self._make()
        # Nothing works in the cluster any more, so this names nobody, or by now somebody else.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for _attempt in range(ATTEMPTS):  # the first start after a kill can fail for a moment
            self.process = self._run()
            if self._answers():
                self._roles()
                return
            self._end()
            time.sleep(0.3)
        raise Refused(f"PostgreSQL did not start; its log is {self.data / 'logs' / 'postgres.log'}.")

    def stop(self) -> None:
        """Stop quickly and cleanly: open transactions are rolled back, what was committed stays."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self._end()
        self.process = None

    def died(self) -> bool:
        """Whether it was started and has ended by itself."""
        return self.process is not None and self.process.poll() is not None

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
        own = paths.private_folder(self.data / "tmp", self.identity)
        return {"PATH": os.defpath, "TMPDIR": str(own), "LC_ALL": "C", "HOME": str(own)}

    @property
    def _made(self) -> Path:
        return self.data / "postgres.made"

    def _make(self) -> None:
        """Make the cluster. What a first start that was cut short left is removed, and nothing else ever is."""
        making = self.data / "postgres.making"
        if self.cluster.exists():
            if not making.exists():
                raise Refused(
                    f"{self.cluster} exists and was not made by Waymark. Set WAYMARK_DATA to another."
                )
            shutil.rmtree(self.cluster)
        for left in self.data.glob("initial-*"):
            left.unlink()
        making.touch()
        paths.private_folder(self.cluster, self.identity)
        self._initialise()
        self._made.write_text("initdb finished\n", encoding="ascii")
        making.unlink()

    def _initialise(self) -> None:
        with tempfile.NamedTemporaryFile(dir=self.data, prefix="initial-") as secret:
            secret.write(self.passwords["postgres"].encode("ascii"))
            secret.flush()
            self.identity.own(Path(secret.name))
            command = [
                str(self.programs / "initdb"), "-D", str(self.cluster), "-U", "postgres", "-A", "scram-sha-256",
                f"--pwfile={secret.name}", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                "--locale=C", *([] if self.durable else ["--no-sync"]),
            ]  # fmt: skip
            made = subprocess.run(
                command, env=self._environment(), preexec_fn=self.identity.preparation(), capture_output=True,
                check=False, cwd="/",
            )  # fmt: skip
        if made.returncode:
            said = made.stderr.decode(errors="replace").strip()
            raise Refused("PostgreSQL's data could not be made: " + said[-300:])

    def _run(self) -> subprocess.Popen[bytes]:
        settings = ["listen_addresses=", f"unix_socket_directories={self.sockets}", "unix_socket_permissions=0700",
                    "max_connections=120", "shared_buffers=128MB", "timezone=UTC"]  # fmt: skip
        settings += QUIET
        settings += [] if self.durable else UNDURABLE
        options = [part for setting in settings for part in ("-c", setting)]
        log = paths.log_file(self.data, "postgres.log")
        try:
            return subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.cluster), *options],
                env=self._environment(), preexec_fn=self.identity.preparation(), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip
        finally:
            os.close(log)

    def _answers(self) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self.died():
            try:
                self.connect().close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise Refused(f"The passwords in {self.data} are not those of its PostgreSQL.") from None
                time.sleep(0.05)
            else:
                return True
        return False

    def _end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

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
            for role, wearers in PUT_ON.items():
                verb = "ALTER" if role in known else "CREATE"
                rights = " ROLE {} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
                connection.execute(sql.SQL(verb + rights).format(sql.Identifier(role)))
                for wearer in wearers:
                    connection.execute(
                        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE, ADMIN FALSE").format(
                            sql.Identifier(role), sql.Identifier(wearer)
                        )
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

"""The sweeper: leases what is due, as a role that sees when work is due and never what it is about.

The row is leased and committed before it is handed over, so that a crash or a flushed Redis in between costs
one lease and nothing else. Leases run in real time; whether work is due, the procedure's clock says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, Engine, create_engine, text

from app import clock_source
from app.crash import crash
from app.outbox import jobs
from config import ConfigurationError

QUEUE = "waymark"
FUNCTION = "app.outbox.jobs.run_intent"
BATCH = 100
# Beyond this many waiting jobs, leases would run out in the queue and only make it longer.
QUEUE_HOLDS = 300
LEASE_SECONDS = 60
# Shorter than the lease, so that a stuck job has ended before it is handed over again.
JOB_SECONDS = 45
# How long Redis keeps what nobody needs: the row knows how it went.
FAILED_JOB_SECONDS = 60
QUEUED_JOB_SECONDS = 3600

# What a statutory answer hangs on goes before mail: a silence is judged, and a deputy contacted, at its moment.
URGENT = ("deem", "contact-deputy")

# From the fifth attempt on the lease doubles: something keeps losing this work, and haste would not help.
# Every partnership with work due gets its turn: first the urgent work of all, then the first of each partnership, then
# the second of each, and so on. So a partnership that posts a thousand messages at once delays nobody but itself.
LEASE = text(
    """
    update job_intents set attempts = attempts + 1,
        lease_until = cast(:real as timestamptz)
            + least(:lease * power(2, greatest(attempts - 4, 0)), 3600) * interval '1 second'
    where (partnership_id, id) in (
        with waiting as (
            select distinct partnership_id from job_intents
            where done_at is null and failed_at is null and run_at <= :now
                and (lease_until is null or lease_until <= :real)
        ), ranked as (
            select due.partnership_id, due.id, due.urgent, due.run_at,
                row_number() over (partition by due.partnership_id, due.urgent order by due.run_at, due.id) as place
            from waiting cross join lateral (
                select partnership_id, id, run_at, kind = any(:urgent) as urgent from job_intents
                where partnership_id = waiting.partnership_id and done_at is null and failed_at is null
                    and run_at <= :now and (lease_until is null or lease_until <= :real)
                order by kind = any(:urgent) desc, run_at, id limit 5 * :many
            ) due
        )
        select job_intents.partnership_id, job_intents.id from job_intents
        join ranked on ranked.partnership_id = job_intents.partnership_id and ranked.id = job_intents.id
        where job_intents.done_at is null and (job_intents.lease_until is null or job_intents.lease_until <= :real)
        order by ranked.urgent desc, ranked.place, ranked.run_at limit :many for update of job_intents skip locked
    )
    returning partnership_id, id, kind, attempts
    """
)

WAITING = text(
    "select count(*) from job_intents where done_at is null and failed_at is null and run_at <= :now"
)

NEXT = text(
    "select min(run_at) from job_intents where done_at is null and failed_at is null and run_at > :now"
)


@dataclass(frozen=True, slots=True)
class Leased:
    """What the queue may know of a piece of work."""

    partnership_id: UUID
    intent_id: UUID
    kind: str
    attempt: int

    @property
    def job_id(self) -> str:
        """Differs for each attempt, for Redis remembers the names of failed jobs."""
        return f"{self.kind}-{self.intent_id}-{self.attempt}"


def relay_engine(app: Flask) -> Engine:
    """The relay's own connections. Raises ConfigurationError where its address is not given."""
    engine = app.extensions.get("waymark_relay")
    if isinstance(engine, Engine):
        return engine
    url = app.config["WAYMARK"].database_relay_url
    if not url:
        raise ConfigurationError("DATABASE_RELAY_URL is not set: the sweeper has its own role.")
    made = create_engine(url, pool_size=1, max_overflow=7, pool_pre_ping=True)
    return app.extensions.setdefault("waymark_relay", made)  # type: ignore[no-any-return]


def work_queue(app: Flask) -> Queue:
    """The one queue. Its jobs hold JSON, never pickled objects."""
    return Queue(QUEUE, connection=app.extensions["redis"], serializer=JSONSerializer)


def lease_due(app: Flask, many: int = BATCH) -> list[Leased]:
    """Lease what is due, at most `many`, and commit. Two sweepers never lease the same row."""
    real = clock_source.real_now()
    with relay_engine(app).begin() as connection:
        now = _procedure_now(app, connection, real)
        asked = {"now": now, "real": real, "many": many, "lease": LEASE_SECONDS, "urgent": list(URGENT)}
        rows = connection.execute(LEASE, asked)
        leased = [Leased(row.partnership_id, row.id, row.kind, row.attempts) for row in rows]
    leased.sort(key=lambda one: one.kind not in URGENT)
    if leased:
        crash("after-lease")
    return leased


def sweep_once(app: Flask) -> int:
    """Lease what is due and hand it to the queue. Returns how many were handed over."""
    queue = work_queue(app)
    room = min(BATCH, QUEUE_HOLDS - queue.count)
    leased = lease_due(app, room) if room > 0 else []
    for one in leased:
        crash("before-enqueue")
        _enqueue(queue, one)
    return len(leased)


def run_due(app: Flask, most: int = 1000) -> int:
    """Do all that is due in this process, without Redis, until nothing is left. Returns how much was done.

    For tests, and for an operator whose queue is down; it leases as the sweeper does, so both may run at
    once.
    """
    done = 0
    while done < most and (leased := lease_due(app)):
        for one in leased:
            done += jobs.run(app, one.partnership_id, one.intent_id) == "done"
    return done


def next_due(app: Flask, now: datetime) -> datetime | None:
    """When the next work of any partnership falls due, after `now`."""
    with relay_engine(app).connect() as connection:
        found: datetime | None = connection.scalar(NEXT, {"now": now})
        return found


def _enqueue(queue: Queue, one: Leased) -> None:
    queue.enqueue_call(
        FUNCTION,
        args=(str(one.partnership_id), str(one.intent_id)),
        job_id=one.job_id,
        timeout=JOB_SECONDS,
        result_ttl=0,
        ttl=QUEUED_JOB_SECONDS,
        failure_ttl=FAILED_JOB_SECONDS,
        description=one.kind,
        at_front=one.kind in URGENT,
    )


def waiting(app: Flask, now: datetime) -> int:
    """How much work of all partnerships is due at `now` and not done."""
    with relay_engine(app).connect() as connection:
        return int(connection.scalar(WAITING, {"now": now}) or 0)


def _procedure_now(app: Flask, connection: Connection, real: datetime) -> datetime:
    if not app.config["WAYMARK"].demonstrates:
        return real
    seconds = connection.scalar(text("select offset_seconds from demo_clock"))
    return real + timedelta(seconds=seconds or 0)

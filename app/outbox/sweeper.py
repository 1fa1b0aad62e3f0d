"""The sweeper: leases what is due, in any partnership, and hands identifiers to the queue.

It connects as the relay, which sees of due work only where it belongs, its kind and its times. A lease that runs out
(a flushed Redis, a killed worker) is taken again under the next attempt's name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, RowMapping, create_engine, text

from app.clock_source import now as business_now
from app.clock_source import real_now
from app.crash import crash

QUEUE = "waymark"
BATCH = 200
LEASE = timedelta(seconds=60)
LONGEST_LEASE = timedelta(minutes=30)

LEASE_DUE = text(
    "update job_intents j set lease_until = :real + least(:lease * power(2, least(j.attempts, 10)), :longest), "
    "attempts = j.attempts + 1 "
    "from (select partnership_id, id from job_intents where done_at is null and failed_at is null and run_at <= :now "
    "and (lease_until is null or lease_until < :real) order by run_at limit :batch for update skip locked) due "
    "where j.partnership_id = due.partnership_id and j.id = due.id "
    "returning j.partnership_id, j.id, j.kind, j.attempts"
)
WAITING = text(
    "select count(*) from job_intents where done_at is null and failed_at is null and run_at <= :now"
)
NEXT = text(
    "select min(run_at) from job_intents where done_at is null and failed_at is null and run_at > :now"
)


def relay_engine(app: Flask) -> Engine:
    """The relay's own connections, made once for each application."""
    engine = app.extensions.get("relay_engine")
    if engine is None:
        engine = create_engine(app.config["WAYMARK"].database_relay_url, pool_size=2, pool_pre_ping=True)
        app.extensions["relay_engine"] = engine
    assert isinstance(engine, Engine)
    return engine


def sweep_once(app: Flask) -> int:
    """Hand over everything that is due now. Returns how much that was."""
    handed = 0
    while True:
        with app.app_context():
            leased = lease(relay_engine(app), business_now(), real_now())
            crash("after-lease")
            _enqueue(app, leased)
        handed += len(leased)
        if len(leased) < BATCH:
            return handed


def lease(engine: Engine, now: datetime, real: datetime) -> list[RowMapping]:
    """Lease a batch of due intents; no two sweepers lease the same one."""
    with engine.begin() as connection:
        rows = connection.execute(
            LEASE_DUE, {"now": now, "real": real, "lease": LEASE, "longest": LONGEST_LEASE, "batch": BATCH}
        )
        return list(rows.mappings())


def waiting(app: Flask, now: datetime) -> int:
    """How much is due at `now` and not done."""
    with relay_engine(app).connect() as connection:
        return int(connection.scalar(WAITING, {"now": now}) or 0)


def next_due(app: Flask, now: datetime) -> datetime | None:
    """When the next piece of work falls due, after `now`."""
    with relay_engine(app).connect() as connection:
        found: datetime | None = connection.scalar(NEXT, {"now": now})
        return found


def _enqueue(app: Flask, leased: list[RowMapping]) -> None:
    if not leased:
        return
    queue = Queue(QUEUE, connection=app.extensions["redis"], serializer=JSONSerializer)
    for row in leased:
        try:
            queue.enqueue(
                "app.outbox.jobs.run_intent", str(row["partnership_id"]), str(row["id"]),
                job_id=f"{row['kind']}-{row['id']}-{row['attempts']}", result_ttl=0, failure_ttl=60, job_timeout=120,
                description=row["kind"],
            )  # fmt: skip
        except DuplicateJobError:
            continue
        crash("after-enqueue")

"""Where a canary could come to rest: messages, mail, work, logs, Redis, files. And where each must be: the tables."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import structlog
from flask import Flask
from sqlalchemy import select

from app.outbox.models import JobIntent, OutboxMessage
from tenants.base import GLOBAL_TABLES
from tenants.db import db
from tests.integration.attacks.nests import Nest
from tests.support.servers import Servers

LOGGERS = (
    "waymark",
    "waymark.errors",
    "waymark.sign_in",
    "app",
    "werkzeug",
    "rq.worker",
    "flask-limiter",
    "gunicorn",
)
# Columns of text in which no person can write anything: they hold what the code chooses, and no canary can be there.
IDENTIFIER = "an identifier that the code makes"
KIND = "one of a closed list of words"
DIGEST = "a digest"
PROCEDURE = "a text of the procedure's own catalogue"
RENDERED = "made from templates; searched for canaries of cases instead"
FACTS = "machine facts without free text; searched for canaries instead"
MACHINE = "what a machine answered; searched for canaries instead"
RANDOM = "random bytes"
ROLE = "the name of a role that serves no agency, has no deputy and cannot be renamed; or 'Invited person'"
AREA = "the code of a local authority, from the register"
REASONS: dict[str, str] = {
    "agencies.key": IDENTIFIER,
    "agencies.partner": KIND,
    "case_children.birth_certainty": KIND,
    "case_children.concern": KIND,
    "case_links.verdict": KIND,
    "case_links.why": "which parts of two cases are alike, in the code's words",
    "case_stages.guidance_edition": PROCEDURE,
    "case_stages.kind": KIND,
    "review_decisions.maker": KIND,
    "review_decisions.outcome": KIND,
    "review_positions.outcome": KIND,
    "review_positions.party": KIND,
    "review_positions.source": KIND,
    "review_sections.section": KIND,
    "case_stages.procedure_edition": PROCEDURE,
    "cases.home_area": AREA,
    "cases.incident_area": AREA,
    "cases.reference": IDENTIFIER,
    "cases.source": KIND,
    "cases.status": KIND,
    "commission_papers.digest": DIGEST,
    "commission_papers.part": KIND,
    "commission_timetables.days": "days by the name of a milestone",
    "commission_versions.called": KIND,
    "commission_versions.digest": DIGEST,
    "commission_versions.submitted_capacity": ROLE,
    "commissions.kind": KIND,
    "commissions.reference": IDENTIFIER,
    "conflict_declarations.answer": KIND,
    "conflict_declarations.kind": KIND,
    "decision_entries.kind": KIND,
    "decision_entries.outcome": KIND,
    "decision_entries.party": KIND,
    "decision_steps.party": KIND,
    "decision_steps.step": IDENTIFIER,
    "declined_review_answers.outcome": KIND,
    "declined_review_answers.party": KIND,
    "declined_review_answers.source": KIND,
    "declined_review_notices.channel": KIND,
    "deputies.role": KIND,
    "group_papers.digest": DIGEST,
    "group_papers.docx": "the bytes of a file, spelt otherwise as a text; each is looked for as it is sent",
    "group_papers.docx_digest": DIGEST,
    "group_papers.pdf": "the bytes of a file, spelt otherwise as a text; each is looked for as it is sent",
    "group_papers.pdf_digest": DIGEST,
    "group_papers.purpose": KIND,
    "group_papers.title": "what the code calls papers for a purpose",
    "initial_views.outcome": KIND,
    "initial_views.party": KIND,
    "invitations.nonce": RANDOM,
    "invitations.purpose": KIND,
    "invitations.role": KIND,
    "invitations.state": KIND,
    "invitations.token_hash": DIGEST,
    "involvement_chasings.kind": KIND,
    "involvement_drafts.side": KIND,
    "involvement_files.content": "the bytes of a file, spelt otherwise as a text; each is looked for as it is sent",
    "involvement_files.digest": DIGEST,
    "involvement_files.kind": KIND,
    "involvement_files.side": KIND,
    "involvement_requests.purpose": KIND,
    "involvement_returns.digest": DIGEST,
    "involvement_returns.side": KIND,
    "involvement_returns.source": KIND,
    "job_intents.args": "identifiers only, which the code checks; searched for canaries instead",
    "job_intents.key": "identifiers only, which the code checks; searched for canaries instead",
    "job_intents.kind": KIND,
    "job_intents.last_error": MACHINE,
    "ledger_anchors.line": "an instant, a count, a digest and a signature",
    "ledger_events.facts": FACTS,
    "ledger_events.hash": DIGEST,
    "ledger_events.kind": KIND,
    "ledger_events.outcome": KIND,
    "ledger_events.party": KIND,
    "ledger_events.payload_digest": DIGEST,
    "ledger_events.previous_hash": DIGEST,
    "ledger_events.stage": KIND,
    "ledger_heads.hash": DIGEST,
    "ledger_payloads.salt": RANDOM,
    "lig_attendances.party": KIND,
    "lig_items.kind": KIND,
    "lig_meetings.kind": KIND,
    "lig_meetings.state": KIND,
    "membership_proposals.proposed_capacity": ROLE,
    "membership_proposals.role": KIND,
    "membership_proposals.state": KIND,
    "membership_proposals.what": KIND,
    "memberships.role": KIND,
    "notification_decisions.abuse": KIND,
    "notification_decisions.guidance_edition": PROCEDURE,
    "notification_decisions.harm_kinds": KIND,
    "notification_decisions.maker": KIND,
    "notification_decisions.outcome": KIND,
    "obligations.duty": IDENTIFIER,
    "obligations.ending": KIND,
    "obligations.key": IDENTIFIER,
    "obligations.owner": KIND,
    "obligations.paragraph": PROCEDURE,
    "obligations.reason": PROCEDURE,
    "obligations.rule_kind": KIND,
    "obligations.rule_label": PROCEDURE,
    "obligations.stage": KIND,
    "outcome_comments.party": KIND,
    "outbox_messages.body": RENDERED,
    "outbox_messages.case_reference": IDENTIFIER,
    "outbox_messages.context": "identifiers only, which the code checks; searched for canaries instead",
    "outbox_messages.key": "identifiers only; searched for canaries instead",
    "outbox_messages.kind": KIND,
    "outbox_messages.last_error": MACHINE,
    "outbox_messages.message_id": IDENTIFIER,
    "outbox_messages.state": KIND,
    "outbox_messages.subject": RENDERED,
    "partner_meetings.kind": KIND,
    "partner_positions.kind": KIND,
    "partner_positions.outcome": KIND,
    "partner_positions.party": KIND,
    "partner_positions.source": KIND,
    "passkeys.credential_id": "what a device calls a passkey",
    "passkeys.public_key": "a public key",
    "people.subject": "what a provider calls a person",
    "preparation_packs.prefilled": "names of questions by the name of a section",
    "preparation_packs.versions": "numbers by the name of a section",
    "recommendation_actions.state": KIND,
    "recommendation_updates.kind": KIND,
    "recommendation_updates.state": KIND,
    "recommendation_versions.state": KIND,
    "recommendations.source": KIND,
    "recommendations.state": KIND,
    "referral_drafts.reference": IDENTIFIER,
    "referral_drafts.source": KIND,
    "referral_drafts.state": KIND,
    "referral_drafts.touched": "which pages and fields were opened, by the names of the form",
    "refused_writes.endpoint": IDENTIFIER,
    "refused_writes.method": KIND,
    "refused_writes.reference": IDENTIFIER,
    "review_form_answers.answer": KIND,
    "review_form_files.content": "the bytes of a file, spelt otherwise as a text; each is looked for as it is sent",
    "review_form_files.digest": DIGEST,
    "review_form_files.kind": KIND,
    "review_form_sendings.channel": KIND,
    "review_form_sendings.digests": DIGEST,
    "review_form_sendings.party": KIND,
    "review_form_sendings.recipient": KIND,
    "review_form_sendings.recipient_key": IDENTIFIER,
    "review_form_sendings.what": KIND,
    "review_form_versions.digest": DIGEST,
    "review_form_versions.missing": "pieces of the form, in the code's words",
    "review_form_versions.outcome": KIND,
    "scopings.purpose": KIND,
    "scrutiny_observations.about": KIND,
    "serious_incident_notifications.channel": KIND,
    "settings_editions.digest": DIGEST,
}
OF_PEOPLE = ("people", "passkeys")  # of no partnership, and yet with words of a person
TEXTS = ("text", "json", "jsonb", "character varying", "ARRAY", "bytea", "xml", "USER-DEFINED")


def text_columns(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Every column of the catalogue that can hold a text, of every table of partnerships and of people."""
    rows = connection.execute(
        "select c.table_name, c.column_name from information_schema.columns c join information_schema.tables t "
        "using (table_schema, table_name) where c.table_schema = 'public' and t.table_type = 'BASE TABLE' "
        "and c.data_type = any(%s) order by 1, 2",
        [list(TEXTS)],
    ).fetchall()
    return [(table, column) for table, column in rows if table in OF_PEOPLE or table not in GLOBAL_TABLES]


def without_canary(servers: Servers, nests: list[Nest]) -> list[str]:
    """Each column of each partnership without a canary and without a reason; and each reason for no column."""
    faults = []
    with servers.embedded.postgres.connect(database="waymark") as connection:
        columns = text_columns(connection)
        for nest in nests:
            for table, column in columns:
                if f"{table}.{column}" not in REASONS and not _held(
                    connection, nest, table, column, nest.words
                ):
                    faults.append(
                        f"{table}.{column} of {nest.place.slug} holds no canary, and no reason is given"
                    )
    known = {f"{table}.{column}" for table, column in columns}
    return faults + [f"{name} is explained, and does not exist" for name in sorted(set(REASONS) - known)]


def envelope_leaks(servers: Servers, nests: list[Nest]) -> list[str]:
    """Canaries in columns that are said to hold none."""
    found = []
    with servers.embedded.postgres.connect(database="waymark") as connection:
        columns = [
            (table, column) for table, column in text_columns(connection) if f"{table}.{column}" in REASONS
        ]
        for nest in nests:
            found += [
                f"{table}.{column}"
                for table, column in columns
                if _held(connection, nest, table, column, nest.of_cases)
            ]
    return found


def _held(
    connection: psycopg.Connection[Any], nest: Nest, table: str, column: str, words: Collection[str]
) -> bool:
    of = "true" if table in OF_PEOPLE else "partnership_id = %s"
    given: list[Any] = [] if table in OF_PEOPLE else [nest.place.id]
    likes = " or ".join([f'"{column}"::text like %s'] * len(words))
    row = connection.execute(
        f'select 1 from "{table}" where {of} and ({likes}) limit 1',
        [*given, *(f"%{word}%" for word in words)],
    ).fetchone()
    return row is not None


@dataclass
class Log:
    """Every line that is logged, as text."""

    plain: list[str] = field(default_factory=list)
    structured: list[Any] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [*self.plain, *(repr(entry) for entry in self.structured)]


@contextmanager
def logs() -> Iterator[Log]:
    """Keep every line that is logged while this runs, with its traceback."""
    kept = Log()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.plain.append(f"{self.format(record)} {record.__dict__}")

    handler = Keep()
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    logging.getLogger().addHandler(handler)
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        with structlog.testing.capture_logs() as structured:
            kept.structured = structured
            yield kept
    finally:
        logging.getLogger().removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def messages(nests: list[Nest]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every message and piece of work: what it is, all that it says, and what it must not say.

    A message may name the person it is written to; nothing else of the house, and nothing of any case.
    """
    for nest in nests:
        others = {word for one in nests if one is not nest for word in one.words}
        with nest.place.pinned():
            for row in db.session.scalars(select(OutboxMessage)):
                told = [
                    row.subject,
                    row.body,
                    row.context,
                    row.key,
                    row.case_reference,
                    row.message_id,
                    row.last_error,
                ]
                told += [row.to_name, row.to_address]
                yield (
                    f"message {row.kind}",
                    " ".join(str(one) for one in told),
                    frozenset(nest.of_cases | others),
                )
            for intent in db.session.scalars(select(JobIntent)):
                yield (
                    f"work {intent.kind}",
                    f"{intent.args} {intent.key} {intent.last_error}",
                    frozenset(nest.words | others),
                )


def mails(kept: list[EmailMessage], nests: list[Nest]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every mail that was sent."""
    secrets = frozenset(word for nest in nests for word in nest.of_cases)
    for mail in kept:
        body = mail.get_body()
        yield f"mail to {mail['To']}", f"{mail}\n{body.get_content() if body else ''}", secrets


def redis_holds(app: Flask) -> Iterator[tuple[str, str]]:
    """Every key of Redis with its whole value."""
    redis = app.extensions["redis"]
    for key in redis.keys("*"):
        readers = {
            b"string": lambda name: redis.get(name), b"hash": lambda name: redis.hgetall(name),
            b"list": lambda name: redis.lrange(name, 0, -1), b"set": lambda name: redis.smembers(name),
            b"zset": lambda name: redis.zrange(name, 0, -1, withscores=True),
            b"stream": lambda name: redis.xrange(name),
        }  # fmt: skip
        kind = redis.type(key)
        yield f"redis {key!r}", f"{key!r} {readers[kind](key) if kind in readers else b''!r}"


def files(servers: Servers) -> Iterator[tuple[str, bytes]]:
    """Every file that was written beside the database: anchors, logs, what Redis keeps, whatever else there is."""
    roots = [servers.embedded.data, Path(servers.config.anchor_dir)]
    # The database's own files, and programs that were copied to where its user can run them.
    passed = {servers.embedded.postgres.cluster, servers.embedded.data / "programs"}
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.is_file() and not passed & set(path.parents):
                yield f"file {path.relative_to(root)}", path.read_bytes() + path.name.encode()

"""Messages: at least once with one Message-ID, every outcome stored, and whoever listens is told exactly
once."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import select

from app.clock_source import real_now
from app.outbox import handlers, jobs
from app.outbox.models import JobIntent, OutboxMessage
from app.outbox.queries import dead_letters, messages
from app.outbox.service import NotAnIdentifier, post
from app.outbox.sweeper import run_due, work_queue
from tenants.db import db
from tests.integration.outbox.conftest import Sink
from tests.integration.outbox.work import effect, effects
from tests.support.places import Place

KIND = "decision-recorded"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Outcomes told to a listener, which records an event for each."""
    monkeypatch.setattr(handlers, "LISTENERS", {})
    outcomes: list[str] = []

    @handlers.on_delivered(KIND)
    def listen(message: OutboxMessage, outcome: str, now: datetime) -> None:
        outcomes.append(outcome)
        effect({"name": f"{message.context['case_id']}-{outcome}"}, now)

    return outcomes


def send(place: Place, address: str | None = "jo@police.example", key: str = "k") -> bool:
    with place.pinned():
        new = post(
            KIND,
            to_person=None,
            to_address=address,
            to_name="Jo\r\nBcc: x@example.org",
            key=key,
            now=real_now(),
            case_reference="IOW-7K3M-Q",
            context={"case_id": "c1"},
        )
        db.session.commit()
        return new


def state(place: Place) -> tuple[str, int, str | None]:
    with place.pinned():
        one = messages()[0]
        return one.state, one.attempts, one.last_error


def told_in_ledger(place: Place) -> list[str]:
    with place.pinned():
        return effects()


def test_a_message_is_posted_once_by_its_key_and_sent(here: Place, sink: Sink, told: list[str]) -> None:
    assert send(here)
    assert not send(here)
    run_due(here.app)
    assert [mail["Subject"] for mail in sink.mails] == ["IOW-7K3M-Q: a decision has been recorded"]
    assert sink.mails[0]["Bcc"] is None
    assert state(here) == ("sent", 1, None)
    assert told == ["accepted"]
    assert told_in_ledger(here) == ["c1-accepted"]
    with here.pinned():
        assert messages("IOW-7K3M-Q")[0].sent_at is not None
        assert messages("IOW-2222-2") == []


def test_a_message_of_a_rolled_back_transaction_is_never_sent(here: Place, sink: Sink) -> None:
    with here.pinned():
        post(
            KIND,
            to_person=None,
            to_address="jo@police.example",
            to_name="Jo",
            key="k",
            now=real_now(),
            case_reference="IOW-7K3M-Q",
        )
        db.session.rollback()
    run_due(here.app)
    assert sink.mails == []


@pytest.mark.parametrize("address", [None, "", "jo@police.example, all@example.org", "not an address"])
def test_an_unusable_address_bounces(here: Place, sink: Sink, told: list[str], address: str | None) -> None:
    send(here, address)
    run_due(here.app)
    assert state(here) == ("bounced", 1, "unusable-address")
    assert told == ["bounced"]
    assert sink.mails == []


def test_a_refusal_for_good_bounces_and_is_not_tried_again(
    here: Place, sink: Sink, told: list[str], leases_run_out: Callable[[], None]
) -> None:
    sink.answers = ["550 no such mailbox"]
    send(here)
    run_due(here.app)
    leases_run_out()
    run_due(here.app)
    assert state(here) == ("bounced", 1, "smtp-550")
    assert told_in_ledger(here) == ["c1-bounced"]
    assert sink.mails == []


def test_a_message_refused_for_good_after_its_text_bounces(here: Place, sink: Sink, told: list[str]) -> None:
    sink.data_answer = "554 refused"
    send(here)
    run_due(here.app)
    assert state(here) == ("bounced", 1, "smtp-554")
    assert told == ["bounced"]


def test_a_refusal_for_now_is_tried_again(
    here: Place, sink: Sink, told: list[str], leases_run_out: Callable[[], None]
) -> None:
    sink.answers = ["451 later", "451 later"]
    send(here)
    run_due(here.app)
    assert state(here) == ("queued", 1, "smtp-451")
    leases_run_out()
    run_due(here.app)
    assert told == []
    leases_run_out()
    run_due(here.app)
    assert state(here) == ("sent", 3, None)
    assert told_in_ledger(here) == ["c1-accepted"]
    assert len(sink.mails) == 1


def test_when_delivery_is_given_up_it_shows_and_listeners_are_told(
    here: Place,
    sink: Sink,
    told: list[str],
    leases_run_out: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(jobs.GIVE_UP_AFTER, "deliver", 2)
    sink.answers = ["451 later"] * 2
    send(here)
    for _ in range(2):
        run_due(here.app)
        leases_run_out()
    run_due(here.app)
    assert state(here) == ("failed", 2, "smtp-451")
    assert told_in_ledger(here) == ["c1-bounced"]
    with here.pinned():
        assert [letter.kind for letter in dead_letters()] == ["deliver"]


def test_a_listener_that_fails_is_told_again_and_the_mail_is_not_repeated(
    here: Place, sink: Sink, monkeypatch: pytest.MonkeyPatch, leases_run_out: Callable[[], None]
) -> None:
    monkeypatch.setattr(handlers, "LISTENERS", {})
    failures = [ValueError("Sam"), ValueError("Sam")]

    @handlers.on_delivered(KIND)
    def listen(message: OutboxMessage, outcome: str, now: datetime) -> None:
        effect({"name": f"c1-{outcome}"}, now)
        if failures:
            raise failures.pop()

    send(here)
    for _ in range(3):
        run_due(here.app)
        leases_run_out()
    assert len(sink.mails) == 1
    assert state(here) == ("sent", 1, None)
    assert told_in_ledger(here) == ["c1-accepted"]


def test_killed_after_the_server_accepted_it_goes_out_again_with_the_same_message_id(
    here: Place,
    sink: Sink,
    leases_run_out: Callable[[], None],
    worker_process: Callable[..., subprocess.Popen[bytes]],
) -> None:
    work_queue(here.app).empty()
    send(here)
    assert worker_process("--burst", crash="after-smtp").wait(60) == 0
    assert state(here) == ("queued", 0, None)
    leases_run_out()
    assert worker_process("--burst").wait(60) == 0
    assert state(here)[0] == "sent"
    assert len(sink.mails) == 2
    assert len({mail["Message-ID"] for mail in sink.mails}) == 1
    with here.pinned():
        assert db.session.scalars(select(JobIntent.done_at)).one() is not None


def test_what_is_kept_with_a_message_are_identifiers(here: Place) -> None:
    with here.pinned(), pytest.raises(NotAnIdentifier):
        post(
            KIND,
            to_person=None,
            to_address="jo@police.example",
            to_name="Jo",
            key="k",
            now=real_now(),
            case_reference="IOW-7K3M-Q",
            context={"child": "Sam Smith"},
        )

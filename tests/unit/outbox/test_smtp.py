"""What goes to the mail server: no header can be added, no address is more than one address, nothing leaves a
test."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outbox import smtp
from app.outbox.models import OutboxMessage
from config import Config, ConfigurationError, Mode

HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}


def message(**values: object) -> OutboxMessage:
    given_values = {
        "to_address": "jo@police.example",
        "to_name": "Jo",
        "subject": "s",
        "body": "b\n",
        "message_id": "<a@b>",
        "created_at": datetime(2026, 11, 23, 9, tzinfo=UTC),
    }
    return OutboxMessage(**{**given_values, **values})


def sent(one: OutboxMessage):  # noqa: ANN201
    mail = smtp.composed(one, "Waymark <waymark@partnership.example>", one.created_at)
    return message_from_bytes(mail.as_bytes(), policy=default)


@given(name=st.text(max_size=80), subject=st.text(max_size=80))
def test_no_header_can_be_added_through_a_name_or_a_subject(name: str, subject: str) -> None:
    surrogates = any("\ud800" <= character <= "\udfff" for character in name + subject)
    if surrogates:
        return  # the database refuses them before they come here
    mail = sent(message(to_name=name, subject=subject))
    assert set(mail.keys()) == HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == ["jo@police.example"]


def test_line_ends_in_a_name_do_not_become_headers() -> None:
    mail = sent(message(to_name="Jo\r\nBcc: all@example.org", subject="s\nBcc: all@example.org"))
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == "<a@b>"
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("address", ["jo@police.example", "a.b+c@x-y.example.org", "o'neil@icb.example"])
def test_usable_addresses(address: str) -> None:
    assert smtp.usable(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jo",
        "jo@",
        "@police.example",
        "jo@localhost",
        "jo@police.example, all@example.org",
        "jo@police.example\r\nX: y",
        "<jo@police.example>",
        "jo@police.example\n",
        "jo smith@police.example",
        "jö@police.example",
        "a" * 250 + "@b.example",
        "jo@police..example",
        ".jo@police.example",
        '"jo"@police.example',
    ],
)
def test_unusable_addresses_bounce_without_a_connection(address: str) -> None:
    settings = Config(mode=Mode.TEST, smtp_host="127.0.0.1", smtp_port=1)
    with pytest.raises(smtp.Bounced):
        smtp.send(message(to_address=address), settings)


@pytest.mark.parametrize("mode", [Mode.TEST, Mode.DEMONSTRATION])
@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "0.0.0.0", "127.0.0.1.example.org", ""])
def test_outside_production_nothing_leaves_the_machine(mode: Mode, host: str) -> None:
    with pytest.raises(ConfigurationError):
        smtp.send(message(), Config(mode=mode, smtp_host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_this_machine_is_allowed(host: str) -> None:
    assert smtp.check_host(Config(mode=Mode.DEMONSTRATION, smtp_host=host)) is None
    assert smtp.check_host(Config(mode=Mode.PRODUCTION, smtp_host="mail.example.org")) is None

"""Handing one message to the mail server, over an encrypted connection in production."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.outbox.messages import one_line
from app.outbox.models import OutboxMessage
from config import Config, ConfigurationError

TIMEOUT_SECONDS = 15
LONGEST_ADDRESS = 254
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"
ADDRESS = re.compile(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})+")


class Bounced(Exception):
    """The message will never be accepted: the address is unusable, or the server refused it for good."""


class NotSent(Exception):
    """The message was not accepted this time."""


def usable(address: str) -> bool:
    """Whether this can be written into an envelope: one plain address, ASCII, no spaces, no line ends."""
    return len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address) is not None


def check_host(config: Config) -> None:
    """Outside production nothing leaves the machine. Raises ConfigurationError for any other setting."""
    if not config.smtp_host:
        raise ConfigurationError("SMTP_HOST is not set.")
    if config.demonstrates and not _loopback(config.smtp_host):
        raise ConfigurationError("Outside production SMTP_HOST must be this machine, such as 127.0.0.1.")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def composed(message: OutboxMessage, sender: str, dated: datetime, body: str | None = None) -> EmailMessage:
    """The message as it is sent, with the row's text or the one given. Every header passes through the library's own
    check against line ends.

    The Message-ID is the row's, so that a message sent twice can be recognised as one.
    """
    mail = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    mail["From"] = Address(display_name=one_line(name) or "Waymark", addr_spec=address)
    mail["To"] = Address(display_name=one_line(message.to_name), addr_spec=message.to_address)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(dated)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body if body is None else body, cte="quoted-printable")
    return mail


def send(message: OutboxMessage, config: Config, body: str | None = None) -> None:
    """Hand a message to the mail server, with the row's text or the one given; returning means that it was accepted.

    Raises Bounced, NotSent, ConfigurationError.
    """
    check_host(config)
    if not usable(message.to_address):
        raise Bounced("unusable-address")
    sender = parseaddr(config.smtp_from)[1]
    mail = composed(message, config.smtp_from, message.created_at, body)
    connection = None
    try:
        connection = _connected(config)
        connection.send_message(mail, from_addr=sender, to_addrs=[message.to_address])
    except smtplib.SMTPRecipientsRefused as error:
        code = error.recipients[message.to_address][0]
        raise _verdict(code) from None
    except smtplib.SMTPDataError as error:
        raise _verdict(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        # A refused sender or password is a fault of our configuration: once mended, the message goes.
        raise NotSent(type(error).__name__) from None
    finally:
        _close(connection)


def _verdict(code: int) -> Exception:
    return Bounced(f"smtp-{code}") if 500 <= code <= 599 else NotSent(f"smtp-{code}")


def _connected(config: Config) -> smtplib.SMTP:
    connection = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=TIMEOUT_SECONDS)
    try:
        if config.smtp_starttls:
            connection.starttls(context=ssl.create_default_context())
        if config.smtp_username:
            connection.login(config.smtp_username, config.smtp_password)
    except BaseException:
        connection.close()
        raise
    return connection


def _close(connection: smtplib.SMTP | None) -> None:
    # Whatever happens while taking leave, what was accepted stays accepted.
    if connection is not None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()

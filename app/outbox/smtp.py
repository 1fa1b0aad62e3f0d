"""Sending one message by SMTP."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.outbox.models import OutboxMessage
from config import Config

TIMEOUT = 20.0


class Bounced(Exception):
    """The recipient's server refused the message for good."""


class NotSent(Exception):
    """The message could not be sent now; it will be tried again."""


def send(config: Config, message: OutboxMessage) -> None:
    """Hand the message to the mail server. Raises Bounced or NotSent; returning means that it was accepted."""
    if config.demonstrates and not _loopback(config.smtp_host):
        raise NotSent("the demonstration sends nothing outside this machine")
    try:
        written = _written(config, message)
    except ValueError as error:
        raise Bounced(f"the address cannot be written: {type(error).__name__}") from None
    try:
        with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=TIMEOUT) as server:
            if config.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if config.smtp_username:
                server.login(config.smtp_username, config.smtp_password)
            server.send_message(written)
    except smtplib.SMTPRecipientsRefused as error:
        code = max(answer[0] for answer in error.recipients.values())
        if code >= 500:
            raise Bounced(f"refused with {code}") from None
        raise NotSent(f"put off with {code}") from None
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"answered {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from None


def _written(config: Config, message: OutboxMessage) -> EmailMessage:
    """The message as it goes over the wire. The e-mail library refuses line breaks in headers."""
    mailbox, _, domain = message.to_address.rpartition("@")
    written = EmailMessage(policy=SMTP)
    written["From"] = config.smtp_from
    written["To"] = Address(message.to_name, mailbox, domain)
    written["Subject"] = message.subject
    written["Message-ID"] = message.message_id
    written["Auto-Submitted"] = "auto-generated"
    written.set_content(message.body)
    return written


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""The demonstration's mail server: takes every message, keeps it as a file, and sends nothing anywhere."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from re import compile as pattern

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo_world.keys import write_privately

REFUSING_DOMAIN = "@bounces.example"
NAME = pattern(r"^[0-9]{20}-[0-9a-f]{32}$")
SHOWN = 500
LARGEST = 2_000_000
REFUSED = "refused.txt"
MOST_REFUSED = 200
LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as its pages show it; every text is as it came, and is escaped by the template."""

    name: str
    recipients: tuple[str, ...]
    sender: str
    subject: str
    date: str
    body: str


class Mailbox:
    """Messages in a folder, one file each, named so that their order is the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, recipients: list[str], content: bytes) -> None:
        """Store one message with its envelope's recipients, whole or not at all."""
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        listed = ", ".join(address.replace("\r", "").replace("\n", "") for address in recipients)
        header = f"X-Envelope-To: {listed}\r\n".encode("utf-8", "replace")
        write_privately(self.folder / f"{name}.eml", header + content)

    def newest(self, recipient: str = "") -> list[Mail]:
        """The newest messages (500 at most), of all or of those whose address holds `recipient`."""
        wanted = recipient.strip().lower()
        found: list[Mail] = []
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            mail = self._read(path)
            if not wanted or any(wanted in address.lower() for address in mail.recipients):
                found.append(mail)
            if len(found) == SHOWN:
                break
        return found

    def one(self, name: str) -> Mail | None:
        """One message by name, or None."""
        path = self.folder / f"{name}.eml"
        return self._read(path) if NAME.match(name) and path.exists() else None

    def refuse(self, address: str) -> None:
        """Refuse mail to an address from now on, as the server of somebody who has left does."""
        plain = _plain(address)
        if plain and plain not in self.refused() and len(self.refused()) < MOST_REFUSED:
            self._keep_refused([*self.refused(), plain])

    def accept(self, address: str) -> None:
        """Take mail to an address again."""
        self._keep_refused([one for one in self.refused() if one != _plain(address)])

    def refused(self) -> list[str]:
        """The addresses to which mail is refused, beside those that never take any."""
        path = self.folder / REFUSED
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def refuses(self, address: str) -> bool:
        """Whether mail to an address is refused."""
        return address.lower().endswith(REFUSING_DOMAIN) or _plain(address) in self.refused()

    def _keep_refused(self, addresses: list[str]) -> None:
        write_privately(self.folder / REFUSED, "\n".join(addresses).encode())

    def _read(self, path: Path) -> Mail:
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
        listed = _header(message, "X-Envelope-To")
        return Mail(
            name=path.stem,
            recipients=tuple(address.strip() for address in listed.split(",") if address.strip()),
            sender=_header(message, "From"),
            subject=_header(message, "Subject") or "(no subject)",
            date=_header(message, "Date"),
            body=_text(message),
        )


def _plain(address: str) -> str:
    """An address as it is compared: one line, small letters, no blanks."""
    return "".join(address.lower().split())[:LONGEST_ADDRESS]


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, LookupError):
        return "(unreadable)"


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


class Sink:
    """What the SMTP server does with what it is given."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 - the name that the SMTP server looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Accept every address but those that stand for a mailbox that no longer exists."""
        if self.mailbox.refuses(address):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message."""
        content = envelope.content
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content or b""
        self.mailbox.keep(list(envelope.rcpt_tos), data)
        return "250 Kept"


def start_sink(mailbox: Mailbox, port: int) -> Controller:
    """Start the mail server on this machine alone. The caller stops it (`controller.stop()`)."""
    controller = Controller(Sink(mailbox), hostname="127.0.0.1", port=port, data_size_limit=LARGEST)
    controller.start()
    return controller

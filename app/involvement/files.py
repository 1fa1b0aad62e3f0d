"""What an attachment is, decided by its content and never by its name; and why one is refused. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from app.web.text_rules import BIDI_CONTROLS, text_fault

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES, LONGEST_NAME = 20, 120
MOST_UNPACKED, MOST_PARTS, MOST_LISTED = 200 * 1024 * 1024, 2_000, 1_000_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a file is sent as; plain text as what no browser shows.
KINDS = {
    "pdf": "application/pdf",
    "docx": DOCX,
    "png": "image/png",
    "jpeg": "image/jpeg",
    "txt": "application/octet-stream",
}
NAMES = {
    "pdf": "PDF",
    "docx": "Word document",
    "png": "PNG picture",
    "jpeg": "JPEG picture",
    "txt": "Plain text",
}
ONLY = "Attach a PDF, a Word document (.docx), a PNG or JPEG picture, or plain text"
MACROS = (
    "This document contains macros or programs, which cannot be attached. Save it as a PDF and attach that"
)
OLD_OFFICE = (
    "This is a document of an older kind, which can hold macros. Save it as .docx or PDF and attach that"
)
LOCKED = "This document is protected with a password. Remove the password and attach it again"


class Refused(ValueError):
    """The file cannot be attached; the message says why."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that may be attached: the name to show, what it is, and its content."""

    name: str
    kind: str
    content: bytes


def attachment(name: str, content: bytes) -> Attachment:
    """A file as it may be kept. Raises Refused."""
    if not content:
        raise Refused("The file is empty")
    if len(content) > MOST_BYTES:
        raise Refused("The file must be 10 MB or smaller")
    return Attachment(shown_name(name), kind_of(content), content)


def shown_name(name: str) -> str:
    """A file's name as it is shown: without folders, and without what cannot be seen or turns text round."""
    plain = re.split(r"[\\/]", name)[-1]
    kept = "".join(sign for sign in plain if sign.isprintable() and sign not in BIDI_CONTROLS)
    return " ".join(kept.split())[:LONGEST_NAME] or "File without a name"


def kind_of(content: bytes) -> str:
    """What a content is: one of KINDS. Raises Refused for everything else, with the reason."""
    if content.startswith(b"%PDF-"):
        if b"/Encrypt" in content[-4096:]:
            raise Refused(LOCKED)
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"PK"):
        return _packed(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(OLD_OFFICE)
    if content.startswith(b"{\\rtf"):
        raise Refused("This is a rich text document. Save it as .docx or PDF and attach that")
    return _plain(content)


def _packed(content: bytes) -> str:
    """A Word document without macros; whatever else is packed like one is refused."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused(
                    "This document is too large when it is unpacked. Save it as a PDF and attach that"
                )
            if any(part.flag_bits & 1 for part in parts):
                raise Refused(LOCKED)
            names = {part.filename.lower() for part in parts}
            types = b""
            if "[Content_Types].xml" in packed.namelist():
                with packed.open("[Content_Types].xml") as listed:
                    types = listed.read(MOST_LISTED)
    except (BadZipFile, KeyError, NotImplementedError, OSError, EOFError) as error:
        raise Refused("This file is damaged and cannot be read. Save it again and attach that") from error
    if b"macroenabled" in types.lower() or any(_is_program(name) for name in names):
        raise Refused(MACROS)
    if b"wordprocessingml.document.main+xml" not in types:
        office = b"openxmlformats-officedocument" in types
        raise Refused(
            "This is not a Word document. Save it as a PDF and attach that" if office
            else f"A packed folder cannot be attached. {ONLY}"
        )  # fmt: skip
    return "docx"


def _is_program(name: str) -> bool:
    embedded = name.startswith("word/embeddings/") and not name.endswith((".xlsx", ".docx", ".pptx"))
    return embedded or "vbaproject" in name or "vbadata" in name or "/activex/" in name


def _plain(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(ONLY) from error
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<svg", "<?xml", "<script")):
        raise Refused(f"A web page or drawing cannot be attached. {ONLY}")
    if text_fault(text, len(text) + 1) is not None:
        raise Refused(ONLY)
    return "txt"

"""The preparation pack as a document to print, or to have beside the national form."""

from __future__ import annotations

from io import BytesIO

from docx import Document

from app.cases.service import Case
from app.procedure.preparation import Answers, Asked, sections, title_of


def in_words(asked: Asked, text: str) -> str:
    """An answer as a person reads it."""
    return asked.choices.get(text, text) if asked.kind == "choice" else text


def as_document(case: Case, answers: Answers, state: str) -> bytes:
    """The pack as a Word document: a heading for each section, a paragraph for each answer."""
    document = Document()
    document.core_properties.title = f"Preparation of the notification, {case.reference}"
    document.core_properties.author = "Waymark"
    document.core_properties.language = "en-GB"
    document.add_heading(f"Preparation of the notification, {case.reference}", level=1)
    document.add_paragraph(state)
    for key, section in sections(answers):
        document.add_heading(_plain(title_of(key, section, answers)), level=2)
        given = answers.get(key, {})
        for asked in section.questions:
            text = in_words(asked, given.get(asked.name, "").strip())
            document.add_heading(asked.label, level=3)
            for line in (_plain(text) or "Not answered yet").split("\n"):
                document.add_paragraph(line)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _plain(text: str) -> str:
    """Without the signs that XML cannot hold; forms refuse them, and this keeps a document readable."""
    return "".join(sign for sign in text if _in_xml(ord(sign)))


def _in_xml(code: int) -> bool:
    return code in (0x9, 0xA) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000

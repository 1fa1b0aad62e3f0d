"""Documents that Waymark writes: say what stands in one (`Document` and its blocks), and have it as Word and as PDF.

document = Document("Rapid review", "IOW-7K3M-Q", [Heading(2, "Facts"), Paragraph("...")])
as_docx(document), as_pdf(document)
"""

from __future__ import annotations

from app.documents.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Table,
    as_json,
    from_json,
)
from app.documents.digests import digest_of_bytes
from app.documents.pdf import as_pdf
from app.documents.word import as_docx

__all__ = [
    "DOCX", "PDF", "Block", "Bullets", "Document", "Heading", "Paragraph", "Table", "as_docx", "as_json", "as_pdf",
    "digest_of_bytes", "from_json",
]  # fmt: skip

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

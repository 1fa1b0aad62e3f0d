"""A document as DOCX: real styles and headings, British English, headings of tables that repeat and are announced."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from app.documents.blocks import (
    LANGUAGE,
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Table,
    level_of,
    lines_of,
    one_line,
)

FONT = "Arial"
INK = RGBColor(0x0B, 0x0C, 0x0C)
SIZES: dict[str, float] = {"Normal": 11, "Title": 24, "Subtitle": 13, "Caption": 11, "List Bullet": 11}
SIZES |= {"Heading 1": 22, "Heading 2": 16, "Heading 3": 13, "Heading 4": 11.5, "Heading 5": 11}
PAGE_WIDTH, PAGE_HEIGHT, MARGIN = Cm(21), Cm(29.7), Cm(2)


def as_docx(document: Document) -> bytes:
    """The document as a Word file: title, language, heading styles, headings of tables, numbers of pages."""
    file = docx.Document()
    _properties(file, document)
    _styles(file)
    _page(file, document)
    file.add_paragraph(one_line(document.title), style="Heading 1")
    if document.subtitle:
        file.add_paragraph(one_line(document.subtitle), style="Subtitle")
    if document.mark:
        file.add_paragraph().add_run(one_line(document.mark)).bold = True
    for block in document.blocks:
        _write(file, block)
    written = BytesIO()
    file.save(written)
    return written.getvalue()


def _properties(file: Any, document: Document) -> None:
    properties = file.core_properties
    properties.title = one_line(document.title)[:255]
    properties.subject = one_line(document.subtitle)[:255]
    properties.author = "Waymark"
    properties.comments = ""
    properties.language = LANGUAGE
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)


def _styles(file: Any) -> None:
    for name, size in SIZES.items():
        style = file.styles[name]
        style.font.name = FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        style.font.size = Pt(size)
        style.font.color.rgb = INK
        style.font.italic = False
    file.styles["Normal"].paragraph_format.space_after = Pt(6)
    file.styles["Caption"].paragraph_format.keep_with_next = True
    file.styles["Caption"].paragraph_format.space_before = Pt(8)


def _page(file: Any, document: Document) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    if document.mark:
        section.header.paragraphs[0].add_run(one_line(document.mark)).bold = True
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    footer.add_run(f"{one_line(document.title)}, page ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _write(file: Any, block: Block) -> None:
    if isinstance(block, Heading):
        file.add_heading(one_line(block.text), level=level_of(block))
    elif isinstance(block, Paragraph):
        for line in lines_of(block.text):
            file.add_paragraph().add_run(line).bold = block.strong or None
    elif isinstance(block, Bullets):
        for item in block.items:
            file.add_paragraph(one_line(item), style="List Bullet")
    else:
        _table(file, block)


def _table(file: Any, block: Table) -> None:
    if block.caption:
        file.add_paragraph(one_line(block.caption), style="Caption")
    columns = len(block.headings)
    table = file.add_table(rows=1, cols=columns, style="Table Grid")
    table.autofit = False
    _described(table, block)
    shares = list(block.widths) or [1] * columns
    width = PAGE_WIDTH - 2 * MARGIN
    widths = [int(width * share / sum(shares)) for share in shares]
    for column, its in zip(table.columns, widths, strict=True):
        column.width = its
    _row(table.rows[0], block.headings, widths, strong=columns)
    _mark(table.rows[0], "w:tblHeader")
    for cells in block.rows:
        _row(table.add_row(), cells, widths, strong=1 if block.row_headings else 0)
    file.add_paragraph()


def _described(table: Any, block: Table) -> None:
    """The table's own name for those who hear it, and which of its cells are headings."""
    properties = table._tbl.tblPr
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), one_line(block.caption) or one_line(", ".join(block.headings)))
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:firstColumn"), "1" if block.row_headings else "0")
    properties.append(caption)


def _row(row: Any, cells: Any, widths: list[int], strong: int) -> None:
    if sum(map(len, cells)) < 600:  # a longer row may be more than a page
        _mark(row, "w:cantSplit")
    for place, (cell, text, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        for number, line in enumerate(lines_of(text)):
            paragraph = paragraph if number == 0 else cell.add_paragraph()
            paragraph.add_run(line).bold = (place < strong) or None


def _mark(row: Any, name: str) -> None:
    element = OxmlElement(name)
    element.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(element)

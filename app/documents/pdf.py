"""A document as PDF: tagged for those who hear it (PDF/UA-1), made from the same content as the Word file."""

from __future__ import annotations

from typing import NoReturn

from markupsafe import Markup, escape

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

STYLE = """
@page { size: A4; margin: 20mm 18mm 22mm;
  @top-left { content: var(--mark); font: bold 9pt "Liberation Sans", Arial, "DejaVu Sans", sans-serif }
  @bottom-left { content: var(--title); font: 8pt "Liberation Sans", Arial, "DejaVu Sans", sans-serif; width: 75% }
  @bottom-right { content: "Page " counter(page) " of " counter(pages);
    font: 8pt "Liberation Sans", Arial, "DejaVu Sans", sans-serif } }
body { font: 10.5pt/1.4 "Liberation Sans", Arial, "DejaVu Sans", sans-serif; color: #0b0c0c; margin: 0;
  overflow-wrap: anywhere }
h1 { font-size: 22pt; line-height: 1.15; margin: 0 0 3mm }
h2 { font-size: 15pt; margin: 8mm 0 2mm; border-bottom: 0.5pt solid #b1b4b6; padding-bottom: 1mm }
h3 { font-size: 12pt; margin: 5mm 0 1mm }
h4, h5 { font-size: 10.5pt; margin: 4mm 0 1mm }
h1, h2, h3, h4, h5, caption { break-after: avoid }
p { margin: 0 0 2.5mm; orphans: 2; widows: 2 }
.subtitle { font-size: 12pt }
.mark { font-weight: bold; border: 1.5pt solid #0b0c0c; padding: 2mm 3mm }
ul { margin: 0 0 3mm; padding-left: 6mm }
li { margin-bottom: 1mm }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: 2mm 0 5mm; font-size: 9.5pt }
caption { text-align: left; font-weight: bold; font-size: 10.5pt; margin-bottom: 1.5mm }
th, td { text-align: left; vertical-align: top; border: 0.5pt solid #505a5f; padding: 1.5mm 2mm }
thead th { background: #f3f2f1 }
tr, li { break-inside: avoid }
"""
ROW_HEADING, CELL = Markup('<th scope="row">{}</th>'), Markup("<td>{}</td>")


class Fetched(Exception):
    """A document asked for something outside itself."""


def as_pdf(document: Document) -> bytes:
    """The document as a tagged PDF (PDF/UA-1): title, language, headings, lists, headings of tables.

    Nothing is ever fetched: the text of a case may hold an address, and it is only text.
    """
    from weasyprint import CSS, HTML

    page = HTML(string=str(_page(document)), url_fetcher=_fetch_nothing)
    style = CSS(string=_style(document), url_fetcher=_fetch_nothing)
    written = page.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    assert written is not None
    return bytes(written)


def _fetch_nothing(address: str, *_: object, **__: object) -> NoReturn:
    raise Fetched(f"A document fetches nothing, and was asked for {address[:60]}")


def _page(document: Document) -> Markup:
    title, mark = one_line(document.title), one_line(document.mark)
    body = [Markup("<h1>{}</h1>").format(title)]
    if document.subtitle:
        body.append(Markup('<p class="subtitle">{}</p>').format(one_line(document.subtitle)))
    if mark:
        body.append(Markup('<p class="mark">{}</p>').format(mark))
    body += [_block(block) for block in document.blocks]
    head = Markup('<meta charset="utf-8"><title>{}</title><meta name="author" content="Waymark">').format(
        title
    )
    return Markup('<!doctype html><html lang="{}"><head>{}</head><body>{}</body></html>').format(
        LANGUAGE, head, Markup("").join(body)
    )


def _style(document: Document) -> str:
    mark, title = _quoted(one_line(document.mark)), _quoted(one_line(document.title))
    return STYLE.replace("var(--mark)", mark).replace("var(--title)", title)


def _quoted(text: str) -> str:
    """A text as a string of a style sheet: every sign that is not plain is written by its number."""
    return (
        '"'
        + "".join(sign if sign.isalnum() or sign in " ,." else f"\\{ord(sign):06x}" for sign in text)
        + '"'
    )


def _block(block: Block) -> Markup:
    if isinstance(block, Heading):
        level = level_of(block)
        return Markup("<h{}>{}</h{}>").format(level, one_line(block.text), level)
    if isinstance(block, Paragraph):
        return Markup("").join(_paragraph(line, block.strong) for line in lines_of(block.text))
    if isinstance(block, Bullets):
        items = Markup("").join(Markup("<li>{}</li>").format(one_line(item)) for item in block.items)
        return Markup("<ul>{}</ul>").format(items) if block.items else Markup()
    return _table(block)


def _paragraph(line: str, strong: bool) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<strong>{}</strong>").format(line) if strong else line)


def _table(block: Table) -> Markup:
    shares = list(block.widths) or [1] * len(block.headings)
    widths = Markup("").join(
        Markup('<col style="width: {}%">').format(f"{100 * share / sum(shares):.3f}") for share in shares
    )
    headings = Markup("").join(
        Markup('<th scope="col">{}</th>').format(one_line(name)) for name in block.headings
    )
    rows = Markup("").join(_row(cells, block.row_headings) for cells in block.rows)
    caption = Markup("<caption>{}</caption>").format(one_line(block.caption)) if block.caption else Markup()
    return Markup(
        "<table>{}<colgroup>{}</colgroup><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(caption, widths, headings, rows)


def _row(cells: object, row_headings: bool) -> Markup:
    assert isinstance(cells, list | tuple)
    written = []
    for place, text in enumerate(cells):
        inside = Markup("<br>").join(escape(line) for line in lines_of(text))
        names_row = row_headings and place == 0
        written.append((ROW_HEADING if names_row else CELL).format(inside))
    return Markup("<tr>{}</tr>").format(Markup("").join(written))

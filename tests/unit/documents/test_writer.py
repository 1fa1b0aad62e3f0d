"""One content as a Word file and as a tagged PDF: structure, language, titles; hostile text stays text."""

from __future__ import annotations

import re
import zlib
from io import BytesIO

import docx
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.pdf import Fetched, _fetch_nothing
from app.documents.writer import (
    Bullets,
    Document,
    Heading,
    Paragraph,
    Table,
    as_docx,
    as_json,
    as_pdf,
    digest_of_bytes,
    from_json,
)

HOSTILE = "<img src='https://example.org/a.png'> & <b>bold</b> \x00\ufffe ]]> \"q\" 'q' \\ {% x %}"
WHOLE = Document(
    'A rapid review <of> & "one"',
    "A partnership, version 1",
    (
        Heading(2, "Facts"),
        Paragraph(f"First line\nSecond line\r\n\n{HOSTILE}"),
        Paragraph("Not to be missed", strong=True),
        Heading(3, "Agencies"),
        Bullets(("One", HOSTILE)),
        Bullets(()),
        Heading(9, "Deep"),
        Table(
            "Who did what",
            ("Agency", "What"),
            (("Police", "Came\nand went"), (HOSTILE, "x" * 700)),
            True,
            (1, 3),
        ),
        Table("", ("A", "B"), [("1", "2")] * 60),
    ),
    mark="Draft, not approved",
)
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


def test_the_word_file_has_styles_title_language_and_headings_of_tables() -> None:
    file = docx.Document(BytesIO(as_docx(WHOLE)))
    assert file.core_properties.title == 'A rapid review <of> & "one"'
    assert file.core_properties.language == "en-GB"
    languages = re.findall(r'w:lang [^>]*w:val="([^"]*)"', file.styles.element.xml)
    assert set(languages) == {"en-GB"}
    by_style = {one.style.name: one.text for one in reversed(file.paragraphs)}
    assert by_style["Heading 1"] == WHOLE.title.replace("  ", " ")
    assert by_style["Heading 2"] == "Facts"
    assert by_style["Heading 5"] == "Deep"
    assert by_style["List Bullet"] == "One"
    assert by_style["Caption"] == "Who did what"
    texts = [one.text for one in file.paragraphs]
    assert "First line" in texts
    assert "Second line" in texts
    assert "Draft, not approved" in texts
    assert file.sections[0].header.paragraphs[0].text == "Draft, not approved"
    first = file.tables[0]
    assert first.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert first._tbl.tblPr.xpath("./w:tblCaption/@w:val") == ["Who did what"]
    assert first.cell(1, 1).text == "Came\nand went"
    assert [
        round(length.cm, 1) for length in (file.sections[0].page_width, file.sections[0].page_height)
    ] == [21, 29.7]


def test_the_word_file_keeps_the_order_that_its_schema_wants() -> None:
    file = docx.Document(BytesIO(as_docx(WHOLE)))
    order = ["tblStyle", "tblW", "jc", "tblLayout", "tblLook", "tblCaption"]
    for table in file.tables:
        names = [one.tag.rpartition("}")[2] for one in table._tbl.tblPr]
        assert names == sorted(names, key=order.index)


def test_the_pdf_is_tagged_titled_and_in_english() -> None:
    with pikepdf.open(BytesIO(as_pdf(WHOLE))) as file:
        root = file.Root
        assert str(root.Lang) == "en-GB"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(file.docinfo["/Title"]) == 'A rapid review <of> & "one"'
        assert b"pdfuaid:part" in root.Metadata.read_bytes()
        kinds = list(_kinds(root.StructTreeRoot))
        for kind in ("/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD"):
            assert kind in kinds
        assert kinds.count("/H1") == 1
        assert kinds.count("/Table") >= 2  # a table that goes over a page is one on each
        assert len(file.pages) >= 2
        # no address of the text became a link or a picture
        assert not any("/Annots" in page for page in file.pages)
        assert not any(
            "/XObject" in page.get("/Resources", {}) and page.Resources.XObject.keys() for page in file.pages
        )


def _kinds(node: pikepdf.Object) -> list[str]:
    found = []
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            found.append(str(node.S))
        below = node.get("/K")
        if isinstance(below, pikepdf.Array):
            for one in below:
                found += _kinds(one)
        elif below is not None:
            found += _kinds(below)
    return found


def test_the_same_content_gives_the_same_pdf_and_the_digest_names_it() -> None:
    one, two = as_pdf(WHOLE), as_pdf(WHOLE)
    assert digest_of_bytes(one) == digest_of_bytes(two)
    assert len(digest_of_bytes(one)) == 64
    assert digest_of_bytes(one) != digest_of_bytes(zlib.compress(one))


def test_nothing_is_ever_fetched() -> None:
    with pytest.raises(Fetched):
        _fetch_nothing("https://example.org/a.png")


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=25)
def test_any_text_can_be_written_and_comes_back(title: str, words: str, cell: str) -> None:
    table = Table(words, ("A", title), ((cell, words),), True)
    blocks = (Heading(2, title), Paragraph(words), Bullets((cell,)), table)
    document = Document(title or "T", words, blocks, mark=cell)
    docx.Document(BytesIO(as_docx(document)))
    assert from_json(as_json(document)).title == document.title
    assert as_json(from_json(as_json(document))) == as_json(document)


@given(TEXTS)
@settings(max_examples=8)
def test_any_text_can_be_written_as_pdf(words: str) -> None:
    document = Document(
        words or "T", words, (Paragraph(words), Table(words, ("A",), ((words,),))), mark=words
    )
    with pikepdf.open(BytesIO(as_pdf(document))) as file:
        assert "/StructTreeRoot" in file.Root

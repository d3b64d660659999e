"""Word documents, slides and books: their structure becomes sections, their words stay as they were written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pptx
import pytest
from pptx.util import Inches

from rag.errors import UnreadableDocument
from rag.ingest.load import LoadedDocument

Read = Callable[..., LoadedDocument]
MakeDocx = Callable[..., bytes]

CONTAINER = '<container><rootfiles><rootfile full-path="OPS/content.opf"/></rootfiles></container>'
PACKAGE = (
    '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Shovels</dc:title>'
    "<dc:description>About miners.\n\nAnd gold.</dc:description><dc:identifier>x-1</dc:identifier></metadata>"
    '<manifest><item id="a" href="a.xhtml"/><item id="b" href="b%20b.xhtml"/></manifest>'
    '<spine><itemref idref="b"/><itemref idref="a"/></spine></package>'
)


def archive(entries: Mapping[str, str]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return data.getvalue()


def sections(loaded: LoadedDocument) -> dict[tuple[str, ...], str]:
    return {chunk.section: chunk.text for chunk in loaded.chunks}


@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        pytest.param("Title", "heading 1", "heading 2", id="English"),
        pytest.param("标题", "标题 1", "标题 2", id="Chinese"),
    ],
)
def test_the_styles_of_a_word_document_are_its_headings(
    read: Read, docx: MakeDocx, title: str, first: str, second: str
) -> None:
    data = docx((title, "Our plan"), (first, "Money"), ("", "Count it."), (second, "Seed"), ("", "Raise it."))
    loaded = read("plan.docx", data)
    assert loaded.document.title == "Our plan"
    assert sections(loaded) == {("Money",): "Count it.", ("Money", "Seed"): "Raise it."}


def test_words_of_a_word_document_stay_as_they_were_written(read: Read, docx: MakeDocx) -> None:
    loaded = read("a.docx", docx(("", "Call snake_case *twice* [now] 于 2024 年。")))
    assert [chunk.text for chunk in loaded.chunks] == ["Call snake_case *twice* [now] 于 2024 年。"]


def test_the_first_row_of_a_word_table_is_its_head(read: Read, docx: MakeDocx) -> None:
    loaded = read("a.docx", docx(("", "Plans:"), rows=(("Plan", "Price"), ("Team", "$20"))))
    assert loaded.chunks[0].text.splitlines()[-3:] == ["| Plan | Price |", "| --- | --- |", "| Team | $20 |"]


@pytest.fixture
def slides() -> bytes:
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Fundraising"
    first.placeholders[1].text = "Raise for eighteen months\nKeep a data room"
    deck.slides.add_slide(deck.slide_layouts[6])
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "Pricing"
    table = third.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(5), Inches(2)).table
    for row, texts in enumerate((("Plan", "Price"), ("Team", "$20"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    third.notes_slide.notes_text_frame.text = "Say it slowly."
    data = BytesIO()
    deck.save(data)
    return data.getvalue()


def test_slides_are_sections_whose_pages_are_their_numbers(read: Read, slides: bytes) -> None:
    found = [(chunk.section, chunk.page_marks[0].page) for chunk in read("deck.pptx", slides).chunks]
    assert found == [(("Fundraising",), 1), (("Pricing",), 3), (("Pricing", "Notes"), 3)]


def test_points_of_a_slide_stand_apart_and_its_tables_stay_whole(read: Read, slides: bytes) -> None:
    texts = [chunk.text for chunk in read("deck.pptx", slides).chunks]
    assert texts == [
        "Raise for eighteen months\n\nKeep a data room",
        "| Plan | Price |\n| --- | --- |\n| Team | $20 |",
        "Say it slowly.",
    ]


def test_chapters_of_a_book_are_read_in_its_order_without_its_catalogue_card(read: Read) -> None:
    book = {
        "META-INF/container.xml": CONTAINER,
        "OPS/content.opf": PACKAGE,
        "OPS/a.xhtml": "<html><body><h1>Second</h1><p>Sell shovels_2.</p></body></html>",
        "OPS/b b.xhtml": "<html><body><h1>First</h1><p>Watch the miners.</p></body></html>",
    }
    loaded = read("book.epub", archive(book))
    assert loaded.document.title == "Shovels"
    assert sections(loaded) == {("First",): "Watch the miners.", ("Second",): "Sell shovels_2."}
    assert list(sections(loaded)) == [("First",), ("Second",)]


def test_a_document_without_words_is_refused(read: Read, docx: MakeDocx) -> None:
    with pytest.raises(UnreadableDocument, match="holds no text"):
        read("a.docx", docx(("", " ")))


def encrypted_archive() -> bytes:
    data = bytearray(archive({"word/document.xml": "x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password, or the format of an old", id="OLE"),
        pytest.param(b"PK\x03\x04 torn", "damaged", id="torn"),
        pytest.param(encrypted_archive(), "is encrypted", id="encrypted"),
        pytest.param(archive({"META-INF/rights.xml": "<r/>"}), "is encrypted", id="copy protection"),
        pytest.param(archive({"readme": "hello"}), "damaged or not what its suffix says", id="another archive"),
    ],
)
@pytest.mark.parametrize("suffix", ["docx", "pptx", "xlsx", "epub"])
def test_an_office_file_that_cannot_be_opened_is_refused_with_the_reason(
    read: Read, suffix: str, data: bytes, told: str
) -> None:
    with pytest.raises(UnreadableDocument, match=told) as caught:
        read(f"a.{suffix}", data)
    assert caught.value.remedy


def test_an_archive_that_unfolds_to_hundreds_of_megabytes_is_not_unfolded(read: Read, docx: MakeDocx) -> None:
    bomb = docx(("", "words"), **{"word/media/bomb.xml": bytes(401_000_000)})
    assert len(bomb) < 5_000_000
    with pytest.raises(UnreadableDocument, match=r"unpacks to 401 MB, more than the 400 MB"):
        read("bomb.docx", bomb)


def test_entities_that_unfold_to_gigabytes_are_not_unfolded(read: Read, docx: MakeDocx) -> None:
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE w [<!ENTITY e0 "ha">{nested}]><w:document>&e11;</w:document>'
    with pytest.raises(UnreadableDocument):
        read("bomb.docx", docx(("", "words"), **{"word/document.xml": bomb}))


@pytest.mark.parametrize("suffix", ["docx", "pptx", "xlsx", "epub"])
def test_no_document_can_show_another_file(read: Read, docx: MakeDocx, tmp_path: Path, suffix: str) -> None:
    (tmp_path / "secret.txt").write_text("the secret words", "utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    main = {
        "docx": "word/document.xml",
        "pptx": "ppt/presentation.xml",
        "xlsx": "xl/workbook.xml",
        "epub": "META-INF/container.xml",
    }
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        f'{entity}<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>Told: &e;</w:t></w:r></w:p></w:body></w:document>'
    )
    try:
        texts = [chunk.text for chunk in read(f"a.{suffix}", docx(("", "x"), **{main[suffix]: body})).chunks]
    except UnreadableDocument:
        texts = []
    assert not any("secret words" in text for text in texts)

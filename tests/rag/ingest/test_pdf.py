"""PDF files: paragraphs, headings and pages out of printed lines, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from rag.errors import UnreadableDocument
from rag.ingest.load import LoadedDocument
from rag.ingest.pages import Bookmark, join_pages
from rag.types import PageMark

Read = Callable[..., LoadedDocument]

ENGLISH = [
    [
        "1.1 Fundraising",
        "A seed round pays for eighteen months of work, and found-",
        "ers who plan the next round early keep their options open.",
        "The text goes on to the next page and the sentence with it, as",
    ],
    ["sentences do in every printed book that was ever made by hand.", "1.2 Pricing", "Usage pricing follows cost."],
    ["Seats are easier to budget for them all, and so are plans."],
]
CHINESE = [
    [
        "第一章 融资",
        "创业公司在种子轮之后需要规划现金流，并且准备好下一轮融资所需要",
        "的数据和材料，这样在谈判中才不会被动。",
    ],
    ["1.2 团队", "团队需要技术、产品与市场三类人才，并且明确各自的分工与协作方式。"],
]


def pdf(
    pages: Sequence[Sequence[str]], *, bookmarks: Sequence[Bookmark] = (), title: str = "", font: str = "Helvetica"
) -> bytes:
    """A PDF with a running head and page numbers."""
    if font != "Helvetica":
        pdfmetrics.registerFont(UnicodeCIDFont(font))
    data = BytesIO()
    canvas = Canvas(data)
    canvas.setTitle(title)
    for number, lines in enumerate(pages):
        canvas.setFont(font, 12)
        canvas.drawString(72, 800, "Startup Handbook")
        for row, line in enumerate(lines):
            canvas.drawString(72, 770 - 18 * row, line)
        canvas.drawString(300, 40, f"- {number + 1} -")
        for mark in bookmarks:
            if mark.page == number:
                canvas.bookmarkPage(mark.title)
                canvas.addOutlineEntry(mark.title, mark.title, mark.level - 1)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def test_lines_become_paragraphs_and_chunks_know_their_pages(read: Read) -> None:
    first, second = read("handbook.pdf", pdf(ENGLISH)).chunks
    assert first.section == ("1.1 Fundraising",)
    assert first.text == (
        "A seed round pays for eighteen months of work, and founders who plan the next round early keep their options "
        "open. The text goes on to the next page and the sentence with it, as sentences do in every printed book "
        "that was ever made by hand."
    )
    assert first.page_marks == (
        PageMark(offset=0, page=1),
        PageMark(offset=first.text.index("sentences do"), page=2),
    )
    assert (second.section, second.page_marks[0].page) == (("1.2 Pricing",), 2)


def test_chinese_lines_are_joined_without_spaces(read: Read) -> None:
    first, second = read("handbook.pdf", pdf(CHINESE, font="STSong-Light")).chunks
    assert (
        first.text
        == "创业公司在种子轮之后需要规划现金流，并且准备好下一轮融资所需要的数据和材料，这样在谈判中才不会被动。"
    )
    assert (first.section, second.section) == (("第一章 融资",), ("第一章 融资", "1.2 团队"))
    assert [mark.page for mark in (*first.page_marks, *second.page_marks)] == [1, 2]


def test_running_heads_and_page_numbers_are_taken_out(read: Read) -> None:
    words = " ".join(chunk.text for chunk in read("handbook.pdf", pdf(ENGLISH)).chunks)
    assert "Startup Handbook" not in words
    assert "- 2 -" not in words


def test_bookmarks_are_the_headings_where_there_are_any(read: Read) -> None:
    bookmarks = [Bookmark(title="Money", level=1, page=0), Bookmark(title="Plans", level=2, page=1)]
    pages = [["Money", "Spend slowly and count every month."], ["Nothing prints the second bookmark here."]]
    chunks = read("a.pdf", pdf(pages, bookmarks=bookmarks)).chunks
    assert [(chunk.section, chunk.text) for chunk in chunks] == [
        (("Money",), "Spend slowly and count every month."),
        (("Money", "Plans"), "Nothing prints the second bookmark here."),
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("The Handbook", "The Handbook", id="a title"),
        pytest.param("Microsoft Word - draft7.docx", "Cash for founders", id="a program's title"),
        pytest.param("(anonymous)", "Cash for founders", id="what a library writes for none"),
        pytest.param("", "Cash for founders", id="no title"),
    ],
)
def test_the_title_is_the_files_own_or_its_first_line(read: Read, title: str, expected: str) -> None:
    data = pdf([["Cash for founders", "Spend slowly and count every month."], ["The end."]], title=title)
    assert read("cash.pdf", data).document.title == expected


def encrypted(password: str, *, algorithm: str = "AES-256") -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf(ENGLISH))))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    data = BytesIO()
    writer.write(data)
    return data.getvalue()


def blank() -> bytes:
    data = BytesIO()
    canvas = Canvas(data)
    canvas.rect(50, 50, 400, 600, fill=1)
    canvas.showPage()
    canvas.save()
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(encrypted("secret"), ["encrypted", "without a password"], id="encrypted"),
        pytest.param(blank(), ["images of pages", "OCR"], id="scanned"),
        pytest.param(b"%PDF-1.7\nnonsense", ["broken"], id="broken"),
        pytest.param(pdf(ENGLISH)[:400], ["broken"], id="cut off"),
        pytest.param(b"not a PDF at all", ["broken"], id="another format"),
        pytest.param(b"", ["empty"], id="empty"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_refused_with_the_reason(read: Read, data: bytes, told: list[str]) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read("a.pdf", data)
    assert all(word in str(caught.value) for word in ["a.pdf", *told]), str(caught.value)


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_that_is_locked_only_against_editing_is_read(read: Read, algorithm: str) -> None:
    assert len(read("a.pdf", encrypted("", algorithm=algorithm)).chunks) == 2


def columns(*, by_row: bool) -> bytes:
    """A page of two columns, drawn one after the other as programs for text do, or line by line across the page."""
    data = BytesIO()
    canvas = Canvas(data)
    canvas.setFont("Helvetica", 10)
    texts = (
        ["The left column tells of a company", "that sold shovels to miners until the", "miners went home."],
        ["The right column goes on with its", "second product, which lasted because", "it was needed daily."],
    )
    places = [(column, row) for column in range(2) for row in range(3)]
    for column, row in sorted(places, key=lambda place: place[::-1]) if by_row else places:
        canvas.drawString(60 + 260 * column, 760 - 14 * row, texts[column][row])
    canvas.save()
    return data.getvalue()


def test_columns_are_read_one_after_the_other(read: Read) -> None:
    text = " ".join(read("a.pdf", columns(by_row=False)).chunks[0].text.split())
    assert text.startswith("The left column tells of a company that sold shovels to miners until the miners went home.")


def test_columns_that_are_drawn_line_by_line_keep_all_their_words(read: Read) -> None:
    words = read("a.pdf", columns(by_row=True)).chunks[0].text.split()
    assert sorted(words) == sorted(read("a.pdf", columns(by_row=False)).chunks[0].text.split())


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        pytest.param(["One line\nof text", "more text"], "One line of text more text", id="text over two pages"),
        pytest.param(
            ["Intro words:\n• first item\n• second item"], "Intro words:\n\n• first item\n\n• second item", id="items"
        ),
        pytest.param(["Costs .......... 3\nPlans .......... 9\nReal text"], "Real text", id="contents with leaders"),
        pytest.param(
            ["Head 1\na b c\n1", "Head 2\nd e f\n2", "Head 3\ng h i\n3"], "a b c d e f g h i", id="numbered heads"
        ),
        pytest.param(["well-\nknown names", "x"], "wellknown names x", id="hyphen at the line's end"),
        pytest.param(["GPT-\n4 model"], "GPT- 4 model", id="hyphen that is no word break"),
        pytest.param(["中文\nEnglish"], "中文 English", id="languages meeting at the line's end"),
    ],
)
def test_printed_lines_are_mended(pages: list[str], text: str) -> None:
    assert join_pages(pages, bookmarks=[], title=None).text == text

"""Files are told by what they hold; a name only tells texts apart."""

from __future__ import annotations

import io
import zipfile

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.detection import detect_suffix
from rag.ingest.inspection import Inspector
from rag.settings import IngestSettings
from rag.types import Language


def archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "suffix"),
    [
        (b"%PDF-1.7\n...", "report.docx", ".pdf"),
        (b"\n\njunk before %PDF-1.4", "scan", ".pdf"),
        (archive("[Content_Types].xml", "word/document.xml"), "notes.zip", ".docx"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "x", ".pptx"),
        (archive("xl/workbook.xml"), "x.docx", ".xlsx"),
        (archive("mimetype", "META-INF/container.xml"), "book", ".epub"),
        (b"<!doctype HTML><html></html>", "page.md", ".html"),
        (b"<?xml version='1.0'?>\n<!-- made by x -->\n<html><body>x</body></html>", "page", ".html"),
        (b"name,price\nseat,40\ndesk,50\n", "prices.csv", ".csv"),
        (b"Just a sentence, with a comma.\nAnd another one.\n", "prices.csv", ".md"),
        (b"name,price\nseat,40\n", "prices.txt", ".txt"),
        ("标题\n\n正文".encode("gb18030"), "说明.txt", ".txt"),
        (b"# Title\n\nText", "readme", ".md"),
        (b"# Title\n\nText", "readme.pdf", ".md"),
    ],
    ids=[
        *(
            "pdf by another name",
            "pdf after junk",
            "docx",
            "pptx",
            "xlsx",
            "epub",
            "html",
            "xhtml",
            "csv",
            "prose as csv",
        ),
        *("table as text", "gb18030", "markdown without a suffix", "text as pdf"),
    ],
)
def test_suffix_is_that_of_the_content(data: bytes, name: str, suffix: str) -> None:
    assert detect_suffix(data, name) == suffix


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the file is empty"),
        (archive("a.txt", "b.exe"), "the file is an archive, no document"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old office program"),
        (b"\x7fELF" + bytes(range(256)), ""),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), ""),
    ],
    ids=["empty", "plain archive", "broken archive", "old office", "program", "picture"],
)
def test_what_is_no_document_is_refused_with_a_mend(data: bytes, problem: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        detect_suffix(data, "report.pdf")
    assert problem in refused.value.problem
    assert refused.value.remedy


async def test_inspection_tells_title_language_sections_and_how_it_begins() -> None:
    text = "---\naudience: [board]\n---\n# 港口计划\n\n## 价格\n\n每个席位四十欧元。\n\n## 折扣\n\n学生免费。\n"
    seen = await Inspector(IngestSettings()).inspect(text.encode(), "计划")
    assert (seen.suffix, seen.document.title, seen.document.language) == (".md", "港口计划", Language.ZH)
    assert seen.headings == ("价格", "折扣")
    assert seen.pages == 0
    assert seen.excerpt.startswith("每个席位四十欧元。")


async def test_inspection_refuses_what_the_index_would_refuse() -> None:
    with pytest.raises(UnreadableDocument, match="more than the"):
        await Inspector(IngestSettings(max_file_megabytes=0.001)).inspect(b"x" * 2000, "large.md")
    with pytest.raises(UnreadableDocument, match="broken"):
        await Inspector(IngestSettings()).inspect(b"%PDF-1.4 nothing more", "plan.pdf")

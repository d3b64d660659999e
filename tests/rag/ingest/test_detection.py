"""What comes in is told by what it holds; a name and a server's word only tell texts apart."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UnreadableDocument
from rag.ingest.detection import FEED, detect_suffix, text_of
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
        pytest.param(b"%PDF-1.7\n...", "report.docx", ".pdf", id="pdf by another name"),
        pytest.param(b"\n\njunk before %PDF-1.4 1 0 obj\n%%EOF\n", "scan", ".pdf", id="pdf after junk"),
        pytest.param(b"# Formats\n\nA PDF begins with %PDF- and a number.\n", "note.md", ".md", id="text about pdf"),
        pytest.param(archive("[Content_Types].xml", "word/document.xml"), "notes.zip", ".docx", id="docx"),
        pytest.param(archive("[Content_Types].xml", "ppt/presentation.xml"), "x", ".pptx", id="pptx"),
        pytest.param(archive("xl/workbook.xml"), "x.docx", ".xlsx", id="xlsx"),
        pytest.param(archive("mimetype", "META-INF/container.xml"), "book", ".epub", id="epub"),
        pytest.param(b"<!doctype HTML><html></html>", "page.md", ".html", id="html"),
        pytest.param("\ufeff<!DOCTYPE html><p>中".encode("utf-16-le"), "page.md", ".html", id="html in utf-16"),
        pytest.param(
            b"<?xml version='1.0'?>\n<!-- made by x -->\n<html><body>x</body></html>", "page", ".html", id="xhtml"
        ),
        pytest.param(b"<p>Only a part of a page</p>", "part.htm", ".html", id="part of a page by its name"),
        pytest.param(b"<p>Markdown may hold tags</p>", "note.md", ".md", id="tags in markdown"),
        pytest.param(b"name,price\nseat,40\ndesk,50\n", "prices.csv", ".csv", id="csv"),
        pytest.param(b"Just a sentence, with a comma.\nAnd another one.\n", "prices.csv", ".md", id="prose as csv"),
        pytest.param(b"name,price\nseat,40\n", "prices.txt", ".txt", id="table as text"),
        pytest.param("标题\n\n正文".encode("gb18030"), "说明.txt", ".txt", id="gb18030"),
        pytest.param(b"# Title\n\nText", "readme", ".md", id="markdown without a suffix"),
        pytest.param(b"# Title\n\nText", "readme.pdf", ".md", id="text as pdf"),
    ],
)
def test_suffix_is_that_of_the_content(data: bytes, name: str, suffix: str) -> None:
    assert detect_suffix(data, name) == suffix


@pytest.mark.parametrize(
    ("data", "media", "name", "suffix"),
    [
        (b"%PDF-1.7 x", "text/html", "", ".pdf"),
        (b"\n%PDF-1.7 x", "", "", ".pdf"),
        (archive("word/document.xml"), "application/octet-stream", "", ".docx"),
        (b"<?xml version='1.0'?><!-- x --><rss version='2.0'>", "text/html", "", FEED),
        (b"\xef\xbb\xbf<feed xmlns='x'>", "", "", FEED),
        (b"<feed>", "application/atom+xml", "", FEED),
        (b"<!DOCTYPE html><html>", "text/plain", "", ".html"),
        (b"<p>no head</p>", "text/html", "", ".html"),
        (b"# A note", "text/markdown", "", ".md"),
        (b"# A note", "text/plain", "/repository/README.md", ".md"),
        (b"a,b", "text/csv", "", ".csv"),
        (b"a,b\nc,d\n", "text/plain", "/figures.csv", ".csv"),
        (b"plain words", "text/plain", "/terms", ".txt"),
        ("\ufeff中文".encode("utf-16-le"), "text/plain", "", ".txt"),
    ],
)
def test_content_decides_before_its_server(data: bytes, media: str, name: str, suffix: str) -> None:
    assert detect_suffix(data, name, media_type=media) == suffix


@pytest.mark.parametrize(
    ("data", "media"),
    [(b"plain words", "application/json"), (b"\x00\x01binary" * 9, "text/plain"), (archive("readme"), "text/html")],
)
def test_what_a_server_sends_that_is_no_document_is_refused(data: bytes, media: str) -> None:
    with pytest.raises(UnreadableDocument):
        detect_suffix(data, "/x", media_type=media)


@given(st.binary(max_size=200), st.sampled_from(["", "text/html", "text/plain", "application/zip", "x"]))
def test_any_bytes_are_something_or_are_refused(data: bytes, media: str) -> None:
    with suppress(UnreadableDocument):
        assert detect_suffix(data, "x", media_type=media).startswith(".")


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


async def test_inspection_refuses_a_feed_which_is_followed_by_its_address() -> None:
    with pytest.raises(UnreadableDocument, match="a feed"):
        await Inspector(IngestSettings()).inspect(b"<rss version='2.0'><channel/></rss>", "news.xml")


@given(st.text(min_size=1), st.sampled_from(["", "latin-1", "gbk", "nonsense", "utf-8"]))
def test_utf_8_stays_what_it_is_whatever_is_said_of_it(text: str, said: str) -> None:
    data = text.encode()
    if "\x00" in text or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return
    assert text_of(data, said, source="x") == text


CHINESE = "模型公司的种子轮通常在十一周内完成，前提是数据室在第一次会面之前已经准备好，条款也已经谈妥。" * 4


@pytest.mark.parametrize(
    ("encoding", "said", "meta"),
    [
        ("utf-8", "iso-8859-1", ""),
        ("gb18030", "gbk", ""),
        ("gb18030", "", "gb2312"),
        ("gb18030", "iso-8859-1", "gbk"),
        ("gb18030", "utf-8", ""),
        ("big5", "big5", ""),
        ("utf-16", "utf-16", ""),
        ("utf-8", "no-such-thing", ""),
    ],
)
def test_wrong_word_on_the_encoding_does_no_harm(encoding: str, said: str, meta: str) -> None:
    shown = CHINESE if encoding != "big5" else "種子輪通常在十一週內完成，前提是資料室已經準備好。" * 6
    tag = f'<meta charset="{meta}">' if meta else ""
    page = f"<html><head>{tag}</head><body><p>{shown}</p></body></html>"
    assert shown in text_of(page.encode(encoding), said, source="x")


def test_what_is_no_text_is_told() -> None:
    with pytest.raises(UnreadableDocument):
        text_of(b"\x00\x01\x02\x03" * 50, source="x")

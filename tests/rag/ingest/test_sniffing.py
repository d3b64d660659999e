"""What bytes from the web are, and in which encoding, whatever their server says."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UnreadableDocument
from rag.ingest.sniffing import FEED, suffix_of, text_of


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "media", "suffix"),
    [
        (b"%PDF-1.7 x", "text/html", ".pdf"),
        (b"\n%PDF-1.7 x", "", ".pdf"),
        (archive("word/document.xml"), "application/octet-stream", ".docx"),
        (archive("ppt/slides/slide1.xml"), "", ".pptx"),
        (archive("xl/workbook.xml"), "", ".xlsx"),
        (archive("mimetype", "META-INF/container.xml"), "", ".epub"),
        (archive("readme"), "", None),
        (b"<?xml version='1.0'?><!-- x --><rss version='2.0'>", "text/html", FEED),
        (b"\xef\xbb\xbf<feed xmlns='x'>", "", FEED),
        (b"<!DOCTYPE html><html>", "text/plain", ".html"),
        (b"<p>no head</p>", "text/html", ".html"),
        (b"# A note", "text/markdown", ".md"),
        (b"a,b", "text/csv", ".csv"),
        (b"plain words", "", ".txt"),
        (b"plain words", "application/json", None),
        (b"\x00\x01binary", "text/plain", None),
        ("\ufeff中文".encode("utf-16-le"), "text/plain", ".txt"),
    ],
)
def test_content_decides_before_its_server(data: bytes, media: str, suffix: str | None) -> None:
    assert suffix_of(data, media) == suffix


@given(st.binary(max_size=200), st.sampled_from(["", "text/html", "text/plain", "application/zip", "x"]))
def test_any_bytes_are_something_or_nothing(data: bytes, media: str) -> None:
    suffix_of(data, media)


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

"""Tells what came in by what it holds: files that people hand in, and what a server sends.

A name, and what a server says, only tell texts of different kinds apart.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePath

from rag.errors import UnreadableDocument
from rag.ingest.archives import check_archive
from rag.ingest.decode import decode_text

FEED = ".feed"
"""Stands for RSS and Atom, which are followed and not read as a document."""

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF, _PDF_END = b"%PDF-", b"%%EOF"
_PDF_WITHIN = 1024
"""Readers of PDF take a file in whose first bytes the mark stands anywhere, and in whose last ones its end does."""

_PARTS: Mapping[str, str] = {
    "word/document.xml": ".docx",
    "ppt/presentation.xml": ".pptx",
    "xl/workbook.xml": ".xlsx",
    "META-INF/container.xml": ".epub",
}
"""The part of an archive that makes a document of it, whatever else is in there."""

_HEAD, _META_WITHIN = 65_536, 4_096
_PROLOG = re.compile(r"\A(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype(?!\s+html)[^>]*>)*", re.I | re.S)
_FEED_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf)[\s>]", re.I)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
_TAG = re.compile(r"<[a-z]", re.I)
_META = re.compile(rb"(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LATIN = frozenset({"ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "windows-1252", "cp1252"})
"""Encodings that servers name without looking, and that no bytes disprove."""

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_TEXTS = {"text/markdown": ".md", "text/x-markdown": ".md", "text/csv": ".csv"}
_ANYTHING = "application/octet-stream"
"""What a server says that does not know."""

_TABLE_ROWS = 20
_LINES = 3
_KNOWN = "PDF, Word, PowerPoint, Excel, EPUB, HTML, CSV, Markdown, plain text"


def detect_suffix(data: bytes, source: str, *, media_type: str = "", charset: str = "") -> str:
    """The suffix under which something is read, `FEED` for a feed.

    Args:
        data: the content.
        source: the name of the file, or the path of its address.
        media_type: what a server says that it is, "" where none does.
        charset: the encoding that it says.

    Raises:
        UnreadableDocument: it is empty, or none of the formats that can be read.
    """
    if not data:
        raise UnreadableDocument(source, problem="the file is empty", remedy="fill it or remove it")
    if _is_pdf(data):
        return ".pdf"
    if data.startswith((_ZIP, _OLD_OFFICE)):
        return _of_archive(data, source)
    text = text_of(data, charset, source=source)
    start = _PROLOG.sub("", text[:_HEAD])
    if _FEED_ROOT.match(start):
        return FEED
    if _HTML.match(start) or media_type in _PAGES:
        return ".html"
    if media_type and not media_type.startswith("text/") and media_type != _ANYTHING:
        raise UnreadableDocument(source, problem="the file is no document", remedy=f"send one of: {_KNOWN}")
    return _TEXTS.get(media_type) or _of_text(text, start, source, told=media_type)


def text_of(data: bytes, charset: str = "", *, source: str) -> str:
    """The text of a page or a file, whatever a server says of its encoding.

    Valid UTF-8 proves itself; then what server and page say is tried, the page first where its server names an encoding
    that fits everything.

    Raises:
        UnreadableDocument: it is no text, or its encoding cannot be told.
    """
    if data.startswith(_MARKS) or b"\x00" in data:
        return decode_text(data, source=source)
    meta = _META.search(data[:_META_WITHIN])
    declared = meta[1].decode("ascii").lower() if meta else ""
    said = [declared, charset] if charset in _LATIN else [charset, declared]
    for encoding in ("utf-8", *filter(None, said)):
        try:
            return data.decode("gb18030" if encoding in {"gb2312", "gbk"} else encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return decode_text(data, source=source)


def _is_pdf(data: bytes) -> bool:
    head = data[:_PDF_WITHIN]
    return head.lstrip().startswith(_PDF) or (_PDF in head and _PDF_END in data[-_PDF_WITHIN:])


def _of_archive(data: bytes, source: str) -> str:
    check_archive(data, source)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = set(archive.namelist())
    for part, suffix in _PARTS.items():
        if part in names:
            return suffix
    raise UnreadableDocument(source, problem="the file is an archive, no document", remedy=f"send one of: {_KNOWN}")


def _of_text(text: str, start: str, source: str, *, told: str) -> str:
    """By its name; without one that says anything, a server's text is plain and a person's is Markdown."""
    named = PurePath(source).suffix.lower()
    if named in {".html", ".htm"} and _TAG.match(start):
        return ".html"
    if named == ".csv" and _is_table(text):
        return ".csv"
    if named in {".md", ".markdown"}:
        return ".md"
    return ".txt" if told or named in {".txt", ".text"} else ".md"


def _is_table(text: str) -> bool:
    """Whether the first lines of a text have columns, and the same number of them."""
    lines = [line for line in text.splitlines() if line.strip()][:_TABLE_ROWS]
    try:
        dialect = csv.Sniffer().sniff("\n".join(lines), delimiters=",;\t|")
        widths = {len(row) for row in csv.reader(lines, dialect)}
    except csv.Error:
        return False
    return len(widths) <= _LINES and min(widths) > 1

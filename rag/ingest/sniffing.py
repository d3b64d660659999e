"""What bytes from the web are: by what they hold, and by what their server says only where that tells nothing."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from rag.ingest.decode import decode_text

FEED = ".feed"
"""Stands for RSS and Atom, which are followed and not read as a page."""

_HEAD = 4_096
_FEED_ROOT = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_PROLOG = re.compile(rb"\A(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype[^>]*>)*", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_PARTS = (("word/", ".docx"), ("ppt/", ".pptx"), ("xl/", ".xlsx"), ("META-INF/container.xml", ".epub"))
_TEXTS = {"text/markdown": ".md", "text/x-markdown": ".md", "text/csv": ".csv"}
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LATIN = frozenset({"ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "windows-1252", "cp1252"})
"""Encodings that servers name without looking, and that no bytes disprove."""


def suffix_of(data: bytes, media_type: str = "") -> str | None:
    """The suffix of files that hold such bytes, `FEED` for a feed, None for what is no document."""
    head = data[:_HEAD].removeprefix(codecs.BOM_UTF8)
    if head.lstrip().startswith(b"%PDF-"):
        return ".pdf"
    if head.startswith(b"PK\x03\x04"):
        return _archive(data)
    if b"\x00" in head and not data.startswith(_MARKS):
        return None
    return _text_suffix(head, media_type)


def text_of(data: bytes, charset: str = "", *, source: str) -> str:
    """The text of a page, whatever its server says of its encoding.

    Valid UTF-8 proves itself; then what server and page say is tried, the page first where its server names an encoding
    that fits everything.

    Raises:
        UnreadableDocument: it is no text, or its encoding cannot be told.
    """
    if data.startswith(_MARKS) or b"\x00" in data:
        return decode_text(data, source=source)
    meta = _META.search(data[:_HEAD])
    declared = meta[1].decode("ascii").lower() if meta else ""
    said = [declared, charset] if charset in _LATIN else [charset, declared]
    for encoding in ("utf-8", *filter(None, said)):
        try:
            return data.decode("gb18030" if encoding in {"gb2312", "gbk"} else encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return decode_text(data, source=source)


def _text_suffix(head: bytes, media_type: str) -> str | None:
    if _FEED_ROOT.match(head[_end_of_prolog(head) :]):
        return FEED
    if _HTML.search(head) or media_type in {"text/html", "application/xhtml+xml"}:
        return ".html"
    if media_type and not media_type.startswith("text/") and media_type != "application/octet-stream":
        return None
    return _TEXTS.get(media_type, ".txt")


def _end_of_prolog(head: bytes) -> int:
    found = _PROLOG.match(head)
    return found.end() if found else 0


def _archive(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    return next((suffix for part, suffix in _PARTS if any(name.startswith(part) for name in names)), None)

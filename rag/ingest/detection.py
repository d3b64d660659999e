"""Tells what a file is by what it holds, for files whose name says nothing that could be trusted."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePath

from rag.errors import UnreadableDocument
from rag.ingest.archives import check_archive
from rag.ingest.decode import decode_text

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_PDF_WITHIN = 1024
"""Readers of PDF take a file in whose first bytes the mark stands anywhere."""

_PARTS: Mapping[str, str] = {
    "word/document.xml": ".docx",
    "ppt/presentation.xml": ".pptx",
    "xl/workbook.xml": ".xlsx",
    "META-INF/container.xml": ".epub",
}
"""The part of an archive that makes a document of it, whatever else is in there."""

_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TABLE_ROWS = 20
_LINES = 3
_KNOWN = "PDF, Word, PowerPoint, Excel, EPUB, HTML, CSV, Markdown, plain text"


def detect_suffix(data: bytes, source: str) -> str:
    """The suffix under which a file is read: that of its content. Its name only tells texts of different kinds apart.

    Raises:
        UnreadableDocument: the file is empty, or none of the formats that can be read.
    """
    if not data:
        raise UnreadableDocument(source, problem="the file is empty", remedy="fill it or remove it")
    if _PDF in data[:_PDF_WITHIN]:
        return ".pdf"
    if data.startswith((_ZIP, _OLD_OFFICE)):
        return _of_archive(data, source)
    return _of_text(decode_text(data, source=source), source)


def _of_archive(data: bytes, source: str) -> str:
    check_archive(data, source)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = set(archive.namelist())
    for part, suffix in _PARTS.items():
        if part in names:
            return suffix
    raise UnreadableDocument(source, problem="the file is an archive, no document", remedy=f"send one of: {_KNOWN}")


def _of_text(text: str, source: str) -> str:
    if _HTML.match(text):
        return ".html"
    named = PurePath(source).suffix.lower()
    if named == ".csv" and _is_table(text):
        return ".csv"
    return ".txt" if named in {".txt", ".text"} else ".md"


def _is_table(text: str) -> bool:
    """Whether the first lines of a text have columns, and the same number of them."""
    lines = [line for line in text.splitlines() if line.strip()][:_TABLE_ROWS]
    try:
        dialect = csv.Sniffer().sniff("\n".join(lines), delimiters=",;\t|")
        widths = {len(row) for row in csv.reader(lines, dialect)}
    except csv.Error:
        return False
    return len(widths) <= _LINES and min(widths) > 1

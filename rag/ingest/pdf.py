"""Reads PDF files: their text with page numbers, as paragraphs and headings.

A PDF knows lines on pages, not paragraphs. Running heads and page numbers are taken out, broken lines are joined, and
headings are those of the bookmarks or else numbered lines that stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from rag.errors import UnreadableDocument
from rag.ingest.blocks import ParsedFile
from rag.ingest.pages import Bookmark, join_pages

if TYPE_CHECKING:
    from pypdf import PdfReader

_NOT_A_TITLE = re.compile(
    r"untitled|^\(?(?:anonymous|unspecified|无标题|未命名)|microsoft (?:word|powerpoint)"
    r"|\.(?:docx?|pptx?|pdf|tex|indd)$|^\W*$|^slide \d",
    re.I,
)
_SCANNED_CHARACTERS_PER_PAGE = 10
"""Fewer characters than this on an average page come from stamps on scanned images."""


def read_pdf(data: bytes, source: str) -> ParsedFile:
    """Reads a PDF file. Raises UnreadableDocument for encrypted, broken and scanned files."""
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = _open(data, source)
        pages = [_whole_characters(page.extract_text() or "") for page in reader.pages]
        bookmarks = list(_bookmarks(reader, reader.outline, level=1))
        title = str((reader.metadata.title if reader.metadata else None) or "").strip()
    except (FileNotDecryptedError, DependencyError) as error:
        raise _encrypted(source) from error
    except PyPdfError as error:
        raise UnreadableDocument(source, problem="the PDF is broken", remedy="export it again") from error
    if not pages:
        raise UnreadableDocument(source, problem="the PDF holds no pages", remedy="export it again")
    if len("".join("".join(pages).split())) < _SCANNED_CHARACTERS_PER_PAGE * max(1, len(pages)):
        problem = "the PDF holds images of pages, no text"
        raise UnreadableDocument(source, problem=problem, remedy="run text recognition (OCR) on it first")
    return join_pages(pages, bookmarks=bookmarks, title=None if _NOT_A_TITLE.search(title) else title)


def _open(data: bytes, source: str) -> PdfReader:
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(BytesIO(data))
    # Many files are encrypted only against editing, with an empty password to read them.
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise _encrypted(source)
    return reader


def _whole_characters(text: str) -> str:
    """The text without halves of characters, which a broken table of a font leaves and no database takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _encrypted(source: str) -> UnreadableDocument:
    return UnreadableDocument(source, problem="the PDF is encrypted", remedy="save a copy without a password")


def _bookmarks(reader: PdfReader, outline: Sequence[object], *, level: int) -> Iterator[Bookmark]:
    from pypdf.generic import Destination

    for entry in outline:
        if isinstance(entry, list):
            yield from _bookmarks(reader, entry, level=level + 1)
        elif isinstance(entry, Destination):
            page = reader.get_destination_page_number(entry)
            if page is not None and page >= 0 and str(entry.title).strip():
                yield Bookmark(title=" ".join(str(entry.title).split()), level=min(level, 6), page=page)

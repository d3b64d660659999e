"""The one table of readable formats: a new format is a reader and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import RagError, UnreadableDocument
from rag.ingest.blocks import ParsedFile, Reader
from rag.ingest.extraction import read_web_page
from rag.ingest.html import read_html
from rag.ingest.markdown import read_markdown
from rag.ingest.office import read_docx, read_epub, read_pptx
from rag.ingest.pdf import read_pdf
from rag.ingest.tables import read_csv, read_xlsx
from rag.ingest.text import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How files of one suffix are read.

    `isolated` formats are parsed in a process of their own, with limits: a file may be made to exhaust their parser.
    """

    read: Reader
    isolated: bool = True


READERS: Mapping[str, Format] = {
    ".md": Format(read=read_markdown, isolated=False),
    ".markdown": Format(read=read_markdown, isolated=False),
    ".txt": Format(read=read_text, isolated=False),
    ".text": Format(read=read_text, isolated=False),
    ".html": Format(read=read_html),
    ".htm": Format(read=read_html),
    ".pdf": Format(read=read_pdf),
    ".docx": Format(read=read_docx),
    ".pptx": Format(read=read_pptx),
    ".xlsx": Format(read=read_xlsx),
    ".csv": Format(read=read_csv),
    ".epub": Format(read=read_epub),
}
"""Formats by suffix, in lower case."""


PAGE = ".webpage"
"""Stands for a page that was fetched, whose main text is wanted; no file has such a suffix."""

_FETCHED: Mapping[str, Format] = {PAGE: Format(read=read_web_page)}


def format_of(path: Path) -> Format | None:
    """The format of a file, or None for one that is not known."""
    return READERS.get(path.suffix.lower())


def reader_of(source: str) -> Format | None:
    """How a file, or what was fetched, is read; None for a format that is not known."""
    path = Path(source)
    return format_of(path) or _FETCHED.get(path.suffix)


def parse_file(data: bytes, source: str) -> ParsedFile:
    """Reads the bytes of a file by the suffix of its name.

    Raises:
        UnreadableDocument: the file cannot be read, whatever its parser says about it.
    """
    found = reader_of(source)
    if found is None:
        problem = f"the format {Path(source).suffix!r} is not known"
        raise UnreadableDocument(source, problem=problem, remedy="convert it to one of " + ", ".join(READERS))
    if not data:
        raise UnreadableDocument(source, problem="the file is empty", remedy="fill it or remove it")
    try:
        return found.read(data, source)
    except RagError:
        raise
    except MemoryError as error:
        problem = "reading it takes more memory than is allowed"
        raise UnreadableDocument(source, problem=problem, remedy="split it or raise parser_megabytes") from error
    except Exception as error:  # a parser fed with a damaged file may raise anything
        problem = f"the file is damaged or not what its suffix says ({type(error).__name__})"
        raise UnreadableDocument(source, problem=problem, remedy="open it, save it anew and try again") from error

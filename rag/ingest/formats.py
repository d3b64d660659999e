"""The one table of readable formats: a new format is a reader and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rag.ingest.blocks import Reader
from rag.ingest.html import read_html
from rag.ingest.markdown import read_markdown
from rag.ingest.pdf import read_pdf
from rag.ingest.text import read_text

READERS: Mapping[str, Reader] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_text,
    ".text": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}
"""Readers by suffix, in lower case."""


def reader_of(path: Path) -> Reader | None:
    """The reader of a file's format, or None for a format that is not known."""
    return READERS.get(path.suffix.lower())

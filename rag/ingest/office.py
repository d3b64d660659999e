"""Reads Word documents, slides and electronic books as Markdown, through markitdown's converters."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from rag.errors import UnreadableDocument
from rag.ingest.archives import check_archive
from rag.ingest.blocks import ParsedFile
from rag.ingest.markdown import parse_markdown
from rag.types import PageMark

if TYPE_CHECKING:
    from markitdown import DocumentConverter, DocumentConverterResult

_SLIDE = re.compile(r"<!-- Slide number: (\d+) -->\n?")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_EXOTIC_BREAK = re.compile(r"[\x0b\x0c\u2028\u2029]")
_BOOK_DATA = re.compile(
    r"(?:\*\*(?:Title|Authors|Language|Publisher|Date):\*\* .*\n?)*"
    r"(?:\*\*Description:\*\* (?:[\s\S]*?(?=\n\*\*Identifier:)|.*)\n?)?(?:\*\*Identifier:\*\* .*)?"
)
"""What the converter writes before the first chapter. A description may have paragraphs; an identifier ends it."""

_STYLES = "\n".join(
    f"p[style-name='{name}'] => h{level}:fresh"
    for name, level in (("Title", 1), ("标题", 1), ("标题 1", 1), ("标题 2", 2), ("标题 3", 3))
)
"""Styles that stand for headings beside those that the converter knows."""

_OPTIONS = {
    "escape_asterisks": False,
    "escape_underscores": False,
    "escape_misc": False,  # a quote shows what the author wrote, without backslashes
    "table_infer_header": True,
    "style_map": _STYLES,
}


def read_docx(data: bytes, source: str) -> ParsedFile:
    """Reads a Word document. Raises UnreadableDocument."""
    from markitdown.converters import DocxConverter

    return _parsed(_cleaned(_converted(DocxConverter, data, source).markdown), source)


def read_epub(data: bytes, source: str) -> ParsedFile:
    """Reads an electronic book, its chapters in reading order. Raises UnreadableDocument."""
    from markitdown.converters import EpubConverter

    result = _converted(EpubConverter, data, source)
    text = _BOOK_DATA.sub("", result.markdown, count=1)
    return _parsed(_cleaned(text), source, title=result.title)


def read_pptx(data: bytes, source: str) -> ParsedFile:
    """Reads slides: each a section under its title, and a page of its own. Raises UnreadableDocument."""
    from markitdown.converters import PptxConverter

    pieces = _SLIDE.split(_converted(PptxConverter, data, source).markdown)
    text, pages = "", []
    for number, slide in zip(pieces[1::2], pieces[2::2], strict=True):
        body = _as_paragraphs(_cleaned(slide))
        if body:
            pages.append(PageMark(offset=len(text), page=int(number)))
            text += f"{body}\n\n"
    return _parsed(text.rstrip(), source, pages=tuple(pages))


def _converted(make: Callable[[], DocumentConverter], data: bytes, source: str) -> DocumentConverterResult:
    from markitdown import StreamInfo

    check_archive(data, source)
    return make().convert(BytesIO(data), StreamInfo(), **_OPTIONS)


def _cleaned(markdown: str) -> str:
    """The words alone: images are no text, and exotic line ends would hide the structure."""
    text = _IMAGE.sub("", _EXOTIC_BREAK.sub(" ", markdown)).replace("\xa0", " ")
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text).strip()


def _as_paragraphs(slide: str) -> str:
    """A slide whose lines stand apart: each is a point of its own, which Markdown would join to one paragraph."""
    lines = (line.strip() for line in slide.splitlines())
    return "\n\n".join(filter(None, lines)).replace("|\n\n|", "|\n|")


def _parsed(text: str, source: str, *, title: str | None = None, pages: tuple[PageMark, ...] = ()) -> ParsedFile:
    if not text:
        raise UnreadableDocument(source, problem="the document holds no text", remedy="fill it or remove it")
    return ParsedFile(text=text, blocks=parse_markdown(text), title=title, pages=pages)

"""The main text of a page on the web, as Markdown: without menus, notices and what else stands around it."""

from __future__ import annotations

import datetime as dt
import re

from rag.errors import UnreadableDocument
from rag.ingest.blocks import ParsedFile
from rag.ingest.frontmatter import FrontMatter
from rag.ingest.html import read_html
from rag.ingest.markdown import parse_markdown, plain_title

_BLANKS = re.compile(r"\n{3,}")


def read_web_page(data: bytes, source: str) -> ParsedFile:
    """Reads a page in UTF-8. Raises UnreadableDocument when it holds no text of its own."""
    import trafilatura
    from trafilatura.metadata import extract_metadata

    html = data.decode("utf-8", errors="replace")
    # What is shown without scripts alone asks for them, and tells nothing else.
    text = trafilatura.extract(
        html, output_format="markdown", include_comments=False, include_tables=True, prune_xpath=["//noscript"]
    )
    if not text:
        # Its rules found no article; ours keep whatever is no furniture.
        return read_html(data, source)
    found = extract_metadata(html)
    text = _BLANKS.sub("\n\n", text.replace("\x00", "")).strip()
    blocks = parse_markdown(text)
    if not blocks:
        raise UnreadableDocument(source, problem="the page holds no text of its own", remedy="give another address")
    title = plain_title(found.title) if found and found.title else None
    date = _date(found.date) if found and found.date else None
    return ParsedFile(text=text, blocks=blocks, title=title or None, front_matter=FrontMatter(date=date))


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None

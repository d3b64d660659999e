"""Looks into a file before it joins the library: can it be read, and what would become of it?"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from rag.errors import UnreadableDocument
from rag.ingest.detection import FEED, detect_suffix
from rag.ingest.files import FoundFile
from rag.ingest.isolation import IsolatedParser
from rag.ingest.load import make_document
from rag.ingest.reading import FileContent
from rag.settings import IngestSettings
from rag.terms import index_terms
from rag.types import Document, DocumentId

_EXCERPT = 600
COMPARED = 60
"""Chunks by which documents are compared."""

_NO_DAY = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What a file would be as a document.

    `headings` are those of its sections in their order, `pages` is 0 where the format has none, `excerpt` is how its
    text begins, and `words` are those of its first `COMPARED` chunks.
    """

    suffix: str
    document: Document
    headings: tuple[str, ...]
    pages: int
    excerpt: str
    words: frozenset[str] = frozenset()


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words that a document is compared with others by."""
    return frozenset(term for text in texts for term in index_terms(text))


class Inspector:
    """Reads files as an index run does, those of risky formats in a process of their own, and indexes nothing."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings

    async def inspect(self, data: bytes, name: str) -> Inspected:
        """What a file holds, whatever its name says.

        Raises:
            UnreadableDocument: it cannot become a document; the error says why and what its owner can do.
        """
        parser = IsolatedParser(self._settings)
        try:
            return await asyncio.to_thread(self._inspect, parser, data, name)
        finally:
            # A thread cannot be stopped: without its worker it ends at once.
            parser.close()

    def _inspect(self, parser: IsolatedParser, data: bytes, name: str) -> Inspected:
        megabytes = len(data) / 1e6
        if megabytes > self._settings.max_file_megabytes:
            problem = f"the file has {megabytes:.1f} MB, more than the {self._settings.max_file_megabytes:g} MB allowed"
            raise UnreadableDocument(name, problem=problem, remedy="split it or raise max_file_megabytes")
        suffix = detect_suffix(data, name)
        if suffix == FEED:
            remedy = "give its address where inputs are added"
            raise UnreadableDocument(name, problem="the file is a feed", remedy=remedy)
        source = f"{PurePath(name).stem or 'file'}{suffix}"
        content = FileContent(data=data, sidecar=None, modified=_NO_DAY, digest=hashlib.sha256(data).hexdigest())
        loaded = make_document(
            FoundFile(path=Path(source), source=source),
            content,
            document_id=DocumentId("inspected"),
            settings=self._settings,
            parse=parser.parse,
        )
        chunks = loaded.chunks
        # Chunks of one section follow each other.
        headings = dict.fromkeys(chunk.section[-1] for chunk in chunks if chunk.section)
        pages = {mark.page for chunk in chunks for mark in chunk.page_marks}
        return Inspected(
            suffix=suffix,
            document=loaded.document,
            headings=tuple(headings),
            pages=len(pages),
            excerpt="\n\n".join(chunk.text for chunk in chunks[:3])[:_EXCERPT],
            words=words_of(chunk.text for chunk in chunks[:COMPARED]),
        )

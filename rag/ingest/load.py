"""Loads one file: reads it by its format, infers what its author did not say, and cuts it into chunks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rag.catalogue import Filing
from rag.errors import UnreadableDocument
from rag.ingest.blocks import BlockKind, ParsedFile, comparable
from rag.ingest.chunking import chunk_file
from rag.ingest.files import FileProblem, FoundFile
from rag.ingest.filing import filed
from rag.ingest.formats import parse_file
from rag.ingest.frontmatter import FrontMatter
from rag.ingest.markdown import plain_title
from rag.ingest.outline import document_title
from rag.ingest.questions import STEP, with_questions
from rag.ingest.reading import FileContent, read_content
from rag.ingest.sidecar import merged, parse_sidecar
from rag.language import detect_language
from rag.settings import IngestSettings
from rag.types import PUBLIC, Chunk, Document, DocumentId, Language

PARSING_IDENTITY = "parse-1+chunk-2+embed-2"
"""Names the readers, the chunker and what is embedded in the index identity: raise a number whenever that changes."""

Parse = Callable[[bytes, str], ParsedFile]
"""Parses the bytes of a file by the suffix of its name. Raises UnreadableDocument."""

_EMBEDDED_DATA = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")
_LANGUAGE_SAMPLE = 20_000
_EMBEDDED_HEADINGS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedDocument:
    """A document with its chunks, ready to be indexed. `problems` are what is wrong with it and keeps nothing away."""

    document: Document
    chunks: tuple[Chunk, ...]
    problems: tuple[FileProblem, ...] = ()


def load_document(
    file: FoundFile, *, document_id: DocumentId, settings: IngestSettings, modified: date
) -> LoadedDocument:
    """Read one file, parsing it in this process.

    Args:
        file: the file.
        document_id: the id that the document gets.
        settings: the largest file and the longest chunk.
        modified: the document's date when its author gives none.

    Raises:
        UnreadableDocument: the file cannot be indexed; the error says why and what its owner can do.
    """
    content = dataclasses.replace(read_content(file, max_megabytes=settings.max_file_megabytes), modified=modified)
    return make_document(file, content, document_id=document_id, settings=settings, parse=parse_file)


def make_document(
    file: FoundFile,
    content: FileContent,
    *,
    document_id: DocumentId,
    settings: IngestSettings,
    parse: Parse,
    filing: Filing = Filing(),
) -> LoadedDocument:
    """The document that a file's content is.

    Args:
        file: the file.
        content: what was read of it.
        document_id: the id that the document gets.
        settings: the longest chunk.
        parse: parses the bytes, here or in a process of its own.
        filing: what holds where the file says nothing.

    Raises:
        UnreadableDocument: the content cannot be indexed; the error says why and what its owner can do.
    """
    said = parse_sidecar(content.sidecar, file.sidecar_source) if content.sidecar is not None else FrontMatter()
    parsed = parse(content.data, file.source)
    parsed = dataclasses.replace(parsed, front_matter=filed(merged(parsed.front_matter, said), filing))
    chunks = chunk_file(parsed, limit=settings.chunk_characters)
    if not chunks:
        problem = "the file holds headings or lists of contents only, no text"
        raise UnreadableDocument(file.source, problem=problem, remedy="add text or remove the file")
    document = _document(parsed, source=file.source, document_id=document_id, modified=content.modified)
    chunks, unknown = with_questions(chunks, parsed.front_matter.questions, title=document.title)
    problems = tuple(_unknown_heading(file.source, heading) for heading in unknown)
    return LoadedDocument(document=document, chunks=chunks, problems=problems)


def embedded_text(document: Document, chunk: Chunk) -> str:
    """What of a chunk becomes its vector: the two nearest headings, twice, and the text.

    A question is mostly nearer to a heading than to the text, in which the heading's few words drown: MRR .763 with
    the headings once, .787 with them twice. The outer headings are the same for many chunks and would only make them
    alike.
    """
    headings = (chunk.section or (document.title,))[-_EMBEDDED_HEADINGS:]
    return "\n".join([*headings, *headings, _EMBEDDED_DATA.sub("", chunk.text)])


def lexical_text(document: Document, chunk: Chunk) -> str:
    """What of a chunk is searched word for word: title, all headings and the text."""
    titled = chunk.section[:1] and comparable(chunk.section[0]) == comparable(document.title)
    headings: Sequence[str] = chunk.section if titled else (document.title, *chunk.section)
    return "\n".join([*headings, _EMBEDDED_DATA.sub("", chunk.text)])


def _unknown_heading(source: str, heading: str) -> FileProblem:
    return FileProblem(
        source=source,
        problem=f"questions stand beside {heading!r}, which is the heading of no section, or of several",
        remedy=f"write it as in the text, below its outer heading: Outer {STEP} Inner; the rest is indexed",
    )


def _document(parsed: ParsedFile, *, source: str, document_id: DocumentId, modified: date) -> Document:
    said = parsed.front_matter
    title = said.title or parsed.title or document_title(parsed.blocks) or plain_title(Path(source).stem)
    return Document(
        id=document_id,
        kind=said.kind,
        language=said.language or _language(parsed, title),
        title=title,
        source=source,
        topics=said.topics,
        date=said.date or modified,
        url=said.web_address,
        licence=said.licence,
        audience=frozenset({PUBLIC}) if said.audience is None else said.audience,
        translation_of=said.id,
        case=said.case_facts(title=title),
    )


def _language(parsed: ParsedFile, title: str) -> Language:
    """The language of the words: listings are written in English everywhere."""
    prose = [b for b in parsed.blocks if b.kind not in {BlockKind.CODE, BlockKind.BREAK}]
    return detect_language(" ".join([title, *(parsed.text[b.start : b.end] for b in prose)])[:_LANGUAGE_SAMPLE])

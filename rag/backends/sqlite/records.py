"""How documents and chunks are kept in a column: JSON, checked by pydantic when it is read back."""

from __future__ import annotations

from pydantic import TypeAdapter

from rag.catalogue import Filing
from rag.types import Chunk, Document

_DOCUMENT = TypeAdapter(Document)
_CHUNK = TypeAdapter(Chunk)
_FILING = TypeAdapter(Filing)


def dump_document(document: Document) -> str:
    """A document as JSON."""
    return _DOCUMENT.dump_json(document).decode()


def load_document(record: str) -> Document:
    """The document that `dump_document` wrote. Raises ValueError for anything else."""
    return _DOCUMENT.validate_json(record)


def dump_chunk(chunk: Chunk) -> str:
    """A chunk as JSON."""
    return _CHUNK.dump_json(chunk).decode()


def load_chunk(record: str) -> Chunk:
    """The chunk that `dump_chunk` wrote. Raises ValueError for anything else."""
    return _CHUNK.validate_json(record)


def dump_filing(filing: Filing) -> str:
    """How an input is filed, as JSON."""
    return _FILING.dump_json(filing).decode()


def load_filing(record: str) -> Filing:
    """What `dump_filing` wrote; "" stands for an input that nothing was said of. Raises ValueError for all else."""
    return _FILING.validate_json(record) if record else Filing()

"""The catalogue's port: which documents the library holds, which chunks are live, and where their words occur.

The catalogue is the truth of the index. Vectors may exist that it does not know; they are never shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NewType, Protocol

from rag.types import Chunk, ChunkId, Document, DocumentId, Scope

GenerationId = NewType("GenerationId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A registered file or folder that the index follows.

    `name` identifies an input whose path may move between installations, such as the starter library; without one the
    path identifies it.
    """

    path: Path
    name: str | None = None

    @property
    def key(self) -> str:
        """What the input's documents are filed under."""
        return self.name or str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One state of the whole index, made by one parser, one chunker and one embedder.

    `identity` names all three; `collection` is the name of its vectors' collection.
    """

    id: GenerationId
    identity: str
    embedder: str
    collection: str
    state: Literal["building", "live"]
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Size of a generation."""

    documents: int
    chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """By what a run knows whether a file has changed since it was indexed: first the stamps, then the content."""

    modified_ns: int
    size: int
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedDocument:
    """A document with all its chunks, ready to become live. `terms` are the chunks' lexical terms, joined by blanks."""

    document: Document
    input_key: str
    fingerprint: Fingerprint
    chunk_ids: tuple[ChunkId, ...]
    chunks: tuple[Chunk, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalHit:
    """A chunk that shares words with a question.

    `coverage` is its BM25 score divided by the best score that the question could get, in 0..1: about 0 for a question
    that matches next to nothing, however well the other chunks do.
    """

    chunk_id: ChunkId
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChunk:
    """A live chunk with its document."""

    id: ChunkId
    document: Document
    chunk: Chunk


class Catalogue(Protocol):
    """What answering reads. Every method raises StorageFailed when the store cannot be read."""

    async def live(self) -> Generation | None:
        """The generation that answers, or None before the first index run has finished."""
        ...

    async def revision(self) -> int:
        """A number that grows with every change of the catalogue, so that what was made from it can be dated."""
        ...

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """Live documents that the scope admits, ordered by kind, source and language."""
        ...

    async def versions(self) -> Mapping[DocumentId, str]:
        """The live documents, each with a name for its content that changes whenever the content does."""
        ...

    async def counts(self) -> Counts:
        """Size of the live generation."""
        ...

    async def inputs(self) -> tuple[Input, ...]:
        """Registered inputs, in the order of registration."""
        ...

    async def lexical(self, terms: Sequence[str], *, limit: int, scope: Scope) -> list[LexicalHit]:
        """The chunks that match the terms best, best first."""
        ...

    async def owners(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, Document]:
        """The documents of those of the chunks that are live and that the scope admits; no chunk's text is read."""
        ...

    async def chunks(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, LiveChunk]:
        """Those of the chunks that are live and that the scope admits."""
        ...

    async def chunks_at(
        self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope
    ) -> dict[DocumentId, tuple[LiveChunk, ...]]:
        """Live chunks of documents that the scope admits, by their positions, in order.

        Positions that do not exist are left out, and so are documents without any.
        """
        ...


class CatalogueWriter(Protocol):
    """What an index run writes. One run at a time; every method is one transaction and raises StorageFailed."""

    async def register(self, inputs: Sequence[Input]) -> None:
        """Remember inputs; one that is known by its key gets the new path."""
        ...

    async def unregister(self, key: str) -> None:
        """Forget an input. Its documents stay until they are removed."""
        ...

    async def installation(self) -> str:
        """A name of this catalogue that no other one has, made once: several may keep vectors on one server."""
        ...

    async def building(self) -> Generation | None:
        """The generation that an earlier run left unfinished."""
        ...

    async def begin(self, *, identity: str, embedder: str, collection: str) -> Generation:
        """Start a generation beside the live one; its collection is no longer retired."""
        ...

    async def publish(self, generation: Generation) -> None:
        """Make a generation the live one and drop all others with their documents; their collections are retired."""
        ...

    async def discard(self, generation: Generation) -> None:
        """Drop a generation that is not live; its collection is retired."""
        ...

    async def retired_collections(self) -> tuple[str, ...]:
        """Collections that may still be stored but belong to no generation of this catalogue."""
        ...

    async def forget_collection(self, name: str) -> None:
        """Note that a retired collection is gone from the vector store."""
        ...

    async def fingerprints(self, generation: Generation, input_key: str) -> dict[str, Fingerprint]:
        """What is indexed of an input, by source."""
        ...

    async def filed_under(self, generation: Generation) -> tuple[str, ...]:
        """Keys of the inputs that have documents in a generation."""
        ...

    async def touch(self, generation: Generation, document: DocumentId, fingerprint: Fingerprint) -> None:
        """Note new stamps of a file whose content is unchanged."""
        ...

    async def announce(self, generation: Generation, ids: Sequence[ChunkId]) -> None:
        """Note vectors that are about to be written, so that a crash cannot leave them unknown."""
        ...

    async def replace(self, generation: Generation, document: IndexedDocument) -> None:
        """Make a document's chunks live in place of its earlier ones, whole or not at all."""
        ...

    async def remove(self, generation: Generation, document: DocumentId) -> None:
        """Take a document out of a generation."""
        ...

    async def scrub(self) -> None:
        """Write the catalogue anew, so that no byte of what was removed is left in its file."""
        ...

    async def dead_vectors(self, generation: Generation, *, limit: int) -> tuple[ChunkId, ...]:
        """Ids of vectors that may be stored but belong to no chunk of the generation."""
        ...

    async def forget_vectors(self, generation: Generation, ids: Sequence[ChunkId]) -> None:
        """Note that dead vectors are gone from the vector store."""
        ...

"""The catalogue's port: which documents the library holds, which chunks are live, and where their words occur.

The catalogue is the truth of the index. Vectors may exist that it does not know; they are never shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NewType, Protocol

from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Scope

GenerationId = NewType("GenerationId", int)

_QUESTION = "?"
"""Parts a chunk's id from a question's number in the id of a question's vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """How documents of an input are filed that do not say it themselves; None and () leave it to what is usual."""

    kind: DocumentKind | None = None
    language: Language | None = None
    topics: tuple[str, ...] = ()
    audience: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A registered file or folder that the index follows.

    `name` identifies an input whose path may move between installations, such as the starter library; without one the
    path identifies it. One that is `paused` is read only when it is named; its documents stay.
    """

    path: Path
    name: str | None = None
    filing: Filing = Filing()
    paused: bool = False

    @property
    def key(self) -> str:
        """What the input's documents are filed under."""
        return self.name or str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One state of the whole index, made by one parser, one chunker and one embedder.

    `identity` names all three; `collection` is the name of its vectors' collection. `has_questions` tells whether any
    of its chunks has questions of its own, whose vectors lie in a collection beside the first.
    """

    id: GenerationId
    identity: str
    embedder: str
    collection: str
    state: Literal["building", "live"]
    created: datetime
    has_questions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Size of a generation; `questions` are those that documents bring along."""

    documents: int
    chunks: int
    questions: int = 0


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

    @property
    def question_ids(self) -> tuple[ChunkId, ...]:
        """Ids of the vectors of all chunks' questions, in their order."""
        pairs = zip(self.chunk_ids, self.chunks, strict=True)
        return tuple(each for key, chunk in pairs for each in question_ids(key, len(chunk.questions)))


def questions_collection(collection: str) -> str:
    """The name of the collection that holds the vectors of the questions beside those of the chunks."""
    return f"{collection}-questions"


def question_ids(chunk_id: ChunkId, count: int) -> tuple[ChunkId, ...]:
    """Ids of the vectors of a chunk's questions."""
    return tuple(ChunkId(f"{chunk_id}{_QUESTION}{number}") for number in range(count))


def asks(vector_id: ChunkId) -> bool:
    """Whether an id is that of a question's vector."""
    return _QUESTION in vector_id


def chunk_of(vector_id: ChunkId) -> ChunkId:
    """The chunk that a vector stands for: its own, or that of one of its questions."""
    return ChunkId(vector_id.partition(_QUESTION)[0])


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

    async def sizes(self) -> Mapping[str, int]:
        """How many live documents each input has, by its key; those without any are left out."""
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
        """Remember inputs; one that is known by its key gets the new path, and stays filed as it is."""
        ...

    async def enrol(self, each: Input) -> None:
        """Remember an input with how it is filed and whether it is paused, whatever was known of it."""
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
        """Note vectors that are about to be written, questions' too, so that a crash cannot leave them unknown."""
        ...

    async def replace(self, generation: Generation, document: IndexedDocument) -> None:
        """Make a document's chunks live in place of its earlier ones, whole or not at all."""
        ...

    async def remove(self, generation: Generation, document: DocumentId) -> None:
        """Take a document out of a generation."""
        ...

    async def begin_trial(self, generation: Generation, marks: str) -> None:
        """Keep from now on what `replace` and `remove` take away; an open trial goes on as it began.

        `marks` say how labelled questions fared before; the catalogue only keeps them.
        """
        ...

    async def trial(self, generation: Generation) -> str | None:
        """What a trial began with that no run has ended; None where none is open."""
        ...

    async def accept(self, generation: Generation, marks: str | None) -> None:
        """Let what the trial has made stand, with its marks; None where they are not known."""
        ...

    async def take_back(self, generation: Generation) -> None:
        """Make live again what was there before the trial, all at once."""
        ...

    async def marks(self) -> str | None:
        """The marks of what is live, where they are known."""
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

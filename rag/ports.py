"""The seams of the core: protocols that its services depend on and its backends implement."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.authorship import Usage, Writing
from rag.types import Answer, ChunkId, Language, Question, Retrieval

Vectors = NDArray[np.float32]
"""Rows of unit length, shape (number of texts, dimension)."""

Clock = Callable[[], float]
"""Monotonic seconds, as `time.perf_counter` gives them."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product says how near two texts are in meaning."""

    @property
    def identity(self) -> str:
        """A name that changes whenever the same text would get another vector; part of the index identity."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions.

        Raises:
            InvalidInput: a text is blank.
            EmbedderUnavailable: the model cannot be used.
        """
        ...

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; raises as `embed_queries` does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseHit:
    """A chunk near a query vector; `similarity` is the cosine, in -1..1."""

    chunk_id: ChunkId
    similarity: float


class VectorIndex(Protocol):
    """One collection of vectors, addressed by chunk id."""

    async def add(self, ids: Sequence[ChunkId], vectors: Vectors) -> None:
        """Store vectors; an id that exists is overwritten. Raises StorageFailed."""
        ...

    async def delete(self, ids: Sequence[ChunkId]) -> None:
        """Forget vectors; unknown ids are ignored. Raises StorageFailed."""
        ...

    async def nearest(self, vector: Vectors, *, limit: int) -> list[DenseHit]:
        """The nearest chunks to one vector of shape (dimension,), best first. Raises StorageFailed."""
        ...

    async def count(self) -> int:
        """Number of stored vectors, dead ones included. Raises StorageFailed."""
        ...


class VectorStore(Protocol):
    """The collections of one vector database."""

    async def collection(self, name: str) -> VectorIndex:
        """A collection for cosine search, made when it does not exist. Raises StorageFailed."""
        ...

    async def names(self) -> tuple[str, ...]:
        """The collections that exist. Raises StorageFailed."""
        ...

    async def drop(self, name: str) -> None:
        """Delete a collection; an unknown name is ignored. Raises StorageFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The evidence for a statement: an index into `Retrieval.quotable`, and the verbatim words that carry it."""

    passage: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The unit of streaming: one checked sentence, list item, heading or remark, in Markdown, without citation marks.

    `lead` is what separates it from the text before it (a space, a line break, a blank line). A statement without
    support carries no fact: it introduces, or says what the writer could not do.
    """

    text: str
    lead: str
    support: tuple[Support, ...] = ()

    def counted_anew(self, places: Sequence[int]) -> Statement:
        """The same about a retrieval in which what was passage `n` is passage `places[n]`."""
        return replace(self, support=tuple(replace(each, passage=places[each.passage]) for each in self.support))


class Role(StrEnum):
    """Who speaks in a prompt."""

    SYSTEM = "system"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message of a prompt."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What is known of a served model. `context_tokens` is what prompt and answer share."""

    name: str
    context_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of what a model writes.

    The last one of a stream has the usage, where the server tells it, and no text. The first one of a pool's stream
    tells which model writes.
    """

    text: str = ""
    usage: Usage | None = None
    info: ModelInfo | None = None


class ChatModel(Protocol):
    """One language model behind one address."""

    @property
    def endpoint(self) -> str:
        """A name for logs and metrics: the address without anything secret."""
        ...

    async def info(self) -> ModelInfo:
        """The model's name and context length, asked once. Raises ModelUnavailable."""
        ...

    async def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """How many tokens a prompt takes, or an estimate that errs towards too many. Never raises."""
        ...

    def stream(self, messages: Sequence[ChatMessage], *, most_tokens: int) -> AsyncGenerator[Piece, None]:
        """What the model writes, as it writes it.

        Raises:
            ModelUnavailable: it cannot be reached, is too slow, or broke off.
            ModelRefused: it does not take this prompt.
        """
        ...


PromptFor = Callable[[ChatModel], Awaitable[Sequence[ChatMessage]]]
"""Makes the prompt for one model: models differ in how much they can read."""


class ModelPool(Protocol):
    """Several language models, of which the first that works writes."""

    def stream(self, prompt: PromptFor, *, most_tokens: int) -> AsyncGenerator[Piece, None]:
        """What a model writes; another one is tried only before the first piece.

        Raises:
            ModelUnavailable: none of them works, or the one that wrote broke off.
        """
        ...


class Writer(Protocol):
    """Writes an answer from the passages that passed the evidence gate."""

    @property
    def name(self) -> str:
        """What the answer's `writer` field says."""
        ...

    def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement | Writing, None]:
        """Statements in reading order. None at all means that the passages hold no answer.

        `Writing` may come at any place and more than once; the last one tells how the answer was made.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One text that a question is searched with.

    `wanted` are the terms of which what is found must hold most before it counts as evidence. They are what a
    follow-up added: a search for "what is prompt injection? sourdough bread" finds good passages, and no bread.
    """

    text: str
    wanted: tuple[str, ...] = ()


class QueryMaker(Protocol):
    """Makes the texts that a question is searched with."""

    async def queries(self, question: Question, language: Language) -> tuple[Query, ...]:
        """The question as it was asked, then its other forms: standing alone, in another language. Never fails."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer with what was found for it."""

    retrieval: Retrieval
    answer: Answer


class AnswerCache(Protocol):
    """Keeps answers for some time."""

    async def get(self, key: str) -> KeptAnswer | None:
        """What was kept under a key, unless its time is over."""
        ...

    async def put(self, key: str, kept: KeptAnswer) -> None:
        """Keep an answer; what was kept under the key before is forgotten."""
        ...

    async def clear(self) -> None:
        """Forget every answer."""
        ...


class Retrieving(Protocol):
    """Finds the passages for a question."""

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        """Passages, best first.

        Raises:
            InvalidInput: the question is blank.
            IndexMissing: nothing is indexed yet.
            IndexMismatch: the index was built by another embedder.
            StorageFailed: the catalogue or the vector store does not answer.
            EmbedderUnavailable: the question cannot be embedded.
        """
        ...

"""The library for people who compose their own LangChain chains: its search as a retriever, its embedder as embeddings.

    async with open_rag(settings) as rag:
        retriever = LibraryRetriever(search=rag.retriever, limit=5)
        chain = {"context": retriever | as_text, "question": RunnablePassthrough()} | prompt | model
        await chain.ainvoke("How much dilution is normal in a seed round?")

Both belong to the event loop in which the library was opened, so they are asked with `ainvoke`, `abatch` or `astream`.
"""

from __future__ import annotations

import uuid
from typing import NoReturn

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, SkipValidation

from rag.errors import InvalidInput
from rag.ports import Embedder, Retrieving
from rag.types import Language, Passage, Question, Retrieval, Scope


class LibraryRetriever(BaseRetriever):
    """Finds passages as the product does: both legs of the search, languages, what the reader may see.

    A document's `page_content` is the source's own words. Its metadata are `source`, `title`, `section` (headings
    joined by " > "), `page` (None without pages), `url` (None without one), `kind`, `language`, `score` in 0..1 and
    `confidence`, how far the whole result can be trusted.

    Attributes:
        search: the search of an opened library.
        limit: most passages; None takes the library's own setting.
        scope: what the reader may see; public documents unless told otherwise.
        language: in which language the answer will be; detected from the question when it is None.
        answerable_only: give nothing at all when the library is not likely to answer the question.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    search: SkipValidation[Retrieving]
    limit: int | None = Field(default=None, ge=1, le=50)
    scope: Scope = Scope()
    language: Language | None = None
    answerable_only: bool = False

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        question = Question(id=uuid.uuid4().hex, text=query, language=self.language, scope=self.scope)
        found = await self.search.retrieve(question, limit=self.limit)
        if self.answerable_only and not found.answerable:
            return []
        return [_document(passage, found) for passage in found.passages]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        _refuse_blocking("retriever.ainvoke(question)")


class LibraryEmbeddings(Embeddings):
    """The library's embedder as LangChain embeddings: unit vectors, questions and passages told apart."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages. Raises InvalidInput for a blank text, EmbedderUnavailable."""
        vectors: list[list[float]] = (await self._embedder.embed_passages(texts)).tolist()
        return vectors

    async def aembed_query(self, text: str) -> list[float]:
        """The vector of a question; raises as `aembed_documents` does."""
        vector: list[float] = (await self._embedder.embed_queries([text]))[0].tolist()
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Raises InvalidInput: there is no blocking form."""
        _refuse_blocking("embeddings.aembed_documents(texts)")

    def embed_query(self, text: str) -> list[float]:
        """Raises InvalidInput: there is no blocking form."""
        _refuse_blocking("embeddings.aembed_query(text)")


def _document(passage: Passage, found: Retrieval) -> Document:
    document = passage.document
    return Document(
        id=passage.chunk_id,
        page_content=passage.chunk.text,
        metadata={
            "source": document.source,
            "title": document.title,
            "section": " > ".join(passage.chunk.section),
            "page": passage.page,
            "url": document.url,
            "kind": document.kind.value,
            "language": document.language.value,
            "score": passage.score,
            "confidence": found.confidence,
        },
    )


def _refuse_blocking(instead: str) -> NoReturn:
    raise InvalidInput(
        "the library was opened in an event loop and cannot be asked from outside it; in an async function, write"
        f" await {instead}"
    )

"""One document's way into the index: read, cut, embed, store the vectors, then go live in one transaction."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Literal

from rag.catalogue import CatalogueWriter, Generation, IndexedDocument, questions_collection
from rag.errors import UnreadableDocument
from rag.ingest.changes import Change
from rag.ingest.files import FileProblem
from rag.ingest.filing import mark_of
from rag.ingest.isolation import IsolatedParser
from rag.ingest.load import LoadedDocument, embedded_text, lexical_text, make_document
from rag.ingest.reading import read_content
from rag.ports import Embedder, VectorIndex, VectorStore
from rag.settings import IngestSettings
from rag.terms import index_terms
from rag.types import ChunkId

Outcome = Literal["added", "updated", "unchanged"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of a file that could be read, and what its owner should know of it."""

    outcome: Outcome
    problems: tuple[FileProblem, ...] = ()


class DocumentPublisher:
    """Publishes changed files into one generation."""

    def __init__(
        self,
        *,
        generation: Generation,
        writer: CatalogueWriter,
        store: VectorStore,
        vectors: VectorIndex,
        embedder: Embedder,
        settings: IngestSettings,
    ) -> None:
        self._generation = generation
        self._writer = writer
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._settings = settings
        self._parser = IsolatedParser(settings)

    async def publish(self, change: Change) -> FileProblem | Published:
        """Make a file's present content live; a file that cannot be read is told and changes nothing.

        Returns:
            What became of the file, or what is wrong with it.

        Raises:
            StorageFailed: the catalogue or the vector store refuses to work.
            EmbedderUnavailable: the texts cannot be embedded.
        """
        try:
            loaded = await asyncio.to_thread(self._load, change)
        except asyncio.CancelledError:
            self._parser.close()  # else its thread, and with it the end of the program, would wait for the file
            raise
        except UnreadableDocument as error:
            return FileProblem(source=error.path, problem=error.problem, remedy=error.remedy)
        if loaded is None:
            await self._writer.touch(self._generation, change.document_id, change.fingerprint)
            return Published(outcome="unchanged")
        await self._go_live(change, *loaded)
        return Published(outcome="updated" if change.known else "added", problems=loaded[0].problems)

    def _load(self, change: Change) -> tuple[LoadedDocument, str] | None:
        """The document and its content's hash, or None when only the file's stamps have changed."""
        content = read_content(change.file, max_megabytes=self._settings.max_file_megabytes)
        content = dataclasses.replace(content, digest=f"{mark_of(change.filing)}{content.digest}")
        if change.known and change.known.content_hash == content.digest and not change.forced:
            return None
        loaded = make_document(
            change.file,
            content,
            document_id=change.document_id,
            settings=self._settings,
            parse=self._parser.parse,
            filing=change.filing,
        )
        return loaded, content.digest

    async def _go_live(self, change: Change, loaded: LoadedDocument, digest: str) -> None:
        document, chunks = loaded.document, loaded.chunks
        ids = tuple(ChunkId(f"{document.id}:{digest[:12]}:{chunk.position}") for chunk in chunks)
        texts, terms = await asyncio.to_thread(_texts, loaded)
        indexed = IndexedDocument(
            document=document,
            input_key=change.input_key,
            fingerprint=dataclasses.replace(change.fingerprint, content_hash=digest),
            chunk_ids=ids,
            chunks=chunks,
            terms=terms,
        )
        vectors = await self._embedder.embed_passages(texts)
        questions = [question for chunk in chunks for question in chunk.questions]
        asked = await self._embedder.embed_queries(questions) if questions else None
        await self._writer.announce(self._generation, (*ids, *indexed.question_ids))
        await self._vectors.add(ids, vectors)
        if asked is not None:
            beside = await self._store.collection(questions_collection(self._generation.collection))
            await beside.add(indexed.question_ids, asked)
        await self._writer.replace(self._generation, indexed)


def _texts(loaded: LoadedDocument) -> tuple[list[str], tuple[str, ...]]:
    """What of each chunk is embedded, and its lexical terms: seconds of work for a large document."""
    document, chunks = loaded.document, loaded.chunks
    terms = (index_terms(lexical_text(document, chunk)) for chunk in chunks)
    return [embedded_text(document, chunk) for chunk in chunks], tuple(" ".join(each) for each in terms)

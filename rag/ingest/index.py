"""Index runs: bring the library up to date with its registered inputs, incrementally and atomically.

For each changed document the vectors are written first, then one transaction of the catalogue makes the document live
in place of its earlier version. Whatever kills a run, the last complete version of every document goes on answering and
the next run finishes the work. A new parser, chunker or embedder is a new generation, built beside the live one and
made live when it is complete; so is one for a vector store that lacks the live one's vectors.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rag.catalogue import Catalogue, CatalogueWriter, Generation, Input
from rag.errors import InvalidInput
from rag.ingest.changes import Change, InputChanges, find_changes
from rag.ingest.files import FileProblem
from rag.ingest.inputs import check_input, settle
from rag.ingest.load import PARSING_IDENTITY
from rag.ingest.publish import DocumentPublisher, Outcome
from rag.ports import Embedder, VectorStore
from rag.settings import IngestSettings
from rag.terms import TERMS_IDENTITY
from rag.types import DocumentId

_SWEEP = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexProgress:
    """Where a run is. Documents and bytes count only those that have to be read."""

    stage: Literal["scan", "embed", "sweep"]
    done: int = 0
    total: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    source: str | None = None


ProgressListener = Callable[[IndexProgress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What a run did, by source. A failed file keeps the last version that could be read."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    failed: tuple[FileProblem, ...] = ()


@dataclass(kw_only=True)
class _Ledger:
    """What a run has done so far."""

    failed: list[FileProblem]
    unchanged: int
    removed: list[str] = field(default_factory=list)
    published: dict[Outcome, list[str]] = field(default_factory=lambda: {"added": [], "updated": [], "unchanged": []})

    def note(self, source: str, result: FileProblem | Outcome) -> None:
        if isinstance(result, FileProblem):
            self.failed.append(result)
        else:
            self.published[result].append(source)

    def report(self) -> IndexReport:
        return IndexReport(
            added=tuple(self.published["added"]),
            updated=tuple(self.published["updated"]),
            removed=tuple(self.removed),
            unchanged=self.unchanged + len(self.published["unchanged"]),
            failed=tuple(self.failed),
        )


class Indexer:
    """Runs one after the other over one library."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        writer: CatalogueWriter,
        store: VectorStore,
        embedder: Embedder,
        settings: IngestSettings,
    ) -> None:
        self._catalogue = catalogue
        self._writer = writer
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._running = asyncio.Lock()

    async def update(
        self,
        inputs: Sequence[Input] = (),
        *,
        full: bool = False,
        on_progress: ProgressListener | None = None,
    ) -> IndexReport:
        """Register inputs and bring them up to date; without any, all that are registered.

        Args:
            inputs: files and folders. Registered ones that are not named stay as they are. One below a registered
                folder stands for that folder, and a folder takes over what is registered below it.
            full: read every file again, whatever its stamps and content say.
            on_progress: told of each step, on the event loop.

        Raises:
            InvalidInput: an input does not exist, or nothing is named and nothing registered.
            StorageFailed: the catalogue or the vector store refuses to work; what is live stays live.
            EmbedderUnavailable: texts cannot be embedded; what is live stays live.
        """
        for each in inputs:
            await asyncio.to_thread(check_input, each)
        async with self._running:
            settled = settle(inputs, await self._catalogue.inputs())
            await self._writer.register(settled.chosen)
            for each in settled.absorbed:
                await self._writer.unregister(each.key)
            generation = await self._generation()
            wanted = await self._wanted(settled.chosen or await self._catalogue.inputs(), generation)
            if not wanted:
                raise InvalidInput("nothing is registered yet; name a file or a folder, or use --starter")
            return await self._bring_up(generation, wanted, full=full, tell=on_progress or _nobody)

    async def remove(self, path: Path) -> IndexReport:
        """Unregister an input and take its documents out.

        Raises:
            InvalidInput: nothing is registered under that path.
            StorageFailed: as for `update`.
        """
        async with self._running:
            registered = {str(each.path): each for each in await self._catalogue.inputs()}
            named = {} if await asyncio.to_thread(path.exists) else {each.name: each for each in registered.values()}
            chosen = registered.get(str(path)) or named.get(path.name)
            if chosen is None:
                known = ", ".join(registered) or "nothing"
                raise InvalidInput(f"{str(path)!r} is not registered; registered: {known}")
            await self._writer.unregister(chosen.key)
            generation = await self._generation()
            return await self._bring_up(generation, await self._wanted((), generation), full=False, tell=_nobody)

    async def scrub(self) -> None:
        """Leave no byte of what was taken out in the catalogue. Raises StorageFailed."""
        async with self._running:
            await self._writer.scrub()

    def identity(self) -> str:
        """The name of everything that decides what is in a generation."""
        return f"{PARSING_IDENTITY}|{self._settings.chunk_characters}|{TERMS_IDENTITY}|{self._embedder.identity}"

    async def _generation(self) -> Generation:
        """The generation to write: the live one while nothing that made it has changed, else one beside it."""
        identity = self.identity()
        live = await self._catalogue.live()
        up_to_date = live is not None and live.identity == identity and await self._is_stored(live)
        building = await self._writer.building()
        if building is not None and building.identity == identity and not up_to_date:
            return building
        if building is not None:
            await self._writer.discard(building)
        if live is not None and up_to_date:
            return live
        name = await self._collection_name(identity, live)
        await self._store.drop(name)
        return await self._writer.begin(identity=identity, embedder=self._embedder.identity, collection=name)

    async def _is_stored(self, live: Generation) -> bool:
        """Whether the store holds the vectors of a generation: it may be another store than the one that was filled."""
        vectors = await self._store.collection(live.collection)
        return await vectors.count() >= (await self._catalogue.counts()).chunks

    async def _collection_name(self, identity: str, live: Generation | None) -> str:
        """A name that no other installation on the same vector store uses, nor the live generation."""
        digest = hashlib.blake2b(identity.encode(), digest_size=8).hexdigest()
        name = f"passages-{await self._writer.installation()}-{digest}"
        return f"{name}-2" if live is not None and live.collection == name else name

    async def _wanted(self, inputs: Sequence[Input], generation: Generation) -> tuple[Input, ...]:
        """The inputs to bring up: a generation that is being built needs all of them."""
        keys = {each.key for each in inputs}
        registered = await self._catalogue.inputs()
        return tuple(each for each in registered if generation.state == "building" or each.key in keys)

    async def _bring_up(
        self, generation: Generation, wanted: Sequence[Input], *, full: bool, tell: ProgressListener
    ) -> IndexReport:
        tell(IndexProgress(stage="scan"))
        found = [await self._changes(generation, each, full=full) for each in wanted]
        ledger = _Ledger(
            failed=[problem for each in found for problem in each.problems],
            unchanged=sum(each.unchanged for each in found),
        )
        await self._take_out(generation, [document for each in found for document in each.vanished], ledger)
        await self._put_in(generation, found, ledger, tell)
        await self._take_out(generation, await self._orphans(generation), ledger)
        if generation.state == "building":
            if await self._would_lose(found):
                return ledger.report()
            await self._writer.publish(generation)
        tell(IndexProgress(stage="sweep"))
        await self._sweep(generation)
        return ledger.report()

    async def _changes(self, generation: Generation, each: Input, *, full: bool) -> InputChanges:
        known = await self._writer.fingerprints(generation, each.key)
        return await asyncio.to_thread(find_changes, each, known, full=full)

    async def _orphans(self, generation: Generation) -> list[tuple[DocumentId, str]]:
        """Documents of inputs that are registered no longer."""
        keys = {each.key for each in await self._catalogue.inputs()}
        left = [key for key in await self._writer.filed_under(generation) if key not in keys]
        return [
            orphan
            for key in left
            for orphan in InputChanges.identify(key, await self._writer.fingerprints(generation, key))
        ]

    async def _would_lose(self, found: Sequence[InputChanges]) -> bool:
        """Whether a rebuilt index lacks documents that only the live one has, because their input is away."""
        live = await self._catalogue.live()
        held = set(await self._writer.filed_under(live)) if live else set()
        return any(each.away and each.input_key in held for each in found)

    async def _take_out(self, generation: Generation, gone: Sequence[tuple[DocumentId, str]], ledger: _Ledger) -> None:
        for document, source in gone:
            await self._writer.remove(generation, document)
            ledger.removed.append(source)

    async def _put_in(
        self, generation: Generation, found: Sequence[InputChanges], ledger: _Ledger, tell: ProgressListener
    ) -> None:
        publisher = DocumentPublisher(
            generation=generation,
            writer=self._writer,
            vectors=await self._store.collection(generation.collection),
            embedder=self._embedder,
            settings=self._settings,
        )
        changes = [change for each in found for change in each.changed]
        for progress, change in zip(_steps(changes), changes, strict=True):
            tell(progress)
            ledger.note(change.file.source, await publisher.publish(change))

    async def _sweep(self, generation: Generation) -> None:
        """Delete vectors that no chunk claims, and the collections of earlier generations, never anybody else's."""
        vectors = await self._store.collection(generation.collection)
        while dead := await self._writer.dead_vectors(generation, limit=_SWEEP):
            await vectors.delete(dead)
            await self._writer.forget_vectors(generation, dead)
        for name in await self._writer.retired_collections():
            await self._store.drop(name)
            await self._writer.forget_collection(name)


def _steps(changes: Sequence[Change]) -> Iterator[IndexProgress]:
    total_bytes, done_bytes = sum(change.fingerprint.size for change in changes), 0
    for done, change in enumerate(changes):
        yield IndexProgress(
            stage="embed",
            done=done,
            total=len(changes),
            done_bytes=done_bytes,
            total_bytes=total_bytes,
            source=change.file.source,
        )
        done_bytes += change.fingerprint.size


def _nobody(_: IndexProgress) -> None:
    return

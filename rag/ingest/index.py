"""Index runs: bring the library up to date with its registered inputs, incrementally and atomically.

For each changed document the vectors are written first, then one transaction of the catalogue makes the document live
in place of its earlier version. Whatever kills a run, the last complete version of every document goes on answering and
the next run finishes the work. A new parser, chunker or embedder is a new generation, built beside the live one and
made live when it is complete; so is one for a vector store that lacks the live one's vectors.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.catalogue import Catalogue, CatalogueWriter, Generation, Input, asks, questions_collection
from rag.errors import InvalidInput
from rag.ingest.changes import Change, InputChanges, find_changes
from rag.ingest.guard import Fall, Judge
from rag.ingest.inputs import check_input, settle
from rag.ingest.load import PARSING_IDENTITY
from rag.ingest.outcomes import Outcomes
from rag.ingest.publish import DocumentPublisher
from rag.ingest.report import IndexProgress, IndexReport, Ledger, ProgressListener
from rag.ingest.trial import Trial
from rag.ports import Embedder, VectorStore
from rag.settings import IngestSettings
from rag.terms import TERMS_IDENTITY
from rag.types import DocumentId

__all__ = ["IndexProgress", "IndexReport", "Indexer", "ProgressListener"]

_SWEEP = 5000


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
        judge: Judge | None = None,
    ) -> None:
        self._judge = judge
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
        force: bool = False,
        on_progress: ProgressListener | None = None,
    ) -> IndexReport:
        """Register inputs and bring them up to date; without any, all that are registered.

        Args:
            inputs: files and folders. Registered ones that are not named stay as they are. One below a registered
                folder stands for that folder, and a folder takes over what is registered below it.
            full: read every file again, whatever its stamps and content say.
            force: let the run stand, however labelled questions fare after it, and let go of the documents of folders
                that are empty by now.
            on_progress: told of each step, on the event loop.

        Raises:
            InvalidInput: an input does not exist, nothing is named and nothing registered, or the labelled questions
                cannot be read.
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
            generation, registered = await self._generation(), await self._catalogue.inputs()
            wanted = await self._wanted(settled.chosen or [x for x in registered if not x.paused], generation)
            if not registered:
                raise InvalidInput("nothing is registered yet; name a file or a folder, or use --starter")
            trial = await self._trial(generation, force=force)
            return await self._bring_up(generation, wanted, trial, full=full, tell=on_progress or _nobody)

    async def enrol(self, each: Input) -> None:
        """Remember an input, how it is filed and whether it is paused, without reading it. Raises as `update`."""
        await asyncio.to_thread(check_input, each)
        async with self._running:
            settled = settle([each], await self._catalogue.inputs())
            if [other.key for other in settled.chosen] != [each.key] or settled.absorbed:
                raise InvalidInput(f"{str(each.path)!r} lies below or above what is registered; remove that first")
            await self._writer.enrol(each)

    async def behind(self, inputs: Sequence[Input]) -> tuple[Input, ...]:
        """Those of the inputs whose files are not as they were indexed. It writes nothing. Raises StorageFailed."""
        live = await self._catalogue.live()
        if live is None:
            return tuple(inputs)
        found = {each: await self._changes(live, each, full=False, force=False) for each in inputs}
        return tuple(each for each, changes in found.items() if changes.changed or changes.vanished)

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
            # Whoever takes something out means to lose it.
            trial = await self._trial(generation, force=True)
            wanted = await self._wanted((), generation)
            return await self._bring_up(generation, wanted, trial, full=False, tell=_nobody)

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
        await self._drop(name)
        return await self._writer.begin(identity=identity, embedder=self._embedder.identity, collection=name)

    async def _is_stored(self, live: Generation) -> bool:
        """Whether the store holds the vectors of a generation: it may be another store than the one that was filled."""
        counts = await self._catalogue.counts()
        wanted = {live.collection: counts.chunks, questions_collection(live.collection): counts.questions}
        held = {name: await self._store.collection(name) for name, least in wanted.items() if least}
        return all([await vectors.count() >= wanted[name] for name, vectors in held.items()])

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

    async def _trial(self, generation: Generation, *, force: bool) -> Trial:
        live = await self._catalogue.live()
        searchable = live is None or live.embedder == self._embedder.identity
        return Trial(self._catalogue, self._writer, self._judge, force=force, searchable=searchable)

    async def _bring_up(
        self, generation: Generation, wanted: Sequence[Input], trial: Trial, *, full: bool, tell: ProgressListener
    ) -> IndexReport:
        tell(IndexProgress(stage="scan"))
        found = [await self._changes(generation, each, full=full, force=trial.forced) for each in wanted]
        orphans = await self._orphans(generation)
        touched = bool(orphans) or any(each.changed or each.vanished for each in found)
        if touched or await self._is_pending(generation):
            await trial.begin(generation)
        ledger = Ledger(
            failed=[problem for each in found for problem in each.problems],
            unchanged=sum(each.unchanged for each in found),
            outcomes=Outcomes.of(found),
        )
        for each in found:
            await self._take_out(generation, each.input_key, each.vanished, ledger)
        await self._put_in(generation, found, ledger, tell)
        for key, left in orphans.items():
            await self._take_out(generation, key, left, ledger)
        building = generation.state == "building"
        if building and await self._would_lose(found):
            return ledger.report()
        fall = await self._judged(generation, trial, ledger.changed)
        if building and not (fall and fall.held):
            await self._writer.publish(generation)
        elif building:
            return ledger.report(fall)
        tell(IndexProgress(stage="sweep"))
        await self._sweep(generation)
        return ledger.report(fall)

    async def _judged(self, generation: Generation, trial: Trial, changed: Sequence[str]) -> Fall | None:
        """What the questions say of a run; one that changed nothing is not asked about."""
        return await trial.verdict(generation, changed) if changed or await self._is_pending(generation) else None

    async def _is_pending(self, generation: Generation) -> bool:
        """Whether an earlier run has left something on which there is no verdict yet."""
        return generation.state == "building" or await self._writer.trial(generation) is not None

    async def _changes(self, generation: Generation, each: Input, *, full: bool, force: bool) -> InputChanges:
        known = await self._writer.fingerprints(generation, each.key)
        held = not force and (bool(known) or each.key in await self._held())
        return await asyncio.to_thread(find_changes, each, known, full=full, held=held)

    async def _held(self) -> set[str]:
        """The inputs of which the live generation has documents."""
        live = await self._catalogue.live()
        return set(await self._writer.filed_under(live)) if live else set()

    async def _orphans(self, generation: Generation) -> dict[str, tuple[tuple[DocumentId, str], ...]]:
        """Documents of inputs that are registered no longer, by the inputs' keys."""
        known = {each.key for each in await self._catalogue.inputs()}
        left = set(await self._writer.filed_under(generation)) - known
        return {key: InputChanges.identify(key, await self._writer.fingerprints(generation, key)) for key in left}

    async def _would_lose(self, found: Sequence[InputChanges]) -> bool:
        """Whether a rebuilt index lacks documents that only the live one has, because their input is away."""
        return not {each.input_key for each in found if each.away}.isdisjoint(await self._held())

    async def _take_out(
        self, generation: Generation, key: str, gone: Sequence[tuple[DocumentId, str]], ledger: Ledger
    ) -> None:
        for document, source in gone:
            await self._writer.remove(generation, document)
            ledger.removed.append(source)
            ledger.outcomes.note(key, "removed")

    async def _put_in(
        self, generation: Generation, found: Sequence[InputChanges], ledger: Ledger, tell: ProgressListener
    ) -> None:
        publisher = DocumentPublisher(
            generation=generation,
            writer=self._writer,
            store=self._store,
            vectors=await self._store.collection(generation.collection),
            embedder=self._embedder,
            settings=self._settings,
        )
        changes = [change for each in found for change in each.changed]
        for progress, change in zip(_steps(changes), changes, strict=True):
            tell(progress)
            ledger.note(change.input_key, change.file.source, await publisher.publish(change))

    async def _sweep(self, generation: Generation) -> None:
        """Delete vectors that no chunk claims, and the collections of earlier generations, never anybody else's."""
        while dead := await self._writer.dead_vectors(generation, limit=_SWEEP):
            parts = {generation.collection: [each for each in dead if not asks(each)]}
            parts[questions_collection(generation.collection)] = [each for each in dead if asks(each)]
            for name, ids in parts.items():
                if ids:
                    vectors = await self._store.collection(name)
                    await vectors.delete(ids)
            await self._writer.forget_vectors(generation, dead)
        for name in await self._writer.retired_collections():
            await self._drop(name)
            await self._writer.forget_collection(name)

    async def _drop(self, collection: str) -> None:
        """Delete a generation's vectors, those of its questions first: they are known by the name of the others."""
        await self._store.drop(questions_collection(collection))
        await self._store.drop(collection)


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


def _nobody(_: IndexProgress) -> None: ...

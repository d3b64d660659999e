"""Publishes, edits and moves documents: one job on the index at a time.

The store says which version of a document is live, the shelf follows it, then the index does. Whatever is killed in
between is finished by `keeping.settle` at the next start. What cannot be indexed is taken back as if it had never been
there.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.document_records import Hand, HandIn, HandInState, Part, Shelf, ShelfDocument, ShelfVersion
from bot.documents.rendering import stem_of, titled
from bot.documents.workshop import Changes, Published, Workshop, digest_of, on_disk
from bot.errors import PublishingFailed
from bot.library import OwnIndexing
from rag.catalogue import Input
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.ingest.files import FileProblem

log = logging.getLogger(__name__)

_OPEN = frozenset({HandInState.RECEIVED, HandInState.PROPOSED, HandInState.PUBLISHING, HandInState.DECLINED})


class Publisher:
    """Brings documents onto the shelf and into the index, and back."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self._store = workshop.store
        self._folders = workshop.folders

    async def content(self, hand_in: HandIn) -> bytes:
        """What a hand-in holds. Raises PublishingFailed."""
        if hand_in.shelf is Shelf.ANSWERS:
            return hand_in.text.encode()
        return await on_disk(lambda: self._folders.waiting(hand_in.id))

    async def publish(self, hand_ins: Sequence[HandIn], *, by: str, who: str) -> tuple[Published, ...]:
        """Make documents of hand-ins in one run of the index.

        Args:
            hand_ins: as they were read; one that was changed since is left to whoever changed it.
            by: the keyed hash of who decided.
            who: what others are told of who works on the index.

        Raises:
            IndexLocked: somebody else works on the index.
            PublishingFailed: nothing could be indexed; everything is as it was.
        """
        with self.workshop.work(who) as indexer:
            begun = [(each, await self._begin(each)) for each in hand_ins]
            late = [Published(hand_in=each, decided=True) for each, started in begun if started is None]
            placed: list[_Placed] = []
            try:
                await self._place_all([started for _, started in begun if started], placed, by=by)
                problems = await self.bring_up(indexer, {each.document.shelf for each in placed})
            except PublishingFailed:
                await self._undo([started for _, started in begun if started], placed)
                raise
            made = [await self._finish(each, problems.get(self._folders.source(each.document))) for each in placed]
            if any(each.problem for each in made):
                await self.bring_up(indexer, {each.document.shelf for each in placed})
        return (*made, *late)

    async def edit(self, document: ShelfDocument, changes: Changes, *, by: str, who: str) -> ShelfDocument | None:
        """Make another version of a document; None when it was changed since it was read. Raises as `publish`."""
        shown = document.shown
        if shown is None:
            return None
        with self.workshop.work(who) as indexer:
            content = await on_disk(lambda: self._folders.kept(document.id, shown.version))
            if changes.text is not None:
                content = changes.text.encode()
            version = replace(
                shown,
                version=document.newest + 1,
                title=titled(changes.title) or shown.title,
                kind=changes.kind,
                language=changes.language,
                audience=changes.audience,
                digest=digest_of(content),
                at=self.workshop.now(),
                by=by,
                source="",
                asked=shown.asked and titled(changes.title) == shown.title,
            )
            placed = await self._put(_Placing(document=document, version=version, content=content))
            if placed is None:
                return None
            await self._settled(indexer, placed, before=document.live)
            return placed

    async def move(self, document: ShelfDocument, live: int, *, who: str) -> bool:
        """Make another version live, or none (0); False when the document was changed since it was read.

        Raises as `publish`.
        """
        with self.workshop.work(who) as indexer:
            if not await self._store.shelves.move(document, live):
                return False
            moved = replace(document, live=live, revision=document.revision + 1)
            await on_disk(lambda: self._folders.restock(moved))
            try:
                problems = await self.bring_up(indexer, {document.shelf})
            except PublishingFailed:
                await self._back(moved, document.live)
                raise
            if problem := problems.get(self._folders.source(moved)):
                await self._back(moved, document.live)
                await self.bring_up(indexer, {document.shelf})
                raise PublishingFailed(f"the version {live} of {document.id!r} cannot be read: {problem.problem}")
            return True

    async def _back(self, moved: ShelfDocument, live: int) -> None:
        if await self._store.shelves.move(moved, live):
            await on_disk(lambda: self._folders.restock(replace(moved, live=live)))

    async def _settled(self, indexer: OwnIndexing, placed: ShelfDocument, *, before: int) -> None:
        try:
            problems = await self.bring_up(indexer, {placed.shelf})
        except PublishingFailed:
            await self._discard(placed, before)
            raise
        if problem := problems.get(self._folders.source(placed)):
            await self._discard(placed, before)
            await self.bring_up(indexer, {placed.shelf})
            raise PublishingFailed(f"the document {placed.id!r} cannot be read: {problem.problem}")

    async def _begin(self, hand_in: HandIn) -> HandIn | None:
        publishing = replace(hand_in, state=HandInState.PUBLISHING)
        if not await self._store.hand_ins.change(publishing, known=_OPEN):
            return None
        return replace(publishing, revision=hand_in.revision + 1)

    async def _place_all(self, started: Sequence[HandIn], placed: list[_Placed], *, by: str) -> None:
        """Adds to `placed` one after the other, so that those before a failure are known."""
        for each in started:
            made = await self._place(each, by=by)
            placed.append(made)

    async def _place(self, hand_in: HandIn, *, by: str) -> _Placed:
        made = await self._store.shelves.of_source(hand_in.id)
        if made is not None:
            # An earlier try was broken off behind this point.
            await on_disk(lambda: self._folders.restock(made))
            return _Placed(hand_in=hand_in, document=made, before=0)
        known = await self._store.shelves.get(hand_in.document) if hand_in.document else None
        document = known or self._fresh(hand_in)
        content = await self.content(hand_in)
        question = await self._store.questions.get(hand_in.question_id) if hand_in.question_id else None
        asked = question is not None and hand_in.heading == hand_in.title
        version = ShelfVersion(
            version=document.newest + 1,
            title=titled(hand_in.title),
            kind=hand_in.kind,
            language=hand_in.language,
            audience=hand_in.audience,
            suffix=hand_in.suffix,
            digest=digest_of(content),
            at=self.workshop.now(),
            by=by,
            source=hand_in.id,
            asked=asked,
        )
        hands = [Hand(person=hand_in.person, name=hand_in.name)]
        if question is not None and asked:
            hands.append(Hand(person=question.person.key, name="", part=Part.ASKED))
        placed = await self._put(_Placing(document=document, version=version, content=content, hands=tuple(hands)))
        if placed is None:
            raise PublishingFailed(f"the document {document.id!r} is being changed by somebody else")
        return _Placed(hand_in=hand_in, document=placed, before=document.live)

    def _fresh(self, hand_in: HandIn) -> ShelfDocument:
        document_id = self.workshop.new_id()
        if hand_in.shelf is Shelf.ANSWERS:
            file = f"{hand_in.at.date().isoformat()}-{hand_in.id}"
        else:
            file = stem_of(hand_in.file, document_id)
        return ShelfDocument(id=document_id, shelf=hand_in.shelf, file=file)

    async def _put(self, placing: _Placing) -> ShelfDocument | None:
        document, version = placing.document, placing.version
        await on_disk(lambda: self._folders.keep(document.id, version.version, placing.content))
        if not await self._store.shelves.publish(document, version, hands=placing.hands):
            return None
        placed = replace(
            document,
            live=version.version,
            revision=document.revision + 1,
            versions=(*document.versions, version),
            given=document.given or next((each.name for each in placing.hands), ""),
        )
        await on_disk(lambda: self._folders.restock(placed))
        return placed

    async def bring_up(self, indexer: OwnIndexing, shelves: set[Shelf]) -> dict[str, FileProblem]:
        """Bring shelves up to date; what could not be read, by source. Raises PublishingFailed."""
        if not shelves:
            return {}
        inputs = [Input(path=self._folders.shelf(shelf), name=shelf.value) for shelf in sorted(shelves)]
        try:
            # Somebody who may has approved of it: labelled questions do not hold it back.
            report = await indexer.update(inputs, force=True)
        except (OSError, RagError) as error:
            raise PublishingFailed(f"the shelf was not indexed: {error}") from error
        return {each.source: each for each in report.failed}

    async def _finish(self, placed: _Placed, problem: FileProblem | None) -> Published:
        if problem is not None:
            await self._take_back(placed)
            return Published(hand_in=placed.hand_in, problem=problem)
        done = replace(placed.hand_in, state=HandInState.PUBLISHED, document=placed.document.id)
        await self._store.hand_ins.change(done, known={HandInState.PUBLISHING})
        await on_disk(lambda: self._folders.drop_waiting(placed.hand_in.id))
        log.info("document_published", extra={"document_id": placed.document.id, "shelf": placed.document.shelf.value})
        return Published(hand_in=done, document=placed.document)

    async def _undo(self, started: Sequence[HandIn], placed: Sequence[_Placed]) -> None:
        for each in placed:
            await self._discard(each.document, each.before)
        for hand_in in started:
            await self._wait_again(hand_in)

    async def _take_back(self, placed: _Placed) -> None:
        await self._discard(placed.document, placed.before)
        await self._wait_again(placed.hand_in)

    async def _wait_again(self, hand_in: HandIn) -> None:
        back = replace(hand_in, state=HandInState.PROPOSED)
        await self._store.hand_ins.change(back, known={HandInState.PUBLISHING})

    async def _discard(self, placed: ShelfDocument, before: int) -> None:
        """Undo the newest version of a document."""
        await self._store.shelves.discard(placed.id, placed.newest, live=before)
        left = replace(placed, live=before, versions=placed.versions[:-1])
        await on_disk(lambda: self._folders.restock(left))
        await on_disk(lambda: self._folders.discard(placed.id, placed.newest))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placing:
    document: ShelfDocument
    version: ShelfVersion
    content: bytes
    hands: tuple[Hand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A hand-in whose version lies on the shelf; `before` was live then."""

    hand_in: HandIn
    document: ShelfDocument
    before: int

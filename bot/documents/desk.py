"""What the chat asks of documents: files received and looked into, published, edited, moved, forgotten."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.document_records import HandIn, HandInState, Shelf, ShelfDocument
from bot.documents.likeness import likeness, named_alike
from bot.documents.publisher import Publisher
from bot.documents.rendering import stem_of, titled
from bot.documents.workshop import digest_of, on_disk
from rag.errors import RagError
from rag.ingest.inspection import COMPARED, words_of
from rag.types import Scope

if TYPE_CHECKING:
    from rag.ingest.inspection import Inspected

log = logging.getLogger(__name__)

_EARLIER = 3
"""Documents of which a file is said to be perhaps the next version."""

_COMPARED = 200
"""Documents, the newest ones, whose words are compared with those of a file."""


class DocumentDesk(Publisher):
    """Receives files and looks into them, besides what the `Publisher` does."""

    async def receive(self, hand_in: HandIn, content: bytes) -> HandIn | None:
        """Look into what has arrived and keep it; None when it was taken back meanwhile.

        Raises:
            UnreadableDocument: it cannot become a document; nothing of it is left.
            PublishingFailed: it cannot be kept.
        """
        try:
            seen = await self.workshop.library.inspector.inspect(content, hand_in.file)
            alike = await self._alike(seen)
            await on_disk(lambda: self._folders.put_waiting(hand_in.id, content, alike=alike))
        except RagError:
            await self.let_go(hand_in)
            raise
        received = replace(
            hand_in,
            title=titled(seen.document.title) or hand_in.file,
            language=seen.document.language,
            kind=seen.document.kind,
            suffix=seen.suffix,
            size=len(content),
            digest=digest_of(content),
            sections=len(seen.headings),
            pages=seen.pages,
            heading=titled(seen.headings[-1] if len(seen.headings) == 1 else next(iter(seen.headings[1:2]), "")),
            reference="",
            state=HandInState.RECEIVED,
        )
        if not await self._store.hand_ins.change(received, known={HandInState.ARRIVING}):
            await on_disk(lambda: self._folders.drop_waiting(hand_in.id))
            return None
        return replace(received, revision=hand_in.revision + 1)

    async def let_go(self, hand_in: HandIn) -> bool:
        """Forget a hand-in that nothing has become of; False when it is being decided on, or was."""
        known = {HandInState.ARRIVING, HandInState.RECEIVED, HandInState.PROPOSED, HandInState.DECLINED}
        if not await self._store.hand_ins.drop(hand_in.id, known=known):
            return False
        await on_disk(lambda: self._folders.drop_waiting(hand_in.id))
        return True

    async def look(self, hand_in: HandIn) -> Inspected:
        """What a file that waits holds. Raises UnreadableDocument, PublishingFailed."""
        content = await self.content(hand_in)
        return await self.workshop.library.inspector.inspect(content, f"{hand_in.file or 'file'}")

    async def twin(self, hand_in: HandIn, *, audience: frozenset[str]) -> ShelfDocument | None:
        """A document with the very content of a hand-in, among those that somebody may know of."""
        for document in await self._store.shelves.all():
            live = document.version(document.live)
            if live and live.digest == hand_in.digest and document.audience & audience:
                return document
        return None

    async def earlier(self, hand_in: HandIn, *, audience: frozenset[str]) -> tuple[ShelfDocument, ...]:
        """Live uploads of which a hand-in may be the next version, the likeliest first: by file, title, then words."""
        alike = await on_disk(lambda: self._folders.alike(hand_in.id))
        ranked = []
        for document in await self._store.shelves.all():
            known = document.shelf is Shelf.UPLOADS and document.live and document.audience <= audience
            rank = _rank(document, hand_in, alike) if known else None
            if rank is not None:
                ranked.append((rank, document))
        return tuple(document for _, document in sorted(ranked, key=lambda each: each[0])[:_EARLIER])

    async def _alike(self, seen: Inspected) -> tuple[str, ...]:
        """The ids of the uploads that say nearly the same, the most alike first."""
        try:
            texts = await self._texts(seen)
        except RagError as error:
            # A file is taken in all the same.
            log.warning("uploads_not_compared", extra={"error": error.logged})
            return ()
        return await asyncio.to_thread(_most_alike, seen.words, texts)

    async def _texts(self, seen: Inspected) -> dict[str, list[str]]:
        """What uploads of the same language say, by their ids."""
        catalogue = self.workshop.library.catalogue
        indexed = {each.source: each for each in await catalogue.documents()}
        said = {}
        for document in (await self._store.shelves.all())[:_COMPARED]:
            own = indexed.get(self._folders.source(document)) if document.shelf is Shelf.UPLOADS else None
            if own is not None and own.language is seen.document.language:
                found = await catalogue.chunks_at({own.id: range(COMPARED)}, scope=Scope(audience=own.audience))
                said[document.id] = [each.chunk.text for each in found.get(own.id, ())]
        return said


def is_namesake(document: ShelfDocument, hand_in: HandIn) -> bool:
    """Whether a document came as a file of the same name."""
    return document.file.rpartition("-")[0] == stem_of(hand_in.file, "").removesuffix("-")


def _rank(document: ShelfDocument, hand_in: HandIn, alike: Sequence[str]) -> int | None:
    """How likely a hand-in is the next version of a document, the lower the likelier; None where it is not."""
    if is_namesake(document, hand_in):
        return 0
    title = document.shown.title if document.shown else ""
    if named_alike(title, hand_in.title) or named_alike(document.file.rpartition("-")[0], stem_of(hand_in.file, "")):
        return 1
    return 2 + alike.index(document.id) if document.id in alike else None


def _most_alike(words: frozenset[str], texts: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    shares = {each: likeness(words, words_of(said)) for each, said in texts.items()}
    return tuple(sorted((each for each, share in shares.items() if share), key=shares.__getitem__, reverse=True))

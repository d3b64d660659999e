"""What the chat asks of documents: files received and looked into, published, edited, moved, forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.document_records import HandIn, HandInState, Shelf, ShelfDocument
from bot.documents.publisher import Publisher
from bot.documents.rendering import stem_of, titled
from bot.documents.workshop import digest_of, on_disk
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.ingest.inspection import Inspected


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
            await on_disk(lambda: self._folders.put_waiting(hand_in.id, content))
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

    async def namesake(self, hand_in: HandIn, *, audience: frozenset[str]) -> ShelfDocument | None:
        """A live upload of the same file name, of which a hand-in may be the next version."""
        stem = stem_of(hand_in.file, "").removesuffix("-")
        for document in await self._store.shelves.all():
            own = document.file.rpartition("-")[0]
            if document.shelf is Shelf.UPLOADS and document.live and own == stem and document.audience <= audience:
                return document
        return None

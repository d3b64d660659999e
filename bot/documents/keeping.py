"""What keeps the folders of documents true: at a start, now and then, and when somebody's data is deleted."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.document_records import Hand, HandIn, HandInState, Part, Shelf, ShelfDocument, ShelfVersion
from bot.documents.desk import DocumentDesk
from bot.documents.rendering import title_of_text, titled
from bot.documents.workshop import digest_of, on_disk
from bot.errors import PublishingFailed
from rag.errors import RagError, UnreadableDocument
from rag.types import PUBLIC, Language

if TYPE_CHECKING:
    from rag.ingest.frontmatter import FrontMatter

log = logging.getLogger(__name__)

_WHO = "the keeper of documents"
_DATE = len("2026-01-01-")
_ORPHAN = timedelta(hours=1)
_DECLINED = timedelta(days=90)
"""How long what was declined may be revised, from its arrival on."""


class Keeper:
    """Settles, tidies up and forgets."""

    def __init__(self, desk: DocumentDesk) -> None:
        self._desk = desk
        self._workshop = desk.workshop
        self._store = desk.workshop.store
        self._folders = desk.workshop.folders

    async def settle(self) -> None:
        """Finish what an earlier run left halfway; what cannot be finished yet is left for the next start."""
        try:
            changed = await self._adopt()
            for document in await self._store.shelves.all():
                changed |= await on_disk(lambda document=document: self._folders.restock(document))  # type: ignore[misc]
            if changed:
                with self._workshop.work(_WHO) as indexer:
                    await self._desk.bring_up(indexer, set(Shelf))
        except RagError as error:
            log.warning("documents_not_settled", extra={"error": str(error)})

    async def tidy(self) -> None:
        """Let go of files that nobody has described, and of files that belong to nothing."""
        now = self._workshop.now()
        stale = now - timedelta(hours=self._workshop.settings.keep_hours)
        try:
            for state in (HandInState.RECEIVED, HandInState.ARRIVING):
                for hand_in in await self._store.hand_ins.left(state, before=stale):
                    await self._desk.let_go(hand_in)
            for hand_in in await self._store.hand_ins.left(HandInState.DECLINED, before=now - _DECLINED):
                await self._desk.let_go(hand_in)
            held = await on_disk(lambda: list(self._folders.all_waiting()))
            for name, modified in held:
                old = now - datetime.fromtimestamp(modified, tz=UTC) > _ORPHAN
                if old and await self._store.hand_ins.get(name) is None:
                    await on_disk(lambda name=name: self._folders.drop_waiting(name))  # type: ignore[misc]
        except RagError as error:
            log.warning("documents_not_tidied", extra={"error": str(error)})

    async def forget(self, person: str) -> None:
        """Take a person's words and files out of the home, before their rows are deleted.

        A document that is called by their question gets another title; what they gave to the library stays there.

        Raises:
            IndexLocked: somebody works on the index, where their words stand; try again.
            PublishingFailed: a file cannot be written, or the index not be brought up to date; try again.
        """
        asked = await self._store.shelves.of_person(person, Part.ASKED)
        called = [each for each in asked if any(version.asked for version in each.versions)]
        if called:
            with self._workshop.work(_WHO) as indexer:
                for document in called:
                    await self._retitle(document)
                await self._desk.bring_up(indexer, {each.shelf for each in called})
                await indexer.scrub()
        for hand_in in await self._store.hand_ins.of(person, limit=1_000_000):
            await on_disk(lambda hand_in=hand_in: self._folders.drop_waiting(hand_in.id))  # type: ignore[misc]

    async def _retitle(self, document: ShelfDocument) -> None:
        titles = {}
        for version in document.versions:
            if version.asked:
                content = await on_disk(lambda version=version: self._folders.kept(document.id, version.version))  # type: ignore[misc]
                titles[version.version] = title_of_text(content.decode(errors="replace"))
        await self._store.shelves.retitle(document.id, titles)
        renamed = await self._store.shelves.get(document.id)
        if renamed is not None:
            await on_disk(lambda: self._folders.restock(renamed))

    async def _adopt(self) -> bool:
        """Take up answers that were published before documents had versions: their names leave the files."""
        known = {each.file for each in await self._store.shelves.all() if each.shelf is Shelf.ANSWERS}
        found = await on_disk(lambda: self._folders.unknown(Shelf.ANSWERS, known))
        for path in found:
            try:
                await self._take_up(path)
            except (UnreadableDocument, PublishingFailed) as error:
                log.warning("document_not_adopted", extra={"file": path.name, "error": str(error)})
        return bool(found)

    async def _take_up(self, path: Path) -> None:
        from rag.ingest.frontmatter import split_front_matter

        text = await on_disk(lambda: path.read_text("utf-8"))
        front, body = split_front_matter(text, path.name)
        hand_in = await self._store.hand_ins.get(path.stem[_DATE:])
        answer = body.partition("\n")[2].strip() if body.startswith("# ") else body.strip()
        version = _adopted(front, hand_in, path, answer=answer, now=self._workshop.now())
        document = ShelfDocument(id=self._workshop.new_id(), shelf=Shelf.ANSWERS, file=path.stem)
        await on_disk(lambda: self._folders.keep(document.id, 1, answer.encode()))
        await self._store.shelves.publish(document, version, hands=await self._hands(hand_in))
        if hand_in is not None:
            done = replace(hand_in, state=HandInState.PUBLISHED, document=document.id)
            await self._store.hand_ins.change(done, known={HandInState.PUBLISHING, HandInState.PUBLISHED})

    async def _hands(self, hand_in: HandIn | None) -> list[Hand]:
        if hand_in is None:
            return []
        hands = [Hand(person=hand_in.person, name=hand_in.name)]
        question = await self._store.questions.get(hand_in.question_id) if hand_in.question_id else None
        if question is not None:
            hands.append(Hand(person=question.person.key, name="", part=Part.ASKED))
        return hands


def _adopted(front: FrontMatter, hand_in: HandIn | None, path: Path, *, answer: str, now: datetime) -> ShelfVersion:
    at = datetime(front.date.year, front.date.month, front.date.day, tzinfo=UTC) if front.date else now
    return ShelfVersion(
        version=1,
        title=titled(front.title or path.stem),
        kind=front.kind,
        language=front.language or Language.OTHER,
        audience=frozenset({PUBLIC}) if front.audience is None else front.audience,
        suffix=".md",
        digest=digest_of(answer.encode()),
        at=at,
        by="",
        source=hand_in.id if hand_in else "",
        asked=True,
    )

"""The book of the documents that came through the chat; implements `bot.document_records.ShelfBook`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from bot.document_records import Hand, Part, Shelf, ShelfDocument, ShelfVersion
from bot.store.database import Database
from bot.store.models.documents import shelf_documents, shelf_people, shelf_versions
from bot.store.statements import add_new
from rag.types import DocumentKind, Language

_PLAIN = ("version", "source", "title", "suffix", "digest", "asked", "by", "at")


class SqlShelves:
    """A document's row says which version is live, and counts its changes: whoever comes second is told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, document_id: str) -> ShelfDocument | None:
        """One document with its versions."""
        found = await self._documents(shelf_documents.c.id == document_id)
        return found[0] if found else None

    async def of_source(self, hand_in_id: str) -> ShelfDocument | None:
        """The document that a hand-in has become."""
        made = select(shelf_versions.c.document).where(shelf_versions.c.source == hand_in_id)
        found = await self._documents(shelf_documents.c.id.in_(made))
        return found[0] if found else None

    async def all(self) -> tuple[ShelfDocument, ...]:
        """All documents, the newest first."""
        return await self._documents(shelf_documents.c.id != "")

    async def publish(self, document: ShelfDocument, version: ShelfVersion, *, hands: Sequence[Hand] = ()) -> bool:
        """Add a version to a document and make it live."""
        fresh = {
            "id": document.id,
            "shelf": document.shelf.value,
            "file": document.file,
            "live": document.live,
            "revision": document.revision,
        }

        def work(connection: Connection) -> bool:
            add_new(connection, shelf_documents, fresh)
            known = select(shelf_versions.c.version).where(
                shelf_versions.c.document == document.id, shelf_versions.c.version == version.version
            )
            if connection.execute(known).first() or not _moved(connection, document, version.version):
                return False
            connection.execute(insert(shelf_versions), _values(document.id, version))
            for hand in hands:
                person = {"document": document.id, "part": hand.part.value, "person": hand.person, "name": hand.name}
                add_new(connection, shelf_people, person)
            return True

        return await self._database.write(work)

    async def move(self, document: ShelfDocument, live: int) -> bool:
        """Make another version live, or none."""
        return await self._database.write(lambda connection: _moved(connection, document, live))

    async def discard(self, document_id: str, version: int, *, live: int) -> None:
        """Take back a version, and the document with its only one."""
        mine = shelf_versions.c.document == document_id

        def work(connection: Connection) -> None:
            connection.execute(delete(shelf_versions).where(mine, shelf_versions.c.version == version))
            back = update(shelf_documents).where(shelf_documents.c.id == document_id)
            connection.execute(back.values(live=live, revision=shelf_documents.c.revision + 1))
            if connection.execute(select(shelf_versions.c.version).where(mine).limit(1)).first() is None:
                connection.execute(delete(shelf_documents).where(shelf_documents.c.id == document_id))

        await self._database.write(work)

    async def of_person(self, person: str, part: Part) -> tuple[ShelfDocument, ...]:
        """The documents that somebody has to do with."""
        theirs = (shelf_people.c.person == person) & (shelf_people.c.part == part.value)
        return await self._documents(shelf_documents.c.id.in_(select(shelf_people.c.document).where(theirs)))

    async def retitle(self, document_id: str, titles: Mapping[int, str]) -> None:
        """Give versions other titles."""

        def work(connection: Connection) -> None:
            for version, title in titles.items():
                one = (shelf_versions.c.document == document_id) & (shelf_versions.c.version == version)
                connection.execute(update(shelf_versions).where(one).values(title=title, asked=False))

        await self._database.write(work)

    async def _documents(self, wanted: ColumnElement[bool]) -> tuple[ShelfDocument, ...]:
        ids = select(shelf_documents.c.id).where(wanted)
        held = select(shelf_documents).where(wanted).order_by(shelf_documents.c.number.desc())
        made = select(shelf_versions).where(shelf_versions.c.document.in_(ids)).order_by(shelf_versions.c.version)
        gave = select(shelf_people).where(shelf_people.c.document.in_(ids), shelf_people.c.part == Part.GAVE.value)

        def work(connection: Connection) -> tuple[ShelfDocument, ...]:
            versions: dict[str, list[ShelfVersion]] = {}
            for row in connection.execute(made):
                versions.setdefault(row.document, []).append(_version(row))
            names = {row.document: row.name for row in connection.execute(gave.order_by(shelf_people.c.name))}
            return tuple(
                ShelfDocument(
                    id=row.id,
                    shelf=Shelf(row.shelf),
                    file=row.file,
                    live=row.live,
                    revision=row.revision,
                    versions=tuple(versions.get(row.id, ())),
                    given=names.get(row.id, ""),
                )
                for row in connection.execute(held)
            )

        return await self._database.read(work)


def _moved(connection: Connection, document: ShelfDocument, live: int) -> bool:
    same = (shelf_documents.c.id == document.id) & (shelf_documents.c.revision == document.revision)
    change = update(shelf_documents).where(same).values(live=live, revision=document.revision + 1)
    return connection.execute(change).rowcount == 1


def _values(document_id: str, version: ShelfVersion) -> dict[str, Any]:
    return {
        **{name: getattr(version, name) for name in _PLAIN},
        "document": document_id,
        "kind": version.kind.value,
        "language": version.language.value,
        "audience": sorted(version.audience),
    }


def _version(row: Row[Any]) -> ShelfVersion:
    return ShelfVersion(
        **{name: getattr(row, name) for name in _PLAIN},
        kind=DocumentKind(row.kind),
        language=Language(row.language),
        audience=frozenset(row.audience),
    )

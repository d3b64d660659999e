"""The books of hand-ins and of the documents that they become, in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.document_records import WAITING, Hand, HandIn, HandInState, Part, ShelfDocument, ShelfVersion


class MemoryHandIns:
    """What people hand in; see `bot.document_records.HandInBook`."""

    def __init__(self) -> None:
        self._held: dict[str, HandIn] = {}
        self._numbers = 0

    async def add(self, hand_in: HandIn) -> bool:
        """Store a hand-in; False when there is one with its claim."""
        if any(each.claim == hand_in.claim for each in self._held.values()):
            return False
        self._numbers += 1
        self._held[hand_in.id] = replace(hand_in, number=self._numbers, revision=0)
        return True

    async def get(self, hand_in_id: str) -> HandIn | None:
        """One hand-in."""
        return self._held.get(hand_in_id)

    async def find(self, number: int) -> HandIn | None:
        """The hand-in with a number."""
        return next((each for each in self._held.values() if each.number == number), None)

    async def batch(self, batch: str) -> tuple[HandIn, ...]:
        """What came together."""
        return tuple(each for each in self._held.values() if each.batch == batch)

    async def of(self, person: str, *, limit: int) -> tuple[HandIn, ...]:
        """What a person has handed in."""
        return tuple(each for each in reversed(self._held.values()) if each.person == person)[:limit]

    async def waiting(self, person: str) -> int:
        """How many hand-ins of a person have no end yet."""
        return sum(each.person == person and each.state in WAITING for each in self._held.values())

    async def review(self, *, limit: int) -> tuple[HandIn, ...]:
        """What waits to be decided on."""
        undecided = {HandInState.PROPOSED, HandInState.PUBLISHING}
        return tuple(each for each in self._held.values() if each.state in undecided)[:limit]

    async def left(self, state: HandInState, *, before: datetime) -> tuple[HandIn, ...]:
        """What has been in a state since before a time."""
        return tuple(each for each in self._held.values() if each.state is state and each.at < before)

    async def change(self, hand_in: HandIn, *, known: Collection[HandInState]) -> bool:
        """Store a hand-in as it is now."""
        held = self._held.get(hand_in.id)
        if held is None or held.state not in known or held.revision != hand_in.revision:
            return False
        fixed = {name: getattr(held, name) for name in ("claim", "batch", "person", "at", "number")}
        self._held[hand_in.id] = replace(hand_in, **fixed, revision=held.revision + 1)
        return True

    async def drop(self, hand_in_id: str, *, known: Collection[HandInState]) -> bool:
        """Forget a hand-in."""
        held = self._held.get(hand_in_id)
        if held is None or held.state not in known:
            return False
        del self._held[hand_in_id]
        return True


class MemoryShelves:
    """The documents that came through the chat; see `bot.document_records.ShelfBook`."""

    def __init__(self) -> None:
        self._held: dict[str, ShelfDocument] = {}
        self._hands: dict[str, list[Hand]] = {}

    async def get(self, document_id: str) -> ShelfDocument | None:
        """One document with its versions."""
        return self._held.get(document_id)

    async def of_source(self, hand_in_id: str) -> ShelfDocument | None:
        """The document that a hand-in has become."""
        found = (each for each in self._held.values() if any(one.source == hand_in_id for one in each.versions))
        return next(found, None)

    async def all(self) -> tuple[ShelfDocument, ...]:
        """All documents, the newest first."""
        return tuple(reversed(self._held.values()))

    async def publish(self, document: ShelfDocument, version: ShelfVersion, *, hands: Sequence[Hand] = ()) -> bool:
        """Add a version to a document and make it live."""
        held = self._held.get(document.id, replace(document, versions=()))
        if held.revision != document.revision or held.version(version.version):
            return False
        named = self._hands.setdefault(document.id, [])
        named += [each for each in hands if (each.part, each.person) not in {(one.part, one.person) for one in named}]
        given = sorted(each.name for each in named if each.part is Part.GAVE)
        self._held[document.id] = replace(
            held,
            live=version.version,
            revision=held.revision + 1,
            versions=(*held.versions, version),
            given=given[-1] if given else "",
        )
        return True

    async def move(self, document: ShelfDocument, live: int) -> bool:
        """Make another version live, or none."""
        held = self._held.get(document.id)
        if held is None or held.revision != document.revision:
            return False
        self._held[document.id] = replace(held, live=live, revision=held.revision + 1)
        return True

    async def discard(self, document_id: str, version: int, *, live: int) -> None:
        """Take back a version, and the document with its only one."""
        held = self._held[document_id]
        left = tuple(each for each in held.versions if each.version != version)
        self._held[document_id] = replace(held, versions=left, live=live, revision=held.revision + 1)
        if not left:
            del self._held[document_id], self._hands[document_id]

    async def of_person(self, person: str, part: Part) -> tuple[ShelfDocument, ...]:
        """The documents that somebody has to do with."""
        theirs = {key for key, hands in self._hands.items() if any((h.person, h.part) == (person, part) for h in hands)}
        return tuple(each for each in reversed(self._held.values()) if each.id in theirs)

    async def retitle(self, document_id: str, titles: Mapping[int, str]) -> None:
        """Give versions other titles."""
        held = self._held[document_id]
        versions = tuple(
            replace(each, title=titles[each.version], asked=False) if each.version in titles else each
            for each in held.versions
        )
        self._held[document_id] = replace(held, versions=versions)

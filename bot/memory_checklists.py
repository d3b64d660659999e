"""The book of checklists in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.checklist_records import Change, ListKind, PostedList, Reminder


class MemoryChecklists:
    """Checklists and their items; see `bot.checklist_records.ChecklistBook`."""

    def __init__(self) -> None:
        self._lists: dict[str, PostedList] = {}
        self._changes: list[Change] = []
        self._reminders: dict[str, Reminder] = {}
        self._taken: dict[str, datetime] = {}
        self._settled: set[str] = set()

    async def begin(
        self, posted: PostedList, *, changes: Sequence[Change] = (), reminders: Sequence[Reminder] = ()
    ) -> PostedList:
        """Store a list, or return the one with its claim."""
        known = next((each for each in self._lists.values() if each.claim == posted.claim), None)
        if known is not None:
            return known
        self._lists[posted.id] = posted
        await self.add(changes, reminders=reminders)
        return posted

    async def get(self, list_id: str) -> PostedList | None:
        """One list."""
        return self._lists.get(list_id)

    async def latest(self, channel_key: str, kind: ListKind, *, limit: int) -> tuple[PostedList, ...]:
        """The last lists of a channel."""
        found = [each for each in self._lists.values() if each.kind is kind and each.place.channel_key == channel_key]
        return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:limit])

    async def add(self, changes: Sequence[Change], *, reminders: Sequence[Reminder] = ()) -> None:
        """Store changes behind those that are there."""
        begin = len(self._changes) + 1
        self._changes += [replace(change, number=number) for number, change in enumerate(changes, start=begin)]
        self._reminders.update({each.id: each for each in reminders})

    async def changes(self, board: str) -> tuple[Change, ...]:
        """All changes of a board."""
        return tuple(change for change in self._changes if change.board == board)

    async def due(self, at: datetime, *, limit: int) -> tuple[Reminder, ...]:
        """Reminders whose time has come."""
        found = [each for each in self._reminders.values() if each.due_at <= at and each.id not in self._settled]
        return tuple(sorted(found, key=lambda each: each.due_at)[:limit])

    async def take(self, reminder_id: str, *, at: datetime, stale: datetime) -> bool:
        """Claim a reminder."""
        taken = self._taken.get(reminder_id)
        if reminder_id not in self._reminders or reminder_id in self._settled or (taken and taken >= stale):
            return False
        self._taken[reminder_id] = at
        return True

    async def settle(self, reminder_id: str) -> None:
        """Note that nothing more is to be done."""
        self._settled.add(reminder_id)

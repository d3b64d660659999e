"""A team whose schedules are kept by one process after the other, over one store and one chat."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.chat import Capabilities
from bot.checklist_records import Act, Change
from bot.commands.list_boards import ListBoards
from bot.memory_chat import MemoryChat
from bot.memory_store import MemoryStore
from bot.replies import Reply
from bot.schedule_settings import ScheduleSettings
from bot.schedules.keeper import Keeper, Watch
from bot.schedules.records import FireState, Schedule, ScheduleKind
from bot.scheduling import Materials, Scheduling, make_scheduling
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from tests.bot.bench import RISKS, WORDING
from tests.bot.schedules.life import Dead, Doom, Mortal

from .risk_stage import MONDAY, ROOM, RiskStage


class Store:
    """A store all of whose books may die."""

    def __init__(self, inner: MemoryStore, doom: Doom) -> None:
        self._inner = inner
        self._doom = doom

    def __getattr__(self, name: str) -> Any:
        return Mortal(getattr(self._inner, name), self._doom)


@dataclass
class Kept:
    """The team, its store and its chat, all of its own."""

    team: RiskStage
    store: MemoryStore = field(default_factory=MemoryStore)
    chat: MemoryChat = field(
        default_factory=lambda: MemoryChat(capabilities=Capabilities(message_characters=2000, edit_interval_s=0))
    )
    settings: ScheduleSettings = field(default_factory=ScheduleSettings)
    ids: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.team.chat, self.team.store = self.chat, self.store
        self.team.now = MONDAY
        self.team.means = replace(self.team.means, store=self.store, adapters={"memory": self.chat})
        self.team.opened()

    def scheduling(self, store: Any = None) -> Scheduling:
        library: Any = self.team.means.library
        return make_scheduling(
            Materials(
                books=store or self.store,
                library=library,
                digests=DigestBuilder(library, Likeness(None)),
                wording=WORDING,
                settings=self.settings,
                now=lambda: self.team.now,
                new_id=self._id,
                risks=RISKS,
                adapters={"memory": self.chat},
            )
        )

    def keeper(self, doom: Doom | None = None) -> Keeper:
        """That of a process of its own."""
        store: Any = Store(self.store, doom) if doom else self.store
        chat: Any = Mortal(self.chat, doom) if doom else self.chat
        means = replace(self.team.means, store=store, adapters={"memory": chat}, boards=ListBoards(), new_id=self._id)
        watch = Watch(now=lambda: self.team.now, sleep=self._sleep, new_id=self._id)
        return self.scheduling(store).keeper(means, watch)

    async def look(self, allowed: int | None = None) -> bool:
        """One look of a new process; False when it died on the way."""
        doom = Doom(allowed) if allowed is not None else None
        try:
            await self.keeper(doom).look()
        except BaseExceptionGroup as group:
            if not group.split(Dead)[0] or group.split(Dead)[1]:
                raise
            return False
        except Dead:
            return False
        return doom is None or not doom.dead

    async def schedule(self, **changes: Any) -> Schedule:
        plain = Schedule(
            id="s1", place=ROOM, kind=ScheduleKind.CHECKLIST, when="every monday 10:00", zone="UTC", cursor=MONDAY
        )
        schedule = replace(plain, **changes)
        await self.store.schedules.save(schedule)
        return schedule

    async def ended(self) -> list[tuple[FireState, str]]:
        return [(fire.state, fire.note) for fire in await self.store.schedules.fires("s1", limit=9)]

    async def settle_all(self) -> None:
        """Deals with every risk for good."""
        changes = [
            Change(board=ROOM.channel_key, item=risk.id, act=Act.DONE, at=self.team.now - timedelta(minutes=1))
            for risk in RISKS
        ]
        await self.store.checklists.add(changes)

    @property
    def replies(self) -> list[Reply]:
        return [posted.reply for posted in self.chat.posted]

    def _id(self) -> str:
        return f"k{next(self.ids)}"

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

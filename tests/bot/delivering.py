"""A delivery to a chat in memory, at a time of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.board import Pacing
from bot.chat import Capabilities
from bot.delivery import Delivery, Voice
from bot.memory_chat import MemoryChat
from bot.memory_store import MemoryStore
from bot.records import QuestionRecord
from bot.replies import Reply
from bot.wording import load_wording
from rag.types import AnswerEvent, Language

from .samples import NOW

WORDING = load_wording(Path(__file__).parents[2] / "prompts")
TABLE = "| a | b |\n|---|---|\n" + "| cell | cell |\n" * 30


@dataclass
class Time:
    """A clock that a sleep moves on at once."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Desk:
    """A delivery to a chat in memory."""

    chat: MemoryChat
    store: MemoryStore = field(default_factory=MemoryStore)
    time: Time = field(default_factory=Time)
    company: str = ""
    ids: Callable[[], str] = field(default_factory=lambda: map("id{}".format, count(1)).__next__)

    @property
    def delivery(self) -> Delivery:
        """A new one each time, as after a restart."""
        return Delivery(
            {"memory": self.chat},
            self.store.posts,
            voice=Voice(
                wording=WORDING,
                failure=lambda error, language: f"{error.user_message} ({language.value})",
                notice=lambda notice, language: f"notice {notice.value}",
                company=self._company,
            ),
            pacing=Pacing(clock=lambda: self.time.now, sleep=self.time.sleep),
            new_id=self.ids,
            now=lambda: NOW,
        )

    async def _company(self, question: QuestionRecord, language: Language) -> str:
        return self.company

    @property
    def texts(self) -> list[str]:
        return [posted.reply.text for posted in self.chat.posted]

    @property
    def last(self) -> Reply:
        return self.chat.posted[-1].reply


def desk(*, characters: int = 4000, interval: float = 1.0, file: int = 40_000) -> Desk:
    capabilities = Capabilities(message_characters=characters, edit_interval_s=interval, file_characters=file)
    return Desk(MemoryChat(capabilities=capabilities))


async def slow(events: AsyncIterator[AnswerEvent], *, turns: int = 20) -> AsyncIterator[AnswerEvent]:
    """The same events, with time between them in which frames are shown."""
    async for event in events:
        yield event
        for _ in range(turns):
            await asyncio.sleep(0)

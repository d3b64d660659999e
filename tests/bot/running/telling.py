"""A bot over a home, and somebody whose words come in by every way that there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from bot.chat import (
    Address,
    CommandCall,
    Incoming,
    Message,
    Person,
    Place,
    PlaceKind,
    Press,
    Submission,
)
from bot.engine.engine import Engine
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.limits import EngineSettings
from bot.memory_chat import MemoryChat
from bot.metrics import Metrics
from bot.payloads import Payload
from bot.privacy_settings import PrivacySettings
from bot.records import Outcome
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.running.talking import Rules, build_engine
from bot.store.opening import SqlStore, open_store
from rag.build import Rag, open_rag
from rag.catalogue import Input
from rag.resources import data_folder
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import Document
from tests.bot.parlour import Desk
from tests.bot.samples import ADA, BOB

ZOE = replace(BOB, id="zoe", name="Zoe")
BUSY = EngineSettings(person_burst=1000, channel_burst=1000, workers=2, shutdown_seconds=1)
WAYS = (
    "question",
    "follow-up",
    "joined",
    "edited before",
    "edited after",
    "rating",
    "reason form",
    "profile",
    "thread of one's own",
    "thread of another's",
    "command",
    "refused",
    "direct",
    "expert's draft",
    "expert's answer",
    "proposed answer",
    "expert's name",
    "question in a title",
    "file that waits",
    "name of a file",
    "feasibility check",
    "note on a risk",
    "name for a risk",
)


def canary(way: str) -> str:
    """A word that nobody else says; one for each way in."""
    return f"金丝雀 {way.replace(' ', '')} kx{WAYS.index(way):02}zq7391"


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def found(home: Path) -> set[str]:
    """The ways whose words lie in a file of the home."""
    held = everything(home)
    return {way for way in WAYS if canary(way).encode() in held or canary(way).rpartition(" ")[2].encode() in held}


@dataclass
class Bot:
    """A bot at work over a home."""

    engine: Engine
    chat: MemoryChat
    store: SqlStore
    desk: Desk
    numbers: count[int]
    documents: Callable[[], Awaitable[tuple[Document, ...]]]

    def place(self, thread: str, kind: PlaceKind = PlaceKind.THREAD) -> Place:
        return Place(platform="memory", workspace="w", channel="c", thread=thread, kind=kind)

    async def take(self, incoming: Incoming) -> Outcome:
        return (await self.engine.receive(incoming)).outcome

    def said(self, text: str, thread: str, *, person: Person = ADA, **more: object) -> Message:
        number = next(self.numbers)
        fields = {"address": Address.MENTION, "place": self.place(thread), **more}
        return Message(event_id=f"e{number}", message_id=f"m{number}", person=person, at=clock(), text=text, **fields)

    async def say(self, text: str, thread: str, **more: object) -> Outcome:
        outcome = await self.take(self.said(text, thread, **more))
        await self.engine.settled()
        return outcome

    async def command(self, name: str, text: str, thread: str = "t") -> None:
        call = CommandCall(
            event_id=f"e{next(self.numbers)}", place=self.place(thread), person=ADA, at=clock(), name=name, text=text
        )
        await self.take(call)
        await self.engine.settled()

    async def press(
        self, verb: str, subject: str, *, person: Person = ADA, argument: str = "en", thread: str = "t"
    ) -> None:
        payload = Payload(verb=verb, subject=subject, argument=argument)
        press = Press(
            event_id=f"e{next(self.numbers)}",
            place=self.place(thread),
            person=person,
            at=clock(),
            message=None,
            payload=payload,
        )
        await self.take(press)
        await self.engine.settled()

    async def submit(self, verb: str, subject: str, *, argument: str = "en", **values: str) -> None:
        await self.take(
            Submission(
                event_id=f"e{next(self.numbers)}",
                place=self.place("t"),
                person=ADA,
                at=clock(),
                payload=Payload(verb=verb, subject=subject, argument=argument),
                values=values,
            )
        )
        await self.engine.settled()


def clock():  # type: ignore[no-untyped-def]
    from bot.assembly import now

    return now()


async def risks_held(rag: Rag) -> None:
    """Only risks whose page is in the library can be worked on."""
    await rag.indexer.update([Input(path=data_folder("corpus") / "library" / "en" / "risks-finance.md")])


@asynccontextmanager
async def bot_at(home: Path) -> AsyncIterator[Bot]:
    """A bot whose library, store and key are real; its answers repeat what they are asked."""
    settings = RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))
    async with open_rag(settings) as rag, open_store(None, home=home) as store:
        await risks_held(rag)
        chat, desk = MemoryChat(), Desk()
        engine = build_engine(
            store,
            replace(rag, answers=desk),  # type: ignore[arg-type]
            adapters={"memory": chat},
            settings=BUSY,
            metrics=Metrics(version="test"),
            rules=Rules(
                privacy=PrivacySettings(),
                rights=rights_of(RightsSettings(admins=("memory:w/zoe",))),
                index=IndexRuns(
                    rag.indexer, rag.catalogue, gate=IndexGate(now=clock), journal=IndexJournal(rag.home), now=clock
                ),
            ),
        )
        running = asyncio.create_task(engine.run())
        try:
            yield Bot(engine, chat, store, desk, count(1), rag.catalogue.documents)
            for way in WAYS:  # what is searched leaves nothing, either
                await rag.embedder.embed_queries([canary(way)])
        finally:
            engine.close()
            await running

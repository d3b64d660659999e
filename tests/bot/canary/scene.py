"""A whole bot over the library with canaries, a model that repeats all it is given, and an eye on all that goes out."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.assembly import inputs_of, now
from bot.chat import (
    Address,
    Attachment,
    CommandCall,
    Incoming,
    Message,
    Person,
    Place,
    PlaceKind,
    Press,
    Standing,
    Submission,
)
from bot.commands.call import Call
from bot.commands.registry import Registry
from bot.engine.engine import Engine
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.inputs.values import InputRules
from bot.limits import EngineSettings
from bot.memory_chat import MemoryChat
from bot.metrics import Metrics
from bot.payloads import Payload
from bot.privacy_settings import PrivacySettings
from bot.rights import Rights, rights_of
from bot.rights_settings import RightsSettings
from bot.running.talking import Rules, build_engine
from bot.store.opening import SqlStore, open_store
from rag.build import Rag, open_rag
from rag.settings import (
    EmbeddingSettings,
    ModelEndpoint,
    ModelSettings,
    RagSettings,
    RetrievalSettings,
)
from rag.types import Language
from tests.doubles.openai_chat import Asked, ChatServer, chat_server

from .library import CANARIES, registered

ZH, EN = Language.ZH, Language.EN
GIVEN = RightsSettings(admins=("memory:w/boss",), labels={"board": ("memory:w/member-of-board",)})
TIRELESS = EngineSettings(
    workers=2,
    person_per_minute=1e9,
    person_burst=10**6,
    channel_per_minute=1e9,
    channel_burst=10**6,
    lines_per_minute=1e9,
    lines_burst=10**6,
    shutdown_seconds=1,
)
_HAN = re.compile("[一-鿿]")
_PASSAGE = re.compile(r'<passage number="(\d+)">\n(.*?)\n</passage>', re.DOTALL)


def place(channel: str, thread: str = "", kind: PlaceKind = PlaceKind.CHANNEL) -> Place:
    """Somewhere in the workspace; a direct message is a channel of its own."""
    return Place(platform="memory", workspace="w", channel=channel, thread=thread, kind=kind)


def person(name: str, **more: Any) -> Person:
    """Somebody of the workspace."""
    return Person(platform="memory", workspace="w", id=name, **more)


OPEN, BOARD = place("open"), place("board")
INSIDER, BOSS, BOB = person("member-of-board"), person("boss"), person("bob")
GUEST, STRANGER = person("guest", standing=Standing.GUEST), person("stranger", standing=Standing.STRANGER)
OUTSIDERS = (
    (BOB, OPEN),
    (BOSS, OPEN),
    (BOB, place("dm-bob", kind=PlaceKind.DM)),
    (BOSS, place("dm-boss", kind=PlaceKind.DM)),
    (GUEST, BOARD),
    (STRANGER, BOARD),
)
"""Who does not hold the label where they are: members, an admin, and in the board's channel those who never do."""

SELF = place("dm-insider", kind=PlaceKind.DM)


def holds_canary(text: str) -> bool:
    """Whether a canary stands in a text, however it is written."""
    folded = text.casefold()
    return any(canary in folded for canary in CANARIES)


def shown(value: object) -> str:
    """All that a reply, a form or a message of the double holds, as one text."""

    def plain(each: object) -> str:
        return each.decode(errors="replace") if isinstance(each, bytes) else str(each)

    made = asdict(value) if hasattr(value, "__dataclass_fields__") else value  # type: ignore[call-overload]
    return json.dumps(made, ensure_ascii=False, default=plain)


def repeats(asked: Asked) -> Iterator[str]:
    """A model that says whatever its prompt holds in the question's language, each sentence with its mark."""
    told = "\n".join(message["content"] for message in asked.body["messages"])
    chinese = bool(_HAN.search(told.rpartition("<question>")[2]))
    for number, text in _PASSAGE.findall(told):
        for line in re.split(r"(?<=[.。])\s*|\n", text):
            if line.strip() and bool(_HAN.search(line)) == chinese:
                yield f"{line.strip()}[{number}]\n"


@dataclass
class Scene:
    """The bot, and what has come out of it since the last look."""

    engine: Engine
    rag: Rag
    store: SqlStore
    chat: MemoryChat
    registry: Registry
    model: ChatServer
    metrics: Metrics
    rights: Rights
    probes: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _versions: dict[str, int] = field(default_factory=dict)
    _whispers: int = 0
    _forms: int = 0
    _prompts: int = 0

    async def take(self, incoming: Incoming) -> list[Any]:
        """One probe: what comes of it, the model's prompts included."""
        self.probes += 1
        await self.engine.receive(incoming)
        await self.engine.settled()
        return self.fresh()

    def fresh(self) -> list[Any]:
        """What has gone out since the last look."""
        out: list[Any] = []
        for each in self.chat.posted:
            seen = self._versions.get(each.ref.id, 0)
            out += each.versions[seen:]
            self._versions[each.ref.id] = len(each.versions)
        out += [reply for _, _, reply in self.chat.whispers[self._whispers :]]
        out += [form for _, form in self.chat.forms[self._forms :]]
        out += [asked.body for asked in self.model.chats()[self._prompts :]]
        self._whispers, self._forms = len(self.chat.whispers), len(self.chat.forms)
        self._prompts = len(self.model.chats())
        return out

    def _about(self, who: Person, where: Place) -> dict[str, Any]:
        return {"event_id": f"e{next(self.numbers)}", "place": where, "person": who, "at": now()}

    async def command(self, who: Person, where: Place, name: str, /, **arguments: str) -> list[Any]:
        """Somebody calls a command with named arguments."""
        about = self._about(who, where)
        return await self.take(CommandCall(**about, name=name, arguments=arguments, trigger="t"))

    async def typed(self, who: Person, where: Place, name: str, text: str) -> list[Any]:
        """Somebody types a command and what follows it."""
        return await self.take(CommandCall(**self._about(who, where), name=name, text=text, trigger="t"))

    async def confirmed(self, who: Person, where: Place, name: str, /, **arguments: str) -> list[Any]:
        """The same, with the first button of what is asked back pressed."""
        asked = await self.command(who, where, name, **arguments)
        (row,) = next(reply.actions for reply in asked if reply.actions)
        return [*asked, *await self.press(who, where, row[0].payload)]

    async def say(self, who: Person, where: Place, text: str) -> list[Any]:
        """Somebody asks."""
        address = Address.DM if where.private else Address.MENTION
        return await self.take(
            Message(**self._about(who, where), message_id=f"m{next(self.numbers)}", text=text, address=address)
        )

    async def press(self, who: Person, where: Place, payload: Payload, *values: str) -> list[Any]:
        """Somebody presses a button, or chooses from a list."""
        about = self._about(who, where)
        return await self.take(Press(**about, message=None, payload=payload, values=values, trigger="t"))

    async def submit(self, who: Person, where: Place, payload: Payload, values: dict[str, str]) -> list[Any]:
        """Somebody sends a form."""
        return await self.take(Submission(**self._about(who, where), payload=payload, values=values))

    async def complete(self, who: Person, where: Place, language: Language, given: dict[str, str], typed: str) -> str:
        """What is proposed for all arguments of a command, while somebody types."""
        incoming = CommandCall(**self._about(who, where), name=given["command"], arguments=given)
        handling: Any = self.engine._parts.handling
        call = Call(means=handling._means, desk=_NoDesk(), incoming=incoming, language=language, adapter=self.chat)
        found = self.registry.find(given["command"])
        assert found is not None
        proposed = []
        for argument in found.command.arguments:
            self.probes += 1
            proposed += await handling.complete(call, given["command"], argument.name, typed)
        return "\n".join(proposed)


class _NoDesk:
    """Completions ask nothing of the engine."""


async def hand_in(bot: Scene) -> None:
    """Files of the board's: one is in the library, one waits for review, one was declined, one is not described yet."""
    for number in range(4):
        content = f"# Lighthouse file {number} {CANARIES[number % 2]}\n\n## Rooms\n\nIt says {CANARIES[number % 2]}.\n"
        bot.chat.files[f"f{number}"] = content.encode()
        file = Attachment(name=f"{CANARIES[0]}-{number}.md", size=len(content), reference=f"f{number}")
        about = bot._about(INSIDER, BOARD)
        await bot.take(Message(**about, message_id=f"f{number}", text="", address=Address.MENTION, attachments=(file,)))
        if number == 3:
            break
        (held,) = await bot.store.hand_ins.of(INSIDER.key, limit=1)
        await bot.press(INSIDER, BOARD, Payload(verb="hand-in", subject=held.batch, argument="en"))
        form = bot.chat.forms[-1][1]
        await bot.submit(INSIDER, BOARD, form.payload, {each.name: each.value for each in form.fields})
    await bot.command(BOSS, BOARD, "proposals", action="approve", number="1")
    await bot.command(BOSS, BOARD, "proposals", action="decline", number="2", reason=CANARIES[0])
    assert len(await bot.store.shelves.all()) == 1


async def fill(rag: Rag, folder: Path) -> None:
    """The library with canaries, indexed from inputs of which one is for the board."""
    for each in registered(folder):
        await rag.indexer.enrol(each)
    await rag.indexer.update()


@asynccontextmanager
async def scene(home: Path) -> AsyncIterator[Scene]:
    """The bot at work; the board's channel holds the label, and nobody else's does."""
    with chat_server(repeats) as model:
        settings = RagSettings(
            home=home,
            embedding=EmbeddingSettings(embedder="memory"),
            retrieval=RetrievalSettings(threshold=0.02),
            model=ModelSettings(endpoints=(ModelEndpoint(base_url=model.url, context_tokens=8192),)),
        )
        async with open_rag(settings) as rag, open_store(None, home=home) as store:
            await fill(rag, home.parent / "library")
            async with _running(rag, store, model) as opened:
                await opened.confirmed(BOSS, BOARD, "config", action="set", name="labels", value="board")
                await hand_in(opened)
                opened.fresh()
                yield opened


@asynccontextmanager
async def _running(rag: Rag, store: SqlStore, model: ChatServer) -> AsyncIterator[Scene]:
    chat, metrics, rights = MemoryChat(), Metrics(version="test"), rights_of(GIVEN)
    index = IndexRuns(rag.indexer, rag.catalogue, gate=IndexGate(now=now), journal=IndexJournal(rag.home), now=now)
    desk = inputs_of(rag, store, index, InputRules())
    rules = Rules(rights=rights, privacy=PrivacySettings(), index=index, inputs=desk)
    engine = build_engine(store, rag, adapters={"memory": chat}, settings=TIRELESS, metrics=metrics, rules=rules)
    handling: Any = engine._parts.handling
    running = asyncio.create_task(engine.run())
    try:
        yield Scene(engine, rag, store, chat, handling._registry, model, metrics, rights)
    finally:
        engine.close()
        await running

"""Deletion that really deletes: a person's words, whatever way they came in, are in no file of the home afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, update

from bot.chat import (
    Address,
    Attachment,
    CommandCall,
    Edited,
    Incoming,
    Message,
    Person,
    Place,
    PlaceKind,
    Press,
    Said,
    Submission,
)
from bot.engine.engine import Engine
from bot.errors import DeliveryFailed
from bot.indexing import IndexGate, IndexRuns
from bot.limits import EngineSettings
from bot.memory_chat import MemoryChat, Moment
from bot.metrics import Metrics
from bot.payloads import Payload
from bot.privacy_settings import PrivacySettings
from bot.records import ChannelSettings, Outcome, Profile
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.running.talking import Rules, build_engine
from bot.store.models.ledgers import profiles
from bot.store.opening import SqlStore, open_store
from rag.build import open_rag
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
        return Message(event_id=f"e{number}", message_id=f"m{number}", person=person, at=_now(), text=text, **fields)

    async def say(self, text: str, thread: str, **more: object) -> Outcome:
        outcome = await self.take(self.said(text, thread, **more))
        await self.engine.settled()
        return outcome

    async def command(self, name: str, text: str, thread: str = "t") -> None:
        call = CommandCall(
            event_id=f"e{next(self.numbers)}", place=self.place(thread), person=ADA, at=_now(), name=name, text=text
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
            at=_now(),
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
                at=_now(),
                payload=Payload(verb=verb, subject=subject, argument=argument),
                values=values,
            )
        )
        await self.engine.settled()


def _now():  # type: ignore[no-untyped-def]
    from bot.assembly import now

    return now()


@asynccontextmanager
async def bot_at(home: Path) -> AsyncIterator[Bot]:
    """A bot whose library, store and key are real; its answers repeat what they are asked."""
    settings = RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))
    async with open_rag(settings) as rag, open_store(None, home=home) as store:
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
                index=IndexRuns(rag.indexer, rag.catalogue, gate=IndexGate(now=_now), now=_now),
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


async def tell_everything(bot: Bot) -> None:
    """Ada's words come in by every way that there is."""
    await bot.say(canary("question"), "t")
    await bot.say(canary("follow-up"), "t", address=Address.NONE)
    bot.chat.said[bot.place("own").key] = [_said("1", ADA, canary("thread of one's own"))]
    await bot.say("What do you say?", "own")
    bot.chat.said[bot.place("other").key] = [_said("1", ADA, canary("thread of another's")), _said("2", BOB, "Bo's")]
    await bot.say("And you?", "other", person=BOB)
    await join_and_edit(bot)
    await bot.command("ask", canary("command"))
    await bot.command("feedback", f"bad {canary('rating')}")
    answer = await bot.store.answers.latest(bot.place("t").key)
    assert answer is not None
    await bot.command("profile", f"set sector {canary('profile')}")
    direct = Place(platform="memory", workspace="w", channel="d", kind=PlaceKind.DM)
    await bot.say(canary("direct"), "", place=direct, address=Address.DM)
    await bot.say(f"fail {canary('refused')}", "t9")
    own = await bot.store.answers.latest(bot.place("own").key)
    assert own is not None
    values = {"text": canary("reason form")}
    await bot.take(
        Submission(
            event_id="form",
            place=bot.place("own"),
            person=ADA,
            at=_now(),
            payload=Payload(verb="explain", subject=own.id),
            values=values,
        )
    )
    await bot.engine.settled()
    await work_as_an_expert(bot)
    await work_on_risks_and_files(bot)


async def request_for(bot: Bot, question: str, thread: str, *, by: Person, expert: Person) -> str:
    """A question that the library refuses, put to an expert who takes it; the id of the request."""
    await bot.say(question, thread, person=by)
    answer = await bot.store.answers.latest(bot.place(thread).key)
    assert answer is not None
    await bot.press("expert", answer.id, person=by, thread=thread)
    request = await bot.store.experts.of_question(answer.question_id)
    assert request is not None
    await bot.press("expert-claim", request.id, person=expert, thread=thread)
    return request.id


async def work_as_an_expert(bot: Bot) -> None:
    """Ada answers others' questions under her name, and a question of hers becomes the title of a document."""
    await bot.store.settings.save("memory/w/c", ChannelSettings(other={"expert": f"user:{ADA.id}"}))
    named = replace(ADA, name=canary("expert's name"))
    await request_for(bot, "Does the first one wait?", "x1", by=BOB, expert=named)
    await bot.say(canary("expert's draft"), "x1", address=Address.NONE)
    second = await request_for(bot, "And the second one?", "x2", by=BOB, expert=named)
    await bot.submit("expert-answer", second, text=canary("expert's answer"))
    third = await request_for(bot, "What of the third one?", "x3", by=BOB, expert=named)
    await bot.submit("expert-answer", third, text=canary("proposed answer"))
    await bot.press("expert-save", third)
    fourth = await request_for(bot, "What is a fourth harbour?", "x4", by=BOB, expert=named)
    await bot.submit("expert-answer", fourth, text="A harbour that is cold all year.")
    await bot.press("expert-save", fourth)
    await bot.store.settings.save("memory/w/c", ChannelSettings(other={"expert": f"user:{BOB.id}"}))
    fifth = await request_for(bot, canary("question in a title"), "x5", by=ADA, expert=BOB)
    await bot.store.experts.answer(fifth, "Fifth harbours are warm.", person=BOB.key, at=_now())
    await bot.press("expert-save", fifth, person=BOB)
    for number in ("2", "3"):
        call = CommandCall(
            event_id=f"approve{number}",
            place=bot.place("t"),
            person=ZOE,
            at=_now(),
            name="proposals",
            text=f"approve {number}",
        )
        await bot.take(call)
        await bot.engine.settled()
    assert len(await bot.store.shelves.all()) == 2


async def work_on_risks_and_files(bot: Bot) -> None:
    """Ada sends a file that waits, fills in a check, notes something on a risk and says whose it is."""
    content = f"# Plan\n\n{canary('file that waits')} is what it says.\n".encode()
    bot.chat.files["f1"] = content
    file = Attachment(name=f"{canary('name of a file')}.md", size=len(content), reference="f1")
    await bot.say("", "t", attachments=(file,))
    await bot.command("assess", f"answer demand 3 {canary('feasibility check')}")
    await bot.submit("risk-form", "en", argument="note.runway-short", note=canary("note on a risk"))
    await bot.submit("risk-form", "en", argument="assign.runway-short", assign=canary("name for a risk"))


async def join_and_edit(bot: Bot) -> None:
    """While one question of a thread is answered, another one waits: it is joined, then edited."""
    await bot.take(bot.said("wait for me", "busy"))
    while not any("wait" in asked.text for asked in bot.desk.asked):
        await asyncio.sleep(0)
    waiting = bot.said(canary("edited before"), "busy")
    outcomes = [await bot.take(waiting), await bot.take(bot.said(canary("joined"), "busy"))]
    outcomes.append(
        await bot.take(
            Edited(
                event_id="edit",
                place=waiting.place,
                person=ADA,
                at=_now(),
                message_id=waiting.message_id,
                text=canary("edited after"),
            )
        )
    )
    assert outcomes == [Outcome.ACCEPTED, Outcome.JOINED, Outcome.REPLACED]
    bot.desk.opened.set()
    await bot.engine.settled()


def _said(number: str, person: Person, text: str) -> Said:
    return Said(message_id=number, person_id=person.id, own=False, text=text, at=_now())


@pytest.mark.slow
async def test_deleted_words_are_in_no_file_whatever_way_they_came_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with bot_at(home) as bot:
        await bot.store.profiles.save_person(BOB.key, Profile(sector="Bo's own"))
        await tell_everything(bot)
        assert found(home) == set(WAYS)

        await bot.press("privacy", "sure")

        assert bot.chat.whispers[-1][2].text == "Done. I keep nothing of you any more."
        assert found(home) == set()
        assert ADA.key.encode() not in everything(home)
        titles = sorted(each.title for each in await bot.documents())
        assert titles == ["Fifth harbours are warm.", "What is a fourth harbour?"]
    assert found(home) == set()
    assert b"Bo's own" in everything(home)


async def test_answer_that_is_under_way_at_a_deletion_is_not_stored(tmp_path: Path) -> None:
    async with bot_at(tmp_path) as bot:
        await bot.take(bot.said(f"wait {canary('question')}", "t"))
        while not bot.desk.asked:
            await asyncio.sleep(0)
        press = Press(
            event_id="sure",
            place=bot.place("t"),
            person=ADA,
            at=_now(),
            message=None,
            payload=Payload(verb="privacy", subject="sure", argument="en"),
        )
        await bot.take(press)
        while not bot.chat.whispers:
            await asyncio.sleep(0.001)
        bot.desk.opened.set()
        await bot.engine.settled()
        assert "much is known" in bot.chat.posted[-1].reply.text
    assert found(tmp_path) == set()


@pytest.mark.slow
async def test_deletion_among_the_words_of_many_leaves_not_a_byte(tmp_path: Path) -> None:
    """Pages of a full file have been split and filled many times: each copy that was left behind is gone, too."""
    ada = "memory/w/ada"
    async with open_store(None, home=tmp_path) as store:
        await store.database.write(lambda connection: crowd(connection, ada))
        assert b"adakx7391" in everything(tmp_path)

        await store.privacy.forget(ada)

        held = everything(tmp_path)
        assert (b"adakx7391" in held, b"bobkx7391" in held) == (False, True)


def crowd(connection: Connection, ada: str) -> None:
    """Rows of all lengths, changed at random, as years of use leave them."""
    chance, whose = random.Random(1), []
    add = profiles.insert().values(person=bindparam("who"), channel_key=bindparam("key"), sector=bindparam("words"))
    add = add.values(model="", active=True)
    change = update(profiles).where(profiles.c.channel_key == bindparam("key")).values(sector=bindparam("words"))
    for number in range(2500):
        whose.append("ada" if chance.random() < 0.1 else "bob")
        words = f"{whose[-1]}kx7391 {'x' * chance.randint(1, 900)}"
        person = ada if whose[-1] == "ada" else "memory/w/bob"
        connection.execute(add, {"who": person, "key": f"{number}", "words": words})
        if chance.random() < 0.3:
            earlier = chance.randint(0, number)
            words = f"{whose[earlier]}kx7391 {'z' * chance.randint(1, 1500)}"
            connection.execute(change, {"key": f"{earlier}", "words": words})


async def test_everybody_is_told_of_privacy_once(tmp_path: Path) -> None:
    async with bot_at(tmp_path) as bot:
        await bot.say("What is a moat?", "t")
        await bot.say("And a flywheel?", "t")
        await bot.say("护城河是什么？", "u", person=BOB)
        told = [(person.id, reply.text) for _, person, reply in bot.chat.whispers]
    assert [who for who, _ in told] == [ADA.id, BOB.id]
    assert "`/advisor privacy` shows, exports or deletes" in told[0][1]
    assert "365 天后删除。" in told[1][1]
    async with bot_at(tmp_path) as bot:
        await bot.say("What is a moat?", "v")
        assert bot.chat.whispers == []


async def test_notice_that_the_platform_does_not_take_is_said_the_next_time(tmp_path: Path) -> None:
    async with bot_at(tmp_path) as bot:

        async def refuse(method: str, moment: Moment) -> None:
            if method == "whisper":
                raise DeliveryFailed("the platform takes no private lines at the moment")

        bot.chat.watch = refuse
        await bot.say("What is a moat?", "t")
        assert bot.chat.whispers == []
        bot.chat.watch = None
        await bot.say("And a flywheel?", "t")
        assert len(bot.chat.whispers) == 1

"""Deletion that really deletes: a person's words, whatever way they came in, are in no file of the home afterwards."""

from __future__ import annotations

import asyncio
import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, update

from bot.chat import CommandCall, Person, Place, PlaceKind, Press
from bot.errors import DeliveryFailed
from bot.memory_chat import Moment
from bot.payloads import Payload
from bot.records import ChannelSettings, Profile
from bot.store.models.ledgers import profiles
from bot.store.opening import open_store
from tests.bot.samples import ADA, BOB

from .confiding import tell_everything
from .telling import WAYS, ZOE, Bot, bot_at, canary, clock, everything, found


@pytest.mark.slow
async def test_deleted_words_are_in_no_file_whatever_way_they_came_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with bot_at(home) as bot:
        await bot.store.profiles.save_person(BOB.key, Profile(sector="Bo's own"))
        await tell_everything(bot)
        await bot.store.settings.save("memory/w/", ChannelSettings(other={"expert": f"user:{ADA.id}"}))
        assert found(home) == set(WAYS)
        assert f"user:{ADA.id}".encode() in everything(home)

        await bot.press("privacy", "sure")

        assert bot.chat.whispers[-1][2].text == "Done. I keep nothing of you any more."
        assert found(home) == set()
        assert ADA.key.encode() not in everything(home)
        assert f"user:{ADA.id}".encode() not in everything(home)
        titles = sorted(each.title for each in await bot.documents() if "experts" in each.topics)
        assert titles == ["Fifth harbours are warm.", "What is a fourth harbour?"]
    assert found(home) == set()
    assert b"Bo's own" in everything(home)


@pytest.mark.slow
async def test_direct_message_leaves_no_trace_not_even_in_the_audit_log(tmp_path: Path) -> None:
    """What is set there names nobody by itself: settings, schedules, lists, steps; others' direct messages stay."""
    home = tmp_path / "home"
    async with bot_at(home) as bot:
        for person in (ZOE, BOB):
            for line in SET_UP:
                await typed(bot, person, line)
        counts = (await bot.store.privacy.held(ZOE.key)).counts
        assert (counts["channel_settings"], counts["schedules"], counts["checklists"]) == (1, 1, 2)
        kept = await bot.store.privacy.export(ZOE.key, audience=frozenset({"public"}))
        assert [each["language"] for each in kept["channel_settings"]] == ["zh"]
        assert b"roomof-zoe" in everything(home)

        # Asked for in a channel: what is set elsewhere is found by itself.
        await bot.press("privacy", "sure", person=ZOE)

        assert (await bot.store.privacy.held(ZOE.key)).empty
        assert b"roomof-zoe" not in everything(home)
        assert [each.place.channel for each in await bot.store.schedules.all()] == ["roomof-bob"]
        assert {each.subject for each in await bot.store.audit.latest(limit=99) if each.action == "config"} == {
            "memory/w/(direct)"
        }
    assert b"roomof-zoe" not in everything(home)
    assert b"roomof-bob" in everything(home)


SET_UP = (
    "config set language zh",
    "config set zone Asia/Shanghai",
    "digest add every monday 9:00",
    "risks checklist",
    "risks incident runway-short",
    "profile set sector law",
    "admin labels public",
)
"""What people set up in their own direct messages."""


async def typed(bot: Bot, person: Person, line: str) -> None:
    """Somebody types a command in their direct messages."""
    name, _, text = line.partition(" ")
    about = {"event_id": f"{person.id} {line}", "place": direct(person), "person": person, "at": clock()}
    await bot.take(CommandCall(**about, name=name, text=text))
    await bot.engine.settled()


def direct(person: Person) -> Place:
    """A person's direct messages."""
    return Place(platform="memory", workspace="w", channel=f"roomof-{person.id}", kind=PlaceKind.DM)


async def test_direct_message_whose_settings_name_nobody_is_cleared_from_within(tmp_path: Path) -> None:
    """Settings of an earlier version: nothing else tells whose the room is."""
    async with bot_at(tmp_path) as bot:
        room = direct(ADA)
        await bot.store.settings.save(room.channel_key, ChannelSettings(other={"topics": "kx99zq"}))
        payload = Payload(verb="privacy", subject="sure", argument="en")
        sure = Press(event_id="sure", place=room, person=ADA, at=clock(), message=None, payload=payload)
        await bot.take(sure)
        await bot.engine.settled()
        assert bot.chat.posted[-1].reply.text.startswith("Done.")
        assert await bot.store.settings.get(room.channel_key) == ChannelSettings()
        assert b"kx99zq" not in everything(tmp_path)


async def test_answer_that_is_under_way_at_a_deletion_is_not_stored(tmp_path: Path) -> None:
    async with bot_at(tmp_path) as bot:
        await bot.take(bot.said(f"wait {canary('question')}", "t"))
        while not bot.desk.asked:
            await asyncio.sleep(0)
        press = Press(
            event_id="sure",
            place=bot.place("t"),
            person=ADA,
            at=clock(),
            message=None,
            payload=Payload(verb="privacy", subject="sure", argument="en"),
        )
        async with asyncio.timeout(60):
            # While the index is busy a person is told to try again.
            for number in itertools.count():
                told = len(bot.chat.whispers)
                await bot.take(replace(press, event_id=f"sure{number}"))
                while len(bot.chat.whispers) == told:
                    await asyncio.sleep(0.001)
                if bot.chat.whispers[-1][2].text.startswith("Done."):
                    break
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

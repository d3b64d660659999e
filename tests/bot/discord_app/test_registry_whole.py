"""Everything that people can call, press and send, made from the registry: answered in time, in calm and in trouble.

A new command, button or form is tried here by itself, with every choice that it has: also with arguments that name
nothing, after a restart, and while Discord fails.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.commands.catalogue import FORMS, PRESSES
from bot.payloads import Payload
from bot.replies import Button, Reply
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from tests.bot.commands.risk_stage import pages
from tests.bot.commands.stage import publish
from tests.doubles.discord.names import BOB, CEO, CHANNEL, DM, LOADING
from tests.doubles.discord.server import DiscordServer, Fault, discord_server
from tests.doubles.discord.things import Interaction, Said

from .offices import Office, office
from .opened import channel, until
from .variants import variants

pytestmark = pytest.mark.full
_FIRST_S = 3.0
_LONGEST_S = 55.0
"""The first picture of a process takes its time on a busy machine; what is given up is told after a minute."""

_GROUPS = ("advisor", "advisor-admin")


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[SqliteCatalogue]:
    """A library that holds the risk register."""
    async with open_database(tmp_path / "library.sqlite3") as database:
        await publish(database, MemoryVectorStore(), pages())
        yield SqliteCatalogue(database)


def is_done(used: Interaction) -> bool:
    """Whether nobody is left looking at a sign that something is coming."""
    return bool(used.responses) and (used.original is None or not used.original.flags & LOADING)


@dataclass
class Log:
    """What was used, and what was left without an answer or had its first one too late."""

    used: int = 0
    left: list[str] = field(default_factory=list)

    async def add(self, used: Interaction, what: object) -> None:
        """Waits for an answer."""
        self.used += 1
        try:
            await until(lambda: is_done(used), most_s=_LONGEST_S)
        except TimeoutError:
            self.left.append(f"{what}: {used.responses}")
            return
        if used.responded - used.began > _FIRST_S:
            self.left.append(f"{what}: after {used.responded - used.began:.1f} s")


async def call_everything(bot: Office, user: str, place: str, *, locale: str = "en-US") -> Log:
    """Calls each command with each of its variants, one after the other as a person would."""
    world, log = bot.discord.world, Log()
    for group in _GROUPS if place != DM else _GROUPS[:1]:
        registered = next(each for each in world.commands if each["name"] == group)
        for command in registered["options"]:
            for given in variants(command):
                used = bot.discord.people.command(user, place, command["name"], group=group, given=given, locale=locale)
                await log.add(used, (command["name"], given))
    return log


def broken(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Events that ended in an exception nobody had thought of."""
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


@pytest.mark.parametrize(("user", "place"), [(CEO, CHANNEL), (BOB, CHANNEL), (BOB, DM)], ids=["admin", "member", "DM"])
async def test_every_command_with_every_choice_is_answered(
    user: str, place: str, catalogue: SqliteCatalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, catalogue=catalogue) as bot:
        log = await call_everything(bot, user, place)
        await bot.quiet()
    assert (log.left, broken(caplog)) == ([], [])
    assert log.used > 80 if place != DM else log.used > 60


async def everything_to_press(bot: Office) -> list[Said]:
    """Messages with a button for each verb, in both languages, about something that does not exist."""
    for verb in PRESSES:
        for language in ("en", "zh"):
            button = Button(label="x", payload=Payload(verb=verb, subject="gone", argument=language))
            reply = Reply(text=verb, actions=((button,),))
            await bot.connection.chat.post(channel(), reply, nonce=f"{verb}/{language}")
    return bot.discord.world.own()


async def press_everything(bot: Office, buttons: Iterable[Said]) -> list[str]:
    log = Log()
    for user in (BOB, CEO):
        for said in (each for each in buttons if "x" in each.labels):
            await log.add(bot.discord.people.press(user, said, "x"), said.content)
    return log.left


async def test_every_button_is_answered_also_after_a_restart(
    catalogue: SqliteCatalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_server() as discord:
        async with office(tmp_path, discord=discord, catalogue=catalogue) as bot:
            buttons = await everything_to_press(bot)
            left = await press_everything(bot, buttons)
        async with office(tmp_path, discord=discord, catalogue=catalogue) as bot:
            left += await press_everything(bot, buttons)
            await bot.quiet()
    assert (left, broken(caplog)) == ([], [])


async def test_every_form_is_answered_whatever_it_holds(
    catalogue: SqliteCatalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, catalogue=catalogue) as bot:
        opened = bot.discord.people.command(CEO, CHANNEL, "help")
        await until(lambda: is_done(opened))
        log = Log()
        for verb in FORMS:
            for subject in ("gone", "behaviour", "reach", "me", "team", "1"):
                for values in (
                    {},
                    {"text": "六周左右。", "reason": "no", "question": "?", "respond": "never heard of"},
                ):
                    await log.add(bot.discord.people.submit(CEO, modal(opened, verb, subject), values), (verb, subject))
        await bot.quiet()
    assert (log.left, broken(caplog)) == ([], [])


def modal(opened: Interaction, verb: str, subject: str) -> dict[str, Any]:
    """A form as an earlier version of the program may have shown it."""
    fields = [{"component": {"type": 4, "custom_id": name}} for name in ("text", "reason", "question", "respond")]
    custom_id = Payload(verb=verb, subject=subject, argument="zh").encoded
    return {"_interaction": opened.id, "custom_id": custom_id, "components": fields}


def troubled(discord: DiscordServer) -> None:
    """Each kind of call fails once, before it is done or after it."""
    for method, path in (("POST", "/callback"), ("PATCH", "/webhooks/"), ("POST", "/webhooks/"), ("POST", "/messages")):
        discord.faults.append(Fault(method, path, 502))


@pytest.mark.parametrize("user", [CEO, BOB], ids=["admin", "member"])
async def test_command_while_discord_fails_is_answered_all_the_same(
    user: str, catalogue: SqliteCatalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, catalogue=catalogue) as bot:
        log = Log()
        for command in next(each for each in bot.discord.world.commands if each["name"] == "advisor")["options"]:
            troubled(bot.discord)
            given = next(iter(variants(command)))
            await log.add(bot.discord.people.command(user, CHANNEL, command["name"], given=given), command["name"])
            bot.discord.faults.clear()
        await bot.quiet()
    assert (log.left, broken(caplog)) == ([], [])

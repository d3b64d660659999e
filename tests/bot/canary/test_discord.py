"""The same library on Discord, over its gateway and its calls: nothing of the board goes over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.records import ChannelSettings
from rag.build import open_rag
from rag.settings import EmbeddingSettings, RagSettings, RetrievalSettings
from tests.bot.discord_app.offices import Office, office
from tests.bot.discord_app.opened import until
from tests.doubles.discord.names import ADA, BOB, CEO, CHANNEL, DM, GUILD, LOADING, NEWCOMER, QUIET
from tests.doubles.discord.things import Interaction, Said

from .calls import FOLLOW_UPS, QUESTIONS
from .scene import TIRELESS, fill, holds_canary, shown

pytestmark = pytest.mark.full

_TEXTS = ("robotics lighthouse", "灯塔基金", "Mediq, Lantern", "2")
_BEGUN = ("", "l", "z", "灯", "朱")
_OUTSIDERS = ((BOB, CHANNEL), (CEO, CHANNEL), (NEWCOMER, CHANNEL), (ADA, DM), (NEWCOMER, QUIET))
"""Who does not hold the label where they are; in the board's channel (QUIET) a newcomer never does."""

_LOCALES = ("en-US", "zh-CN")
_GROUPS = ("advisor", "advisor-admin")
_LONGEST_S = 120


class Wire:
    """Acts, and looks at all that goes to Discord since."""

    def __init__(self, bot: Office) -> None:
        self.bot = bot
        self.probes = 0
        self.leaks: list[str] = []

    async def look(self, what: object) -> None:
        """Notes what holds a canary, when all has arrived."""
        self.probes += 1
        await self.bot.engine.settled()
        received = self.bot.discord.received
        self.leaks += [f"{what}: {shown(each)[:400]}" for each in received if holds_canary(shown(each))]
        received.clear()

    async def use(self, used: Interaction, what: object) -> None:
        """Waits for the answer to something that was used."""
        await until(lambda: _done(used), most_s=_LONGEST_S)
        await self.look(what)

    async def press_all(self, user: str, place: str) -> None:
        """Presses each button under what the bot said last, and chooses the first of a list."""
        world = self.bot.discord.world
        said = [each for each in (*world.own(place), *world.whispers(user)) if each.channel == place and not each.gone]
        if not said:
            return
        people, last = self.bot.discord.people, said[-1]
        items = [item for row in last.components for item in row["components"]]
        for label in dict.fromkeys(item["label"] for item in items if item["type"] == 2 and item.get("custom_id")):
            await self.use(people.press(user, last, label), (user, "press", label))
        first = next((item for item in items if item["type"] == 3), {"options": ()})
        for option in first["options"][:2]:
            await self.use(people.choose(user, last, option["value"]), (user, "choose", option["value"]))
        await self.submit_all(user)

    async def submit_all(self, user: str) -> None:
        """Sends each form that was opened meanwhile, as it was shown."""
        modals = self.bot.discord.world.modals
        for modal in modals:
            await self.use(self.bot.discord.people.submit(user, modal, {}), (user, "form", modal["custom_id"]))
        modals.clear()


def _done(used: Interaction) -> bool:
    return bool(used.responses) and (used.original is None or not used.original.flags & LOADING)


def _calls(command: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Arguments of a command as it is registered: each choice, with each text."""
    needed = {
        each["name"]: (each.get("choices") or [{"value": _TEXTS[0]}])[0]["value"]
        for each in command["options"]
        if each["required"]
    }
    typed = [each["name"] for each in command["options"] if not each.get("choices")]
    chosen = [
        {**needed, each["name"]: choice["value"]} for each in command["options"] for choice in each.get("choices") or ()
    ]
    for number, given in enumerate([needed, *chosen]):
        yield given
        if typed:
            yield {**given, typed[0]: _TEXTS[number % len(_TEXTS)]}


@asynccontextmanager
async def at_work(home: Path) -> AsyncIterator[Office]:
    """The bot on Discord's double, over a library of which a part is for the board's channel."""
    settings = RagSettings(
        home=home, embedding=EmbeddingSettings(embedder="memory"), retrieval=RetrievalSettings(threshold=0.02)
    )
    async with open_rag(settings) as rag:
        await fill(rag, home.parent / "library")
        async with office(home, rag=rag, engine=TIRELESS) as bot:
            held = ChannelSettings(labels=frozenset({"public", "board"}))
            await bot.store.settings.save(f"discord/{GUILD}/{QUIET}", held)
            yield bot


async def test_discord_is_told_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command in both languages with each choice, by each of those outside, and what stands under the answers."""
    async with at_work(tmp_path / "home") as bot:
        wire = await told_to_the_board(bot)
        for locale in _LOCALES:
            for number, (group, command, given) in enumerate(_commands(bot)):
                user, place = _OUTSIDERS[number % len(_OUTSIDERS)]
                if place == DM and group == _GROUPS[1]:
                    user, place = CEO, CHANNEL
                people = bot.discord.people
                used = people.command(user, place, command["name"], group=group, given=given, locale=locale)
                await wire.use(used, (user, place, command["name"], given))
                if number % 3 == 0:
                    await wire.press_all(user, place)
        _report("commands", wire, capsys)
    assert wire.leaks == []


async def test_discord_is_told_nothing_by_answers_proposals_and_menus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with at_work(tmp_path / "home") as bot:
        wire = await told_to_the_board(bot)
        for number, text in enumerate((*QUESTIONS, *FOLLOW_UPS)):
            for user, place in _OUTSIDERS[number % 2 :: 2]:
                said = bot.discord.people.say(user, place, text if place == DM else f"<@{_me(bot)}> {text}")
                await until(lambda: bool(bot.discord.received), most_s=_LONGEST_S)
                await wire.look((user, place, text))
                await wire.press_all(user, place)
                await ask_by_menu(wire, user, said)
        await complete_all(wire)
        _report("answers, proposals and menus", wire, capsys)
    assert wire.leaks == []


async def told_to_the_board(bot: Office) -> Wire:
    """The board's own channel is told, so that there is something to leak; what is looked at begins behind it."""
    bot.discord.people.say(BOB, QUIET, f"<@{_me(bot)}> {QUESTIONS[0]}")
    await until(lambda: holds_canary(shown(bot.discord.received)), most_s=_LONGEST_S)
    wire = Wire(bot)
    for name, group in (("case", _GROUPS[0]), ("sources", _GROUPS[0]), ("inputs", _GROUPS[1])):
        bot.discord.received.clear()
        used = bot.discord.people.command(CEO, QUIET, name, group=group)
        await until(lambda used=used: _done(used), most_s=_LONGEST_S)  # type: ignore[misc]
        await bot.engine.settled()
        assert holds_canary(shown(bot.discord.received)), name
    bot.discord.received.clear()
    return wire


async def ask_by_menu(wire: Wire, user: str, said: Said) -> None:
    """Each entry of the menu of a message."""
    bot = wire.bot
    for entry in [each["name"] for each in bot.discord.world.commands if each.get("type") == 3]:
        await wire.use(bot.discord.people.menu(user, said, entry), (user, "menu", entry, said.content))
    await wire.submit_all(user)


async def complete_all(wire: Wire) -> None:
    """Proposals for every argument, while somebody types."""
    bot, world = wire.bot, wire.bot.discord.world
    for group, command, argument in _completed(bot):
        for user, place in _OUTSIDERS:
            for typed in () if place == DM and group == _GROUPS[1] else _BEGUN:
                count = len(world.proposals)
                bot.discord.people.type_into(user, place, command, argument, typed, group=group)
                await until(lambda count=count: len(world.proposals) > count, most_s=_LONGEST_S)  # type: ignore[misc]
                await wire.look((user, place, command, argument, typed))


def _commands(bot: Office) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    for group in _GROUPS:
        for command in next(each for each in bot.discord.world.commands if each["name"] == group)["options"]:
            yield from ((group, command, given) for given in _calls(command))


def _completed(bot: Office) -> Iterator[tuple[str, str, str]]:
    for group in _GROUPS:
        for command in next(each for each in bot.discord.world.commands if each["name"] == group)["options"]:
            for option in command["options"]:
                if option.get("autocomplete"):
                    yield group, command["name"], option["name"]


def _me(bot: Office) -> str:
    found = bot.connection.bot.user
    assert found is not None
    return str(found.id)


def _report(name: str, wire: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\ncanary, Discord, {name}: {wire.probes} probes")  # noqa: T201

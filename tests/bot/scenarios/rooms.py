"""One way to act and to look on every platform, so that a scenario is written once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.chat import Place
from bot.commands.call import Means
from bot.discord_app.parse import ASK_ABOUT
from tests.bot.discord_app.offices import Office as DiscordOffice
from tests.bot.discord_app.offices import office as discord_office
from tests.bot.discord_app.opened import channel as discord_place
from tests.bot.discord_app.opened import until
from tests.bot.parlour import Desk
from tests.bot.slack_app.office import Office as SlackOffice
from tests.bot.slack_app.office import office as slack_office
from tests.bot.slack_app.opened import channel as slack_place
from tests.doubles.discord import names as discord
from tests.doubles.discord.server import discord_server
from tests.doubles.slack import workspace as slack
from tests.doubles.slack.people import labels
from tests.doubles.slack.server import slack_server


@dataclass(frozen=True)
class Shown:
    """A message of the bot's: all its words, its buttons, the conversation that it stands in."""

    words: str
    labels: tuple[str, ...]
    thread: str
    raw: Any


class Room(Protocol):
    """A channel of a platform with Ada and Bob in it, and the bot at work."""

    desk: Desk
    means: Means
    place: Place

    def mention(self, text: str) -> Any:
        """Ada speaks to the bot in the channel."""

    def talk(self, text: str) -> Any:
        """Ada says something to nobody."""

    def go_on(self, said: Any, text: str) -> None:
        """Ada goes on in the conversation that answers a message of hers."""

    def direct(self, text: str) -> None:
        """Ada writes to the bot alone."""

    def ask(self, text: str) -> None:
        """Bob asks by a command."""

    def command(self, name: str, *, chinese: bool = False) -> None:
        """Bob gives a command without arguments."""

    def about(self, said: Any) -> None:
        """Bob asks about a message by its menu."""

    def press(self, shown: Shown, label: str) -> None:
        """Ada presses a button."""

    async def fill_in(self, text: str) -> None:
        """Ada fills in the form that she was shown."""

    def thread_of(self, said: Any) -> str:
        """The conversation that answers a message."""

    async def answers(self, count: int = 1) -> list[Shown]:
        """The bot's messages, when so many are finished."""

    async def growing(self) -> Shown:
        """The message that is being written."""

    async def whispers(self, count: int = 1) -> list[Shown]:
        """What was said to one person alone."""

    @property
    def files(self) -> list[bytes]:
        """What was uploaded."""

    async def quiet(self) -> None:
        """Returns when all is done."""


class SlackRoom:
    """The channel on Slack."""

    def __init__(self, office: SlackOffice) -> None:
        self.desk, self.means, self.place = office.desk, office.means, slack_place()
        self._office = office
        self._people = office.slack.people
        # As on Discord, what is said is said now: reports count by it.
        office.slack.workspace.at(int(office.means.now().timestamp()))

    def mention(self, text: str) -> Any:
        return self._people.say(slack.ADA, slack.CHANNEL, f"<@{slack.BOT_USER}> {text}")

    def talk(self, text: str) -> Any:
        return self._people.say(slack.ADA, slack.CHANNEL, text)

    def go_on(self, said: Any, text: str) -> None:
        self._people.say(slack.ADA, slack.CHANNEL, text, thread=said.ts)

    def direct(self, text: str) -> None:
        self._people.say(slack.ADA, slack.DM, text)

    def ask(self, text: str) -> None:
        self._people.command(slack.BOB, slack.CHANNEL, f"ask {text}")

    def command(self, name: str, *, chinese: bool = False) -> None:
        # Slack tells a person's language with the person: Bob's is Chinese, Ada's is English.
        self._people.command(slack.BOB if chinese else slack.ADA, slack.CHANNEL, name)

    def about(self, said: Any) -> None:
        self._people.shortcut(slack.BOB, said)

    def press(self, shown: Shown, label: str) -> None:
        self._people.press(slack.ADA, shown.raw, label)

    async def fill_in(self, text: str) -> None:
        await until(lambda: bool(self._office.slack.workspace.views))
        (view,) = self._office.slack.workspace.views
        self._people.submit(slack.ADA, view, {"text": text})

    def thread_of(self, said: Any) -> str:
        return str(said.ts)

    async def answers(self, count: int = 1) -> list[Shown]:
        return [self._shown(said) for said in await self._office.answers(count)]

    async def growing(self) -> Shown:
        await until(lambda: any("Stop" in labels(said) for said in self._office.slack.workspace.own()))
        return self._shown(self._office.slack.workspace.own()[-1])

    async def whispers(self, count: int = 1) -> list[Shown]:
        return [self._whisper(each) for each in await self._office.whispers(count)]

    @property
    def files(self) -> list[bytes]:
        return [file["content"] for file in self._office.slack.workspace.files.values()]

    async def quiet(self) -> None:
        await until(lambda: all(each.done.is_set() for each in self._office.slack.deliveries.all))
        await self._office.engine.settled()

    def _shown(self, said: slack.Said) -> Shown:
        return Shown(str(said.blocks), tuple(labels(said)), said.thread_ts, said)

    def _whisper(self, told: dict[str, Any]) -> Shown:
        said = slack.Said(
            channel=told["channel"],
            ts=told["ts"],
            user=slack.BOT_USER,
            text="",
            blocks=told["blocks"],
            bot_id=slack.BOT,
        )
        said.thread_ts = told.get("thread_ts") or ""
        return self._shown(said)


class DiscordRoom:
    """The channel on Discord."""

    def __init__(self, office: DiscordOffice) -> None:
        self.desk, self.means, self.place = office.desk, office.means, discord_place()
        self._office = office
        self._people = office.discord.people
        self._world = office.discord.world

    def mention(self, text: str) -> Any:
        return self._people.say(discord.ADA, discord.CHANNEL, f"<@{discord.ME}> {text}")

    def talk(self, text: str) -> Any:
        return self._people.say(discord.ADA, discord.CHANNEL, text)

    def go_on(self, said: Any, text: str) -> None:
        self._people.say(discord.ADA, said.id, text)

    def direct(self, text: str) -> None:
        self._people.say(discord.ADA, discord.DM, text)

    def ask(self, text: str) -> None:
        self._people.command(discord.BOB, discord.CHANNEL, "ask", question=text)

    def command(self, name: str, *, chinese: bool = False) -> None:
        locale = "zh-CN" if chinese else "en-US"
        self._people.command(discord.BOB, discord.CHANNEL, name, locale=locale)

    def about(self, said: Any) -> None:
        self._people.menu(discord.BOB, said, ASK_ABOUT)

    def press(self, shown: Shown, label: str) -> None:
        self._people.press(discord.ADA, shown.raw, label)

    async def fill_in(self, text: str) -> None:
        await until(lambda: bool(self._world.modals))
        (modal,) = self._world.modals
        self._people.submit(discord.ADA, modal, {"text": text})

    def thread_of(self, said: Any) -> str:
        return str(said.id)

    async def answers(self, count: int = 1) -> list[Shown]:
        return [_shown(said) for said in await self._office.answers(count)]

    async def growing(self) -> Shown:
        await until(lambda: any("Stop" in said.labels for said in self._world.own()))
        return _shown(self._world.own()[-1])

    async def whispers(self, count: int = 1) -> list[Shown]:
        return [_shown(said) for said in await self._office.whispers(count)]

    @property
    def files(self) -> list[bytes]:
        return list(self._world.files.values())

    async def quiet(self) -> None:
        await self._office.quiet()


def _shown(said: Any) -> Shown:
    words = "\n".join([said.content, *(f"{each.get('title')}\n{each.get('description')}" for each in said.embeds)])
    return Shown(words, tuple(said.labels), said.channel, said)


@asynccontextmanager
async def on_slack(home: Path, server: Any = None, catalogue: Any = None) -> AsyncIterator[Room]:
    # Without Slack's own streaming, which has no button to stop it, the message grows as on every platform.
    async with slack_office(home, slack=server, catalogue=catalogue, streaming=False) as office:
        yield SlackRoom(office)


@asynccontextmanager
async def on_discord(home: Path, server: Any, catalogue: Any = None) -> AsyncIterator[Room]:
    server.world.flags = discord.GRANTED
    async with discord_office(home, discord=server, catalogue=catalogue) as office:
        yield DiscordRoom(office)


@dataclass(frozen=True)
class Platform:
    """How a room is opened: on a server of the platform's, which outlives the bot, and over a library."""

    name: str
    server: Callable[[], AbstractAsyncContextManager[Any]]
    room: Callable[..., AbstractAsyncContextManager[Room]]


PLATFORMS = (Platform("slack", slack_server, on_slack), Platform("discord", discord_server, on_discord))

"""One way to hand in files and to look after documents on every platform, over a real library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rag.build import Rag, open_rag
from rag.settings import EmbeddingSettings, RagSettings
from tests.bot.discord_app.offices import Office as DiscordOffice
from tests.bot.discord_app.offices import office as discord_office
from tests.bot.slack_app.office import Office as SlackOffice
from tests.bot.slack_app.office import office as slack_office
from tests.bot.slack_app.opened import until
from tests.doubles.discord import names as discord
from tests.doubles.discord.server import discord_server
from tests.doubles.slack import workspace as slack
from tests.doubles.slack.people import labels
from tests.doubles.slack.server import slack_server

_WAITED = 60.0


class Counter(Protocol):
    """A direct message between Ada, who is an admin, and the bot."""

    def send(self, name: str, content: bytes) -> None:
        """Ada sends a file and says nothing."""

    def ask(self, text: str) -> None:
        """Ada writes."""

    async def told(self, words: str) -> Any:
        """The bot's message to Ada with these words, when it is there."""

    async def press(self, words: str, label: str) -> None:
        """Ada presses a button of the message with these words."""

    async def fill_in(self, **values: str) -> None:
        """Ada sends the form that she was shown last."""

    async def choose(self, words: str, label: str, value: str) -> None:
        """Ada chooses from the list of the message with these words."""

    def admin(self, name: str, **options: str) -> None:
        """Ada gives a command for admins."""


class SlackCounter:
    """The direct message on Slack."""

    def __init__(self, office: SlackOffice) -> None:
        self._office = office
        self._people = office.slack.people
        self._workspace = office.slack.workspace
        self._filled = set(self._workspace.views)

    def send(self, name: str, content: bytes) -> None:
        key = f"F{len(self._workspace.files) + 1}"
        self._workspace.files[key] = {"content": content}
        address = f"{self._office.slack.address}files/{key}"
        file = {"id": key, "name": name, "size": len(content), "url_private_download": address}
        self._people.say(slack.ADA, slack.DM, "", subtype="file_share", files=[file])

    def ask(self, text: str) -> None:
        self._people.say(slack.ADA, slack.DM, text)

    def _all(self) -> list[slack.Said]:
        whispers = [
            slack.Said(
                channel=each["channel"],
                ts=each["ts"],
                user=slack.BOT_USER,
                text="",
                blocks=each["blocks"],
                bot_id=slack.BOT,
            )
            for each in self._workspace.whispers
        ]
        return [*self._workspace.own(), *whispers]

    async def told(self, words: str) -> Any:
        await until(lambda: any(words in str(said.blocks) for said in self._all()), seconds=_WAITED)
        return [said for said in self._all() if words in str(said.blocks)][-1]

    async def press(self, words: str, label: str) -> None:
        said = await self.told(words)
        assert label in labels(said)
        self._people.press(slack.ADA, said, label)

    async def fill_in(self, **values: str) -> None:
        await until(lambda: bool(set(self._workspace.views) - self._filled))
        (view,) = set(self._workspace.views) - self._filled
        self._filled.add(view)
        self._people.submit(slack.ADA, view, values)

    async def choose(self, words: str, label: str, value: str) -> None:
        self._people.press(slack.ADA, await self.told(words), label, choice=value)

    def admin(self, name: str, **options: str) -> None:
        self._people.command(slack.ADA, slack.DM, " ".join((name, *options.values())))


class DiscordCounter:
    """The direct message on Discord; commands of admins are given on the server."""

    def __init__(self, office: DiscordOffice) -> None:
        self._office = office
        self._people = office.discord.people
        self._world = office.discord.world
        self._filled = len(self._world.modals)

    def send(self, name: str, content: bytes) -> None:
        key = self._world.next_id()
        self._world.files[key] = content
        address = f"{self._office.discord.address}attachments/{key}/{name}"
        file = {"id": key, "filename": name, "size": len(content), "url": address, "proxy_url": address}
        self._people.say(discord.ADA, discord.DM, "", attachments=[file])

    def ask(self, text: str) -> None:
        self._people.say(discord.ADA, discord.DM, text)

    async def told(self, words: str) -> Any:
        def found() -> list[Any]:
            every = [*self._world.own(), *self._world.whispers()]
            return [said for said in every if words in f"{said.content}{said.embeds}"]

        await until(lambda: bool(found()), seconds=_WAITED)
        return found()[-1]

    async def press(self, words: str, label: str) -> None:
        said = await self.told(words)
        assert label in said.labels
        self._people.press(discord.ADA, said, label)

    async def fill_in(self, **values: str) -> None:
        await until(lambda: len(self._world.modals) > self._filled)
        modal = self._world.modals[self._filled]
        self._filled += 1
        self._people.submit(discord.ADA, modal, values)

    async def choose(self, words: str, label: str, value: str) -> None:
        self._people.choose(discord.ADA, await self.told(words), value)

    def admin(self, name: str, **options: str) -> None:
        self._people.command(discord.ADA, discord.CHANNEL, name, group="advisor-admin", **options)


@asynccontextmanager
async def _library(home: Path) -> AsyncIterator[Rag]:
    async with open_rag(RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))) as rag:
        yield rag


@asynccontextmanager
async def on_slack(home: Path, server: Any) -> AsyncIterator[Counter]:
    admins = (f"slack:{slack.TEAM}/{slack.ADA}",)
    async with (
        _library(home) as rag,
        slack_office(home, slack=server, rag=rag, admins=admins, streaming=False) as office,
    ):
        yield SlackCounter(office)


@asynccontextmanager
async def on_discord(home: Path, server: Any) -> AsyncIterator[Counter]:
    server.world.flags = discord.GRANTED
    admins = (f"discord:*/{discord.ADA}",)
    async with _library(home) as rag, discord_office(home, discord=server, rag=rag, admins=admins) as office:
        yield DiscordCounter(office)


@dataclass(frozen=True)
class Trading:
    """How a counter is opened: on a server of the platform's, which outlives the bot."""

    name: str
    server: Callable[[], AbstractAsyncContextManager[Any]]
    counter: Callable[[Path, Any], AbstractAsyncContextManager[Counter]]


TRADING = (Trading("slack", slack_server, on_slack), Trading("discord", discord_server, on_discord))

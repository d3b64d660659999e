"""The same library on the surfaces that people use, the terminal and Slack: nothing of the board goes over the wire."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from bot.chat import ChatAdapter
from bot.commands.registry import ArgumentKind, Command, Registry
from bot.console.opening import open_engine
from bot.console.session import Session
from bot.console.typed import room
from bot.engine.engine import Engine
from bot.metrics import Metrics
from bot.operations import Terminal
from bot.records import ChannelSettings
from bot.running.talking import build_engine
from bot.slack_app.connection import SlackFactory
from bot.store.opening import SqlStore, open_store
from rag.build import Rag, open_rag
from rag.settings import EmbeddingSettings, RagSettings, RetrievalSettings
from rag.types import Language
from tests.bot.slack_app.opened import ended, first_of, slack_settings
from tests.doubles.slack.people import labels
from tests.doubles.slack.server import SlackServer, slack_server
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, GUEST, PRIVATE, STRANGER

from .calls import FOLLOW_UPS, QUESTIONS
from .library import CANARIES
from .scene import EN, TIRELESS, ZH, fill, holds_canary, shown

pytestmark = pytest.mark.full
_TEXTS = ("", "robotics lighthouse", "灯塔基金", "Mediq, Lantern")


@asynccontextmanager
async def library(home: Path) -> AsyncIterator[tuple[Rag, SqlStore]]:
    """The library with canaries, quoted without a model."""
    settings = RagSettings(
        home=home, embedding=EmbeddingSettings(embedder="memory"), retrieval=RetrievalSettings(threshold=0.02)
    )
    async with open_rag(settings) as rag, open_store(None, home=home) as store:
        await fill(rag, home.parent / "library")
        yield rag, store


def lines(registry: Registry, language: Language) -> Iterator[str]:
    """How people type every command, with each of its choices and with words of the board's documents."""
    for command in registry.commands:
        words = registry.words(command, language)
        yield from (f"{words.name} {text}".strip() for text in _typed(command, registry, language))


def _typed(command: Command, registry: Registry, language: Language) -> Iterator[str]:
    told = registry.words(command, language).arguments
    chosen = [""]
    for argument in command.arguments:
        if argument.kind is ArgumentKind.CHOICE:
            choices = [told[argument.name].choices[choice] for choice in argument.choices]
            chosen = [f"{first} {choice}".strip() for first in chosen for choice in choices][:40] or choices
    for first in ["", *chosen]:
        yield from (f"{first} {text}".strip() for text in (_TEXTS if len(chosen) < 8 else _TEXTS[:2]))


async def test_terminal_tells_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The terminal's owner is an admin of all and holds no label unless it is given."""
    output, probes, leaks = io.StringIO(), 0, []
    console = Console(file=output, width=200, markup=False, highlight=False)
    async with (
        library(tmp_path / "home") as (rag, store),
        open_engine(rag, store, Terminal(out=console, err=console)) as opened,
    ):
        for language in (EN, ZH):
            session = Session(opened, Terminal(out=console, err=console), language=language)
            await session.begin(interactive=True)
            typed = [f"/{line}" for line in lines(opened.registry, language)]
            for line in (*typed, *QUESTIONS, *FOLLOW_UPS, "w", "s", "1", "2", "+", "/new"):
                start, probes = output.tell(), probes + 1
                await session.take(line)
                # What is registered on the machine its owner may know; what lies in it they are not told.
                told = output.getvalue()[start:].replace(str(tmp_path / "library" / CANARIES[0]), "")
                if "labels" not in line and "标签" not in line and holds_canary(told):
                    leaks.append((line, told[:300]))
        held = ChannelSettings(labels=frozenset({"public", "board"}))
        await store.settings.save(room("").channel_key, held)
        start = output.tell()
        await session.take("/case")
        assert holds_canary(output.getvalue()[start:])
    with capsys.disabled():
        print(f"\ncanary, terminal: {probes} probes")  # noqa: T201
    assert leaks == []


async def test_slack_is_told_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All that goes to Slack for those who do not hold the label, right after the board's channel was told."""
    probes, leaks = 0, []
    async with library(tmp_path / "home") as (rag, store), slack_server() as slack:
        await store.settings.save(f"slack/T0HOME/{PRIVATE}", ChannelSettings(labels=frozenset({"public", "board"})))
        async with at_work(rag, store, slack) as engine:
            handling: Any = engine._parts.handling
            told = slack.people.say(ADA, PRIVATE, f"<@{BOT_USER}> {QUESTIONS[0]}")
            await arrived(slack, engine)
            assert holds_canary(shown(slack.workspace.calls))
            assert told is not None
            slack.workspace.calls.clear()
            for number, (line, user) in enumerate(spoken(handling._registry)):
                probes += 1
                if line.startswith("/"):
                    slack.people.command(user, CHANNEL, line[1:])
                else:
                    slack.people.say(user, CHANNEL, f"<@{BOT_USER}> {line}")
                await arrived(slack, engine)
                if number % 10 == 0:
                    probes += await press_all(slack, engine, user)
                if holds_canary(shown(slack.workspace.calls)):
                    leaks.append((line, user))
                slack.workspace.calls.clear()
            assert not holds_canary(shown(slack.workspace.replies))
    with capsys.disabled():
        print(f"\ncanary, Slack: {probes} probes")  # noqa: T201
    assert leaks == []


def spoken(registry: Registry) -> Iterator[tuple[str, str]]:
    """Commands and questions, each by one of those outside, in turn."""
    said = [f"/{line}" for language in (EN, ZH) for line in lines(registry, language)]
    users = (BOB, ADA, GUEST, STRANGER)
    for number, line in enumerate((*said, *QUESTIONS)):
        yield line, users[number % len(users)]


async def press_all(slack: SlackServer, engine: Engine, user: str) -> int:
    """Presses all buttons under the bot's last message; how many there were."""
    own = [said for said in slack.workspace.own() if said.channel == CHANNEL]
    found = labels(own[-1]) if own else []
    for label in found:
        slack.people.press(user, own[-1], label)
        await arrived(slack, engine)
    return len(found)


async def arrived(slack: SlackServer, engine: Engine) -> None:
    """Returns when all that was handed over is acknowledged, and what it began is done."""
    for delivery in slack.deliveries.all:
        await asyncio.wait_for(delivery.done.wait(), 10)
    await engine.settled()
    slack.deliveries.all.clear()


@asynccontextmanager
async def at_work(rag: Rag, store: SqlStore, slack: SlackServer) -> AsyncIterator[Engine]:
    """The bot on the double."""
    async with SlackFactory().open(slack_settings(slack)) as connection:
        adapters = cast("dict[str, ChatAdapter]", {"slack": connection.chat})
        engine = build_engine(store, rag, adapters=adapters, settings=TIRELESS, metrics=Metrics(version="test"))
        running, listening = asyncio.create_task(engine.run()), asyncio.create_task(connection.listen(engine.receive))
        try:
            await first_of(slack.deliveries.connected(), listening)
            yield engine
        finally:
            await ended(listening)
            engine.close()
            await running

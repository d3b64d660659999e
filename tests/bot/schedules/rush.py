"""Many schedules that are due in the same minute, on the real adapters of both platforms and a real store.

The platforms are doubles in a process of their own that hold their documented limits: Slack takes a message a second
in a channel, Discord five in five seconds. So memory is the bot's alone.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.chat import ChatAdapter, Place
from bot.discord_app.connection import DiscordFactory
from bot.discord_settings import DiscordSettings
from bot.replies import Reply
from bot.schedule_settings import ScheduleSettings
from bot.schedules.contents import Kinds, Made, Occasion
from bot.schedules.keeper import Keeper, Watch
from bot.schedules.records import FireState, Schedule, ScheduleKind
from bot.settings import Settings
from bot.slack_app.connection import SlackFactory
from bot.slack_settings import SlackSettings
from bot.store.opening import SqlStore, open_store
from rag.types import Citation, Document, DocumentId, DocumentKind, Language
from tests.doubles.discord.names import GUILD, TEXT, TOKEN
from tests.doubles.discord.server import discord_server
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import APP_TOKEN, BOT_TOKEN, BOT_USER, TEAM

DUE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SLACK_INTERVAL_S, DISCORD_BUCKET = 1.0, (5, 5.0)
_LONGEST_S = 900.0
_THEMES = 6
_SENTENCE = "Prices of inference fall by half each year, and the margins of products on models of others follow them. "


@dataclass(frozen=True, kw_only=True)
class Took:
    """What became of it. `fastest` is the most messages that a channel got within one second, by platform."""

    posted: int
    twice: int
    left: int
    seconds: float
    fastest: dict[str, int]
    refused: dict[str, int]
    before_mb: int
    peak_mb: int
    after_mb: int


class Issues:
    """A digest of the usual length, anew for each schedule, which it names."""

    def unknown(self, topics: frozenset[str]) -> frozenset[str]:
        """It knows everything."""
        return frozenset()

    async def make(self, occasion: Occasion) -> Made:
        """One message with its sources."""
        themes = [f"**{number}. Theme**\n{_SENTENCE * 3}[{number}]" for number in range(1, _THEMES + 1)]
        text = "\n\n".join([f"Issue of {occasion.schedule.id}.", *themes])
        return Made(replies=(Reply(text=text, citations=_sources(), language=Language.EN),), told=("t",), seen=1)


async def rush(home: Path, url: SecretStr | None, *, schedules: int, channels: int, settings: ScheduleSettings) -> Took:
    """Posts all of them and tells how it went. Half of them are on each platform, spread over its channels."""
    async with _platforms(channels) as (pipe, slack_api, discord_api), open_store(url, home=home) as store:
        told = Settings(
            home=home,
            slack=SlackSettings(bot_token=SecretStr(BOT_TOKEN), app_token=SecretStr(APP_TOKEN), api_base_url=slack_api),
            discord=DiscordSettings(token=SecretStr(TOKEN), api_base_url=discord_api),
        )
        async with _adapters(told) as adapters:
            for number in range(schedules):
                await store.schedules.save(_schedule(number, channels))
            memory = _Memory()
            begun = time.monotonic()
            async with memory.watched():
                await _kept(store, adapters, settings, begun)
            seconds = time.monotonic() - begun
            pipe.send("tell")
            arrived, refused = await asyncio.to_thread(pipe.recv)
            left = await _left(store)
            return _told(arrived, refused, left, seconds, memory)


async def _kept(store: SqlStore, adapters: dict[str, ChatAdapter], settings: ScheduleSettings, begun: float) -> None:
    ids = count(1)
    watch = Watch(
        now=lambda: DUE + timedelta(seconds=time.monotonic() - begun),
        sleep=asyncio.sleep,
        new_id=lambda: f"{begun}-{next(ids)}",
    )
    kinds = Kinds(contents={ScheduleKind.TRENDS: Issues()})
    keeper = Keeper(store, kinds, adapters, watch=watch, settings=settings, on_trouble=_trouble)
    async with asyncio.timeout(_LONGEST_S):
        await keeper.look()
        while await keeper.next_look() != DUE + timedelta(days=1):
            await asyncio.sleep(1)  # what the platform put off waits for its time
            await keeper.look()


async def _trouble(schedule: Schedule, report: str) -> bool:
    raise AssertionError(f"{schedule.id} is in trouble: {schedule.trouble}")


def _schedule(number: int, channels: int) -> Schedule:
    channel = number // 2 % channels
    places = (
        Place(platform="slack", workspace=TEAM, channel=_slack_channel(channel)),
        Place(platform="discord", workspace=GUILD, channel=_discord_channel(channel)),
    )
    return Schedule(
        id=f"d{number:03}",
        place=places[number % 2],
        kind=ScheduleKind.TRENDS,
        when="every day 9:00",
        zone="UTC",
        cursor=DUE - timedelta(minutes=1),
    )


async def _left(store: SqlStore) -> int:
    fires = [fire for each in await store.schedules.all() for fire in await store.schedules.fires(each.id, limit=9)]
    return sum(fire.state is not FireState.POSTED for fire in fires)


def _told(
    arrived: list[tuple[str, str, str, float]], refused: dict[str, int], left: int, seconds: float, memory: _Memory
) -> Took:
    issues = Counter(issue for _, _, issue, _ in arrived)
    moments = defaultdict[tuple[str, str], list[float]](list)
    for platform, channel, _, at in arrived:
        moments[platform, channel].append(at)
    fastest: dict[str, int] = defaultdict(int)
    for (platform, _), times in moments.items():
        within = (sum(begin <= at < begin + 1 for at in times) for begin in times)
        fastest[platform] = max(fastest[platform], *within)
    return Took(
        posted=len(issues),
        twice=sum(times > 1 for times in issues.values()),
        left=left,
        seconds=seconds,
        fastest=dict(fastest),
        refused=refused,
        before_mb=memory.before_mb,
        peak_mb=memory.peak_mb,
        after_mb=_resident_mb(),
    )


class _Memory:
    """What this process has resident, looked at many times."""

    def __init__(self) -> None:
        self.before_mb = self.peak_mb = _resident_mb()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Looks until the end of the block."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _watch(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, _resident_mb())
            await asyncio.sleep(0.1)


def _resident_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def _sources() -> tuple[Citation, ...]:
    document = Document(
        id=DocumentId("prices"), kind=DocumentKind.TREND, language=Language.EN, title="Prices fall", source="prices.md"
    )
    cited = Citation(number=1, document=document, section=("What is happening",), page=None, quote=_SENTENCE)
    return tuple(replace(cited, number=number) for number in range(1, _THEMES + 1))


@asynccontextmanager
async def _adapters(settings: Settings) -> AsyncIterator[dict[str, ChatAdapter]]:
    async with SlackFactory().open(settings) as slack, DiscordFactory().open(settings) as discord:
        listening = asyncio.create_task(discord.listen(_unheard))
        try:
            async with asyncio.timeout(60):
                while not (discord.bot.connected and discord.bot.guilds):
                    await asyncio.sleep(0.05)
            yield {"slack": slack.chat, "discord": discord.chat}
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _unheard(incoming: Any) -> None:
    """Nobody says anything."""


@asynccontextmanager
async def _platforms(channels: int) -> AsyncIterator[tuple[Connection, str, str]]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, channels), daemon=True)
    process.start()
    try:
        slack, discord = await asyncio.to_thread(ours.recv)
        yield ours, slack, discord
    finally:
        process.kill()
        process.join()


def _run(pipe: Connection, channels: int) -> None:
    asyncio.run(_served(pipe, channels))


class _Noted(dict[Any, Any]):
    """Messages, with when each arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[Any, float] = {}

    def __setitem__(self, key: Any, said: Any) -> None:
        super().__setitem__(key, said)
        self.at.setdefault(key, time.monotonic())


async def _served(pipe: Connection, channels: int) -> None:
    async with slack_server() as slack, discord_server() as discord:
        on_slack = slack.workspace.messages = _Noted()
        on_discord = discord.world.messages = _Noted()
        slack.workspace.post_interval_s = SLACK_INTERVAL_S
        discord.buckets.limits["messages"] = DISCORD_BUCKET
        template = next(each for each in discord.world.channels.values() if each["type"] == TEXT)
        for number in range(channels):
            slack.workspace.members[_slack_channel(number)] = {BOT_USER}
            name = _discord_channel(number)
            discord.world.channels[name] = {**template, "id": name, "name": f"c{number}"}
        pipe.send((slack.api, discord.api))
        await asyncio.to_thread(pipe.recv)
        told = [("slack", said.channel, str(said.blocks), on_slack.at[key]) for key, said in on_slack.items()]
        for key, said in on_discord.items():
            told.append(("discord", said.channel, said.content + str(said.embeds), on_discord.at[key]))
        arrived = [(name, where, _issue(text), at) for name, where, text, at in told if _issue(text)]
        pipe.send((arrived, {"slack": slack.workspace.put_off, "discord": discord.buckets.refusals}))
        await asyncio.sleep(_LONGEST_S)


def _issue(text: str) -> str:
    return text.partition("Issue of ")[2][:4]


def _slack_channel(number: int) -> str:
    return f"C0RUSH{number:04}"


def _discord_channel(number: int) -> str:
    return f"8100000000000{number:05}"

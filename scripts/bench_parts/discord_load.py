"""The bot on a Discord of its own, in a process of its own: many mentions, a lost connection, an empty bucket."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from pydantic import SecretStr

from bench_parts.figures import percentiles
from bench_parts.load import InstantAnswers
from bot.chat import ChatAdapter
from bot.discord_app.connection import DiscordFactory
from bot.discord_settings import DiscordSettings
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.running.inquiries import Inquiries
from bot.running.loops import run_served
from bot.running.talking import build_engine
from bot.settings import Settings
from bot.store.opening import open_store
from rag.prompts import load_replies
from rag.resources import data_folder
from tests.doubles.discord.names import ADA, CHANNEL, ME, QUIET, TOKEN
from tests.doubles.discord.server import DiscordServer, discord_server
from tests.doubles.discord.things import Interaction, Said

_BEAT_S = 2.0
_LONGEST_S = 120.0
_PEOPLE = 900


@dataclass(frozen=True)
class Plan:
    """What happens: `mentions` a second for `seconds`, then `commands` at once; `drop` closes the gateway midway."""

    name: str
    mentions: int
    seconds: int
    drop: bool = False
    bucket: tuple[int, float] = (0, 0.0)
    commands: int = 0


PLANS = (
    Plan("100 mentions a second for 10 s", 100, 10),
    Plan("the same, closed with 4000 midway", 100, 10, drop=True),
    Plan(
        "40 mentions at once in two channels, 5 messages in 5 s each; 10 commands", 40, 1, bucket=(5, 5.0), commands=10
    ),
)


async def measure(home: Path, plan: Plan) -> dict[str, object]:
    """The figures of one plan."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    world = context.Process(target=_run, args=(theirs, plan), daemon=True)
    world.start()
    try:
        api = await asyncio.to_thread(ours.recv)
        bot = asyncio.create_task(_bot(home, api))
        told = asyncio.create_task(asyncio.to_thread(ours.recv))
        await asyncio.wait({bot, told}, return_when=asyncio.FIRST_COMPLETED)
        if bot.done():
            bot.result()
        figures = await told
        bot.cancel()
        await asyncio.gather(bot, return_exceptions=True)
        return {"plan": plan.name, **figures}
    finally:
        world.kill()
        world.join()


async def _bot(home: Path, api: str) -> None:
    """The real engine, store and adapter."""
    engine_settings = EngineSettings(channel_per_minute=100_000, channel_burst=10_000)
    discord = DiscordSettings(token=SecretStr(TOKEN), api_base_url=api)
    settings = Settings(home=home, discord=discord, engine=engine_settings)
    replies = load_replies(data_folder("prompts"))
    unseen = {"digests": None, "quoting": None, "likeness": None, "questions": None}
    rag = SimpleNamespace(
        answers=InstantAnswers(), catalogue=None, retriever=None, home=home, replies=replies, **unseen
    )
    adapters: dict[str, ChatAdapter] = {}
    async with open_store(None, home=home) as store, DiscordFactory().open(settings) as connection:
        adapters["discord"] = connection.chat
        engine = build_engine(
            store, cast("Any", rag), adapters=adapters, settings=engine_settings, metrics=Metrics(version="bench")
        )
        connection.settle_in(Inquiries(engine, store.settings))
        async with asyncio.TaskGroup() as group:
            group.create_task(engine.run())
            group.create_task(connection.listen(engine.receive))


def _run(pipe: Connection, plan: Plan) -> None:
    run_served(_world(pipe, plan))


async def _world(pipe: Connection, plan: Plan) -> None:
    async with discord_server(interval_s=_BEAT_S) as discord:
        if plan.bucket[0]:
            discord.buckets.limits["messages"] = plan.bucket
        discord.world.denied[QUIET] = {"threads"}
        pipe.send(discord.api)
        await discord.gateway.ready()
        await asyncio.sleep(1)
        said, used = await _act(discord, plan)
        begun = time.perf_counter()
        while not _all_told(discord, said, used) and time.perf_counter() - begun < _LONGEST_S:  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # what is waited for happens in another process
        pipe.send(_figures(discord, said, used))
        await asyncio.sleep(_LONGEST_S)


async def _act(discord: DiscordServer, plan: Plan) -> tuple[list[Said], list[Interaction]]:
    """What people do, at a steady rate; in a plan with a bucket at once, where no thread may be opened."""
    said: list[Said] = []
    begun, total = time.perf_counter(), plan.mentions * plan.seconds
    channels = (QUIET, CHANNEL) if plan.bucket[0] else (CHANNEL,)
    if plan.bucket[0]:
        discord.world.denied[CHANNEL] = {"threads"}
    for number in range(total):
        person = str(int(ADA) + 100 + number % _PEOPLE)
        discord.world.names[person] = f"P{number % _PEOPLE}"
        said.append(discord.people.say(person, channels[number % len(channels)], f"<@{ME}> what is moat {number}?"))
        if plan.drop and number == total // 2:
            await discord.gateway.close(4000)
        if not plan.bucket[0]:
            await asyncio.sleep(max(0.0, begun + (number + 1) / plan.mentions - time.perf_counter()))
    used = [
        discord.people.command(str(int(ADA) + 2_000 + number), CHANNEL, "ask", question=f"what is moat {number}?")
        for number in range(plan.commands)
    ]
    return said, used


def _answers(discord: DiscordServer) -> dict[str, list[Said]]:
    """The bot's messages by the message that each belongs to: its thread's, or the one that it answers."""
    found: dict[str, list[Said]] = {}
    for own in discord.world.own():
        key = own.channel if own.channel not in {CHANNEL, QUIET} else str((own.reference or {}).get("message_id"))
        found.setdefault(key, []).append(own)
    return found


def _all_told(discord: DiscordServer, said: list[Said], used: list[Interaction]) -> bool:
    answers = _answers(discord)
    mentions = all(any(own.finished for own in answers.get(each.id, ())) for each in said)
    return mentions and all(map(_is_answered, used))


def _is_answered(used: Interaction) -> bool:
    return used.original is not None and used.original.finished


def _figures(discord: DiscordServer, said: list[Said], used: list[Interaction]) -> dict[str, object]:
    answers = _answers(discord)
    texts = {each.id: [own.content for own in answers.get(each.id, ())] for each in said}
    answered = [key for key, own in texts.items() if any("You asked" in text for text in own)]
    twice = [key for key, own in texts.items() if sum("You asked" in text for text in own) > 1]
    told = [key for key, own in texts.items() if own and key not in answered]
    waited = [_seconds(answers[key][0].id, key) for key in answered]
    return {
        "mentions": len(said),
        "answered": len(answered),
        "told busy": len(told),
        "neither": len(said) - len(answered) - len(told),
        "answered twice": len(twice),
        "commands answered": f"{sum(map(_is_answered, used))} of {len(used)}",
        "first response of a command, longest": f"{_first(used):.2f} s",
        "answer after": ", ".join(f"{name} {ms}" for name, ms in percentiles(waited).items()),
        "heartbeat, longest gap": f"{discord.gateway.latest_beat_s:.2f} s of {_BEAT_S:.2f}",
        "sessions begun, resumed": f"{len(discord.gateway.identified)}, {len(discord.gateway.resumed)}",
        "refused by the rate limit": discord.buckets.refusals,
    }


def _first(used: list[Interaction]) -> float:
    """The time until the last command had its first response."""
    return max((each.responded - each.began for each in used), default=0.0)


def _seconds(later: str, earlier: str) -> float:
    """The time between two snowflakes."""
    return ((int(later) >> 22) - (int(earlier) >> 22)) / 1000

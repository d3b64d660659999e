"""Answers whose headers are others than Discord's, as those of whatever stands in for it, or before it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.errors import DeliveryFailed
from bot.replies import Reply
from tests.doubles.discord.names import ADA, CHANNEL, ME
from tests.doubles.discord.server import Fault, discord_server

from .offices import office
from .opened import channel, signed_in


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"]
)
async def test_questions_are_answered_where_json_tells_its_encoding(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_server() as discord:
        discord.headers = {"Content-Type": kind}
        async with office(tmp_path, discord=discord) as bot:
            discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
            (answer,) = await bot.answers()
            discord.people.command(ADA, CHANNEL, "help")
            told, *_ = await bot.whispers()
            discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?")
            await bot.answers(2)
            await bot.engine.settled()
    assert "much is known" in answer.content
    assert "/advisor" in told.content
    assert [each.message for each in caplog.records if each.levelno > logging.WARNING or "failed" in each.message] == []


async def test_limits_that_do_not_tell_through_whom_they_came_lose_no_answer(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.headers = {"Via": None}
        async with office(tmp_path, discord=discord) as bot:
            for path in ("/threads", "/messages", "/typing"):
                discord.faults.append(Fault("POST", path, 429, headers={"Retry-After": "0.1"}))
            said = discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
            (answer,) = await bot.answers()
    assert (answer.channel, discord.faults) == (said.id, [])
    assert "much is known" in answer.content


@pytest.mark.parametrize("name", ["Retry-After", "X-RateLimit-Reset-After"])
async def test_limit_is_waited_for_as_long_as_its_headers_say(name: str, tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.headers = {"Via": None}
        discord.faults.append(Fault("POST", "/messages", 429, headers={name: "7.25"}))
        with pytest.raises(DeliveryFailed) as failure:
            await connection.chat.post(channel(), Reply(text="A"), nonce="n")
    assert failure.value.retry_after_s == 7.25

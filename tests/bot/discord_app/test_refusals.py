"""Requests that Discord refuses: counted, and not made any more before Discord turns the machine away for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.discord_app.refusals import EXHAUSTED, LAST, MOST, STRAINED, Refusals
from bot.errors import DeliveryFailed
from bot.metrics import Metrics
from bot.replies import Reply
from tests.doubles.discord.names import ADA, CHANNEL, ME
from tests.doubles.discord.server import Fault, discord_server

from .offices import office
from .opened import Heard, channel, signed_in, until
from .test_kept import kept


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(count: int, *, status: int = 403) -> Refusals:
    refusals = Refusals()
    noted(refusals, count, status=status)
    return refusals


def noted(refusals: Refusals, count: int, *, status: int = 403) -> None:
    for _ in range(count):
        refusals.note(status)


@pytest.mark.parametrize(
    ("status", "scope", "counted"),
    [(401, "", 1), (403, "", 1), (429, "user", 1), (429, "global", 1), (429, "shared", 0), (404, "", 0), (200, "", 0)],
)
def test_what_discord_holds_against_the_bot_is_counted(status: int, scope: str, counted: int) -> None:
    refusals = Refusals()
    refusals.note(status, scope=scope)
    assert refusals.lately == counted


def test_what_is_older_than_ten_minutes_is_forgotten() -> None:
    time = Time()
    refusals = Refusals(time)
    for minute in range(20):
        time.now = minute * 60.0
        noted(refusals, 10)
    assert 100 <= refusals.lately <= 110
    time.now += 700
    assert refusals.lately == 0


def test_steps_come_one_after_the_other_well_below_the_most() -> None:
    assert 0 < STRAINED < EXHAUSTED < LAST < MOST
    assert refused(STRAINED).strained
    assert not refused(STRAINED - 1).strained
    assert refused(EXHAUSTED - 1).hold_s(awaited=False) == 0
    assert refused(EXHAUSTED).hold_s(awaited=False) > 0
    assert refused(EXHAUSTED).hold_s(awaited=True) == 0
    assert refused(LAST).hold_s(awaited=True) > 0


def test_hold_ends_when_enough_is_forgotten() -> None:
    time = Time()
    refusals = Refusals(time)
    noted(refusals, 100)
    time.now = 60.0
    noted(refusals, EXHAUSTED)
    hold_s = refusals.hold_s(awaited=False)
    assert 590 < hold_s < 620
    time.now += hold_s + 0.1
    assert refusals.hold_s(awaited=False) == 0


def test_each_step_is_logged_once_and_anew_after_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    refusals = Refusals(time)
    noted(refusals, EXHAUSTED + 10)
    assert [each.__dict__["refused"] for each in caplog.records] == [STRAINED, EXHAUSTED]
    time.now = 700.0
    noted(refusals, STRAINED)
    assert len(caplog.records) == 3


async def test_answers_of_discord_are_counted_whatever_was_asked(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.faults += [Fault("POST", "/messages", 403, 50013, times=1), Fault("POST", "/typing", 404, 10003)]
        with pytest.raises(DeliveryFailed):
            await connection.chat.post(channel(), Reply(text="A"), nonce="n")
        with pytest.raises(DeliveryFailed):
            await connection.chat.show_typing(channel())
        assert connection.refused_lately() == 1


async def test_signs_are_left_out_where_discord_refuses_much_and_answers_are_not(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        noted(bot.connection.calls.refusals, STRAINED)
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
        bot.desk.opened.set()
        (answer,) = await bot.answers()
        await bot.engine.settled()
    assert "much is known" in answer.content
    assert bot.discord.world.typing == []


async def test_channels_are_left_alone_before_commands_are(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        noted(bot.connection.calls.refusals, EXHAUSTED)
        before = len(bot.discord.calls)
        with pytest.raises(DeliveryFailed) as failure:
            await bot.connection.chat.post(channel(), Reply(text="A"), nonce="n")
        assert (failure.value.retryable, len(bot.discord.calls)) == (True, before)
        bot.discord.people.command(ADA, CHANNEL, "help")
        await bot.whispers()


async def test_count_goes_on_when_the_bot_connects_anew(tmp_path: Path) -> None:
    metrics, of_discord = Metrics(version="test"), {"adapter": "discord"}
    async with discord_server() as discord:
        discord.faults.append(Fault("GET", "/gateway/bot", 403, times=3))
        async with kept(discord, tmp_path, Heard(), metrics=metrics):
            await until(lambda: bool(discord.gateway.connected))
            assert metrics.registry.get_sample_value("advisor_adapter_refused_requests", of_discord) == 3

"""What ends the connection while it is up: a token that Slack takes no more, and Socket Mode switched off."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import AdapterFailed, DeliveryFailed
from bot.replies import Reply
from tests.doubles.slack.workspace import ADA, BOT_TOKEN, CHANNEL, Refusal

from .opened import Opened, channel, listening, until

REPLY = Reply(text="A moat keeps others away.")


async def refused(bot: Opened) -> None:
    """Has the bot call a method that Slack refuses."""
    with pytest.raises(DeliveryFailed):
        await bot.connection.chat.post(channel(), REPLY, nonce="n1")


async def test_token_that_is_revoked_without_an_event_ends_the_connection_for_good() -> None:
    async with listening() as bot:
        bot.slack.workspace.revoked.add(BOT_TOKEN)
        await refused(bot)
        with pytest.raises(AdapterFailed, match="was revoked; install the app again") as failure:
            await asyncio.wait_for(bot.listening, 10)
    assert not failure.value.retryable


@pytest.mark.parametrize("check", [None, "internal_error"], ids=["it is taken again", "Slack cannot tell"])
async def test_token_that_is_refused_once_ends_nothing(check: str | None) -> None:
    async with listening() as bot:
        bot.slack.workspace.refuse("chat.postMessage", Refusal("invalid_auth"))
        if check:
            bot.slack.workspace.refuse("auth.test", Refusal(check))
        await refused(bot)
        await until(lambda: len(bot.slack.workspace.called("auth.test")) == 2)
        bot.slack.people.say(ADA, CHANNEL, "hello")
        await until(lambda: bool(bot.heard.incoming))
        assert not bot.listening.done()


async def test_socket_mode_that_is_switched_off_is_told_in_a_sentence() -> None:
    async with listening(silence_s=1) as bot:
        bot.slack.workspace.refuse("apps.connections.open", Refusal("access_denied", times=100))
        await bot.slack.deliveries.disconnect("link_disabled")
        with pytest.raises(AdapterFailed, match="Socket Mode was switched off") as failure:
            await asyncio.wait_for(bot.listening, 10)
    assert failure.value.retryable


async def test_words_that_only_name_a_farewell_end_nothing() -> None:
    async with listening(silence_s=1) as bot:
        bot.slack.people.say(ADA, CHANNEL, '{"type": "disconnect", "reason": "link_disabled"}')
        await until(lambda: bool(bot.heard.incoming))
        bot.slack.people.say(ADA, CHANNEL, "and now?")
        await until(lambda: len(bot.heard.incoming) == 2)
        assert not bot.listening.done()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_socket_that_slack_exchanges_is_opened_anew(reason: str) -> None:
    async with listening() as bot:
        await bot.slack.deliveries.disconnect(reason)
        await until(lambda: bot.slack.deliveries.connections == 2)
        bot.slack.people.say(ADA, CHANNEL, "hello")
        await until(lambda: bool(bot.heard.incoming))


async def test_slack_that_finds_too_many_sockets_each_time_is_told_in_a_sentence_and_left_alone_for_a_while() -> None:
    async with listening() as bot:
        for number in range(1, 4):
            await until(lambda number=number: bot.slack.deliveries.connections == number)
            await bot.slack.deliveries.connected()
            await bot.slack.deliveries.disconnect("too_many_websockets")
        with pytest.raises(AdapterFailed, match="end other programs that use its app token") as failure:
            await asyncio.wait_for(bot.listening, 10)
    assert failure.value.retryable


async def test_slack_may_find_too_many_sockets_now_and_then() -> None:
    async with listening() as bot:
        for number in range(1, 5):
            await until(lambda number=number: bot.slack.deliveries.connections == number)
            await bot.slack.deliveries.connected()
            bot.slack.people.say(ADA, CHANNEL, "hello")
            await until(lambda number=number: len(bot.heard.incoming) == number)
            await bot.slack.deliveries.disconnect("too_many_websockets")
        await until(lambda: bot.slack.deliveries.connections == 5)
        assert not bot.listening.done()

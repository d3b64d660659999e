"""What people do on Slack reaches the engine once, and is acknowledged when it was taken in and not before."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.chat import Address, CommandCall, Incoming, Message, PlaceKind, Standing
from bot.errors import AdapterFailed, StoreFailed
from bot.records import Outcome, Receipt
from tests.doubles.slack.server import SlackServer
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, DM, GUEST, STRANGER

from .opened import Heard, listening, until

ASKED = f"<@{BOT_USER}> what is a moat?"


async def test_mention_comes_as_two_events_of_one_message() -> None:
    async with listening() as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKED)
        await until(lambda: len(bot.heard.incoming) == 2)
    first, second = bot.heard.incoming
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert {first.message_id, second.message_id} == {said.ts}
    assert first.event_id != second.event_id
    assert (first.text, first.address, first.person.name) == ("what is a moat?", Address.MENTION, "Ada")
    assert (first.place.thread, first.place.kind) == (said.ts, PlaceKind.THREAD)


async def test_event_that_the_store_did_not_take_is_not_acknowledged_and_comes_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard = Heard(fail=[StoreFailed("the disk is full")])
    async with listening(heard=heard, ack_s=0.2) as bot:
        bot.slack.people.say(ADA, DM, "what is a moat?")
        (delivery,) = bot.slack.deliveries.all
        await asyncio.wait_for(delivery.done.wait(), 10)
    assert (delivery.attempts, delivery.acknowledged) == (2, True)
    assert len(heard.incoming) == 1


async def test_what_does_not_concern_the_bot_is_acknowledged_and_let_pass() -> None:
    async with listening() as bot:
        delivery = bot.slack.people.event({"type": "reaction_added", "user": ADA, "reaction": "eyes", "item": {}})
        strange = bot.slack.people.event({"type": "message", "channel": CHANNEL})
        for each in (delivery, strange):
            await asyncio.wait_for(each.done.wait(), 10)
    assert delivery.acknowledged
    assert strange.acknowledged
    assert bot.heard.incoming == []


async def test_own_messages_are_let_pass() -> None:
    async with listening() as bot:
        said = bot.slack.people.say(BOT_USER, CHANNEL, "an answer", bot_id="B0ADVISOR")
        await asyncio.wait_for(bot.slack.people.edit(said, "a longer answer").done.wait(), 10)
        await until(lambda: all(each.done.is_set() for each in bot.slack.deliveries.all))
    assert bot.heard.incoming == []
    assert all(each.acknowledged for each in bot.slack.deliveries.all)


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        pytest.param(ADA, Standing.MEMBER, id="member"),
        pytest.param(GUEST, Standing.GUEST, id="guest"),
        pytest.param(STRANGER, Standing.STRANGER, id="of another organisation"),
    ],
)
async def test_standing_is_what_the_workspace_says(user: str, standing: Standing) -> None:
    async with listening() as bot:
        bot.slack.people.say(user, CHANNEL, ASKED)
        await until(lambda: bool(bot.heard.incoming))
    (message, *_) = bot.heard.incoming
    assert isinstance(message, Message)
    assert message.person.standing is standing


async def test_person_of_whom_slack_tells_nothing_counts_as_guest() -> None:
    def forget(slack: SlackServer) -> None:
        slack.workspace.users.pop(BOB)

    async with listening(forget) as bot:
        bot.slack.people.say(BOB, CHANNEL, ASKED)
        await until(lambda: bool(bot.heard.incoming))
    (message, *_) = bot.heard.incoming
    assert isinstance(message, Message)
    assert message.person.standing is Standing.GUEST


async def test_person_is_asked_for_once() -> None:
    async with listening() as bot:
        for _ in range(5):
            bot.slack.people.say(ADA, CHANNEL, ASKED)
        await until(lambda: len(bot.heard.incoming) == 10)
        assert len(bot.slack.workspace.called("users.info")) == 1


async def test_command_is_acknowledged_without_a_word() -> None:
    async with listening() as bot:
        delivery = bot.slack.people.command(BOB, CHANNEL, "问 什么是护城河？")
        await asyncio.wait_for(delivery.done.wait(), 10)
    (call,) = bot.heard.incoming
    assert isinstance(call, CommandCall)
    assert (call.name, call.text, call.locale) == ("问", "什么是护城河？", "zh-CN")
    assert delivery.acknowledged
    assert not delivery.answer


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"type": "tokens_revoked", "tokens": {"bot": ["U0ADVISOR"], "oauth": []}}, id="token"),
        pytest.param({"type": "app_uninstalled"}, id="app"),
    ],
)
async def test_farewell_ends_the_connection_for_good(event: dict[str, Any]) -> None:
    async with listening() as bot:
        bot.slack.people.event(event)
        with pytest.raises(AdapterFailed) as failure:
            await asyncio.wait_for(bot.listening, 10)
    assert not failure.value.retryable
    assert "again and set its new token" in str(failure.value)


async def test_token_that_a_person_withdraws_ends_nothing() -> None:
    async with listening() as bot:
        delivery = bot.slack.people.event({"type": "tokens_revoked", "tokens": {"oauth": ["U0ADA"]}})
        await asyncio.wait_for(delivery.done.wait(), 10)
        bot.slack.people.say(ADA, CHANNEL, "hello")
        await until(lambda: bool(bot.heard.incoming))
        assert not bot.listening.done()


async def test_second_event_of_a_message_that_was_let_in_is_not_looked_at() -> None:
    heard = Heard(receipt=Receipt(outcome=Outcome.ACCEPTED))
    async with listening(heard=heard) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, "what is a moat?")
        await until(lambda: bool(heard.incoming))
        again = bot.slack.people.tell_of(said)
        await asyncio.wait_for(again.done.wait(), 10)
        assert again.acknowledged
    assert len(heard.incoming) == 1


async def test_second_event_of_a_message_that_was_let_pass_may_show_that_it_was_meant() -> None:
    async with listening() as bot:
        said = bot.slack.people.say(ADA, CHANNEL, "what is a moat?")
        await until(lambda: bool(bot.heard.incoming))
        bot.slack.people.tell_of(said)
        await until(lambda: len(bot.heard.incoming) == 2)


async def test_events_of_one_message_that_come_together_are_taken_in_one_after_the_other() -> None:
    class Slow(Heard):
        """Takes its time, so that the second event comes while the first is under way."""

        async def receive(self, incoming: Incoming) -> Receipt:
            receipt = await super().receive(incoming)
            await let_go.wait()
            return receipt

    let_go, heard = asyncio.Event(), Slow(receipt=Receipt(outcome=Outcome.ACCEPTED))
    async with listening(heard=heard) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await until(lambda: bool(heard.incoming))
        first, second = bot.slack.deliveries.all
        let_go.set()
        for each in (first, second):
            await asyncio.wait_for(each.done.wait(), 10)
        assert first.acknowledged
        assert second.acknowledged
    assert len(heard.incoming) == 1

"""Discord's deadlines and limits: nothing waits without end, and nobody is left looking at "thinking"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.chat import MessageRef
from bot.discord_app.posting import nonce_of
from bot.discord_app.slot import TOKEN_S
from bot.errors import DeliveryFailed, StoreFailed
from bot.records import Outcome, Receipt
from bot.replies import File, Reply, Visibility
from tests.bot.discord_app.opened import Heard, Opened, channel, listening, signed_in, until
from tests.doubles.discord.names import ADA, CHANNEL, DM, ME
from tests.doubles.discord.server import Fault

TAKEN = Receipt(outcome=Outcome.ACCEPTED, question_id="q")


@asynccontextmanager
async def asked(home: Path, **changes: object) -> AsyncIterator[Opened]:
    """The bot with a question by a command that nobody has answered yet."""
    async with listening(home, heard=Heard(receipt=TAKEN), **changes) as bot:
        bot.discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?")
        await bot.heard.count(1)
        yield bot


async def test_answer_is_put_off_before_anything_else(tmp_path: Path) -> None:
    held = asyncio.Event()

    class Slow(Heard):
        async def receive(self, incoming: object) -> Receipt:
            await held.wait()
            return TAKEN

    async with listening(tmp_path, heard=Slow()) as bot:
        used = bot.discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?")
        await until(lambda: bool(used.responses))
        held.set()
    assert used.responses[0]["type"] == 5
    assert not used.responses[0].get("data")


async def test_handler_that_takes_long_is_put_off_for_the_person_alone(tmp_path: Path) -> None:
    class Never(Heard):
        async def receive(self, incoming: object) -> Receipt:
            return await asyncio.get_running_loop().create_future()

    async with listening(tmp_path, heard=Never()) as bot:
        used = bot.discord.people.command(ADA, CHANNEL, "help")
        await until(lambda: bool(used.responses))
        waited = bot.discord.world.clock() - used.began
    assert used.responses[0] == {"type": 5, "data": {"flags": 64}}
    assert waited < 3


async def test_private_line_after_a_public_sign_is_private(tmp_path: Path) -> None:
    async with asked(tmp_path) as bot:
        (call,) = bot.heard.incoming
        busy = Reply(text="busy", visibility=Visibility.ASIDE)
        await bot.connection.chat.whisper(call.place, call.person, busy)  # type: ignore[union-attr]
        (whisper,) = bot.discord.world.whispers()
        assert bot.discord.world.own() == []
    assert (whisper.person, whisper.content) == (ADA, "busy")


async def test_answer_after_fourteen_minutes_is_a_message_of_its_own(tmp_path: Path) -> None:
    async with asked(tmp_path) as bot:
        (call,) = bot.heard.incoming
        slot = bot.connection.office.slots.of_message(call.place.thread)
        assert slot is not None
        slot._ends -= TOKEN_S
        message = await bot.connection.chat.post(call.place, Reply(text="at last"), nonce="n")
        await bot.connection.chat.edit(message, Reply(text="at long last"))
        said = bot.discord.world.messages[message.id]
    assert (said.channel, said.content) == (CHANNEL, "at long last")
    assert said.reference == {"message_id": call.place.thread}


async def test_person_is_told_when_the_answer_takes_longer_than_discord_waits(tmp_path: Path) -> None:
    async with listening(tmp_path, heard=Heard(receipt=TAKEN)) as bot:
        waited: list[float] = []

        async def at_once(seconds: float) -> None:
            waited.append(seconds)

        bot.connection.office.attendant._sleep = at_once
        used = bot.discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?", locale="zh-CN")
        await until(lambda: used.original is not None and bool(used.original.content))
    assert used.original is not None
    assert "稍后" in used.original.content or "随后" in used.original.content
    assert 13 * 60 < waited[0] <= 14 * 60


async def test_command_that_nobody_answers_is_not_left_thinking(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:

        async def at_once(_: float) -> None:
            return

        bot.connection.office.attendant._sleep = at_once
        bot.discord.people.command(ADA, CHANNEL, "help")
        await until(lambda: bool(bot.discord.world.whispers()))
        (whisper,) = bot.discord.world.whispers()
    assert "try again" in whisper.content


async def test_call_that_hangs_is_given_up_and_goes_on(tmp_path: Path) -> None:
    async with signed_in(tmp_path, call_s=0.1) as (discord, connection):
        discord.held = asyncio.Event()
        with pytest.raises(DeliveryFailed, match="keeps the bot waiting") as failure:
            await connection.chat.post(channel(), Reply(text="A"), nonce="n")
        assert failure.value.retryable
        again = asyncio.create_task(connection.chat.post(channel(), Reply(text="A"), nonce="n"))
        await asyncio.sleep(0)
        discord.held.set()
        await again
    assert [said.content for said in discord.world.own()] == ["A"]


async def test_message_that_arrived_though_its_answer_got_lost_is_posted_once(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.faults.append(Fault("POST", "/messages", 503, after=True))
        with pytest.raises(DeliveryFailed) as failure:
            await connection.chat.post(channel(), Reply(text="first"), nonce="n")
        message = await connection.chat.post(channel(), Reply(text="second"), nonce="n")
    assert failure.value.retryable
    (said,) = discord.world.own()
    assert (said.id, said.content) == (message.id, "second")


async def test_empty_bucket_is_waited_for_and_loses_nothing(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.buckets.limits["messages"] = (5, 0.2)
        replies = [connection.chat.post(channel(), Reply(text=str(n)), nonce=str(n)) for n in range(12)]
        await asyncio.gather(*replies)
    assert sorted(int(said.content) for said in discord.world.own()) == list(range(12))


async def test_growth_gives_way_in_a_crowded_channel_and_a_last_state_does_not(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        message = await connection.chat.post(channel(), Reply(text="A", status="Writing …"), nonce="n")
        discord.held = asyncio.Event()
        crowd = [asyncio.create_task(connection.chat.post(channel(), Reply(text="x"), nonce=str(n))) for n in range(3)]
        await until(lambda: connection.calls.waiting(CHANNEL) == 3)
        with pytest.raises(DeliveryFailed) as failure:
            await connection.chat.edit(message, Reply(text="AB", status="Writing …"))
        last = asyncio.create_task(connection.chat.edit(message, Reply(text="ABC")))
        await asyncio.sleep(0)
        discord.held.set()
        await asyncio.gather(*crowd, last)
    assert failure.value.retry_after_s is not None
    assert discord.world.messages[message.id].content == "ABC"


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [
        pytest.param(Fault("PATCH", "/messages", 429, 30046), False, id="old message"),
        pytest.param(Fault("PATCH", "/messages", 404, 10008), False, id="message that is gone"),
        pytest.param(Fault("PATCH", "/messages", 403, 50013), False, id="no permission"),
        pytest.param(Fault("PATCH", "/messages", 503, 0), True, id="outage"),
    ],
)
async def test_edit_that_fails_tells_whether_to_try_again(fault: Fault, retryable: bool, tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        message = await connection.chat.post(channel(), Reply(text="A"), nonce="n")
        discord.faults.append(fault)
        with pytest.raises(DeliveryFailed) as failure:
            await connection.chat.edit(message, Reply(text="B"))
    assert failure.value.retryable is retryable


async def test_event_that_the_store_did_not_take_is_handed_over_again(tmp_path: Path) -> None:
    heard = Heard(fail=[StoreFailed("locked"), StoreFailed("locked")])
    async with listening(tmp_path, heard=heard) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
        await bot.heard.count(1)


async def test_answer_goes_to_the_channel_where_its_thread_was_taken_away(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
        place, chat = channel(thread=said.id), bot.connection.chat
        await chat.post(place, Reply(text="A"), nonce="1", reply_to=said.id)
        await until(lambda: bot.connection.bot.get_channel(int(said.id)) is not None)
        gone = bot.discord.world.channels.pop(said.id)
        bot.discord.gateway.tell_raw("THREAD_DELETE", gone)
        await until(lambda: bot.connection.bot.get_channel(int(said.id)) is None)
        message = await chat.post(place, Reply(text="B"), nonce="2", reply_to=said.id)
    assert bot.discord.world.messages[message.id].channel == CHANNEL


async def test_message_that_is_gone_is_taken_away_without_an_error(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (_, connection):
        await connection.chat.delete(MessageRef(place=channel(), id="700000000000000001"))


async def test_file_goes_along_and_can_be_fetched_back(tmp_path: Path) -> None:
    from bot.chat import Attachment

    async with signed_in(tmp_path) as (discord, connection):
        reply = Reply(text="", files=(File(name="answer.md", content="全部".encode()),))
        message = await connection.chat.post(channel(), reply, nonce="n")
        await connection.chat.edit(message, reply)
        (sent,) = discord.world.messages[message.id].attachments
        attachment = Attachment(name=sent["filename"], size=sent["size"], reference=sent["url"])
        assert (await connection.chat.fetch(attachment, limit_bytes=100)).decode() == "全部"
        with pytest.raises(DeliveryFailed, match="4 are allowed"):
            await connection.chat.fetch(attachment, limit_bytes=4)
        elsewhere = Attachment(name="x", size=1, reference="http://127.0.0.1:1/x")
        with pytest.raises(DeliveryFailed, match="does not lie with Discord"):
            await connection.chat.fetch(elsewhere, limit_bytes=9)


async def test_history_is_told_from_the_oldest_on(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        for text in ("one", "two", "three"):
            bot.discord.people.say(ADA, DM, text)
        await bot.connection.chat.post(channel(DM), Reply(text="four"), nonce="n")
        said = await bot.connection.chat.history(channel(DM), limit=3)
    assert [(each.text, each.own) for each in said] == [("two", False), ("three", False), ("four", True)]


def test_nonce_is_short_and_the_same_for_the_same_message() -> None:
    assert nonce_of("0" * 32) == nonce_of("0" * 32) != nonce_of("1" * 32)
    assert len(nonce_of("0" * 32)) <= 25

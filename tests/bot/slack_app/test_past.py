"""What was said in long threads, and in those of which Slack tells little at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat import Place
from bot.errors import DeliveryFailed
from bot.replies import Reply
from tests.doubles.slack.server import SlackServer
from tests.doubles.slack.workspace import BOB, BOT_USER, CHANNEL, Refusal, Said, markdown_of

from .office import office
from .opened import channel, signed_in

REPLY = Reply(text="A moat keeps others away.")
LONG = 2_300


def thread(slack: SlackServer, lines: int) -> Place:
    """A thread in which much was said."""
    root = slack.workspace.next_ts()
    for number in range(lines):
        ts = slack.workspace.next_ts() if number else root
        said = Said(channel=CHANNEL, ts=ts, user=BOB, text=f"line {number}", thread_ts=root if number else "")
        slack.workspace.messages[CHANNEL, ts] = said
    return channel(thread=root)


async def test_last_messages_of_a_thread_are_told_however_long_it_is() -> None:
    async with signed_in() as (slack, bot):
        place = thread(slack, LONG)
        said = await bot.chat.history(place, limit=2)
    assert [each.text for each in said] == [f"line {LONG - 2}", f"line {LONG - 1}"]


async def test_message_is_found_at_the_end_of_a_long_thread() -> None:
    async with signed_in() as (slack, bot):
        place = thread(slack, LONG)
        message = await bot.chat.post(place, REPLY, nonce="n1")
        assert await bot.chat.find_posted(place, "n1") == message


async def test_thread_that_is_told_too_slowly_or_is_endless_is_not_read_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with signed_in() as (slack, bot):
        monkeypatch.setattr("bot.slack_app.past._LONG_PAGES", 2)
        with pytest.raises(DeliveryFailed, match="longer than 2000"):
            await bot.chat.history(thread(slack, LONG), limit=2)
        monkeypatch.setattr("bot.slack_app.past._PATIENCE_S", 0.1)
        slack.workspace.refuse("conversations.replies", Refusal("ratelimited", status=429, retry_after=60))
        with pytest.raises(DeliveryFailed, match="too slowly"):
            await bot.chat.history(thread(slack, 3), limit=2)


async def test_who_asks_in_a_thread_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        root = Said(channel=CHANNEL, ts=bot.slack.workspace.next_ts(), user=BOB, text="我们该怎么定价？")
        bot.slack.workspace.messages[CHANNEL, root.ts] = root
        bot.slack.workspace.refuse("conversations.replies", Refusal("missing_scope"))
        bot.slack.people.say(BOB, CHANNEL, f"<@{BOT_USER}> 什么是护城河？", thread=root.ts)
        (whisper,) = await bot.whispers()
        await bot.answers()
    assert markdown_of(whisper["blocks"]).startswith("我没能读全这个话题里之前的内容")

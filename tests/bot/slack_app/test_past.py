"""What was said in long threads, and in those of which Slack tells little at a time."""

from __future__ import annotations

import pytest

from bot.chat import Place
from bot.replies import Reply
from tests.doubles.slack.server import SlackServer
from tests.doubles.slack.workspace import BOB, CHANNEL, Refusal, Said

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


async def test_thread_that_is_told_too_slowly_is_read_in_part(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with signed_in() as (slack, bot):
        place = thread(slack, 3)
        monkeypatch.setattr("bot.slack_app.past._PATIENCE_S", 0.1)
        slack.workspace.refuse("conversations.replies", Refusal("ratelimited", status=429, retry_after=60))
        assert await bot.chat.history(place, limit=2) == ()
    assert "history_in_part" in caplog.text

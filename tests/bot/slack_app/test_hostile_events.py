"""Events that come late, early, in other forms or several times: each question is answered once, and nothing breaks."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, Said, markdown_of

from .office import ASKED, Office, office

FILE = {"id": "F1", "mode": "file_access", "file_access": "check_file_info", "created": 1, "timestamp": 1}


def written(bot: Office, text: str = ASKED, **more: Any) -> dict[str, Any]:
    """A message that is in the channel, as an event tells of it; nobody has told of it so far."""
    said = Said(channel=CHANNEL, ts=bot.slack.workspace.next_ts(), user=ADA, text=text)
    said.thread_ts = more.get("thread_ts", "")
    bot.slack.workspace.messages[CHANNEL, said.ts] = said
    where = {"channel": CHANNEL, "channel_type": "channel", "event_ts": said.ts}
    return {**said.shown(), **where, **more}


async def told(bot: Office, *events: dict[str, Any]) -> None:
    """Hands events over one after the other; each has to be acknowledged."""
    for event in events:
        delivery = bot.slack.people.event(event)
        await asyncio.wait_for(delivery.done.wait(), 30)
        assert delivery.acknowledged
    await bot.engine.settled()


@pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast", "me_message"])
@pytest.mark.parametrize("order", list(itertools.permutations([0, 1])), ids=["message first", "mention first"])
async def test_mention_in_every_form_is_answered_once(
    tmp_path: Path, subtype: str | None, order: tuple[int, int]
) -> None:
    async with office(tmp_path) as bot:
        root = written(bot, "a thread of people")
        more = {"thread_ts": root["ts"]} if subtype == "thread_broadcast" else {}
        said = written(bot, **more)
        message = {**said, **({"subtype": subtype} if subtype else {})}
        both = (message, {**said, "type": "app_mention"})
        await told(bot, *(both[number] for number in order))
        (answer,) = await bot.answers()
    assert "much is known" in markdown_of(answer.blocks)
    assert answer.thread_ts == (root["ts"] if more else said["ts"])


async def test_event_that_comes_five_times_at_once_is_answered_once(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = written(bot)
        envelope = {"type": "event_callback", "team_id": "T0HOME", "event_id": "Ev-same", "event": said}
        deliveries = [bot.slack.deliveries.hand_over("events_api", envelope) for _ in range(5)]
        for each in deliveries:
            await asyncio.wait_for(each.done.wait(), 30)
        assert len(await bot.answers()) == 1


async def test_news_of_a_message_that_nobody_has_told_of_answers_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = written(bot)
        where = {
            "type": "message",
            "channel": CHANNEL,
            "channel_type": "channel",
            "event_ts": said["ts"],
            "hidden": True,
        }
        changed = {**where, "subtype": "message_changed", "ts": "1800000001.000001", "message": said}
        gone = {**where, "subtype": "message_deleted", "ts": "1800000001.000002", "deleted_ts": said["ts"]}
        await told(bot, changed, gone)
        assert bot.slack.workspace.own() == []


async def test_change_without_what_it_was_before_answers_nothing_anew(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = written(bot)
        await told(bot, {**said, "type": "app_mention"})
        await bot.answers()
        where = {"type": "message", "channel": CHANNEL, "channel_type": "channel", "event_ts": "1800000001.000001"}
        preview = {**said, "attachments": [{"from_url": "https://example.org", "id": 1}]}
        await told(bot, {**where, "subtype": "message_changed", "ts": "1800000001.000001", "message": preview})
        assert len(bot.slack.workspace.own()) == 1


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"user": None, "bot_id": "B0OTHER", "subtype": "bot_message"}, id="integration"),
        pytest.param({"user": BOB, "bot_id": "B0OTHER", "app_id": "A0OTHER"}, id="another app"),
        pytest.param({"user": "USLACKBOT"}, id="Slackbot"),
    ],
)
async def test_machines_are_not_answered(tmp_path: Path, more: dict[str, Any]) -> None:
    async with office(tmp_path) as bot:
        event = {key: value for key, value in {**written(bot), **more}.items() if value is not None}
        await told(bot, event, {**event, "type": "app_mention"})
        assert bot.slack.workspace.own() == []


async def test_mention_whose_file_cannot_be_had_is_answered_all_the_same(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = written(bot, files=[FILE, {"id": "F2", "mode": "tombstone"}, {}])
        await told(bot, {**said, "subtype": "file_share"})
        answers = await bot.answers()
    assert any("much is known" in markdown_of(each.blocks) for each in answers)


async def test_channel_that_is_renamed_or_archived_is_no_concern(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        renamed = {"type": "channel_rename", "channel": {"id": CHANNEL, "name": "new", "created": 1}}
        archived = {"type": "channel_archive", "channel": CHANNEL, "user": ADA}
        told_of = written(bot, "renamed", subtype="channel_name", name="new", old_name="general")
        await told(bot, renamed, archived, told_of)
        assert bot.slack.workspace.own() == []


async def test_words_of_nobody_known_ask_as_a_guest(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = {**written(bot, f"<@{BOT_USER}> what is a moat?"), "user": "U0NOBODY"}
        await told(bot, said)
        (answer,) = await bot.answers()
    assert "much is known" in markdown_of(answer.blocks)

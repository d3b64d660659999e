"""Where the bot may not write, or Slack does not take what it writes: nothing is lost without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.replies import Reply
from tests.doubles.slack.people import labels
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, DM, Refusal, Workspace, markdown_of

from .office import ASKED, office
from .opened import channel, signed_in, until

BOARD, PAIR = "G0SECRET", "D0PAIR"
ENGLISH, CHINESE = "Only you can see this", "只有您能看到"
WRITING = ("chat.postMessage", "chat.startStream")


def joined(workspace: Workspace) -> None:
    """Makes a private channel and direct messages of two people, of which the bot is no part."""
    workspace.members |= {BOARD: {ADA, BOB}, PAIR: {ADA, BOB}}


@pytest.mark.parametrize("where", [BOARD, PAIR], ids=["private channel", "between two people"])
@pytest.mark.parametrize(
    ("text", "note"), [("what is a moat?", ENGLISH), ("什么是护城河？", CHINESE)], ids=["en", "zh"]
)
async def test_question_where_the_bot_may_not_write_is_answered_to_who_asked(
    tmp_path: Path, where: str, text: str, note: str
) -> None:
    async with office(tmp_path) as bot:
        joined(bot.slack.workspace)
        bot.slack.people.command(ADA, where, text)
        await until(lambda: bool(bot.slack.workspace.replies))
        await bot.engine.settled()
        ((user, body),) = bot.slack.workspace.replies
    assert (user, body["response_type"]) == (ADA, "ephemeral")
    assert "much is known" in markdown_of(body["blocks"])
    assert bot.slack.workspace.own() == []
    assert where == PAIR or note in str(body["blocks"])


@pytest.mark.parametrize("where", [BOARD, PAIR], ids=["private channel", "between two people"])
async def test_answer_that_fails_there_says_so_to_who_asked(tmp_path: Path, where: str) -> None:
    async with office(tmp_path) as bot:
        joined(bot.slack.workspace)
        bot.slack.people.command(ADA, where, "does it fail?")
        await until(lambda: bool(bot.slack.workspace.replies))
        ((_, body),) = bot.slack.workspace.replies
    assert "Try again" in str(body["blocks"])


async def test_command_between_two_people_is_answered_to_who_called_it(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        joined(bot.slack.workspace)
        bot.slack.people.command(BOB, PAIR, "帮助")
        await until(lambda: bool(bot.slack.workspace.replies))
    assert bot.slack.workspace.replies[0][0] == BOB


async def test_mention_in_a_channel_for_reading_is_answered_to_who_asked(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        for method in WRITING:
            bot.slack.workspace.refuse(method, Refusal("restricted_action_read_only_channel", times=100))
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        (whisper, *_) = await bot.whispers()
        await bot.engine.settled()
    assert (whisper["user"], "much is known" in markdown_of(whisper["blocks"])) == (ADA, True)
    assert ENGLISH in str(whisper["blocks"])


async def test_channel_that_forbids_one_thing_does_not_end_streaming_in_others(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.workspace.refuse("chat.startStream", Refusal("restricted_action"))
        for count in (1, 2):
            bot.slack.people.say(ADA, CHANNEL, f"{ASKED} wait")
            await until(lambda count=count: len(bot.slack.workspace.called("chat.startStream")) == count)
        bot.desk.opened.set()
        await bot.answers(2)


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
async def test_reply_whose_blocks_slack_does_not_take_is_said_in_bare_words(error: str) -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("chat.postMessage", Refusal(error, times=2))
        message = await bot.chat.post(channel(), Reply(text="A **moat** & <!here>.", notes=("small",)), nonce="n1")
        (said,) = slack.workspace.own()
        assert (said.text, said.blocks) == ("A \u200b*moat*\u200b &amp; &lt;!here&gt;.\n\nsmall", [])
        slack.workspace.refuse("chat.update", Refusal(error, times=2))
        await bot.chat.edit(message, Reply(text="Done."))
        assert (said.text, said.blocks) == ("Done.", [])


async def test_answer_keeps_its_buttons_where_slack_lacks_the_newer_blocks(tmp_path: Path) -> None:
    newer = {"markdown", "context_actions"}
    async with office(tmp_path) as bot:
        bot.slack.workspace.lacking = newer
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        (said,) = await bot.answers()
        assert newer.isdisjoint(block["type"] for block in said.blocks)
        assert "much is known" in said.blocks[0]["text"]["text"]
        assert {"👍", "👎", "Why these sources?"} <= set(labels(said))
        bot.slack.people.press(BOB, said, "👍")
        (whisper,) = await bot.whispers()
    assert "noted" in str(whisper["blocks"])


async def test_message_to_a_person_is_edited_in_their_direct_messages() -> None:
    async with signed_in() as (slack, bot):
        place = bot.office.reader().place(ADA)
        message = await bot.chat.post(place, Reply(text="Reading …", status="at work"), nonce="n1")
        await bot.chat.edit(message, Reply(text="Read."))
        (said,) = slack.workspace.own()
        assert (said.channel, said.user, markdown_of(said.blocks)) == (DM, BOT_USER, "Read.")
        assert await bot.chat.find_posted(place, "n1") == message
        assert len(slack.workspace.called("conversations.open")) == 1

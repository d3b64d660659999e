"""Answers that grow by Slack's own streaming, and what becomes of them where Slack does not let them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.chat import Message, Person, Place
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, Reply
from bot.slack_app.interactions import time_of
from rag.types import AnswerEvent, Delta, Finished, Question, Retrieved
from tests.bot.samples import answer, citation, passage, retrieval
from tests.doubles.slack.people import labels
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, BOT_USER, CHANNEL, DM, Refusal, Said, Workspace, markdown_of

from .office import ASKED, Office, office
from .opened import channel, ended, signed_in, until

FIRST, SECOND, THIRD = "A moat keeps others away.[1]", " It is dug slowly.[1]", " It has to be kept.[1]"
FAST = {"edit_interval_s": 0}


@dataclass
class Typist:
    """Writes what a test hands it, piece by piece, until None; `closed` counts answers that were broken off."""

    pieces: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    asked: list[Question] = field(default_factory=list)
    closed: int = 0

    def write(self, *pieces: str | None) -> None:
        for piece in pieces:
            self.pieces.put_nowait(piece)

    async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
        self.asked.append(question)
        yield Retrieved(retrieval=retrieval(passage("How"), passage("Pricing")))
        text = ""
        try:
            while (piece := await self.pieces.get()) is not None:
                text += piece
                yield Delta(text=piece)
        except (GeneratorExit, asyncio.CancelledError):
            self.closed += 1
            raise
        yield Finished(answer=replace(answer(text, citations=[citation(1)]), question=question.text))


async def growing(bot: Office, text: str = FIRST) -> Said:
    """The message of an answer that is written, when its stream holds a text."""
    bot.slack.people.say(ADA, CHANNEL, ASKED)
    bot.desk.write(FIRST)
    await until(lambda: any(text in said.text for said in bot.slack.workspace.own()))
    return bot.slack.workspace.own()[0]


def methods(workspace: Workspace) -> list[str]:
    """The methods that were called on messages, in their order."""
    return [name for name, _ in workspace.calls if name.startswith("chat.")]


async def test_answer_grows_and_ends_as_every_answer_does(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        said = await growing(bot)
        assert (said.streaming, said.text) == (True, FIRST)
        bot.desk.write(SECOND)
        await until(lambda: SECOND in said.text)
        bot.desk.write(THIRD, None)
        (final,) = await bot.answers()
        (begun,) = bot.slack.workspace.called("chat.startStream")
    assert final is said
    assert markdown_of(final.blocks) == FIRST + SECOND + THIRD
    assert "Sources" in str(final.blocks)
    assert {"👍", "👎"} <= set(labels(final))
    assert (begun["recipient_user_id"], begun["recipient_team_id"]) == (ADA, "T0HOME")
    assert "chat.postMessage" not in methods(bot.slack.workspace)


async def test_each_word_is_sent_once(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        said = await growing(bot)
        bot.desk.write(SECOND)
        await until(lambda: SECOND in said.text)
        bot.desk.write(None)
        await bot.answers()
        calls = [each for name, each in bot.slack.workspace.calls if name.endswith("Stream")]
    chunks = [chunk for call in calls for chunk in call.get("chunks") or ()]
    assert "".join(chunk.get("text", "") for chunk in chunks) == FIRST + SECOND


async def test_work_is_shown_in_the_stream_until_there_are_words(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await until(lambda: bool(bot.slack.workspace.own()))
        (said,) = bot.slack.workspace.own()
        assert [state for _, state in said.cards.values()] == ["in_progress"]
        bot.desk.write(FIRST)
        await until(lambda: FIRST in said.text)
        assert [state for _, state in said.cards.values()] == ["complete"]
        bot.desk.write(None)
        await bot.answers()


async def test_direct_message_needs_no_recipient(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.people.say(ADA, DM, "what is a moat?")
        bot.desk.write(FIRST)
        await until(lambda: any(FIRST in said.text for said in bot.slack.workspace.own()))
        bot.desk.write(None)
        await bot.answers()
        (begun,) = bot.slack.workspace.called("chat.startStream")
    assert "recipient_user_id" not in begun


@pytest.mark.parametrize("told", [pytest.param(True, id="by an event"), pytest.param(False, id="when more is written")])
async def test_reader_who_stops_a_message_stops_what_writes_it(tmp_path: Path, told: bool) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        said = await growing(bot)
        bot.slack.people.stop(ADA, said, told=told)
        if not told:
            bot.desk.write(SECOND)
        (final,) = await bot.answers()
        assert bot.desk.closed == 1
    assert FIRST in markdown_of(final.blocks)
    assert "Stopped." in str(final.blocks)


async def test_stop_of_a_thread_stops_an_answer_that_grows_by_edits(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), streaming=False, **FAST) as bot:
        said = await growing(bot)
        bot.slack.people.stop(ADA, said)
        (final,) = await bot.answers()
        assert bot.desk.closed == 1
        assert "Stopped." in str(final.blocks)
        await until(lambda: bool(bot.slack.workspace.called("agents.sessions.setStatus")))
        (told,) = bot.slack.workspace.called("agents.sessions.setStatus")
        assert (told["thread_ts"], told["status"]) == (said.thread_ts, "active")


@pytest.mark.parametrize(
    "error",
    ["missing_scope", "unknown_method", "feature_not_enabled", "channel_type_not_supported", "invalid_arguments"],
)
async def test_answer_grows_by_edits_where_slack_does_not_stream(tmp_path: Path, error: str) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.workspace.refuse("chat.startStream", Refusal(error))
        said = await growing(bot)
        assert "Stop" in labels(said)
        bot.desk.write(SECOND, None)
        (final,) = await bot.answers()
    assert markdown_of(final.blocks) == FIRST + SECOND


async def test_slack_that_never_streams_is_not_asked_each_time(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.workspace.refuse("chat.startStream", Refusal("unknown_method", times=9))
        for count in (1, 2):
            bot.slack.people.say(ADA, CHANNEL, ASKED)
            await until(lambda count=count: len(bot.slack.workspace.own()) == count)  # type: ignore[misc]
            bot.desk.write(FIRST, None)
            await bot.answers(count)
        assert len(bot.slack.workspace.called("chat.startStream")) == 1


async def test_slack_that_knows_no_signs_of_work_streams_without_them(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.workspace.refuse("chat.startStream", Refusal("invalid_chunks"))
        said = await growing(bot)
        assert (said.streaming, said.cards) == (True, {})
        bot.desk.write(SECOND, None)
        (final,) = await bot.answers()
        (stopped,) = bot.slack.workspace.called("chat.stopStream")
    assert final.text == FIRST + SECOND
    assert "chat.update" not in methods(bot.slack.workspace)
    assert {"👍", "👎"} <= set(labels(final))
    assert stopped["chunks"] == [{"type": "markdown_text", "text": SECOND}]


async def test_table_is_shown_in_a_block_when_it_is_complete(tmp_path: Path) -> None:
    table = "| a | b |\n| --- | --- |\n| 1 | 2 |"
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.workspace.refuse("chat.startStream", Refusal("invalid_chunks"))
        await growing(bot)
        bot.desk.write(f"\n\n{table}", None)
        (final,) = await bot.answers()
    assert table in markdown_of(final.blocks)


async def test_stream_that_dies_goes_on_in_the_same_message(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        said = await growing(bot)
        said.streaming = False
        bot.desk.write(SECOND)
        await until(lambda: SECOND in markdown_of(said.blocks))
        bot.desk.write(THIRD, None)
        (final,) = await bot.answers()
    assert markdown_of(final.blocks) == FIRST + SECOND + THIRD


async def test_stream_that_dies_before_its_end_is_completed(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        said = await growing(bot)
        said.streaming = False
        bot.desk.write(None)
        (final,) = await bot.answers()
        assert await bot.engine._parts.adapters["slack"].find_posted(channel(thread=said.thread_ts), "another") is None
    assert final is said
    assert markdown_of(final.blocks) == FIRST


async def test_long_answer_rolls_over_into_further_messages(tmp_path: Path) -> None:
    paragraphs = [f"Paragraph {number} " + "says this and that. " * 40 for number in range(24)]
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        for paragraph in paragraphs:
            bot.desk.write(f"{paragraph.strip()}\n\n")
            await asyncio.sleep(0.02)
        await until(lambda: len(bot.slack.workspace.own()) > 1)
        bot.desk.write(None)
        told = await bot.answers(3)
    shown = "\n".join(markdown_of(said.blocks) or said.text for said in told)
    assert [shown.count(f"Paragraph {number} ") for number in range(24)] == [1] * 24
    assert not any(said.streaming for said in told)


async def test_begin_whose_answer_got_lost_is_found_and_not_doubled(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        bot.slack.workspace.refuse("chat.startStream", Refusal("internal_error", status=500, after=True))
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await until(lambda: bool(bot.slack.workspace.own()))
        bot.desk.write(FIRST, None)
        (final,) = await bot.answers()
    assert markdown_of(final.blocks) == FIRST


@pytest.mark.parametrize("noted", [pytest.param(True, id="noted"), pytest.param(False, id="not yet noted")])
async def test_stream_that_a_crash_left_open_is_completed(tmp_path: Path, noted: bool) -> None:
    async with slack_server() as slack:
        async with office(tmp_path, slack=slack, desk=Typist(), **FAST) as bot:
            said = await growing(bot)
            await ended(bot.running)
        assert said.streaming
        if not noted:
            with sqlite3.connect(tmp_path / "store.sqlite3") as store:
                store.execute("UPDATE posts SET state = 'posting', message_id = ''")
        desk = Typist()
        desk.write(FIRST, SECOND, None)
        async with office(tmp_path, slack=slack, desk=desk, **FAST) as bot:
            (final,) = await bot.answers()
            place = channel(thread=said.thread_ts)
            assert await bot.engine._parts.adapters["slack"].find_posted(place, "another") is None
    assert final is said
    assert markdown_of(final.blocks) == FIRST + SECOND


async def test_question_that_is_deleted_takes_its_stream_along(tmp_path: Path) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        asked = bot.slack.people.say(ADA, CHANNEL, f"<@{BOT_USER}> what is a moat?")
        bot.desk.write(FIRST)
        await until(lambda: any(FIRST in said.text for said in bot.slack.workspace.own()))
        bot.slack.people.delete(asked)
        await until(lambda: not bot.slack.workspace.own())
        await ended(asyncio.create_task(bot.engine.settled()))


async def test_answers_beyond_what_slack_lets_begin_grow_by_edits() -> None:
    async with signed_in() as (slack, bot):
        said = slack.people.say(ADA, CHANNEL, ASKED)
        place = channel(thread=said.ts)
        bot.office.traces.note({}, read(said, place))
        stop = Button(label="Stop", payload=Payload(verb=Verb.STOP, subject="q1"))
        reply = Reply(text="", status="Searching …", actions=((stop,),))
        for number in range(12):
            await bot.chat.post(place, reply, nonce=f"n{number}", reply_to=said.ts)
        streaming = [each.streaming for each in slack.workspace.own()]
    assert streaming == [True] * 10 + [False] * 2


async def test_sign_that_nobody_can_stop_is_a_message() -> None:
    async with signed_in() as (slack, bot):
        said = slack.people.say(ADA, CHANNEL, ASKED)
        place = channel(thread=said.ts)
        bot.office.traces.note({}, read(said, place))
        await bot.chat.post(place, Reply(text="", status="One question is ahead."), nonce="n", reply_to=said.ts)
        assert slack.workspace.called("chat.startStream") == []


def read(said: Said, place: Place) -> Message:
    """A question as the bot hears it."""
    person = Person(platform="slack", workspace="T0HOME", id=said.user)
    return Message(event_id="e", message_id=said.ts, place=place, person=person, at=time_of(said.ts), text=said.text)

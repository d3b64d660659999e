"""Where a question may come from on Slack: the agent view, a reaction, a channel that is listened to, an edit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.limits import EngineSettings
from bot.records import ChannelSettings, Respond
from tests.doubles.slack.workspace import ADA, BOB, CHANNEL, DM, GUEST, STRANGER, Refusal, Workspace, markdown_of

from .office import ASKED, Office, office
from .opened import listening, until

ASKS = "how do others price this?"


async def settled(bot: Office) -> None:
    """Returns when all that was handed over is done with."""
    await until(lambda: all(each.done.is_set() for each in bot.slack.deliveries.all))
    await bot.engine.settled()


@pytest.mark.parametrize(("user", "begins"), [(ADA, "How do I find"), (BOB, "大模型产品")], ids=["English", "Chinese"])
async def test_who_opens_the_conversations_is_offered_questions(user: str, begins: str) -> None:
    async with listening() as bot:
        bot.slack.people.open_app(user)
        await until(lambda: bool(bot.slack.workspace.prompts))
        (offered,) = bot.slack.workspace.prompts
    assert offered["channel_id"] == DM
    assert "thread_ts" not in offered
    assert len(offered["prompts"]) == 4
    assert offered["prompts"][0]["message"].startswith(begins)


async def test_who_opens_a_conversation_of_the_older_view_is_offered_questions_in_it() -> None:
    thread = {"user_id": ADA, "channel_id": DM, "thread_ts": "1.000001", "context": {}}
    async with listening() as bot:
        bot.slack.people.event({"type": "assistant_thread_started", "assistant_thread": thread})
        await until(lambda: bool(bot.slack.workspace.prompts))
        (offered,) = bot.slack.workspace.prompts
    assert (offered["channel_id"], offered["thread_ts"]) == (DM, "1.000001")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "assistant_thread_context_changed", "assistant_thread": {"user_id": ADA, "channel_id": DM}},
        {"type": "app_context_changed", "user": ADA},
        {"type": "assistant_thread_started"},
    ],
    ids=["context", "context of the agent view", "incomplete"],
)
async def test_other_news_of_the_agent_view_is_acknowledged(event: dict[str, Any]) -> None:
    async with listening() as bot:
        delivery = bot.slack.people.event(event)
        await asyncio.wait_for(delivery.done.wait(), 10)
        assert delivery.acknowledged
        assert bot.slack.workspace.prompts == []


async def test_conversation_is_called_by_its_first_question(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, DM, "what is a moat?")
        await bot.answers()
        bot.slack.people.say(ADA, DM, "and how do I dig one?", thread=said.ts)
        await bot.answers(2)
        await until(lambda: bool(bot.slack.workspace.titles))
        assert bot.slack.workspace.titles == {(DM, said.ts): "what is a moat?"}


async def test_courtesy_that_one_place_does_not_take_is_offered_in_others(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.workspace.refuse("assistant.threads.setStatus", Refusal("channel_not_found"))
        for count in (1, 2):
            bot.slack.people.say(ADA, CHANNEL, ASKED)
            await bot.answers(count)
        await until(lambda: bool(bot.slack.workspace.statuses))


async def test_reaction_asks_about_the_message_beneath_it(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKS)
        await settled(bot)
        bot.slack.people.react(BOB, said, "robot_face")
        (answer,) = await bot.answers()
        bot.slack.people.react(ADA, said, "robot_face")
        await settled(bot)
        assert len(bot.slack.workspace.own()) == 1
    assert answer.thread_ts == said.ts
    assert ASKS in markdown_of(answer.blocks)


async def test_reaction_on_an_answer_of_a_thread_asks_there(tmp_path: Path) -> None:
    async with office(tmp_path, reaction="bulb") as bot:
        root = bot.slack.people.say(ADA, CHANNEL, "lunch?")
        said = bot.slack.people.say(BOB, CHANNEL, ASKS, thread=root.ts)
        await settled(bot)
        bot.slack.people.react(BOB, said, "bulb::skin-tone-2")
        (answer,) = await bot.answers()
    assert answer.thread_ts == root.ts


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        pytest.param("thumbsup", {}, id="another reaction"),
        pytest.param("robot_face", {"reaction": "bulb"}, id="not the one that was set"),
        pytest.param("robot_face", {"reaction": ""}, id="switched off"),
    ],
)
async def test_other_reactions_ask_nothing(tmp_path: Path, name: str, changes: dict[str, Any]) -> None:
    async with office(tmp_path, **changes) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKS)
        bot.slack.people.react(BOB, said, name)
        await settled(bot)
        assert bot.slack.workspace.called("conversations.replies") == []
        assert bot.slack.workspace.own() == []


async def test_reaction_on_an_answer_of_ours_asks_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        bot.slack.people.react(BOB, answer, "robot_face")
        await settled(bot)
        assert len(bot.slack.workspace.own()) == 1


async def test_reaction_whose_message_cannot_be_read_is_acknowledged(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKS)
        bot.slack.workspace.refuse("conversations.replies", Refusal("thread_not_found"))
        delivery = bot.slack.people.react(BOB, said, "robot_face")
        await settled(bot)
        assert delivery.acknowledged
        assert bot.slack.workspace.own() == []


async def test_question_in_a_channel_that_is_listened_to_needs_no_mention(tmp_path: Path) -> None:
    limits = EngineSettings(workers=4, shutdown_seconds=1, respond=Respond.AUTO)
    async with office(tmp_path, limits=limits) as bot:
        bot.slack.people.say(BOB, CHANNEL, "lunch")
        said = bot.slack.people.say(ADA, CHANNEL, ASKS)
        (answer,) = await bot.answers()
        await settled(bot)
        assert len(bot.slack.workspace.own()) == 1
    assert answer.thread_ts == said.ts


async def test_question_that_is_edited_while_it_is_answered_is_answered_once(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, f"{ASKED} wait")
        await until(lambda: bool(bot.desk.asked))
        bot.slack.people.edit(said, f"{ASKED} please")
        await until(lambda: len(bot.desk.asked) == 2)
        await settled(bot)
        (answer,) = bot.slack.workspace.own()
    assert "what is a moat? please" in markdown_of(answer.blocks)


async def test_question_that_is_edited_after_its_answer_is_not_answered_again(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        bot.slack.people.edit(said, f"{ASKED} please")
        await settled(bot)
        assert len(bot.slack.workspace.own()) == len(bot.desk.asked) == 1


def public_alone(workspace: Workspace) -> None:
    """Slack tells nothing of anybody."""
    workspace.refuse("users.info", Refusal("internal_error", times=100))


@pytest.mark.parametrize(
    ("user", "known", "audience"),
    [
        pytest.param(ADA, True, {"public", "board"}, id="member"),
        pytest.param(GUEST, True, {"public"}, id="guest"),
        pytest.param(STRANGER, True, {"public"}, id="of another organisation"),
        pytest.param(ADA, False, {"public"}, id="somebody of whom nothing is known"),
    ],
)
async def test_guests_are_answered_from_public_documents_alone(
    tmp_path: Path, user: str, known: bool, audience: set[str]
) -> None:
    async with office(tmp_path) as bot:
        store = bot.engine._parts.store
        await store.settings.save(f"slack/T0HOME/{CHANNEL}", ChannelSettings(labels=frozenset({"board"})))
        if not known:
            public_alone(bot.slack.workspace)
        bot.slack.people.say(user, CHANNEL, ASKED)
        await bot.answers()
        assert bot.desk.asked[0].scope.audience == audience


async def test_sign_of_work_goes_with_a_question_that_is_taken_away(tmp_path: Path) -> None:
    async with office(tmp_path, streaming=False) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, f"{ASKED} wait")
        await until(lambda: bool(bot.slack.workspace.statuses))
        bot.slack.people.delete(said)
        await until(lambda: len(bot.slack.workspace.statuses) > 1)
        assert bot.slack.workspace.statuses[-1]["status"] == ""

"""Experts on Slack from the refusal to the proposal: the real engine, store and delivery over the double."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.assembly import experts_of
from bot.records import ChannelSettings
from bot.wording import load_wording
from rag.resources import data_folder
from tests.doubles.slack.people import labels
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, GUEST, Refusal, Said, markdown_of

from .at_work import Office, office
from .opened import until

ASKED = f"<@{BOT_USER}> how long does a licence take?"
KEY = f"slack/T0HOME/{CHANNEL}"


async def called(bot: Office, expert: str) -> tuple[Said, Said]:
    """The refusal, and the message that calls the expert."""
    await bot.store.settings.save(KEY, ChannelSettings(other={"expert": expert}))
    bot.slack.people.say(ADA, CHANNEL, ASKED)
    (refusal,) = await bot.said(1)
    bot.slack.people.press(ADA, refusal, "Ask an expert")
    _, card = await bot.said(2)
    return refusal, card


@pytest.mark.parametrize(
    ("expert", "mention"), [("user:U0BOB", "<@U0BOB>"), ("group:S0TEAM", "<!subteam^S0TEAM>")], ids=["user", "group"]
)
async def test_expert_is_called_once_and_nobody_else_is(tmp_path: Path, expert: str, mention: str) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        refusal, card = await called(bot, expert)
        assert labels(refusal) == ["Ask an expert"]
        assert card.thread_ts == refusal.thread_ts
        assert card.blocks[0]["text"]["text"] == mention
        assert "> how long does a licence take?" in markdown_of(card.blocks)
        assert str(card.blocks).count("<@") + str(card.blocks).count("<!") == 1
        bot.slack.people.press(BOB, refusal, "Ask an expert")
        (_, again) = await bot.whispered(2)
        assert again["user"] == BOB
        assert len(await bot.said(2)) == 2


async def test_of_two_who_take_it_at_once_one_has_it(tmp_path: Path) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        slack.workspace.groups["S0TEAM"] = {ADA, BOB}
        _, card = await called(bot, "group:S0TEAM")
        slack.people.press(ADA, card, "I take it")
        slack.people.press(BOB, card, "I take it")
        whispers = (await bot.whispered(3))[1:]
        told = {each["user"]: markdown_of(each["blocks"]) for each in whispers}
        (winner,) = (who for who, text in told.items() if text.startswith("It is yours."))
        (loser,) = set(told) - {winner}
        assert told[loser].startswith("That is not yours to do now.")
        name = {ADA: "Ada", BOB: "小明"}[winner]
        assert f"{name} has taken it." in str(slack.workspace.own()[1].blocks)
        slack.people.press(GUEST, card, "Close it")
        assert "not yours" in markdown_of((await bot.whispered(4))[-1]["blocks"])


@pytest.mark.parametrize("expert", ["group:S0TEAM", "user:U0BOB"])
async def test_only_whom_the_channel_names_may_take_it(tmp_path: Path, expert: str) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        slack.workspace.groups["S0TEAM"] = {BOB}
        _, card = await called(bot, expert)
        slack.people.press(ADA, card, "I take it")
        refused = (await bot.whispered(2))[1]
        assert markdown_of(refused["blocks"]) == "This question is for the expert that this channel has named."
        slack.people.press(BOB, card, "I take it")
        taken = (await bot.whispered(3))[2]
        assert markdown_of(taken["blocks"]).startswith("It is yours.")


async def test_nobody_takes_it_while_slack_does_not_tell_who_is_in_the_group(tmp_path: Path) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        slack.workspace.groups["S0TEAM"] = {BOB}
        slack.workspace.refuse("usergroups.users.list", Refusal("missing_scope", more={"needed": "usergroups:read"}))
        _, card = await called(bot, "group:S0TEAM")
        slack.people.press(BOB, card, "I take it")
        refused = (await bot.whispered(2))[1]
        assert markdown_of(refused["blocks"]) == "This question is for the expert that this channel has named."


async def test_reply_in_the_thread_becomes_the_experts_answer_also_after_restarts(tmp_path: Path) -> None:
    async with slack_server() as slack:
        async with office(tmp_path, slack) as bot:
            refusal, card = await called(bot, "user:U0BOB")
            slack.people.press(BOB, card, "I take it")
            await bot.whispered(2)
        async with office(tmp_path, slack) as bot:
            slack.people.say(BOB, CHANNEL, "Six weeks, <!channel>.", thread=refusal.thread_ts)
            whispers = await bot.whispered(3)
            slack.people.say(ADA, CHANNEL, "Great, I am curious!", thread=refusal.thread_ts)
            await bot.quiet()
            assert (whispers[2]["user"], len(slack.workspace.own())) == (BOB, 2)
            assert "Is this your answer" in markdown_of(whispers[2]["blocks"])
        async with office(tmp_path, slack) as bot:
            question = bot.as_message(whispers[2], refusal.thread_ts)
            slack.people.press(BOB, question, "Yes, this is my answer")
            shown = (await bot.said(3))[2]
            assert shown.thread_ts == refusal.thread_ts
            assert markdown_of(shown.blocks).startswith("**小明 answers**")
            assert "<!channel>" not in str(shown.blocks)
            assert "has answered it." in str(slack.workspace.own()[1].blocks)
            assert await bot.store.gaps.open(limit=9) == ()
            slack.people.press(BOB, shown, "Propose for the library")
            assert "Proposed." in markdown_of((await bot.whispered(5))[-1]["blocks"])
            (proposal,) = await bot.store.hand_ins.review(limit=9)
            assert (proposal.name, proposal.audience) == ("小明", frozenset({"public"}))


async def test_event_of_a_reply_that_comes_again_is_not_counted_twice(tmp_path: Path) -> None:
    async with slack_server() as slack:
        async with office(tmp_path, slack) as bot:
            refusal, card = await called(bot, "user:U0BOB")
            slack.people.press(BOB, card, "I take it")
            await bot.whispered(2)
            slack.people.say(BOB, CHANNEL, "Six weeks.", thread=refusal.thread_ts)
            await bot.whispered(3)
            last = slack.deliveries.all[-1]
        async with office(tmp_path, slack) as bot:
            again = slack.deliveries.hand_over(last.kind, last.payload)
            await asyncio.wait_for(again.done.wait(), 10)
            await bot.quiet()
            request = await bot.store.experts.claimed_in(f"{KEY}/{refusal.thread_ts}", f"slack/T0HOME/{BOB}")
            assert request is not None
            assert request.draft == "Six weeks."


async def test_form_of_the_answer_is_opened_and_sent(tmp_path: Path) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        _, card = await called(bot, "user:U0BOB")
        slack.people.press(BOB, card, "I take it")
        await bot.whispered(2)
        slack.people.press(BOB, slack.workspace.own()[1], "Answer …")
        await until(lambda: bool(slack.workspace.views))
        (view,) = slack.workspace.views
        slack.people.submit(BOB, view, {"text": "六周左右。"})
        assert "六周左右。" in markdown_of((await bot.said(3))[2].blocks)


async def test_expert_is_reminded_once_in_the_thread(tmp_path: Path) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        refusal, _ = await called(bot, "user:U0BOB")
        desk = experts_of(bot.store, bot.adapters, load_wording(data_folder("prompts")))
        late = datetime.now(UTC) + timedelta(hours=25)
        await asyncio.gather(*(desk.remind(late) for _ in range(3)))
        await desk.remind(late)
        reminder = (await bot.said(3))[2]
        assert reminder.thread_ts == refusal.thread_ts
        assert reminder.blocks[0]["text"]["text"] == "<@U0BOB>"
        assert len(slack.workspace.own()) == 3

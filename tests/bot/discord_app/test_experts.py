"""Experts on Discord: the one message that calls somebody calls exactly them, and their answer is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.records import ChannelSettings
from tests.doubles.discord.names import ADA, BOB, CEO, CHANNEL, GRANTED, GUILD, LEAD_ROLE, ME
from tests.doubles.discord.server import discord_server
from tests.doubles.discord.things import Said

from .offices import Office, office
from .opened import until

KEY = f"discord/{GUILD}/{CHANNEL}"


async def called(bot: Office, expert: str) -> tuple[Said, Said]:
    """The answer, and the message that calls the expert."""
    await bot.store.settings.save(KEY, ChannelSettings(other={"expert": expert}))
    bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
    (answer,) = await bot.answers()
    bot.discord.people.press(ADA, answer, "Ask an expert")
    _, card = await bot.answers(2)
    return answer, card


@pytest.mark.parametrize(
    ("expert", "mention", "kind", "key"),
    [
        (f"user:{BOB}", f"<@{BOB}>", "users", BOB),
        (f"group:{LEAD_ROLE}", f"<@&{LEAD_ROLE}>", "roles", LEAD_ROLE),
    ],
    ids=["person", "role"],
)
async def test_expert_is_called_and_nobody_else_is(
    expert: str, mention: str, kind: str, key: str, tmp_path: Path
) -> None:
    async with office(tmp_path) as bot:
        answer, card = await called(bot, expert)
        await bot.whispers()
    allowed = card.allowed_mentions or {}
    assert card.channel == answer.channel
    assert card.content.startswith(mention)
    assert (allowed["parse"], [str(each) for each in allowed[kind]]) == ([], [key])
    assert not allowed.get("roles" if kind == "users" else "users")
    assert (answer.allowed_mentions or {})["parse"] == []


async def test_card_that_is_brought_up_to_date_calls_nobody_again(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        _, card = await called(bot, f"user:{BOB}")
        bot.discord.people.press(BOB, card, "I take it")
        await until(lambda: "小明 has taken it." in card.content)
    assert "<@" not in card.content
    assert not (card.allowed_mentions or {}).get("users")


async def test_form_of_the_answer_is_opened_sent_and_shown(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        _, card = await called(bot, f"user:{BOB}")
        bot.discord.people.press(BOB, card, "I take it")
        await until(lambda: "Answer …" in card.labels)
        bot.discord.people.press(BOB, card, "Answer …")
        await until(lambda: bool(bot.discord.world.modals))
        bot.discord.people.submit(BOB, bot.discord.world.modals[0], {"text": "六周左右，@everyone。"})
        *_, shown = await bot.answers(3)
        allowed = shown.allowed_mentions or {}
    assert "小明" in shown.content
    assert "六周左右" in shown.content
    assert "@everyone" not in shown.content
    assert (allowed["parse"], allowed.get("users")) == ([], [])


async def test_what_the_expert_writes_in_the_thread_is_the_answer_also_after_a_restart(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.world.flags = GRANTED
        async with office(tmp_path, discord=discord) as bot:
            answer, card = await called(bot, f"user:{BOB}")
            discord.people.press(BOB, card, "I take it")
            await bot.whispers(2)
        async with office(tmp_path, discord=discord) as bot:
            discord.people.say(BOB, answer.channel, "Six weeks.")
            await until(
                lambda: any("Yes, this is my answer" in said.labels for said in discord.world.messages.values())
            )
            await bot.quiet()
            asked = next(each for each in discord.world.messages.values() if "Yes, this is my answer" in each.labels)
            discord.people.press(BOB, asked, "Yes, this is my answer")
            await until(lambda: any("Six weeks." in said.content for said in discord.world.own(answer.channel)))
            await bot.quiet()
    assert "has answered it." in card.content


async def test_only_who_has_the_role_takes_its_question_also_where_the_other_has_no_role_at_all(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        _, card = await called(bot, f"group:{LEAD_ROLE}")
        told = len(await bot.whispers())
        bot.discord.people.press(BOB, card, "I take it")
        refusal = (await bot.whispers(told + 1))[-1]
        bot.discord.people.press(CEO, card, "I take it")
        await until(lambda: "has taken it." in card.content)
    assert refusal.content == "This question is for the expert that this channel has named."
    assert "小明" not in card.content

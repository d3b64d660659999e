"""What is for one person, what is for admins, and what is proposed while somebody types."""

from __future__ import annotations

from pathlib import Path

from bot.chat import Person
from bot.replies import Reply, Visibility
from tests.bot.samples import citation
from tests.doubles.discord.names import ADA, BOB, CEO, CHANNEL, DM, GUILD, ME, NEWCOMER

from .offices import office
from .opened import until

ASKED = f"<@{ME}> what is a moat?"


async def test_admin_sets_replies_inline_and_threads_are_opened_no_more(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        people = bot.discord.people
        people.command(CEO, CHANNEL, "config", group="advisor-admin", action="set", name="replies", value="inline")
        (told,) = await bot.whispers()
        said = people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
    assert "inline" in told.content
    assert (answer.channel, answer.reference) == (CHANNEL, {"message_id": said.id})


async def test_member_who_is_no_admin_is_refused_whatever_discord_lets_them_see(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.command(
            BOB, CHANNEL, "config", group="advisor-admin", action="set", name="replies", value="inline"
        )
        (told,) = await bot.whispers()
        settings = await bot.store.settings.get(f"discord/{GUILD}/{CHANNEL}")
    assert "Only an admin" in told.content
    assert settings.inline is None


async def test_value_of_an_argument_is_proposed(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.type_into(ADA, CHANNEL, "help", "command", "s")
        await until(lambda: bool(bot.discord.world.proposals))
    assert [each["value"] for each in bot.discord.world.proposals[0]] == ["sources", "stop", "submissions"]


async def test_bare_mention_is_greeted_beneath_it(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> hello")
        await until(lambda: bool(bot.discord.world.own()))
        (line,) = bot.discord.world.own()
    assert (line.channel, line.reference) == (CHANNEL, {"message_id": said.id})
    assert "Ask me something" in line.content


async def test_command_that_is_typed_as_a_mention_is_answered_in_a_direct_message(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> profile")
        await until(lambda: bool(bot.discord.world.own()))
        await bot.engine.settled()
        assert {said.channel for said in bot.discord.world.own()} == {DM}
        # Asked again, it is said again, though Discord takes no message twice that claims to be the same.
        before = len(bot.discord.world.own())
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> profile")
        await until(lambda: len(bot.discord.world.own()) == 2 * before)


async def test_person_who_takes_no_direct_messages_is_told_how_to_ask(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.world.closed_to_direct.add(ADA)
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> profile")
        await until(lambda: bool(bot.discord.world.own()))
        (line,) = bot.discord.world.own()
    assert line.channel == CHANNEL
    assert "slash commands" in line.content


async def test_command_in_direct_messages_is_answered_where_discord_holds_its_place(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        helped = bot.discord.people.command(ADA, DM, "help")
        await until(lambda: helped.original is not None and "Commands" in helped.original.content)
        asked = bot.discord.people.command(ADA, DM, "ask", question="what is a moat?")
        await until(lambda: asked.original is not None and "much is known" in asked.original.content)
        await bot.engine.settled()
    assert bot.discord.world.whispers() == []


async def test_sources_that_one_person_saw_are_shared_with_the_channel(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        chat = bot.connection.chat
        bot.discord.people.command(BOB, CHANNEL, "help")
        await bot.whispers()
        slot = next(iter(bot.connection.office.slots._by_person._kept.values()))
        assert slot.place is not None
        person = Person(platform="discord", workspace=GUILD, id=BOB)
        reply = Reply(text="Mediq grew.[1]", citations=(citation(1),), visibility=Visibility.PRIVATE)
        await chat.whisper(slot.place, person, reply)
        whisper = next(each for each in await bot.whispers(2) if "Mediq grew" in each.content)
        bot.discord.people.press(BOB, whisper, "Share here")
        await until(lambda: bool(bot.discord.world.own()))
        (shared,) = bot.discord.world.own()
    assert shared.content == "Mediq grew.[1]\n-# Shared by 小明"
    assert [embed["title"] for embed in shared.embeds] == ["Sources"]


async def test_all_messages_of_what_one_person_saw_are_shared(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        chat = bot.connection.chat
        bot.discord.people.command(BOB, CHANNEL, "help")
        await bot.whispers()
        slot = next(iter(bot.connection.office.slots._by_person._kept.values()))
        assert slot.place is not None
        person = Person(platform="discord", workspace=GUILD, id=BOB)
        for text in ("Of another matter.", "Mediq began.", "Mediq grew.[1]"):
            rest = text != "Of another matter."
            reply = Reply(
                text=text,
                citations=(citation(1),) if "[1]" in text else (),
                visibility=Visibility.PRIVATE,
                unfinished=rest and "[1]" not in text,
            )
            await chat.whisper(slot.place, person, reply)
        whisper = next(each for each in await bot.whispers(4) if "Mediq grew" in each.content)
        bot.discord.people.press(BOB, whisper, "Share here")
        await until(lambda: len(bot.discord.world.own()) == 2)
        first, last = bot.discord.world.own()
    assert (first.content, last.content) == ("Mediq began.", "Mediq grew.[1]\n-# Shared by 小明")


async def test_member_who_is_not_admitted_yet_reads_as_a_guest(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.command(
            CEO, CHANNEL, "config", group="advisor-admin", action="set", name="labels", value="all"
        )
        bot.discord.people.say(NEWCOMER, CHANNEL, ASKED)
        await bot.answers()
    assert bot.desk.asked[0].scope.audience == {"public"}

"""Servers that register themselves, and what those that have not get: public documents, and no say in the library."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.chat import ADMIN_ROLE, VOUCHER_ROLE
from bot.discord_app.parse import person_of
from bot.discord_app.values import Author, Room, RoomKind, Self
from bot.records import ChannelSettings
from tests.doubles.discord.names import ADA, BOB, CEO, CHANNEL, DM, GUILD, LEAD_ROLE, ME
from tests.doubles.discord.server import discord_server

from .offices import Office, office
from .opened import until

GROUP = "advisor-admin"
KEY = f"discord/{GUILD}"
ROOM = Room(id=CHANNEL, kind=RoomKind.CHANNEL, guild=GUILD)


async def told(bot: Office, user: str, command: str, /, **options: str) -> str:
    """What somebody is told alone after a command of admins."""
    count = len(bot.discord.world.whispers())
    bot.discord.people.command(user, CHANNEL, command, group=GROUP, **options)
    return (await bot.whispers(count + 1))[-1].content


async def test_server_that_is_not_registered_reads_public_documents_and_is_told_how_to_register(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, registered=False) as bot:
        assert re.search(r"</advisor-admin server:\d+> `action:register`", await told(bot, CEO, "server"))
        refused = await told(bot, CEO, "config", action="set", name="labels", value="all")
        assert "not registered" in refused
        assert "labels" not in await told(bot, CEO, "config")
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
        await bot.answers()
        assert bot.desk.asked[0].scope.audience == {"public"}


@pytest.mark.parametrize("name", ["admin", "audit", "gaps"])
async def test_what_reaches_beyond_the_server_is_closed_until_it_is_registered(name: str, tmp_path: Path) -> None:
    async with office(tmp_path, registered=False) as bot:
        assert "not registered" in await told(bot, CEO, name)
        await told(bot, CEO, "server", action="register")
        assert "not registered" not in await told(bot, CEO, name)


async def test_nobody_edits_for_a_server_that_is_not_registered(tmp_path: Path) -> None:
    async with office(tmp_path, registered=False) as bot:
        bot.discord.people.command(CEO, CHANNEL, "proposals")
        assert "not registered" in (await bot.whispers())[-1].content


async def test_behaviour_in_its_own_channels_is_the_servers_own_affair(tmp_path: Path) -> None:
    async with office(tmp_path, registered=False) as bot:
        assert "inline" in await told(bot, CEO, "config", action="set", name="replies", value="inline")


async def test_registration_is_noted_and_survives_a_restart(tmp_path: Path) -> None:
    async with discord_server() as discord:
        async with office(tmp_path, discord=discord, registered=False) as bot:
            assert "Registered." in await told(bot, CEO, "server", action="register")
            assert "already" in await told(bot, CEO, "server", action="register")
        async with office(tmp_path, discord=discord, registered=False) as bot:
            assert "has been registered since" in await told(bot, CEO, "server")
            entries = await bot.store.audit.latest(limit=9)
    noted = [(each.subject, each.details["after"]) for each in entries if each.action == "server"]
    assert noted == [(f"{KEY}/", "registered")] * 2


async def test_registration_that_is_taken_back_takes_the_labels_along(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        labelled = ChannelSettings(labels=frozenset({"public", "board"}), inline=True)
        await bot.store.settings.save(f"{KEY}/{CHANNEL}", labelled)
        assert "not registered any more" in await told(bot, CEO, "server", action="leave")
        assert await bot.store.settings.get(f"{KEY}/{CHANNEL}") == ChannelSettings(inline=True)
        assert await bot.store.workspaces.since(KEY) is None


async def test_admin_whom_nobody_knows_cannot_register_a_server_of_their_own(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.world.member_roles[BOB] = [LEAD_ROLE]
        async with office(tmp_path, discord=discord, registered=False) as bot:
            refused = await told(bot, BOB, "server", action="register")
            assert f"`discord:{GUILD}/{BOB}`" in refused
            assert await bot.store.workspaces.since(KEY) is None
            noted = [each.details["after"] for each in await bot.store.audit.latest(limit=9)]
    assert noted == ["refused"]


async def test_member_is_refused(tmp_path: Path) -> None:
    async with office(tmp_path, registered=False) as bot:
        assert "Only an admin" in await told(bot, ADA, "server", action="register")


async def test_nothing_is_registered_in_direct_messages(tmp_path: Path) -> None:
    async with office(tmp_path, registered=False) as bot:
        bot.discord.people.say(CEO, DM, "server")
        await until(lambda: bool(bot.discord.world.own()))
        await bot.quiet()
        assert await bot.store.workspaces.since("discord/@me") is None


async def test_settings_of_the_server_hold_in_the_threads_of_its_channels(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        await told(bot, CEO, "config", action="server", name="language", value="Chinese")
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
        (answer,) = await bot.answers()
        bot.discord.people.command(CEO, said.id, "config", group=GROUP, action="set", name="follow-ups", value="off")
        await bot.whispers(2)
        settings = await bot.store.settings.get(f"{KEY}/{CHANNEL}")
    assert answer.channel == said.id
    assert settings.follow_ups is False


@pytest.mark.parametrize(
    ("me", "vouches"),
    [
        pytest.param(Self(user=ME, owners=frozenset({CEO})), True, id="owner of the app"),
        pytest.param(Self(user=ME, owners=frozenset({ADA})), False, id="somebody else's app"),
        pytest.param(Self(user=ME, closed=True), True, id="app that nobody else may add"),
    ],
)
def test_admin_vouches_for_a_server_where_the_owner_has_brought_the_bot(me: Self, vouches: bool) -> None:
    person = person_of(Author(id=CEO, manages=True), ROOM, me)
    assert ADMIN_ROLE in person.roles
    assert (VOUCHER_ROLE in person.roles) is vouches
    assert VOUCHER_ROLE not in person_of(Author(id=CEO), ROOM, me).roles

"""Channels and threads of which Discord tells no more than its documentation promises: an id, a type, a parent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.discord_app.completing import begun, channel_of, completed
from tests.doubles.discord.names import ADA, CHANNEL, DM, FORUM, GUILD, ME, VOICE
from tests.doubles.discord.server import DiscordServer, discord_server

from .offices import office
from .opened import until

ASKED = f"<@{ME}> what is a moat?"
_PROMISED = {"id", "type", "guild_id", "parent_id"}


def thin(channel: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in channel.items() if key in _PROMISED}


def thinned(discord: DiscordServer) -> None:
    """Has the double tell of channels and threads only what is promised, wherever it tells of them."""
    guild, tell, open_thread = discord.world.guild, discord.world.tell, discord.messages.thread

    def sparse(server: str) -> dict[str, Any]:
        told = guild(server)
        return told | {key: [thin(each) for each in told[key]] for key in ("channels", "threads")}

    def telling(event: str, data: dict[str, Any], channel: str) -> None:
        if "channel" in data:
            data = data | {"channel": thin(data["channel"])}
        tell(event, thin(data) if event.startswith("THREAD_") else data, channel)

    discord.world.guild = sparse  # type: ignore[method-assign]
    discord.world.tell = telling
    discord.messages.thread = lambda *told: thin(open_thread(*told))  # type: ignore[method-assign]


@pytest.mark.parametrize("place", [CHANNEL, VOICE, DM], ids=["channel", "voice", "direct"])
async def test_question_is_answered_in_a_channel_of_which_next_to_nothing_is_told(place: str, tmp_path: Path) -> None:
    async with discord_server() as discord:
        thinned(discord)
        async with office(tmp_path, discord=discord) as bot:
            said = discord.people.say(ADA, place, ASKED)
            (answer,) = await bot.answers()
    assert "much is known" in answer.content
    assert answer.channel == (said.id if place == CHANNEL else place)


@pytest.mark.parametrize("place", [CHANNEL, FORUM], ids=["channel", "post"])
async def test_command_and_mention_in_a_thread_of_which_next_to_nothing_is_told(place: str, tmp_path: Path) -> None:
    async with discord_server() as discord:
        thinned(discord)
        async with office(tmp_path, discord=discord) as bot:
            said = (
                discord.people.post(ADA, FORUM, "Moats", ASKED)
                if place == FORUM
                else discord.people.say(ADA, CHANNEL, ASKED)
            )
            (answer,) = await bot.answers()
            discord.people.command(ADA, answer.channel, "ask", question="what is a ditch?")
            _, second = await bot.answers(2)
    assert (answer.channel, second.channel) == (answer.channel, said.channel if place == FORUM else said.id)


@pytest.mark.parametrize("kind", [0, 2, 4, 5, 10, 11, 12, 13, 15, 16], ids=str)
async def test_channel_of_any_kind_may_be_new_and_told_of_by_its_id_alone(kind: int, tmp_path: Path) -> None:
    event = "THREAD_CREATE" if kind in {10, 11, 12} else "CHANNEL_CREATE"
    told = {"id": "800000000000000077", "type": kind, "guild_id": GUILD, "parent_id": CHANNEL}
    async with office(tmp_path) as bot:
        bot.discord.gateway.tell_raw(event, told)
        guild = bot.connection.bot.get_guild(int(GUILD))
        assert guild is not None
        await until(lambda: guild.get_channel_or_thread(int(told["id"])) is not None)  # type: ignore[call-overload]


def test_what_is_told_is_never_changed() -> None:
    told = {"id": "1", "type": 11, "name": "moats", "thread_metadata": {"archived": True, "locked": True}}
    read = channel_of(told)
    assert {key: read[key] for key in ("id", "type", "name")} == {"id": "1", "type": 11, "name": "moats"}
    assert (read["thread_metadata"]["archived"], read["thread_metadata"]["locked"]) == (True, True)
    assert "locked" in told["thread_metadata"]  # type: ignore[operator]


@pytest.mark.parametrize("data", [None, 7, "x", []], ids=str)
def test_what_is_no_event_stays_as_it_is(data: object) -> None:
    assert completed("GUILD_CREATE", data) == data


@pytest.mark.parametrize(
    "line", ['"READY"', '{"t": "READY"', '["READY"]', '{"t": "MESSAGE_CREATE", "d": {"content": "READY"}}']
)
def test_line_that_begins_no_session_stays_as_it_is(line: str) -> None:
    assert begun(line, gateway="wss://gateway", shard=0) == line

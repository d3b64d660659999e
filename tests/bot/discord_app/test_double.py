"""The double answers as Discord's documentation says, whatever our bot asks for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.doubles.discord.limits import Invalid, check_commands, check_message, check_modal
from tests.doubles.discord.names import ADA, CHANNEL, DM, GUILD, ME, MESSAGE_CONTENT, QUIET, TOKEN
from tests.doubles.discord.server import DiscordServer, discord_server
from tests.doubles.discord.world import World

GUILDS, MESSAGES, DIRECT = 1 << 0, 1 << 9, 1 << 12


@asynccontextmanager
async def called() -> AsyncIterator[tuple[DiscordServer, aiohttp.ClientSession]]:
    """A client of no library."""
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with discord_server() as discord, aiohttp.ClientSession(headers=headers) as session:
        yield discord, session


async def post(session: aiohttp.ClientSession, address: str, **body: Any) -> tuple[int, Any]:
    async with session.post(address, json=body) as response:
        text = await response.text()
        return response.status, json.loads(text) if text else None


async def opened(session: aiohttp.ClientSession, discord: DiscordServer) -> aiohttp.ClientWebSocketResponse:
    socket = await session.ws_connect(discord.gateway.url + "?v=10&encoding=json")
    assert (await socket.receive_json())["op"] == 10
    return socket


def identify(token: str = TOKEN, intents: int = GUILDS | MESSAGES | DIRECT, **more: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": token, "intents": intents, "properties": {}, **more}}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("{", 4002, id="no JSON"),
        pytest.param(json.dumps({"op": 99}), 4001, id="unknown op"),
        pytest.param(json.dumps({"op": 3, "d": {}}), 4003, id="not identified"),
        pytest.param(json.dumps(identify(token="bad")), 4004, id="unknown token"),
        pytest.param(json.dumps(identify(shard=[2, 2])), 4010, id="shard out of range"),
        pytest.param(json.dumps(identify(intents=1 << 30)), 4013, id="unknown intent"),
        pytest.param(json.dumps(identify(intents=MESSAGE_CONTENT)), 4014, id="intent that is not granted"),
    ],
)
async def test_gateway_closes_with_the_documented_code(said: str, code: int) -> None:
    async with called() as (discord, session):
        socket = await opened(session, discord)
        await socket.send_str(said)
        await socket.receive()
    assert socket.close_code == code


async def test_session_begins_with_ready_and_its_servers_and_can_be_resumed() -> None:
    async with called() as (discord, session):
        socket = await opened(session, discord)
        await socket.send_json(identify())
        ready, guild = await socket.receive_json(), await socket.receive_json()
        await socket.close()
        discord.people.say(ADA, CHANNEL, f"<@{ME}> missed")
        socket = await opened(session, discord)
        key = ready["d"]["session_id"]
        await socket.send_json({"op": 6, "d": {"token": TOKEN, "session_id": key, "seq": guild["s"]}})
        missed, resumed = await socket.receive_json(), await socket.receive_json()
        await socket.close()
    assert (ready["t"], guild["t"], guild["d"]["id"]) == ("READY", "GUILD_CREATE", GUILD)
    assert (missed["d"]["content"], missed["s"], resumed["t"]) == (f"<@{ME}> missed", 3, "RESUMED")


async def test_unknown_session_is_invalid() -> None:
    async with called() as (discord, session):
        socket = await opened(session, discord)
        await socket.send_json({"op": 6, "d": {"token": TOKEN, "session_id": "x", "seq": 1}})
        told = await socket.receive_json()
        await socket.close()
    assert (told["op"], told["d"]) == (9, False)


async def test_heartbeat_is_acknowledged() -> None:
    async with called() as (discord, session):
        socket = await opened(session, discord)
        await socket.send_json({"op": 1, "d": None})
        assert (await socket.receive_json())["op"] == 11
        await socket.close()


@pytest.mark.parametrize(
    ("channel", "text", "shown"),
    [
        pytest.param(CHANNEL, "lunch?", "", id="talk"),
        pytest.param(CHANNEL, f"<@{ME}> why?", f"<@{ME}> why?", id="mention"),
        pytest.param(DM, "why?", "why?", id="direct"),
    ],
)
async def test_content_is_kept_from_a_bot_without_the_intent(channel: str, text: str, shown: str) -> None:
    async with called() as (discord, session):
        socket = await opened(session, discord)
        await socket.send_json(identify())
        for _ in range(2):
            await socket.receive_json()
        discord.people.say(ADA, channel, text)
        told = await socket.receive_json()
        await socket.close()
    assert told["d"]["content"] == shown


async def test_token_that_is_not_known_is_refused() -> None:
    async with (
        discord_server() as discord,
        aiohttp.ClientSession() as session,
        session.get(f"{discord.api}/users/@me") as response,
    ):
        assert response.status == 401


async def test_nonce_is_taken_once() -> None:
    async with called() as (discord, session):
        address = f"{discord.api}/channels/{CHANNEL}/messages"
        _, first = await post(session, address, content="A", nonce="1", enforce_nonce=True)
        _, again = await post(session, address, content="B", nonce="1", enforce_nonce=True)
        _, other = await post(session, address, content="C", nonce="2", enforce_nonce=True)
    assert (again["id"], again["content"]) == (first["id"], "A")
    assert other["id"] != first["id"]


async def test_bucket_tells_what_is_left_and_then_refuses() -> None:
    async with called() as (discord, session):
        discord.buckets.limits["messages"] = (2, 5.0)
        address = f"{discord.api}/channels/{CHANNEL}/messages"
        told = []
        for _ in range(3):
            async with session.post(address, json={"content": "A"}) as response:
                told.append((response.status, response.headers["X-RateLimit-Remaining"]))
                body = await response.json()
        other, _ = await post(session, f"{discord.api}/channels/{DM}/messages", content="A")
    assert told == [(200, "1"), (200, "0"), (429, "0")]
    assert 0 < body["retry_after"] <= 5
    assert other == 200


async def test_message_has_one_thread_and_some_channels_allow_none() -> None:
    async with called() as (discord, session):
        said, quiet = discord.people.say(ADA, CHANNEL, "A"), discord.people.say(ADA, QUIET, "B")
        address = f"{discord.api}/channels/{CHANNEL}/messages/{said.id}/threads"
        status, thread = await post(session, address, name="T")
        again, told = await post(session, address, name="T")
        denied, _ = await post(session, f"{discord.api}/channels/{QUIET}/messages/{quiet.id}/threads", name="T")
    assert (status, thread["id"], thread["parent_id"]) == (200, said.id, CHANNEL)
    assert (again, told["code"], denied) == (400, 160004, 403)


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def used(discord: DiscordServer) -> Any:
    discord.world.commands = [{"name": "advisor", "options": [{"name": "stop", "options": []}]}]
    return discord.people.command(ADA, CHANNEL, "stop")


@pytest.mark.parametrize(("seconds", "status"), [(2.9, 200), (3.1, 404)], ids=["in time", "too late"])
async def test_first_response_has_three_seconds(seconds: float, status: int) -> None:
    clock = _Clock()
    async with discord_server(world=World(clock)) as discord, aiohttp.ClientSession() as session:
        interaction = await used(discord)
        clock.now += seconds
        address = f"{discord.api}/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
        told, body = await post(session, address, type=5)
    assert told == status
    assert body.get("code") == (None if status == 200 else 10062)


async def test_interaction_is_responded_to_once_and_its_token_lasts_fifteen_minutes() -> None:
    clock = _Clock()
    async with discord_server(world=World(clock)) as discord, aiohttp.ClientSession() as session:
        interaction = await used(discord)
        address = f"{discord.api}/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
        _, first = await post(session, address, type=5, data={"flags": 64})
        twice, told = await post(session, address, type=5)
        hook = f"{discord.api}/webhooks/900000000000000009/{interaction.token}"
        _, filled = await post(session, hook, content="A")
        clock.now += 15 * 60 + 1
        late, _ = await post(session, hook, content="B")
    assert first["interaction"]["response_message_ephemeral"]
    assert (twice, told["code"], late) == (400, 40060, 401)
    assert filled["id"] == first["resource"]["message"]["id"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"content": "x" * 2001}, id="content"),
        pytest.param({"content": " "}, id="blank"),
        pytest.param({"content": "A", "nonce": "x" * 26}, id="nonce"),
        pytest.param({"embeds": [{"description": "x" * 4097}]}, id="embed"),
        pytest.param({"embeds": [{"description": "x" * 3500}] * 2}, id="embeds together"),
    ],
)
def test_message_beyond_the_limits_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        check_message(body)


def test_modal_and_commands_beyond_the_limits_are_refused() -> None:
    with pytest.raises(Invalid):
        check_modal({"title": "T" * 46, "custom_id": "x", "components": []})
    with pytest.raises(Invalid, match="did not match"):
        check_commands([{"name": "Two words", "description": "D"}])
    options = [{"type": 3, "name": n, "description": "D", "required": n == "b"} for n in "ab"]
    with pytest.raises(Invalid, match="Required options"):
        check_commands([{"name": "a", "description": "D", "options": options}])


async def test_closing_the_gateway_loses_nothing_that_is_told_meanwhile() -> None:
    async with called() as (discord, session):
        socket = await opened(session, discord)
        await socket.send_json(identify())
        await socket.receive_json()
        await discord.gateway.close(4000)
        await asyncio.sleep(0)
        discord.people.say(ADA, DM, "A")
        (kept,) = discord.gateway.sessions.values()
    assert json.loads(kept.told[-1])["d"]["content"] == "A"

"""What the doctor says of Discord."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from pydantic import SecretStr

from bot.discord_app.examination import examine_discord
from bot.discord_app.servers import permissions_in
from bot.discord_settings import DiscordSettings
from bot.findings import Finding, Status
from bot.limits import EngineSettings
from bot.settings import Settings
from tests.doubles.discord.names import CHANNEL, FORUM, GRANTED, QUIET, TOKEN
from tests.doubles.discord.server import DiscordServer, Fault, discord_server


async def findings(
    *,
    flags: int = 0,
    engine: EngineSettings | None = None,
    prepare: Callable[[DiscordServer], object] = lambda _: None,
    **changes: Any,
) -> list[Finding]:
    async with discord_server() as discord:
        discord.world.flags = flags
        discord.world.denied = {}
        prepare(discord)
        chosen = {"token": SecretStr(TOKEN), "api_base_url": discord.api, **changes}
        settings = Settings(home=Path("unused"), discord=DiscordSettings(**chosen), engine=engine or EngineSettings())
        found = [each async for each in examine_discord(settings)]
        assert discord.gateway.sockets == []
        return found


async def test_application_is_named() -> None:
    first, _, _ = await findings()
    assert (first.status, first.text) == (Status.OK, "signed in as 'Advisor', application 900000000000000009")


async def test_unknown_token_is_a_failure_with_its_mend() -> None:
    (finding,) = await findings(token=SecretStr("bad"))
    assert finding.status is Status.FAIL
    assert "ADVISOR_DISCORD_TOKEN" in finding.text
    assert "page “Bot”" in finding.mend


async def test_discord_out_of_reach_is_a_failure() -> None:
    (finding,) = await findings(api_base_url="http://127.0.0.1:1/api")
    assert finding.status is Status.FAIL
    assert "out of reach" in finding.text


@pytest.mark.parametrize(
    ("flags", "changes", "engine", "status"),
    [
        pytest.param(0, {}, EngineSettings(), Status.WARN, id="follow-ups without the grant"),
        pytest.param(GRANTED, {}, EngineSettings(), Status.OK, id="granted"),
        pytest.param(0, {}, EngineSettings(follow_ups=False), Status.OK, id="of no use"),
        pytest.param(0, {"message_content": "off"}, EngineSettings(), Status.OK, id="switched off"),
        pytest.param(0, {"message_content": "on"}, EngineSettings(), Status.FAIL, id="switched on without the grant"),
    ],
)
async def test_grant_that_the_settings_need_is_looked_for(
    flags: int, changes: dict[str, str], engine: EngineSettings, status: Status
) -> None:
    _, _, content = await findings(flags=flags, engine=engine, **changes)
    assert content.status is status
    assert bool(content.mend) is (status is not Status.OK)


def deny(**denied: set[str]) -> Callable[[DiscordServer], object]:
    places = {"general": CHANNEL, "quiet": QUIET, "questions": FORUM}
    return lambda discord: discord.world.denied.update({places[name]: what for name, what in denied.items()})


@pytest.mark.parametrize(
    ("prepare", "status", "text"),
    [
        pytest.param(deny(), Status.OK, "may do all that it needs in the server 'Founders'", id="all"),
        pytest.param(
            deny(general={"threads", "files"}, quiet={"embeds"}),
            Status.WARN,
            "in the server 'Founders' it lacks Create Public Threads, Attach Files in #general; Embed Links in #quiet",
            id="channels",
        ),
        pytest.param(deny(quiet={"view", "send"}), Status.OK, "may do all that it needs", id="closed on purpose"),
        pytest.param(deny(questions={"send"}), Status.OK, "may do all that it needs", id="a forum"),
        pytest.param(lambda discord: discord.world.guilds.clear(), Status.WARN, "in no server yet", id="no server"),
    ],
)
async def test_what_it_lacks_is_named_by_channel(
    prepare: Callable[[DiscordServer], object], status: Status, text: str
) -> None:
    _, servers, _ = await findings(prepare=prepare)
    assert servers.status is status
    assert text in servers.text
    assert bool(servers.mend) is (status is Status.WARN)


async def test_what_is_missing_in_the_whole_server_is_named_once() -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.world.permissions = lambda user: 1 << 10 | 1 << 11  # type: ignore[method-assign]

    _, servers, _ = await findings(prepare=prepare)
    assert "it lacks Send Messages In Threads, Create Public Threads" in servers.text


@pytest.mark.parametrize("path", ["/users/@me/guilds", "/channels", "/members/"])
async def test_server_that_does_not_tell_of_itself_is_passed_over(path: str) -> None:
    _, content = await findings(prepare=lambda discord: discord.faults.append(Fault("GET", path, 403, 50001)))
    assert "Message Content" in content.text


@pytest.mark.parametrize(
    ("overwrites", "may"),
    [
        pytest.param([], True, id="none"),
        pytest.param([("7", 0, 0, 1 << 11)], False, id="denied to everybody"),
        pytest.param([("7", 0, 0, 1 << 11), ("5", 0, 1 << 11, 0)], True, id="given to its role"),
        pytest.param([("5", 0, 0, 1 << 11), ("6", 0, 1 << 11, 0)], True, id="given to one of its roles"),
        pytest.param([("9", 0, 0, 1 << 11)], True, id="denied to a role of others"),
        pytest.param([("5", 0, 1 << 11, 0), ("1", 1, 0, 1 << 11)], False, id="denied to itself"),
    ],
)
def test_overwrites_hold_in_the_documented_order(overwrites: list[tuple[str, int, int, int]], may: bool) -> None:
    channel = {
        "permission_overwrites": [
            {"id": key, "type": kind, "allow": str(allow), "deny": str(denied)}
            for key, kind, allow, denied in overwrites
        ]
    }
    base = discord.Permissions(view_channel=True, send_messages=True)
    allowed = permissions_in(channel, base, server="7", roles={"5", "6"}, user="1")
    assert allowed.send_messages is may

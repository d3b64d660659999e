"""What the doctor says of Discord."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.discord_app.examination import examine_discord
from bot.discord_settings import DiscordSettings
from bot.findings import Finding, Status
from bot.limits import EngineSettings
from bot.settings import Settings
from tests.doubles.discord.names import GRANTED, TOKEN
from tests.doubles.discord.server import discord_server


async def findings(*, flags: int = 0, engine: EngineSettings | None = None, **changes: Any) -> list[Finding]:
    async with discord_server() as discord:
        discord.world.flags = flags
        chosen = {"token": SecretStr(TOKEN), "api_base_url": discord.api, **changes}
        settings = Settings(home=Path("unused"), discord=DiscordSettings(**chosen), engine=engine or EngineSettings())
        found = [each async for each in examine_discord(settings)]
        assert discord.gateway.sockets == []
        return found


async def test_application_is_named() -> None:
    first, _ = await findings()
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
    _, content = await findings(flags=flags, engine=engine, **changes)
    assert content.status is status
    assert bool(content.mend) is (status is not Status.OK)

"""The link that adds the bot to a server."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from typer.testing import Result

from bot.discord_app.invite import application_of, invite_link
from bot.discord_settings import DiscordSettings
from rag.errors import InvalidSettings

APP = "900000000000000009"
TOKEN = f"{b64encode(APP.encode()).decode().rstrip('=')}.x.y"


def test_link_asks_for_exactly_what_is_needed() -> None:
    query = parse_qs(urlsplit(invite_link(APP)).query)
    assert query["client_id"] == [APP]
    assert query["scope"] == ["bot applications.commands"]
    bits = {bit for bit in range(60) if int(query["permissions"][0]) >> bit & 1}
    # View channels, send messages, embed links, attach files, read history, public threads, send in threads.
    assert bits == {10, 11, 14, 15, 16, 35, 38}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(DiscordSettings(application_id=APP), id="id"),
        pytest.param(DiscordSettings(token=SecretStr(TOKEN)), id="token"),
        pytest.param(DiscordSettings(token=SecretStr(f"Bot {TOKEN}\n")), id="token as it is copied"),
    ],
)
def test_application_is_told_by_its_id_or_its_token(settings: DiscordSettings) -> None:
    assert application_of(settings) == APP


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        pytest.param(DiscordSettings(), "ADVISOR_DISCORD_APPLICATION_ID", id="nothing"),
        pytest.param(DiscordSettings(token=SecretStr("xoxb-1")), "does not look like", id="token of another chat"),
    ],
)
def test_missing_application_is_told(settings: DiscordSettings, told: str) -> None:
    with pytest.raises(InvalidSettings, match=told):
        application_of(settings)


def test_command_prints_the_link_alone_on_the_standard_output(
    advisor: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADVISOR_DISCORD_TOKEN", TOKEN)
    result = advisor("discord", "invite")
    assert (result.exit_code, result.stdout.strip()) == (0, invite_link(APP))


def test_command_without_a_token_says_what_is_missing(advisor: Callable[..., Result]) -> None:
    result = advisor("discord", "invite")
    assert result.exit_code != 0
    assert "ADVISOR_DISCORD_TOKEN is not set" in result.output

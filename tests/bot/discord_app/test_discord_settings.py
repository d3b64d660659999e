"""Settings of Discord come under the names of this product and under those that people know from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.discord_settings import DiscordSettings
from bot.settings import load_settings
from rag.errors import InvalidSettings


def loaded(folder: Path) -> DiscordSettings:
    return load_settings(folder=folder, flags={"home": folder}).settings.discord


@pytest.mark.parametrize("prefix", ["ADVISOR_DISCORD_", "DISCORD_"], ids=str)
def test_token_and_application_are_read(prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{prefix}TOKEN", "a.b.c")
    monkeypatch.setenv(f"{prefix}APPLICATION_ID", "900000000000000009")
    discord = loaded(tmp_path)
    assert discord.token is not None
    assert (discord.token.get_secret_value(), discord.application_id) == ("a.b.c", "900000000000000009")


def test_roles_are_a_list_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_DISCORD_ADMIN_ROLES", "500000000000000001, 500000000000000002")
    assert loaded(tmp_path).admin_role_ids == {"500000000000000001", "500000000000000002"}


def test_role_is_read_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "advisor.toml").write_text('[discord]\nadmin_roles = "500000000000000001"\n', encoding="utf-8")
    assert loaded(tmp_path).admin_role_ids == {"500000000000000001"}


def test_address_loses_its_slash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_DISCORD_API_BASE_URL", "http://127.0.0.1:1/api/v10/")
    assert loaded(tmp_path).api_base_url == "http://127.0.0.1:1/api/v10"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("API_BASE_URL", "discord.com", id="address without a scheme"),
        pytest.param("GATEWAY_URL", "https://gateway.example", id="gateway of another scheme"),
        pytest.param("APPLICATION_ID", "advisor", id="name for an id"),
        pytest.param("ADMIN_ROLES", "admins", id="name of a role"),
        pytest.param("MESSAGE_CONTENT", "yes", id="unknown choice"),
    ],
)
def test_value_that_cannot_work_is_told(name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"ADVISOR_DISCORD_{name}", value)
    with pytest.raises(InvalidSettings, match=f"ADVISOR_DISCORD_{name}"):
        loaded(tmp_path)

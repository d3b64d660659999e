"""Settings of Slack come under the names of this product and under those that people know from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load_settings
from bot.slack_settings import SlackSettings
from rag.errors import InvalidSettings


def loaded(folder: Path) -> SlackSettings:
    return load_settings(folder=folder, flags={"home": folder}).settings.slack


@pytest.mark.parametrize("prefix", ["ADVISOR_SLACK_", "SLACK_"], ids=str)
def test_tokens_are_read_from_the_environment(prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"BOT_TOKEN": "xoxb-1", "APP_TOKEN": "xapp-1", "SIGNING_SECRET": "s3cret"}
    for name, value in values.items():
        monkeypatch.setenv(prefix + name, value)
    slack = loaded(tmp_path)
    found = [slack.bot_token, slack.app_token, slack.signing_secret]
    assert [each.get_secret_value() for each in found if each] == list(values.values())


def test_own_name_is_stronger_than_the_known_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-known")
    monkeypatch.setenv("ADVISOR_SLACK_BOT_TOKEN", "xoxb-own")
    token = loaded(tmp_path).bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-own"


def test_tokens_are_read_from_a_file_beside_the_program(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-1\n", encoding="utf-8")
    assert loaded(tmp_path).bot_token is not None


def test_without_tokens_there_is_no_slack(tmp_path: Path) -> None:
    assert loaded(tmp_path).bot_token is None


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        pytest.param("MODE", "webhook", "socket", id="unknown mode"),
        pytest.param("API_BASE_URL", "slack.com", "ADVISOR_SLACK_API_BASE_URL", id="address without a scheme"),
    ],
)
def test_value_that_cannot_work_is_told(
    name: str, value: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"ADVISOR_SLACK_{name}", value)
    with pytest.raises(InvalidSettings, match=told):
        loaded(tmp_path)

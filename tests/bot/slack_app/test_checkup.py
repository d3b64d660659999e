"""What the doctor says of Slack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from bot.findings import Finding, Status
from bot.slack_app.checkup import examine_slack
from bot.slack_app.manifest import SCOPES as MANIFEST
from tests.doubles.slack.server import SlackServer, slack_server
from tests.doubles.slack.workspace import APP_TOKEN, BOT_TOKEN

from .opened import slack_settings

Prepare = Callable[[SlackServer], None]


async def examined(prepare: Prepare = lambda _: None, **changes: Any) -> list[Finding]:
    """The findings over a workspace whose app has all that the manifest asks for, unless a test changes that."""
    async with slack_server() as slack:
        slack.workspace.tokens[BOT_TOKEN] = frozenset(MANIFEST)
        prepare(slack)
        return [finding async for finding in examine_slack(slack_settings(slack, **changes))]


async def test_app_that_is_set_up_is_told_in_three_lines() -> None:
    told = await examined()
    assert [each.status for each in told] == [Status.OK] * 3
    assert "'Home'" in told[0].text
    assert f"all {len(MANIFEST)} scopes" in told[1].text


async def test_bot_without_slack_has_nothing_to_tell() -> None:
    assert await examined(bot_token=None) == []


async def test_scope_that_is_missing_is_named_with_what_will_not_work() -> None:
    def prepare(slack: SlackServer) -> None:
        slack.workspace.tokens[BOT_TOKEN] = frozenset(MANIFEST) - {"files:write", "chat:write"}

    told = {each.text: each for each in await examined(prepare) if each.status is not Status.OK}
    (files,) = [each for text, each in told.items() if "files:write" in text]
    (chat,) = [each for text, each in told.items() if "scope chat:write:" in text]
    assert (files.status, chat.status) == (Status.WARN, Status.FAIL)
    assert "sends an answer as a file" in files.text
    assert "install the app again" in files.mend


@pytest.mark.parametrize(
    ("changes", "prepare", "told"),
    [
        pytest.param({"app_token": None}, lambda _: None, "ADVISOR_SLACK_APP_TOKEN", id="setting"),
        pytest.param({"bot_token": SecretStr("xoxb-bad")}, lambda _: None, "does not know it", id="unknown token"),
        pytest.param({}, lambda slack: slack.workspace.revoked.add(BOT_TOKEN), "was revoked", id="revoked token"),
        pytest.param({}, lambda slack: slack.workspace.revoked.add(APP_TOKEN), "APP_TOKEN", id="revoked app token"),
        pytest.param({"api_base_url": "http://127.0.0.1:1/"}, lambda _: None, "out of reach", id="no network"),
    ],
)
async def test_what_keeps_the_bot_out_is_a_failure_in_a_sentence(
    changes: dict[str, Any], prepare: Prepare, told: str
) -> None:
    findings = await examined(prepare, **changes)
    assert findings[-1].status is Status.FAIL
    assert told in findings[-1].text
    assert findings[-1].mend
    assert "xoxb-" not in str(findings[-1]) or "begins with" in findings[-1].text


async def test_scopes_that_slack_does_not_tell_are_a_warning() -> None:
    def prepare(slack: SlackServer) -> None:
        slack.workspace.tokens[BOT_TOKEN] = frozenset()

    assert [each.status for each in await examined(prepare)] == [Status.OK, Status.WARN, Status.OK]

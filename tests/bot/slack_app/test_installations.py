"""One workspace an installation: what is for another one is let pass, what cannot be served is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from bot.chat import Message
from bot.errors import AdapterFailed
from bot.findings import Status
from bot.slack_app.checkup import examine_slack
from bot.slack_app.connection import SlackFactory
from bot.slack_app.signing_in import checked
from bot.slack_settings import SlackSettings
from rag.errors import InvalidSettings
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, APP_TOKEN, BOT_TOKEN, BOT_USER, CHANNEL, TEAM

from .bodies import ME, event, press, read
from .opened import listening, slack_settings, until

OURS = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
THEIRS = {**OURS, "team_id": "T0OTHER", "user_id": "U0OTHERBOT"}


def body(**changes: Any) -> dict[str, Any]:
    """A message in the channel, in Slack's envelope."""
    said = {"type": "message", "channel": CHANNEL, "user": ADA, "text": "hello", "ts": "1800000000.000100"}
    envelope = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": said, "authorizations": [OURS]}
    return {**envelope, **changes}


@pytest.mark.parametrize(
    ("changes", "heard"),
    [
        pytest.param({}, True, id="our own"),
        pytest.param({"authorizations": [THEIRS], "team_id": "T0OTHER"}, False, id="another workspace of the app"),
        pytest.param({"authorizations": [THEIRS], "is_ext_shared_channel": True}, True, id="shared channel"),
        pytest.param({"authorizations": [{**OURS, "team_id": "T0HOST"}], "team_id": "T0HOST"}, True, id="our bot"),
        pytest.param({"authorizations": [{"team_id": TEAM}], "team_id": "E0ORG"}, True, id="channel of the whole org"),
        pytest.param({"authorizations": [], "team_id": "T0OTHER"}, True, id="nothing told"),
        pytest.param({"authorizations": [None, "x"]}, True, id="nonsense"),
    ],
)
async def test_event_of_another_installation_is_acknowledged_and_let_pass(
    changes: dict[str, Any], heard: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening() as bot:
        deliveries = [bot.slack.deliveries.hand_over("events_api", body(event_id=f"Ev{n}", **changes)) for n in (1, 2)]
        for each in deliveries:
            await each.done.wait()
    assert all(each.acknowledged for each in deliveries)
    assert bool(bot.heard.incoming) is heard
    told = [each for each in caplog.records if each.message == "events_of_another_workspace_are_let_pass"]
    assert len(told) == (0 if heard else 1)


async def test_farewell_of_another_workspace_ends_nothing() -> None:
    farewell = {"type": "app_uninstalled"}
    async with listening() as bot:
        theirs = body(authorizations=[THEIRS], team_id="T0OTHER", event=farewell)
        await bot.slack.deliveries.hand_over("events_api", theirs).done.wait()
        bot.slack.people.say(ADA, CHANNEL, "hello")
        await until(lambda: bool(bot.heard.incoming))
        assert not bot.listening.done()


async def test_app_of_a_whole_organisation_is_refused_in_a_sentence() -> None:
    async with slack_server() as slack:
        slack.workspace.about = {"is_enterprise_install": True, "team_id": "E0ORG", "enterprise_id": "E0ORG"}
        with pytest.raises(AdapterFailed, match="install it in the workspace") as failure:
            async with SlackFactory().open(slack_settings(slack)):
                pass
        (finding,) = [each async for each in examine_slack(slack_settings(slack))]
    assert not failure.value.retryable
    assert (finding.status, "whole organisation" in finding.text) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"bot_token": APP_TOKEN}, "ADVISOR_SLACK_BOT_TOKEN begins with 'xapp-'", id="app token for bot"),
        pytest.param({"app_token": BOT_TOKEN}, "ADVISOR_SLACK_APP_TOKEN begins with 'xoxb-'", id="bot token for app"),
        pytest.param({"bot_token": "xoxp-1"}, "ADVISOR_SLACK_BOT_TOKEN begins with 'xoxp-'", id="person's token"),
        pytest.param({"bot_token": "xoxe-1"}, "begins with 'xoxe-'", id="token that renews"),
        pytest.param({"app_token": "xoxp-1"}, "ADVISOR_SLACK_APP_TOKEN begins with 'xoxp-'", id="person's for app"),
    ],
)
def test_token_of_another_kind_is_told_before_slack_is_asked(changes: dict[str, str], told: str) -> None:
    tokens = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, **changes}
    with pytest.raises(InvalidSettings, match=told) as failure:
        checked(SlackSettings(**{name: SecretStr(token) for name, token in tokens.items()}))
    assert "-1" not in str(failure.value)


async def test_scope_of_the_app_token_is_mended_where_that_token_is_made() -> None:
    async with slack_server() as slack:
        slack.workspace.app_tokens[APP_TOKEN] = frozenset()
        *_, finding = [each async for each in examine_slack(slack_settings(slack))]
    assert finding.status is Status.FAIL
    assert "'connections:write'; on the page “Basic Information”" in finding.text
    assert "manifest" not in finding.text


def test_token_from_a_file_may_end_in_a_lines_end() -> None:
    settings = SlackSettings.model_validate({"bot_token": f" {BOT_TOKEN}\n", "app_token": f"{APP_TOKEN}\r\n"})
    assert checked(settings).get_secret_value() == BOT_TOKEN
    assert settings.app_token is not None
    assert settings.app_token.get_secret_value() == APP_TOKEN


def test_slackbot_counts_as_a_bot() -> None:
    message = read(event(user="USLACKBOT"))
    assert isinstance(message, Message)
    assert message.person.is_bot


def test_event_without_an_id_is_told_from_others_by_what_it_says() -> None:
    made = []
    for said in (event(), event(), event(ts="1700000009.000100", event_ts="1700000009.000100")):
        del said["event_id"]
        made.append(read(said))
    assert [each.event_id == made[0].event_id for each in made if each] == [True, True, False]  # type: ignore[union-attr]


def test_press_whose_container_is_left_out_knows_its_message() -> None:
    told = press({"type": "button", "action_id": "a1:up:x:", "value": "a1:up:x:"})
    del told["container"]
    pressed = read(told)
    assert pressed is not None
    assert pressed.message is not None  # type: ignore[union-attr]
    assert pressed.message.id == told["message"]["ts"]  # type: ignore[union-attr]


def test_organisation_of_the_workspace_is_known() -> None:
    assert ME.is_meant({"authorizations": [{"team_id": ME.enterprise, "user_id": "U0ELSE"}]})

"""The double refuses what Slack refuses, so that a test that passes on it says something of Slack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack.server import SlackServer, slack_server
from tests.doubles.slack.workspace import ADA, APP_TOKEN, BOT_TOKEN, CHANNEL, PRIVATE, SCOPES, TEAM


@asynccontextmanager
async def called(token: str = BOT_TOKEN) -> AsyncIterator[tuple[SlackServer, AsyncWebClient]]:
    async with slack_server() as slack, aiohttp.ClientSession() as session:
        yield slack, AsyncWebClient(token=token, base_url=slack.api, session=session, retry_handlers=[])


def context(count: int) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * count}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({}, "no_text", id="nothing"),
        pytest.param({"text": "x" * 40_001}, "msg_too_long", id="text"),
        pytest.param({"blocks": [{"type": "markdown", "text": "x" * 12_001}]}, "invalid_blocks", id="markdown"),
        pytest.param(
            {"blocks": [{"type": "markdown", "text": "x" * 7_000}] * 2}, "msg_blocks_too_long", id="all blocks together"
        ),
        pytest.param({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks", id="blocks"),
        pytest.param({"blocks": [context(11)]}, "invalid_blocks", id="elements of a context"),
        pytest.param({"text": "x", "channel": "C0NOWHERE"}, "channel_not_found", id="channel"),
        pytest.param({"text": "x", "thread_ts": "1.1"}, "thread_not_found", id="thread"),
    ],
)
async def test_message_beyond_the_limits_is_refused(arguments: dict[str, Any], error: str) -> None:
    async with called() as (_, client):
        with pytest.raises(SlackApiError, match=error):
            await client.api_call("chat.postMessage", json={"channel": CHANNEL, **arguments})


@pytest.mark.parametrize(
    ("token", "error"),
    [("xoxb-other", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type"), ("", "not_authed")],
    ids=str,
)
async def test_token_is_looked_at(token: str, error: str) -> None:
    async with called(token) as (_, client):
        with pytest.raises(SlackApiError, match=error):
            await client.auth_test()


async def test_method_without_its_scope_names_it() -> None:
    async with called() as (slack, client):
        slack.workspace.tokens[BOT_TOKEN] = SCOPES - {"users:read"}
        with pytest.raises(SlackApiError) as failure:
            await client.users_info(user=ADA)
    assert (failure.value.response["error"], failure.value.response["needed"]) == ("missing_scope", "users:read")


async def test_private_channel_is_hidden_from_one_who_is_no_member() -> None:
    async with called() as (slack, client):
        slack.workspace.members[PRIVATE] = {ADA}
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await client.chat_postMessage(channel=PRIVATE, text="x")


async def test_messages_that_come_too_fast_are_put_off() -> None:
    async with called() as (slack, client):
        slack.workspace.post_interval_s = 60
        await client.chat_postMessage(channel=CHANNEL, text="x")
        with pytest.raises(SlackApiError) as failure:
            await client.chat_postMessage(channel=CHANNEL, text="x")
    assert failure.value.response.status_code == 429
    assert failure.value.response.headers["Retry-After"] == "1"


async def stream(client: AsyncWebClient, **more: Any) -> Any:
    root = await client.chat_postMessage(channel=CHANNEL, text="x")
    who = {"recipient_user_id": ADA, "recipient_team_id": TEAM}
    return await client.chat_startStream(**{"channel": CHANNEL, "thread_ts": root["ts"], **who, **more})


async def test_stream_grows_until_it_is_stopped() -> None:
    async with called() as (slack, client):
        started = await stream(client, markdown_text="one ")
        where = {"channel": CHANNEL, "ts": started["ts"]}
        await client.chat_appendStream(**where, chunks=[{"type": "markdown_text", "text": "two"}])
        await client.chat_stopStream(**where, markdown_text=" three")
        assert slack.workspace.messages[CHANNEL, started["ts"]].text == "one two three"
        with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
            await client.chat_appendStream(**where, markdown_text="four")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"recipient_user_id": ""}, "missing_recipient_user_id", id="for nobody"),
        pytest.param({"recipient_team_id": ""}, "missing_recipient_team_id", id="of no workspace"),
        pytest.param({"thread_ts": ""}, "invalid_arguments", id="outside a thread"),
        pytest.param({"markdown_text": "x" * 12_001}, "msg_too_long", id="too long"),
    ],
)
async def test_stream_is_refused(changes: dict[str, Any], error: str) -> None:
    async with called() as (_, client):
        with pytest.raises(SlackApiError, match=error):
            await stream(client, **changes)


async def test_stream_takes_so_much_in_all() -> None:
    async with called() as (_, client):
        started = await stream(client, markdown_text="x" * 11_000)
        with pytest.raises(SlackApiError, match="msg_too_long"):
            await client.chat_appendStream(channel=CHANNEL, ts=started["ts"], markdown_text="x" * 2_000)


async def test_stream_that_the_reader_stopped_takes_nothing_more() -> None:
    async with called() as (slack, client):
        started = await stream(client)
        slack.people.stop(ADA, slack.workspace.messages[CHANNEL, started["ts"]], told=False)
        with pytest.raises(SlackApiError, match="stopped_by_user"):
            await client.chat_appendStream(channel=CHANNEL, ts=started["ts"], markdown_text="x")


async def test_event_that_nobody_acknowledges_is_delivered_four_times() -> None:
    async with slack_server(ack_s=0.05) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=slack.api, session=session)
        opened = await client.apps_connections_open(app_token=APP_TOKEN)
        async with session.ws_connect(opened["url"]) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            slack.people.say(ADA, CHANNEL, "hello")
            envelopes = [await socket.receive_json() for _ in range(4)]
            (delivery,) = slack.deliveries.all
            await asyncio.wait_for(delivery.done.wait(), 10)
    assert [each["retry_attempt"] for each in envelopes] == [0, 1, 2, 3]
    assert len({each["envelope_id"] for each in envelopes}) == 4
    assert len({each["payload"]["event_id"] for each in envelopes}) == 1
    assert not delivery.acknowledged

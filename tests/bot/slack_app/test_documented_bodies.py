"""Bodies as Slack documents them, with more and with less in them than the bot has use for, come by signed requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.chat import Message, Standing
from tests.doubles.slack.workspace import ADA, BOT_USER, CHANNEL

from .opened import Heard
from .test_connecting import requested, signed

MENTION = {
    "type": "app_mention",
    "user": ADA,
    "text": f"<@{BOT_USER}> what is a moat?",
    "ts": "1515449522.000016",
    "channel": CHANNEL,
    "event_ts": "1515449522000016",
}
ENVELOPE = {
    "token": "ZZZZZZWSxiZZZ2yIvs3peJ",
    "team_id": "T0HOME",
    "context_team_id": "T0HOME",
    "context_enterprise_id": None,
    "api_app_id": "A061BL8RQ",
    "type": "event_callback",
    "event_id": "Ev0MDYHUEL",
    "event_time": 1515449483,
    "authorizations": [{"enterprise_id": None, "team_id": "T0HOME", "user_id": BOT_USER, "is_bot": True}],
    "is_ext_shared_channel": True,
    "event_context": "4-eyJldCI6ImFwcF9tZW50aW9uIn0",
}


@pytest.mark.parametrize("authorizations", [ENVELOPE["authorizations"], [], None], ids=["told", "empty", "null"])
async def test_mention_of_the_documents_is_taken(authorizations: Any) -> None:
    async with requested(heard := Heard()) as port:
        body = {**ENVELOPE, "authorizations": authorizations, "event": MENTION}
        assert (await signed(port, body))[0] == 200
    (message,) = heard.incoming
    assert isinstance(message, Message)
    assert (message.text, message.place.thread) == ("what is a moat?", MENTION["ts"])
    assert message.person.standing is Standing.MEMBER


@pytest.mark.parametrize(
    "event",
    [
        {"type": "team_join", "user": {"id": "U9", "name": "new"}, "cache_ts": 1},
        {"type": "channel_created", "channel": {"id": "C9", "name": "fun", "created": 1, "creator": ADA}},
        {"type": "file_shared", "file_id": "F1", "user_id": ADA, "file": {"id": "F1"}, "channel_id": CHANNEL},
        {"type": "function_executed", "function": {"id": "Fn1"}, "inputs": {}},
        {"type": "message", "subtype": "assistant_app_thread", "channel": "D1", "ts": "1.1", "user": BOT_USER},
        {"type": "message", "subtype": "message_replied", "channel": CHANNEL, "ts": "1.1", "hidden": True},
        {"type": "message", "subtype": "ekm_access_denied", "channel": CHANNEL, "ts": "1.1", "user": "UREVOKEDU"},
        {"type": "agent_session_stopped", "channel": CHANNEL, "thread_ts": "1.1", "streaming_message_ts": []},
        {"type": "reaction_added", "user": ADA, "reaction": "robot_face", "item": {"type": "file", "file": "F1"}},
    ],
    ids=lambda event: event.get("subtype") or event["type"],
)
async def test_event_that_the_bot_has_no_use_for_is_acknowledged(event: dict[str, Any]) -> None:
    async with requested(heard := Heard()) as port:
        assert (await signed(port, {**ENVELOPE, "event": event}))[0] == 200
    assert heard.incoming == []


async def test_events_that_slack_holds_back_are_told_to_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    body = {"token": "x", "type": "app_rate_limited", "team_id": "T0HOME", "minute_rate_limited": 1518467820}
    async with requested(Heard()) as port:
        assert (await signed(port, body))[0] == 200
    assert "slack_holds_events_back" in caplog.text


@pytest.mark.parametrize("path", ["commands", "interactive"])
async def test_look_at_the_certificate_needs_no_signature(path: str) -> None:
    form = urlencode({"ssl_check": "1", "token": "x"})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with (
        requested(heard := Heard()) as port,
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/slack/{path}", data=form, headers=headers) as answer,
    ):
        assert answer.status == 200
    assert heard.incoming == []


@pytest.mark.parametrize("body", ["{", "[]", "null", "payload=%7B"], ids=["cut off", "a list", "null", "broken form"])
async def test_body_that_is_none_of_slacks_is_refused_and_ends_nothing(body: str) -> None:
    async with requested(heard := Heard()) as port, aiohttp.ClientSession() as session:
        async with session.post(f"http://127.0.0.1:{port}/slack/events", data=body) as answer:
            assert answer.status >= 400
        assert (await signed(port, {**ENVELOPE, "event": MENTION}))[0] == 200
    assert len(heard.incoming) == 1

"""Bodies as Slack documents them, to be changed by a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.chat import Incoming
from bot.slack_app.identity import Identity, Profile
from bot.slack_app.parse import parse
from bot.slack_app.reader import Reader

ME = Identity(team="T1", user="UBOT", bot="BBOT", enterprise="E1")
TS = "1700000000.000100"
BUTTON = {"type": "button", "action_id": "a1:up:x:", "value": "a1:up:x:"}
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = {"U1": Profile(name="Ada", locale="en-US"), "U2": Profile(name="小明", locale="zh-CN")}
READER = Reader(identity=ME, now=NOW, is_command=lambda word: word in {"ask", "问", "help", "sources"}, profiles=PEOPLE)


def event(**changes: Any) -> dict[str, Any]:
    """A message in a channel; None takes a field away."""
    told = {
        "type": "message",
        "user": "U1",
        "text": "hello",
        "ts": "1700000000.000100",
        "channel": "C1",
        "channel_type": "channel",
        "event_ts": "1700000000.000100",
        "team": "T1",
    } | changes
    kept = {key: value for key, value in told.items() if value is not None}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": kept}


def command(text: str, **changes: Any) -> dict[str, Any]:
    """A slash command."""
    return {
        "command": "/advisor",
        "text": text,
        "user_id": "U1",
        "channel_id": "C1",
        "team_id": "T1",
        "trigger_id": "tr1",
        "response_url": "https://hooks.slack.com/1",
    } | changes


def press(action: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Something pressed under a message of a thread."""
    return {
        "type": "block_actions",
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1", "name": "general"},
        "container": {"type": "message", "message_ts": "1700000009.000100", "channel_id": "C1", "thread_ts": "17.1"},
        "message": {"ts": "1700000009.000100", "thread_ts": "17.1"},
        "actions": [action],
        "trigger_id": "tr1",
    } | changes


def read(body: dict[str, Any]) -> Incoming | None:
    """What the bot makes of a body."""
    return parse(body, READER)

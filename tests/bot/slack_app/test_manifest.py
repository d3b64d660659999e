"""The manifest asks for what the app uses, says why, and is within Slack's limits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from bot import slack_app
from bot.commands.catalogue import all_commands
from bot.slack_app.interactions import ASK_ABOUT
from bot.slack_app.manifest import EVENTS, SCOPES, as_json, as_yaml, lacking, manifest
from bot.wording import load_wording
from tests.doubles.slack.methods import NEEDS

REGISTRY = all_commands(load_wording(Path(__file__).parents[3] / "prompts"))


def test_json_and_yaml_say_the_same() -> None:
    made = manifest(REGISTRY)
    assert json.loads(as_json(REGISTRY)) == made
    assert yaml.safe_load(as_yaml(REGISTRY)) == made


def test_every_scope_is_explained() -> None:
    lines = as_yaml(REGISTRY).splitlines()
    for scope, reason in SCOPES.items():
        assert any(line.strip() == f"- {scope}  # {reason}" for line in lines)


def test_scopes_cover_every_method_that_is_called() -> None:
    called = set()
    for module in Path(str(slack_app.__file__)).parent.glob("*.py"):
        for name in re.findall(r"_(?:client|careful|clients\.\w+)\.(\w+)\b", module.read_text("utf-8")):
            called.add(name.replace("_", "."))
    needed = {NEEDS[name] for name in called if name in NEEDS}
    assert needed >= {"chat:write", "users:read", "channels:history", "files:read", "im:write", "usergroups:read"}
    assert needed <= set(SCOPES)


@pytest.mark.parametrize(
    ("event", "scope"),
    [
        ("app_mention", "app_mentions:read"),
        ("message.channels", "channels:history"),
        ("message.groups", "groups:history"),
        ("message.im", "im:history"),
        ("message.mpim", "mpim:history"),
        ("subteam_members_changed", "usergroups:read"),
        ("subteam_updated", "usergroups:read"),
    ],
    ids=str,
)
def test_every_event_has_its_scope(event: str, scope: str) -> None:
    assert event in EVENTS
    assert scope in SCOPES


def test_command_names_all_commands_in_both_languages() -> None:
    (command,) = manifest(REGISTRY)["features"]["slash_commands"]
    assert command["command"] == "/advisor"
    assert {"ask", "help", "stop"} <= set(command["usage_hint"].split(" | "))
    assert any(not word.isascii() for word in command["usage_hint"].split(" | "))


def test_names_are_within_slacks_limits() -> None:
    made = manifest(REGISTRY)
    (shortcut,) = made["features"]["shortcuts"]
    view = made["features"]["agent_view"]
    assert shortcut["callback_id"] == ASK_ABOUT
    assert len(shortcut["name"]) <= 24
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(view["agent_description"]) <= 300
    assert len(view["suggested_prompts"]) <= 4


def test_socket_mode_needs_no_address() -> None:
    assert "url" not in as_json(REGISTRY).replace("_url", "")
    assert manifest(REGISTRY)["settings"]["socket_mode_enabled"]


def test_requests_go_to_the_three_paths() -> None:
    made = manifest(REGISTRY, request_url="https://bot.example")
    assert not made["settings"]["socket_mode_enabled"]
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://bot.example/slack/events"
    assert made["settings"]["interactivity"]["request_url"] == "https://bot.example/slack/interactive"
    assert made["features"]["slash_commands"][0]["url"] == "https://bot.example/slack/commands"


def test_lacking_scopes_tell_what_will_not_work() -> None:
    assert lacking(frozenset(SCOPES)) == ()
    (told,) = lacking(frozenset(SCOPES) - {"files:write"})
    assert told.startswith("files:write (sends")

"""The app's manifest: what an admin pastes at api.slack.com/apps, made from the commands that there are. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from bot.commands.registry import Registry
from bot.slack_app.interactions import ASK_ABOUT
from rag.types import Language

COMMAND = "/advisor"

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hears when somebody mentions it",
    "assistant:write": "shows that it is at work, and offers questions to begin with",
    "channels:history": "hears follow-ups in threads of public channels, and reads a thread that it is called into",
    "chat:write": "answers",
    "chat:write.public": "answers a command in a public channel that it was not invited to",
    "commands": "offers the slash command and the message shortcut",
    "files:read": "reads a document that somebody shares with it",
    "files:write": "sends an answer as a file where it is too long for messages",
    "groups:history": "hears follow-ups in threads of private channels that it was invited to",
    "im:history": "hears direct messages",
    "im:write": "answers in direct messages",
    "mpim:history": "hears follow-ups in group messages that it was added to",
    "reactions:read": "answers a message on which somebody puts the reaction that asks for it",
    "usergroups:read": "knows who is in the user groups that hold rights or labels, or answer as experts",
    "users:read": "tells members, guests and people of other organisations apart, and calls people by name",
}
"""What the app may do, and what for."""

ESSENTIAL_SCOPES = frozenset({"chat:write"})
"""Without these nothing works; without the others something does not."""

EVENTS = (
    "agent_session_stopped",
    "app_context_changed",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "subteam_members_changed",
    "subteam_updated",
    "tokens_revoked",
)

_PROMPTS = (
    (Language.EN, "customers"),
    (Language.EN, "moats"),
    (Language.ZH, "pricing"),
    (Language.ZH, "risks"),
)
"""Who opens a conversation is offered all of them in their own language instead."""

_USAGE_CHARACTERS = 1_000


def manifest(registry: Registry, *, request_url: str = "") -> dict[str, Any]:
    """The manifest of an app for Socket Mode, or for requests to an address where one is given."""
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Advisor",
            "description": "Answers questions on building a company on AI models, with sources. 大模型创业顾问",
            "background_color": "#1f2937",
        },
        "features": _features(registry, request_url),
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": _settings(request_url),
    }


def as_json(registry: Registry, *, request_url: str = "") -> str:
    """The manifest as JSON."""
    return json.dumps(manifest(registry, request_url=request_url), ensure_ascii=False, indent=2)


def as_yaml(registry: Registry, *, request_url: str = "") -> str:
    """The manifest as YAML, each scope with its reason behind it."""
    made = manifest(registry, request_url=request_url)
    lines = yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=1_000).splitlines()
    return "\n".join(_explained(line) for line in lines)


def lacking(granted: frozenset[str]) -> tuple[str, ...]:
    """The scopes that an app does not have, each with what will not work."""
    return tuple(f"{scope} ({reason})" for scope, reason in SCOPES.items() if scope not in granted)


def _features(registry: Registry, request_url: str) -> dict[str, Any]:
    names = [
        registry.words(command, language).name
        for language in (Language.EN, Language.ZH)
        for command in registry.commands
    ]
    command = {
        "command": COMMAND,
        "description": "Ask, or give a command such as help · 提问或输入命令",
        "usage_hint": " | ".join(dict.fromkeys(names))[:_USAGE_CHARACTERS],
        "should_escape": True,
    }
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "Advisor", "always_online": True},
        "agent_view": {
            "agent_description": "Answers from a library on building companies on AI models, and names its sources.",
            "suggested_prompts": [
                {
                    "title": registry.wording.word("starter_title", key, language),
                    "message": registry.wording.word("starter", key, language),
                }
                for language, key in _PROMPTS
            ],
        },
        "slash_commands": [command | ({"url": f"{request_url}/slack/commands"} if request_url else {})],
        "shortcuts": [
            {
                "name": "Ask Advisor about this",
                "type": "message",
                "callback_id": ASK_ABOUT,
                "description": "Answers the message in its thread",
            }
        ],
    }


def _settings(request_url: str) -> dict[str, Any]:
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if request_url:
        events["request_url"] = f"{request_url}/slack/events"
        interactivity["request_url"] = f"{request_url}/slack/interactive"
    return {
        "event_subscriptions": events,
        "interactivity": interactivity,
        "org_deploy_enabled": False,
        "socket_mode_enabled": not request_url,
        "token_rotation_enabled": False,
    }


def _explained(line: str) -> str:
    reason = SCOPES.get(line.strip().removeprefix("- "))
    return f"{line}  # {reason}" if reason else line

"""The link that adds the bot to a server, with the permissions that it needs and no others. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlencode

import discord

from bot.discord_app.application import token_of
from bot.discord_settings import DiscordSettings
from rag.errors import InvalidSettings

PERMISSIONS: Mapping[str, str] = {
    "view_channel": "hears that it is mentioned",
    "send_messages": "answers",
    "send_messages_in_threads": "answers in threads",
    "create_public_threads": "opens a thread for a question",
    "read_message_history": "answers beneath a message, and reads a thread that it is called into",
    "attach_files": "sends an answer as a file where it is too long for messages",
    "embed_links": "shows its sources beneath an answer",
}
"""What the bot may do, and what for."""

SCOPES = ("bot", "applications.commands")


def invite_link(application: str) -> str:
    """Where an owner of a server adds the bot."""
    allowed = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    query = {"client_id": application, "scope": " ".join(SCOPES), "permissions": str(allowed.value)}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def application_of(settings: DiscordSettings) -> str:
    """The application's id: that of the settings, else the one that a token begins with.

    Raises:
        InvalidSettings: neither is set, or the token is none.
    """
    if settings.application_id:
        return settings.application_id
    if settings.token is None:
        raise InvalidSettings(
            "ADVISOR_DISCORD_TOKEN is not set; set it, or ADVISOR_DISCORD_APPLICATION_ID, the id on the page "
            "“General Information” of your app"
        )
    return _decoded(token_of(settings).partition(".")[0])


def _decoded(part: str) -> str:
    """The first part of a token is its application's id in base64."""
    try:
        found = base64.b64decode(part + "=" * (-len(part) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        found = ""
    if not found.isdigit():
        raise InvalidSettings("ADVISOR_DISCORD_TOKEN does not look like a bot's token; copy it from the page “Bot”")
    return found

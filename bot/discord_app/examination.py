"""What `advisor doctor` says of Discord: whether the token works, and whether what the settings need is granted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from bot.discord_app.application import application
from bot.discord_app.failures import CONTENT_REFUSED
from bot.discord_app.servers import examine_servers
from bot.discord_settings import DiscordSettings
from bot.findings import Finding, Status
from bot.limits import EngineSettings
from bot.records import Respond
from bot.settings import Settings
from rag.errors import RagError

_CALL_S = 15.0


async def examine_discord(everything: Settings) -> AsyncIterator[Finding]:
    """The findings, none without a token; nothing connects to the gateway, so that a running bot is left alone."""
    settings, engine = everything.discord, everything.engine
    if settings.token is None:
        return
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_CALL_S)) as session:
            known = await application(session, settings)
            servers = [each async for each in examine_servers(session, settings)]
    except RagError as error:
        problem, _, mend = str(error).partition("; ")
        yield Finding(check="discord", status=Status.FAIL, text=problem, mend=mend or "look at ADVISOR_DISCORD_TOKEN")
        return
    yield Finding(check="discord", status=Status.OK, text=f"signed in as {known.name!r}, application {known.id}")
    for each in servers:
        yield each
    yield _content(settings, engine, granted=known.reads_messages is not False)


def overhears(engine: EngineSettings) -> bool:
    """Whether messages are answered that do not mention the bot."""
    return engine.follow_ups or Respond(engine.respond) is Respond.AUTO


def _content(settings: DiscordSettings, engine: EngineSettings, *, granted: bool) -> Finding:
    """Whether the bot may read what does not mention it, where it ought to."""
    if settings.message_content == "off" or (settings.message_content == "auto" and not overhears(engine)):
        return Finding(check="discord", status=Status.OK, text="messages that do not mention the bot are not read")
    if granted:
        return Finding(check="discord", status=Status.OK, text="messages that do not mention the bot are read")
    problem, _, mend = CONTENT_REFUSED.partition(": ")
    status = Status.FAIL if settings.message_content == "on" else Status.WARN
    return Finding(check="discord", status=status, text=problem, mend=mend)

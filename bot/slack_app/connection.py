"""Slack as a plug-in of the running program: signs in, then listens by Socket Mode or HTTP."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from pydantic import SecretStr
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.commands.catalogue import all_commands
from bot.errors import AdapterFailed
from bot.running.plugging import Receive
from bot.settings import Settings
from bot.slack_app.adapter import SlackChat, Tools
from bot.slack_app.clients import Clients, nameless_client, open_clients
from bot.slack_app.directory import Directory
from bot.slack_app.failures import refused_token
from bot.slack_app.files import Files
from bot.slack_app.identity import PLATFORM, Identity
from bot.slack_app.intake import Intake, Office, reader_now
from bot.slack_app.manifest import ESSENTIAL_SCOPES, SCOPES, lacking
from bot.slack_app.outbox import EditBudget, Outbox, Pace
from bot.slack_app.reactions import Reactions
from bot.slack_app.reader import Reader
from bot.slack_app.render import Renderer
from bot.slack_app.requests import listen_on_http
from bot.slack_app.sockets import listen_on_socket
from bot.slack_app.streams import Streams
from bot.slack_app.traces import Traces
from bot.slack_app.welcome import Welcome
from bot.slack_settings import SlackSettings
from bot.wording import load_wording
from rag.errors import InvalidSettings
from rag.resources import data_folder

log = logging.getLogger(__name__)

_CALL_S, _CONNECT_S = 30.0, 10.0
_ANY = re.compile(".*", re.DOTALL)


class SlackFactory:
    """Opens the connection to Slack; see `bot.running.plugging.AdapterFactory`."""

    name = PLATFORM

    def wanted(self, settings: Settings) -> bool:
        """Whether a bot token is set."""
        return settings.slack.bot_token is not None

    @asynccontextmanager
    async def open(self, settings: Settings) -> AsyncIterator[SlackConnection]:
        """Signs in; see `bot.running.plugging.AdapterFactory`."""
        slack = settings.slack
        token = checked(slack)
        timeout = aiohttp.ClientTimeout(total=_CALL_S, sock_connect=_CONNECT_S)
        # One session for all calls: with one for each, a busy bot spends half its time on connecting.
        async with aiohttp.ClientSession(timeout=timeout) as session:
            clients = open_clients(slack, session, token=token)
            identity = await sign_in(clients.patient)
            yield _assembled(slack, session, clients=clients, identity=identity, token=token)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConnection:
    """Slack, signed in; see `bot.running.plugging.OpenAdapter`."""

    chat: SlackChat
    settings: SlackSettings
    office: Office
    identity: Identity
    session: aiohttp.ClientSession
    token: SecretStr

    async def listen(self, receive: Receive) -> None:
        """Hands over what people say; see `bot.running.plugging.OpenAdapter`."""
        intake = Intake(self.office, receive)
        listening = asyncio.create_task(self._listen(self._app(intake)))
        ending = asyncio.create_task(intake.ended())
        try:
            await asyncio.wait({listening, ending}, return_when=asyncio.FIRST_COMPLETED)
            for task in (ending, listening):
                if task.done():
                    task.result()
        finally:
            listening.cancel()
            ending.cancel()
            await asyncio.gather(listening, ending, return_exceptions=True)
            await intake.close()

    async def _listen(self, app: AsyncApp) -> None:
        if self.settings.mode == "http":
            await listen_on_http(app, self.settings)
        else:
            await listen_on_socket(app, self.settings, clock=time.monotonic)

    def _app(self, intake: Intake) -> AsyncApp:
        """Bolt, which acknowledges a body when it was taken in, and not before."""
        secret = self.settings.signing_secret

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=self.identity.enterprise or None,
                team_id=self.identity.team,
                bot_user_id=self.identity.user,
                bot_id=self.identity.bot,
                bot_token=self.token.get_secret_value(),
            )

        async def taken_in(body: dict[str, object], ack: AsyncAck) -> None:
            await intake.take(body)
            await ack()

        app = AsyncApp(
            name="advisor",
            client=nameless_client(self.settings, self.session),
            signing_secret=secret.get_secret_value() if secret else "",
            authorize=authorize,
            process_before_response=True,
            attaching_conversation_kwargs_enabled=False,
        )
        for kind in (app.event, app.command, app.action, app.view, app.shortcut):
            kind(_ANY)(taken_in)
        return app


def checked(settings: SlackSettings) -> SecretStr:
    """The bot token, when everything is set that the chosen mode needs. Raises InvalidSettings."""
    if settings.bot_token is None:
        raise InvalidSettings("ADVISOR_SLACK_BOT_TOKEN is not set; it is the token that begins with xoxb-")
    if settings.mode == "socket" and settings.app_token is None:
        problem = "slack.mode = 'socket' needs ADVISOR_SLACK_APP_TOKEN, the app-level token that begins with xapp-"
        raise InvalidSettings(f"{problem}; make one with the scope connections:write, or set slack.mode = 'http'")
    if settings.mode == "http" and settings.signing_secret is None:
        problem = "slack.mode = 'http' needs ADVISOR_SLACK_SIGNING_SECRET"
        raise InvalidSettings(f"{problem}; it is on the app's page “Basic Information”")
    for name, token, wrong in (("BOT", settings.bot_token, "xapp-"), ("APP", settings.app_token, "xoxb-")):
        if token is not None and token.get_secret_value().startswith(wrong):
            raise InvalidSettings(
                f"ADVISOR_SLACK_{name}_TOKEN begins with {wrong!r}: the two tokens are mixed up; exchange them"
            )
    return settings.bot_token


async def sign_in(client: AsyncWebClient) -> Identity:
    """Who the bot is.

    Raises:
        AdapterFailed: Slack is out of reach, refuses the token, or did not grant what nothing works without.
    """
    try:
        told = await client.auth_test()
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise refused_token(error, setting="ADVISOR_SLACK_BOT_TOKEN") from error
    granted = frozenset(filter(None, re.split(r"[,\s]+", told.headers.get("x-oauth-scopes") or "")))
    if granted:
        _check_scopes(granted)
    return Identity(
        team=told["team_id"],
        user=told["user_id"],
        bot=told.get("bot_id") or "",
        enterprise=told.get("enterprise_id") or "",
    )


def _check_scopes(granted: frozenset[str]) -> None:
    if missing := sorted(ESSENTIAL_SCOPES - granted):
        problem = f"the bot token lacks the scope {missing[0]!r} ({SCOPES[missing[0]]})"
        raise AdapterFailed(
            f"{problem}; add it, as `advisor slack manifest` has it, and install the app again", retryable=False
        )
    if wanting := lacking(granted):
        log.warning("slack_scopes_missing", extra={"scopes": "; ".join(wanting)})


def _assembled(
    settings: SlackSettings,
    session: aiohttp.ClientSession,
    *,
    clients: Clients,
    identity: Identity,
    token: SecretStr,
) -> SlackConnection:
    wording, traces = load_wording(data_folder("prompts")), Traces()
    commands = all_commands(wording)
    renderer = Renderer(wording)
    tools = Tools(
        renderer=renderer,
        traces=traces,
        pace=Pace(
            outbox=Outbox(interval_s=settings.post_interval_s, clock=time.monotonic, sleep=asyncio.sleep),
            edits=EditBudget(clock=time.monotonic),
            edit_interval_s=settings.edit_interval_s,
        ),
        files=Files(session, token=token, api_base_url=settings.api_base_url),
        streams=Streams(clients, renderer, clock=time.monotonic, offered=settings.streaming),
    )
    chat = SlackChat(clients, identity, tools)
    reader = Reader(identity=identity, now=_now(), is_command=lambda word: commands.find(word) is not None)
    directory = Directory(clients.hasty, identity, clock=time.monotonic)
    office = Office(
        directory=directory,
        reader=reader_now(reader, _now),
        traces=traces,
        chat=chat,
        wording=wording,
        welcome=Welcome(clients.hasty, directory, wording),
        reactions=Reactions(clients.hasty, identity, name=settings.reaction),
    )
    return SlackConnection(chat=chat, settings=settings, office=office, identity=identity, session=session, token=token)


def _now() -> datetime:
    return datetime.now(UTC)

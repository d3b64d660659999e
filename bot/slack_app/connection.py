"""Slack as a plug-in of the running program: signs in, then listens by Socket Mode or HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.commands.catalogue import all_commands
from bot.rights import rights_of
from bot.running.plugging import Receive
from bot.settings import Settings
from bot.slack_app.adapter import SlackChat, Tools
from bot.slack_app.clients import Clients, nameless_client, open_clients
from bot.slack_app.dialect import Dialect
from bot.slack_app.directory import Directory
from bot.slack_app.doorstep import Doorstep
from bot.slack_app.files import Files
from bot.slack_app.groups import UserGroups
from bot.slack_app.identity import PLATFORM, Identity
from bot.slack_app.intake import Intake, Office, reader_now
from bot.slack_app.outbox import EditBudget, Outbox, Pace
from bot.slack_app.reactions import Reactions
from bot.slack_app.reader import Reader
from bot.slack_app.render import Renderer
from bot.slack_app.requests import listen_on_http
from bot.slack_app.signing_in import check_scopes, checked, open_session, sign_in
from bot.slack_app.sockets import listen_on_socket
from bot.slack_app.streams import Streams
from bot.slack_app.traces import Traces
from bot.slack_app.welcome import Welcome
from bot.slack_settings import SlackSettings
from bot.wording import load_wording
from rag.resources import data_folder


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
        async with open_session() as session:
            clients = open_clients(slack, session, token=token)
            signed = await sign_in(clients.patient)
            check_scopes(signed.granted)
            wanted = rights_of(settings.rights).groups(PLATFORM, signed.identity.team)
            groups = UserGroups(clients.hasty, wanted, clock=time.monotonic)
            yield _assembled(slack, session, clients=clients, identity=signed.identity, groups=groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConnection:
    """Slack, signed in; see `bot.running.plugging.OpenAdapter`."""

    chat: SlackChat
    settings: SlackSettings
    office: Office
    identity: Identity
    clients: Clients
    session: aiohttp.ClientSession
    token: SecretStr

    async def listen(self, receive: Receive) -> None:
        """Hands over what people say; see `bot.running.plugging.OpenAdapter`."""
        intake = Intake(self.office, receive)
        doorstep = Doorstep(intake.take)
        ends = (intake.ended(), self.clients.refusal.certain(self.clients.hasty), self._listen(doorstep))
        tasks = [asyncio.create_task(each) for each in ends]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await doorstep.close()
            await intake.close()

    async def _listen(self, doorstep: Doorstep) -> None:
        app = self._app(doorstep)
        if self.settings.mode == "http":
            await listen_on_http(app, self.settings)
        else:
            await listen_on_socket(app, doorstep.hand_over, self.settings, clock=time.monotonic)

    def _app(self, doorstep: Doorstep) -> AsyncApp:
        """Bolt, which acknowledges a body when the doorstep says so, and not before."""
        secret = self.settings.signing_secret

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=self.identity.enterprise or None,
                team_id=self.identity.team,
                bot_user_id=self.identity.user,
                bot_id=self.identity.bot,
                bot_token=self.token.get_secret_value(),
            )

        async def taken_in(body: dict[str, object]) -> BoltResponse:
            await doorstep.hand_over(body)
            return BoltResponse(status=200)

        app = AsyncApp(
            name="advisor",
            client=nameless_client(self.settings, self.session),
            signing_secret=secret.get_secret_value() if secret else "",
            authorize=authorize,
            process_before_response=True,
            attaching_conversation_kwargs_enabled=False,
        )
        # One door for all kinds: to have Bolt look for a listener takes it longer than we take with the event.
        # By Socket Mode even the rest of Bolt's dispatch is left out; see `sockets`.
        app.middleware(taken_in)
        return app


def _assembled(
    settings: SlackSettings,
    session: aiohttp.ClientSession,
    *,
    clients: Clients,
    identity: Identity,
    groups: UserGroups,
) -> SlackConnection:
    token = checked(settings)
    wording, traces = load_wording(data_folder("prompts")), Traces()
    commands = all_commands(wording)
    files = Files(session, clients.patient, token=token, api_base_url=settings.api_base_url)
    chat = SlackChat(
        clients, identity, _tools(settings, clients, Renderer(wording), traces=traces, files=files, groups=groups)
    )
    reader = Reader(identity=identity, now=_now(), is_command=lambda word: commands.find(word) is not None)
    directory = Directory(clients.hasty, identity, clock=time.monotonic)
    office = Office(
        directory=directory,
        groups=groups,
        reader=reader_now(reader, _now),
        traces=traces,
        chat=chat,
        wording=wording,
        welcome=Welcome(clients.hasty, directory, wording),
        reactions=Reactions(clients.hasty, identity, name=settings.reaction),
    )
    return SlackConnection(
        chat=chat,
        settings=settings,
        office=office,
        identity=identity,
        clients=clients,
        session=session,
        token=token,
    )


def _tools(
    settings: SlackSettings,
    clients: Clients,
    renderer: Renderer,
    *,
    traces: Traces,
    files: Files,
    groups: UserGroups,
) -> Tools:
    pace = Pace(
        outbox=Outbox(interval_s=settings.post_interval_s, clock=time.monotonic, sleep=asyncio.sleep),
        edits=EditBudget(clock=time.monotonic),
        edit_interval_s=settings.edit_interval_s,
    )
    streams = Streams(clients, renderer, clock=time.monotonic, offered=settings.streaming)
    dialect = Dialect(renderer, clock=time.monotonic)
    return Tools(
        renderer=renderer, dialect=dialect, traces=traces, pace=pace, files=files, streams=streams, groups=groups
    )


def _now() -> datetime:
    return datetime.now(UTC)

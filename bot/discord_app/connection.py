"""Discord as a plug-in of the running program: signs in, then listens to the gateway."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import discord
from discord.http import Route

from bot.assembly import new_id
from bot.commands.catalogue import all_commands
from bot.discord_app.adapter import DiscordChat
from bot.discord_app.application import Application, application, token_of
from bot.discord_app.attending import Attendant
from bot.discord_app.calls import Calls
from bot.discord_app.client import Bot, pointed_at, use_gateway
from bot.discord_app.examination import overhears
from bot.discord_app.failures import CONTENT_REFUSED, refused
from bot.discord_app.files import Files
from bot.discord_app.hints import Hints
from bot.discord_app.intake import Intake, Office
from bot.discord_app.means import Means
from bot.discord_app.refusals import Refusals
from bot.discord_app.registering import Registered, register
from bot.discord_app.render import Renderer
from bot.discord_app.rooms import Rooms
from bot.discord_app.slots import Slots
from bot.discord_app.traces import Traces
from bot.discord_app.tree import commands_of
from bot.discord_app.values import PLATFORM, Self
from bot.discord_settings import DiscordSettings
from bot.errors import AdapterFailed
from bot.limits import EngineSettings
from bot.running.plugging import House, Receive
from bot.settings import Settings
from bot.wording import Wording, load_wording
from rag.ports import Clock
from rag.resources import data_folder

log = logging.getLogger(__name__)

_READY_S = 60.0
_CALL_S, _CONNECT_S = 30.0, 10.0


class DiscordFactory:
    """Opens the connection to Discord; see `bot.running.plugging.AdapterFactory`."""

    name = PLATFORM

    def __init__(self) -> None:
        # Discord goes on counting when the bot connects anew.
        self._refusals = Refusals()

    def wanted(self, settings: Settings) -> bool:
        """Whether a token is set."""
        return settings.discord.token is not None

    @asynccontextmanager
    async def open(self, settings: Settings) -> AsyncIterator[DiscordConnection]:
        """Signs in; see `bot.running.plugging.AdapterFactory`."""
        chosen = settings.discord
        timeout = aiohttp.ClientTimeout(total=_CALL_S, sock_connect=_CONNECT_S)
        with pointed_at(api_base_url=chosen.api_base_url):
            async with aiohttp.ClientSession(timeout=timeout, trace_configs=[self._refusals.trace()]) as session:
                known = await application(session, chosen)
                bot = await sign_in(chosen, settings.engine, known, trace=self._refusals.trace())
                calls = Calls(longest_s=chosen.call_s, refusals=self._refusals)
                try:
                    yield assembled(bot, calls, session, settings=settings, known=known)
                finally:
                    await calls.close()
                    await bot.close()


async def sign_in(
    settings: DiscordSettings, engine: EngineSettings, known: Application, *, trace: aiohttp.TraceConfig | None = None
) -> Bot:
    """The client, known to Discord but not connected to the gateway.

    Raises:
        InvalidSettings: there is no token.
        AdapterFailed: Discord is out of reach, refuses the token, or has not granted what the settings need.
    """
    token = token_of(settings)
    granted = known.reads_messages
    wanted = settings.message_content == "on" or (settings.message_content == "auto" and overhears(engine))
    insisted = settings.message_content == "on"
    if insisted and granted is False:
        raise AdapterFailed(CONTENT_REFUSED, retryable=False)
    if wanted and not granted and not insisted:
        log.warning("message_content_not_granted", extra={"mend": CONTENT_REFUSED})
    # Where Discord does not tell, the gateway has the last word.
    bot = Bot(message_content=insisted or (wanted and bool(granted)), http_trace=trace)
    return await _signed_in(bot, token)


async def _signed_in(bot: Bot, token: str) -> Bot:
    try:
        await bot.login(token)
    except Exception as error:  # the library reads what it is told without a look
        await bot.close()
        raise refused(error) from error
    return bot


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordConnection:
    """Discord, signed in; see `bot.running.plugging.OpenAdapter`."""

    chat: DiscordChat
    settings: DiscordSettings
    bot: Bot
    office: Office
    calls: Calls
    commands: list[dict[str, Any]]
    registered: Registered
    hints: Hints
    houses: list[House]

    def settle_in(self, house: House) -> None:
        """See `bot.running.plugging.Asking`."""
        self.houses[:] = [house]
        self.office.rooms.ask(house.inline)

    def refused_lately(self) -> int:
        """See `bot.running.plugging.Counting`."""
        return self.calls.refusals.lately

    async def listen(self, receive: Receive) -> None:
        """Hands over what people say; see `bot.running.plugging.OpenAdapter`.

        The gateway stays connected until the connection is closed: the library would end its calls together with it.
        """
        async with self.hearing(receive):
            await self._prepare()
            await self._connected()

    @asynccontextmanager
    async def hearing(self, receive: Receive) -> AsyncIterator[None]:
        """Has Discord show the commands, and hands over what the client is told."""
        await register(self.bot, self.calls, self.commands, self.registered)
        self.hints.learn(await asyncio.to_thread(self.registered.ids, str(self.bot.application_id)))
        intake = Intake(self.office, receive, house=self.houses[0] if self.houses else None)
        self.bot.ear = intake
        try:
            yield
        finally:
            self.bot.ear = None
            await intake.close()
            await self.office.attendant.close()

    async def _connected(self) -> None:
        """Keeps the gateway connected. Raises AdapterFailed when it ends."""
        gateway = asyncio.create_task(self.bot.connect())
        watch = asyncio.create_task(self._watch())
        try:
            await asyncio.wait({gateway, watch}, return_when=asyncio.FIRST_COMPLETED)
            for task in (gateway, watch):
                if task.done():
                    task.result()
            raise AdapterFailed("Discord ended the connection", retryable=True)
        except Exception as error:
            raise refused(error) from error
        finally:
            # Nobody listens any more; how the connection ends is nobody's business.
            gateway.add_done_callback(_heard_of)
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _prepare(self) -> None:
        """Looks how many connections Discord wants, and whether it allows any more today."""
        try:
            told = await self._gateway()
            url = self.settings.gateway_url or str(told["url"])
            shards, start = int(told.get("shards") or 1), told.get("session_start_limit") or {}
            left, reset_s = int(start.get("remaining", shards)), int(start.get("reset_after") or 0) / 1000
        except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise refused(error) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise AdapterFailed(f"Discord's gateway cannot be read: {error!r}", retryable=True) from error
        if left < shards:
            problem = f"Discord allows no more connections today; the next ones in {reset_s / 60:.0f} minutes"
            raise AdapterFailed(f"{problem}, and takes the token away from a bot that goes on trying", retryable=True)
        self.bot.shard_count = shards
        use_gateway(url)

    async def _gateway(self) -> Any:
        """What Discord tells of its gateway; one that is set by hand need not be told of."""
        try:
            return await self.bot.http.request(Route("GET", "/gateway/bot"))
        except discord.NotFound:
            if not self.settings.gateway_url:
                raise
            return {}

    async def _watch(self) -> None:
        """Raises AdapterFailed when there is no session for too long; returns never."""
        await asyncio.sleep(_READY_S)
        if not self.bot.connected:
            raise AdapterFailed(f"Discord's gateway has begun no session for {_READY_S:.0f} s", retryable=True)
        await asyncio.get_running_loop().create_future()


def _heard_of(gateway: asyncio.Task[None]) -> None:
    """Takes note of how a task ended, which asyncio would complain of else."""
    if not gateway.cancelled():
        gateway.exception()


def _self(bot: Bot, settings: DiscordSettings, known: Application) -> Self:
    return Self(
        user=str(bot.user.id if bot.user else 0),
        admin_roles=settings.admin_role_ids,
        owners=known.owners,
        closed=not known.anybody_may_add,
    )


def assembled(
    bot: Bot,
    calls: Calls,
    session: aiohttp.ClientSession,
    *,
    settings: Settings,
    known: Application,
    clock: Clock = time.monotonic,
) -> DiscordConnection:
    """What a client that is signed in works with. `clock` tells seconds that only grow."""
    wording, chosen = load_wording(data_folder("prompts")), settings.discord
    registry = all_commands(wording)
    hints = Hints(registry, commands := commands_of(registry))
    means = Means(
        client=bot,
        calls=calls,
        rooms=Rooms(bot, calls),
        slots=Slots(calls, clock),
        traces=Traces(),
        renderer=Renderer(wording, hints),
        files=Files(session, api_base_url=chosen.api_base_url),
        edit_interval_s=chosen.edit_interval_s,
        new_nonce=new_id,
    )
    return DiscordConnection(
        chat=(chat := DiscordChat(means)),
        settings=chosen,
        bot=bot,
        office=_office(means, chat, wording, me=_self(bot, chosen, known)),
        calls=calls,
        commands=commands,
        registered=Registered(Path(settings.home), server=chosen.api_base_url),
        hints=hints,
        houses=[],
    )


def _office(means: Means, chat: DiscordChat, wording: Wording, *, me: Self) -> Office:
    return Office(
        client=means.client,
        chat=chat,
        rooms=means.rooms,
        slots=means.slots,
        renderer=means.renderer,
        traces=means.traces,
        attendant=Attendant(wording, means.calls, asyncio.sleep),
        me=me,
        sleep=asyncio.sleep,
    )

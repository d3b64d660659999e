"""What becomes of each thing that Discord hands over: answered in time, read, taken in by the engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import discord

from bot.chat import CommandCall, Incoming, Message, Person, Place, Press
from bot.discord_app import parse, sizes
from bot.discord_app.adapter import DiscordChat
from bot.discord_app.attending import Attendant
from bot.discord_app.reading import Interaction, is_written, room_of, server_of, used_of, written_of
from bot.discord_app.render import Renderer
from bot.discord_app.rooms import Rooms
from bot.discord_app.slot import Slot, Stage
from bot.discord_app.slots import Slots
from bot.discord_app.traces import Traces
from bot.discord_app.values import Self, Used
from bot.engine.cleaning import without_secrets
from bot.errors import DeliveryFailed, StoreFailed
from bot.offers import Verb
from bot.records import Outcome, Receipt
from bot.running.plugging import House, Receive
from bot.wording import Say
from rag.errors import InvalidInput

log = logging.getLogger(__name__)

_GUARD_S = 1.5
"""Discord waits three seconds for the first response; until then a handler may still open a form."""

_COMPLETION_S = 2.0
_TYPING_AT_ONCE = 5
_PAUSES_S = (0.2, 1.0, 3.0)
"""Waits between tries to take something in: Discord does not hand it over again."""

_ASKS = "ask"
_TAKEN = frozenset({Outcome.ACCEPTED, Outcome.JOINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What taking in needs besides what comes."""

    client: discord.Client
    chat: DiscordChat
    rooms: Rooms
    slots: Slots
    renderer: Renderer
    traces: Traces
    attendant: Attendant
    me: Self
    sleep: Callable[[float], Awaitable[None]]


class Intake:
    """Takes in what Discord hands over; much may be under way at once. Implements `bot.discord_app.client.Ear`."""

    def __init__(self, office: Office, receive: Receive, *, house: House | None) -> None:
        self._office = office
        self._receive = receive
        self._house = house
        self._beside: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Ends what is still going on beside the work."""
        for task in list(self._beside):
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def message(self, message: discord.Message) -> None:
        """Takes in what somebody wrote."""
        me = self._office.me
        if not is_written(message) or str(message.author.id) == me.user:
            return
        room = await self._office.rooms.untold(message.channel, server_of(message))
        read = parse.message(written_of(message, int(me.user), room=room), me)
        await self._heard(read)

    async def edited(self, event: discord.RawMessageUpdateEvent) -> None:
        """Takes in a change by a person; Discord also tells when it has added a preview."""
        me, message = self._office.me, event.message
        if message.edited_at is None or not is_written(message) or str(message.author.id) == me.user:
            return
        known = self._office.traces.place(str(message.id))
        written = written_of(message, int(me.user))
        await self._taken_in(parse.edited(written, me, at=message.edited_at, known=known))

    async def deleted(self, message_id: int, channel_id: int, guild_id: int | None) -> None:
        """Takes in that a message is gone."""
        channel: Any = self._office.client.get_channel(channel_id) or discord.Object(channel_id)
        known = self._office.traces.place(str(message_id))
        room = room_of(channel, guild_id)
        await self._taken_in(parse.deleted(str(message_id), room, at=datetime.now(UTC), known=known))

    async def used(self, interaction: Interaction) -> None:
        """Takes in a command, a button, a list, a form, or what somebody is typing."""
        try:
            await self._used(interaction)
        except InvalidInput as error:
            log.warning("not_read", extra={"error": str(error)})
        except DeliveryFailed as error:
            log.warning("interaction_not_answered", extra={"error": str(error)})

    async def _used(self, interaction: Interaction) -> None:
        match interaction.type:
            case discord.InteractionType.autocomplete:
                await self._complete(interaction)
            case discord.InteractionType.application_command:
                await self._command(interaction)
            case discord.InteractionType.component:
                await self._pressed(interaction)
            case discord.InteractionType.modal_submit:
                await self._sent(interaction)
            case _:
                return

    async def _command(self, interaction: Interaction) -> None:
        slot = self._office.slots.open(interaction)
        used = self._used_of(interaction)
        saving = parse.saving(used, self._office.me)
        if saving is not None:
            await self._handled(slot, saving, Stage.PRIVATE)
            return
        if used.message is not None:
            await self._request(slot, used)
            return
        if parse.command(used, self._office.me).name == _ASKS:
            # Before anything else: Discord takes no answer after three seconds.
            await slot.put_off(Stage.PUBLIC)
        call = parse.command(self._used_of(interaction, response=slot.response), self._office.me)
        await self._handled(slot, call, Stage.PRIVATE)

    async def _request(self, slot: Slot, used: Used) -> None:
        """A message is answered in its thread, whoever asked for that."""
        await slot.put_off(Stage.PRIVATE)
        asked = parse.request(used, self._office.me)
        if asked is None:
            await slot.dismiss()
            return
        self._office.slots.place(slot, asked.place)
        receipt = await self._heard(asked)
        if receipt.outcome in _TAKEN:
            await slot.dismiss()
        elif receipt.outcome is Outcome.DUPLICATE:
            await self._office.attendant.end(slot, Say.ASKED_BEFORE)
        else:
            self._office.attendant.attend(slot, asked=False)

    async def _pressed(self, interaction: Interaction) -> None:
        slot = self._office.slots.open(interaction)
        press = parse.press(self._used_of(interaction), self._office.me)
        if press.payload.verb == Verb.SHARE_HERE:
            told = self._office.slots.before(str(interaction.message.id)) if interaction.message else ()
            before = [self._office.renderer.message(part) for part in told]
            await self._office.attendant.share(slot, interaction, press, before)
            return
        await self._handled(slot, press, Stage.SILENT)

    async def _sent(self, interaction: Interaction) -> None:
        slot = self._office.slots.open(interaction)
        sent = parse.submission(self._used_of(interaction), self._office.me)
        await self._handled(slot, sent, Stage.PRIVATE)

    async def _handled(self, slot: Slot, incoming: CommandCall | Press | Any, patience: Stage) -> None:
        """Has something done; Discord is asked for patience where that takes longer than it waits."""
        if incoming.place.private and patience is Stage.PRIVATE:
            # Nobody else reads along, and the engine posts there as to all.
            patience = Stage.PUBLIC
        awaits_post = slot.stage is Stage.PUBLIC or patience is Stage.PUBLIC
        self._office.slots.place(slot, incoming.place, awaits_post=awaits_post)
        guard = asyncio.create_task(self._guard(slot, patience))
        try:
            receipt = await self._taken_in(incoming)
        finally:
            guard.cancel()
            await asyncio.gather(guard, return_exceptions=True)
        await slot.put_off(patience)
        if receipt.outcome is Outcome.JOINED or slot.done_elsewhere:
            # The answer comes where the question stands that this one has joined, or has been said to everybody.
            await slot.dismiss()
        self._office.attendant.attend(slot, asked=receipt.outcome is Outcome.ACCEPTED)
        self._make_good(incoming.place, incoming.person, after=slot.settled)

    async def _guard(self, slot: Slot, patience: Stage) -> None:
        await self._office.sleep(_GUARD_S)
        await slot.put_off(patience)

    async def _complete(self, interaction: Interaction) -> None:
        used = self._used_of(interaction)
        argument, typed = parse.focused(used)
        proposed: tuple[str, ...] = ()
        if self._house is not None:
            try:
                async with asyncio.timeout(_COMPLETION_S):
                    call = parse.command(used, self._office.me)
                    proposed = tuple(await self._house.complete(call, argument, typed))
            except TimeoutError:
                log.info("completion_took_too_long")
        values = [each for each in dict.fromkeys(proposed) if 0 < len(each) <= sizes.SUGGESTION][: sizes.CHOICES]
        await self._office.attendant.propose(interaction, values)

    async def _heard(self, message: Message) -> Receipt:
        self._office.traces.note(message)
        self._office.rooms.entitle(message.message_id, without_secrets(message.title or message.text))
        receipt = await self._taken_in(message)
        if receipt.outcome is Outcome.ACCEPTED and len(self._beside) < _TYPING_AT_ONCE:
            self._begin(self._show_typing(message))
        if receipt.outcome is not Outcome.IGNORED:
            self._make_good(message.place, message.person)
        return receipt

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _make_good(self, place: Place, person: Person, *, after: asyncio.Event | None = None) -> None:
        """Has somebody who is heard of told what they could be told nowhere, `after` they have their answer."""
        if self._office.chat.owes(place, person):
            self._begin(self._made_good(place, person, after))

    async def _made_good(self, place: Place, person: Person, after: asyncio.Event | None) -> None:
        try:
            if after is not None:
                await after.wait()
            await self._office.chat.make_good(place, person)
        except DeliveryFailed as error:
            log.info("still_owed", extra={"error": str(error)})

    async def _show_typing(self, message: Message) -> None:
        """Best effort: a sign that is late, too much or not allowed is left out."""
        try:
            await self._office.chat.show_typing(message.place)
        except DeliveryFailed as error:
            log.info("typing_not_shown", extra={"error": str(error)})

    async def _taken_in(self, incoming: Incoming) -> Receipt:
        for pause in _PAUSES_S:
            try:
                return await self._receive(incoming)
            except StoreFailed as error:
                log.warning("not_taken_in", extra={"error": str(error)})
                await self._office.sleep(pause)
        return await self._receive(incoming)

    def _used_of(self, interaction: Interaction, *, response: str = "") -> Used:
        return used_of(interaction, int(self._office.me.user), response=response)

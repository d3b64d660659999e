"""Interactions that wait for their answer: what Discord shows as "thinking" never stays so.

Discord takes a first response within three seconds, further ones for fifteen minutes. Whether the first one is for
everybody or for one person is settled when it is put off.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Any

import discord

from bot.chat import Place
from bot.discord_app.calls import Calls
from bot.discord_app.reading import Interaction
from bot.discord_app.render import Rendered
from bot.remembered import Remembered
from rag.ports import Clock
from rag.types import Language

TOKEN_S = 14 * 60.0
"""Discord's token of an interaction lasts fifteen minutes; the last one is for what is under way."""

_MOST = 5_000


class Stage(StrEnum):
    """How far an interaction has been answered."""

    OPEN = "open"
    PUBLIC = "public"
    """Everybody sees that an answer is coming."""

    PRIVATE = "private"
    """The person alone sees it."""

    SILENT = "silent"
    """Nothing is shown: a button that was pressed."""

    ANSWERED = "answered"


class Slot:
    """One interaction. Calls of it raise DeliveryFailed."""

    def __init__(self, interaction: Interaction, calls: Calls, clock: Clock) -> None:
        self.stage = Stage.OPEN
        self.place: Place | None = None
        self.person = str(interaction.user.id)
        self.response = ""
        self.done_elsewhere = False
        self.language = Language.ZH if interaction.locale.value.startswith("zh") else Language.EN
        self.settled = asyncio.Event()
        self._interaction = interaction
        self._calls = calls
        self._clock = clock
        self._ends = clock() + TOKEN_S
        self._lock = asyncio.Lock()

    @property
    def id(self) -> str:
        """The interaction's id, by which forms are opened."""
        return str(self._interaction.id)

    @property
    def alive(self) -> bool:
        """Whether Discord still takes an answer."""
        return self._clock() < self._ends

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for what is to be said to them alone."""
        return self.alive and not self.settled.is_set() and self.stage in {Stage.OPEN, Stage.PRIVATE}

    @property
    def remaining_s(self) -> float:
        """For how long it does."""
        return max(0.0, self._ends - self._clock())

    async def put_off(self, stage: Stage) -> None:
        """Asks Discord for patience, unless it has been answered already."""
        async with self._lock:
            if self.stage is not Stage.OPEN:
                return
            response = self._interaction.response
            shown = stage is not Stage.SILENT
            call = response.defer(thinking=shown, ephemeral=stage is Stage.PRIVATE)
            told = await self._calls.make("put an answer off", call)
            self.stage = stage
            if stage is Stage.PUBLIC and told is not None and told.message_id:
                self.response = str(told.message_id)
            if stage is Stage.SILENT:
                self.settled.set()

    async def answer(self, shown: Rendered) -> str:
        """Says something to everybody, and returns the message's id."""
        async with self._lock:
            if self.stage is Stage.OPEN:
                return await self._respond(shown, ephemeral=False)
            if self.stage is Stage.PUBLIC:
                await self._calls.make("take an answer", self._edit_first(shown))
                self._answered()
                return self.response
            return await self._follow(shown, ephemeral=False)

    async def whisper(self, shown: Rendered) -> None:
        """Says something to the person alone."""
        async with self._lock:
            if self.stage is Stage.OPEN:
                await self._respond(shown, ephemeral=True)
                return
            if self.stage is Stage.PRIVATE:
                await self._calls.make("take a private line", self._edit_first(shown))
                self._answered()
                return
            if self.stage is Stage.PUBLIC:
                # What follows would be for everybody, as was said when it was put off.
                await self._calls.make("take a sign back", self._interaction.delete_original_response())
                self._answered()
            await self._follow(shown, ephemeral=True)

    async def edit(self, message_id: str, shown: Rendered) -> None:
        """Changes a message that it answered with."""
        files: dict[str, Any] = {"attachments": shown.uploads()} if shown.files else {}
        call = self._interaction.followup.edit_message(
            int(message_id),
            content=shown.content or None,
            embeds=list(shown.embeds),
            view=shown.view,
            allowed_mentions=shown.allowed,
            **files,
        )
        await self._calls.make("change a message", call, lane=self.id)

    async def open_form(self, modal: discord.ui.Modal) -> None:
        """Shows a form, which has to be the first response."""
        async with self._lock:
            await self._calls.make("open a form", self._interaction.response.send_modal(modal))
            self._answered()

    async def dismiss(self) -> None:
        """Takes the sign back that an answer is coming: it is given elsewhere."""
        async with self._lock:
            if self.stage in {Stage.PUBLIC, Stage.PRIVATE}:
                await self._calls.make("take a sign back", self._interaction.delete_original_response())
                self._answered()

    async def _respond(self, shown: Rendered, *, ephemeral: bool) -> str:
        response = self._interaction.response
        call = response.send_message(
            shown.content or None,
            ephemeral=ephemeral,
            allowed_mentions=shown.allowed,
            **_more(shown),
        )
        told = await self._calls.make("take an answer", call)
        self._answered()
        self.response = str(told.message_id or "")
        return self.response

    async def _edit_first(self, shown: Rendered) -> None:
        files: dict[str, Any] = {"attachments": shown.uploads()} if shown.files else {}
        await self._interaction.edit_original_response(
            content=shown.content or None,
            embeds=list(shown.embeds),
            view=shown.view,
            allowed_mentions=shown.allowed,
            **files,
        )

    async def _follow(self, shown: Rendered, *, ephemeral: bool) -> str:
        send = self._interaction.followup.send
        call = send(
            shown.content,
            ephemeral=ephemeral,
            allowed_mentions=shown.allowed,
            wait=True,
            **_more(shown),
        )
        return str((await self._calls.make("take an answer", call)).id)

    def _answered(self) -> None:
        self.stage = Stage.ANSWERED
        self.settled.set()


class Slots:
    """The interactions of the last minutes, by what they are asked for."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._by_id: Remembered[str, Slot] = Remembered(_MOST)
        self._by_person: Remembered[tuple[str, str], Slot] = Remembered(_MOST)
        self._by_response: Remembered[str, Slot] = Remembered(_MOST)
        self._public: dict[str, list[Slot]] = {}
        self._private: dict[str, list[Slot]] = {}

    def open(self, interaction: Interaction) -> Slot:
        """An interaction that has just come in."""
        slot = Slot(interaction, self._calls, self._clock)
        self._by_id.keep(slot.id, slot)
        return slot

    def place(self, slot: Slot, place: Place, *, awaits_post: bool = False) -> None:
        """Tells where an interaction belongs, so that answers find it; whether it is one that is posted to all."""
        slot.place = place
        self._by_person.keep((place.key, slot.person), slot)
        if awaits_post:
            waiting = [each for each in self._public.get(place.key, ()) if each.alive and not each.settled.is_set()]
            self._public[place.key] = [*waiting, slot]
        else:
            waiting = [each for each in self._private.get(place.channel_key, ()) if each.is_waiting]
            self._private[place.channel_key] = [*waiting, slot]
        if slot.response:
            self._by_response.keep(slot.response, slot)

    async def posted(self, place: Place) -> None:
        """Something was said to everybody in a channel: who waits there has seen it. Raises DeliveryFailed.

        What is still to be said to them alone finds its way without the sign that it is coming.
        """
        for slot in self._private.pop(place.channel_key, []):
            if slot.is_waiting:
                slot.done_elsewhere = True
                if slot.stage is Stage.PRIVATE:
                    await slot.dismiss()

    def of_trigger(self, trigger: str) -> Slot | None:
        """The interaction of an id, while it can be answered."""
        return _alive(self._by_id.get(trigger))

    def of_person(self, place: Place, person: str) -> Slot | None:
        """The last interaction of a person in a place, while it can be answered."""
        return _alive(self._by_person.get((place.key, person)))

    def of_message(self, message_id: str) -> Slot | None:
        """The interaction that a message answered, while it can be changed by it."""
        return _alive(self._by_response.get(message_id))

    def next_in(self, place: Place) -> Slot | None:
        """The interaction that the next answer in a place belongs to, asked for by a command there."""
        waiting = self._public.get(place.key, [])
        while waiting:
            slot = waiting.pop(0)
            if slot.alive and slot.stage in {Stage.OPEN, Stage.PUBLIC}:
                return slot
        self._public.pop(place.key, None)
        return None

    def keep_message(self, message_id: str, slot: Slot) -> None:
        """A further message that an interaction answered with."""
        self._by_response.keep(message_id, slot)


def _alive(slot: Slot | None) -> Slot | None:
    return slot if slot is not None and slot.alive else None


def _more(shown: Rendered) -> dict[str, Any]:
    """What the library takes only where there is some."""
    more: dict[str, Any] = {"embeds": list(shown.embeds)} if shown.embeds else {}
    if shown.view is not None:
        more["view"] = shown.view
    if shown.files:
        more["files"] = shown.uploads()
    return more

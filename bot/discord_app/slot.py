"""Interactions that wait for their answer: what Discord shows as "thinking" never stays so.

Discord takes a first response within three seconds, further ones for fifteen minutes. Whether the first one is for
everybody or for one person is settled when it is put off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any

import discord

from bot.chat import Place
from bot.discord_app.calls import Calls
from bot.discord_app.failures import ACKNOWLEDGED, GONE, SHUT, UNKNOWN_MESSAGE, code_of
from bot.discord_app.reading import Interaction
from bot.discord_app.render import Rendered
from bot.errors import DeliveryFailed
from rag.ports import Clock
from rag.types import Language

TOKEN_S = 14 * 60.0
"""Discord's token of an interaction lasts fifteen minutes; the last one is for what is under way."""

_UNANSWERABLE = GONE | SHUT
"""Codes of an interaction that came too late, or in a thread that was locked."""

_FIRST_PAUSES_S = (0.0, 0.5)
"""Discord waits three seconds for a first response."""


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
        """Asks Discord for patience, unless it has been answered already. One that takes no answer is given up."""
        async with self._lock:
            if self.stage is not Stage.OPEN or not self.alive:
                return
            response = self._interaction.response
            shown = stage is not Stage.SILENT
            try:
                told = await self._first(
                    "put an answer off",
                    lambda: response.defer(thinking=shown, ephemeral=stage is Stage.PRIVATE),
                )
            except DeliveryFailed as error:
                if code_of(error) not in _UNANSWERABLE:
                    raise
                self.give_up()
                return
            self.stage = stage
            if stage is Stage.PUBLIC:
                self.response = await self._message_of(told)
            if stage is Stage.SILENT:
                self.settled.set()

    async def answer(self, shown: Rendered) -> str:
        """Says something to everybody, and returns the message's id."""
        async with self._lock:
            if self.stage is Stage.OPEN:
                return await self._respond(shown, ephemeral=False)
            if self.stage is Stage.PUBLIC:
                await self._filled("take an answer", shown)
                return self.response
            return await self._follow(shown, ephemeral=False)

    async def whisper(self, shown: Rendered) -> str:
        """Says something to the person alone, and returns the message's id."""
        async with self._lock:
            if self.stage is Stage.OPEN:
                return await self._respond(shown, ephemeral=True)
            if self.stage is Stage.PRIVATE:
                await self._filled("take a private line", shown)
                return self.response
            if self.stage is Stage.PUBLIC:
                # What follows would be for everybody, as was said when it was put off.
                await self._taken_back()
            return await self._follow(shown, ephemeral=True)

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
            await self._first("open a form", lambda: self._interaction.response.send_modal(modal))
            self._answered()

    async def dismiss(self) -> None:
        """Takes the sign back that an answer is coming: it is given elsewhere."""
        async with self._lock:
            if self.stage in {Stage.PUBLIC, Stage.PRIVATE}:
                await self._taken_back()

    def give_up(self) -> None:
        """Discord takes no answer any more: what is still to be said finds another way."""
        self._ends = min(self._ends, self._clock())
        self.settled.set()

    async def _first(self, what: str, call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Makes the first response; None where Discord has it, and only what it said of an earlier try got lost."""
        try:
            return await self._calls.surely(what, call, pauses_s=_FIRST_PAUSES_S)
        except DeliveryFailed as error:
            if code_of(error) != ACKNOWLEDGED:
                raise
            return None

    async def _filled(self, what: str, shown: Rendered) -> None:
        """Puts an answer into the place that is held for it, or behind it where somebody has taken that away."""
        private = self.stage is Stage.PRIVATE
        try:
            message = await self._calls.surely(what, lambda: self._edit_first(shown))
            self.response = str(message.id)
        except DeliveryFailed as error:
            if code_of(error) != UNKNOWN_MESSAGE:
                raise
            self.response = await self._follow(shown, ephemeral=private)
        self._answered()

    async def _taken_back(self) -> None:
        try:
            await self._calls.surely("take a sign back", self._interaction.delete_original_response)
        except DeliveryFailed as error:
            if code_of(error) != UNKNOWN_MESSAGE:
                raise
        self._answered()

    async def _respond(self, shown: Rendered, *, ephemeral: bool) -> str:
        response = self._interaction.response
        told = await self._first(
            "take an answer",
            lambda: response.send_message(
                shown.content or None, ephemeral=ephemeral, allowed_mentions=shown.allowed, **_more(shown)
            ),
        )
        self._answered()
        self.response = await self._message_of(told)
        return self.response

    async def _message_of(self, told: Any) -> str:
        """The message of a first response; "" where there is none, or Discord does not tell."""
        if told is not None and told.message_id:
            return str(told.message_id)
        try:
            return str((await self._calls.make("tell its answer", self._interaction.original_response())).id)
        except DeliveryFailed:
            return ""

    async def _edit_first(self, shown: Rendered) -> discord.InteractionMessage:
        files: dict[str, Any] = {"attachments": shown.uploads()} if shown.files else {}
        return await self._interaction.edit_original_response(
            content=shown.content or None,
            embeds=list(shown.embeds),
            view=shown.view,
            allowed_mentions=shown.allowed,
            **files,
        )

    async def _follow(self, shown: Rendered, *, ephemeral: bool) -> str:
        send = self._interaction.followup.send
        message = await self._calls.surely(
            "take an answer",
            lambda: send(shown.content, ephemeral=ephemeral, allowed_mentions=shown.allowed, wait=True, **_more(shown)),
        )
        return str(message.id)

    def _answered(self) -> None:
        self.stage = Stage.ANSWERED
        self.settled.set()


def _more(shown: Rendered) -> dict[str, Any]:
    """What the library takes only where there is some."""
    more: dict[str, Any] = {"embeds": list(shown.embeds)} if shown.embeds else {}
    if shown.view is not None:
        more["view"] = shown.view
    if shown.files:
        more["files"] = shown.uploads()
    return more

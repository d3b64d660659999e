"""Looks after interactions once they were taken in: none is left without an answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from discord import app_commands

from bot.chat import Press
from bot.discord_app.calls import Calls
from bot.discord_app.markup import escaped
from bot.discord_app.reading import Interaction
from bot.discord_app.render import Rendered
from bot.discord_app.slot import Slot, Stage
from bot.errors import DeliveryFailed
from bot.wording import Say, Wording
from rag.types import Language

log = logging.getLogger(__name__)

_ANSWER_S = 60.0
"""How long a command that asked no question may take until the person is told that something went wrong."""


class Attendant:
    """Waits with each interaction for its answer, and speaks for the bot when none comes in time."""

    def __init__(self, wording: Wording, calls: Calls, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._wording = wording
        self._calls = calls
        self._sleep = sleep
        self._watching: set[asyncio.Task[None]] = set()

    def attend(self, slot: Slot, *, asked: bool) -> None:
        """Looks after an interaction; one that `asked` something may take as long as Discord allows."""
        if slot.settled.is_set():
            return
        task = asyncio.create_task(self._watch(slot, asked=asked))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def close(self) -> None:
        """Looks after nobody any more."""
        for task in list(self._watching):
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def share(self, slot: Slot, interaction: Interaction, press: Press, before: Sequence[Rendered] = ()) -> None:
        """Shows everybody what one person was told, also in the messages `before`. Raises DeliveryFailed."""
        message = interaction.message
        if message is None:
            return
        for part in before:
            await slot.answer(part)
        language = Language.ZH if press.payload.argument == Language.ZH else Language.EN
        line = self._wording.say(Say.SHARED, language, who=escaped(press.person.name))
        content = "\n".join(part for part in (message.content, f"-# {line}") if part)
        await slot.answer(Rendered(content=content, embeds=tuple(message.embeds)))

    async def propose(self, interaction: Interaction, values: Sequence[str]) -> None:
        """Proposes values for what somebody is typing. Raises DeliveryFailed."""
        choices = [app_commands.Choice(name=value, value=value) for value in values]
        await self._calls.make("take proposals", interaction.response.autocomplete(choices))

    async def _watch(self, slot: Slot, *, asked: bool) -> None:
        limit = slot.remaining_s if asked else min(_ANSWER_S, slot.remaining_s)
        waiting = asyncio.create_task(slot.settled.wait())
        tiring = asyncio.ensure_future(self._sleep(limit))
        try:
            await asyncio.wait({waiting, tiring}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            tiring.cancel()
            await asyncio.gather(waiting, tiring, return_exceptions=True)
        if not slot.settled.is_set():
            await self.end(slot, Say.TOO_SLOW if asked else Say.NOTHING_CAME)

    async def end(self, slot: Slot, say: Say) -> None:
        """Answers an interaction in the bot's own words; one that cannot be answered is left."""
        shown = Rendered(content=self._wording.say(say, slot.language))
        try:
            await (slot.answer(shown) if slot.stage is Stage.PUBLIC else slot.whisper(shown))
        except DeliveryFailed as error:
            log.warning("interaction_left", extra={"error": str(error)})

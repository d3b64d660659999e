"""Private lines to one person, said beside the work and never more often than one reads."""

from __future__ import annotations

from bot.chat import Person, Place
from bot.engine.buckets import TokenBuckets
from bot.engine.keeping import Chores
from bot.engine.texts import Text, say, spoken
from bot.engine.wiring import Parts
from bot.replies import Reply, Visibility
from rag.types import Language

_LINES_PER_MINUTE = 6
_LINES_AT_ONCE = 3


class Teller:
    """Whispers the engine's own sentences. Whoever floods the bot is told a few times, then gets silence."""

    def __init__(self, parts: Parts, chores: Chores) -> None:
        self._parts = parts
        self._chores = chores
        self._said = TokenBuckets(per_minute=_LINES_PER_MINUTE, burst=_LINES_AT_ONCE, clock=parts.times.clock)

    def tell(
        self, place: Place, person: Person, text: Text, *, like: str, language: Language | None = None, **values: object
    ) -> None:
        """Say something in the language of what the person wrote (`like`), else in `language`."""
        if self._said.take(person.key):
            return
        reply = Reply(text=say(text, spoken(like, language), **values), visibility=Visibility.PRIVATE)

        async def whisper() -> None:
            adapter = self._parts.adapters.get(place.platform)
            if adapter is not None:
                await adapter.whisper(place, person, reply)

        self._chores.start(whisper, dispensable=True)

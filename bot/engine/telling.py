"""Private lines to one person, said beside the work and never more often than one reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat import Person, Place
from bot.engine.buckets import TokenBuckets
from bot.engine.keeping import Chores
from bot.engine.wiring import Parts
from bot.saying import Say
from bot.wording import spoken
from rag.types import Language


class Teller:
    """Has lines told. Whoever floods the bot is told a few times, then gets silence."""

    def __init__(self, parts: Parts, chores: Chores) -> None:
        self._parts = parts
        self._chores = chores
        settings = parts.settings
        self._said = TokenBuckets(
            per_minute=settings.lines_per_minute, burst=settings.lines_burst, clock=parts.times.clock
        )

    def later(self, saying: Callable[[], Awaitable[None]]) -> None:
        """Have something said beside the work."""
        self._chores.start(saying, dispensable=True)

    def work(self, rest: Callable[[], Awaitable[None]]) -> None:
        """Have something done beside the work that ought to be finished before the program stops."""
        self._chores.start(rest)

    def tell(
        self, place: Place, person: Person, text: Say, *, like: str, language: Language | None = None, **values: object
    ) -> None:
        """Say something in the language of what the person wrote (`like`), else in `language`."""
        if self._said.take(person.key):
            return
        heard = spoken(like, language or Language.EN)
        self._chores.start(lambda: self._parts.delivery.tell(place, person, text, heard, **values), dispensable=True)

"""What people were told alone a while ago, so that they may show it to the others."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat import Person, Place
from bot.remembered import Remembered
from rag.types import Citation

_MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One text, the place where somebody read it alone, and what it rests on."""

    text: str
    citations: tuple[Citation, ...]
    place: Place
    person: Person


class Memories:
    """The latest of them, in this process alone: after a restart a command gives the same again."""

    def __init__(self) -> None:
        self._kept: Remembered[str, Told] = Remembered(_MOST)

    def keep(self, key: str, told: Told) -> None:
        """Remembers one."""
        self._kept.keep(key, told)

    def get(self, key: str) -> Told | None:
        """One that was kept; None for one that was forgotten."""
        return self._kept.get(key)

    def forget(self, key: str) -> None:
        """Lets one go."""
        self._kept.forget(key)

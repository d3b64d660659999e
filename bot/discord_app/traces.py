"""What is remembered of messages for a while: where they stand, and who wrote what last."""

from __future__ import annotations

from bot.chat import Message, Place
from bot.remembered import Remembered

_MOST = 20_000


class Traces:
    """Edits and deletions do not tell all that is needed to find a question."""

    def __init__(self) -> None:
        self._places: Remembered[str, Place] = Remembered(_MOST)
        self._last: Remembered[tuple[str, str], str] = Remembered(_MOST)

    def note(self, message: Message) -> None:
        """Keeps what a message brought along."""
        self._places.keep(message.message_id, message.place)
        self._last.keep((message.place.key, message.person.id), message.message_id)

    def place(self, message_id: str) -> Place | None:
        """Where a message stands."""
        return self._places.get(message_id)

    def last(self, place: Place, person: str) -> str:
        """What a person wrote last in a conversation; "" where that is not known."""
        return self._last.get((place.key, person)) or ""

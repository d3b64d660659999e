"""An answer as far as it has come, cut into the messages that show it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.splitting import cut
from bot.wording import Say
from rag.types import Answer, Language, Retrieval


@dataclass(slots=True, kw_only=True)
class Draft:
    """An answer as far as it has come: the texts of its messages, of which the last one grows."""

    id: str
    limit: int
    most: int
    language: Language
    parts: list[str] = field(default_factory=lambda: [""])
    text: str = ""
    status: Say = Say.SEARCHING
    retrieval: Retrieval | None = None
    answer: Answer | None = None

    @property
    def too_long(self) -> bool:
        """Whether the answer goes out as a file; what is shown of it by then stays."""
        return len(self.text) > self.most

    @property
    def shown(self) -> list[str]:
        """The texts of the messages: at least one, and none but the first one blank."""
        parts = [part.strip("\n").rstrip() for part in self.parts]
        return [parts[0], *filter(None, parts[1:])]

    def add(self, delta: str) -> None:
        """Appends to the last message and begins another one when that is full.

        Of what makes the answer too long for the chat, the current message still takes what it can.
        """
        self.status = Say.WRITING
        whole = self.too_long
        self.text += delta
        if whole:
            return
        last = self.parts.pop() + delta
        while len(last) > self.limit:
            head, last = cut(last, self.limit)
            self.parts.append(head)
            if self.too_long:
                return
        self.parts.append(last)

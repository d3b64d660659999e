"""Questions that were put to experts, and the book that remembers them.

Every method of the book raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import Place
from bot.mentions import Mention
from rag.types import PUBLIC, Language


class RequestState(StrEnum):
    """Where a request stands. The last two are ends."""

    ASKED = "asked"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def ended(self) -> bool:
        """Whether nobody is waited for any more."""
        return self in {RequestState.ANSWERED, RequestState.CLOSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertRequest:
    """A question for an expert. `text` is redacted as every question is; `audience` are the channel's labels then.

    `thread` is the key of the place in which the expert may answer by a message. `expert` is the key of the person who
    claimed it, `name` how that person is called; `mention` is whom it calls, None when they had their data deleted;
    `draft` is what they wrote in the thread since.
    """

    id: str
    question_id: str
    answer_id: str
    place: Place
    text: str
    language: Language
    mention: Mention | None
    asked_at: datetime
    audience: frozenset[str] = frozenset({PUBLIC})
    thread: str = ""
    state: RequestState = RequestState.ASKED
    expert: str = ""
    name: str = ""
    draft: str = ""
    answer: str = ""


class ExpertBook(Protocol):
    """Requests from asking to their end. Each change holds only in the state that it expects."""

    async def ask(self, request: ExpertRequest) -> ExpertRequest:
        """Store a request, or return the one that the question has already."""
        ...

    async def get(self, request_id: str) -> ExpertRequest | None:
        """One request."""
        ...

    async def of_question(self, question_id: str) -> ExpertRequest | None:
        """The request that a question has."""
        ...

    async def waiting(self, channel_key: str) -> int:
        """How many requests of a channel have no end yet."""
        ...

    async def claimed_in(self, thread: str, person: str) -> ExpertRequest | None:
        """The latest request of a thread that a person has claimed and not answered."""
        ...

    async def placed(self, request_id: str, thread: str) -> None:
        """Note the thread in which the expert may answer."""
        ...

    async def claim(self, request_id: str, *, person: str, name: str, at: datetime) -> bool:
        """Give a request to a person; False when somebody has it, or it has ended."""
        ...

    async def release(self, request_id: str, *, person: str) -> bool:
        """Take a request back from a person; False when they do not have it."""
        ...

    async def note(self, request_id: str, text: str, *, person: str) -> bool:
        """Add to the draft of the person who has it."""
        ...

    async def answer(self, request_id: str, text: str, *, person: str, at: datetime) -> bool:
        """Answer a request that the person has; the gaps of its question are closed with it."""
        ...

    async def close(self, request_id: str) -> bool:
        """End a request without an answer; False when it has ended."""
        ...

    async def due(self, *, before: datetime) -> tuple[ExpertRequest, ...]:
        """Requests without an end that were asked before a time and of which nobody was reminded, oldest first."""
        ...

    async def remind(self, request_id: str, *, at: datetime) -> bool:
        """Take the one reminder of a request; False when it is taken, or the request has ended."""
        ...

    async def not_reminded(self, request_id: str) -> None:
        """Give the reminder back: it could not be posted."""
        ...

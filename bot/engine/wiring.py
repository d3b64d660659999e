"""What the engine is put together from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.chat import ChatAdapter, Message, Person, Place
from bot.limits import EngineSettings
from bot.neighbours import Answering, Delivering, Handling
from bot.ports import Store
from bot.records import AnswerRecord, Outcome, QuestionRecord, QuestionState
from bot.rights import Rights
from bot.steering import Steering
from rag.ports import Clock
from rag.types import Language


class Watching(Protocol):
    """Counts what happens, for metrics. Its methods are quick and raise nothing."""

    def received(self, outcome: Outcome) -> None:
        """An event came in and this became of it."""
        ...

    def ended(
        self, question: QuestionRecord, state: QuestionState, *, seconds: float, answer: AnswerRecord | None
    ) -> None:
        """A question ended, so many seconds after this process had let it in."""
        ...


class Unwatched:
    """Counts nothing; see `Watching`."""

    def received(self, outcome: Outcome) -> None:
        """An event came in."""

    def ended(
        self, question: QuestionRecord, state: QuestionState, *, seconds: float, answer: AnswerRecord | None
    ) -> None:
        """A question ended."""


class WatchedBy:
    """Tells several of what happens; see `Watching`."""

    def __init__(self, *watching: Watching) -> None:
        self._watching = watching

    def received(self, outcome: Outcome) -> None:
        """An event came in."""
        for each in self._watching:
            each.received(outcome)

    def ended(
        self, question: QuestionRecord, state: QuestionState, *, seconds: float, answer: AnswerRecord | None
    ) -> None:
        """A question ended."""
        for each in self._watching:
            each.ended(question, state, seconds=seconds, answer=answer)


class Greeting(Protocol):
    """Says what everybody is told once, when the bot has done the first thing for them."""

    async def greet(self, place: Place, person: Person, language: Language) -> None:
        """Greet a person unless they were greeted before. Raises StoreFailed, DeliveryFailed."""
        ...


class Ungreeted:
    """Greets nobody; see `Greeting`."""

    async def greet(self, place: Place, person: Person, language: Language) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Time and ids. `now` is aware and in UTC, `clock` is monotonic, `new_id` gives letters, digits and `._~-`."""

    now: Callable[[], datetime]
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    new_id: Callable[[], str]


class Overhearing(Protocol):
    """Listens for what an expert writes in a thread; `bot.expert_desk.ExpertDesk` does."""

    async def heard(self, message: Message, *, claim: Sequence[str]) -> Callable[[], Awaitable[None]] | None:
        """Keep a message that is part of an expert's answer; what is left to say about it, None for all others.

        `claim` are the keys by which the message is taken, once. Raises StoreFailed.
        """
        ...


class Taking(Protocol):
    """Takes files that come with messages; `bot.documents.taking.FileTaker` does."""

    async def take(self, message: Message, *, language: Language) -> Callable[[], Awaitable[None]]:
        """Announce the files of a message, once; what is returned fetches them and tells. Raises StoreFailed."""
        ...


async def _unknown(_: QuestionRecord, __: Language) -> str:
    """Says that nothing is known of the start-up."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The engine's neighbours. `adapters` are by their platform's name and may be added while it runs."""

    store: Store
    adapters: Mapping[str, ChatAdapter]
    answers: Answering
    delivery: Delivering
    handling: Handling
    times: Times
    settings: EngineSettings = field(default_factory=EngineSettings)
    watching: Watching = field(default_factory=Unwatched)
    greeting: Greeting = field(default_factory=Ungreeted)
    overhearing: Overhearing | None = None
    taking: Taking | None = None
    company: Callable[[QuestionRecord, Language], Awaitable[str]] = _unknown
    """For what start-up a question is asked, in a few words, or ""."""

    rights: Rights = field(default_factory=Rights)
    steering: Steering | None = None

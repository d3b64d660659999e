"""What the conversation engine asks of whoever answers, delivers and handles."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

from bot.chat import CommandCall, Person, Place, Press, Submission
from bot.records import (
    AnswerRecord,
    QuestionRecord,
    QuestionState,
)
from bot.saying import Say
from rag.errors import RagError
from rag.types import AnswerEvent, Language, Question


class Delivering(Protocol):
    """Shows people how their question fares, in messages that are claimed in the `PostBook` and edited in place.

    The first message of a question (part 0) carries the place in the queue, then the answer as it grows, then how it
    ended. Each method may be called again for the same question, also after a restart: it edits what was posted.
    """

    async def waiting(self, question: QuestionRecord, *, ahead: int) -> None:
        """Tell how many questions are answered before this one. Never raises: the sign is a courtesy."""
        ...

    async def deliver(self, question: QuestionRecord, events: AsyncIterator[AnswerEvent]) -> AnswerRecord:
        """Show an answer while it is written; what returns is ready for `QuestionBook.finish`.

        Raises:
            DeliveryFailed: the platform took no message at all.
            RagError: what the events raise. What was shown of the answer stays; call `close` to say how it ended.
        """
        ...

    async def close(self, question: QuestionRecord, state: QuestionState, *, error: RagError | None = None) -> None:
        """Say how a question ended without an answer (failed, cancelled, expired, interrupted), beneath what is there.

        Raises:
            DeliveryFailed: the platform took no message.
        """
        ...

    async def tell(self, place: Place, person: Person, text: Say, language: Language, **values: object) -> None:
        """Say one of the bot's own sentences to a person alone, where the platform and the place allow it.

        Raises:
            DeliveryFailed: the platform took no message.
        """
        ...

    async def withdraw(self, question: QuestionRecord) -> None:
        """Take away every message about a question that its asker deleted; its posts are abandoned.

        Raises:
            DeliveryFailed: the platform did not take a message away.
        """
        ...


class Desk(Protocol):
    """What a command or a button may ask of the engine."""

    async def ask(self, question: QuestionRecord, *, fresh: bool = False) -> None:
        """Admit a question as if it had been written; the engine tells the person when it cannot.

        `fresh` asks for another answer than a remembered one.
        """
        ...

    async def cancel(self, question_id: str, person: Person) -> bool:
        """End one question that is queued or being answered; False when it had ended already."""
        ...

    async def stop(self, place: Place, person: Person) -> int:
        """Cancel what is queued or being answered in a place, and stop listening there; returns how many ended."""
        ...

    async def resume(self, place: Place, person: Person) -> None:
        """Listen in a place again."""
        ...


class Handling(Protocol):
    """Does what commands, buttons and forms ask for."""

    def recognises(self, text: str) -> bool:
        """Whether a whole message that is said to the bot, such as "help", calls a command rather than asks."""
        ...

    async def handle(self, incoming: CommandCall | Press | Submission, desk: Desk) -> None:
        """Do one thing that a person asked for, and answer it. Every failure is told to the person.

        Raises:
            DeliveryFailed: the platform took no answer.
        """
        ...

    async def propose(self, incoming: CommandCall, desk: Desk, argument: str, typed: str) -> Sequence[str]:
        """Values for an argument of a command that somebody is typing. Raises RagError."""
        ...


class Answering(Protocol):
    """Answers questions from the library; `rag.answer.AnswerService` does."""

    def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """`Retrieved`, then `Delta`s, then `Finished`. Raises RagError; closing it stops the writer."""
        ...


@runtime_checkable
class Membership(Protocol):
    """An adapter whose events do not tell all groups of a person, and that can be asked instead."""

    async def belongs(self, person: Person, group: str) -> bool:
        """Whether a person is in a group of the platform at the moment; no answer counts as no."""
        ...

"""What the conversation engine asks of its neighbours: the store, one small protocol for each thing that must be
remembered, and whoever answers, delivers and handles.

Every method of a book raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from bot.chat import CommandCall, Person, Place, Press, Submission
from bot.records import (
    AnswerRecord,
    ChannelSettings,
    Conversation,
    FeedbackRecord,
    PostRecord,
    QuestionRecord,
    QuestionState,
)
from bot.saying import Say
from rag.errors import RagError
from rag.types import AnswerEvent, Language, Question, Turn


class EventBook(Protocol):
    """Which of the platforms' events were seen, so that each is worked on once, also after a restart."""

    async def claim(self, keys: Sequence[str], *, at: datetime) -> bool:
        """Take an event by all of its keys (its id, its message) at once; False when any of them was taken before."""
        ...

    async def forget(self, *, before: datetime) -> int:
        """Drop claims that are older than any redelivery; returns how many."""
        ...


class QuestionBook(Protocol):
    """Questions from admission to their end."""

    async def admit(
        self, question: QuestionRecord, *, claim: Sequence[str] = (), conversation: Conversation | None = None
    ) -> bool:
        """Store a question, its event's claim and what becomes of its conversation, all of them or nothing.

        False when the claim is taken.
        """
        ...

    async def get(self, question_id: str) -> QuestionRecord | None:
        """One question."""
        ...

    async def by_message(self, place_key: str, message_id: str) -> QuestionRecord | None:
        """The latest question that a message asked or joined."""
        ...

    async def join(self, question_id: str, text: str, *, message_id: str, claim: Sequence[str] = ()) -> bool:
        """Give a question another text and remember that the message belongs to it, with its event's claim.

        False, and nothing changed, unless the question is queued and the claim free. A message that belongs to it
        already may come again.
        """
        ...

    async def start(self, question_id: str) -> bool:
        """From queued to answering; False when it ended in the meantime."""
        ...

    async def finish(self, question_id: str, state: QuestionState, *, answer: AnswerRecord | None = None) -> bool:
        """To an end, with its answer in the same transaction; False when it had ended already."""
        ...

    async def unfinished(self) -> tuple[QuestionRecord, ...]:
        """Queued and answering ones, in the order in which they were asked."""
        ...

    async def of_person(self, person: str, *, limit: int) -> tuple[QuestionRecord, ...]:
        """What a person asked, by the person's key, the latest first."""
        ...


class PostBook(Protocol):
    """Our own messages, so that a crash neither loses nor doubles one."""

    async def claim(self, post: PostRecord) -> PostRecord:
        """Store a post, or return the one of that question and part which is stored already."""
        ...

    async def posting(self, nonce: str) -> None:
        """Note that the platform is about to be asked."""
        ...

    async def posted(self, nonce: str, message_id: str) -> None:
        """Note the message that came of it."""
        ...

    async def abandon(self, nonce: str) -> None:
        """Note that it will not be posted."""
        ...

    async def of_question(self, question_id: str) -> tuple[PostRecord, ...]:
        """The posts of a question, by part."""
        ...


class ConversationBook(Protocol):
    """Threads in which the bot was spoken to."""

    async def get(self, key: str) -> Conversation | None:
        """One conversation."""
        ...

    async def save(self, conversation: Conversation) -> None:
        """Store a conversation in place of what was stored."""
        ...

    async def turns(self, key: str, *, limit: int, audience: frozenset[str] | None = None) -> tuple[Turn, ...]:
        """The last answered questions with their answers, oldest first; refusals are left out.

        With an `audience`, so are answers that rest on a passage for none of its labels.
        """
        ...

    async def import_turns(self, key: str, turns: Sequence[Turn], *, at: datetime, people: Sequence[str] = ()) -> None:
        """Store what was said in a thread before the bot came, in place of what was imported before.

        `people` are the keys of those who said the turns' questions, one for each turn, or none where nobody knows.
        """
        ...


class AnswerBook(Protocol):
    """Answers that were given."""

    async def get(self, answer_id: str) -> AnswerRecord | None:
        """One answer with its evidence."""
        ...

    async def latest(self, conversation: str) -> AnswerRecord | None:
        """The last answer of a conversation, by the key of its place."""
        ...


class FeedbackBook(Protocol):
    """What readers think of answers."""

    async def save(self, feedback: FeedbackRecord) -> None:
        """Store a person's word on an answer in place of their earlier one. An answer that is unknown is an error."""
        ...

    async def get(self, answer_id: str, person: str) -> FeedbackRecord | None:
        """One person's word on an answer."""
        ...


class SettingsBook(Protocol):
    """What channels have set."""

    async def get(self, channel_key: str) -> ChannelSettings:
        """A channel's settings; an unknown channel has set nothing."""
        ...

    async def save(self, channel_key: str, settings: ChannelSettings) -> None:
        """Store a channel's settings in place of the earlier ones."""
        ...


class Store(Protocol):
    """All books of one database."""

    @property
    def events(self) -> EventBook:
        """Events that were seen."""
        ...

    @property
    def questions(self) -> QuestionBook:
        """Questions and their answers."""
        ...

    @property
    def posts(self) -> PostBook:
        """The bot's own messages."""
        ...

    @property
    def conversations(self) -> ConversationBook:
        """Threads, and what was said in them."""
        ...

    @property
    def answers(self) -> AnswerBook:
        """Answers that were given."""
        ...

    @property
    def feedback(self) -> FeedbackBook:
        """What readers think of answers."""
        ...

    @property
    def settings(self) -> SettingsBook:
        """What channels have set."""
        ...


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

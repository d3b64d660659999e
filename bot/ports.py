"""What the conversation engine asks of the store: one small protocol for each thing that must be remembered.

Every method of a book raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.records import (
    AnswerRecord,
    ChannelSettings,
    Conversation,
    FeedbackRecord,
    PostRecord,
    QuestionRecord,
    QuestionState,
)
from rag.types import Turn


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

    async def posting(self, nonce: str) -> bool:
        """Note that the platform is about to be asked; False where somebody has noted it before."""
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

    async def note_turn(self, key: str, turn: Turn, *, at: datetime, person: str) -> None:
        """Store what a command has shown to somebody, so that their next question may go on from it."""
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

"""What the conversation engine asks of the store: one small protocol for each thing that must be remembered.

Every method raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
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

    async def admit(self, question: QuestionRecord, *, claim: Sequence[str] = ()) -> bool:
        """Store a question, together with its event's claim, in one transaction; False when the claim is taken."""
        ...

    async def get(self, question_id: str) -> QuestionRecord | None:
        """One question."""
        ...

    async def by_message(self, place_key: str, message_id: str) -> QuestionRecord | None:
        """The latest question that a message asked or joined."""
        ...

    async def join(self, question_id: str, text: str, *, message_id: str) -> bool:
        """Give a question another text and remember that the message belongs to it; False unless it is queued."""
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

    async def turns(self, key: str, *, limit: int) -> tuple[Turn, ...]:
        """The last answered questions with their answers, oldest first; refusals are left out."""
        ...

    async def import_turns(self, key: str, turns: Sequence[Turn], *, at: datetime) -> None:
        """Store what was said in a thread before the bot came."""
        ...


class AnswerBook(Protocol):
    """Answers that were given."""

    async def get(self, answer_id: str) -> AnswerRecord | None:
        """One answer with its evidence."""
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

    events: EventBook
    questions: QuestionBook
    posts: PostBook
    conversations: ConversationBook
    answers: AnswerBook
    feedback: FeedbackBook
    settings: SettingsBook

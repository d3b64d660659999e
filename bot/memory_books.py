"""The books of the engine in memory, for `bot.memory_store`.

No method awaits anything, so each is one transaction as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat import Person, Place
from bot.errors import StoreFailed
from bot.memory_privacy import Imported
from bot.records import (
    AnswerRecord,
    ChannelSettings,
    Conversation,
    FeedbackRecord,
    PostRecord,
    PostState,
    QuestionRecord,
    QuestionState,
)
from rag.types import AnswerStatus, Turn


class MemoryEvents:
    """Events that were seen; see `bot.ports.EventBook`."""

    def __init__(self) -> None:
        self._claims: dict[str, datetime] = {}

    async def claim(self, keys: Sequence[str], *, at: datetime) -> bool:
        """Take an event by all of its keys, or by none."""
        return self.take(keys, at=at)

    async def forget(self, *, before: datetime) -> int:
        """Drop old claims."""
        old = [key for key, at in self._claims.items() if at < before]
        for key in old:
            del self._claims[key]
        return len(old)

    def take(self, keys: Sequence[str], *, at: datetime) -> bool:
        """What `claim` does, inside another book's transaction."""
        if any(key in self._claims for key in keys):
            return False
        self._claims.update(dict.fromkeys(keys, at))
        return True


class MemoryQuestions:
    """Questions and their answers; see `bot.ports.QuestionBook`."""

    def __init__(
        self, events: MemoryEvents, answers: dict[str, AnswerRecord], conversations: MemoryConversations
    ) -> None:
        self._events = events
        self._conversations = conversations
        self._answers = answers
        self._questions: dict[str, QuestionRecord] = {}
        self._messages: dict[tuple[str, str], str] = {}

    async def admit(
        self, question: QuestionRecord, *, claim: Sequence[str] = (), conversation: Conversation | None = None
    ) -> bool:
        """Store a question with its event's claim and its conversation."""
        if question.id in self._questions:
            raise StoreFailed(f"the question {question.id!r} is stored already; give each one an id of its own")
        if not self._events.take(claim, at=question.asked_at):
            return False
        self._questions[question.id] = replace(question, person=_nameless(question.person))
        self._belongs(question.place, question.message_id, question.id)
        if conversation:
            await self._conversations.save(conversation)
        return True

    async def get(self, question_id: str) -> QuestionRecord | None:
        """One question."""
        return self._questions.get(question_id)

    async def by_message(self, place_key: str, message_id: str) -> QuestionRecord | None:
        """The latest question that a message asked or joined."""
        return self._questions.get(self._messages.get((place_key, message_id), ""))

    async def join(self, question_id: str, text: str, *, message_id: str, claim: Sequence[str] = ()) -> bool:
        """Give a queued question another text."""
        question = self._questions.get(question_id)
        if question is None or question.state is not QuestionState.QUEUED:
            return False
        if not self._events.take(claim, at=question.asked_at):
            return False
        self._questions[question_id] = replace(question, text=text)
        self._belongs(question.place, message_id, question_id)
        return True

    async def start(self, question_id: str) -> bool:
        """From queued to answering."""
        question = self._questions.get(question_id)
        if question is None or question.state is not QuestionState.QUEUED:
            return False
        self._questions[question_id] = replace(question, state=QuestionState.ANSWERING)
        return True

    async def finish(self, question_id: str, state: QuestionState, *, answer: AnswerRecord | None = None) -> bool:
        """To an end, with its answer."""
        question = self._questions.get(question_id)
        if question is None or question.state.ended:
            return False
        self._questions[question_id] = replace(question, state=state, answer_id=answer.id if answer else "")
        if answer:
            self._answers[answer.id] = answer
        return True

    async def unfinished(self) -> tuple[QuestionRecord, ...]:
        """Queued and answering ones, oldest first."""
        found = [question for question in self._questions.values() if not question.state.ended]
        return tuple(sorted(found, key=lambda question: question.asked_at))

    async def of_person(self, person: str, *, limit: int) -> tuple[QuestionRecord, ...]:
        """What a person asked, the latest first."""
        found = [question for question in self.all() if question.person.key == person]
        return tuple(sorted(found, key=lambda question: question.asked_at)[::-1][:limit])

    def all(self) -> list[QuestionRecord]:
        """All questions, in the order in which they were admitted."""
        return list(self._questions.values())

    def _belongs(self, place: Place, message_id: str, question_id: str) -> None:
        if message_id:
            self._messages[place.key, message_id] = question_id


class MemoryPosts:
    """The bot's own messages; see `bot.ports.PostBook`."""

    def __init__(self) -> None:
        self._posts: dict[str, PostRecord] = {}
        self._nonces: dict[str, dict[int, str]] = {}

    async def claim(self, post: PostRecord) -> PostRecord:
        """Store a post, or return the one that is stored already."""
        parts = self._nonces.setdefault(post.question_id, {})
        if post.part in parts:
            return self._posts[parts[post.part]]
        if post.nonce in self._posts:
            raise StoreFailed(f"the nonce {post.nonce!r} is another post's; give each one a nonce of its own")
        parts[post.part] = post.nonce
        self._posts[post.nonce] = post
        return post

    async def posting(self, nonce: str) -> bool:
        """Note that the platform is about to be asked."""
        known = self._posts.get(nonce)
        if known is None or known.state is PostState.CLAIMED:
            self._change(nonce, PostState.POSTING)
            return True
        return False

    async def posted(self, nonce: str, message_id: str) -> None:
        """Note the message that came of it."""
        self._change(nonce, PostState.POSTED, message_id=message_id)

    async def abandon(self, nonce: str) -> None:
        """Note that it will not be posted."""
        self._change(nonce, PostState.ABANDONED)

    async def of_question(self, question_id: str) -> tuple[PostRecord, ...]:
        """The posts of a question, by part."""
        parts = self._nonces.get(question_id, {})
        return tuple(self._posts[parts[part]] for part in sorted(parts))

    def _change(self, nonce: str, state: PostState, *, message_id: str = "") -> None:
        if nonce not in self._posts:
            raise StoreFailed(f"there is no post with the nonce {nonce!r}; claim it first")
        known = self._posts[nonce]
        self._posts[nonce] = replace(known, state=state, message_id=message_id or known.message_id)


class MemoryConversations:
    """Threads; see `bot.ports.ConversationBook`."""

    def __init__(self, answers: dict[str, AnswerRecord]) -> None:
        self._answers = answers
        self._conversations: dict[str, Conversation] = {}
        self._imported: Imported = {}

    async def get(self, key: str) -> Conversation | None:
        """One conversation."""
        return self._conversations.get(key)

    async def save(self, conversation: Conversation) -> None:
        """Store a conversation in place of what was stored."""
        self._conversations[conversation.key] = conversation

    async def turns(self, key: str, *, limit: int, audience: frozenset[str] | None = None) -> tuple[Turn, ...]:
        """The last answered questions, imported ones before the bot's own."""
        own = [
            (record.at, Turn(question=record.answer.question, answer=record.answer.text))
            for record in sorted(self._answers.values(), key=lambda record: record.at)
            if record.conversation == key
            and record.answer.status is AnswerStatus.ANSWERED
            and (audience is None or all(audience & each.audience for each in record.evidence))
        ]
        known = self._imported.get(key, ())
        later = sorted([*own, *((at, turn) for turn, _, at in known if at)], key=lambda each: each[0])
        everything = (*(turn for turn, _, at in known if at is None), *(turn for _, turn in later))
        return everything[max(0, len(everything) - limit) :]

    async def import_turns(self, key: str, turns: Sequence[Turn], *, at: datetime, people: Sequence[str] = ()) -> None:
        """Store what was said before the bot came."""
        said_by = people or [""] * len(turns)
        noted = [each for each in self._imported.get(key, ()) if each[2]]
        self._imported[key] = (*((turn, said, None) for turn, said in zip(turns, said_by, strict=True)), *noted)

    async def note_turn(self, key: str, turn: Turn, *, at: datetime, person: str) -> None:
        """Store what a command has shown as something that was said."""
        self._imported[key] = (*self._imported.get(key, ()), (turn, person, at))


class MemoryAnswers:
    """Answers that were given; see `bot.ports.AnswerBook`."""

    def __init__(self, answers: dict[str, AnswerRecord]) -> None:
        self._answers = answers

    async def get(self, answer_id: str) -> AnswerRecord | None:
        """One answer."""
        return self._answers.get(answer_id)

    async def latest(self, conversation: str) -> AnswerRecord | None:
        """The last answer of a conversation."""
        found = [record for record in self._answers.values() if record.conversation == conversation]
        return max(found, key=lambda record: record.at, default=None)


class MemoryFeedback:
    """What readers think of answers; see `bot.ports.FeedbackBook`."""

    def __init__(self, answers: dict[str, AnswerRecord]) -> None:
        self._answers = answers
        self._feedback: dict[tuple[str, str], FeedbackRecord] = {}

    async def save(self, feedback: FeedbackRecord) -> None:
        """Store a person's word on an answer."""
        if feedback.answer_id not in self._answers:
            raise StoreFailed(f"there is no answer {feedback.answer_id!r} to rate")
        self._feedback[feedback.answer_id, feedback.person] = feedback

    async def get(self, answer_id: str, person: str) -> FeedbackRecord | None:
        """One person's word on an answer."""
        return self._feedback.get((answer_id, person))

    def all(self) -> list[tuple[FeedbackRecord, str]]:
        """All ratings, each with the question of its answer."""
        return [(each, self._answers[each.answer_id].question_id) for each in self._feedback.values()]


class MemorySettings:
    """What channels have set; see `bot.ports.SettingsBook`."""

    def __init__(self) -> None:
        self._settings: dict[str, ChannelSettings] = {}

    async def get(self, channel_key: str) -> ChannelSettings:
        """A channel's settings."""
        return self._settings.get(channel_key, ChannelSettings())

    async def save(self, channel_key: str, settings: ChannelSettings) -> None:
        """Store a channel's settings."""
        self._settings[channel_key] = settings

    def unlabel(self, begin: str) -> None:
        """Takes the labels from all channels whose keys begin so."""
        for key, settings in self._settings.items():
            if key.startswith(begin):
                self._settings[key] = replace(settings, labels=None)


def _nameless(person: Person) -> Person:
    return replace(person, name="", is_bot=False, is_self=False, roles=frozenset())

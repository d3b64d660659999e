"""What is remembered: questions and how they ended, posts and their states, conversations, answers, feedback.

All times are aware and in UTC; the keys of places and people are those of `bot.chat`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.chat import Person, Place
from rag.kinds.values import Stage
from rag.types import Answer, Language


class QuestionState(StrEnum):
    """Where a question stands. The last six are ends: nothing leaves them."""

    QUEUED = "queued"
    ANSWERING = "answering"
    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Too old when the program came back: noted, and the person told, but not answered."""

    INTERRUPTED = "interrupted"
    """The program stopped in the middle of the answer, which is marked as incomplete."""

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the question."""
        return self not in {QuestionState.QUEUED, QuestionState.ANSWERING}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """A question that was let in. `message_id` is "" for one that came as a command."""

    id: str
    place: Place
    person: Person
    text: str
    asked_at: datetime
    message_id: str = ""
    state: QuestionState = QuestionState.QUEUED
    answer_id: str = ""


class PostState(StrEnum):
    """Where a post stands; one that is `posting` after a crash may or may not have arrived."""

    CLAIMED = "claimed"
    POSTING = "posting"
    POSTED = "posted"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord:
    """One message of ours: `part` counts the messages of one answer from 0; the nonce is unique for ever."""

    nonce: str
    question_id: str
    place: Place
    part: int
    state: PostState
    message_id: str = ""


class Engagement(StrEnum):
    """Whether the bot listens in a thread without being mentioned."""

    NONE = "none"
    ENGAGED = "engaged"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A thread, a DM or a channel in which the bot was spoken to.

    `partner` is the key of the person it talks with; `unattended` counts its own turns since a person last wrote.
    """

    key: str
    engagement: Engagement = Engagement.NONE
    partner: str = ""
    language: Language | None = None
    unattended: int = 0
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecord:
    """One passage that an answer was written from, as "why these sources" shows it."""

    rank: int
    score: float
    document_id: str
    title: str
    section: tuple[str, ...]
    page: int | None
    text: str
    audience: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """An answer as it was given, with what it rests on."""

    id: str
    question_id: str
    conversation: str
    answer: Answer
    evidence: tuple[EvidenceRecord, ...]
    suggestions: tuple[str, ...]
    at: datetime


class Rating(StrEnum):
    """What a reader thinks of an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRecord:
    """One person's word on one answer; a later one replaces it. `reason` is a slug such as `outdated`, or ""."""

    answer_id: str
    person: str
    rating: Rating
    at: datetime
    reason: str = ""
    text: str = ""


class Respond(StrEnum):
    """When the bot answers in a channel."""

    MENTION = "mention"
    AUTO = "auto"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What a channel has set; None leaves a thing to the default. Threads inherit from their channel."""

    respond: Respond | None = None
    follow_ups: bool | None = None
    inline: bool | None = None
    language: Language | None = None
    labels: frozenset[str] | None = None
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a start-up, so that what suits it comes first; "" and None stand for what was not said.

    `people` is the size of the team, `runway` in months. A profile that is not `active` changes nothing.
    """

    sector: str = ""
    stage: Stage | None = None
    model: str = ""
    people: int | None = None
    runway: int | None = None
    language: Language | None = None
    active: bool = True


class RateGroup(StrEnum):
    """What ratings are counted by."""

    DAY = "day"
    TOPIC = "topic"
    PROMPT = "prompt"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRate:
    """How the answers of one group were rated; `group` is an ISO date, a topic, a prompt's hash or a model's name."""

    group: str
    up: int
    down: int


class GapKind(StrEnum):
    """How it became known that the library lacks something."""

    REFUSAL = "refusal"
    RATING = "rating"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRecord:
    """A question that the library did not answer, or not well; open until somebody closes it.

    `person` is whose rating told of it, "" for a refusal. `place` is the place's key, which says who may see the row.
    `confidence` is that of the answer or refusal, None where it is not known.
    """

    id: int
    kind: GapKind
    question_id: str
    place: str
    text: str
    at: datetime
    person: str = ""
    language: Language | None = None
    closed_at: datetime | None = None
    resolution: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageCount:
    """How much of one thing a subject (a channel, a model) used on one day."""

    day: date
    subject: str
    name: str
    amount: int


OPERATOR: Final = "operator"
"""Who acts on the command line or in the settings file: whoever has the machine."""

SHELL: Final = "shell"
"""The platform of what they order there: what they oversee ends at no workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act of an admin, or one that was refused.

    `actor` is a keyed hash or `OPERATOR`, never a name or an id; `details` hold no personal data.
    """

    at: datetime
    actor: str
    action: str
    subject: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


class Outcome(StrEnum):
    """What became of an event that came in."""

    ACCEPTED = "accepted"
    JOINED = "joined"
    """It was added to a question that still waits."""

    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    BUSY = "busy"
    LIMITED = "limited"
    """The person or the channel asks faster than it may."""

    DENIED = "denied"
    """The person or the channel may not ask."""

    PAUSED = "paused"
    """Nobody but admins is answered at the moment."""

    UNUSABLE = "unusable"
    """Nothing to answer in it, or too long."""

    NOTED = "noted"
    """It belongs to an expert's answer, which is not the bot's to answer."""

    STOPPED = "stopped"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    HANDLED = "handled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The engine's word on an event; what it names has been committed to the store."""

    outcome: Outcome
    question_id: str = ""
    retry_after_s: float = 0.0

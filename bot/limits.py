"""Settings of the conversation engine: how much it takes on, whom it answers, and how long it waits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EngineSettings(BaseModel):
    """What the engine may do. Channels may set some of it otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default=8, ge=1, le=256)
    """How many questions are answered at once."""

    queue_size: int = Field(default=100, ge=1, le=100_000)
    """How many questions may wait; the next one is told to come again."""

    respond: Literal["mention", "auto", "off"] = "mention"
    """When the bot answers in a channel that has set nothing."""

    follow_ups: bool = True
    """Whether it answers follow-ups in its threads without a mention, where a channel has set nothing."""

    strangers: bool = True
    """Whether people of other organisations may ask in shared channels; they get public documents alone."""

    bots: bool = False
    """Whether other bots may ask by a mention."""

    turns_without_human: int = Field(default=3, ge=1)
    """How often another bot is answered in a thread until a person writes there."""

    person_per_minute: float = Field(default=10, gt=0)
    person_burst: int = Field(default=5, ge=1)
    channel_per_minute: float = Field(default=60, gt=0)
    channel_burst: int = Field(default=20, ge=1)

    lines_per_minute: float = Field(default=6, gt=0)
    lines_burst: int = Field(default=3, ge=1)
    """How often one person is told why there is no answer; whoever floods the bot gets silence."""

    question_characters: int = Field(default=4000, ge=100)
    """Longest question."""

    history_turns: int = Field(default=6, ge=0, le=50)
    """Earlier questions of a conversation that an answer may refer to."""

    thread_messages: int = Field(default=20, ge=0, le=200)
    """Messages that are read when the bot is called into a thread."""

    stale_minutes: float = Field(default=10, gt=0)
    """Questions that are older when the program sees them are told so instead of being answered."""

    answer_seconds: float = Field(default=300, gt=0)
    """Longest time that one answer may take."""

    place_after_seconds: float = Field(default=1.5, ge=0)
    """A question that waits longer shows its place in the queue."""

    place_every_seconds: float = Field(default=2, gt=0)
    """Time between two looks at the places in the queue."""

    shutdown_seconds: float = Field(default=30, gt=0)
    """Time in which a stopping program ends: answers are finished in most of it, else marked as interrupted."""

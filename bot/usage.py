"""Counts what is used by day: in memory while it happens, in the store a few seconds later. People are hashes."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from bot.chat import Place
from bot.ledgers import UsageBook
from bot.records import AnswerRecord, Outcome, QuestionRecord, QuestionState, Rating, UsageCount
from rag.errors import RagError
from rag.writing.events import PoolEvent, PoolEventKind

log = logging.getLogger(__name__)

CHANNEL, TOPIC, STAGE, MODEL, PROMPT = "channel", "topic", "stage", "model", "prompt"
EVENTS, ERRORS = "events", "errors"
"""The first word of a subject; what it is about follows. A person's subject is their hash alone."""

DIRECT: Final = "(direct)"
"""Direct messages of a workspace together: the name of one would be that of a person."""

WHOLE: Final = "whole"
"""The stage that is the whole question, from its admission to its end."""

STEPS_MS: Final = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000)
"""Upper ends of the times that are told apart; longer ones count as the last."""

_TOLD_EVENTS = frozenset({Outcome.BUSY, Outcome.LIMITED, Outcome.DENIED, Outcome.PAUSED})
_TROUBLE = frozenset({PoolEventKind.FAILED, PoolEventKind.OPENED})
_MOST_TOPICS = 20
"""Topics of one answer that are counted."""


class UsageMeter:
    """Counts; implements `bot.engine.wiring.Watching`. What is not flushed when the process is killed is lost.

    Args:
        book: where counts are kept.
        pseudonym: makes a person's key unrecognisable.
        now: the time, aware and in UTC.
    """

    def __init__(self, book: UsageBook, *, pseudonym: Callable[[str], str], now: Callable[[], datetime]) -> None:
        self._book = book
        self._pseudonym = pseudonym
        self._now = now
        self._amounts = Counter[tuple[date, str, str]]()

    def received(self, outcome: Outcome) -> None:
        """An event came in; those that were turned away are counted."""
        if outcome in _TOLD_EVENTS:
            self._count(EVENTS, outcome.value)

    def ended(
        self, question: QuestionRecord, state: QuestionState, *, seconds: float, answer: AnswerRecord | None
    ) -> None:
        """A question ended."""
        channel = channel_of(question.place)
        self._count(f"{CHANNEL} {channel}", state.value)
        workspace = f"{question.place.platform}/{question.place.workspace}"
        self._count(self._pseudonym(question.person.key), f"questions {workspace}")
        self._time(WHOLE, seconds * 1000)
        if state is QuestionState.FAILED:
            self._count(ERRORS, "questions")
        if answer is not None:
            self._answered(channel, answer)

    def rated(self, channel: str, answer: AnswerRecord, rating: Rating, *, amount: int) -> None:
        """An answer was rated, or a rating taken back."""
        for subject in (f"{CHANNEL} {channel}", *_topics(channel, answer), *_writer(answer)):
            self._count(subject, rating.value, amount)

    def model_event(self, event: PoolEvent) -> None:
        """Something happened to a language model; for `rag.writing.pool.FailoverPool`."""
        if event.kind in _TROUBLE:
            self._count(ERRORS, f"model {event.kind.value}")

    async def flush(self) -> None:
        """Hand over what was counted; what the store does not take is kept for the next time."""
        amounts, self._amounts = self._amounts, Counter()
        counts = [
            UsageCount(day=day, subject=subject, name=name, amount=amount)
            for (day, subject, name), amount in sorted(amounts.items())
            if amount
        ]
        if not counts:
            return
        try:
            await self._book.add_all(counts)
        except RagError as error:
            log.warning("usage_not_kept", extra={"error": error.logged})
            self._amounts.update(amounts)

    def _answered(self, channel: str, answer: AnswerRecord) -> None:
        for stage, milliseconds in answer.answer.timings_ms.items():
            self._time(stage, milliseconds)
        for subject in _topics(channel, answer):
            self._count(subject, "answers")
        writing = answer.answer.writing
        if writing is None or not writing.model:
            return
        self._count(f"{MODEL} {writing.model}", "answers")
        if writing.usage:
            self._count(f"{MODEL} {writing.model}", "tokens", writing.usage.prompt + writing.usage.completion)

    def _time(self, stage: str, milliseconds: float) -> None:
        step = STEPS_MS[min(bisect_left(STEPS_MS, milliseconds), len(STEPS_MS) - 1)]
        self._count(f"{STAGE} {stage}", str(step))

    def _count(self, subject: str, name: str, amount: int = 1) -> None:
        self._amounts[self._now().date(), subject, name] += amount


def channel_of(place: Place) -> str:
    """The name under which a place is counted."""
    return f"{place.platform}/{place.workspace}/{DIRECT}" if place.private else place.channel_key


def percentile_ms(steps: Mapping[int, int], percent: int) -> int:
    """The step below which so many in a hundred of the times lie; 0 of none."""
    wanted, seen = sum(steps.values()) * percent / 100, 0
    for step in sorted(steps):
        seen += steps[step]
        if steps[step] and seen >= wanted:
            return step
    return 0


def _writer(answer: AnswerRecord) -> tuple[str, ...]:
    """The model and the prompts that an answer was written with; () of quotations."""
    writing = answer.answer.writing
    return (f"{MODEL} {writing.model}", f"{PROMPT} {writing.prompt_hash}") if writing and writing.model else ()


def _topics(channel: str, answer: AnswerRecord) -> list[str]:
    cited = dict.fromkeys(topic for each in answer.answer.citations for topic in each.document.topics)
    return [f"{TOPIC} {channel} {topic}" for topic in list(cited)[:_MOST_TOPICS]]

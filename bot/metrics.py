"""Figures for Prometheus: what is asked and how it ends, how long each stage takes, and what state the parts are in.

No label can grow without bound: values that come from outside are counted by name up to a limit, then as `other`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

from bot.records import AnswerRecord, FeedbackRecord, Outcome, QuestionRecord, QuestionState
from rag.authorship import Writing
from rag.writing.events import PoolEvent, PoolEventKind

if TYPE_CHECKING:
    from bot.ports import FeedbackBook

OTHER = "other"

_MOST_VALUES = 32
_QUESTION_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)
_STAGE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Bounded:
    """The first values of a label by their names, every later one as `other`."""

    def __init__(self, *, limit: int = _MOST_VALUES) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def value(self, name: str) -> str:
        """What the label says for a name."""
        if name not in self._known:
            if len(self._known) >= self._limit:
                return OTHER
            self._known.add(name)
        return name


class _Questions:
    """Figures of what is asked and how it ends."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.events = Counter("advisor_events", "Events that came in.", ["outcome"], registry=registry)
        self.ended = Counter("advisor_questions", "Questions that ended.", ["platform", "outcome"], registry=registry)
        self.seconds = Histogram(
            "advisor_question_seconds",
            "From a question's admission to its end.",
            ["outcome"],
            buckets=_QUESTION_BUCKETS,
            registry=registry,
        )
        self.stages = Histogram(
            "advisor_stage_seconds", "Stages of an answer.", ["stage"], buckets=_STAGE_BUCKETS, registry=registry
        )
        self.answers = Counter(
            "advisor_answers", "Answers by writer and model.", ["writer", "model"], registry=registry
        )
        self.notices = Counter("advisor_notices", "What readers were told of an answer.", ["notice"], registry=registry)
        self.feedback = Counter("advisor_feedback", "Ratings of answers.", ["rating", "reason"], registry=registry)
        self.waiting = Gauge("advisor_queue_depth", "Questions that wait.", registry=registry)
        self.running = Gauge("advisor_questions_running", "Questions that are being answered.", registry=registry)


class _Models:
    """Figures of the language models."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tokens = Counter(
            "advisor_model_tokens", "Tokens that models read and wrote.", ["model", "kind"], registry=registry
        )
        self.up = Gauge(
            "advisor_model_up", "Whether a language model is asked, or left alone.", ["endpoint"], registry=registry
        )
        self.events = Counter(
            "advisor_model_events", "What happened to language models.", ["endpoint", "event"], registry=registry
        )


class _Parts:
    """Figures of the state of index and platforms."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.documents = Gauge("advisor_index_documents", "Documents of the library.", registry=registry)
        self.chunks = Gauge("advisor_index_chunks", "Passages of the library.", registry=registry)
        self.indexing = Gauge("advisor_index_busy", "Whether the index is being worked on.", registry=registry)
        self.adapters = Gauge("advisor_adapter_up", "Whether a platform is connected.", ["adapter"], registry=registry)
        self.failures = Counter(
            "advisor_adapter_failures", "Connections to a platform that broke.", ["adapter"], registry=registry
        )
        self.refused = Gauge(
            "advisor_adapter_refused_requests",
            "Requests of the last ten minutes that a platform refused; Discord turns away whoever has 10,000 of them.",
            ["adapter"],
            registry=registry,
        )


class Metrics:
    """All figures of one running program, in a registry of their own; implements `bot.engine.wiring.Watching`."""

    def __init__(self, *, version: str) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Gauge("advisor_build_info", "The version that runs.", ["version"], registry=registry).labels(version).set(1)
        self._questions = _Questions(registry)
        self._models = _Models(registry)
        self._parts = _Parts(registry)
        self._bounds: dict[str, Bounded] = {}

    def received(self, outcome: Outcome) -> None:
        """An event came in and this became of it."""
        self._questions.events.labels(outcome.value).inc()

    def ended(
        self, question: QuestionRecord, state: QuestionState, *, seconds: float, answer: AnswerRecord | None
    ) -> None:
        """A question ended."""
        platform = self._bounded("platform", question.place.platform)
        self._questions.ended.labels(platform, state.value).inc()
        self._questions.seconds.labels(state.value).observe(max(0.0, seconds))
        if answer is not None:
            self._answered(answer)

    def rated(self, feedback: FeedbackRecord) -> None:
        """Somebody rated an answer."""
        self._questions.feedback.labels(feedback.rating.value, self._bounded("reason", feedback.reason)).inc()

    def watch_queue(self, depth: Callable[[], int], running: Callable[[], int]) -> None:
        """Read the queue at every look at the figures."""
        self._questions.waiting.set_function(depth)
        self._questions.running.set_function(running)

    def index_state(self, *, documents: int, chunks: int, busy: bool) -> None:
        """What the library holds at the moment."""
        self._parts.documents.set(documents)
        self._parts.chunks.set(chunks)
        self._parts.indexing.set(busy)

    def adapter_state(self, adapter: str, *, up: bool) -> None:
        """A platform was connected, or lost."""
        self._parts.adapters.labels(self._bounded("adapter", adapter)).set(up)

    def adapter_failed(self, adapter: str) -> None:
        """A connection to a platform broke, or could not be made."""
        self._parts.failures.labels(self._bounded("adapter", adapter)).inc()

    def watch_refused(self, adapter: str, refused: Callable[[], int]) -> None:
        """Read at every look at the figures what a platform has refused of late."""
        self._parts.refused.labels(self._bounded("adapter", adapter)).set_function(refused)

    def model_event(self, event: PoolEvent) -> None:
        """Something happened to a language model; for `rag.writing.pool.FailoverPool`."""
        endpoint = self._bounded("endpoint", event.endpoint)
        self._models.events.labels(endpoint, event.kind.value).inc()
        if event.kind in {PoolEventKind.OPENED, PoolEventKind.CLOSED}:
            self._models.up.labels(endpoint).set(event.kind is PoolEventKind.CLOSED)

    def models(self, endpoints: Iterable[str]) -> None:
        """The language models that are configured; each is taken to be up until it is left alone."""
        for endpoint in endpoints:
            self._models.up.labels(self._bounded("endpoint", endpoint)).set(1)

    def _answered(self, record: AnswerRecord) -> None:
        answer, writing = record.answer, record.answer.writing
        for stage, milliseconds in answer.timings_ms.items():
            self._questions.stages.labels(self._bounded("stage", stage)).observe(max(0.0, milliseconds) / 1000)
        model = self._bounded("model", writing.model if writing else "")
        self._questions.answers.labels(self._bounded("writer", answer.writer), model).inc()
        if writing is not None:
            self._written(writing, model)

    def _written(self, writing: Writing, model: str) -> None:
        for notice in writing.notices:
            self._questions.notices.labels(notice.value).inc()
        if writing.usage is not None:
            used = writing.usage
            kinds = {"prompt": used.prompt, "completion": used.completion, "cached": used.cached}
            for kind, tokens in kinds.items():
                self._models.tokens.labels(model, kind).inc(tokens)

    def _bounded(self, label: str, name: str) -> str:
        return self._bounds.setdefault(label, Bounded()).value(name)


class CountedFeedback:
    """A book of feedback that counts what is saved; implements `bot.ports.FeedbackBook`."""

    def __init__(self, book: FeedbackBook, metrics: Metrics) -> None:
        self._book = book
        self._metrics = metrics

    async def save(self, feedback: FeedbackRecord) -> None:
        """Store a person's word on an answer, then count it."""
        await self._book.save(feedback)
        self._metrics.rated(feedback)

    async def get(self, answer_id: str, person: str) -> FeedbackRecord | None:
        """One person's word on an answer."""
        return await self._book.get(answer_id, person)

"""What is counted of a running bot, under labels that cannot grow without bound."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.chat import Person, Place
from bot.errors import StoreFailed
from bot.memory_store import MemoryStore
from bot.metrics import OTHER, Bounded, CountedFeedback, Metrics
from bot.records import AnswerRecord, FeedbackRecord, Outcome, QuestionRecord, QuestionState, Rating
from rag.authorship import Notice, Usage, Writing
from rag.types import Answer, AnswerStatus, Language
from rag.writing.events import PoolEvent, PoolEventKind

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def asked(platform: str = "slack") -> QuestionRecord:
    place = Place(platform=platform, workspace="w", channel="c")
    return QuestionRecord(
        id="q", place=place, person=Person(platform=platform, workspace="w", id="p"), text="Why?", asked_at=NOON
    )


def answered(writing: Writing | None = None, **timings: float) -> AnswerRecord:
    answer = Answer(
        question_id="q",
        question="Why?",
        language=Language.EN,
        status=AnswerStatus.ANSWERED,
        text="Because.",
        citations=(),
        confidence=0.9,
        writer="extractive",
        timings_ms=timings,
        writing=writing,
    )
    return AnswerRecord(id="a", question_id="q", conversation="c", answer=answer, evidence=(), suggestions=(), at=NOON)


def figures(metrics: Metrics) -> dict[str, float]:
    """Samples as `name{label=value,…}`, labels in the order of their names."""
    text = generate_latest(metrics.registry).decode()
    return {
        f"{sample.name}{{{','.join(f'{name}={value}' for name, value in sorted(sample.labels.items()))}}}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(version="1")


def test_events_and_questions_are_counted_by_outcome(metrics: Metrics) -> None:
    metrics.received(Outcome.ACCEPTED)
    metrics.received(Outcome.DUPLICATE)
    metrics.received(Outcome.DUPLICATE)
    metrics.ended(asked(), QuestionState.REFUSED, seconds=0.2, answer=None)
    told = figures(metrics)
    assert told["advisor_events_total{outcome=accepted}"] == 1
    assert told["advisor_events_total{outcome=duplicate}"] == 2
    assert told["advisor_questions_total{outcome=refused,platform=slack}"] == 1
    assert told["advisor_question_seconds_bucket{le=0.1,outcome=refused}"] == 0
    assert told["advisor_question_seconds_bucket{le=0.25,outcome=refused}"] == 1


def test_stages_of_an_answer_are_seconds(metrics: Metrics) -> None:
    metrics.ended(asked(), QuestionState.ANSWERED, seconds=1, answer=answered(embed=4.0, write=2000.0))
    told = figures(metrics)
    assert told["advisor_stage_seconds_sum{stage=embed}"] == pytest.approx(0.004)
    assert told["advisor_stage_seconds_sum{stage=write}"] == pytest.approx(2.0)


def test_model_tokens_and_notices_are_counted(metrics: Metrics) -> None:
    writing = Writing(
        writer="vllm",
        model="qwen",
        usage=Usage(prompt=100, completion=20, cached=60),
        notices=(Notice.UNSUPPORTED,),
    )
    metrics.ended(asked(), QuestionState.ANSWERED, seconds=1, answer=answered(writing))
    told = figures(metrics)
    assert told["advisor_model_tokens_total{kind=prompt,model=qwen}"] == 100
    assert told["advisor_model_tokens_total{kind=completion,model=qwen}"] == 20
    assert told["advisor_notices_total{notice=unsupported}"] == 1
    assert told["advisor_answers_total{model=qwen,writer=extractive}"] == 1


def test_model_is_down_while_it_is_left_alone(metrics: Metrics) -> None:
    def state() -> float:
        return figures(metrics)["advisor_model_up{endpoint=http://gpu}"]

    metrics.models(["http://gpu"])
    assert state() == 1
    metrics.model_event(PoolEvent(kind=PoolEventKind.FAILED, endpoint="http://gpu", error="ModelUnavailable"))
    assert state() == 1
    metrics.model_event(PoolEvent(kind=PoolEventKind.OPENED, endpoint="http://gpu"))
    assert state() == 0
    metrics.model_event(PoolEvent(kind=PoolEventKind.CLOSED, endpoint="http://gpu"))
    assert state() == 1
    assert figures(metrics)["advisor_model_events_total{endpoint=http://gpu,event=model_failed}"] == 1


def test_queue_is_read_at_every_look(metrics: Metrics) -> None:
    waiting = [1, 2]
    metrics.watch_queue(lambda: len(waiting), lambda: 3)
    assert figures(metrics)["advisor_queue_depth{}"] == 2
    waiting.clear()
    assert figures(metrics)["advisor_queue_depth{}"] == 0
    assert figures(metrics)["advisor_questions_running{}"] == 3


def test_adapters_are_up_or_down_and_their_failures_counted(metrics: Metrics) -> None:
    metrics.adapter_state("slack", up=True)
    metrics.adapter_state("discord", up=False)
    metrics.adapter_failed("discord")
    told = figures(metrics)
    assert (told["advisor_adapter_up{adapter=slack}"], told["advisor_adapter_up{adapter=discord}"]) == (1, 0)
    assert told["advisor_adapter_failures_total{adapter=discord}"] == 1


def test_refused_requests_of_a_platform_are_read_at_every_look(metrics: Metrics) -> None:
    metrics.watch_refused("discord", lambda: 7)
    metrics.watch_refused("discord", lambda: 8)
    assert figures(metrics)["advisor_adapter_refused_requests{adapter=discord}"] == 8


async def test_feedback_is_counted_once_it_is_saved(metrics: Metrics) -> None:
    store = MemoryStore()
    await store.questions.admit(asked())
    await store.questions.finish("q", QuestionState.ANSWERED, answer=answered())
    book = CountedFeedback(store.feedback, metrics)
    word = FeedbackRecord(answer_id="a", person="p", rating=Rating.DOWN, at=NOON, reason="outdated")
    await book.save(word)
    with pytest.raises(StoreFailed):
        await book.save(FeedbackRecord(answer_id="unknown", person="p", rating=Rating.UP, at=NOON))
    assert await book.get("a", "p") == word
    told = {name: value for name, value in figures(metrics).items() if name.startswith("advisor_feedback_total")}
    assert told == {"advisor_feedback_total{rating=down,reason=outdated}": 1}


def test_label_has_a_bounded_number_of_values() -> None:
    label = Bounded(limit=2)
    assert [label.value(name) for name in ("a", "b", "c", "a", "d")] == ["a", "b", OTHER, "a", OTHER]


def test_hundred_platforms_are_few_series(metrics: Metrics) -> None:
    for number in range(100):
        metrics.ended(asked(f"p{number}"), QuestionState.ANSWERED, seconds=1, answer=answered(**{f"s{number}": 1.0}))
    told = figures(metrics)
    assert sum(name.startswith("advisor_questions_total") for name in told) == 33
    assert told["advisor_questions_total{outcome=answered,platform=other}"] == 68
    assert sum(name.startswith("advisor_stage_seconds_count") for name in told) == 33

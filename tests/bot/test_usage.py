"""What is counted of the use: by day, channel, topic, person's hash, stage and model; and how long it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import PlaceKind
from bot.commands.usage import used_of
from bot.errors import StoreFailed
from bot.memory_oversight import MemoryUsage
from bot.memory_store import MemoryStore
from bot.oversight import tidy_oversight
from bot.records import Outcome, QuestionState, Rating, UsageCount
from bot.usage import STEPS_MS, WHOLE, UsageMeter, channel_of, percentile_ms
from rag.authorship import Writing
from rag.writing.events import PoolEvent, PoolEventKind
from tests.bot.samples import ADA, NOW, PLACE, answer, citation, question, record

DAY = NOW.date()


class Broken(MemoryUsage):
    """A book that fails at first."""

    fails = True

    async def add_all(self, counts: Any) -> None:
        if self.fails:
            raise StoreFailed("the disk is full")
        await super().add_all(counts)


def metered(book: MemoryUsage) -> UsageMeter:
    return UsageMeter(book, pseudonym=lambda key: f"hash{len(key)}", now=lambda: NOW)


async def counted(meter: UsageMeter, book: MemoryUsage) -> dict[tuple[str, str], int]:
    await meter.flush()
    return {(each.subject, each.name): each.amount for each in await book.counts(since=DAY, until=DAY)}


async def test_question_counts_for_its_channel_its_topics_and_a_hash() -> None:
    book = MemoryUsage()
    meter = metered(book)
    cited = citation(1)
    cited = replace(cited, document=replace(cited.document, topics=("growth", "data")))
    writing = Writing(writer="model", model="qwen", prompt_hash="ab12")
    finished = record(answer("text", citations=[cited], writing=writing))
    meter.ended(question(), QuestionState.ANSWERED, seconds=0.2, answer=finished)
    meter.ended(question(), QuestionState.FAILED, seconds=400, answer=None)
    meter.received(Outcome.BUSY)
    meter.received(Outcome.ACCEPTED)
    meter.model_event(PoolEvent(kind=PoolEventKind.FAILED, endpoint="http://x"))
    meter.rated(channel_of(PLACE), finished, Rating.DOWN, amount=1)
    found = await counted(meter, book)
    assert found[f"channel {PLACE.channel_key}", "answered"] == 1
    assert found[f"channel {PLACE.channel_key}", "failed"] == 1
    assert found[f"topic {PLACE.channel_key} growth", "answers"] == 1
    assert found[f"topic {PLACE.channel_key} growth", "down"] == 1
    assert (found["model qwen", "down"], found["prompt ab12", "down"], found["model qwen", "answers"]) == (1, 1, 1)
    assert found[f"hash{len(ADA.key)}", "questions memory/w"] == 2
    assert (found[f"stage {WHOLE}", "250"], found[f"stage {WHOLE}", "300000"]) == (1, 1)
    assert (found["events", "busy"], found["errors", "questions"], found["errors", "model model_failed"]) == (1, 1, 1)
    assert ("events", "accepted") not in found
    assert not any(ADA.id in subject for subject, _ in found)


async def test_direct_messages_of_a_workspace_count_as_one_channel() -> None:
    private = replace(PLACE, channel="D0ADA", kind=PlaceKind.DM)
    assert channel_of(private) == "memory/w/(direct)"
    book = MemoryUsage()
    meter = metered(book)
    meter.ended(replace(question(), place=private), QuestionState.REFUSED, seconds=1, answer=None)
    assert not any("D0ADA" in subject for subject, _ in await counted(meter, book))


async def test_counts_that_the_store_does_not_take_are_kept_for_the_next_time() -> None:
    book = Broken()
    meter = metered(book)
    meter.received(Outcome.LIMITED)
    await meter.flush()
    book.fails = False
    meter.received(Outcome.LIMITED)
    assert await counted(meter, book) == {("events", "limited"): 2}
    assert await counted(meter, book) == {("events", "limited"): 2}


async def test_rating_that_is_changed_counts_once() -> None:
    book = MemoryUsage()
    meter = metered(book)
    for rating, amount in ((Rating.UP, 1), (Rating.UP, -1), (Rating.DOWN, 1)):
        meter.rated("memory/w/c", record(), rating, amount=amount)
    assert await counted(meter, book) == {("channel memory/w/c", "down"): 1}


async def test_old_counts_and_slips_are_forgotten() -> None:
    store = MemoryStore()
    for days in (500, 100):
        await store.usage.add("events", "busy", day=DAY - timedelta(days=days))
    await tidy_oversight(store.usage, store.oversight, days=400, now=lambda: NOW)
    kept = await store.usage.counts(since=DAY - timedelta(days=900), until=DAY)
    assert [each.day for each in kept] == [DAY - timedelta(days=100)]
    await tidy_oversight(store.usage, store.oversight, days=0, now=lambda: NOW)
    assert len(await store.usage.counts(since=DAY - timedelta(days=900), until=DAY)) == 1


def test_other_workspaces_are_not_shown() -> None:
    own = UsageCount(day=DAY, subject="channel slack/T1/C1", name="answered", amount=2)
    others = ("channel slack/T2/C1", "channel slack/T11/C1", "topic slack/T2/C1 growth")
    counts = [own, *(replace(own, subject=subject) for subject in others)]
    counts += [replace(own, subject=f"h{team}", name=f"questions slack/T{team}") for team in (1, 2)]
    used = used_of(counts, workspace="slack/T1")
    assert (dict(used.channels), dict(used.topics)) == ({"slack/T1/C1": {"answered": 2}}, {})
    assert used.people == {"h1": 2}
    assert used.all["answered"] == 2


@pytest.mark.parametrize(("percent", "step"), [(50, 10), (95, 100), (100, 1000)])
def test_percentile_is_the_step_that_holds_it(percent: int, step: int) -> None:
    assert percentile_ms({10: 90, 100: 9, 1000: 1}, percent) == step


@given(st.dictionaries(st.sampled_from(STEPS_MS), st.integers(0, 50)), st.integers(1, 100))
def test_percentile_is_never_beyond_what_was_counted(steps: dict[int, int], percent: int) -> None:
    found = percentile_ms(steps, percent)
    counted = [step for step, count in steps.items() if count]
    assert found in counted or (found == 0 and not counted)
    assert sum(steps[step] for step in counted if step <= found) >= sum(steps.values()) * percent / 100

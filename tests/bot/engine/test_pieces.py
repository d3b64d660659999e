"""The small parts of the engine: buckets, the line, locks, recent keys, chores, sentences."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.chat import Said
from bot.engine.buckets import TokenBuckets
from bot.engine.keeping import Chores, Locks, Recent
from bot.engine.queueing import Ending, Job, Line
from bot.engine.threads import differs, past_turns
from bot.records import Conversation, QuestionRecord
from rag.errors import RagError
from rag.types import Turn

from .stage import NOON, Time, person, place, turns


def job(name: str, thread: str) -> Job:
    record = QuestionRecord(id=name, place=place(thread=thread), person=person(), text=name, asked_at=NOON)
    return Job(record=record, since=0)


async def test_bucket_gives_its_burst_then_one_token_at_its_rate() -> None:
    time = Time()
    buckets = TokenBuckets(per_minute=6, burst=2, clock=time.clock)

    assert [buckets.take("ada") for _ in range(3)] == [0, 0, pytest.approx(10)]
    assert buckets.take("bo") == 0
    await time.advance(4)
    assert buckets.take("ada") == pytest.approx(6)
    await time.advance(6)
    assert buckets.take("ada") == 0


def test_token_that_was_given_back_is_there_again_and_never_more_than_the_burst() -> None:
    buckets = TokenBuckets(per_minute=6, burst=1, clock=Time().clock)

    assert buckets.take("ada") == 0
    buckets.give_back("ada")
    buckets.give_back("ada")
    assert buckets.take("ada") == 0
    assert buckets.take("ada") > 0


def test_buckets_are_bounded_and_the_quietest_key_is_forgotten() -> None:
    buckets = TokenBuckets(per_minute=6, burst=1, clock=Time().clock, most=2)
    for key in ("ada", "bo", "ada", "cy"):
        buckets.take(key)

    assert len(buckets) == 2
    assert buckets.take("ada") > 0
    assert buckets.take("bo") == 0


async def test_line_serves_in_order_and_one_of_a_thread_at_a_time() -> None:
    line = Line(size=10, workers=2)
    jobs = [job("1", "a"), job("2", "a"), job("3", "b")]
    for each in jobs:
        line.enter(each)
    taken = [await line.take(), await line.take()]
    waiting = asyncio.create_task(line.take())
    await turns(3)
    before = waiting.done()
    line.leave(jobs[0], seconds=1)

    assert taken == [jobs[0], jobs[2]]
    assert not before
    assert await waiting is jobs[1]


def test_line_is_full_with_what_waits_and_what_is_reserved() -> None:
    line = Line(size=2, workers=1)
    line.enter(job("1", "a"))

    assert line.reserve()
    assert not line.reserve()
    line.release()
    assert line.reserve()


async def test_closed_line_gives_nothing_out() -> None:
    line = Line(size=2, workers=1)
    waiting = asyncio.create_task(line.take())
    await turns(3)
    line.close()
    line.enter(job("1", "a"))

    assert await waiting is None
    assert await line.take() is None
    assert line.depth == 1


def test_wait_grows_with_the_line_and_with_how_long_answers_take() -> None:
    line = Line(size=100, workers=2)
    empty = line.retry_after_s
    for number in range(20):
        line.enter(job(str(number), str(number)))
    full = line.retry_after_s
    for _ in range(100):
        line.leave(job("x", "x"), seconds=0.001)

    assert 1 <= empty < full <= 120
    assert line.retry_after_s < full


def test_job_is_stopped_once_and_not_when_its_end_is_decided() -> None:
    first, second = job("1", "a"), job("2", "a")
    second.closing = True

    assert first.stop(Ending.STOPPED)
    assert not first.stop(Ending.DELETED)
    assert not second.stop(Ending.STOPPED)


async def test_lock_of_a_key_lets_one_in_and_is_forgotten() -> None:
    locks, order = Locks(), []

    async def visit(key: str, name: str) -> None:
        async with locks.hold(key):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(visit("a", "1"), visit("a", "2"), visit("b", "3"))

    assert order.index("1 out") < order.index("2 in")
    assert order.index("3 in") < order.index("1 out")
    assert locks._locks == {}


def test_recent_keys_are_known_all_at_once_and_bounded() -> None:
    recent = Recent(most=3)

    assert recent.add(("event", "message"))
    assert not recent.add(("other event", "message"))
    assert recent.add(("other event",))
    recent.drop(("message",))
    assert recent.add(("message", "x"))
    assert recent.add(("event",))


async def test_chores_go_on_after_a_failure_and_drop_what_is_dispensable(caplog: pytest.LogCaptureFixture) -> None:
    chores, done, gate = Chores(most=1), [], asyncio.Event()

    async def fail() -> None:
        raise RagError("no luck")

    async def wait() -> None:
        await gate.wait()
        done.append("waited")

    chores.start(fail)
    await chores.done()
    chores.start(wait)
    dropped = chores.start(wait, dispensable=True)
    kept = chores.start(wait)
    gate.set()
    await chores.done()

    assert dropped is None
    assert kept is not None
    assert done == ["waited", "waited"]
    assert "no luck" in caplog.text


async def test_closing_chores_breaks_off_what_does_not_end() -> None:
    chores = Chores()
    hanging = chores.start(asyncio.Event().wait)  # type: ignore[arg-type]
    await chores.close(seconds=0)

    assert hanging is not None
    assert hanging.cancelled()
    assert chores.idle


def test_past_of_a_thread_ends_before_the_question_and_is_cut() -> None:
    def heard(number: int, text: str, *, own: bool = False) -> Said:
        return Said(message_id=str(number), person_id="x", own=own, text=text, at=NOON)

    said = [
        heard(1, "I begin the thread as the bot.", own=True),
        heard(2, "Long " * 1000),
        heard(3, "👍"),
        heard(4, "Yes.", own=True),
        heard(5, "And more.", own=True),
        heard(6, "The question"),
        heard(7, "Later"),
    ]
    first, *rest = past_turns(said, asked_by="6")

    assert len(first.question) == 600
    assert first.answer == "Yes.\n\nAnd more."
    assert rest == []
    assert past_turns(said, asked_by="8")[-1] == Turn(question="Later", answer="")


def test_conversation_that_differs_in_time_alone_needs_no_storing() -> None:
    known = Conversation(key="k", partner="p", updated_at=NOON)

    assert not differs(replace(known, updated_at=NOON.replace(hour=13)), known)
    assert differs(replace(known, partner="q"), known)
    assert differs(known, None)

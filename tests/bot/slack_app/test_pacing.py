"""The bot keeps to Slack's pace, and forgets what it need not remember."""

from __future__ import annotations

from bot.remembered import Remembered
from bot.slack_app.outbox import EditBudget, Outbox
from tests.bot.delivering import Time


async def test_messages_to_one_channel_are_spread_and_others_are_not_held_up() -> None:
    time = Time()
    outbox = Outbox(interval_s=1, clock=lambda: time.now, sleep=time.sleep)
    for _ in range(3):
        await outbox.turn("C1")
    assert (time.now, time.slept) == (2, [1, 1])
    await outbox.turn("C2")
    assert time.now == 2


async def test_channel_that_was_quiet_is_served_at_once() -> None:
    time = Time()
    outbox = Outbox(interval_s=1, clock=lambda: time.now, sleep=time.sleep)
    await outbox.turn("C1")
    time.now = 60
    await outbox.turn("C1")
    assert time.slept == []


async def test_channels_of_the_past_are_forgotten() -> None:
    time = Time()
    outbox = Outbox(interval_s=1, clock=lambda: time.now, sleep=time.sleep)
    for number in range(5_000):
        time.now += 2
        await outbox.turn(f"C{number}")
    assert len(outbox._next) <= 1_000


def test_edits_come_back_with_time() -> None:
    time = Time()
    budget = EditBudget(clock=lambda: time.now, per_minute=60, at_once=2)
    assert [budget.take(last=False) for _ in range(3)] == [0, 0, 1]
    time.now += 1
    assert budget.take(last=False) == 0


def test_last_states_take_from_what_growth_would_get() -> None:
    time = Time()
    budget = EditBudget(clock=lambda: time.now, per_minute=60, at_once=2)
    assert [budget.take(last=True) for _ in range(4)] == [0, 0, 0, 0]
    assert budget.take(last=False) == 3


def test_what_was_used_last_is_remembered() -> None:
    memory: Remembered[str, int] = Remembered(2)
    memory.keep("a", 1)
    memory.keep("b", 2)
    assert memory.get("a") == 1
    memory.keep("c", 3)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)

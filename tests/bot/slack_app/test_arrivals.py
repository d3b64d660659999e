"""Events of one message are taken in one at a time, and courtesies let them pass."""

from __future__ import annotations

import asyncio

from bot.slack_app.arrivals import Arrivals, said_in

from .bodies import command, event


async def test_courtesy_lets_pass_what_is_being_taken_in() -> None:
    arrivals, order = Arrivals(), list[str]()

    async def courtesy() -> None:
        await arrivals.pass_by()
        order.append("courtesy")

    async with arrivals.turn(("C1", "1.1")):
        waiting = asyncio.create_task(courtesy())
        async with arrivals.turn(("C1", "2.2")):
            await asyncio.sleep(0)
        order.append("taken in")
    await waiting
    assert order == ["taken in", "courtesy"]


async def test_courtesy_is_late_and_not_left_out_in_a_flood() -> None:
    arrivals = Arrivals()
    async with arrivals.turn(("C1", "1.1")), asyncio.timeout(5):
        await arrivals.pass_by()


async def test_second_event_has_its_turn_when_the_first_one_failed() -> None:
    arrivals, order = Arrivals(), list[str]()

    async def take(name: str) -> None:
        async with arrivals.turn(("C1", "1.1")):
            order.append(name)
            await asyncio.sleep(0)
            raise ValueError(name)

    failures = await asyncio.gather(take("first"), take("second"), return_exceptions=True)
    assert order == ["first", "second"]
    assert [str(each) for each in failures] == order


def test_only_new_messages_have_turns() -> None:
    assert said_in(event()) == ("C1", "1700000000.000100")
    assert said_in(event(type="app_mention")) == ("C1", "1700000000.000100")
    assert said_in(event(subtype="message_changed")) is None
    assert said_in(command("help")) is None

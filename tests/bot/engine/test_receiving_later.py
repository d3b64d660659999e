"""What comes after a downtime, or into a channel that has switched the bot off."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

from bot.memory_chat import MemoryChat
from bot.records import ChannelSettings, Outcome, Respond

from .stage import Stage, place


async def test_new_question_does_not_join_one_from_before_a_downtime() -> None:
    stage = Stage()
    engine = stage.engine()
    old = await engine.receive(stage.message("What was a flywheel?", at=stage.time.now() - timedelta(minutes=11)))
    new = await engine.receive(stage.message("What is a moat?"))

    assert (old.outcome, new.outcome) == (Outcome.ACCEPTED, Outcome.ACCEPTED)
    assert old.question_id != new.question_id


async def test_question_from_before_is_answered_when_its_platform_connects_late() -> None:
    stage, adapters = Stage(), cast("dict[str, MemoryChat]", {})
    await stage.engine().receive(stage.message("What is a flywheel?"))

    engine = stage.engine(adapters=adapters)
    await engine.catch_up()
    running = asyncio.create_task(engine.run())
    await engine.settled()
    assert not stage.answered
    adapters["memory"] = stage.chat
    await engine.catch_up()
    await engine.settled()
    engine.close()
    await running

    assert len(stage.answered) == 1
    assert [question.state for question in await stage.store.questions.unfinished()] == []


async def test_switched_off_channel_says_so_to_whoever_asks() -> None:
    stage = Stage()
    await stage.store.settings.save(place().channel_key, ChannelSettings(respond=Respond.OFF))
    async with stage.running() as engine:
        receipt = await engine.receive(stage.message("What is a flywheel?"))
        await engine.settled()

    assert receipt.outcome is Outcome.DENIED
    assert "switched off" in stage.whispered[0]

"""Maintenance and limits that are changed while the engine runs, and roles that hold at the moment alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot.chat import ADMIN_ROLE, Person
from bot.engine.engine import Engine
from bot.memory_store import MemoryStore
from bot.records import Outcome
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.steering import Steering

from .stage import PATIENT, Stage, person, place, turns

RIGHTS = rights_of(RightsSettings(admins=("memory:w/boss", "memory:w/group:S1")))


class Steered(Stage):
    """A stage whose engine is steered; it can be opened again over the same store."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(PATIENT.model_copy(update=settings))
        self.steering = self.steered()

    def steered(self) -> Steering:
        assert isinstance(self.store, MemoryStore)
        return Steering(self.store.oversight, self.settings, now=self.time.now)

    def engine(self, **more: Any) -> Engine:
        engine = super().engine(**more)
        return Engine(replace(engine._parts, steering=self.steering, rights=RIGHTS))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Engine]:
        """The engine at work, as after a start of the program."""
        self.steering = self.steered()
        async with self.running() as engine:
            yield engine

    async def ask(self, engine: Engine, text: str, who: Person | None = None, **more: Any) -> Outcome:
        receipt = await engine.receive(self.message(text, person=who or person(), **more))
        await turns()
        return receipt.outcome

    @property
    def whispers(self) -> list[str]:
        return [reply.text for _, _, reply in self.chat.whispers]


async def test_maintenance_is_told_once_to_each_in_each_place_in_their_language() -> None:
    stage = Steered()
    async with stage.open() as engine:
        await stage.steering.maintain("Back at five.")
        assert await stage.ask(engine, "How much?") is Outcome.PAUSED
        assert await stage.ask(engine, "How much again?") is Outcome.PAUSED
        assert await stage.ask(engine, "要多少钱？", person("bo")) is Outcome.PAUSED
        elsewhere = place("other")
        assert await stage.ask(engine, "And here?", place=elsewhere) is Outcome.PAUSED
        assert stage.answers.asked == []
        told = "I am being looked after at the moment and answer no questions. Back at five."
        assert stage.whispers == [told, "我正在维护，暂时不回答问题。Back at five.", told]


async def test_maintenance_survives_a_restart_is_not_told_again_and_ends_for_all() -> None:
    stage = Steered()
    async with stage.open():
        await stage.steering.maintain("")
    async with stage.open() as engine:
        assert await stage.ask(engine, "How much?") is Outcome.PAUSED
        assert "Please ask again later." in stage.whispers[-1]
    async with stage.open() as engine:
        assert await stage.ask(engine, "How much by now?") is Outcome.PAUSED
        assert len(stage.whispers) == 1
        await stage.steering.maintain(None)
        assert await stage.ask(engine, "How much now?") is Outcome.ACCEPTED
        await engine.settled()
    assert [each.text for each in stage.answers.asked] == ["How much now?"]


async def test_admins_are_answered_during_maintenance_as_long_as_they_are_admins() -> None:
    """By name, by a Slack user group, by the right that Discord gives: what the event carries at that moment."""
    stage = Steered()
    async with stage.open() as engine:
        await stage.steering.maintain("")
        assert await stage.ask(engine, "Boss?", person("boss")) is Outcome.ACCEPTED
        assert await stage.ask(engine, "Group?", person("eve", roles=frozenset({"S1"}))) is Outcome.ACCEPTED
        assert await stage.ask(engine, "Discord?", person("dan", roles=frozenset({ADMIN_ROLE}))) is Outcome.ACCEPTED
        await engine.settled()
        assert await stage.ask(engine, "Left the group?", person("eve")) is Outcome.PAUSED
        assert await stage.ask(engine, "Lost the role?", person("dan")) is Outcome.PAUSED


async def test_maintenance_set_by_another_process_is_taken_up() -> None:
    stage = Steered()
    async with stage.open() as engine:
        await stage.steered().maintain("")
        assert await stage.ask(engine, "Before?") is Outcome.ACCEPTED
        await stage.steering.load()
        assert await stage.ask(engine, "After?") is Outcome.PAUSED


async def test_limits_hold_at_once_and_after_a_restart() -> None:
    stage = Steered(person_per_minute=60, person_burst=4)
    async with stage.open() as engine:
        await stage.steering.limit("person_burst", 1)
        await stage.steering.limit("queue_size", 7)
        assert engine._line._size == 7
        assert await stage.ask(engine, "One?") is Outcome.ACCEPTED
        await engine.settled()
        assert await stage.ask(engine, "Two?") is Outcome.LIMITED
    async with stage.open() as engine:
        assert (stage.steering.limits.person_burst, stage.steering.origin("person_burst")) == (1, "chat")
        assert (stage.steering.origin("person_per_minute"), stage.steering.origin("channel_per_minute")) == (
            "program",
            "default",
        )
        await stage.steering.limit("person_burst", None)
        assert (stage.steering.limits.person_burst, stage.steering.origin("person_burst")) == (4, "program")
        outcomes = [await stage.ask(engine, f"Q{number}?") for number in range(3)]
        assert Outcome.LIMITED not in outcomes
        await engine.settled()

"""What an expert writes in a thread: kept, asked about beside the work, and not the bot's to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.chat import Address, Message
from bot.errors import StoreFailed
from bot.records import Engagement, Outcome

from .stage import Stage, person, place


@dataclass
class Ear:
    """Takes what Bob writes for an expert's answer."""

    kept: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    broken: bool = False

    async def heard(self, message: Message, *, claim: Sequence[str]) -> Callable[[], Awaitable[None]] | None:
        if self.broken:
            raise StoreFailed("the disk is full")
        if message.person.id != "bob":
            return None
        self.kept.append((message.text, tuple(claim)))

        async def ask() -> None:
            self.asked.append(message.text)

        return ask


def stage_with_ear() -> tuple[Stage, Ear]:
    stage, ear = Stage(), Ear()
    stage.overhearing = ear
    return stage, ear


async def test_experts_words_are_kept_and_end_the_bots_listening_there() -> None:
    stage, ear = stage_with_ear()
    async with stage.running() as engine:
        await engine.receive(stage.message("How long?"))
        await engine.settled()
        said = stage.message("Six weeks. And you?", address=Address.NONE, person=person("bob"))
        receipts = [await engine.receive(each) for each in (said, replace(said, event_id="again"))]
        await engine.receive(stage.message("Great!", address=Address.NONE))
        await engine.settled()
    assert [each.outcome for each in receipts] == [Outcome.NOTED, Outcome.DUPLICATE]
    assert ear.asked == ["Six weeks. And you?"]
    ((_, claim),) = ear.kept
    assert len(claim) == 2
    assert [question.text for question in stage.answers.asked] == ["How long?"]
    conversation = await stage.store.conversations.get(place().key)
    assert conversation is not None
    assert conversation.engagement is Engagement.NONE


async def test_expert_who_speaks_to_the_bot_is_answered() -> None:
    stage, ear = stage_with_ear()
    async with stage.running() as engine:
        await engine.receive(stage.message("What do you know of it?", person=person("bob")))
        await engine.settled()
    assert ear.kept == []
    assert len(stage.answers.asked) == 1


async def test_message_outside_a_thread_is_nobodys_answer() -> None:
    stage, ear = stage_with_ear()
    opening = stage.message("Lunch?", address=Address.NONE, person=person("bob"))
    async with stage.running() as engine:
        receipt = await engine.receive(replace(opening, place=place(thread=opening.message_id)))
    assert (receipt.outcome, ear.kept) == (Outcome.IGNORED, [])


async def test_message_is_taken_again_after_the_store_failed() -> None:
    stage, ear = stage_with_ear()
    said = stage.message("Six weeks.", address=Address.NONE, person=person("bob"))
    async with stage.running() as engine:
        ear.broken = True
        try:
            await engine.receive(said)
        except StoreFailed:
            ear.broken = False
        receipt = await engine.receive(said)
        await engine.settled()
    assert (receipt.outcome, ear.asked) == (Outcome.NOTED, ["Six weeks."])

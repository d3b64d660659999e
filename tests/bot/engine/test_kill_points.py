"""A program that dies at any moment: after the next start every stored question is answered once or marked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Address, Incoming, Message
from bot.memory_store import MemoryStore
from bot.records import PostState, QuestionState

from .stage import PATIENT, Stage, person, place

_BOOKS = ("events", "questions", "posts", "conversations", "answers", "settings")
_METHODS = frozenset(
    "claim admit get by_message join start finish unfinished posting posted abandon of_question save turns "
    "import_turns".split()
)


class Executioner:
    """Lets so many calls of the store and the platform pass, then nothing happens any more."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.seen = 0
        self.dead = asyncio.Event()

    async def point(self, *_: object) -> None:
        await asyncio.sleep(0)
        if self.dead.is_set():
            raise asyncio.CancelledError
        self.seen += 1
        if self.seen > self.allowed:
            self.dead.set()
            await asyncio.Event().wait()

    def around(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def watched(*args: Any, **named: Any) -> Any:
            await self.point()
            result = await method(*args, **named)
            await self.point()
            return result

        return watched


class Mortal:
    """A store whose every call the executioner looks at, before and after."""

    def __init__(self, store: MemoryStore, executioner: Executioner) -> None:
        for name in _BOOKS:
            setattr(self, name, _Book(getattr(store, name), executioner))


class _Book:
    def __init__(self, book: object, executioner: Executioner) -> None:
        for name in _METHODS & set(dir(book)):
            setattr(self, name, executioner.around(getattr(book, name)))


@dataclass
class Life:
    """One chat and one store over several runs of the program."""

    store: MemoryStore = field(default_factory=MemoryStore)
    stage: Stage = field(init=False)
    script: list[Incoming] = field(init=False)
    unacknowledged: list[Incoming] = field(init=False)

    def __post_init__(self) -> None:
        self.stage = Stage(PATIENT, store=self.store)
        self.script = _script(self.stage)
        self.unacknowledged = list(self.script)

    async def run(self, allowed: int) -> bool:
        """Runs until the executioner strikes; True when all was done before."""
        executioner = Executioner(allowed)
        self.stage.store = Mortal(self.store, executioner)  # type: ignore[assignment]
        self.stage.chat.watch = executioner.point
        engine = self.stage.engine()
        everything = [asyncio.create_task(engine.run()), asyncio.create_task(self._play(engine))]
        died = asyncio.create_task(executioner.dead.wait())
        await asyncio.wait({everything[1], died}, return_when=asyncio.FIRST_COMPLETED)
        alive = not executioner.dead.is_set()
        if alive:
            engine.close()
            await everything[0]
        for task in (*everything, died):
            task.cancel()
        await asyncio.gather(*everything, died, return_exceptions=True)
        self.stage.store, self.stage.chat.watch = self.store, None
        return alive

    async def _play(self, engine: Any) -> None:
        for event in tuple(self.unacknowledged):
            await engine.receive(event)
            # Returned, so the platform was told that the event arrived: it will not come again.
            self.unacknowledged.remove(event)
        await engine.settled()


def _script(stage: Stage) -> list[Incoming]:
    def say(text: str, thread: str, **more: Any) -> Message:
        return stage.message(text, place=place(thread=thread), **more)

    old = say("Is it too late?", "old", at=stage.time.now() - timedelta(hours=1))
    edited, deleted = say("Waht now?", "a"), say("Never mind?", "b")
    first = say("First?", "a")
    return [
        old,
        first,
        say("Second?", "b"),
        say("Joined?", "b"),
        say("Third?", "a", person=person("bo")),
        edited,
        say("Fourth?", "c"),
        deleted,
        stage.edit(edited, "What now?"),
        stage.deletion(deleted),
        Message(**{**_fields(first), "event_id": "first again"}),
        say("and what follows", "c", address=Address.NONE),
    ]


def _fields(message: Message) -> dict[str, Any]:
    return {each.name: getattr(message, each.name) for each in fields(message)}


async def check(life: Life) -> None:
    """What must hold when a run has come to its end."""
    questions = life.store.questions._questions  # type: ignore[attr-defined]
    shown = {said.ref.id: said for said in life.stage.chat.posted}
    owned: list[str] = []
    for question in questions.values():
        assert question.state.ended, question
        # A message may be gone while its post is not noted as abandoned yet; the answer has another one then.
        posts = await life.store.posts.of_question(question.id)
        posts = [post for post in posts if post.state is PostState.POSTED and post.message_id in shown]
        owned += [post.message_id for post in posts]
        replies = [shown[post.message_id].reply for post in posts]
        if question.state is QuestionState.ANSWERED:
            assert [reply.text for reply in replies] == [f"On {question.text!r}: all is well."]
            answer = await life.store.answers.get(question.answer_id)
            assert answer is not None
        if question.state is QuestionState.EXPIRED:
            assert len(replies) == 1
        if question.state is QuestionState.CANCELLED:
            assert replies == []
        assert not any(reply.status for reply in replies)
    assert sorted(owned) == sorted(shown), "each message in the chat belongs to one question"
    answered = "\n".join(q.text for q in questions.values() if q.state is QuestionState.ANSWERED).split("\n")
    for text in ("First?", "Second?", "Joined?", "Third?", "Fourth?", "and what follows"):
        assert answered.count(text) == 1, (text, answered)
    # An edit that comes after the answer is too late.
    assert answered.count("What now?") + answered.count("Waht now?") == 1
    assert answered.count("Never mind?") <= 1


async def lived(*deaths: int) -> int:
    """A life with these deaths, checked at its end; tells how many of them happened."""
    life = Life()
    happened = 0
    for allowed in deaths:
        if await life.run(allowed):
            break
        happened += 1
    assert await life.run(10**9)
    await check(life)
    return happened


async def test_life_without_a_death_answers_everything() -> None:
    assert await lived() == 0


@pytest.mark.slow
async def test_death_at_any_point_neither_loses_nor_doubles_a_question() -> None:
    allowed = 0
    while await lived(allowed):
        allowed += 1

    assert allowed > 100


@settings(max_examples=60, deadline=None, derandomize=True)
@given(deaths=st.lists(st.integers(min_value=0, max_value=150), min_size=1, max_size=4))
def test_several_deaths_neither_lose_nor_double_a_question(deaths: list[int]) -> None:
    asyncio.run(lived(*deaths))

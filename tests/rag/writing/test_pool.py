"""Several language models behind one door: who writes when one is away, slow, refuses or breaks off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest

from rag.authorship import Usage
from rag.backends.memory import ScriptedModel
from rag.errors import EmbedderUnavailable, ModelRefused, ModelUnavailable
from rag.ports import ChatMessage, ChatModel, ModelInfo, Piece, Role
from rag.settings import ModelSettings
from rag.writing.events import PoolEvent
from rag.writing.pool import FailoverPool

AWAY = ModelUnavailable("it is away")
REFUSED = ModelRefused("a wrong key")
SOON_S = 0.1
"""A budget that is used up by a model that never writes."""


async def never(_: float) -> None:
    await asyncio.Event().wait()


@dataclass
class Bench:
    """A pool and everything that it touches."""

    models: Sequence[ChatModel]
    limits: dict[str, Any] = field(default_factory=dict)
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)
    events: list[PoolEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool = FailoverPool(
            self.models,
            ModelSettings(**{"attempts": 1} | self.limits),
            clock=lambda: self.now,
            sleep=self.pause,
            jitter=lambda: 0.5,
            on_event=self.events.append,
        )

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def pieces(self) -> list[Piece]:
        async with aclosing(self.pool.stream(prompt, most_tokens=50)) as stream:
            return [piece async for piece in stream]

    async def written(self) -> str:
        return "".join(piece.text for piece in await self.pieces())

    async def fails(self) -> ModelUnavailable:
        with pytest.raises(ModelUnavailable) as caught:
            await self.pieces()
        return caught.value

    def kinds(self) -> list[str]:
        return [f"{event.endpoint.removeprefix('memory:')} {event.kind.value}" for event in self.events]


async def prompt(model: ChatModel) -> Sequence[ChatMessage]:
    return [ChatMessage(role=Role.USER, text=f"for {(await model.info()).name}")]


def asked(model: ScriptedModel) -> list[str]:
    return [messages[-1].text for messages in model.asked]


async def test_the_first_model_writes_and_is_named_in_the_first_piece() -> None:
    usage = Usage(prompt=9, completion=2)
    bench = Bench([ScriptedModel(["Yes", ".", usage], name="a"), ScriptedModel(["No"], name="b")])
    info = ModelInfo(name="a", context_tokens=8192)
    assert await bench.pieces() == [Piece(text="Yes", info=info), Piece(text="."), Piece(usage=usage)]
    assert bench.events == []


@pytest.mark.parametrize("failure", [AWAY, REFUSED], ids=["away", "refuses"])
async def test_the_next_model_writes_with_a_prompt_of_its_own(failure: ModelUnavailable) -> None:
    first, second = ScriptedModel([failure], name="a"), ScriptedModel(["Yes."], name="b")
    bench = Bench([first, second])
    assert (await bench.pieces())[0].info == ModelInfo(name="b", context_tokens=8192)
    assert (asked(first), asked(second)) == (["for a"], ["for b"])
    assert bench.kinds()[-1] == "a model_switched"


async def test_a_switch_is_logged_with_endpoint_and_reason(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await Bench([ScriptedModel([AWAY], name="a"), ScriptedModel(["Yes."], name="b")]).written()
    (record,) = [record for record in caplog.records if record.message == "model_switched"]
    assert record.__dict__["endpoint"] == "memory:a"
    assert (record.__dict__["error"], record.__dict__["reason"]) == ("ModelUnavailable", "it is away")


async def test_when_no_model_writes_the_error_tells_of_each() -> None:
    bench = Bench([ScriptedModel([AWAY], name="a"), ScriptedModel([REFUSED], name="b")])
    error = await bench.fails()
    assert (type(error), str(error)) == (ModelUnavailable, "it is away; a wrong key")
    assert bench.kinds() == ["a model_failed", "a model_switched", "b models_exhausted"]


class TooLong(ModelRefused):
    """A refusal with words of its own for a person."""

    user_message = "Please ask something shorter."


async def test_when_every_model_refuses_the_last_refusal_is_passed_on_as_it_is() -> None:
    error = await Bench([ScriptedModel([REFUSED]), ScriptedModel([TooLong("too long")])]).fails()
    assert (type(error), error.user_message) == (TooLong, "Please ask something shorter.")


async def test_a_pool_without_models_says_so() -> None:
    assert "no language model is configured" in str(await Bench([]).fails())


async def test_a_failure_before_the_first_word_is_tried_again_after_growing_pauses() -> None:
    bench = Bench([ScriptedModel([AWAY], [AWAY], [AWAY], ["Yes."])], {"attempts": 5, "open_after": 9})
    assert await bench.written() == "Yes."
    assert bench.pauses == pytest.approx([0.1, 0.2, 0.4])


async def test_a_refusal_is_not_tried_again() -> None:
    model = ScriptedModel([REFUSED])
    bench = Bench([model], {"attempts": 5})
    await bench.fails()
    assert (len(model.asked), bench.pauses) == (1, [])


async def test_a_model_that_never_writes_leaves_time_for_the_next() -> None:
    slow = ScriptedModel([1.0], sleep=never, name="a")
    bench = Bench([slow, ScriptedModel(["Yes."], name="b")], {"first_token_s": SOON_S, "attempts": 5})
    assert await bench.written() == "Yes."
    assert (len(slow.asked), slow.closed) == (1, 1)


async def test_the_budget_for_the_first_word_holds_over_all_models() -> None:
    bench = Bench([ScriptedModel([1.0], sleep=never)] * 3, {"first_token_s": SOON_S, "attempts": 5})
    async with asyncio.timeout(5):
        error = await bench.fails()
    assert str(error).count("ADVISOR_LLM_FIRST_TOKEN_S") == 3


@pytest.mark.parametrize(
    ("limits", "told"),
    [({"stall_s": SOON_S}, "too long.*ADVISOR_LLM_STALL_S"), ({"total_s": SOON_S}, "whole.*ADVISOR_LLM_TOTAL_S")],
    ids=["silence", "the whole answer"],
)
async def test_a_model_that_falls_silent_is_left(limits: dict[str, Any], told: str) -> None:
    model, other = ScriptedModel(["Some", 1.0], sleep=never), ScriptedModel(["other"])
    bench = Bench([model, other], limits)
    stream = bench.pool.stream(prompt, most_tokens=50)
    assert (await anext(stream)).text == "Some"
    with pytest.raises(ModelUnavailable, match=told):
        await anext(stream)
    assert (model.closed, other.asked) == (1, [])
    assert bench.kinds() == ["scripted model_broke_off"]


async def test_a_stream_that_breaks_off_is_not_begun_again_elsewhere() -> None:
    other = ScriptedModel(["other"])
    bench = Bench([ScriptedModel(["Some", AWAY]), other], {"attempts": 5})
    assert str(await bench.fails()) == "it is away"
    assert (other.asked, bench.pauses) == ([], [])


async def test_after_failures_in_a_row_a_model_is_left_alone_at_once_and_without_a_pause() -> None:
    model = ScriptedModel([AWAY], name="a")
    bench = Bench([model], {"open_after": 3, "attempts": 2})
    for _ in range(4):
        await bench.fails()
    assert (len(model.asked), len(bench.pauses)) == (3, 2)
    assert bench.kinds().count("a model_breaker_opened") == 1
    assert "left alone" in str(await bench.fails())


async def test_a_model_that_always_breaks_off_is_left_alone_too() -> None:
    model = ScriptedModel(["Some", AWAY])
    bench = Bench([model], {"open_after": 3})
    for _ in range(5):
        await bench.fails()
    assert len(model.asked) == 3


async def test_a_model_whose_turn_came_too_late_is_not_blamed() -> None:
    limits = {"concurrency": 1, "first_token_s": 5 * SOON_S, "open_after": 1}
    bench = Bench([ScriptedModel(["Some", 1.0], [1.0], name="a", sleep=never)], limits)
    reader = bench.pool.stream(prompt, most_tokens=50)
    await anext(reader)
    await asyncio.wait({waiting := asyncio.create_task(bench.fails())}, timeout=4 * SOON_S)
    await reader.aclose()
    assert "wrote nothing in the time" in str(await waiting)
    assert bench.kinds() == ["a models_exhausted"]


async def test_refusals_do_not_have_a_model_left_alone() -> None:
    model = ScriptedModel([REFUSED])
    bench = Bench([model], {"open_after": 1})
    for _ in range(3):
        await bench.fails()
    assert len(model.asked) == 3


async def test_a_probe_brings_a_model_back() -> None:
    bench = Bench([ScriptedModel([AWAY], ["Yes."], name="a")], {"open_after": 1, "probe_after_s": 30})
    await bench.fails()
    bench.now = 30
    assert await bench.written() == "Yes."
    assert bench.kinds()[-1] == "a model_breaker_closed"


async def test_nobody_waits_for_a_probe() -> None:
    probing = asyncio.Event()

    async def hang(_: float) -> None:
        probing.set()
        await asyncio.Event().wait()

    first = ScriptedModel([AWAY], [1.0], sleep=hang, name="a")
    bench = Bench([first, ScriptedModel(["Yes."], name="b")], {"open_after": 1, "probe_after_s": 30})
    await bench.written()
    bench.now = 30
    probe = asyncio.create_task(bench.written())
    await probing.wait()
    assert await bench.written() == "Yes."
    assert len(first.asked) == 2
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert first.closed == 2


async def test_a_cancelled_probe_makes_place_for_the_next() -> None:
    model = ScriptedModel([AWAY], [1.0], ["Yes."], sleep=never)
    bench = Bench([model], {"open_after": 1, "probe_after_s": 30})
    await bench.fails()
    bench.now = 30
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON_S):
            await bench.written()
    assert await bench.written() == "Yes."


async def test_no_more_answers_than_allowed_are_written_at_a_time() -> None:
    model = ScriptedModel(["Some", 1.0], ["Yes."], sleep=never)
    bench = Bench([model], {"concurrency": 1, "first_token_s": SOON_S})
    stream = bench.pool.stream(prompt, most_tokens=50)
    assert (await anext(stream)).text == "Some"
    assert "ADVISOR_LLM_CONCURRENCY" in str(await bench.fails())
    assert len(model.asked) == 1
    await stream.aclose()
    assert await bench.written() == "Yes."


async def test_who_waits_for_a_place_is_told_at_once_when_the_model_breaks_down() -> None:
    broken = asyncio.Event()

    async def until_broken(_: float) -> None:
        await broken.wait()

    bench = Bench([ScriptedModel(["Some", 1.0, AWAY], sleep=until_broken)], {"concurrency": 1, "open_after": 1})
    reader = bench.pool.stream(prompt, most_tokens=50)
    await anext(reader)
    waiting = asyncio.create_task(bench.fails())
    broken.set()
    with pytest.raises(ModelUnavailable):
        await anext(reader)
    assert "left alone" in str(await waiting)


async def test_a_reader_who_leaves_ends_the_models_stream() -> None:
    model = ScriptedModel(["Some", "more"])
    stream = Bench([model]).pool.stream(prompt, most_tokens=50)
    await anext(stream)
    assert model.closed == 0
    await stream.aclose()
    assert model.closed == 1


async def test_a_failure_that_is_not_the_models_is_passed_on_and_not_held_against_it() -> None:
    async def without_vectors(_: ChatModel) -> Sequence[ChatMessage]:
        raise EmbedderUnavailable("no vectors")

    bench = Bench([ScriptedModel(["Yes."])], {"open_after": 1})
    with pytest.raises(EmbedderUnavailable):
        await anext(bench.pool.stream(without_vectors, most_tokens=50))
    assert await bench.written() == "Yes."


async def test_a_model_that_writes_nothing_still_tells_which_it_is() -> None:
    assert await Bench([ScriptedModel([], name="a")]).pieces() == [Piece(info=ModelInfo(name="a", context_tokens=8192))]

"""Fits a prompt into what a model can read, by leaving out whole pieces and never cutting one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.errors import ModelRefused
from rag.ports import ChatMessage, ChatModel
from rag.writing.prompting import Material

_PER_MESSAGE = 16
"""Tokens that a model's format may put around a message."""

_MARGIN = 32
"""Tokens kept free: servers disagree on whether the start of the answer counts as prompt."""

Build = Callable[[Material], Sequence[ChatMessage]]
"""Makes the messages for what is to be shown."""


class QuestionTooLong(ModelRefused):
    """A question leaves no room for a single passage beside it."""

    user_message = "Your question is too long for me. Please shorten it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A prompt that fits, and what it shows."""

    material: Material
    messages: Sequence[ChatMessage]


async def fit(model: ChatModel, material: Material, build: Build, *, answer_tokens: int) -> Fitted:
    """The most of the material that a model can read beside an answer of `answer_tokens`.

    Neighbours go first, the worst passage's before the others', then the oldest turns of the conversation, then the
    worst passages. A model is asked to count only where a bound that cannot be too low leaves doubt.

    Raises:
        QuestionTooLong: the question does not fit with one passage.
        ModelRefused: the model reads too little for any answer of that length.
        ModelUnavailable: the model cannot be asked how much it reads.
    """
    info = await model.info()
    room = info.context_tokens - answer_tokens - _MARGIN
    if room < _MARGIN:
        raise ModelRefused(
            f"the model {info.name!r} reads {info.context_tokens} tokens, which an answer of {answer_tokens} leaves no"
            " room in; lower answer_tokens or serve the model with a longer context"
        )
    ratio = 0.0
    steps = list(_steps(material))
    for step in steps:
        messages = build(step)
        bound = most_tokens(messages)
        if bound <= room:
            return Fitted(material=step, messages=messages)
        if bound * ratio > room and step is not steps[-1]:
            continue
        counted = await model.count_tokens(messages)
        if counted <= room:
            return Fitted(material=step, messages=messages)
        ratio = counted / bound
    raise QuestionTooLong(
        f"a question of {len(material.question)} characters does not fit into the {room} tokens that {info.name!r}"
        " leaves for a prompt; shorten the question"
    )


def most_tokens(messages: Sequence[ChatMessage]) -> int:
    """A bound on the tokens of a prompt: no tokenizer of today's models makes more tokens than UTF-8 has bytes."""
    return sum(len(message.text.encode("utf-8", "replace")) + _PER_MESSAGE for message in messages)


def _steps(material: Material) -> Iterator[Material]:
    """The material, then ever less of it, down to one passage without anything around it."""
    step = replace(material, widened=len(material.passages))
    beside = [bool(passage.before or passage.after) for passage in material.passages]
    yield step
    for widened in reversed(range(len(beside))):
        if beside[widened]:
            step = replace(step, widened=widened)
            yield step
    for oldest in range(1, len(material.turns) + 1):
        step = replace(step, widened=0, turns=material.turns[oldest:])
        yield step
    for kept in range(len(material.passages) - 1, 0, -1):
        step = replace(step, widened=0, turns=(), passages=material.passages[:kept])
        yield step

"""Fitting a prompt: whole pieces go, the least needed first, and the server is asked as little as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.backends.memory import ScriptedModel
from rag.errors import ModelRefused
from rag.ports import ChatMessage
from rag.templates import PromptName
from rag.types import Language, Passage, Turn
from rag.writing.budget import Fitted, QuestionTooLong, fit, most_tokens
from rag.writing.prompting import Material, answer_prompt
from tests.rag.writing.scene import TEMPLATES, passage

PROMPT = TEMPLATES.prompt(PromptName.ANSWER, Language.EN)


class Counting(ScriptedModel):
    """Counts a token for every four bytes, and how often it was asked."""

    def __init__(self, *, context_tokens: int) -> None:
        super().__init__(context_tokens=context_tokens)
        self.counts = 0

    async def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        self.counts += 1
        return most_tokens(messages) // 4


def build(material: Material) -> Sequence[ChatMessage]:
    return answer_prompt(PROMPT, material)


def wide(place: int) -> Passage:
    text = f"Passage {place} tells a fact. " * 10
    around = f"Beside {place} stands more. " * 10
    return replace(passage(text.strip(), title=f"Document {place}", place=place), before=around, after=around)


MATERIAL = Material(
    question="What is it?",
    passages=tuple(wide(place) for place in range(6)),
    turns=(Turn(question="First?", answer="One. " * 60), Turn(question="Second?", answer="Two. " * 60)),
)


def needed(material: Material) -> int:
    """The context in which this material just fits beside an answer of 100 tokens, by the model's own count."""
    return most_tokens(build(material)) // 4 + 100 + 32


async def fitted(context_tokens: int) -> tuple[Fitted, Counting]:
    model = Counting(context_tokens=context_tokens)
    return await fit(model, MATERIAL, build, answer_tokens=100), model


async def test_a_model_that_surely_reads_everything_is_not_asked() -> None:
    fits, model = await fitted(100_000)
    assert fits.material == replace(MATERIAL, widened=6)
    assert model.counts == 0


async def test_a_doubt_is_settled_by_the_models_own_count() -> None:
    fits, model = await fitted(needed(replace(MATERIAL, widened=6)))
    assert fits.material.widened == 6
    assert model.counts == 1


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(replace(MATERIAL, widened=5), id="the_worst_passages_neighbours_go_first"),
        pytest.param(replace(MATERIAL, widened=2), id="then_those_of_better_ones"),
        pytest.param(MATERIAL, id="all_neighbours_before_anything_else"),
        pytest.param(replace(MATERIAL, turns=MATERIAL.turns[1:]), id="then_the_oldest_turn"),
        pytest.param(replace(MATERIAL, turns=(), passages=MATERIAL.passages[:5]), id="then_the_worst_passage"),
        pytest.param(replace(MATERIAL, turns=(), passages=MATERIAL.passages[:1]), id="the_best_passage_stays"),
    ],
)
async def test_the_least_needed_goes_first(kept: Material) -> None:
    fits, model = await fitted(needed(kept) + 4)
    assert fits.material == kept
    assert model.counts <= 4


async def test_no_passage_is_ever_cut() -> None:
    for context in range(needed(replace(MATERIAL, turns=(), passages=MATERIAL.passages[:1])), 2200, 97):
        fits, _ = await fitted(context)
        text = fits.messages[-1].text
        assert all(each.chunk.text in text for each in fits.material.passages)
        assert most_tokens(fits.messages) // 4 + 100 <= context


async def test_a_question_that_leaves_no_room_is_told_to_be_shortened() -> None:
    long = replace(MATERIAL, question="why " * 3000)
    with pytest.raises(QuestionTooLong, match=r"12000 characters.*shorten") as caught:
        await fit(Counting(context_tokens=2048), long, build, answer_tokens=100)
    assert "shorten" in caught.value.user_message
    assert not caught.value.retryable


async def test_a_model_too_small_for_the_answer_is_no_fault_of_the_question() -> None:
    with pytest.raises(ModelRefused, match=r"512 tokens.*answer_tokens") as caught:
        await fit(Counting(context_tokens=512), MATERIAL, build, answer_tokens=900)
    assert not isinstance(caught.value, QuestionTooLong)

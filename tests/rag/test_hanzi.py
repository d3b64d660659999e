"""Folding traditional into simplified characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.hanzi import simplified
from rag.resources import data_folder
from rag.types import Language, Question

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("創業團隊如何募資？", "创业团队如何募资？", id="Taiwan"),
        pytest.param("裏面的牀單與羣組", "里面的床单与群组", id="Hong Kong"),
        pytest.param("頭髮與發展", "头发与发展", id="two characters become one"),
        pytest.param("乾隆年間的乾貨", "乾隆年间的干货", id="by the word it stands in"),
        pytest.param("建立核心文件", "建立核心文件", id="simplified words are not replaced"),
        pytest.param("GPT-4 創業 café", "GPT-4 创业 café", id="mixed scripts"),
        pytest.param("한국어 ABC", "한국어 ABC", id="other scripts"),
        pytest.param("", "", id="empty"),
    ],
)
def test_traditional_characters_become_simplified_ones(text: str, folded: str) -> None:
    assert simplified(text) == folded


def test_no_text_of_the_starter_library_is_changed() -> None:
    # 昇腾 is a brand that is written with a sign of both scripts; it finds itself by its folded form.
    paths = sorted((data_folder("corpus") / "library").rglob("*.md"))
    texts = [path.read_text("utf-8").replace("昇腾", "升腾") for path in paths]
    assert texts
    assert [simplified(text) for text in texts] == texts


@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("創業團隊\ud83d\udc00")), max_size=60))
def test_any_text_is_folded_without_a_complaint(text: str) -> None:
    assert bool(simplified(text).strip()) == bool(text.strip())


def test_halves_of_characters_do_not_stop_the_folding() -> None:
    assert simplified("創\ud800業") == "创\ufffd业"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        pytest.param("創業團隊需要規劃現金流。", "创业团队怎么规划现金流？", id="simplified question"),
        pytest.param("创业团队需要规划现金流。", "創業團隊怎麼規劃現金流？", id="traditional question"),
    ],
)
async def test_a_question_finds_the_other_script_and_is_shown_it_as_written(
    shelf: Shelf, written: str, asked: str
) -> None:
    shelf.put("plan", [written], language=Language.ZH)
    shelf.put("noise", ["天气很好，适合去公园里散步。"], language=Language.ZH)
    await shelf.publish()
    found = await shelf.retriever().retrieve(Question(id="q", text=asked))
    assert found.passages[0].chunk.text == written
    assert found.answerable

"""The half of a question that a quoted passage answers a sentence further on."""

from __future__ import annotations

import pytest

from rag.extract.remainder import halves_of, is_told, remainder
from rag.types import Language
from tests.rag.extract.test_writer import passage

COST = "开一家 60 平方米的店大约要 45 万元。回本周期通常为 18 到 24 个月。店名要先查重。"
FEE = "The franchisee pays a fee of 6% and carries the costs. A contract runs for five years. It is signed twice."


@pytest.mark.parametrize(
    ("parts", "quote", "told"),
    [
        pytest.param(
            ["What is the fee", "who carries the costs"], FEE.split(". ", maxsplit=1)[0], True, id="in one sentence"
        ),
        pytest.param(
            ["What is a fee", "how long does a contract run"], FEE.split(". ", maxsplit=1)[0], False, id="further on"
        ),
        pytest.param(["抽成是多少", "什么时候上线外卖"], "平台抽成 18% 到 22%。", False, id="the other half"),
        pytest.param(["What is RAG", "who invented RAG"], "RAG looks passages up.", False, id="the shared word alone"),
        pytest.param(["What is RAG", "how much does it cost"], "RAG costs nerves.", False, id="no sum"),
    ],
)
def test_a_half_is_told_by_its_own_words(parts: list[str], quote: str, *, told: bool) -> None:
    assert is_told(halves_of(parts)[1], [quote]) is told


@pytest.mark.parametrize(
    ("parts", "text", "found"),
    [
        pytest.param(
            ["开一家店要多少钱", "多久能回本"], COST, "回本周期通常为 18 到 24 个月。", id="the next sentence"
        ),
        pytest.param(
            ["What is the fee", "how long does a contract run"], FEE, "A contract runs for five years.", id="English"
        ),
        pytest.param(["What is the fee", "which bank lends"], FEE, None, id="nobody is named"),
        pytest.param(["What is the fee", "when was it founded"], FEE, None, id="no word of it"),
        pytest.param(["开一家店要多少钱", "店名要几个"], COST, None, id="no figure"),
    ],
)
def test_what_is_left_out_is_found_in_the_passage(parts: list[str], text: str, found: str | None) -> None:
    language = Language.ZH if any(char > "一" for char in text) else Language.EN
    shelf = {3: passage(text)}
    first = text.split("。" if language is Language.ZH else ". ", maxsplit=1)[0]
    rest = remainder(halves_of(parts)[1], [first], shelf, language)
    assert (rest.text if rest else None) == found
    if rest:
        assert [(lent.passage, lent.quote) for lent in rest.support] == [(3, found)]


def test_what_stands_in_another_language_is_left_alone() -> None:
    half = halves_of(["What is the fee", "how long does a contract run"])[1]
    assert remainder(half, [], {0: passage(FEE)}, Language.ZH) is None

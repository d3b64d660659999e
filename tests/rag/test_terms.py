"""The terms by which texts match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import index_terms, query_terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("创业公司", ["创业", "业公", "公司"], id="bigrams"),
        pytest.param("钱", ["钱"], id="a lone character"),
        pytest.param("用vLLM部署", ["用", "vllm", "部署"], id="mixed scripts"),
        pytest.param("The companies and their startups", ["company", "startup"], id="stop words and plurals"),
        pytest.param("OpenAI's GPT-4 C++ Node.js", ["openai", "gpt-4", "c++", "node.js"], id="product names"),
        pytest.param("GPUs, APIs, KPIs and VCs", ["gpu", "api", "kpi", "vc"], id="plurals of initials"),
        pytest.param("status analysis process", ["status", "analysis", "process"], id="no plurals"),
        pytest.param("ＧＰＴ－４", ["gpt-4"], id="full width"),
        pytest.param("1,000,000 users", ["1000000", "user"], id="thousands"),
        pytest.param("2020，100 家", ["2020", "100", "家"], id="a wide comma parts numbers"),
        pytest.param("𠮷野家", ["𠮷野", "野家"], id="rare characters"),
        pytest.param("創業公司", ["创业", "业公", "公司"], id="traditional characters"),
        pytest.param("", [], id="empty"),
        pytest.param("。，!", [], id="punctuation"),
    ],
)
def test_index_terms_are_bigrams_and_stemmed_words(text: str, expected: list[str]) -> None:
    assert index_terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("为什么失败", ["失败"], id="question words are cut out"),
        pytest.param("我们应该如何融资？", ["融资"], id="function phrases"),
        pytest.param("了解、参与、和平", ["了解", "参与", "和平"], id="function characters within words stay"),
        pytest.param("How do I find my first customers?", ["find", "first", "customer"], id="english"),
        pytest.param("團隊為什麼會失敗", ["团队", "会失", "失败"], id="question words in traditional characters"),
        pytest.param("GPU GPU", ["gpu"], id="each term once"),
        pytest.param("为什么", ["为什", "什么"], id="nothing else keeps all"),
    ],
)
def test_query_terms_carry_the_meaning(text: str, expected: list[str]) -> None:
    assert query_terms(text) == expected


@given(text=st.text(max_size=60))
def test_query_terms_are_never_empty_when_the_text_has_terms(text: str) -> None:
    assert bool(query_terms(text)) >= bool(index_terms(text))


@given(text=st.text(alphabet="abgpsuxyzXYZ '-.3创业公司，。", max_size=60))
def test_terms_do_not_depend_on_case(text: str) -> None:
    assert index_terms(text.upper()) == index_terms(text.lower())

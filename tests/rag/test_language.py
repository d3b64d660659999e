"""The language of a text."""

from __future__ import annotations

import pytest

from rag.language import detect_language, keeps_stop
from rag.types import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("大模型创业公司怎么融资？", Language.ZH, id="chinese"),
        pytest.param("用 LangChain 和 Chroma 做 RAG 有什么坑", Language.ZH, id="chinese with product names"),
        pytest.param("What is RAG?", Language.EN, id="english"),
        pytest.param("What does 创新 mean in a business plan for a company?", Language.EN, id="english with a word"),
        pytest.param("pricing", Language.EN, id="one word"),
        pytest.param(
            "Supplier,Price per kg,Order\nLacteo,Barista milk,100 l\nPapyro,Cups,1000 pieces\nHighland,Beans,20 kg",
            Language.EN,
            id="a table of goods",
        ),
        pytest.param("スタートアップの資金調達", Language.JA, id="japanese"),
        pytest.param("人工知能の動向", Language.JA, id="japanese with one kana"),
        pytest.param("史蒂夫・乔布斯创办了苹果公司", Language.ZH, id="a middle dot is no kana"),
        pytest.param("丰田公司（トヨタ）" + "的精益生产方法影响了许多创业公司" * 6, Language.ZH, id="a name in kana"),
        pytest.param(
            "The Japanese word カイゼン means steady improvement of all work", Language.EN, id="kana in english"
        ),
        pytest.param("스타트업은 어떻게 투자를 받나요?", Language.KO, id="korean"),
        pytest.param(
            "Wie finde ich die ersten Kunden für mein Startup und was ist der Preis?", Language.OTHER, id="german"
        ),
        pytest.param("Comment trouver des clients pour une startup ?", Language.OTHER, id="french"),
        pytest.param("Как найти инвестора для стартапа?", Language.OTHER, id="russian"),
        pytest.param("123 !?", Language.OTHER, id="no letters"),
        pytest.param("", Language.OTHER, id="empty"),
    ],
)
def test_language_is_told_by_scripts_and_function_words(text: str, language: Language) -> None:
    assert detect_language(text) is language


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        pytest.param("such as e.g", "Apple", True, id="never the last word"),
        pytest.param("see No", "5", True, id="before a number"),
        pytest.param("he said no", "We", False, id="the same word without a number"),
        pytest.param("Apple Inc", "said", True, id="within a name"),
        pytest.param("Apple Inc", "The", False, id="a new sentence behind a name"),
        pytest.param("at 5 p.m", "daily", True, id="an hour"),
        pytest.param("at 5 p.m", "Come", False, id="an hour at the end"),
        pytest.param("by J", "Smith", True, id="an initial"),
        pytest.param("a Series A", "Investors", False, id="a round of funding"),
        pytest.param("Do this: 1", "Ask", True, id="a list number"),
        pytest.param("it was 1", "Ask", False, id="a number"),
        pytest.param("", "Ask", False, id="nothing"),
    ],
)
def test_full_stop_belongs_to_abbreviations_initials_and_list_numbers(before: str, after: str, kept: bool) -> None:
    assert keeps_stop(before, lambda: after) is kept

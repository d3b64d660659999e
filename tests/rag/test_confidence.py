"""Confidence: the names of a question, and the logistic model."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.confidence import (
    UNCALIBRATED,
    Calibration,
    Evidence,
    load_calibrations,
    missing_share,
    names_in,
    terms_held,
    unheard_share,
)
from rag.errors import InvalidSettings
from rag.terms import query_terms


@pytest.mark.parametrize(
    ("question", "names"),
    [
        pytest.param("IBM 的 Watson Health 为什么失败了？", {"ibm", "watson", "health"}, id="latin_words_in_chinese"),
        pytest.param("从Watson身上学什么，跟IBM比呢", {"watson", "ibm"}, id="latin_words_without_gaps"),
        pytest.param("字节跳动 2023 年的营收是多少？", {"2023"}, id="a_year"),
        pytest.param("How does Amazon use large models?", {"amazon"}, id="a_capitalised_word"),
        pytest.param("Should we hire a CTO?", {"cto"}, id="an_abbreviation"),
        pytest.param("Why do start-ups fail?", set(), id="the_first_word_is_no_name"),
        pytest.param("Good. Pricing matters how?", set(), id="nor_is_the_first_of_a_sentence"),
        pytest.param('He said: "Pricing" matters.', set(), id="nor_is_the_first_within_quotes"),
        pytest.param("We (and Stripe) bill.", {"stripe"}, id="a_name_after_a_bracket_that_opens_no_sentence"),
        pytest.param("how does vLLM batch", {"vllm"}, id="capitals_inside"),
        pytest.param("怎么做用户画像？", set(), id="none"),
        pytest.param("How long to pay back 300k?", set(), id="a_quantity_of_the_askers"),
        pytest.param("第一个月留存 30% 算好吗", set(), id="a_share_of_the_askers"),
        pytest.param("Does Llama 3 fit?", {"llama", "3"}, id="a_version_behind_a_name"),
    ],
)
def test_names_are_what_an_answer_must_speak_of(question: str, names: set[str]) -> None:
    assert names_in(question) == names


@pytest.mark.parametrize(
    ("names", "texts", "share"),
    [
        pytest.param({"ibm", "2023"}, ["IBM 在 2022 年", "更多"], 0.5, id="half"),
        pytest.param(set(), ["anything"], 0.0, id="no_names"),
        pytest.param({"ibm"}, [], 1.0, id="no_texts"),
    ],
)
def test_missing_names_are_counted(names: set[str], texts: list[str], share: float) -> None:
    assert missing_share(names, texts) == share


@pytest.mark.parametrize(
    ("question", "texts", "share"),
    [
        pytest.param("How do I bake bread?", ["We sell bread."], 0.5, id="one_of_two_words"),
        pytest.param("退款怎么处理？", ["退款由平台处理。"], 0.0, id="all_of_chinese_words"),
        pytest.param("退款流程", ["退款", "流程"], 0.0, id="the_joint_of_two_words_says_nothing"),
        pytest.param("青鸾智造的估值", ["估值"], 4 / 6, id="a_chinese_name_that_nobody_wrote_of"),
        pytest.param("vLLM 的估值", ["估值"], 0.5, id="a_latin_word_counts_as_two_characters"),
        pytest.param("Price?", [], 1.0, id="no_texts"),
    ],
)
def test_words_that_nobody_wrote_of_are_counted(question: str, texts: list[str], share: float) -> None:
    assert unheard_share(query_terms(question), terms_held(texts)) == pytest.approx(share)


def test_a_question_without_words_lacks_none() -> None:
    assert unheard_share(query_terms("？！"), frozenset()) == 0.0


def test_more_evidence_is_more_confidence() -> None:
    weak = UNCALIBRATED.confidence(Evidence(similarity=0.1, same_language=1, coverage=0.0, missing=1.0))
    strong = UNCALIBRATED.confidence(Evidence(similarity=0.6, same_language=1, coverage=0.5, missing=0.0))
    assert 0 < weak < 0.05
    assert 0.9 < strong < 1


def test_extreme_evidence_does_not_overflow() -> None:
    steep = Calibration(bias=-1e6, similarity=0, same_language=0, coverage=0, missing=0)
    assert 0 <= steep.confidence(Evidence(similarity=0, same_language=1, coverage=0, missing=0)) < 1e-9


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"embedders": {"x": {"bias": "much"}}}', id="no_number"),
        pytest.param(b"\xff", id="not_utf8"),
    ],
)
def test_a_broken_calibration_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content)
    with pytest.raises(InvalidSettings, match=r"calibration\.json"):
        load_calibrations(path)

"""Numbers, names and negations: what a claim states, what a source holds, and when they disagree."""

from __future__ import annotations

import pytest

from rag.writing.names import chinese_names, chinese_subject, lacks_chinese, lacks_latin, latin_names
from rag.writing.numbers import held_numbers, stated_numbers
from rag.writing.polarity import contradicts


@pytest.mark.parametrize(
    ("claim", "numbers"),
    [
        ("It raised $40bn in 2025.", {4e10, 2025}),
        ("1750 亿个参数", {1.75e11}),
        ("公司有三家客户，用了十五个月。", {3, 15}),
        ("百分之五十的人，一百二十万元", {50, 1.2e6}),
        ("二零二三年", {2023}),
        ("Two million users and twenty-five people", {2e6, 25}),
        ("1,308 of them, 12.5% more", {1308, 12.5}),
        ("One of them is GPT-4 in Q1.", set()),
        ("这十分重要，千万不要一个人做。", set()),
    ],
)
def test_a_claims_numbers_are_those_that_it_certainly_states(claim: str, numbers: set[float]) -> None:
    assert stated_numbers(claim) == numbers


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("2023 年 3 月 14 日", "On 14 March 2023"),
        ("10 months", "十个月"),
        ("50% of users", "一半的用户"),
        ("80%", "八成"),
        ("1.5 倍", "一点五倍"),
        ("It doubled: 2 times as many.", "收入翻了一番"),
        ("175 billion parameters", "1750 亿参数"),
        ("融資 3 億元", "融资 3 亿元"),
        ("12 people", "a dozen people"),
        ("three hundred users", "300 users"),
    ],
)
def test_a_number_is_found_however_a_source_writes_it(claim: str, source: str) -> None:
    assert stated_numbers(claim)
    assert stated_numbers(claim) <= held_numbers(source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It took 11 months.", "十个月"),
        ("10 billion", "1 billion dollars"),
        ("三家公司", "两家公司"),
        ("twenty people", "ten people"),
        ("2.5%", "25%"),
    ],
)
def test_another_number_is_not_found(claim: str, source: str) -> None:
    assert not stated_numbers(claim) <= held_numbers(source)


@pytest.mark.parametrize(
    ("claim", "names"),
    [
        ("Sam Altman is the CEO of OpenAI.", {"altman", "ceo", "openai"}),
        ("Google invested a billion.", {"google"}),
        ("Companies invested a billion.", set()),
        ("The burn multiple divides net burn.", set()),
        ("微软向 OpenAI 投资。", {"openai"}),
        ("OpenAI 于 2015 年成立", {"openai"}),
    ],
)
def test_names_in_latin_letters_are_told_by_their_capitals(claim: str, names: set[str]) -> None:
    assert latin_names(claim) == names


def test_chinese_names_are_told_by_their_form() -> None:
    assert chinese_names("萨姆·奥特曼读过《从零到一》，后来微软投资了他。") == {"萨姆·奥特", "从零到一", "微软"}
    assert chinese_subject("华为于 2010 年成立。") == "华为"
    assert chinese_subject("OpenAI 成立于 2015 年。") == ""


@pytest.mark.parametrize(
    ("name", "source"),
    [
        pytest.param("openai", "OpenAI's first API", id="a_genitive"),
        pytest.param("google", "谷歌投资了它", id="a_chinese_name"),
        pytest.param("march", "2019 年 3 月", id="a_month"),
        pytest.param("llm", "A large language model writes.", id="spelled_out"),
        pytest.param("gpt-4", "GPT-4 came in 2023", id="a_version"),
    ],
)
def test_a_name_is_found_in_its_other_forms(name: str, source: str) -> None:
    assert not lacks_latin(frozenset({name}), source, frozenset())


def test_a_name_that_is_part_of_a_word_is_not_found() -> None:
    assert lacks_latin(frozenset({"art"}), "A startup starts.", frozenset()) == {"art"}
    assert lacks_chinese(frozenset({"谷歌"}), "微软投资了 OpenAI") == {"谷歌"}
    assert not lacks_chinese(frozenset({"谷歌"}), "Google invested.")


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Give a title away.", "Do not give a title away."),
        ("You should not hire early.", "You should hire early."),
        ("Discounts should stay above 20 percent.", "Discounts bring cash early and should stay below 20 percent."),
        ("试点项目算经常性收入。", "试点项目不算经常性收入。"),
        ("上线前无须完成备案。", "上线前须完成备案。"),
        ("收入在第二年下降。", "收入在第二年增长。"),
        ("而且坏一张卡会停服。", "能承载的请求差不多，而且坏一张卡不会停服。"),
    ],
)
def test_the_opposite_in_the_same_words_contradicts(claim: str, source: str) -> None:
    assert contradicts(claim, source, same_language=True)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Don't give titles away.", "Do not give a title away that you have to take back."),
        ("Avoid giving titles away.", "Do not give a title away."),
        ("Prices follow cost.", "Prices follow cost, but customers cannot budget for them."),
        ("客户不断增加。", "客户持续增加。"),
        ("不能把试点算作经常性收入。", "试点不算经常性收入。"),
        ("收入不到 50 万美元时不宜掌舵。", "收入低于 50 万美元时，不宜用来掌舵。"),
        ("Not only price matters.", "Price matters, and so does trust."),
    ],
)
def test_the_same_in_other_words_does_not(claim: str, source: str) -> None:
    assert not contradicts(claim, source, same_language=True)


def test_across_languages_only_a_denial_that_nothing_denies_contradicts() -> None:
    assert contradicts("Pilots do not count.", "试点算经常性收入。", same_language=False)
    assert not contradicts("Pilots do not count.", "试点不算经常性收入。", same_language=False)

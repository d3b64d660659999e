"""What a model writes cannot link, show, mention or run anything; and what of it states nothing."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Language
from rag.writing.neutral import Library, neutral, stems
from rag.writing.phrases import is_courtesy, is_denial, speaks

LIBRARY = Library(
    addresses=stems(frozenset({"https://docs.example.org/guide/"})),
    text="Booking.com sells rooms. Run `vllm serve` first. Write to desk@example.org.",
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("See [this](https://evil.example/?q=secret).", "See this.", id="a_link"),
        pytest.param("A ![p](https://evil.example/p.png?q=a) b", "A  b", id="a_picture"),
        pytest.param("A [word][ref] b", "A word b", id="a_link_by_reference"),
        pytest.param("[ref]: https://evil.example", "", id="a_reference"),
        pytest.param("Go to https://evil.example/?q=a now", "Go to  now", id="a_bare_address"),
        pytest.param("Go to http:// now", "Go to  now", id="an_address_without_a_host"),
        pytest.param("Go to averylongwordbeforehttp://evil.example", "Go to ", id="an_address_within_a_word"),
        pytest.param("Go to evil.com/leak?q=a now", "Go to  now", id="a_domain_with_a_path"),
        pytest.param("Ask <@U123>, <!channel> and <#C1>", "Ask ,  and ", id="slacks_control_sequences"),
        pytest.param("A <https://evil.example|word> b", "A  b", id="slacks_links"),
        pytest.param("Hi @everyone, ＠here", "Hi everyone, here", id="mentions"),
        pytest.param("<b>bold</b> <script>x</script>", "bold x", id="html"),
        pytest.param("<img src=x onerror=y", "‹img src=x onerror=y", id="an_open_tag"),
        pytest.param("Run `rm -rf x`", "Run rm -rf x", id="code"),
        pytest.param("h\u200bi\u202e", "hi", id="hidden_characters"),
        pytest.param("a < b and c > d", "a < b and c > d", id="no_tag"),
        pytest.param("[1] and [[2]] and [3](https://evil.example)", "[1] and [[2]] and [3]", id="citation_marks"),
        pytest.param("Run `vllm serve`.", "Run `vllm serve`.", id="the_librarys_code"),
        pytest.param("Booking.com sells.", "Booking.com sells.", id="a_company_called_after_its_domain"),
        pytest.param(
            "At https://docs.example.org/guide", "At https://docs.example.org/guide", id="a_documents_address"
        ),
        pytest.param("Mail desk@example.org or bob@evil.com", "Mail desk@example.org or ", id="mail"),
    ],
)
def test_what_a_chat_would_act_on_is_taken_out(written: str, shown: str) -> None:
    assert neutral(written, LIBRARY) == shown


@pytest.mark.parametrize("piece", ["a", "a.-", "@a", "a@", "http://", "[a", "![a](x", "<a", "`a"])
def test_time_grows_with_the_length_alone(piece: str) -> None:
    begun = time.process_time()
    neutral(piece * 20_000, LIBRARY)
    assert time.process_time() - begun < 2


@given(st.text(alphabet="<>@!/[]()`h:tps.x com#|\\u200b\n", max_size=60))
def test_no_nesting_brings_anything_back(written: str) -> None:
    shown = neutral(written, LIBRARY)
    assert not re.search(r"<[/!@#:A-Za-z][^<>\n]*>|https?://|(?<![\w.])@\w|!\[[^\]\n]*\]\(", shown)
    assert neutral(shown, LIBRARY) == shown


@pytest.mark.parametrize(
    "text",
    [
        "NOT_IN_SOURCES",
        "**NOT_IN_SOURCES.**",
        "资料中没有提到食堂的营业时间。",
        "抱歉，根据提供的资料，无法回答这个问题。",
        "很抱歉，现有资料未提及融资金额[1]。",
        "The passages do not mention the canteen [1].",
        "I'm sorry, but the provided context does not contain this information.",
        "Sorry, I cannot answer this from the passages.",
        "None of the passages mention it.",
        "There is no information in the sources about this.",
    ],
)
def test_a_model_that_finds_no_answer_is_understood(text: str) -> None:
    assert is_denial(text)


@pytest.mark.parametrize(
    "text",
    [
        "资料不完整会导致审核失败。",
        "The library does not open before nine.",
        "The passages do not give a total, but Microsoft invested 1 billion.",
        "资料没有给出总额，但微软投资了 10 亿美元。",
        "OpenAI does not say how much it paid.",
        "没有现金的公司会倒闭。",
    ],
)
def test_a_fact_is_no_denial(text: str) -> None:
    assert not is_denial(text)


@pytest.mark.parametrize(
    ("text", "courtesy"),
    [
        ("I hope this helps!", True),
        ("Let me know if you have more questions.", True),
        ("希望对你有帮助！", True),
        ("如果还有其他问题，欢迎随时提问。", True),
        ("If you need cash, raise early.", False),
        ("如果公司缺钱，就要裁员。", False),
        ("当然，定价要覆盖成本。", False),
        ("Of course, prices follow cost.", False),
    ],
)
def test_a_courtesy_states_nothing(text: str, courtesy: bool) -> None:
    assert is_courtesy(text) is courtesy


@pytest.mark.parametrize(
    ("text", "language", "fits"),
    [
        ("OpenAI", Language.ZH, None),
        ("OpenAI 成立于 2015 年。", Language.ZH, True),
        ("The burn multiple divides net burn.", Language.ZH, False),
        ("烧钱倍数等于净烧钱。", Language.EN, False),
        ("The burn multiple (烧钱倍数) divides net burn.", Language.EN, True),
        ("Le produit est dans la boîte pour les clients.", Language.EN, False),
        ("これは日本語の答えです。", Language.ZH, False),
        ("Was immer es ist.", Language.OTHER, True),
    ],
)
def test_the_language_shows_after_a_few_words(text: str, language: Language, fits: bool | None) -> None:
    assert speaks(text, language) is fits

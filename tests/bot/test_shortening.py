"""Shorter answers: chosen from checked sentences, each with its source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.shortening import shortened

from .samples import ENGLISH, answer, citation, evidence, record

CHINESE = (
    "数据飞轮让产品越用越好。[1] 它需要每天都有人用的产品。[1]\n\n"
    "没人看数据，飞轮就会停下来。[2] 负责人离开之后更是如此。[2]"
)
LIST = (
    "Three ways:\n\n- Sell first.[1]\n- Then build, which takes months of work and money.[2]\n"
    "- Hire last.[3]\n- Rest.[4]"
)


@pytest.mark.parametrize(
    ("text", "short", "numbers"),
    [
        pytest.param(
            ENGLISH,
            "- A data flywheel turns usage into data. [1]\n- Flywheels fail when nobody reads the data. [2]",
            [1, 2],
            id="the first sentence of each paragraph",
        ),
        pytest.param(CHINESE, "- 数据飞轮让产品越用越好。[1]\n- 没人看数据，飞轮就会停下来。[2]", [1, 2], id="Chinese"),
        pytest.param(
            f"{ENGLISH}\n\nAnd {'much ' * 40}more.",
            "- A data flywheel turns usage into data. [1]\n- Flywheels fail when nobody reads the data. [2]",
            [1, 2],
            id="a paragraph without a source is left out",
        ),
        pytest.param("One fact.[1]", None, [], id="nothing to leave out"),
        pytest.param("No source here. None there.", None, [], id="nothing that is sure"),
    ],
)
def test_shorter_answer_keeps_what_leads(text: str, short: str | None, numbers: list[int]) -> None:
    found = shortened(record(answer(text, citations=[citation(number) for number in (1, 2, 3)])))
    assert (found[0] if found else None) == short
    assert [each.number for each in (found[1] if found else ())] == numbers


def test_items_of_a_list_are_not_marked_twice() -> None:
    found = shortened(record(answer(LIST + " " + "And so on. " * 20, citations=[])))
    assert found is not None
    assert found[0].splitlines()[0] == "- Sell first. [1]"


def test_introduction_is_no_answer_of_its_own() -> None:
    quote = "There are four ways: Sell first. Then build, which takes months of work and of money. Hire last. Rest."
    listed = (
        "- Sell first. [1]\n- Then build, which takes months of work and of money. [1]\n- Hire last. [1]\n- Rest. [1]"
    )
    finished = answer(f"There are four ways:\n\n{listed}\n- {'And so on. ' * 9}", citations=[citation(1, quote=quote)])
    found = shortened(replace(record(finished), evidence=(replace(evidence(), text=quote),)))
    assert found is not None
    assert found[0].splitlines()[0] == "- Sell first. [1]"


def test_quoted_paragraph_is_shortened_to_its_first_sentence() -> None:
    quote = "A flywheel turns use into data. It takes years to build one that lasts. Owners matter most of all."
    text = f"{quote}[1]"
    evidence_text = replace(evidence(), text=quote)
    finished = replace(record(answer(text, citations=[citation(1, quote=quote)])), evidence=(evidence_text,))
    found = shortened(finished)
    assert found is not None
    assert found[0] == "A flywheel turns use into data. [1]"


def _asked(question: str, text: str, *quotes: str) -> str:
    """What is left of an answer to a question whose sources are the given quotes."""
    citations = [citation(number, quote=quote) for number, quote in enumerate(quotes, start=1)]
    rested = tuple(replace(evidence(), text=quote, rank=rank) for rank, quote in enumerate(quotes, start=1))
    finished = replace(answer(text, citations=citations), question=question)
    found = shortened(replace(record(finished), evidence=rested))
    return found[0] if found else ""


API = (
    "API 生意卖的是给开发者用的积木。没有自有模型的公司必须说清楚自己为什么站在客户和厂商中间。"
    "给 API 定价，先算清每百万 token 的成本，再除以“1 减目标毛利率”。"
)
PRICES = (
    "A hosted interface sells building blocks to developers. Volume discounts come later and are negotiated. "
    "Price an API by the cost of a million tokens at real use, and never below it. Support is extra."
)
SAFE = (
    "A SAFE is a contract that turns into shares later. It has become the usual paper of seed rounds almost everywhere."
    " Y Combinator published the first SAFE in 2013."
)


@pytest.mark.parametrize(
    ("question", "quote", "short"),
    [
        pytest.param(
            "怎么给 API 定价？",
            API,
            "给 API 定价，先算清每百万 token 的成本，再除以“1 减目标毛利率”。[1]",
            id="Chinese",
        ),
        pytest.param(
            "How should I price an API?",
            f"{PRICES} So is training of the customer's people. Invoices are sent every month.",
            "Price an API by the cost of a million tokens at real use, and never below it. [1]",
            id="one of many sentences",
        ),
    ],
)
def test_what_was_asked_for_stays_and_not_what_stands_first(question: str, quote: str, short: str) -> None:
    assert _asked(question, f"{quote}[1]", quote) == short


def test_each_part_of_a_question_keeps_its_sentence() -> None:
    short = _asked("What is a SAFE, and when was it first published?", f"{SAFE}[1]", SAFE)
    assert short.splitlines() == [
        "- A SAFE is a contract that turns into shares later. [1]",
        "- Y Combinator published the first SAFE in 2013. [1]",
    ]


def test_paragraph_without_the_figure_that_is_asked_for_goes() -> None:
    lab, round_ = (
        "OpenAI 在 2015 年以非营利研究实验室起步，做出了用户最多的产品之一。",
        "OpenAI 宣布新一轮融资，估值 3000 亿美元。",
    )
    assert _asked("OpenAI 的估值是多少？", f"{lab}[1]\n\n{round_}[2]", lab, round_) == f"{round_}[2]"


def test_entries_of_a_list_keep_their_order_whatever_words_they_share_with_the_question() -> None:
    told = (
        "Wrong proof.",
        "Data that did not carry.",
        "No place in the work.",
        "Watson Health ran ahead of all proof.",
    )
    reasons, quote = "\n".join(f"- {each}[1]" for each in told), " ".join(told)
    assert _asked("Why did Watson Health fail?", reasons, quote).splitlines()[0] == "- Wrong proof. [1]"

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

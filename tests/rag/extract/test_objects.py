"""What a question is about by its grammar, and answers that speak of that and not of its other words."""

from __future__ import annotations

import pytest

from rag.extract.objects import advises, defined_words, object_words
from tests.rag.extract.test_writer import passage, text_of, write


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("How can I reduce churn?", {"churn"}, id="an object"),
        pytest.param("How do we best keep our franchisees in the first year?", {"franchise"}, id="its circumstances"),
        pytest.param("how much does it cost to train a model", {"train"}, id="what has a price"),
        pytest.param("How can we still be different?", set(), id="no object"),
        pytest.param("How does it work?", set(), id="no verb with one"),
        pytest.param("怎么降低流失率？", set(), id="Chinese"),
    ],
)
def test_what_shall_be_done_to_what(question: str, words: set[str]) -> None:
    assert object_words(question) == words


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("What is a moat for an AI startup?", {"moat"}, id="for whom"),
        pytest.param("What's RAG?", {"rag"}, id="alone"),
        pytest.param("What is churn, and how do I measure it?", {"churn"}, id="with another question"),
        pytest.param("什么是数据飞轮？", set(), id="Chinese"),
    ],
)
def test_what_shall_be_defined(question: str, words: set[str]) -> None:
    assert defined_words(question) == words


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Check their profit each quarter.", True),
        ("You should ask three customers.", True),
        ("不要一次涨价两成。", True),
        ("Churn is the share of customers lost.", False),
        ("Price is what a customer pays.", False),
        ("流失率去年是三成。", False),
    ],
)
def test_advice_is_known_by_its_form(text: str, *, does: bool) -> None:
    assert advises(text) is does


async def test_the_same_verb_with_another_object_is_no_answer() -> None:
    forgetting = passage("Lower learning rates reduce forgetting in a tuned model.", doc="tuning", rank=1, score=0.85)
    churn = passage("Churn falls where a person calls before the renewal.", doc="growth", score=0.9)
    told = text_of(await write("How can I reduce churn?", churn, forgetting))
    assert "Churn falls" in told
    assert "forgetting" not in told


async def test_below_the_heading_that_is_asked_for_advice_needs_no_word_of_the_question() -> None:
    text = "Franchisees leave when they earn too little. Check their profit each quarter and answer within two days."
    told = text_of(await write("How can I keep my franchisees?", passage(text, section="How to keep franchisees")))
    assert "Check their profit each quarter" in told


async def test_a_definition_is_of_the_thing_and_not_of_whom_it_is_for() -> None:
    story = passage("Every shop wants to sell to everybody, as many have done.", doc="case", score=0.9)
    moat = passage("A moat is a reason why a rival cannot take the profit.", doc="moats", rank=1, score=0.9)
    told = text_of(await write("What is a moat for a shop?", story, moat))
    assert told.startswith("A moat is a reason")


async def test_a_latin_word_that_only_the_other_language_has_decides_which_is_quoted() -> None:
    steps = passage("装修与水电改造，咖啡机需要单独的 32A 电路，咖啡机要接净水。", doc="shop", rank=1, score=0.89)
    descale = passage("Descale the machine every three months with citric acid.", doc="machine", score=0.9)
    told = text_of(await write("怎么 descale 咖啡机？", descale, steps))
    assert "citric acid" in told
    assert "电路" not in told


async def test_a_passage_far_behind_without_the_name_gives_way_to_one_that_has_it() -> None:
    named = passage("产品市场契合（PMF）看的是四成用户会非常失望。", doc="pmf", score=0.9)
    other = passage("判断达到没有达到，要看这个判断达到的证据。", doc="trend", rank=1, score=0.4)
    assert text_of(await write("PMF 怎么判断达到了？", named, other)).startswith("产品市场契合")


async def test_both_sides_of_a_comparison_are_told_where_each_has_a_heading() -> None:
    both = passage("Both keep prices low: Luckin roasts beans, Mixue makes cups.", section="In common", score=0.9)
    one = passage("Mixue sells cups and machines to franchisees.", section="Mixue", doc="one", rank=1, score=0.8)
    two = passage(
        "In 2017 Jenny Qian founded a chain in Xiamen.", section="Luckin Coffee", doc="two", rank=2, score=0.5
    )
    told = text_of(await write("Compare Luckin and Mixue", both, one, two))
    assert "Mixue sells cups" in told
    assert "founded a chain" in told
    assert "Both keep" not in told  # of whom, a reader would ask


async def test_what_to_do_in_an_emergency_is_told_only_to_who_asks_for_it() -> None:
    plan = passage("- 安全工程师：第一个员工出事后提供替代品。\n- 法务：通知员工。", section="应急预案")
    assert await write("谁应该是第一个员工？", plan) == []
    assert await write("员工出事了第一时间怎么办？", plan) != []

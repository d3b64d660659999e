"""Follow-ups: which questions need the one before them, and how they are made to stand alone."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from rag.authorship import Writing
from rag.continued import StandaloneWriter
from rag.follow_ups import RuleQueries, depends, standalone
from rag.labels import LabelledQuestion, parse_label
from rag.ports import Statement
from rag.types import Language, Question, Retrieval, Turn

PAIRS = Path(__file__).with_name("follow_ups.jsonl")


def turns(*questions: str) -> tuple[Turn, ...]:
    return tuple(Turn(question=question, answer="") for question in questions)


def pairs() -> list[LabelledQuestion]:
    return [parse_label(json.loads(line)) for line in PAIRS.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        "那团队呢？", "DeepSeek 呢", "为什么？", "怎么防？", "它是怎么收费的？", "该公司后来怎么样了",
        "前者有什么好处？", "还有别的选择吗？", "具体怎么算？", "第二个怎么做？", "那么在中国呢", "举个例子",
        "and for seed?", "What about China?", "why?", "Why not?", "How do we prevent it?", "who bought them?",
        "tell me more", "any examples?", "优缺点有哪些？", "常见的错误有哪些？", "What are the risks?",
        "Is that normal?", "How much?", "which ones?", "How can I avoid this?", "and a 70B one?",
    ],
)  # fmt: skip
def test_a_question_that_points_back_or_says_too_little_depends_on_the_one_before(text: str) -> None:
    assert depends(text)


@pytest.mark.parametrize(
    "text",
    [
        "天使投资人一般一笔投多少钱？", "RAG 和微调怎么选？", "IBM 把 Watson Health 卖给谁了，现在叫什么",
        "高新企业所得税有什么优惠，研发费用呢？", "其他公司怎么处理数据泄露？", "这里的创业公司怎么招聘工程师？",
        "How should co-founders divide the shares?", "Is it worth raising money for a small start-up?",
        "How long does it take to close a seed round?", "What changed this year in EU AI rules?", "What is QLoRA?",
        "Does OpenAI publish its prices for enterprises?", "When does self-hosting pay off instead of an API?",
        "What grants are there for AI start-ups in Europe?",
    ],
)  # fmt: skip
def test_a_question_that_says_what_it_is_about_stands_alone(text: str) -> None:
    assert not depends(text)
    assert standalone(text, turns("两个创始人吵翻了该怎么处理", "What is prompt injection?")).text == text


@pytest.mark.parametrize(
    ("before", "asked", "alone"),
    [
        pytest.param("OpenAI 是怎么收费的？", "那 DeepSeek 呢？", "DeepSeek 是怎么收费的？", id="zh-another-name"),
        pytest.param("What does OpenAI charge?", "And Anthropic?", "What does Anthropic charge?", id="en-another-name"),
        pytest.param(
            "How much memory does a 7B model need?",
            "and a 70B one?",
            "How much memory does a 70B model need?",
            id="another-size",
        ),
        pytest.param("ChatGPT 是哪天发布的？", "它的成本有多高？", "ChatGPT的成本有多高？", id="zh-pronoun"),
        pytest.param("Why did Watson Health fail?", "Who bought it?", "Who bought Watson Health?", id="en-pronoun"),
        pytest.param(
            "When was OpenAI founded?", "Who are its investors?", "Who are OpenAI's investors?", id="en-owning-pronoun"
        ),
        pytest.param("怎么融资？", "那团队呢？", "怎么融资？ 团队", id="zh-another-topic"),
        pytest.param("沃森健康为什么失败了", "后来呢", "沃森健康为什么失败了； 后来", id="zh-unended-question"),
        pytest.param("explain vesting", "and the cliff?", "explain vesting; the cliff", id="en-unended-question"),
        pytest.param("什么是提示词注入？", "为什么？", "什么是提示词注入？ 为什么", id="zh-bare-why"),
        pytest.param("What is prompt injection?", "Why?", "What is prompt injection? Why", id="en-bare-why"),
        pytest.param("What is RAG?", "那 LoRA 呢？", "What is LoRA?", id="languages-mixed"),
        pytest.param("沃森健康为什么失败？", "DeepSeek 呢？", "DeepSeek为什么失败？", id="zh-name-without-letters"),
        pytest.param("旷视的案例是怎样的？", "DeepSeek 呢？", "DeepSeek的案例是怎样的？", id="zh-a-case"),
        pytest.param(
            "How do OpenAI and DeepSeek compare?",
            "how are they different?",
            "how are OpenAI and DeepSeek different?",
            id="en-both",
        ),
        pytest.param("OpenAI 和 DeepSeek 相比怎么样？", "两者有什么区别", "OpenAI 和 DeepSeek有什么区别", id="zh-both"),
    ],
)
def test_a_follow_up_is_put_into_the_question_before(before: str, asked: str, alone: str) -> None:
    assert standalone(asked, turns(before)).text == alone


def test_follow_ups_in_a_row_go_back_to_the_question_that_they_began_with() -> None:
    found = standalone("一年以内呢？", turns("什么是 RAG？", "合伙人的股份怎么分？", "中途离开的呢？"))
    assert found.text == "合伙人的股份怎么分？ 中途离开的； 一年以内"


@pytest.mark.parametrize(
    ("before", "asked", "alone"),
    [
        (
            ("Why did Watson Health fail?", "And DeepSeek?"),
            "how are they different?",
            "how are Watson Health and DeepSeek different?",
        ),
        (("沃森健康为什么失败？", "OpenAI 呢？"), "它们有什么不同？", "沃森健康 和 OpenAI有什么不同？"),
        (("What is the story of Olive AI?", "who founded it?"), "And DeepSeek?", "who founded DeepSeek?"),
    ],
)
def test_names_are_kept_across_follow_ups(before: tuple[str, ...], asked: str, alone: str) -> None:
    assert standalone(asked, turns(*before)).text == alone


def test_one_that_was_spoken_of_is_not_compared_with_itself() -> None:
    assert "and" not in standalone("how are they different?", turns("Why did Watson Health fail?")).text


def test_a_long_row_of_follow_ups_keeps_the_question_and_the_last_ones() -> None:
    row = turns("How do we raise money?", *[f"and in month {word}?" for word in "three four five six".split()])
    assert standalone("and in year two?", row).text == "How do we raise money? in month six; in year two"


@pytest.mark.parametrize(
    ("before", "asked", "wanted"),
    [
        pytest.param("What is prompt injection?", "and sourdough bread?", ("sourdough", "bread"), id="en"),
        pytest.param("怎么融资？", "那北京的天气呢？", ("北京", "天气"), id="zh"),
        pytest.param("怎么融资？", "为什么会这样？", (), id="zh-nothing-of-its-own"),
        pytest.param("什么是提示词注入？", "怎么防？", (), id="zh-a-verb-alone"),
        pytest.param("What is prompt injection?", "Any examples?", (), id="en-nothing-of-its-own"),
        pytest.param("Why did Watson Health fail?", "Who bought it?", (), id="a-whole-question"),
    ],
)
def test_what_a_joined_follow_up_adds_has_to_be_found(before: str, asked: str, wanted: tuple[str, ...]) -> None:
    assert standalone(asked, turns(before)).wanted == wanted


async def test_a_first_question_is_searched_as_it_is() -> None:
    found = await RuleQueries().queries(Question(id="q", text="那团队呢？"), Language.ZH)
    assert [query.text for query in found] == ["那团队呢？"]


async def test_a_follow_up_is_searched_by_what_it_adds_first() -> None:
    question = Question(id="q", text="那团队呢？", history=turns("怎么融资？"))
    found = await RuleQueries().queries(question, Language.ZH)
    assert [query.text for query in found] == ["团队", "怎么融资？ 团队"]


class Repeating:
    """A writer that says what it was asked."""

    name = "repeating"

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement | Writing, None]:
        yield Statement(text=question.text, lead="")


async def test_a_writer_without_memory_is_asked_what_stands_alone() -> None:
    retrieval = Retrieval(language=Language.ZH, passages=(), confidence=1, answerable=True)
    writer = StandaloneWriter(Repeating())
    question = Question(id="q", text="那 DeepSeek 呢？", history=turns("OpenAI 是怎么收费的？"))
    said = [each async for each in writer.write(question, retrieval)]
    assert (writer.name, said) == ("repeating", [Statement(text="DeepSeek 是怎么收费的？", lead="")])


def test_labelled_follow_ups_cover_both_languages_new_topics_and_what_nothing_answers() -> None:
    labels = pairs()
    follow_ups = [label for label in labels if label.answerable and label.kind is None]
    assert len({label.id for label in labels}) == len(labels)
    assert all(label.history for label in labels)
    assert {label.language for label in follow_ups} == {Language.ZH, Language.EN}
    assert len(follow_ups) >= 20
    assert all(depends(label.question) for label in follow_ups)
    assert not any(depends(label.question) for label in labels if label.kind == "standalone")


async def test_a_follow_up_with_the_name_put_in_is_searched_but_once() -> None:
    question = Question(id="q", text="how are they different?", history=turns("How do OpenAI and DeepSeek compare?"))
    found = await RuleQueries().queries(question, Language.EN)
    assert [query.text for query in found] == ["how are OpenAI and DeepSeek different?"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Explain like I'm five: vector database", "vector database"),
        ("What is LoRA in simple words?", "What is LoRA?"),
        ("用大白话讲讲向量数据库是什么", "向量数据库是什么"),
        ("给小白解释一下 RAG", "RAG"),
        ("怎么给小白用户写说明", "怎么给小白用户写说明"),
    ],
)
def test_the_wish_for_plain_words_is_no_part_of_what_is_sought(text: str, plain: str) -> None:
    assert standalone(text, ()).text == plain


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("我们的跑道只剩 6 个月", "我们的跑道只剩 6 个月，怎么办？"),
        ("Our runway is down to five months.", "Our runway is down to five months: what should we do?"),
        ("我们的跑道只剩 6 个月，先砍什么？", "我们的跑道只剩 6 个月，先砍什么？"),
        ("Why is our margin dropping?", "Why is our margin dropping?"),
        ("现金跑道", "现金跑道"),
    ],
)
def test_who_tells_of_a_trouble_asks_what_to_do(text: str, asked: str) -> None:
    assert standalone(text, ()).text == asked


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("对比 Jasper 和 Midjourney", ["Jasper", "Midjourney"]),
        ("Jasper 和 Midjourney 有什么区别？", ["Jasper", "Midjourney"]),
        ("compare Jasper and Midjourney", ["Jasper", "Midjourney"]),
        ("Jasper 和 Midjourney 的收费有什么区别？", []),
        ("对比 Jasper", []),
        ("Jasper 和 Midjourney", []),
    ],
)
async def test_each_of_two_names_that_are_compared_is_searched(text: str, names: list[str]) -> None:
    queries = await RuleQueries().queries(Question(id="q", text=text), Language.ZH)
    further = [query for query in queries[1:] if query.wanted]
    assert [query.text for query in further] == names
    assert all(set(query.wanted) == {name.lower() for name in names} for query in further)


@pytest.mark.parametrize(
    ("before", "asked", "alone"),
    [
        ("有哪些失败的案例？", "那成功的呢？", "有哪些成功的案例？"),
        ("RAG 有哪些优点？", "缺点呢？", "RAG 有哪些缺点？"),
        ("Which failed companies do you know?", "and the successful ones?", "Which successful companies do you know?"),
        ("What are the pros of fine-tuning?", "and cons?", "What are the cons of fine-tuning?"),
    ],
)
def test_an_opposite_takes_the_place_of_what_was_asked_before(before: str, asked: str, alone: str) -> None:
    assert standalone(asked, (Turn(question=before, answer=""),)).text == alone


def test_an_opposite_of_nothing_that_was_asked_goes_behind_the_question() -> None:
    assert standalone("那成功的呢？", (Turn(question="沃森健康为什么失败？", answer=""),)).wanted == ("成功",)
    assert standalone("那种子轮呢？", (Turn(question="创业公司如何融资？", answer=""),)).wanted == ("种子", "子轮")


@pytest.mark.parametrize("asked", ["什么是护城河？", "有哪些失败的案例？", "What is churn?", "What's a moat?"])
def test_few_words_that_ask_something_by_themselves_need_no_topic(asked: str) -> None:
    assert standalone(asked, (Turn(question="OpenAI 和 DeepMind 有什么不同？", answer=""),)).text == asked


@pytest.mark.parametrize("asked", ["有哪些风险？", "What is it?", "什么是它的风险？"])
def test_few_words_that_ask_nothing_by_themselves_stay_behind_their_topic(asked: str) -> None:
    assert depends(asked)

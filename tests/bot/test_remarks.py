"""Remarks on the answer before, told from questions, in both languages."""

from __future__ import annotations

import pytest

from bot.remarks import Remark, remark_of, wished_language, with_wish
from rag.types import Language

_WANTED = {
    Remark.SHORTER: [
        "can you say that shorter?", "shorter please", "TL;DR", "summarize it", "Can you make it a bit shorter?",
        "give me a short version", "too long", "能说得短一点吗？", "能说短一点吗", "简短一点", "太长了",
        "总结一下", "一句话总结", "答案能再短一点吗",
    ],
    Remark.SOURCES: [
        "source?", "Sources?", "where is that from?", "How do you know that?", "who says so?", "出处？", "来源？",
        "来源是什么？", "你怎么知道的？", "有出处吗", "有什么依据？",
    ],
    Remark.MORE: [
        "tell me more", "more", "Please elaborate", "anything else?", "go on", "继续", "还有呢？", "能详细说说吗？",
        "多说一点", "展开讲讲", "详细点", "再详细一点",
    ],
    Remark.IN_ENGLISH: ["in English please", "can you answer in English?", "用英文回答", "请用英文", "英文版"],
    Remark.GOOD: ["very helpful", "有用", "很有帮助！"],
    Remark.BAD: ["not helpful", "useless", "没用", "答非所问", "这个回答没什么用"],
    Remark.WRONG: ["that's wrong", "Wrong!", "不对", "你说错了", "内容有误"],
    Remark.OUTDATED: ["it is outdated", "数据太旧了"],
    Remark.MISSING: ["this is incomplete", "不够详细"],
    Remark.UNCLEAR: ["confusing", "没看懂"],
    Remark.IN_CHINESE: ["translate to Chinese", "说中文", "能用中文说吗", "用中文再说一遍"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "remark"), [(text, remark) for remark, texts in _WANTED.items() for text in texts])
def test_remark_on_the_answer_before_is_told(text: str, remark: Remark) -> None:
    assert remark_of(text) is remark


@pytest.mark.parametrize(
    "text",
    [
        "为什么", "什么是出处标注？", "How long does a seed round take?", "what are short sellers", "根据什么定价？",
        "In English law, who owns the code?", "数据来源有哪些？", "why?", "more founders or fewer?", "谁说的算？",
        "how do you know when to pivot", "how short should a pitch be?", "用英文写商业计划书好吗", "怎么写更简单的合同",
        "具体怎么算？", "还有别的选择吗？", "what is the source of most AI revenue?", "继续融资吗？", "好",
        "sources", "来源", "", "?", "tell me more " * 20,
    ],
)  # fmt: skip
def test_question_of_its_own_is_no_remark(text: str) -> None:
    assert remark_of(text) is None


@pytest.mark.parametrize(
    ("text", "question", "language"),
    [
        ("What is a burn multiple? Answer in Chinese", "What is a burn multiple?", Language.ZH),
        ("What is RAG? (answer in English)", "What is RAG?", Language.EN),
        ("What is RAG, in Chinese please", "What is RAG", Language.ZH),
        ("沃森健康为什么失败？请用英文回答", "沃森健康为什么失败？", Language.EN),
        ("为什么失败，用中文回答。", "为什么失败", Language.ZH),
        ("How do we pitch in English?", "How do we pitch in English?", None),
        ("in English please", "in English please", None),
    ],
)
def test_wish_for_a_language_is_taken_off_a_question(text: str, question: str, language: Language | None) -> None:
    assert wished_language(text) == (question, language)


@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
@pytest.mark.parametrize("question", ["沃森健康为什么失败？", "Why did it fail?", "Why? (answer in English)"])
def test_wish_that_is_added_is_read_again(question: str, language: Language) -> None:
    assert wished_language(with_wish(question, language)) == (wished_language(question)[0], language)

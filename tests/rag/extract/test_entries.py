"""Wishes for resources are answered with entries of the catalogue."""

from __future__ import annotations

import pytest

from rag.extract.entries import entries_of, entry_statements
from rag.types import (
    Chunk,
    ChunkId,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Passage,
    Retrieval,
)

COURSES, BOOKS, GUIDE = "资源：课程", "资源：书籍", "团队指南"


def passage(
    title: str, entry: str, text: str, *, score: float = 1.0, language: Language = Language.ZH, position: int = 1
) -> Passage:
    kind = DocumentKind.RESOURCE if title.startswith("资源") else DocumentKind.DOCUMENT
    document = Document(id=DocumentId(title), kind=kind, language=language, title=title, source=f"{title}.md")
    section = (title, entry) if entry else (title,)
    chunk = Chunk(position=position, section=section, text=text)
    return Passage(rank=1, score=score, chunk_id=ChunkId(f"{title}{entry}"), document=document, chunk=chunk)


def found(*passages: Passage, siblings: tuple[Passage, ...] = ()) -> Retrieval:
    return Retrieval(language=Language.ZH, passages=passages, siblings=siblings, confidence=1.0, answerable=True)


NEURAL = passage(COURSES, "神经网络", "神经网络课讲卷积。费用见官网。")
SPEECH = passage(COURSES, "语音", "语音课讲识别。", score=0.9)
CLASSIC = passage(BOOKS, "经典", "《经典》讲数学。", score=0.95)
NAMES = passage(COURSES, "", "课程有：神经网络、语音。", position=0, score=0.2)


def said(question: str, retrieval: Retrieval) -> str:
    statements = entry_statements(entries_of(question, retrieval), retrieval)
    return "".join(statement.lead + statement.text for statement in statements)


def test_each_entry_is_one_line_with_the_sentence_that_says_what_it_is_for() -> None:
    assert said("推荐几门课程", found(NEURAL, SPEECH, CLASSIC)).splitlines()[:2] == [
        "- **神经网络**：神经网络课讲卷积。",
        "- **语音**：语音课讲识别。",
    ]


def test_the_shelf_that_is_asked_for_goes_before_all_others() -> None:
    assert entries_of("推荐几门课程", found(CLASSIC, NEURAL, SPEECH)) == (1, 2)
    assert entries_of("推荐几样学习资料", found(CLASSIC, NEURAL, SPEECH)) == (0, 1, 2)


def test_where_little_is_found_the_list_of_names_comes_last() -> None:
    answer = said("推荐几门课程", found(NEURAL, CLASSIC, siblings=(NAMES,)))
    assert answer == "- **神经网络**：神经网络课讲卷积。\n\n课程有：神经网络、语音。"


def test_each_statement_rests_on_its_own_words() -> None:
    retrieval = found(NEURAL, SPEECH)
    for statement in entry_statements(entries_of("推荐几门课程", retrieval), retrieval):
        (support,) = statement.support
        assert support.quote in retrieval.quotable[support.passage].chunk.text
        assert statement.text.endswith(support.quote)


@pytest.mark.parametrize(
    ("question", "retrieval"),
    [
        pytest.param("神经网络课讲什么？", found(NEURAL, SPEECH), id="no wish"),
        pytest.param(
            "推荐几门课程", found(passage(GUIDE, "招人", "招人要慢。"), NEURAL, SPEECH), id="a guide is better"
        ),
        pytest.param("推荐几本书", found(CLASSIC), id="a single entry"),
        pytest.param("推荐几门课程", found(passage(COURSES, "a", "A.", language=Language.EN)), id="another language"),
        pytest.param("推荐几门课程", found(), id="nothing"),
    ],
)
def test_all_else_is_left_to_the_other_steps(question: str, retrieval: Retrieval) -> None:
    assert entries_of(question, retrieval) == ()

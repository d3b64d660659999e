"""What a conversation remembers, which language it speaks, and what it suggests."""

from __future__ import annotations

from itertools import count

import pytest

from bot.answers import Shown
from bot.conversation import Conversation, follow_ups
from rag.types import (
    Answer,
    AnswerStatus,
    Chunk,
    ChunkId,
    Citation,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Passage,
    Retrieval,
    Turn,
)


def passage(section: str, *, language: Language = Language.EN, rank: int = 1) -> Passage:
    document = Document(
        id=DocumentId(language.value), kind=DocumentKind.DOCUMENT, language=language, title="T", source="t.md"
    )
    chunk = Chunk(position=rank, section=("T", section), text="text")
    return Passage(rank=rank, score=1.0, chunk_id=ChunkId(section), document=document, chunk=chunk)


def shown(*passages: Passage, cited: int = 1, status: AnswerStatus = AnswerStatus.ANSWERED) -> Shown:
    citations = tuple(
        Citation(number=number, document=each.document, section=each.chunk.section, page=None, quote="text")
        for number, each in enumerate(passages[:cited], start=1)
    )
    answer = Answer(
        question_id="1",
        question="Why?",
        language=Language.EN,
        status=status,
        text="Because.",
        citations=citations,
        confidence=1.0,
        writer="w",
        timings_ms={},
    )
    retrieval = Retrieval(language=Language.EN, passages=passages, confidence=1.0, answerable=True)
    return Shown(answer=answer, retrieval=retrieval)


def conversation(language: Language = Language.EN) -> Conversation:
    ids = count(1)
    return Conversation(language=language, new_id=lambda: str(next(ids)))


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        pytest.param([], Language.ZH, id="the locale at first"),
        pytest.param(["What is a moat?"], Language.EN, id="an English question"),
        pytest.param(["What is a moat?", "什么是护城河？"], Language.ZH, id="the last question"),
        pytest.param(
            ["What is a moat?", "스타트업이란 무엇인가요?"], Language.EN, id="another language changes nothing"
        ),
    ],
)
def test_language_is_the_one_used_last(lines: list[str], language: Language) -> None:
    talk = conversation(Language.ZH)
    for line in lines:
        talk.question(line)
    assert talk.language is language


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        pytest.param("2", "Moats", id="the number of a suggestion"),
        pytest.param("3", "3", id="a number beyond them is a question"),
        pytest.param("0", "0", id="zero is a question"),
        pytest.param("2 things", "2 things", id="a sentence with a number"),
    ],
)
def test_number_asks_a_suggestion(line: str, asked: str) -> None:
    talk = conversation()
    talk.suggestions = ("Pricing", "Moats")
    assert talk.question(line).text == asked


def test_follow_ups_are_uncited_sections_in_the_language_of_the_answer() -> None:
    passages = [
        passage("1.1 Growth"),
        passage("2.3 Growth", rank=2),
        passage("第三章 定价", language=Language.ZH, rank=3),
        passage("2.4 Pricing", rank=4),
        passage("3. Moats", rank=5),
        passage("Pricing", rank=6),
        passage("Chapter", rank=7),
        passage("One too many", rank=8),
    ]
    assert follow_ups(shown(*passages)) == ("Pricing", "Moats", "Chapter")


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        pytest.param("第3章 商业模式", "商业模式", id="chapter"),
        pytest.param("第十二节：团队", "团队", id="chapter in words"),
        pytest.param("一、背景", "背景", id="enumeration"),
        pytest.param("5.1.1 Funding", "Funding", id="decimal"),
        pytest.param("2020 年 6 月的 API", "2020 年 6 月的 API", id="a year is no numbering"),
        pytest.param("3D printing", "3D printing", id="a number that is part of a name"),
    ],
)
def test_follow_ups_lose_their_numbering(heading: str, topic: str) -> None:
    assert follow_ups(shown(passage("cited"), passage(heading, rank=2))) == (topic,)


def test_refusal_suggests_nothing_and_is_forgotten() -> None:
    talk = conversation()
    talk.note(shown(passage("A"), cited=0, status=AnswerStatus.REFUSED))
    assert (talk.suggestions, talk.history) == ((), ())


def test_last_six_answers_are_remembered() -> None:
    talk = conversation()
    for _ in range(7):
        talk.note(shown(passage("A")))
    assert talk.history == (Turn(question="Why?", answer="Because."),) * 6
    assert talk.question("And then?").history == talk.history


def test_each_question_has_an_id_of_its_own() -> None:
    talk = conversation()
    assert (talk.question("a").id, talk.question("b").id) == ("1", "2")


def test_a_number_without_end_is_a_question_like_any_other() -> None:
    assert conversation().question("9" * 5000).text == "9" * 5000

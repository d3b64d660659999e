"""What to ask next: topics near the evidence, in the answer's language, without their numbering."""

from __future__ import annotations

import pytest

from bot.suggestions import follow_ups
from rag.types import AnswerStatus, Citation, Language, Passage

from .samples import answer, passage, retrieval


def suggested(*passages: Passage, cited: int = 1, status: AnswerStatus = AnswerStatus.ANSWERED) -> tuple[str, ...]:
    citations = [
        Citation(number=number, document=each.document, section=each.chunk.section, page=None, quote="text")
        for number, each in enumerate(passages[:cited], start=1)
    ]
    return follow_ups(answer("Because.", citations=citations, status=status), retrieval(*passages))


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
    assert suggested(*passages) == ("Pricing", "Moats", "Chapter")


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
    assert suggested(passage("cited"), passage(heading, rank=2)) == (topic,)


def test_refusal_suggests_nothing() -> None:
    assert suggested(passage("A"), passage("B"), cited=0, status=AnswerStatus.REFUSED) == ()


def test_answer_without_a_search_suggests_nothing() -> None:
    assert follow_ups(answer(), None) == ()

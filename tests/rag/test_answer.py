"""From a question to events: the gate, the marks, the order, the refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from rag.answer import AnswerService
from rag.errors import StorageFailed
from rag.ports import Statement, Support
from rag.prompts import load_replies
from rag.resources import data_folder
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Chunk,
    ChunkId,
    Delta,
    Document,
    DocumentId,
    DocumentKind,
    Finished,
    Language,
    PageMark,
    Passage,
    Question,
    Retrieval,
    Retrieved,
)

REPLIES = load_replies(data_folder("prompts"))


def passage(rank: int, text: str, *, pages: tuple[PageMark, ...] = ()) -> Passage:
    document = Document(
        id=DocumentId(f"d{rank}"),
        kind=DocumentKind.DOCUMENT,
        language=Language.EN,
        title=f"Title {rank}",
        source=f"{rank}.pdf",
    )
    chunk = Chunk(position=0, section=("Part", f"Section {rank}"), text=text, page_marks=pages)
    return Passage(rank=rank, score=1 / rank, chunk_id=ChunkId(f"c{rank}"), document=document, chunk=chunk)


PASSAGES = (
    passage(1, "Angels invest first. Funds follow.", pages=(PageMark(offset=0, page=3), PageMark(offset=21, page=4))),
    passage(2, "Grants cost no equity."),
)


@dataclass
class Found:
    """A search that has found something."""

    retrieval: Retrieval

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        return self.retrieval


@dataclass
class Dictated:
    """A writer that writes what the test dictates."""

    statements: Sequence[Statement | Exception]
    name: str = "dictated"

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncIterator[Statement]:
        for statement in self.statements:
            if isinstance(statement, Exception):
                raise statement
            yield statement


def found(*, answerable: bool = True, language: Language = Language.EN, topics: tuple[str, ...] = ()) -> Retrieval:
    return Retrieval(
        language=language,
        passages=PASSAGES,
        confidence=0.8 if answerable else 0.1,
        answerable=answerable,
        topics=topics,
        timings_ms={"embed": 5.0},
    )


def service(retrieval: Retrieval, statements: Sequence[Statement | Exception] = ()) -> AnswerService:
    ticks = iter(range(10**9))
    return AnswerService(
        retriever=Found(retrieval),
        writer=Dictated(statements),
        replies=REPLIES,
        clock=lambda: next(ticks) / 1000,
    )


async def events(made: AnswerService) -> list[AnswerEvent]:
    return [event async for event in made.stream(Question(id="q7", text="Who invests?"))]


def said(text: str, *supports: tuple[int, str], lead: str = " ") -> Statement:
    return Statement(
        text=text, lead=lead, support=tuple(Support(passage=index, quote=quote) for index, quote in supports)
    )


def answer_of(seen: list[AnswerEvent]) -> Answer:
    assert isinstance(seen[-1], Finished)
    return seen[-1].answer


FIRST = said("Funds follow.", (0, "Funds follow."))
SECOND = said("Grants cost no equity.", (1, "Grants cost no equity."))


async def test_events_come_in_order_and_deltas_are_the_answer() -> None:
    seen = await events(service(found(), [FIRST, SECOND]))
    assert isinstance(seen[0], Retrieved)
    deltas = [event.text for event in seen if isinstance(event, Delta)]
    assert deltas == ["Funds follow. [1]", " Grants cost no equity. [2]"]
    answer = answer_of(seen)
    assert "".join(deltas) == answer.text
    assert (answer.question_id, answer.status, answer.writer) == ("q7", AnswerStatus.ANSWERED, "dictated")


async def test_sources_are_numbered_as_they_are_cited_and_show_page_and_quote() -> None:
    answer = answer_of(await events(service(found(), [SECOND, FIRST])))
    assert [(each.number, each.document.source, each.page, each.quote) for each in answer.citations] == [
        (1, "2.pdf", None, "Grants cost no equity."),
        (2, "1.pdf", 4, "Funds follow."),
    ]
    assert answer.citations[1].section == ("Part", "Section 1")


async def test_a_source_lists_every_page_that_is_quoted_from_it() -> None:
    earlier = said("Angels invest first.", (0, "Angels invest first."))
    (citation,) = answer_of(await events(service(found(), [FIRST, earlier]))).citations
    assert (citation.page, citation.pages) == (4, (3, 4))


async def test_a_passage_keeps_its_number() -> None:
    again = said("Angels invest first.", (0, "Angels invest first."))
    answer = answer_of(await events(service(found(), [FIRST, SECOND, again])))
    assert answer.text.endswith("Angels invest first. [1]")
    assert len(answer.citations) == 2


async def test_a_statement_may_rest_on_two_passages() -> None:
    both = said("Money comes in kinds.", (1, "Grants cost no equity."), (0, "Funds follow."))
    answer = answer_of(await events(service(found(), [both])))
    assert answer.text == "Money comes in kinds. [1][2]"
    assert [each.document.source for each in answer.citations] == ["2.pdf", "1.pdf"]


@pytest.mark.parametrize(
    ("language", "words", "topics"),
    [
        pytest.param(Language.ZH, "资料库里没有", ("天使投资", "定价"), id="chinese"),
        pytest.param(Language.EN, "My library does not", ("Angel money", "Pricing"), id="english"),
        pytest.param(Language.KO, "My library does not", (), id="another_language_without_topics"),
    ],
)
async def test_a_weak_find_is_refused_in_the_questions_language(
    language: Language, words: str, topics: tuple[str, ...]
) -> None:
    answer = answer_of(await events(service(found(answerable=False, language=language, topics=topics), [FIRST])))
    assert answer.status == AnswerStatus.REFUSED
    assert answer.text.startswith(words)
    assert all(topic in answer.text for topic in topics)
    assert (answer.citations, answer.writer) == ((), "gate")


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("What is our runway?", Language.EN, ("your own company", "Burn rate", "your figures")),
        ("我们的跑道还有几个月？", Language.ZH, ("你们公司自己的情况", "Burn rate", "你们的数字")),
    ],
)
async def test_a_fact_of_the_askers_company_is_refused_with_what_would_help(
    question: str, language: Language, words: tuple[str, ...]
) -> None:
    made = service(found(answerable=False, language=language, topics=("Burn rate",)))
    answer = await made.answer(Question(id="q", text=question))
    assert all(word in answer.text for word in words)


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param([], id="nothing"),
        pytest.param([said("Quoted in the original:")], id="only_an_introduction"),
    ],
)
async def test_a_writer_that_finds_no_answer_ends_in_a_refusal(statements: list[Statement]) -> None:
    seen = await events(service(found(), statements))
    assert answer_of(seen).status == AnswerStatus.REFUSED
    assert [type(event) for event in seen] == [Retrieved, Delta, Finished]


async def test_an_introduction_is_shown_once_a_fact_follows() -> None:
    answer = answer_of(
        await events(service(found(), [said("In the original:"), said("> Funds.", (0, "Funds"), lead="\n\n")]))
    )
    assert answer.text == "In the original:\n\n> Funds. [1]"


async def test_stages_are_timed() -> None:
    answer = answer_of(await events(service(found(), [FIRST])))
    assert set(answer.timings_ms) == {"embed", "write", "total"}
    assert answer.timings_ms["embed"] == 5.0


async def test_answer_gives_the_last_event_alone() -> None:
    answer = await service(found(), [FIRST]).answer(Question(id="q", text="Who?"))
    assert answer.text == "Funds follow. [1]"


async def test_a_broken_library_is_an_error_with_words_for_a_person() -> None:
    made = service(found(), [FIRST, StorageFailed("disk full at a secret path")])
    with pytest.raises(StorageFailed) as caught:
        await events(made)
    assert made.failure_text(caught.value, Language.ZH) == "暂时无法访问资料库，请稍后再试。"


@dataclass
class Draining:
    """A writer that holds something open while it writes, as a connection to a model."""

    name: str = "draining"
    closed: bool = False

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncIterator[Statement]:
        try:
            for _ in range(9):
                yield Statement(text="Angels invest first.", lead=" ", support=(Support(passage=0, quote="Angels"),))
        finally:
            self.closed = True


async def test_a_reader_who_leaves_closes_the_writer_at_once() -> None:
    writer = Draining()
    service = AnswerService(retriever=Found(found()), writer=writer, replies=REPLIES, clock=lambda: 0.0)
    async with aclosing(service.stream(Question(id="q", text="Who invests?"))) as events:
        async for event in events:
            if isinstance(event, Delta):
                break
    assert writer.closed

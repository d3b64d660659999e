"""A follow-up is answered with what it adds, and not with what was told a moment ago."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from rag.continued import StandaloneWriter
from rag.extract.told import Told
from rag.extract.writer import ExtractiveWriter
from rag.ports import Statement, Support
from rag.types import (
    Chunk,
    ChunkId,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Passage,
    Question,
    Retrieval,
    Turn,
)
from tests.rag.extract.test_writer import Replies

MONEY = "Startups raise money from angels, from seed funds and from banks."
SEED = "A seed fund buys a tenth of the shares before the first revenue."
BANK = "A bank lends against signed contracts."
RAISE = "How do startups raise money?"


def passage(number: int, heading: str, text: str) -> Passage:
    document = Document(
        id=DocumentId("money"), kind=DocumentKind.DOCUMENT, language=Language.EN, title="Money", source="money.md"
    )
    return Passage(
        rank=number + 1,
        score=1 - number / 10,
        chunk_id=ChunkId(f"money:{number}"),
        document=document,
        chunk=Chunk(position=number, section=("Money", heading), text=text),
    )


FOUND = Retrieval(
    language=Language.EN,
    passages=(passage(0, "Sources of money", MONEY), passage(1, "Banks", BANK), passage(2, "Seed", SEED)),
    confidence=0.99,
    answerable=True,
)


def after(text: str, answer: str) -> Question:
    return Question(id="q", text=text, history=(Turn(question=RAISE, answer=answer),))


async def quotes(question: Question, found: Retrieval = FOUND) -> list[str]:
    writer = StandaloneWriter(ExtractiveWriter(None, Replies()))
    written = [each async for each in writer.write(question, found)]
    supports = [lent for each in written if isinstance(each, Statement) for lent in each.support]
    assert all(lent.quote in found.quotable[lent.passage].chunk.text for lent in supports)
    return [lent.quote for lent in supports]


async def test_a_follow_up_is_answered_with_what_it_adds() -> None:
    assert MONEY in await quotes(Question(id="q", text=RAISE))
    assert await quotes(after("and for seed?", f"{MONEY} [1]")) == [SEED]


async def test_what_was_told_is_told_again_where_it_alone_speaks_of_what_is_added() -> None:
    alone = Retrieval(language=Language.EN, passages=FOUND.passages[:1], confidence=0.99, answerable=True)
    assert await quotes(after("and for seed?", f"{MONEY} [1]"), alone) == [MONEY]


async def test_nothing_is_told_where_nothing_speaks_of_what_is_added() -> None:
    assert await quotes(after("and for artists?", f"{MONEY} [1] {BANK} [2] {SEED} [3]")) == []


async def test_the_same_question_gets_the_same_answer() -> None:
    assert MONEY in await quotes(after(RAISE, f"{MONEY} [1]"))


async def test_an_answer_that_is_new_stays_as_it_is() -> None:
    assert await quotes(after("and for seed?", "Something else.")) == await quotes(after("and for seed?", ""))


def test_marks_markup_and_blanks_hide_nothing_that_was_told() -> None:
    told = Told(
        (Turn(question="?", answer="- **Seed**: A seed fund buys\n  a *tenth* of the shares. [1]\n| a | b |\n"),)
    )
    assert told.holds("A seed fund buys a tenth of the shares.")
    assert told.holds("| a | b |\n|---|---|")
    assert not told.holds("A seed fund buys half of the shares.")
    assert not told.holds("one\ntwo\na seed fund")
    assert not Told(()).holds("A seed fund")


def test_of_a_list_what_is_new_is_kept() -> None:
    told = Told((Turn(question="?", answer=f"- {SEED} [1]"),))
    head = Statement(text="**Money**", lead="")
    old, new = (
        Statement(text=f"- {text}", lead="\n", support=(Support(passage=0, quote=text),)) for text in (SEED, BANK)
    )
    assert told.news([head, old, new]) == [head, new]
    assert told.news([head, old]) == []
    assert told.mostly([head, old])
    assert not told.mostly([head, old, new])


async def test_a_writer_is_asked_once_where_nothing_is_repeated() -> None:
    asked: list[str] = []

    class Counting:
        name = "counting"

        async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement, None]:
            asked.append(question.text)
            yield Statement(text=SEED, lead="", support=(Support(passage=2, quote=SEED),))

    written = [each async for each in StandaloneWriter(Counting()).write(after("and for seed?", MONEY), FOUND)]
    assert len(written) == len(asked) == 1

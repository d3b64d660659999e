"""Quotes that back a matter: verbatim, in scope, in the reader's language, and none where nothing is certain."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from rag.backing import backing, telling_sentence
from rag.errors import IndexMissing
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Passage, Question, Retrieval, Scope

MOAT = "A moat is data that nobody else has. It is not the model."


def passage(rank: int, text: str, *, section: tuple[str, ...] = ("Moats",), **changes: object) -> Passage:
    document = Document(
        id=DocumentId(f"d{rank}"), kind=DocumentKind.DOCUMENT, language=Language.EN, title=f"T{rank}", source="s.md"
    )
    return Passage(
        rank=rank,
        score=1 / rank,
        chunk_id=ChunkId(f"c{rank}"),
        document=replace(document, **changes),  # type: ignore[arg-type]
        chunk=Chunk(position=0, section=section, text=text),
    )


@dataclass
class Shelf:
    """Finds what a test lays in."""

    passages: tuple[Passage, ...] = ()
    answerable: bool = True
    missing: bool = False
    asked: list[Question] = field(default_factory=list)

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        self.asked.append(question)
        if self.missing:
            raise IndexMissing("nothing is indexed")
        return Retrieval(language=Language.EN, passages=self.passages, confidence=0.5, answerable=self.answerable)


async def quotes(shelf: Shelf, *, most: int = 2, language: Language = Language.EN) -> list[tuple[int, str]]:
    found = await backing("which data makes a moat", shelf, scope=Scope(), language=language, most=most)
    return [(each.number, each.quote) for each in found]


async def test_telling_sentence_of_each_document_is_quoted_and_numbered() -> None:
    again = passage(3, MOAT, id=DocumentId("d1"))
    shelf = Shelf((passage(1, MOAT), again, passage(2, "Prices fall. Data makes rivals slow.")))
    assert await quotes(shelf) == [(1, "A moat is data that nobody else has."), (2, "Data makes rivals slow.")]
    assert await quotes(shelf, most=1) == [(1, "A moat is data that nobody else has.")]


async def test_nothing_is_quoted_where_the_library_does_not_answer() -> None:
    assert await quotes(Shelf((passage(1, MOAT),), answerable=False)) == []
    assert await quotes(Shelf(missing=True)) == []


async def test_document_and_its_translation_are_quoted_once_in_the_readers_language() -> None:
    chinese = passage(1, "护城河是别人没有的数据。", language=Language.ZH, translation_of="moat")
    english = passage(2, MOAT, translation_of="moat")
    assert await quotes(Shelf((chinese, english))) == [(1, "A moat is data that nobody else has.")]
    assert await quotes(Shelf((chinese, english)), language=Language.ZH) == [(1, "护城河是别人没有的数据。")]


async def test_what_others_did_wrong_is_not_quoted_as_advice() -> None:
    shelf = Shelf((passage(1, MOAT, section=("Growth", "Common mistakes")), passage(2, MOAT, section=("常见错误",))))
    assert await quotes(shelf) == []


async def test_scope_is_kept_and_resources_and_trends_are_left_out() -> None:
    shelf, board = Shelf(), frozenset({"board"})
    scope = Scope(audience=board, kinds=frozenset({DocumentKind.CASE, DocumentKind.TREND}), topics=frozenset({"t"}))
    await backing("x", shelf, scope=scope, language=Language.EN, most=1)
    assert shelf.asked[0].scope == replace(scope, kinds=frozenset({DocumentKind.CASE}))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        pytest.param("# Data and moats\n\nData is what makes a moat.", "Data is what makes a moat.", id="no heading"),
        pytest.param("- Moats are made of data.\n- Others are not.", "Moats are made of data.", id="an item"),
        pytest.param("A start-up's moat is data.", "A start-up's moat is data.", id="verbatim, hyphens too"),
        pytest.param("| data | moat |\n|---|---|\n| a | b |", "", id="no table"),
        pytest.param("Data makes a moat:\n\n- slowly", "", id="nothing that breaks off"),
        pytest.param("The following data makes a moat.", "", id="nothing that points elsewhere"),
        pytest.param("Data makes a [moat](https://e.example).", "", id="no link"),
        pytest.param("Everything else is told here.", "Everything else is told here.", id="the first without a word"),
    ],
)
def test_sentence_stands_alone(text: str, quote: str) -> None:
    assert telling_sentence(text, frozenset({"data", "moat"})) == quote

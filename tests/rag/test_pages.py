"""Page numbers as a list of sources writes them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import InvalidInput
from rag.pages import format_pages, page_ranges, passage_pages
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, PageMark, Passage


@pytest.mark.parametrize(
    ("pages", "written"),
    [
        pytest.param([], "", id="none"),
        pytest.param([7], "7", id="one"),
        pytest.param([3, 4, 5, 17], "3–5, 17", id="a run and a page"),
        pytest.param([17, 4, 3, 5, 4], "3–5, 17", id="unordered and repeated"),
        pytest.param([1, 3, 5], "1, 3, 5", id="apart"),
        pytest.param([1, 2, 4, 5], "1–2, 4–5", id="two runs"),
    ],
)
def test_pages_are_written_once_with_their_runs_joined(pages: list[int], written: str) -> None:
    assert format_pages(pages) == written


@given(pages=st.lists(st.integers(min_value=1, max_value=60)))
def test_the_ranges_hold_exactly_the_pages(pages: list[int]) -> None:
    ranges = page_ranges(pages)
    assert [page for first, last in ranges for page in range(first, last + 1)] == sorted(set(pages))
    assert all(later[0] - earlier[1] > 1 for earlier, later in pairwise(ranges))


def test_a_page_below_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="page 0 does not exist"):
        format_pages([3, 0])


def passage(*marks: tuple[int, int]) -> Passage:
    document = Document(id=DocumentId("d"), kind=DocumentKind.DOCUMENT, language=Language.EN, title="T", source="t.pdf")
    chunk = Chunk(
        position=0, section=(), text="x" * 100, page_marks=tuple(PageMark(offset=o, page=p) for o, p in marks)
    )
    return Passage(rank=1, score=1, chunk_id=ChunkId("c"), document=document, chunk=chunk)


@pytest.mark.parametrize(
    ("start", "end", "pages"),
    [
        pytest.param(0, None, (3, 4, 6), id="whole"),
        pytest.param(0, 40, (3,), id="up to the next page"),
        pytest.param(45, 80, (4,), id="within a page"),
        pytest.param(45, 81, (4, 6), id="into a page"),
    ],
)
def test_a_stretch_of_a_passage_stands_on_its_pages(start: int, end: int | None, pages: tuple[int, ...]) -> None:
    assert passage_pages(passage((0, 3), (40, 4), (80, 6)), start=start, end=end) == pages


def test_a_passage_without_pages_has_none() -> None:
    assert passage_pages(passage()) == ()

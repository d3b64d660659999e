"""Writes page numbers as a list of sources does: each page once, neighbours joined, as in "3–5, 17"."""

from __future__ import annotations

from collections.abc import Iterable

from rag.errors import InvalidInput
from rag.types import Passage


def format_pages(pages: Iterable[int]) -> str:
    """The pages in ascending order, runs of them as ranges; "" for none.

    The words around them ("p. 3–5, 17", "第 3–5, 17 页") belong to the reader's language, and to the caller.

    Raises:
        InvalidInput: a page is below 1.
    """
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in page_ranges(pages))


def page_ranges(pages: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The runs of neighbouring pages, as pairs of first and last page, ascending.

    Raises:
        InvalidInput: a page is below 1.
    """
    runs: list[tuple[int, int]] = []
    for page in sorted(set(pages)):
        if page < 1:
            raise InvalidInput(f"the page {page!r} does not exist; pages count from 1")
        if runs and page == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], page)
        else:
            runs.append((page, page))
    return tuple(runs)


def passage_pages(passage: Passage, *, start: int = 0, end: int | None = None) -> tuple[int, ...]:
    """The pages on which a stretch of a passage's text stands, the whole of it by default."""
    stop = len(passage.chunk.text) if end is None else end
    begun = passage.page_at(start)
    later = [mark.page for mark in passage.chunk.page_marks if start < mark.offset < stop]
    return tuple(sorted({*([] if begun is None else [begun]), *later}))

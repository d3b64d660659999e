"""The nearest topics that a refusal names: each tells something to a reader who sees nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rag.types import DocumentKind, Question

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf


@pytest.mark.parametrize(
    ("kind", "topics"),
    [
        (DocumentKind.DOCUMENT, ("Lessons 0",)),
        (DocumentKind.CASE, ("heron",)),
        (DocumentKind.TREND, ("heron",)),
        # On a page of risks the heading below the title is the risk's own name.
        (DocumentKind.RISK, ("Lessons 0",)),
    ],
)
async def test_a_heading_that_every_text_of_a_kind_has_is_no_topic(
    shelf: Shelf, kind: DocumentKind, topics: tuple[str, ...]
) -> None:
    shelf.put("heron", ["They sold the company."], heading="Lessons", kind=kind)
    await shelf.publish()
    found = await shelf.retriever().retrieve(Question(id="q", text="Which company was sold?"))
    assert found.topics == topics

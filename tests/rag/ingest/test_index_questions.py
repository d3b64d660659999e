"""Index runs over documents that bring questions along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.catalogue import Counts, questions_collection

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library

ASKED = """---
questions:
  Prices:
    - How much?
    - What does it cost?
  Hiring: Whom first?
---
# Guide

## Prices

A tenth.
"""


async def test_questions_get_vectors_beside_those_of_the_chunks(library: Library) -> None:
    library.write("a.md", ASKED)
    library.write("b.md", "# B\n\nWithout any.")
    report = await library.update()
    assert (report.added, report.failed) == (("a.md", "b.md"), ())
    assert ["'Hiring'" in each.problem for each in report.warned] == [True]
    assert await library.catalogue.counts() == Counts(documents=2, chunks=2, questions=2)
    assert await (await library.live_vectors()).count() == 2
    assert await (await library.live_questions()).count() == 2
    assert (await library.update()).warned == ()


async def test_vectors_of_questions_go_with_their_document(library: Library) -> None:
    path = library.write("a.md", ASKED)
    await library.update()
    library.write("a.md", ASKED.replace("How much?", "What price?").replace("    - What does it cost?\n", ""))
    await library.update()
    assert await (await library.live_questions()).count() == 1
    path.unlink()
    library.write("b.md", "# B\n\nWithout any.")
    await library.update()
    assert await (await library.live_questions()).count() == 0
    live = await library.catalogue.live()
    assert live is not None
    assert not live.has_questions


async def test_a_library_without_questions_has_no_collection_for_them(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    assert len(await library.store.names()) == 1


async def test_lost_vectors_of_questions_are_made_again(library: Library) -> None:
    library.write("a.md", ASKED)
    await library.update()
    beside = await library.live_questions()
    live = await library.catalogue.live()
    assert live is not None
    await library.store.drop(questions_collection(live.collection))
    assert (await library.update()).added == ("a.md",)
    assert await (await library.live_questions()).count() == await beside.count() == 2
    assert len(await library.store.names()) == 2

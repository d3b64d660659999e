"""A run that makes labelled questions worse: what was there before answers on, unless somebody insists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.backends.memory import MemoryEmbedder
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.confidence import UNCALIBRATED
from rag.errors import InvalidInput
from rag.ingest.guard import Mark, State, dump_marks, judged, load_marks
from rag.ingest.index import IndexReport
from rag.ports import Vectors
from rag.quality import LabelledJudge, QuestionSets
from rag.retrieve import Retriever
from rag.settings import IngestSettings, QualitySettings, RetrievalSettings
from rag.types import Question

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library

WORDS = ("harbour", "orchard", "lantern", "granite")
NOISE = "".join(f"# What does the harbour say?\n\nWhat does the harbour say? {'harbour ' * n}.\n\n" for n in range(12))


def ask(path: Path, words: tuple[str, ...] = WORDS) -> Path:
    """Labelled questions, one for each document."""
    lines = [
        {"id": word, "question": f"What does the {word} say?", "lang": "en", "answerable": True}
        | {"expect": [{"source": f"{word}.md"}]}
        for word in words
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


def searches(library: Library) -> dict[State, Retriever]:
    """Searches of what is live, and of what is being built."""

    def over(catalogue: SqliteCatalogue) -> Retriever:
        return Retriever(
            catalogue=catalogue,
            store=library.store,
            embedder=library.embedder,
            calibration=UNCALIBRATED,
            settings=RetrievalSettings(per_document=12),
            clock=lambda: 0.0,
        )

    return {"live": over(library.catalogue), "building": over(SqliteCatalogue(library.database, state="building"))}


def guarded(library: Library, **settings: object) -> Library:
    """The library with its judge, as it is now: its embedder may have been changed."""
    path = library.folder.parent / "questions.jsonl"
    quality = QualitySettings.model_validate({"questions": path, "margin": 0.1, **settings})
    library.judge = LabelledJudge(QuestionSets(quality, library.catalogue), searches(library), quality)
    return library


@pytest.fixture
async def asked(library: Library) -> Library:
    """A library of four documents that answers its four questions."""
    ask(library.folder.parent / "questions.jsonl")
    for word in WORDS:
        library.write(f"{word}.md", f"# The {word}\n\nWhat the {word} says of money.")
    guarded(library)
    assert (await library.update()).fall is None
    return library


async def state(library: Library) -> tuple[object, ...]:
    """All that answering sees, and what the next run goes by."""
    key = str(library.folder)
    live = await library.catalogue.live()
    assert live is not None
    found = await searches(library)["live"].retrieve(Question(id="q", text="What does the lantern say?"))
    return (
        await library.live_texts(),
        await library.catalogue.versions(),
        await library.writer.fingerprints(live, key),
        [(each.chunk_id, each.score) for each in found.passages],
    )


def spoil(library: Library) -> None:
    """One document is added, one changed and one taken away, all to the worse."""
    library.write("aa-noise.md", NOISE)
    library.write("orchard.md", "# Nothing\n\nNo word of it is left.")
    (library.folder / "lantern.md").unlink()


async def test_run_that_loses_questions_is_taken_back_whole(asked: Library) -> None:
    before = await state(asked)
    spoil(asked)
    report = await asked.update()
    assert report.fall is not None
    assert report.fall.held
    assert (report.fall.before, report.fall.after) == (1.0, 0.25)
    assert {"What does the harbour say?", "What does the lantern say?"} <= set(report.fall.lost)
    assert set(report.fall.causes) == {"aa-noise.md", "orchard.md", "lantern.md"}
    assert (report.added, report.updated, report.removed) == ((), (), ())
    assert await state(asked) == before
    vectors = await asked.live_vectors()
    assert await vectors.count() == (await asked.catalogue.counts()).chunks


async def test_held_run_is_tried_again_and_put_to_use_by_force(asked: Library) -> None:
    spoil(asked)
    assert (await asked.update()).fall
    again = await asked.update()
    assert again.fall
    assert again.fall.held
    forced = await asked.update(force=True)
    assert forced.fall
    assert not forced.fall.held
    assert (forced.added, forced.updated, forced.removed) == (("aa-noise.md",), ("orchard.md",), ("lantern.md",))
    assert await asked.update() == IndexReport(unchanged=4)


async def test_better_or_equal_run_stands_and_is_the_next_measure(asked: Library) -> None:
    asked.write("harbour.md", "# The harbour\n\nWhat the harbour says of ships.")
    assert await asked.update() == IndexReport(updated=("harbour.md",), unchanged=3)
    marks = load_marks(await asked.writer.marks())
    assert marks is not None
    assert all(mark.found for mark in marks.values())


async def test_unchanged_run_asks_nothing(asked: Library) -> None:
    (asked.folder.parent / "questions.jsonl").unlink()
    assert await asked.update() == IndexReport(unchanged=4)


async def test_removal_of_an_input_is_not_held(asked: Library) -> None:
    report = await asked.indexer().remove(asked.folder)
    assert len(report.removed) == 4
    assert report.fall
    assert not report.fall.held


async def test_broken_questions_stop_a_run_before_its_first_change(asked: Library) -> None:
    (asked.folder.parent / "questions.jsonl").write_text('{"question": 3}', "utf-8")
    before = await state(asked)
    spoil(asked)
    with pytest.raises(InvalidInput, match="line 1"):
        await asked.update()
    assert await state(asked) == before
    assert (await asked.update(force=True)).added == ("aa-noise.md",)


async def test_killed_run_is_judged_with_the_next_one(asked: Library) -> None:
    before = await state(asked)
    spoil(asked)

    def fail(progress: object) -> None:
        if getattr(progress, "done", 0) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await asked.indexer().update(on_progress=fail)
    assert await state(asked) != before
    report = await asked.update()
    assert report.fall
    assert report.fall.held
    assert await state(asked) == before


async def test_rebuilt_generation_is_judged_before_it_goes_live(asked: Library) -> None:
    before = await state(asked)
    asked.write("aa-noise.md", NOISE)
    asked.settings = IngestSettings(chunk_characters=300)
    report = await guarded(asked).update()
    assert report.fall
    assert report.fall.held
    assert (await asked.update()).fall  # complete, and still held
    live = await asked.catalogue.live()
    assert live is not None
    assert [await asked.live_texts(), await asked.catalogue.versions()] == [before[0], before[1]]
    assert (await asked.update(force=True)).fall
    assert "aa-noise.md" in await asked.live_texts()


class Blind(MemoryEmbedder):
    """Another embedder, to which all texts are one."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = "blind"

    async def embed_passages(self, texts: object) -> Vectors:
        return await super().embed_passages(["same"] * len(texts))  # type: ignore[arg-type]


async def test_generation_of_a_new_embedder_goes_live_and_is_told(asked: Library) -> None:
    """The old one cannot be searched any more: to hold the new one back would leave nothing that answers."""
    asked.embedder = Blind()
    asked.write("aa-noise.md", NOISE)
    report = await guarded(asked, margin=0.0).update()
    assert report.fall is not None
    assert not report.fall.held
    assert "aa-noise.md" in await asked.live_texts()


async def test_no_questions_hold_nothing(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    guarded(library, questions=None)
    await library.update()
    (library.folder / "a.md").unlink()
    library.write("b.md", "# B\n\nTwo.")
    assert await library.update() == IndexReport(added=("b.md",), removed=("a.md",))


_MARKS = st.dictionaries(st.sampled_from("abcdef"), st.builds(Mark, found=st.booleans()))


@given(before=_MARKS, after=_MARKS, margin=st.floats(0, 1))
def test_fall_is_what_both_know_and_more_than_the_margin(
    before: dict[str, Mark], after: dict[str, Mark], margin: float
) -> None:
    fall = judged(before, after, margin=margin, changed=())
    both = before.keys() & after.keys()
    drop = sum(before[key].found - after[key].found for key in both) / len(both) if both else 0.0
    assert (fall is not None) == (drop > margin + 1e-9)
    assert load_marks(dump_marks(after)) == after
    if fall:
        assert all(before[key].found and not after[key].found for key in fall.lost)

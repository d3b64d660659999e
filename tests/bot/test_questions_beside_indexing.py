"""Questions that are in flight while the library is rebuilt: none fails, and none sees two states of the library."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rag.build import Rag, open_rag
from rag.catalogue import Input
from rag.settings import EmbeddingSettings, IngestSettings, RagSettings
from rag.types import AnswerStatus, Question, Retrieval

OLD, NEW = "old", "new"
NAMES = ("angels", "equity", "grants", "hiring", "pricing", "runway", "margins", "patents")
IN_FLIGHT = 20


def write(folder: Path, version: str) -> None:
    for name in NAMES:
        parts = (f"## {name} {n}\n\nThe {version} word on {name}, part {n}." for n in range(6))
        (folder / f"{name}.md").write_text("\n\n".join([f"# {name}", *parts]), "utf-8")


def settings(home: Path, chunk_characters: int) -> RagSettings:
    return RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        ingest=IngestSettings(chunk_characters=chunk_characters),
    )


def seen(found: Retrieval) -> dict[str, set[str]]:
    """The versions of each document that a search saw, neighbours and siblings included."""
    versions: dict[str, set[str]] = {}
    for each in (*found.passages, *found.siblings):
        text = " ".join((each.before, each.chunk.text, each.after))
        versions.setdefault(each.document.source, set()).update(word for word in (OLD, NEW) if word in text.split())
    return versions


class Asking:
    """Asks without pause while work goes on, with a set number of questions in flight."""

    def __init__(self, rag: Rag) -> None:
        self.rag = rag
        self.looks: list[dict[str, set[str]]] = []
        self.answers: list[AnswerStatus] = []

    async def during(self, work: asyncio.Task[object]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(IN_FLIGHT):
                group.create_task(self._ask(number, work))

    async def _ask(self, number: int, work: asyncio.Task[object]) -> None:
        while True:
            last = work.done()
            name = NAMES[number % len(NAMES)]
            question = Question(id="q", text=f"What is the word on {name}, part {number % 6}?")
            if number % 2:
                self.looks.append(seen(await self.rag.retriever.retrieve(question)))
            else:
                self.answers.append((await self.rag.answers.answer(question)).status)
            if last:
                return


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    made.mkdir()
    write(made, OLD)
    return made


async def index(home: Path, folder: Path, chunk_characters: int) -> None:
    async with open_rag(settings(home, chunk_characters)) as rag:
        await rag.indexer.update([Input(path=folder)])


@pytest.mark.slow
@pytest.mark.parametrize("chunk_characters", [500, 100], ids=["documents", "generation"])
async def test_none_fails_and_none_mixes(tmp_path: Path, folder: Path, chunk_characters: int) -> None:
    await index(tmp_path / "home", folder, 500)
    write(folder, NEW)
    async with open_rag(settings(tmp_path / "home", chunk_characters)) as rag:
        asking = Asking(rag)
        work: asyncio.Task[object] = asyncio.create_task(rag.indexer.update(full=True))
        await asking.during(work)
        await work
    assert len(asking.looks) > IN_FLIGHT
    assert all(len(versions) <= 1 for look in asking.looks for versions in look.values())
    assert set(asking.answers) == {AnswerStatus.ANSWERED}
    states = [frozenset(version for versions in look.values() for version in versions) for look in asking.looks]
    assert frozenset({NEW}) in states
    if chunk_characters != 500:
        assert set(states) <= {frozenset({OLD}), frozenset({NEW})}

"""A folder of documents in two versions, of which a library has to hold one or the other, and never a mixture."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.backends.chroma import open_chroma
from rag.build import Rag, open_rag
from rag.catalogue import Input, questions_collection
from rag.settings import EmbeddingSettings, IngestSettings, RagSettings
from rag.types import Question, Scope

OLD, NEW = "old", "new"
NAMES = ("angels", "equity", "grants", "hiring", "pricing", "runway")
CHANGED = {"angels": NEW, "equity": OLD, "hiring": OLD, "pricing": NEW, "runway": OLD, "zebra": NEW}
SMALL, LARGE = 100, 500


def document(name: str, version: str) -> str:
    questions = f"---\nquestions:\n  {name} 1:\n    - what of {name} is {version}?\n    - and {name}?\n---\n# {name}"
    return "\n\n".join([questions, *(f"## {name} {n}\n\nThe {version} word on {name}, part {n}." for n in range(3))])


def write(folder: Path, name: str, version: str) -> None:
    path = folder / f"{name}.md"
    path.write_text(document(name, version), "utf-8")
    stamp = 1_700_000_000_000_000_000 + (version == NEW) * 1_000_000_000
    os.utime(path, ns=(stamp, stamp))


def settings(home: Path, chunk_characters: int) -> RagSettings:
    return RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        ingest=IngestSettings(chunk_characters=chunk_characters),
    )


def change(folder: Path) -> None:
    """Two documents change, one goes, one comes."""
    write(folder, "angels", NEW)
    write(folder, "pricing", NEW)
    (folder / "grants.md").unlink()
    write(folder, "zebra", NEW)


async def versions(rag: Rag) -> dict[str, str]:
    """Which version of each document answers; fails if a document is not whole, or its vectors are not found."""
    found = {}
    for each in await rag.catalogue.documents():
        chunks = (await rag.catalogue.chunks_at({each.id: range(99)}, scope=Scope()))[each.id]
        text = " ".join(live.chunk.text for live in chunks)
        version = NEW if NEW in text else OLD
        name = each.source.removesuffix(".md")
        assert text.split() == " ".join(f"The {version} word on {name}, part {n}." for n in range(3)).split()
        hit = (await rag.retriever.retrieve(Question(id="q", text=f"The {version} word on {name}, part 1."))).passages[
            0
        ]
        assert hit.document.id == each.id
        found[name] = version
    return found


@contextmanager
def copied(home: Path) -> Iterator[Path]:
    copy = home.with_name("copy")
    shutil.copytree(home, copy, dirs_exist_ok=True)
    yield copy
    shutil.rmtree(copy)


async def finished(home: Path, folder: Path, chunk_characters: int) -> dict[str, str]:
    """The state after the next run; no dead vector and no dead collection is left."""
    async with open_rag(settings(home, chunk_characters)) as rag:
        report = await rag.indexer.update([Input(path=folder)])
        assert report.failed == ()
        state, counts = await versions(rag), await rag.catalogue.counts()
    async with open_chroma(home / "chroma") as store:
        name, beside = sorted(await store.names())
        assert beside == questions_collection(name)
        assert await (await store.collection(name)).count() == counts.chunks
        assert await (await store.collection(beside)).count() == counts.questions > counts.documents
    return state

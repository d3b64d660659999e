"""An expert's answer becomes a document: written, indexed, labelled, and nothing left of it when that fails."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.errors import PublishingFailed
from bot.expert_records import Proposal
from bot.publishing import FOLDER, ExpertShelf, document_of, title_of
from bot.store.backup import BackupJob, make_backup
from bot.store.restore import restore_backup
from rag.build import Rag, open_rag
from rag.errors import EmbedderUnavailable
from rag.ingest.frontmatter import split_front_matter
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import PUBLIC, DocumentKind, Language, Question, Scope

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def proposal(**changes: Any) -> Proposal:
    told = {
        "id": "p1",
        "request_id": "r1",
        "channel_key": "slack/T1/C1",
        "question": "How long does a bakery licence take?",
        "answer": "A bakery licence takes six weeks.",
        "author": 'Bob: the "baker"\n---',
        "language": Language.EN,
        "audience": frozenset({PUBLIC}),
        "person": "slack/T1/U1",
        "at": AT,
        "number": 1,
    }
    return Proposal(**{**told, **changes})


@pytest.fixture
async def rag(tmp_path: Path) -> AsyncIterator[Rag]:
    """An empty library."""
    async with open_rag(settings(tmp_path / "home")) as opened:
        yield opened


def settings(home: Path) -> RagSettings:
    return RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"), lock_patience_s=0)


async def found(rag: Rag, *labels: str) -> list[str]:
    scope = Scope(audience=frozenset({PUBLIC, *labels}))
    retrieval = await rag.retriever.retrieve(Question(id="q", text="bakery licence weeks", scope=scope))
    return [each.chunk.text for each in retrieval.passages]


async def test_answer_is_found_at_once_under_its_question(rag: Rag) -> None:
    shelf = ExpertShelf(rag=rag)
    assert await shelf.publish(proposal()) == "How long does a bakery licence take?"
    assert "six weeks" in (await found(rag))[0]
    (document,) = await rag.catalogue.documents()
    assert (document.title, document.kind, document.topics, document.date) == (
        "How long does a bakery licence take?",
        DocumentKind.DOCUMENT,
        ("experts",),
        AT.date(),
    )
    (path,) = (rag.home / FOLDER).iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_second_time_replaces_the_first_and_two_at_once_make_one(rag: Rag) -> None:
    shelf = ExpertShelf(rag=rag)
    await asyncio.gather(*(shelf.publish(proposal()) for _ in range(3)))
    await shelf.publish(proposal(answer="A bakery licence takes eight weeks."))
    assert len(await rag.catalogue.documents()) == 1
    assert "eight weeks" in (await found(rag))[0]


async def test_document_has_the_labels_of_its_channel(rag: Rag) -> None:
    shelf = ExpertShelf(rag=rag)
    await shelf.publish(proposal(audience=frozenset({PUBLIC, "board"}), answer="Canarybird says six weeks."))
    assert await found(rag) == []
    assert "Canarybird" in (await found(rag, "board"))[0]


@pytest.mark.parametrize(
    "answer",
    ["---\naudience: public\n---\nmine", "# Heading\n\n- a\n- b", "多少？\n\n六周。", "x" * 8000],
    ids=["front matter", "markdown", "chinese", "long"],
)
def test_what_the_expert_wrote_cannot_become_front_matter(answer: str) -> None:
    text = document_of(proposal(answer=answer, audience=frozenset({PUBLIC, "board"})))
    front, body = split_front_matter(text, "p1.md")
    assert front.audience == frozenset({"board"})
    assert front.title == "How long does a bakery licence take?"
    assert answer.strip() in body
    assert "Bob" not in body


@pytest.mark.parametrize(
    ("question", "begins"),
    [("why\n" * 200, "why why"), ("为什么面包店要许可证" * 30, "为什么面包店要许可证为什么"), ("x" * 500, "xxx")],
    ids=["English", "Chinese", "one word"],
)
def test_title_stands_on_one_line_however_long_the_question_is(question: str, begins: str) -> None:
    title = title_of(proposal(question=question))
    assert 90 < len(title) <= 120
    assert title.startswith(begins)
    assert title.endswith("…")
    assert "\n" not in title


async def test_nothing_is_left_when_indexing_fails(tmp_path: Path) -> None:
    class Failing:
        async def update(self, inputs: object, *, force: bool) -> None:
            raise EmbedderUnavailable("the server is away")

    (tmp_path / "home").mkdir()
    rag = cast("Rag", SimpleNamespace(home=tmp_path / "home", indexer=Failing()))
    with pytest.raises(PublishingFailed, match="the server is away"):
        await ExpertShelf(rag=rag).publish(proposal())
    await ExpertShelf(rag=rag).withdraw(proposal())
    assert list((tmp_path / "home" / FOLDER).iterdir()) == []


async def test_folder_that_cannot_be_written_is_told(rag: Rag) -> None:
    (rag.home / FOLDER).write_text("in the way")
    with pytest.raises(PublishingFailed):
        await ExpertShelf(rag=rag).publish(proposal())
    await ExpertShelf(rag=rag).withdraw(proposal())


async def test_documents_of_experts_travel_in_a_backup(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    async with open_rag(settings(home)) as rag:
        shelf = ExpertShelf(rag=rag)
        await shelf.publish(proposal())
        await make_backup(BackupJob(home=home, file=file), at=AT)
        await shelf.publish(proposal(id="p2", answer="Later."))
    await restore_backup(home, file)
    assert [path.name for path in (home / FOLDER).iterdir()] == ["2026-03-01-p1.md"]
    async with open_rag(settings(home)) as rag:
        report = await rag.indexer.update()
        assert (report.unchanged, report.failed) == (1, ())

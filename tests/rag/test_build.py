"""The composed core over real Chroma and SQLite: from files to a cited answer, and again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.build import open_catalogue, open_rag, starter_input
from rag.catalogue import Input
from rag.errors import IndexLocked, IndexMismatch
from rag.settings import EmbeddingSettings, RagSettings, RetrievalSettings
from rag.types import AnswerStatus, Language, Question

ANGEL = """# Money

## Angels

Angels invest in the team before there is a product.

## Grants

Grants cost no equity.
"""


def settings(home: Path, **retrieval: float) -> RagSettings:
    return RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        retrieval=RetrievalSettings.model_validate(retrieval),
    )


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "money.md").write_text(ANGEL, "utf-8")
    (folder / "team.md").write_text("# Team\n\nHire an engineer who has served models before.\n", "utf-8")
    return folder


async def test_a_question_is_answered_with_its_source_also_after_a_restart(tmp_path: Path, docs: Path) -> None:
    made = settings(tmp_path / "home")
    async with open_rag(made) as rag:
        report = await rag.indexer.update([Input(path=docs)])
        assert sorted(report.added) == ["money.md", "team.md"]
    for _ in range(2):
        async with open_rag(made) as rag:
            answer = await rag.answers.answer(Question(id="q", text="Do angels invest in the team before a product?"))
            assert answer.status == AnswerStatus.ANSWERED
            assert "Angels invest in the team" in answer.text
            (citation,) = answer.citations
            assert (citation.document.source, citation.section) == ("money.md", ("Money", "Angels"))
            assert citation.quote in ANGEL


async def test_the_catalogue_can_be_read_beside_the_owner_of_the_index(tmp_path: Path, docs: Path) -> None:
    made = settings(tmp_path / "home")
    async with open_rag(made) as rag:
        await rag.indexer.update([Input(path=docs)])
        async with open_catalogue(made) as catalogue:
            assert len(await catalogue.documents()) == 2


async def test_a_second_owner_is_refused(tmp_path: Path) -> None:
    made = settings(tmp_path / "home").model_copy(update={"lock_patience_s": 0.01})
    async with open_rag(made):
        with pytest.raises(IndexLocked):
            async with open_rag(made):
                pass


async def test_changing_the_embedder_asks_for_a_rebuild(tmp_path: Path, docs: Path) -> None:
    made = settings(tmp_path / "home")
    async with open_rag(made) as rag:
        await rag.indexer.update([Input(path=docs)])
    other = made.model_copy(update={"embedding": EmbeddingSettings(embedder="use")})
    async with open_rag(other) as rag:
        with pytest.raises(IndexMismatch, match="memory"):
            await rag.retriever.retrieve(Question(id="q", text="angels"))
        await rag.indexer.update()
        assert (await rag.retriever.retrieve(Question(id="q", text="angels"))).passages


async def test_the_starter_library_indexes_without_a_failure(tmp_path: Path) -> None:
    async with open_rag(settings(tmp_path / "home", threshold=0.0)) as rag:
        report = await rag.indexer.update([starter_input()])
        assert report.failed == ()
        assert len(report.added) >= 20
        documents = await rag.catalogue.documents()
        pairs = {document.translation_of for document in documents}
        assert {document.language for document in documents} == {Language.ZH, Language.EN}
        assert len(pairs) * 2 == len(documents)
        answer = await rag.answers.answer(Question(id="q", text="Watson for Oncology 出了什么问题？"))
        assert "case-ibm-watson-health" in answer.citations[0].document.source

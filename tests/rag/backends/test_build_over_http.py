"""The composed core with its vectors on a Chroma server and its embedder behind an address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.build import open_rag
from rag.catalogue import Input
from rag.errors import EmbedderUnavailable, IndexLocked, InvalidSettings, StorageFailed
from rag.settings import ChromaSettings, EmbeddingSettings, EmbeddingsServerSettings, RagSettings
from rag.types import Question

from .conftest import HOST, LocalServer, free_port, memory_embeddings, serve

ANGELS = Question(id="q", text="Do angels invest in the team before a product?")
CLOSED = f"http://{HOST}:{free_port()}"


@pytest.fixture
def model() -> Iterator[LocalServer]:
    """A server that embeds."""
    with serve(memory_embeddings) as local:
        yield local


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "money.md").write_text("# Money\n\nAngels invest in the team before there is a product.\n", "utf-8")
    return folder


def over_http(home: Path, model: LocalServer, chroma: ChromaSettings) -> RagSettings:
    return RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="openai"),
        embeddings=EmbeddingsServerSettings(base_url=f"{model.url}/v1", model="memory"),
        chroma=chroma,
    )


def on_chroma(home: Path, chroma: ChromaSettings) -> RagSettings:
    return RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"), chroma=chroma)


@pytest.mark.slow
@pytest.mark.full
async def test_a_question_finds_its_passage_over_two_servers_also_after_a_restart(
    tmp_path: Path, docs: Path, model: LocalServer, chroma: ChromaSettings
) -> None:
    settings = over_http(tmp_path / "home", model, chroma)
    async with open_rag(settings) as rag:
        assert (await rag.indexer.update([Input(path=docs)])).added == ("money.md",)
    for _ in range(2):
        async with open_rag(settings) as rag:
            assert (rag.embedder.identity, rag.calibration.fitted_on) == ("openai:memory:64", 0)
            found = await rag.retriever.retrieve(ANGELS)
            assert [passage.document.source for passage in found.passages] == ["money.md"]
            assert found.signals["similarity"] > 0.5
    assert not (tmp_path / "home" / "chroma").exists()


@pytest.mark.slow
async def test_two_homes_share_a_server_at_the_same_time(tmp_path: Path, docs: Path, chroma: ChromaSettings) -> None:
    async with (
        open_rag(on_chroma(tmp_path / "one", chroma)) as one,
        open_rag(on_chroma(tmp_path / "two", chroma)) as two,
    ):
        await asyncio.gather(*(each.indexer.update([Input(path=docs)]) for each in (one, two)))
        await two.indexer.update(full=True)
        for each in (one, two):
            assert (await each.retriever.retrieve(ANGELS)).signals["similarity"] > 0.5
        assert len(await one.store.names()) == 2


@pytest.mark.slow
async def test_one_home_still_belongs_to_one_process(tmp_path: Path, chroma: ChromaSettings) -> None:
    settings = on_chroma(tmp_path / "home", chroma).model_copy(update={"lock_patience_s": 0.01})
    async with open_rag(settings):
        with pytest.raises(IndexLocked):
            async with open_rag(settings):
                pass


@pytest.mark.slow
async def test_moving_to_a_server_takes_one_index_run(tmp_path: Path, docs: Path, chroma: ChromaSettings) -> None:
    home = tmp_path / "home"
    async with open_rag(on_chroma(home, ChromaSettings())) as rag:
        await rag.indexer.update([Input(path=docs)])
    async with open_rag(on_chroma(home, chroma)) as rag:
        assert (await rag.indexer.update()).added == ("money.md",)
        assert (await rag.retriever.retrieve(ANGELS)).signals["similarity"] > 0.5


async def test_a_chroma_server_that_is_away_keeps_the_core_shut(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=f"'{CLOSED}' cannot be reached"):
        async with open_rag(on_chroma(tmp_path / "home", ChromaSettings(url=CLOSED))):
            pass


@pytest.mark.parametrize(
    ("server", "error", "told"),
    [
        pytest.param({}, InvalidSettings, "set ADVISOR_EMBEDDINGS_BASE_URL", id="nothing set"),
        pytest.param(
            {"base_url": CLOSED, "model": "m", "attempts": 1}, EmbedderUnavailable, "cannot be reached", id="away"
        ),
    ],
)
async def test_an_embedder_that_cannot_work_keeps_the_core_shut(
    tmp_path: Path, server: dict[str, object], error: type[Exception], told: str
) -> None:
    settings = RagSettings(
        home=tmp_path / "home",
        embedding=EmbeddingSettings(embedder="openai"),
        embeddings=EmbeddingsServerSettings.model_validate(server),
    )
    with pytest.raises(error, match=told):
        async with open_rag(settings):
            pass

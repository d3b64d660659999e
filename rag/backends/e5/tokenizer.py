"""Text to the numbers of tokens, the same numbers that the engine in C gets (`tok_content` in its `e5.c`)."""

from __future__ import annotations

import re

from rag.backends.e5.weights import Vocabulary
from rag.backends.unigram import Unigram

_SPACES = re.compile(" {2,}")
_WORD_MARK = "▁"
"""U+2581, which stands for a space inside a piece."""


class Tokenizer:
    """Cuts texts into the pieces of the model's vocabulary.

    Args:
        vocabulary: the model's.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._replacements = vocabulary.replacements
        self._unigram = Unigram(vocabulary.pieces, unknown=vocabulary.unknown, hidden=[vocabulary.unknown])

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text, without the marks of its begin and end. Nothing of the text is cut off."""
        normal = _SPACES.sub(" ", text.translate(self._replacements))
        spaced = normal if normal.startswith(" ") else f" {normal}"
        return self._unigram.cut(spaced.replace(" ", _WORD_MARK))

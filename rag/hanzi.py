"""Folds traditional Chinese characters into simplified ones, so that the two scripts find each other.

For comparing only: what a reader sees stays as its author wrote it. Characters are folded, not vocabulary: the tables
of regional words also rewrite good simplified text ("建立" becomes "创建").
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(r"[㐀-䶿一-鿿\uf900-\ufaff\U00020000-\U0003ffff]")


def simplified(text: str) -> str:
    """The text with its traditional characters folded; simplified text and other scripts come back unchanged.

    Halves of characters, which broken programs send, become replacement characters: the converter takes none.
    """
    if not _HAN.search(text):
        return text
    return str(_converter().convert(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")

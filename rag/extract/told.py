"""What a conversation has told already. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.ports import Statement
from rag.types import Turn

_UNHEARD = re.compile(r"\[\d{1,3}\]|[\s*_`#>|\\-]+")
"""What makes no difference to a reader: marks, markup and blanks."""

_MOSTLY = 0.5
"""Share of the lines of a list or table, or of the quotes of an answer, beyond which it would be told once more."""


class Told:
    """The answer before, as far as a quote can be looked for in it; without turns nothing was told."""

    def __init__(self, history: Sequence[Turn]) -> None:
        self._text = _plain(history[-1].answer) if history else ""

    def holds(self, quote: str) -> bool:
        """Whether most of what a quote says stood there."""
        lines = [line for line in map(_plain, quote.splitlines()) if line] if self._text else []
        return sum(line in self._text for line in lines) > _MOSTLY * len(lines)

    def news(self, statements: Iterable[Statement]) -> list[Statement]:
        """The statements without what stood there; none where nothing is left but headings."""
        new = [each for each in statements if not any(self.holds(lent.quote) for lent in each.support)]
        return new if any(each.support for each in new) else []

    def mostly(self, statements: Iterable[Statement]) -> bool:
        """Whether an answer tells mostly the same again."""
        quotes = [lent.quote for each in statements for lent in each.support]
        return sum(map(self.holds, quotes)) > _MOSTLY * len(quotes)


def _plain(text: str) -> str:
    return _UNHEARD.sub("", text)

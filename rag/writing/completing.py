"""What of another writer's answer was not said yet: for an answer whose model broke off. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.extract.words import words_of
from rag.ports import Statement

_SAID = 0.6
"""Share of a statement's words that one emitted statement has to hold for it to count as said."""


class Completion:
    """Goes on behind what a reader has already seen, without repeating it.

    Args:
        emitted: what the reader has seen; nothing before a whole answer.
    """

    def __init__(self, emitted: Iterable[Statement]) -> None:
        self._emitted = [(words_of(each.text), each.support) for each in emitted]
        self._behind = bool(self._emitted)
        self._waiting: list[Statement] = []

    def take(self, statement: Statement) -> Sequence[Statement]:
        """The statements to show now: a new one with what introduces it, nothing for one that was said."""
        if not self._emitted:
            return (statement,)
        if not statement.support:
            self._waiting.append(statement)
            return ()
        if self._is_said(statement):
            self._waiting.clear()
            return ()
        first, *rest = (*self._waiting, statement)
        self._waiting.clear()
        lead, self._behind = "\n\n" if self._behind else first.lead, False
        return (replace(first, lead=lead), *rest)

    def _is_said(self, statement: Statement) -> bool:
        words = words_of(statement.text)
        quotes = {(each.passage, each.quote) for each in statement.support}
        return any(
            len(words & said) >= _SAID * len(words) or quotes <= {(each.passage, each.quote) for each in support}
            for said, support in self._emitted
        )

"""From the words of a model, as they arrive, to statements: cuts sentences, judges the language, has each checked."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from rag.ports import Statement
from rag.sentences import SentenceStream
from rag.terms import index_terms
from rag.types import Language
from rag.writing.checking import Checker, Shape, shape_of
from rag.writing.phrases import is_denial, speaks

_LONGEST_PIECE = 2000
"""Characters beyond which a sentence is none: a model that writes it has lost its way."""

_LONGEST_HELD = 2 * _LONGEST_PIECE
"""Characters without the end of a sentence after which nothing is waited for; what is held beyond a piece is less."""

_STOPS = tuple("。！？.!?…”’\"')）】]|`")


class Outcome(Enum):
    """What became of a draft."""

    OPEN = auto()
    """It is being written, or was finished."""

    DENIED = auto()
    """The model says that the sources hold no answer."""

    FOREIGN = auto()
    """It begins in another language than the answer has to have; nothing was shown."""

    ENDLESS = auto()
    """A sentence does not end."""


class Draft:
    """One attempt of a model at an answer.

    Attributes:
        outcome: once it is not open, nothing more is taken.
        blank: whether the model has written nothing at all.
    """

    def __init__(self, checker: Checker, language: Language) -> None:
        self._checker = checker
        self._language = language
        self._stream = SentenceStream()
        self._held = 0
        self._unjudged: list[str] | None = []
        self._said: list[frozenset[str]] = []
        self.outcome = Outcome.OPEN
        self.blank = True

    @property
    def doubted(self) -> bool:
        """Whether a sentence was left out or marked for lack of evidence."""
        return self._checker.doubted

    async def feed(self, text: str) -> Sequence[Statement]:
        """What may be shown now that more text has come."""
        self._held += len(text)
        shown = await self._take(self._stream.feed(text))
        if self._held > _LONGEST_HELD and self.outcome is Outcome.OPEN:
            self.outcome = Outcome.ENDLESS
        return shown

    async def close(self, *, cut_off: bool) -> Sequence[Statement]:
        """What may be shown at the end; `cut_off` says that the model had no room to end its last sentence."""
        pieces = self._stream.close()
        if cut_off and pieces and not pieces[-1].rstrip().endswith(_STOPS):
            pieces.pop()
        shown = await self._take(pieces)
        if self.outcome is not Outcome.OPEN:
            return shown
        held, self._unjudged = self._unjudged or [], None
        return [*shown, *await self._check(held)]

    async def _take(self, pieces: Sequence[str]) -> Sequence[Statement]:
        shown: list[Statement] = []
        for piece in pieces:
            self._held -= len(piece)
            if len(piece) > _LONGEST_PIECE and self.outcome is Outcome.OPEN:
                self.outcome = Outcome.ENDLESS
            if self.outcome is not Outcome.OPEN:
                break
            shown += await self._check(self._judged(piece))
        return shown

    def _judged(self, piece: str) -> Sequence[str]:
        """The pieces that may be checked: all that were held once it is certain what the answer is written in."""
        if self._unjudged is None:
            return [piece]
        if self.blank and piece.strip():
            self.blank = False
            if is_denial(piece):
                self.outcome = Outcome.DENIED
                return ()
        self._unjudged.append(piece)
        # A heading may be nothing but a name.
        told = (each for each in self._unjudged if shape_of(each.strip()) is not Shape.HEADING)
        fits = speaks("".join(told), self._language)
        if fits is None:
            return ()
        held, self._unjudged = self._unjudged, None
        if fits:
            return held
        self.outcome = Outcome.FOREIGN
        return ()

    async def _check(self, pieces: Sequence[str]) -> Sequence[Statement]:
        checked = [statement for piece in pieces for statement in await self._checker.take(piece)]
        return [statement for statement in checked if self._is_news(statement)]

    def _is_news(self, statement: Statement) -> bool:
        """Whether a statement says more than one before it: a small model repeats itself, whole and in pieces."""
        words = frozenset(index_terms(statement.text))
        if not statement.support or not words:
            return True
        if any(words <= said for said in self._said):
            return False
        self._said.append(words)
        return True

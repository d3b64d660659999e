"""Leaves out what a reasoning model thinks before it answers, where its server does not part the two."""

from __future__ import annotations

_BEGIN, _END = "<think>", "</think>"


class ThoughtFilter:
    """Passes on a text that comes in pieces, without the thoughts at its beginning."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking: bool | None = None

    def passed(self, piece: str) -> str:
        """What of the text may be shown after this piece; empty while that is undecided."""
        if self._thinking is False:
            return piece
        self._held += piece
        if self._thinking is None:
            opening = self._held.lstrip()
            if _BEGIN.startswith(opening):
                return ""
            self._thinking = opening.startswith(_BEGIN)
            self._held = opening.removeprefix(_BEGIN) if self._thinking else self._held
        if not self._thinking:
            return self.rest()
        _, found, answer = self._held.partition(_END)
        if not found:
            self._held = self._held[-len(_END) :]
            return ""
        self._thinking, self._held = False, ""
        return answer

    def rest(self) -> str:
        """What was still undecided when the text ended; unfinished thoughts stay out."""
        held = "" if self._thinking else self._held
        self._held = ""
        return held

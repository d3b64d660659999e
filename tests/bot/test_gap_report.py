"""How gaps are put in order: what several ask first, what is far from the library last."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from bot.gap_report import GapReport
from bot.memory_store import MemoryStore
from bot.records import GapKind, GapRecord
from rag.digest.likeness import Likeness

from .samples import NOW

_NOTHING: Any = SimpleNamespace()
_GAP = GapRecord(id=0, kind=GapKind.REFUSAL, question_id="q", place="p", text="", at=NOW)


def gap(number: int, text: str, confidence: float | None, kind: GapKind = GapKind.REFUSAL) -> GapRecord:
    return replace(_GAP, id=number, text=text, confidence=confidence, kind=kind)


async def test_what_is_far_from_the_library_comes_last_unless_it_is_asked_again() -> None:
    report = GapReport(MemoryStore(), search=_NOTHING, quoting=_NOTHING, likeness=Likeness(None))
    groups = await report.groups(
        [
            gap(7, "what's the weather tomorrow?", 0.02),
            gap(6, "明天去哪里吃火锅？", 0.03),
            gap(5, "明天去哪里吃火锅？", 0.03),
            gap(4, "How do we register a company in Dubai?", 0.4),
            gap(3, "Which notary do founders take?", 0.01, GapKind.RATING),
            gap(2, "an older question without a figure", None),
        ]
    )
    order = [(group.number, group.far) for group in groups]
    assert order == [(5, False), (4, False), (3, False), (2, False), (7, True)]

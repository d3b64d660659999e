"""Trends: dated notes that say what moves, what follows for a founder, and what would prove the note wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from rag.kinds.document import Head
from rag.types import DocumentKind, Language


class TrendHead(Head):
    """The front matter of a trend note; its `date` is that of the latest fact."""

    sections: ClassVar[Mapping[Language, tuple[str, ...]]] = {
        Language.ZH: ("正在发生什么", "对创业者意味着什么", "什么会证明这个判断错了", "日期与事实"),
        Language.EN: (
            "What is happening",
            "What it means for a founder",
            "What would prove this wrong",
            "Dates and facts",
        ),
    }

    kind: Literal[DocumentKind.TREND]

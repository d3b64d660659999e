"""Which companies a question compares: "How does Xiaomi differ from Meituan?" asks for what decided each. Pure.

A library tells of each in a study of its own. One search for both finds what stands between them and answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.case_chapters import companies_named
from rag.extract.asked import Kind, aspects_of, kind_of
from rag.follow_ups import focus_of
from rag.language import detect_language
from rag.types import Document, Language

_MOST = 3
_DECIDED = {Language.ZH: "{name} 成败的关键是什么？", Language.EN: "What decided it for {name}?"}
_AT_LARGE = re.compile(
    r"一下|的|策略|战略|打法|模式|道路|路线|路径|做法|经营|发展|成功|崛起|公司|案例|之间|两家|有什么|分别"
    r"|\b(?:strateg(?:y|ies)|approach(?:es)?|business(?:es)?|model|stor(?:y|ies)|path|way|company|companies|case|cases)\b|['’]s?(?=\s|$)",
    re.IGNORECASE,
)
"""Words for how a company goes about it as a whole; whoever names anything else wants that, and not what decided."""


def is_comparison(question: str) -> bool:
    """Whether a question puts things side by side."""
    return kind_of(question) is Kind.COMPARISON


def added(asked: str, documents: Iterable[Document]) -> tuple[str, ...]:
    """What to ask of the one company that a follow-up adds to a comparison: "and DeepSeek?"."""
    return _decisions([focus_of(asked)], documents, detect_language(asked))


def compared(question: str, documents: Iterable[Document]) -> tuple[str, ...]:
    """What to ask of each company that a question compares; nothing unless a case study tells of every one of them."""
    sides = [side.text for side in aspects_of(question)[1:] if side.kind is Kind.COMPARISON]
    return _decisions(sides, documents, detect_language(question)) if 2 <= len(sides) <= _MOST else ()


def _decisions(sides: Sequence[str], documents: Iterable[Document], language: Language) -> tuple[str, ...]:
    """What to ask of the company of each side; nothing where a side is none, or the same one again."""
    asked = _DECIDED.get(language)
    names = companies_named([_AT_LARGE.sub(" ", side) for side in sides], documents, language)
    return tuple(asked.format(name=name) for name in names) if asked and len({*names}) == len(sides) else ()

"""Which companies a question compares: "How does Xiaomi differ from Meituan?" asks for what decided each. Pure.

A library tells of each in a study of its own. One search for both finds what stands between them and answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.case_chapters import company_named
from rag.extract.asked import Kind, aspects_of, kind_of
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

_FRAME = re.compile(r"^\W*(?:那么?|还有|换成|and|what about|how about)\b\s*|^那么?|呢?\W*$", re.IGNORECASE)


def is_comparison(question: str) -> bool:
    """Whether a question puts things side by side."""
    return kind_of(question) is Kind.COMPARISON


def added(asked: str, documents: Iterable[Document]) -> tuple[str, ...]:
    """What to ask of the one company that a follow-up adds to a comparison: "and DeepSeek?"."""
    language = detect_language(asked)
    if language not in _DECIDED:
        return ()
    name = company_named(_AT_LARGE.sub(" ", _FRAME.sub("", asked)), [each for each in documents if each.case], language)
    return (_DECIDED[language].format(name=name),) if name else ()


def compared(question: str, documents: Iterable[Document]) -> tuple[str, ...]:
    """What to ask of each company that a question compares; nothing unless a case study tells of every one of them."""
    language = detect_language(question)
    sides = [side.text for side in aspects_of(question)[1:] if side.kind is Kind.COMPARISON]
    if language not in _DECIDED or not 2 <= len(sides) <= _MOST:
        return ()
    studies = [each for each in documents if each.case]
    told = [company_named(_AT_LARGE.sub(" ", side), studies, language) for side in sides]
    names = [name for name in told if name]
    return tuple(_DECIDED[language].format(name=name) for name in names) if len({*names}) == len(sides) else ()

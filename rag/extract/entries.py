"""Answers a wish for resources with entries of the catalogue: each one's name, and the sentence that says what for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.extract.words import words_of
from rag.headings import clean_heading
from rag.ports import Statement, Support
from rag.sentences import sentence_spans
from rag.types import DocumentKind, Language, Passage, Retrieval

_WISHES = re.compile(
    r"推荐|哪里(?:有|能|可以|去)|哪儿有|去哪|从哪|有(?:哪些|什么|没有)|哪[些几](?:个|门|本|款|种|篇)?|几[门本款篇]"
    r"|\brecommend|\bsuggest|\bwhere (?:can|do|could|to)\b|\bwhich\b|\bwhat are\b|\bgood\b|\bbest\b|\bany\b|\blist\b",
    re.IGNORECASE,
)
_MOST, _FEW = 5, 3
_NEAR = 0.6
"""Share of the best entry's score that an entry must have."""


def entries_of(question: str, retrieval: Retrieval) -> tuple[int, ...]:
    """What to name, as indexes into `retrieval.quotable`; none unless resources are wished for and found first.

    Entries of the shelf that the question names (courses, books) go before all others. Where few are found, the
    shelf's own list of names comes last.
    """
    own = [n for n, each in enumerate(retrieval.passages) if each.document.language == retrieval.language]
    if not _WISHES.search(question) or not own:
        return ()
    best = retrieval.passages[own[0]]
    if best.document.kind is not DocumentKind.RESOURCE:
        return ()
    asked = words_of(question)
    near = [n for n in own if retrieval.passages[n].score >= _NEAR * best.score]
    found = [n for n in near if _is_entry(retrieval.passages[n])]
    named = [n for n in near if words_of(_shelf(retrieval.passages[n])) & asked]
    entries = [n for n in found if n in named] if named else found
    names = _list_of_names(retrieval, retrieval.passages[named[0]]) if named and len(entries) < _FEW else []
    return (*entries[:_MOST], *names) if len(entries) + len(names) > 1 else ()


def entry_statements(entries: Sequence[int], retrieval: Retrieval) -> Iterator[Statement]:
    """A list with one line an entry."""
    colon = "：" if retrieval.language in {Language.ZH, Language.JA} else ": "
    for number, index in enumerate(entries):
        passage = retrieval.quotable[index]
        span = sentence_spans(passage.chunk.text)[0]
        quote = passage.chunk.text[span.start : span.end]
        text = f"- **{clean_heading(passage.chunk.section[-1])}**{colon}{quote}" if _is_entry(passage) else quote
        lead = "" if not number else "\n" if _is_entry(passage) else "\n\n"
        yield Statement(text=text, lead=lead, support=(Support(passage=index, quote=quote),))


def _is_entry(passage: Passage) -> bool:
    """Whether a passage is an entry below a shelf's title."""
    resource = passage.document.kind is DocumentKind.RESOURCE and len(passage.chunk.section) > 1
    return resource and bool(sentence_spans(passage.chunk.text))


def _list_of_names(retrieval: Retrieval, entry: Passage) -> list[int]:
    """The beginning of the shelf that an entry stands on, if it was found."""
    return [
        n
        for n, each in enumerate(retrieval.quotable)
        if each.document.id == entry.document.id and each.chunk.position == 0 and not _is_entry(each)
    ]


def _shelf(passage: Passage) -> str:
    """What a resource's document is called besides that it holds resources."""
    title = passage.document.title if passage.document.kind is DocumentKind.RESOURCE else ""
    return re.split(r"[:：]", title)[-1]

"""What the library says of a matter in a sentence or two: verbatim quotes with their places, in a reader's scope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.errors import IndexMissing
from rag.ports import Retrieving
from rag.sentences import sentence_spans
from rag.terms import index_terms, query_terms
from rag.types import Citation, DocumentKind, Language, Passage, Question, Scope

_NO_GROUNDS = frozenset({DocumentKind.RESOURCE, DocumentKind.TREND})
_FOUND = 8
_SHORTEST, _LONGEST = 12, 240
"""Characters of a sentence that is quoted; a Chinese one says twice as much with each."""

_OTHER_LINE = re.compile(r"\s*(?:[#|>]|```|~~~|!\[|\d+\s*$)")
_LEAD = re.compile(r"\A\s*(?:[-*+•]|\d{1,2}[.)、])\s*")
_MARKUP = re.compile(r"\*\*|__|`|\]\(")
_WARNS = re.compile(r"错误|误区|陷阱|反例|失败|mistake|pitfall|wrong|fallac|fail", re.IGNORECASE)
"""Headings below which stands what not to do or what went wrong: a sentence from there, alone, would read as advice."""

_ENDS = (".", "!", "。", "！")
_POINTS_ELSEWHERE = re.compile(
    r"following|table|on the list|(?:^|\W)see\W|below|above|参见|见《|下表|如下|以下|上述|名单上", re.IGNORECASE
)


async def backing(
    text: str, retriever: Retrieving, *, scope: Scope, language: Language, most: int
) -> tuple[Citation, ...]:
    """Up to `most` quotes of different documents that speak to a text, the best first, numbered from 1.

    Empty where the library does not answer the text: what is merely near would look like a proof. Resources
    and trends are left out: they name addresses and guess at what will be.

    Raises:
        StorageFailed, EmbedderUnavailable, IndexMismatch: the library cannot be searched.
    """
    wanted = replace(scope, kinds=(scope.kinds or frozenset(DocumentKind)) - _NO_GROUNDS)
    try:
        asked = Question(id="backing", text=text, language=language, scope=wanted)
        found = await retriever.retrieve(asked, limit=_FOUND)
    except IndexMissing:
        return ()
    if not found.answerable:
        return ()
    # A document and its translation are one text to the reader, so that another language is quoted where it is all.
    own = [each for each in found.passages if each.document.language == language] or list(found.passages)
    terms, quotes = frozenset(query_terms(text)), dict[str, Citation]()
    for passage in own:
        key = passage.document.translation_of or passage.document.id
        if _WARNS.search(" ".join(passage.chunk.section)):
            continue
        if key not in quotes and (quote := telling_sentence(passage.chunk.text, terms)):
            quotes[key] = _citation(passage, quote)
    return tuple(replace(each, number=number) for number, each in enumerate([*quotes.values()][:most], start=1))


def telling_sentence(text: str, terms: frozenset[str]) -> str:
    """The sentence of a text that holds most of the terms, the first of several; "" where none can be quoted."""
    sentences = list(_sentences(text))
    best = max(sentences, key=lambda each: len(terms & set(index_terms(each))), default="")
    return best if terms & set(index_terms(best)) else next(iter(sentences), "")


def _sentences(text: str) -> Iterator[str]:
    """Whole sentences of prose and of lists that stand alone, without the sign of the item."""
    for span in sentence_spans(text):
        sentence = text[span.start : span.end].strip()
        if "\n" in sentence or _OTHER_LINE.match(sentence):
            continue
        bare = _LEAD.sub("", sentence, count=1)
        whole = _SHORTEST <= len(bare) <= _LONGEST and bare.endswith(_ENDS)
        if whole and not _MARKUP.search(bare) and not _POINTS_ELSEWHERE.search(bare):
            yield bare


def _citation(passage: Passage, quote: str) -> Citation:
    page = passage.page_at(max(0, passage.chunk.text.find(quote)))
    return Citation(number=1, document=passage.document, section=passage.chunk.section, page=page, quote=quote)

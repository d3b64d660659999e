"""Answers a question that a heading answers: with the sub-headings below it, each with its telling sentence.

"Why did it fail?" above a chapter "Reasons of the failure" is best answered by the chapter's own sections, in the
document's order. The chapter is sought among the headings of the passages found; its sections come from the siblings
that the search attaches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.extract.asked import Aspect, Kind, heading_answers
from rag.extract.blocks import Block, ListBlock, Paragraph, TableBlock, blocks_of
from rag.extract.units import size_of, slice_of, stands_alone
from rag.extract.words import words_of
from rag.headings import clean_heading
from rag.sentences import Span
from rag.types import Passage, Retrieval

_JUDGED = 5
"""Passages whose headings are held against the question."""

_LEAST_BRANCHES = 2
_SHORT = 4
"""A question of four Chinese characters or two words names a subject and leaves open what is asked about it."""

_HEADING_SHARE = 0.5
_PATH_SHARE = 0.75
_CUED_PATH_SHARE = 0.5

_OVERVIEW = re.compile(
    r"介绍|讲讲|说说|聊聊|概述|了解|一下|\b(?:tell me about|overview|introduc\w+|explain|about)\b", re.I
)
_CHAPTERED = frozenset({Kind.REASON, Kind.LIST, Kind.METHOD, Kind.PLAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A section below the heading that answers: its name, and the span of one quotable passage that tells its gist.

    `entry` says that the gist is the first entry of a list, for want of a sentence.
    """

    heading: str
    passage: int
    span: Span
    entry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A heading that answers, with the sections below it in the document's order."""

    heading: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question with those of its words that the passages hold; `overview` if it only names a subject."""

    aspect: Aspect
    words: frozenset[str]
    overview: bool


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A heading path with the share of the question that its last element and that the whole of it names."""

    path: tuple[str, ...]
    members: tuple[int, ...]
    named: float
    told: float


def outline_of(retrieval: Retrieval, aspects: Sequence[Aspect]) -> Outline | None:
    """The outline that answers the question, if a heading of the passages found names what is asked for."""
    whole = aspects[0]
    if len(aspects) > 1 or whole.kind not in _CHAPTERED:
        return None
    asked = _Asked(aspect=whole, words=_known(retrieval, whole), overview=_asks_overview(whole))
    if not asked.words:
        return None
    fitting = [each for each in _chapters(retrieval, asked.words) if _answers(retrieval.quotable, each, asked)]
    # A subject is introduced by its whole document, anything else is answered by the chapter that is all about it.
    depth = -1 if asked.overview else 1
    for chapter in sorted(fitting, key=lambda each: (-each.told, depth * -len(each.path))):
        if outline := _outline(retrieval.quotable, chapter, asked.words, bare=asked.overview):
            return outline
    return None


def outline_at(retrieval: Retrieval, members: Sequence[int], aspect: Aspect) -> Outline | None:
    """The sections below the heading that passages share, each with its telling sentence; None unless it has several.

    Args:
        retrieval: what was found.
        members: places in `Retrieval.quotable`, in the document's order.
        aspect: what is asked.
    """
    levels = zip(*(retrieval.quotable[place].chunk.section for place in members), strict=False)
    shared = tuple(names[0] for names in takewhile(lambda names: len(set(names)) == 1, levels))
    chapter = _Chapter(shared, tuple(members), 1.0, 1.0)
    return _outline(retrieval.quotable, chapter, _known(retrieval, aspect), bare=False)


def _outline(passages: Sequence[Passage], chapter: _Chapter, words: frozenset[str], *, bare: bool) -> Outline | None:
    """A chapter's sections, if it has several; most of them with a sentence unless they may be `bare` entries."""
    branches = _branches(passages, chapter, words)
    entries = sum(branch.entry for branch in branches)
    if len(branches) < _LEAST_BRANCHES or (entries > len(branches) / 2 and not bare):
        return None
    return Outline(heading=clean_heading(chapter.path[-1]), branches=branches)


def read(retrieval: Retrieval, aspect: Aspect) -> dict[int, Passage]:
    """What an answer is sought in: the passages found, and the siblings whose own heading names what is asked for."""
    words = _known(retrieval, aspect)
    first = len(retrieval.passages)
    wanted = aspect.kind in {Kind.LIST, Kind.REASON} or heading_answers(aspect.text, aspect.text)
    named = {
        first + place: each
        for place, each in enumerate(retrieval.siblings)
        if words
        and (wanted or _share(words, each.chunk.section[-1:]) == 1.0)
        and each.document.language is retrieval.language
        and _is_named(each, aspect, words)
    }
    return dict(enumerate(retrieval.passages)) | named


def _is_named(passage: Passage, aspect: Aspect, words: frozenset[str]) -> bool:
    heading = passage.chunk.section[-1:]
    cued = bool(heading) and heading_answers(aspect.text, heading[0])
    told = _share(words, (passage.document.title, *passage.chunk.section))
    if cued:
        return told >= _CUED_PATH_SHARE or aspect.terms[-1] in words_of(heading[0])
    return told >= _PATH_SHARE and _share(words, heading) >= _HEADING_SHARE


def _asks_overview(aspect: Aspect) -> bool:
    asks = bool(_OVERVIEW.search(aspect.text))
    return aspect.kind is Kind.PLAIN and size_of(_OVERVIEW.sub(" ", aspect.text)) <= (2 * _SHORT if asks else _SHORT)


def _known(retrieval: Retrieval, aspect: Aspect) -> frozenset[str]:
    """The words of the question that the passages hold; without those that only ask for an introduction."""
    held = words_of("\n".join(" ".join((*each.chunk.section, each.chunk.text)) for each in retrieval.passages))
    return words_of(_OVERVIEW.sub(" ", aspect.text)) & held & frozenset(aspect.terms)


def _chapters(retrieval: Retrieval, words: frozenset[str]) -> list[_Chapter]:
    """Every heading above the best passages in the language of the question; another language names nothing alike."""
    own = [each for each in retrieval.passages[:_JUDGED] if each.document.language is retrieval.language]
    found: dict[tuple[str, tuple[str, ...]], _Chapter] = {}
    for passage in own:
        for depth in range(1, len(passage.chunk.section) + 1):
            path = passage.chunk.section[:depth]
            if (passage.document.id, path) not in found:
                members = _members(retrieval.quotable, passage, path)
                named, told = _share(words, path[-1:]), _share(words, (passage.document.title, *path))
                found[passage.document.id, path] = _Chapter(path, members, named, told)
    return list(found.values())


def _members(passages: Sequence[Passage], of: Passage, path: tuple[str, ...]) -> tuple[int, ...]:
    inside = [
        index
        for index, each in enumerate(passages)
        if each.document.id == of.document.id and each.chunk.section[: len(path)] == path
    ]
    return tuple(sorted(inside, key=lambda index: passages[index].chunk.position))


def _share(words: frozenset[str], headings: Sequence[str]) -> float:
    return len(words & words_of(" ".join(headings))) / len(words)


def _answers(passages: Sequence[Passage], chapter: _Chapter, asked: _Asked) -> bool:
    """Whether a heading names what is asked for, and leaves it to none of its sections."""
    if any(len(passages[n].chunk.section) == len(chapter.path) and _is_manifold(passages[n]) for n in chapter.members):
        return False
    if heading_answers(asked.aspect.text, asked.aspect.text):
        return heading_answers(asked.aspect.text, chapter.path[-1]) and chapter.told >= _CUED_PATH_SHARE
    if chapter.named < _HEADING_SHARE or chapter.told < _PATH_SHARE:
        return False
    return asked.overview or (asked.aspect.kind is not Kind.PLAIN and _is_about(passages, chapter, asked))


def _is_about(passages: Sequence[Passage], chapter: _Chapter, asked: _Asked) -> bool:
    """Whether the heading holds the word that a question ends with and every name, and no section below is nearer."""
    terms = asked.aspect.terms
    if terms[-1] not in words_of(chapter.path[-1]) or len(asked.words) < len(terms) / 2:
        return False
    if not {term for term in terms if term.isascii()} <= words_of(" ".join(chapter.path)):
        return False
    below = {passages[n].chunk.section[len(chapter.path) :][:1] for n in chapter.members} - {()}
    return all(_share(asked.words, heading) < 0.5 * chapter.named for heading in below)


def _is_manifold(passage: Passage) -> bool:
    """Whether the text directly below a heading is a list or a table, which then is the answer itself."""
    return any(isinstance(block, (ListBlock, TableBlock)) for block in blocks_of(passage.chunk.text))


def _branches(passages: Sequence[Passage], chapter: _Chapter, words: frozenset[str]) -> tuple[Branch, ...]:
    found: dict[str, Branch] = {}
    for index in chapter.members:
        chunk = passages[index].chunk
        heading = "".join(chunk.section[len(chapter.path) :][:1])
        if not heading or heading in found:
            continue
        blocks = blocks_of(chunk.text)
        sentence = _gist(chunk.text, blocks, words | words_of(heading))
        span = sentence or _first_entry(chunk.text, blocks)
        if span:
            found[heading] = Branch(heading=clean_heading(heading), passage=index, span=span, entry=sentence is None)
    return tuple(found.values())


def _gist(text: str, blocks: Sequence[Block], words: frozenset[str]) -> Span | None:
    """The sentence that says most about its heading and the question, an early one before a late one."""
    sentences = [span for block in blocks if isinstance(block, Paragraph) for span in block.sentences]
    telling = [(place, span) for place, span in enumerate(sentences) if stands_alone(slice_of(text, span))]
    if not telling:
        return None
    return max(telling, key=lambda each: len(words_of(slice_of(text, each[1])) & words) - 0.8 * each[0])[1]


def _first_entry(text: str, blocks: Sequence[Block]) -> Span | None:
    lists = [block for block in blocks if isinstance(block, ListBlock)]
    if not lists:
        return None
    entry = lists[0].items[0]
    first = text[entry.body : entry.span.end].partition("\n")[0].rstrip()
    return Span(start=entry.body, end=entry.body + len(first))

"""Which texts a digest tells of: one version of each, none twice, those that matter to the reader first. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from rag.digest.reading import Reading
from rag.digest.values import Brief, Reader, Story
from rag.extract.words import words_of
from rag.types import Document, DocumentId, DocumentKind, Language

_WEIGHTS = {DocumentKind.TREND: 2.0, DocumentKind.CASE: 0.8, DocumentKind.DOCUMENT: 0.7}
"""Kinds that are told of: trends before all else, however fresh, for a case study tells of what is long past.

Pages of resources and risks are lists, which say nothing in two sentences.
"""

_SAME = 0.7
"""Share of the words of either from which two texts count as one; feeds repeat each other's news."""

_FRESH_DAYS = 45.0
_OF_A_KIND = 2
_HALF_A_YEAR = 183
_OPENING = frozenset({DocumentKind.TREND})


def candidates(documents: Iterable[Document], brief: Brief) -> list[list[Document]]:
    """The texts that may be told of, each with all of its versions, the one that suits the reader first."""
    texts: dict[str, list[Document]] = defaultdict(list)
    for each in documents:
        if each.kind in (_WEIGHTS if brief.news is not None or brief.since else _OPENING):
            texts[each.translation_of or each.id].append(each)
    found = []
    for versions in texts.values():
        fresh = [each for each in versions if _is_new(each, brief)]
        known = any(each.id in brief.told for each in versions)
        if fresh and not known:
            found.append(sorted(versions, key=lambda each: _foreign(each.language, brief.language)))
    return found


def weight(document: Document, brief: Brief, *, newest: dt.date) -> float:
    """How much a text deserves to be told, before anybody has read it."""
    aged = (newest - (document.date or newest)).days
    fresh = float(0.5 ** (max(0, aged) / _FRESH_DAYS))
    own = bool(brief.reader.topics & set(document.topics))
    foreign = _foreign(document.language, brief.language) > 0
    return _WEIGHTS.get(document.kind, 0.0) + fresh + 0.4 * own + _named(document, brief.reader) - 0.3 * foreign


def newest_of(documents: Iterable[Document], today: dt.date) -> dt.date:
    """The date that counts as new: of a library that nobody renews, that of its latest text."""
    dates = [each.date for each in documents if each.date and each.date <= today]
    return max(dates, default=today)


def stale(document: Document, newest: dt.date) -> bool:
    """Whether a text is too old for an opening issue."""
    return document.date is not None and (newest - document.date).days > 2 * _HALF_A_YEAR


def distinct(stories: Sequence[Story], readings: Sequence[Reading]) -> list[tuple[int, list[DocumentId]]]:
    """Places of the stories that differ, each with the documents of those that say the same, itself included."""
    kept: list[tuple[int, frozenset[str], str, list[DocumentId]]] = []
    for place, (story, reading) in enumerate(zip(stories, readings, strict=True)):
        words, link = words_of(reading.gist), story.document.url or ""
        twin = next((each for each in kept if (link and each[2] == link) or _alike(each[1], words)), None)
        if twin:
            twin[3].extend(story.versions)
        else:
            kept.append((place, words, link, [*story.versions]))
    return [(place, documents) for place, _, _, documents in kept]


def spread(groups: Sequence[Sequence[int]], kinds: Sequence[DocumentKind], *, most: int) -> list[list[int]]:
    """The first groups, each headed by its first member; of what is no trend, two of a kind while there is else."""
    ordered = [list(group) for group in sorted(groups, key=min)]
    taken: Counter[DocumentKind] = Counter()
    chosen: list[list[int]] = []
    surplus: list[list[int]] = []
    for group in ordered:
        kind = kinds[group[0]]
        taken[kind] += 1
        (surplus if kind is not DocumentKind.TREND and taken[kind] > _OF_A_KIND else chosen).append(group)
    return sorted([*chosen[:most], *surplus[: max(0, most - len(chosen))]], key=min)


def _is_new(document: Document, brief: Brief) -> bool:
    if brief.news is not None and document.id in brief.news:
        return True
    if brief.since is not None:
        return document.date is not None and document.date >= brief.since
    return brief.news is None


def _foreign(language: Language, wanted: Language) -> int:
    """0 for the reader's own language, 1 for English, 2 for any other."""
    return 0 if language is wanted else 1 if language is Language.EN else 2


def _named(document: Document, reader: Reader) -> float:
    """Whether the title or the facts of a case name what the reader is about."""
    about = words_of(reader.about)
    if not about:
        return 0.0
    case = document.case
    said = chain([document.title, *document.topics], (case.sector or "", case.stage or "") if case else ())
    return 0.5 * len(about & words_of(" ".join(said))) / len(about)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    least = min(len(one), len(other))
    return least > 3 and len(one & other) >= _SAME * max(len(one), len(other))

"""DigestBuilder: from what is new to a few themes, the questions that were asked most, and those without an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.catalogue import LiveChunk
from rag.digest.authoring import Author, Written
from rag.digest.choosing import candidates, distinct, newest_of, spread, stale, weight
from rag.digest.likeness import Likeness, grouped
from rag.digest.reading import read
from rag.digest.themes import Advice, Numbering, Told, plain, quoted
from rag.digest.values import Brief, Digest, Group, Reader, Story, Theme
from rag.follow_ups import continues
from rag.language import detect_language
from rag.types import Document, DocumentId, DocumentKind, Language, Scope

_READ = 60
"""Texts that are read; of more, those that weigh most."""

_COMPARED = 24
_TOGETHER, _SAME_QUESTION = 0.55, 0.6
"""Mean likeness from which two texts are one theme, and two questions one question."""

_ADVISES = 0.3
"""Likeness from which another text's advice is worth passing on."""

_FEWEST = 3
_CHUNKS = range(40)
_MEMBERS = 4
_QUESTIONS = 200
_GROUPS = 3
_QUESTION_CHARACTERS = 140


class DigestShelf(Protocol):
    """What is read of the catalogue."""

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """Documents that a reader may see. Raises StorageFailed."""
        ...

    async def chunks_at(
        self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope
    ) -> dict[DocumentId, tuple[LiveChunk, ...]]:
        """Their texts, by position. Raises StorageFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The texts to tell of, the best first, the documents that they stand for, and how many there are besides."""

    told: tuple[Told, ...]
    stands_for: tuple[tuple[DocumentId, ...], ...]
    beyond: int


class DigestBuilder:
    """Builds digests. `author` writes themes where there is a model; without one they are quoted."""

    def __init__(self, shelf: DigestShelf, likeness: Likeness, author: Author | None = None) -> None:
        self._shelf = shelf
        self._likeness = likeness
        self._author = author

    async def build(self, brief: Brief) -> Digest:
        """A digest. Raises StorageFailed."""
        found = await self._found(brief)
        groups = await self._themes(found.told, brief)
        numbers = Numbering()
        advice = await self._advice([found.told[group[0]] for group in groups], brief)
        members = [[found.told[place] for place in group[:_MEMBERS]] for group in groups]
        themes = await self._written(members, advice, numbers, brief)
        tells = {document for group in groups for place in group for document in found.stands_for[place]}
        return Digest(
            language=brief.language,
            themes=tuple(themes),
            citations=tuple(numbers.citations.values()),
            asked=await self._asked(brief.asked, brief.language, fewest=2),
            unanswered=await self._asked(brief.unanswered, brief.language, fewest=1),
            more=found.beyond + len(found.told) - sum(len(group) for group in groups),
            opening=brief.news is None and brief.since is None,
            tells=frozenset(tells),
        )

    async def _found(self, brief: Brief) -> _Found:
        documents = await self._shelf.documents(brief.scope)
        texts = candidates(documents, brief)
        newest = newest_of([each for versions in texts for each in versions], brief.today)
        if brief.news is None and brief.since is None:
            texts = [versions for versions in texts if not stale(versions[0], newest)]
        texts.sort(key=lambda versions: (-weight(versions[0], brief, newest=newest), versions[0].title))
        stories = await self._stories(texts[:_READ], brief)
        told = [Told(story=story, reading=read(story)) for story in stories]
        told = [each for each in told if each.reading.happens]
        kept = distinct([each.story for each in told], [each.reading for each in told])
        order = await self._order([told[place] for place, _ in kept], brief)
        chosen = [kept[place] for place in order]
        return _Found(
            told=tuple(told[place] for place, _ in chosen),
            stands_for=tuple(tuple(documents) for _, documents in chosen),
            beyond=max(0, len(texts) - _READ),
        )

    async def _stories(self, texts: Sequence[Sequence[Document]], brief: Brief) -> list[Story]:
        wanted = {versions[0].id: _CHUNKS for versions in texts}
        chunks = await self._shelf.chunks_at(wanted, scope=brief.scope)
        news = brief.news or {}
        return [
            Story(
                document=versions[0],
                chunks=tuple(live.chunk for live in chunks.get(versions[0].id, ())),
                versions=tuple(each.id for each in versions),
                changed=all(news.get(each.id, True) for each in versions) and brief.news is not None,
            )
            for versions in texts
        ]

    async def _order(self, told: Sequence[Told], brief: Brief) -> list[int]:
        """Places by weight, in which the reader's own words count as much as freshness does."""
        newest = newest_of([each.story.document for each in told], brief.today)
        weights = [weight(each.story.document, brief, newest=newest) for each in told]
        if brief.reader.about and told:
            near = await self._likeness.between([each.reading.gist for each in told], [brief.reader.about])
            low, high = float(near.min()), float(near.max())
            fits = (near[:, 0] - low) / (high - low) if high > low else near[:, 0] * 0
            weights = [own + float(fit) for own, fit in zip(weights, fits, strict=True)]
        return sorted(range(len(told)), key=lambda place: -weights[place])

    async def _themes(self, told: Sequence[Told], brief: Brief) -> list[list[int]]:
        gists = [each.reading.gist for each in told[:_COMPARED]]
        groups = grouped(await self._likeness.between(gists, gists), least=_TOGETHER)
        if len(groups) < _FEWEST <= len(gists):
            groups = [[place] for place in range(len(gists))]
        kinds = [each.story.document.kind for each in told]
        return spread(groups, kinds, most=brief.themes)

    async def _advice(self, leads: Sequence[Told], brief: Brief) -> list[Advice | None]:
        """What follows for the reader of each theme: from its own text, else from the nearest trend note."""
        known = await self._known_advice(leads, brief)
        return [await self._chosen(lead, brief.reader) or await self._nearest(lead, known) for lead in leads]

    async def _chosen(self, lead: Told, reader: Reader) -> Advice | None:
        quotes = lead.reading.means
        if not quotes:
            return None
        best = 0
        if reader.about and len(quotes) > 1:
            near = await self._likeness.between([reader.about], [quote.text for quote in quotes])
            best = int(np.argmax(near[0]))
        return Advice(story=lead.story, quote=quotes[best])

    async def _known_advice(self, leads: Sequence[Told], brief: Brief) -> list[Advice]:
        if all(lead.reading.means for lead in leads):
            return []
        documents = await self._shelf.documents(brief.scope)
        own = [
            each
            for each in documents
            if each.kind is DocumentKind.TREND and each.language is brief.language and not each.url
        ]
        stories = await self._stories([[each] for each in own[:_READ]], brief)
        return [Advice(story=story, quote=quote) for story in stories for quote in read(story).means]

    async def _nearest(self, lead: Told, known: Sequence[Advice]) -> Advice | None:
        if not known:
            return None
        near = await self._likeness.between([lead.reading.gist], [_advised(each) for each in known])
        best = int(np.argmax(near[0]))
        return known[best] if near[0, best] >= _ADVISES else None

    async def _written(
        self, themes: Sequence[Sequence[Told]], advice: Sequence[Advice | None], numbers: Numbering, brief: Brief
    ) -> list[Theme]:
        drafts = await asyncio.gather(
            *(self._draft(told, own, brief) for told, own in zip(themes, advice, strict=True))
        )
        finished = []
        for told, own, draft in zip(themes, advice, drafts, strict=True):
            if draft is None:
                finished.append(quoted(told, own, numbers, today=brief.today))
            else:
                finished.append(draft.theme(told, own, numbers, brief))
        return finished

    async def _draft(self, told: Sequence[Told], advice: Advice | None, brief: Brief) -> Written | None:
        return None if self._author is None else await self._author.write(told, advice, brief)

    async def _asked(self, texts: Sequence[str], language: Language, *, fewest: int) -> tuple[Group, ...]:
        """Questions that mean the same, the most frequent first; of each group the one nearest to all others.

        One in the reader's language comes before all others. Follow-ups are left out: alone, they ask nothing.
        """
        whole = [text for text in texts[:_QUESTIONS] if not continues(text)]
        lines = [line for text in whole if (line := plain(text, most=_QUESTION_CHARACTERS))]
        if not lines:
            return ()
        alike = await self._likeness.between(lines, lines)
        groups = [group for group in grouped(alike, least=_SAME_QUESTION) if len(group) >= fewest]
        groups.sort(key=lambda group: (-len(group), group[0]))

        def speaks(group: list[int]) -> str:
            own = [place for place in group if detect_language(lines[place]) is language] or group
            return lines[max(own, key=lambda place: float(alike[place, group].sum()))]

        return tuple(Group(text=speaks(group), count=len(group)) for group in groups[:_GROUPS])


def _advised(advice: Advice) -> str:
    """Advice with what it is about, for a sentence alone may not say that."""
    return f"{advice.story.document.title} {advice.quote.text}"

"""A theme told in the library's own words: what needs no model, and what stays where a model's words do not hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.citations import with_marks
from rag.digest.reading import Quote, Reading, clipped, headed
from rag.digest.values import Also, Story, Theme
from rag.types import Citation, Document, DocumentId, Language
from rag.writing.neutral import Library, neutral, stems

_ALSO = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story with what was read of it."""

    story: Story
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What follows for a founder, from the theme's own text or from another one of the library."""

    story: Story
    quote: Quote


@dataclass(kw_only=True)
class Numbering:
    """Numbers documents by first appearance, over a whole digest."""

    citations: dict[DocumentId, Citation] = field(default_factory=dict)

    def number(self, story: Story, quote: Quote | None) -> int:
        """The number of a story's document; its citation quotes what is cited first."""
        known = self.citations.get(story.document.id)
        if known is None:
            chunk = None if quote is None or quote.chunk is None else story.chunks[quote.chunk]
            known = Citation(
                number=len(self.citations) + 1,
                document=story.document,
                section=chunk.section if chunk else (),
                page=None,
                quote=quote.text if quote else story.document.title,
            )
            self.citations[story.document.id] = known
        return known.number


def quoted(members: Sequence[Told], advice: Advice | None, numbers: Numbering, *, today: dt.date) -> Theme:
    """A theme of one or several stories, the first of which heads it."""
    lead = members[0]
    library = library_of([member.story.document for member in members])

    def cited(story: Story, quote: Quote) -> str:
        text = neutral(clipped(quote.text, story.document.language), library).strip()
        return with_marks(text, [numbers.number(story, quote)]) if text else ""

    head = headed(lead.reading, today=today, language=lead.story.document.language)
    sentences = [cited(lead.story, quote) for quote in head.beneath]
    timely = head.dated
    fact = cited(lead.story, timely.quote) if timely else ""
    why = cited(advice.story, advice.quote) if advice else ""
    return Theme(
        headline=neutral(head.headline, library).strip(),
        text=_joined(sentences, lead.story.document.language),
        fact=fact,
        ahead=timely is not None and timely.day > today,
        why=why,
        link=lead.story.document.url or "",
        document=lead.story.document,
        changed=lead.story.changed,
        also=tuple(_also(member, numbers, library) for member in members[1 : 1 + _ALSO]),
    )


def library_of(documents: Sequence[Document], *, text: str = "") -> Library:
    """What may stay of addresses in a text: those of the documents themselves."""
    return Library(addresses=stems(frozenset(each.url for each in documents if each.url)), text=text)


def plain(text: str, *, most: int) -> str:
    """A line that somebody wrote, without what a chat would act on, and not too long."""
    line = " ".join(neutral(text, Library(addresses=frozenset(), text="")).split())
    return line if len(line) <= most else line[: most - 2].rstrip() + " …"


def _also(member: Told, numbers: Numbering, library: Library) -> Also:
    first = next(iter(member.reading.happens), None)
    title = neutral(member.reading.headline, library).strip()
    return Also(title=title, number=numbers.number(member.story, first))


def _joined(sentences: Sequence[str], language: Language) -> str:
    return ("" if language in {Language.ZH, Language.JA} else " ").join(filter(None, sentences))

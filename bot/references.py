"""How a source is named under an answer: title · section · p. N, in the reader's language, with its address apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.wording import Say, Wording
from rag.pages import format_pages
from rag.types import Answer, Citation, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One line of a list of sources. `place` is plain text that a platform escapes; `url` is "" where there is none."""

    number: int
    place: str
    url: str
    source: str

    @property
    def characters(self) -> int:
        """About how long the line gets, with its number and the marks of a link."""
        return len(self.place) + len(self.url) + len(str(self.number)) + len(" · []()") + 3


def references(citations: Iterable[Citation], wording: Wording, language: Language) -> tuple[Reference, ...]:
    """The sources of an answer by number, made-up companies marked as such."""
    return tuple(
        Reference(
            number=citation.number,
            place=_place(citation, wording, language),
            url=citation.document.url or "",
            source=citation.document.source,
        )
        for citation in sorted(citations, key=lambda citation: citation.number)
    )


def as_file(answer: Answer, wording: Wording) -> str:
    """An answer and its sources as one Markdown file."""
    cited = references(answer.citations, wording, answer.language)
    lines = [f"{each.number}. {each.place}{f' <{each.url}>' if each.url else ''}" for each in cited]
    title = f"## {wording.say(Say.SOURCES, answer.language)}"
    return "\n".join([answer.text, *(["", title, "", *lines] if lines else []), ""])


def place_of(title: str, section: Sequence[str], pages: Sequence[int], *, wording: Wording, language: Language) -> str:
    """Where a passage stands: title · section › section · p. N; a heading that only repeats the title is left out."""
    path = " › ".join(heading for heading in section if heading != title)
    page = wording.say(Say.PAGE, language, page=format_pages(pages)) if pages else ""
    return " · ".join(" ".join(part.split()) for part in (title, path, page) if part)


def _place(citation: Citation, wording: Wording, language: Language) -> str:
    document = citation.document
    place = place_of(document.title, citation.section, citation.pages, wording=wording, language=language)
    if document.case is not None and document.case.illustrative:
        return f"{place} · {wording.say(Say.ILLUSTRATIVE, language)}"
    return place

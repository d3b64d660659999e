"""Questions that a document's author has put beside its headings: each goes to the chunks of its section.

A reader asks in words that the section may not hold. They are searched as the section's own, and never shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.ingest.blocks import comparable
from rag.types import Chunk

STEP = ">"
"""Between the headings of a path, where one heading stands in several places: `Risks > First day`."""


def with_questions(
    chunks: Sequence[Chunk], questions: Mapping[str, Sequence[str]], *, title: str
) -> tuple[tuple[Chunk, ...], tuple[str, ...]]:
    """The chunks with the questions of their sections, and the headings that name no section of the document.

    A heading that only holds others gives its questions to the first chunk below it. One that stands in several places
    names none of them unless it is written with those above it, as far up as tells the place.

    Args:
        chunks: the document's chunks in reading order.
        questions: the questions by heading.
        title: the document's title, under which stands what has no heading.
    """
    sections = [tuple(map(comparable, chunk.section or (title,))) for chunk in chunks]
    asked: dict[int, list[str]] = {}
    unknown = []
    for heading, texts in questions.items():
        places = _places(sections, _path(heading))
        if not places:
            unknown.append(heading)
        for place in places:
            asked.setdefault(place, []).extend(texts)
    return tuple(
        replace(chunk, questions=tuple(dict.fromkeys(asked[n]))) if n in asked else chunk
        for n, chunk in enumerate(chunks)
    ), tuple(unknown)


def _path(heading: str) -> tuple[str, ...]:
    """The headings of a path; a heading may hold the sign itself, so that the whole is one, too."""
    return tuple(comparable(part) for part in heading.split(STEP))


def _places(sections: Sequence[tuple[str, ...]], path: tuple[str, ...]) -> list[int]:
    """The chunks of the one section that a path names; none where there is no such section, or more than one."""
    whole = ("".join(path),)
    named: dict[tuple[str, ...], list[int]] = {}
    for number, section in enumerate(sections):
        for depth in range(1, len(section) + 1):
            if section[:depth][-len(path) :] == path or section[depth - 1 : depth] == whole:
                named.setdefault(section[:depth], []).append(number)
    if len(named) != 1:
        return []
    ((section, below),) = named.items()
    own = [number for number in below if sections[number] == section]
    return own or below[:1]

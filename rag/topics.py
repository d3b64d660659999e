"""What a library holds near a question, as a refusal names it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.headings import clean_heading
from rag.types import DocumentKind, Language, Passage

_TOPICS = 3


def topics_of(passages: Sequence[Passage], language: Language) -> tuple[str, ...]:
    """What the library does hold near the question, in the question's language where there is any."""
    own = [passage for passage in passages if passage.document.language == language] or list(passages)
    paths = [_path(passage) for passage in own]
    places = Counter(path[-1] for path in dict.fromkeys(paths))
    # A heading that stands in several places, such as "Contingency plan", tells nothing without the one above it.
    headings = (path[-2] if places[path[-1]] > 1 and len(path) > 1 else path[-1] for path in paths)
    return tuple(dict.fromkeys(map(clean_heading, headings)))[:_TOPICS]


def _path(passage: Passage) -> tuple[str, ...]:
    """The headings of a passage down to the last that tells something without those above it.

    Every case has its "Lessons", every risk its "Contingency plan": there the case's own title counts, the risk's name.
    """
    title, section = passage.document.title, passage.chunk.section
    match passage.document.kind:
        case DocumentKind.CASE | DocumentKind.TREND:
            return (title,)
        case DocumentKind.RISK:
            return (title, *section[:2])
    return (title, *section)

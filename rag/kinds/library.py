"""Reads the texts of the shipped library, each held to what its kind demands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.errors import UnreadableDocument
from rag.kinds.case import CaseHead
from rag.kinds.document import DocumentHead, Head
from rag.kinds.loading import checked, parse_yaml
from rag.kinds.trend import TrendHead
from rag.types import DocumentKind, Language

_FRONT_MATTER = re.compile(r"---\n(.*?)^---\n+", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


class ResourcesHead(Head):
    """The front matter of a page of resources."""

    kind: Literal[DocumentKind.RESOURCE]


class RisksHead(Head):
    """The front matter of a page of risks."""

    kind: Literal[DocumentKind.RISK]


_HEADS: Mapping[str, type[Head]] = {
    DocumentKind.DOCUMENT: DocumentHead,
    DocumentKind.CASE: CaseHead,
    DocumentKind.TREND: TrendHead,
    DocumentKind.RESOURCE: ResourcesHead,
    DocumentKind.RISK: RisksHead,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryText:
    """One text of the library: the path below the library's folder, the front matter, and the Markdown after it."""

    source: str
    head: Head
    body: str

    @property
    def headings(self) -> tuple[tuple[int, str], ...]:
        """Level and words of each heading, in reading order."""
        prose = _FENCED.sub("", self.body)
        return tuple((len(marks), words.strip()) for marks, words in _HEADING.findall(prose))


def load_library(folder: Path) -> tuple[LibraryText, ...]:
    """All texts of a library, ordered by language and name.

    Raises:
        UnreadableDocument: a text has no front matter, or one that its kind forbids, or stands in the wrong place.
    """
    return tuple(load_text(path, folder) for path in sorted(folder.glob("*/*.md")))


def load_text(path: Path, folder: Path) -> LibraryText:
    """One text of the library in `folder`; raises as `load_library` does."""
    source = path.relative_to(folder).as_posix()
    text = path.read_text("utf-8")
    found = _FRONT_MATTER.match(text)
    if found is None:
        remedy = "begin the file with a line '---', the keys, and another line '---'"
        raise UnreadableDocument(source, problem="the front matter is missing", remedy=remedy)
    head = _head(parse_yaml(found[1], source, first_line=2), source)
    _check_place(head, path, source)
    loaded = LibraryText(source=source, head=head, body=text[found.end() :])
    _check_sections(loaded)
    return loaded


def _head(fields: object, source: str) -> Head:
    kind = fields.get("kind") if isinstance(fields, Mapping) else None
    model = _HEADS.get(str(kind), Head)
    return checked(model, fields, source=source, where="front matter")


def _check_place(head: Head, path: Path, source: str) -> None:
    if (head.language, head.id) != (path.parent.name, path.stem):
        problem = f"front matter: language {head.language.value!r} and id {head.id!r} do not fit the place of the file"
        raise UnreadableDocument(source, problem=problem, remedy=f"write {path.parent.name!r} and {path.stem!r}")


def _check_sections(text: LibraryText) -> None:
    """Whether the headings that the kind demands are there, in their order."""
    wanted = text.head.sections.get(Language(text.head.language), ())
    found = [words for level, words in text.headings if level == 2 and words in wanted]
    if tuple(found) != wanted:
        problem = f"of the sections {wanted!r} it has {tuple(found)!r}"
        raise UnreadableDocument(text.source, problem=problem, remedy="write each once, in this order, with '## '")

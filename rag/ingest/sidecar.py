"""Sidecars: what an author says of a file that has no place for front matter, in a TOML file beside it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import PurePath

from rag.errors import UnreadableDocument
from rag.ingest.frontmatter import FrontMatter, validated

SUFFIX = ".meta.toml"
_KEYS = frozenset({*FrontMatter.model_fields, "license"})


def sidecar_names(name: str) -> Iterator[str]:
    """The names that a file's sidecar may have, the first that exists being it: `a.pdf.meta.toml`, `a.meta.toml`."""
    yield name + SUFFIX
    yield PurePath(name).stem + SUFFIX


def parse_sidecar(data: bytes, source: str) -> FrontMatter:
    """What a sidecar says, in the keys of front matter.

    A key that is not known is refused, other than in front matter, which other programs read as well: a misspelt
    `audience` would show a private document to everyone.

    Raises:
        UnreadableDocument: the file is no TOML, or a key or its value cannot be.
    """
    try:
        fields = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problem = f"the metadata file is not valid TOML ({error})"
        raise UnreadableDocument(source, problem=problem, remedy='write lines such as title = "Our plan"') from error
    if unknown := [key for key in fields if key not in _KEYS]:
        problem = f"the metadata file has the unknown key {unknown[0]!r}"
        raise UnreadableDocument(source, problem=problem, remedy="use only " + ", ".join(FrontMatter.model_fields))
    plain = {key: value.date() if isinstance(value, dt.datetime) else value for key, value in fields.items()}
    return validated(plain, source, where="metadata file")


def merged(own: FrontMatter, beside: FrontMatter) -> FrontMatter:
    """What both say of a document; where they differ, the sidecar is right."""
    return own.model_copy(update={key: getattr(beside, key) for key in beside.model_fields_set})

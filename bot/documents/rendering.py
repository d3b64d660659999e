"""What a document from the chat looks like on disk. Pure."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Final

import yaml

from bot.document_records import ShelfVersion
from bot.expert_cards import one_line
from rag.types import PUBLIC

TITLE_CHARACTERS: Final = 120
SIDECAR: Final = ".meta.toml"

_UNFIT = re.compile(r"[^\w\- ]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_MARKUP = re.compile(r"^[\s#>*_\-+`\d.)]*|[*_`]+")
_STEM = 60


def readers_of(audience: frozenset[str]) -> tuple[str, ...]:
    """The labels of a document: those of the channel. One that holds any besides the public one is not public."""
    return tuple(sorted(audience - {PUBLIC})) or (PUBLIC,)


def titled(text: str) -> str:
    """A title: one line of at most `TITLE_CHARACTERS`."""
    return one_line(_CONTROL.sub(" ", text), TITLE_CHARACTERS)


def title_of_text(text: str) -> str:
    """What a text is called whose title must not be had: its own first line."""
    lines = (_MARKUP.sub("", line).strip() for line in text.splitlines())
    return titled(next((line for line in lines if line), "")) or "…"


def stem_of(name: str, unique: str) -> str:
    """A file's name on the shelf, without a suffix: letters, digits and dashes of its own name, and something unique.

    It holds no dot, so that a later version of another format has the same stem.
    """
    own = _UNFIT.sub("-", PurePath(name.replace("\\", "/")).stem).strip("- .")[:_STEM].strip("- ")
    return f"{own or 'document'}-{unique[:8]}"


def answer_text(version: ShelfVersion, answer: str) -> str:
    """The Markdown of an expert's answer, with front matter; the expert's text stands as it was written."""
    front = {
        "title": version.title,
        "kind": version.kind.value,
        "language": version.language.value,
        "topics": ["experts"],
        "date": version.at.date().isoformat(),
        "audience": list(readers_of(version.audience)),
    }
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
    # Whose it is stands in the store alone, where it can be deleted.
    return f"---\n{head}---\n\n# {version.title}\n\n{answer.strip()}\n"


def sidecar_text(version: ShelfVersion) -> str:
    """The metadata file of an upload. What it says comes before what the file says of itself."""
    fields = {
        "title": version.title,
        "kind": version.kind.value,
        "language": version.language.value,
        "audience": list(readers_of(version.audience)),
    }
    # A string of JSON is one of TOML, but for the one control character that JSON leaves as it is.
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())
    return "\n".join(lines).replace("\x7f", "\ufffd") + "\n"

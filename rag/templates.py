"""Prompts for language models: Markdown files in `prompts/`, checked at the start, each versioned by its hash.

A file `<name>.<language>.md` consists of parts. A part begins behind a line such as `<!-- system -->`; names in braces
are filled in. The language is that of what the model is to write.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from rag.errors import InvalidSettings
from rag.placeholders import placeholders_in
from rag.types import Language

SENTINEL = "NOT_IN_SOURCES"
"""What a model is told to write, alone, where the passages hold no answer."""

_LANGUAGES = (Language.ZH, Language.EN)
_FALLBACK = Language.EN
_PART = re.compile(r"^<!-- ?([a-z_]+) ?-->[ \t]*\n?", re.MULTILINE)


class PromptName(StrEnum):
    """What a model is asked to do."""

    ANSWER = "answer"
    CONDENSE = "condense"
    TRANSLATE = "translate"
    DIGEST = "digest"
    SUGGEST = "suggest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt in one language; `version` changes with every character of its file."""

    name: PromptName
    language: Language
    version: str
    parts: Mapping[str, str]

    def text(self, part: str, **values: str) -> str:
        """A part with its variables filled in.

        Raises:
            KeyError: there is no such part, or a variable is missing.
        """
        return self.parts[part].format(**values)


class Templates:
    """Every prompt in every language that has prompts."""

    def __init__(self, prompts: Mapping[tuple[PromptName, Language], Prompt]) -> None:
        self._prompts = prompts

    def prompt(self, name: PromptName, language: Language) -> Prompt:
        """The prompt for what is written in a language; English for a language without prompts."""
        return self._prompts.get((name, language)) or self._prompts[name, _FALLBACK]


def load_templates(folder: Path) -> Templates:
    """Read and check `<name>.<language>.md` of every prompt, in Chinese and English.

    Raises:
        InvalidSettings: a file is missing, lacks a part, or uses other variables than the program fills in.
    """
    wanted = [(name, language) for name in PromptName for language in _LANGUAGES]
    return Templates({key: _load(folder / f"{key[0]}.{key[1]}.md", *key) for key in wanted})


def _load(path: Path, name: PromptName, language: Language) -> Prompt:
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:  # a decoder's error is a ValueError
        raise InvalidSettings(
            f"the prompt {path.name!r} cannot be read ({error}); install the package again"
        ) from error
    expected = _variables_of(name)
    parts = _parts(text, where=path.name)
    if parts.keys() != expected.keys():
        raise InvalidSettings(f"{path.name} has the parts {sorted(parts)!r}; expected {sorted(expected)!r}")
    for part, variables in expected.items():
        used = placeholders_in(parts[part], where=f"{path.name}: {part!r}")
        if used != variables:
            raise InvalidSettings(f"{path.name}: {part!r} uses {sorted(used)!r} but is given {sorted(variables)!r}")
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(name=name, language=language, version=version, parts=parts)


def _variables_of(name: PromptName) -> Mapping[str, set[str]]:
    """The parts that a prompt consists of, and what the program fills into each."""
    turn = {"question", "answer"}
    match name:
        case PromptName.ANSWER:
            return {
                "system": {"sentinel"},
                "passage": {"number", "heading", "text"},
                "turn": turn,
                "history": {"turns"},
                "reader": {"reader"},
                "user": {"passages", "history", "question"},
                "retry": set(),
            }
        case PromptName.CONDENSE:
            return {"system": set(), "turn": turn, "user": {"history", "question"}}
        case PromptName.TRANSLATE:
            return {"system": set(), "user": {"question"}}
        case PromptName.DIGEST:
            return {"system": {"sentinel"}, "entry": {"number", "heading", "text"}, "user": {"reader", "entries"}}
        case PromptName.SUGGEST:
            return {"system": set(), "user": {"question", "answer", "sections"}}
        case unknown:
            assert_never(unknown)


def _parts(text: str, *, where: str) -> dict[str, str]:
    head, *rest = _PART.split(text)
    if head.strip():
        raise InvalidSettings(f"{where} begins with {head.strip()[:30]!r}; begin it with a part: <!-- system -->")
    names, bodies = rest[::2], rest[1::2]
    if len(set(names)) < len(names):
        raise InvalidSettings(f"{where} has a part twice: {names!r}; join them")
    if empty := [name for name, body in zip(names, bodies, strict=True) if not body.strip()]:
        raise InvalidSettings(f"{where} has parts without text: {empty!r}; write them or install the package again")
    return {name: body.strip("\n") for name, body in zip(names, bodies, strict=True)}

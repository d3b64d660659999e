"""The texts that the core says in its own words: data in `prompts/`, checked at the start, versioned by hash."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.authorship import Notice
from rag.errors import InvalidSettings, RagError
from rag.placeholders import placeholders_in
from rag.types import Language

_FALLBACK = Language.EN
_VARIABLES: Mapping[str, frozenset[str]] = {
    "refusal_topics": frozenset({"topics"}),
    "other_language": frozenset({"original"}),
    "part_of_list": frozenset({"shown", "total"}),
    "part_missing": frozenset({"number"}),
}


class _Replies(BaseModel):
    """One language's file. Every text is required, so a new one cannot be forgotten in a language."""

    model_config = ConfigDict(extra="forbid")

    refusal: str
    refusal_topics: str
    refusal_hint: str
    refusal_own: str
    refusal_own_hint: str
    list_separator: str
    other_language: str
    part_of_list: str
    part_missing: str
    language_zh: str
    language_en: str
    language_ja: str
    language_ko: str
    language_und: str
    unsupported_mark: str
    without_model: str
    broken_off: str
    unsupported: str
    cached: str
    failures: dict[str, str]


@dataclass(frozen=True, slots=True)
class Replies:
    """The core's own sentences in every language that it has."""

    _texts: Mapping[Language, _Replies]
    version: str

    def text(self, key: str, language: Language, **values: str) -> str:
        """A sentence with its variables filled in; English where the language has no texts.

        Raises:
            AttributeError: there is no such text.
            KeyError: a variable is missing.
        """
        template: str = getattr(self._of(language), key)
        return template.format(**values)

    def failure(self, error: RagError, language: Language) -> str:
        """What a person may read of an error, in their language."""
        failures = self._of(language).failures
        return failures.get(type(error).__name__, failures["other"])

    def notice(self, notice: Notice, language: Language) -> str:
        """The line under an answer that says how it came about."""
        return self.text(notice.value, language)

    def _of(self, language: Language) -> _Replies:
        return self._texts.get(language) or self._texts[_FALLBACK]


def load_replies(folder: Path) -> Replies:
    """Read and check `replies.<language>.toml` of every language.

    Raises:
        InvalidSettings: a file is missing or broken, lacks a text, or uses other variables than the program fills in.
    """
    files = {_language(path): path for path in sorted(folder.glob("replies.*.toml"))}
    if _FALLBACK not in files:
        raise InvalidSettings(
            f"the prompts folder {str(folder)!r} lacks replies.{_FALLBACK}.toml; install the package again"
        )
    texts = {language: _checked(path) for language, path in files.items()}
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files.values()))
    return Replies(texts, digest.hexdigest()[:12])


def _language(path: Path) -> Language:
    code = path.name.split(".")[1]
    if code not in set(Language):
        raise InvalidSettings(f"{path.name}: {code!r} is none of the languages {', '.join(Language)}; rename the file")
    return Language(code)


def _checked(path: Path) -> _Replies:
    try:
        replies = _Replies.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:  # TOML's, the decoder's and pydantic's errors are ValueErrors
        raise InvalidSettings(f"{path.name} cannot be used: {error}") from error
    for key, text in replies.model_dump(exclude={"failures"}).items():
        used = placeholders_in(text, where=f"{path.name}: {key!r}")
        expected = _VARIABLES.get(key, frozenset())
        if used != expected:
            raise InvalidSettings(f"{path.name}: {key!r} uses {sorted(used)!r} but is given {sorted(expected)!r}")
    if "other" not in replies.failures:
        raise InvalidSettings(f"{path.name}: [failures] lacks 'other', the text for errors without one of their own")
    return replies

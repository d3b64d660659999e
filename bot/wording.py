"""Everything that the bot says in a chat in its own words: data in `prompts/`, in both languages, checked at start.

A text that is missing in a language, or that uses a name that nobody fills in, is found when the program opens.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.errors import InvalidSettings
from rag.language import detect_language
from rag.types import DocumentKind, Language

LANGUAGES = (Language.ZH, Language.EN)
"""The languages that the bot itself speaks; to all others it speaks English."""


class Say(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    SEARCHING = "searching"
    READING = "reading"
    WRITING = "writing"
    NEXT_IN_LINE = "next_in_line"
    WAITING_ONE = "waiting_one"
    WAITING_MANY = "waiting_many"
    SOURCES = "sources"
    PAGE = "page"
    ILLUSTRATIVE = "illustrative"
    ANSWER_IN_FILE = "answer_in_file"
    FILE_NAME = "file_name"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INTERRUPTED = "interrupted"
    UP = "up"
    DOWN = "down"
    WHY = "why"
    SHORTER = "shorter"
    REGENERATE = "regenerate"
    RETRY = "retry"
    STOP = "stop"
    THANKS = "thanks"
    WHAT_WAS_WRONG = "what_was_wrong"
    REASON_NOTED = "reason_noted"
    REASON_WRONG = "reason_wrong"
    REASON_OUTDATED = "reason_outdated"
    REASON_MISSING = "reason_missing"
    REASON_UNCLEAR = "reason_unclear"
    REASON_OTHER = "reason_other"
    REASON_FORM = "reason_form"
    REASON_TEXT = "reason_text"
    REASON_HINT = "reason_hint"
    SEND = "send"
    ANSWER_UNKNOWN = "answer_unknown"
    NOTHING_RATED = "nothing_rated"
    WHY_TITLE = "why_title"
    WHY_UNCITED = "why_uncited"
    WHY_PASSAGES = "why_passages"
    WHY_PASSAGE = "why_passage"
    WHY_HIDDEN = "why_hidden"
    SHORTER_TITLE = "shorter_title"
    SHORTER_NONE = "shorter_none"
    QUIET = "quiet"
    LISTENING = "listening"
    NOTHING_TO_STOP = "nothing_to_stop"
    HELP_INTRO = "help_intro"
    HELP_COMMANDS = "help_commands"
    HELP_ALIASES = "help_aliases"
    HELP_FOLLOW_UPS = "help_follow_ups"
    HELP_OF_COMMAND = "help_of_command"
    UNKNOWN_COMMAND = "unknown_command"
    NEAREST_COMMAND = "nearest_command"
    KNOWN_COMMANDS = "known_commands"
    MISSING_ARGUMENT = "missing_argument"
    WRONG_CHOICE = "wrong_choice"
    NO_ARGUMENTS = "no_arguments"
    UNKNOWN_ARGUMENT = "unknown_argument"
    UNKNOWN_ACTION = "unknown_action"
    NOT_ALLOWED = "not_allowed"
    LIST_SEPARATOR = "list_separator"
    LIBRARY_EMPTY = "library_empty"
    LIBRARY_COUNTS = "library_counts"
    LIBRARY_TOPICS = "library_topics"
    LIBRARY_MORE = "library_more"
    LIBRARY_NONE = "library_none"
    LIBRARY_HINT = "library_hint"


_BLANKS: Mapping[Say, frozenset[str]] = {
    Say.READING: frozenset({"passages"}),
    Say.WAITING_MANY: frozenset({"ahead"}),
    Say.PAGE: frozenset({"page"}),
    Say.FAILED: frozenset({"reason"}),
    Say.REASON_NOTED: frozenset({"reason"}),
    Say.WHY_PASSAGE: frozenset({"place", "score"}),
    Say.HELP_ALIASES: frozenset({"aliases"}),
    Say.HELP_OF_COMMAND: frozenset({"usage", "description"}),
    Say.UNKNOWN_COMMAND: frozenset({"command"}),
    Say.NEAREST_COMMAND: frozenset({"usage"}),
    Say.KNOWN_COMMANDS: frozenset({"commands"}),
    Say.MISSING_ARGUMENT: frozenset({"command", "argument", "description"}),
    Say.WRONG_CHOICE: frozenset({"value", "argument", "choices"}),
    Say.NO_ARGUMENTS: frozenset({"command"}),
    Say.UNKNOWN_ARGUMENT: frozenset({"command", "argument"}),
    Say.LIBRARY_COUNTS: frozenset({"documents"}),
    Say.LIBRARY_TOPICS: frozenset({"topics"}),
    Say.LIBRARY_MORE: frozenset({"more"}),
    Say.LIBRARY_NONE: frozenset({"topic"}),
    Say.LIBRARY_HINT: frozenset({"usage"}),
}
"""What the program fills into each text; nothing where it is not named."""


class ArgumentWords(BaseModel):
    """How an argument of a command is called and explained in one language; `choices` are by their values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    choices: Mapping[str, str] = {}


class CommandWords(BaseModel):
    """How a command is called and explained in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    aliases: tuple[str, ...] = ()
    arguments: Mapping[str, ArgumentWords] = {}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    texts: dict[Say, str]
    kinds: dict[DocumentKind, str]
    commands: dict[str, CommandWords]


@dataclass(frozen=True, slots=True)
class Wording:
    """The bot's own words in every language that it speaks."""

    _files: Mapping[Language, _File]

    def say(self, text: Say, language: Language, **values: object) -> str:
        """A sentence with its blanks filled in; English where the language has no texts.

        Raises:
            KeyError: a value is missing.
        """
        return self._of(language).texts[text].format(**values)

    def kind(self, kind: DocumentKind, language: Language) -> str:
        """What documents of a kind are called."""
        return self._of(language).kinds[kind]

    def command(self, name: str, language: Language) -> CommandWords:
        """The words of a command by its identifier.

        Raises:
            InvalidSettings: no file names such a command.
        """
        words = self._of(language).commands.get(name)
        if words is None:
            raise InvalidSettings(f"prompts/bot.{language.value}.toml lacks [commands.{name}]; add it")
        return words

    def _of(self, language: Language) -> _File:
        return self._files.get(language) or self._files[Language.EN]


def load_wording(folder: Path) -> Wording:
    """Reads and checks `bot.<language>.toml` of both languages.

    Raises:
        InvalidSettings: a file is missing or broken, lacks a text, or uses other names than are filled in.
    """
    return Wording({language: _checked(folder / f"bot.{language.value}.toml") for language in LANGUAGES})


def _checked(path: Path) -> _File:
    try:
        file = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:  # TOML's, the decoder's and pydantic's errors are ValueErrors
        raise InvalidSettings(f"{path.name} cannot be used: {error}") from error
    lacking = [*(set(Say) - set(file.texts)), *(set(DocumentKind) - set(file.kinds))]
    if lacking:
        raise InvalidSettings(f"{path.name} lacks {', '.join(sorted(lacking))}; add the missing texts")
    for key, text in file.texts.items():
        used, filled = _blanks(text, where=f"{path.name}: {key.value!r}"), _BLANKS.get(key, frozenset())
        if used != filled:
            raise InvalidSettings(f"{path.name}: {key.value!r} uses {sorted(used)!r} but is given {sorted(filled)!r}")
    return file


def _blanks(text: str, *, where: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise InvalidSettings(
            f"{where} has a brace without its other half ({error}); write {{{{ for a brace"
        ) from error


def spoken(text: str, default: Language = Language.EN) -> Language:
    """The language in which the bot speaks to whoever wrote a text: Chinese or English, `default` where it is neither.

    Han characters or Latin words decide; a Japanese or Korean reader, and one who wrote signs alone, gets the default.
    """
    language = detect_language(text)
    return language if language in LANGUAGES else default

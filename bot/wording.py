"""Everything that the bot says in a chat in its own words: data in `prompts/`, in both languages, checked at start.

A text that is missing in a language, or that uses a name that nobody fills in, is found when the program opens.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.blanks import BLANKS, VOCABULARY
from bot.file_problems import ProblemWords, load_problem_words
from bot.risk_saying import RISK_BLANKS, RISK_VOCABULARY, RiskSay
from bot.saying import Say
from bot.saying_assess import ASSESS_BLANKS, AssessSay
from bot.saying_audit import AUDIT_VOCABULARY
from bot.saying_documents import DOCUMENT_BLANKS, DOCUMENT_VOCABULARY, DocSay
from bot.saying_experts import EXPERT_BLANKS, ExpertSay
from bot.saying_inputs import INPUT_BLANKS, INPUT_VOCABULARY, InputSay
from bot.saying_oversight import OVER_BLANKS, OverSay
from rag.errors import InvalidSettings
from rag.kinds.values import Stage
from rag.kinds.wording import STAGES
from rag.language import detect_language
from rag.placeholders import placeholders_in
from rag.types import DocumentKind, Language

__all__ = [
    "LANGUAGES",
    "ArgumentWords",
    "CommandWords",
    "RiskSay",
    "Say",
    "Sayable",
    "Wording",
    "load_wording",
    "spoken",
]

Sayable = Say | AssessSay | DocSay | ExpertSay | InputSay | OverSay | RiskSay
"""A sentence of any of the lists."""

_TEXTS: tuple[type[Say | AssessSay | DocSay | ExpertSay | InputSay | OverSay], ...] = (
    Say,
    AssessSay,
    DocSay,
    ExpertSay,
    InputSay,
    OverSay,
)

_TABLES = (BLANKS, ASSESS_BLANKS, DOCUMENT_BLANKS, EXPERT_BLANKS, INPUT_BLANKS, OVER_BLANKS)
_BLANKS: Mapping[Sayable, frozenset[str]] = {text: blanks for table in _TABLES for text, blanks in table.items()}

LANGUAGES = (Language.ZH, Language.EN)
"""The languages that the bot itself speaks; to all others it speaks English."""


_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿]) (?=[㐀-鿿])")

_TRANSLATED = tuple(language for language in LANGUAGES if language is not Language.EN)


class ArgumentWords(BaseModel):
    """How an argument of a command is called and explained in one language; `choices` are by their values.

    `also` are other words that people type for a choice, by its value; nothing lists them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    choices: Mapping[str, str] = {}
    also: Mapping[str, tuple[str, ...]] = {}


class CommandWords(BaseModel):
    """How a command is called and explained in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    aliases: tuple[str, ...] = ()
    arguments: Mapping[str, ArgumentWords] = {}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    texts: dict[Say | AssessSay | DocSay | ExpertSay | InputSay | OverSay, str]
    risks: dict[RiskSay, str]
    kinds: dict[DocumentKind, str]
    words: dict[str, dict[str, str]]
    synonyms: dict[str, dict[str, tuple[str, ...]]] = {}
    commands: dict[str, CommandWords]


@dataclass(frozen=True, slots=True)
class Wording:
    """The bot's own words in every language that it speaks."""

    _files: Mapping[Language, _File]
    _problems: Mapping[Language, ProblemWords]

    def say(self, text: Sayable, language: Language, **values: object) -> str:
        """A sentence with its blanks filled in; English where the language has no texts.

        Raises:
            KeyError: a value is missing.
        """
        file = self._of(language)
        said = file.risks[text] if isinstance(text, RiskSay) else file.texts[text]
        return said.format(**values)

    def problem(self, sentence: str, language: Language) -> str:
        """What a reader of files says of one, in another language; English where that has no words for it."""
        words = self._problems.get(language)
        return words.said(sentence) if words else sentence

    def kind(self, kind: DocumentKind, language: Language) -> str:
        """What documents of a kind are called."""
        return self._of(language).kinds[kind]

    def word(self, group: str, key: str, language: Language) -> str:
        """A word of a closed set, such as the outcome of a case; `bot.blanks.VOCABULARY` holds all sets."""
        return self._of(language).words[group][key]

    def words(self, group: str, language: Language) -> Mapping[str, str]:
        """All words of a closed set by their keys."""
        return self._of(language).words[group]

    def synonyms(self, group: str) -> Mapping[str, str]:
        """Other words that people of any language type for those of a closed set, with the keys; nothing lists them."""
        told = [self._of(language).synonyms.get(group, {}) for language in LANGUAGES]
        return {word.casefold(): key for each in told for key, words in each.items() for word in words}

    def command(self, name: str, language: Language) -> CommandWords:
        """The words of a command by its identifier.

        Raises:
            InvalidSettings: no file names such a command.
        """
        words = self._of(language).commands.get(name)
        if words is None:
            raise InvalidSettings(f"prompts/bot.{language.value}.toml lacks [commands.{name}]; add it")
        return words

    def startup(self, stage: Stage | None, sector: str, language: Language) -> str:
        """A start-up in a few words, such as "your seed-stage legal start-up", or "" for too little."""
        if not stage and not sector:
            return ""
        told = self.say(Say.PROFILE_STAGE_OF, language, stage=STAGES[stage].of(language)) if stage else ""
        text = self.say(Say.PROFILE_COMPANY, language, stage=told, sector=sector)
        return _BETWEEN_HAN.sub("", " ".join(text.split()))

    def called_in(self, language: Language, names: Mapping[str, str]) -> Wording:
        """The same, with commands and switches as they are typed in one language: a shell takes no others.

        `names` are those of commands that are called otherwise there.
        """
        own = self._of(language)
        commands = {
            each: words.model_copy(update={"name": names[each]}) if each in names else words
            for each, words in own.commands.items()
        }
        files = {
            each: file.model_copy(update={"commands": commands, "words": {**file.words, "onoff": own.words["onoff"]}})
            for each, file in self._files.items()
        }
        return Wording(files, self._problems)

    def _of(self, language: Language) -> _File:
        return self._files.get(language) or self._files[Language.EN]


@cache
def load_wording(folder: Path) -> Wording:
    """Reads and checks `bot.<language>.toml` of both languages, and `problems.<language>.toml` of all but English.

    A folder is read once: the program, its terminal and each platform ask for the same one at the start.

    Raises:
        InvalidSettings: a file is missing or broken, lacks a text, or uses other names than are filled in.
    """
    files = {language: _checked(folder / f"bot.{language.value}.toml") for language in LANGUAGES}
    return Wording(files, {each: load_problem_words(folder / f"problems.{each.value}.toml") for each in _TRANSLATED})


def _checked(path: Path) -> _File:
    try:
        file = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:  # TOML's, the decoder's and pydantic's errors are ValueErrors
        raise InvalidSettings(f"{path.name} cannot be used: {error}") from error
    wanted = {each for group in _TEXTS for each in group}
    lacking = [*(wanted - set(file.texts)), *(set(RiskSay) - set(file.risks)), *(set(DocumentKind) - set(file.kinds))]
    if lacking:
        raise InvalidSettings(f"{path.name} lacks {', '.join(sorted(lacking))}; add the missing texts")
    known = {group: tuple(words) for group, words in file.words.items()}
    vocabulary = {**VOCABULARY, **RISK_VOCABULARY, **INPUT_VOCABULARY, **DOCUMENT_VOCABULARY, **AUDIT_VOCABULARY}
    if known != vocabulary:
        raise InvalidSettings(f"{path.name}: [words] holds {known!r}; the program has {vocabulary!r}")
    if stray := [
        each for group, words in file.synonyms.items() for each in set(words) - set(file.words.get(group, ()))
    ]:
        raise InvalidSettings(f"{path.name}: [synonyms] names {sorted(stray)!r}, which [words] does not have")
    for key, text in (*file.texts.items(), *file.risks.items()):
        used, filled = placeholders_in(text, where=f"{path.name}: {key.value!r}"), _blanks(key)
        if used != filled:
            raise InvalidSettings(f"{path.name}: {key.value!r} uses {sorted(used)!r} but is given {sorted(filled)!r}")
    return file


def _blanks(text: Sayable) -> frozenset[str]:
    """What the program fills into a text."""
    blanks = RISK_BLANKS.get(text) if isinstance(text, RiskSay) else _BLANKS.get(text)
    return blanks or frozenset()


def spoken(text: str, default: Language = Language.EN) -> Language:
    """The language in which the bot speaks to whoever wrote a text: Chinese or English, `default` where it is neither.

    Han characters or Latin words decide; a Japanese or Korean reader, and one who wrote signs alone, gets the default.
    """
    language = detect_language(text)
    return language if language in LANGUAGES else default

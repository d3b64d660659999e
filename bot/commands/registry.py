"""The one list of commands, from which every platform's command list, the help and the docs are made.

A command is declared once, in Python, by identifiers; how it is called and explained in Chinese and English stands in
`prompts/bot.<language>.toml`. Every name and alias works in either language and on every platform.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.chat import CommandCall
from bot.commands.typed import plain, take_named
from bot.usages import field_name
from bot.wording import LANGUAGES, CommandWords, Say, Wording
from rag.errors import InvalidSettings
from rag.types import Language

if TYPE_CHECKING:
    from bot.commands.call import Call

_NEAR, _NEAR_OF_TWO_SIGNS = 0.6, 0.5
"""How alike a mistyped name must be; of a Chinese word, two signs long, one wrong sign is the half."""

_LISTED = 4
"""Choices that the usage of a command lists; of more it names the argument alone."""


class Level(StrEnum):
    """Who may call a command."""

    EVERYONE = "everyone"
    EDITOR = "editor"
    ADMIN = "admin"
    OWNER = "owner"


class ArgumentKind(StrEnum):
    """What an argument takes."""

    WORD = "word"
    TEXT = "text"
    """Everything up to the end; the last argument alone."""

    CHOICE = "choice"


Run = Callable[["Call", Mapping[str, str]], Awaitable[None]]
Complete = Callable[["Call", str], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument. `choices` are identifiers; `complete` proposes values for what was typed so far.

    `guarded` are the choices that only admins may take; `implied` is the one that is meant where a call begins with
    what belongs to the next argument.
    """

    name: str
    kind: ArgumentKind = ArgumentKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    complete: Complete | None = None
    guarded: frozenset[str] = frozenset()
    implied: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; `run` gets its arguments by identifier, those left out are missing."""

    name: str
    run: Run
    arguments: tuple[Argument, ...] = ()
    level: Level = Level.EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A command, and the language whose word for it was used; None where both have the same word."""

    command: Command
    language: Language | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why a call cannot be carried out, as a text with its values."""

    say: Say
    values: Mapping[str, str]


class Registry:
    """All commands with their words.

    Raises:
        InvalidSettings: a command or an argument lacks words, or two commands share a name.
    """

    def __init__(self, commands: Iterable[Command], wording: Wording) -> None:
        self._wording = wording
        self._commands = {command.name: command for command in commands}
        self._names: dict[str, Found] = {}
        for command in self._commands.values():
            self._learn(command.name, Found(command=command, language=None))
            for language in LANGUAGES:
                for name in self._checked_names(command, language):
                    self._learn(name, Found(command=command, language=language))

    @property
    def wording(self) -> Wording:
        """The texts that the commands' words are from."""
        return self._wording

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands in the order in which they are listed."""
        return tuple(self._commands.values())

    def find(self, name: str) -> Found | None:
        """The command of a name or an alias, in either language, with or without a slash before it."""
        return self._names.get(plain(name))

    def recognise(self, text: str) -> Found | None:
        """The command that a whole message is, such as "help" or "来源"; None for a question."""
        found = self.find(text)
        complete = found is not None and not any(argument.required for argument in found.command.arguments)
        return found if complete else None

    def nearest(self, name: str) -> Found | None:
        """The command that somebody may have meant."""
        typed = plain(name)
        cutoff = _NEAR if typed.isascii() else _NEAR_OF_TWO_SIGNS
        near = get_close_matches(typed, self._names, n=1, cutoff=cutoff)
        return self._names[near[0]] if near else None

    def words(self, command: Command, language: Language) -> CommandWords:
        """How a command is called and explained."""
        return self._wording.command(command.name, language)

    def usage(self, command: Command, language: Language, *, prefix: str = "/", fields: bool = False) -> str:
        """How to type a command, such as `/ask <question>`; what may be left out stands in brackets.

        Where arguments are `fields`, they are called by name: `/ask question:…`.
        """
        words = self.words(command, language)
        shown = []
        by_name = named_arguments(command)
        for argument in command.arguments:
            told = words.arguments[argument.name]
            few = argument.kind is ArgumentKind.CHOICE and len(argument.choices) <= _LISTED
            label = "|".join(told.choices.values()) if few else ("…" if fields else told.name)
            if fields:
                label = f"{field_name(told.name)}:{label}"
            elif argument in by_name:
                label = f"{told.name}={'…' if label == told.name else label}"
            shown.append(label if fields and argument.required else f"<{label}>" if argument.required else f"[{label}]")
        return prefix + " ".join([words.name, *shown])

    def read(self, command: Command, call: CommandCall, language: Language) -> dict[str, str] | Complaint:
        """The arguments of a call by identifier, or what is wrong with them."""
        words = self.words(command, language)
        given = self._named(command, call.arguments) if call.arguments else self._typed(command, call.text)
        if isinstance(given, str):
            say = Say.UNKNOWN_ARGUMENT if command.arguments else Say.NO_ARGUMENTS
            values = {"command": words.name, "argument": given}
            return Complaint(say=say, values=values if say is Say.UNKNOWN_ARGUMENT else {"command": words.name})
        return self._valid(command, given, language)

    def level(self, command: Command, arguments: Mapping[str, str]) -> Level:
        """Who may call a command with these arguments."""
        guarded = any(arguments.get(argument.name) in argument.guarded for argument in command.arguments)
        return Level.ADMIN if guarded else command.level

    def _typed(self, command: Command, text: str) -> dict[str, str] | str:
        """Arguments by identifier as they were typed; a word that is too many, or a name that does not exist."""
        by_name = {argument.name for argument in named_arguments(command)}
        if by_name:
            names = {name: key for name, key in self._argument_names(command).items() if key in by_name}
            known = {each.name: frozenset(self._choices(command, each)) for each in command.arguments}
            read = take_named(text, names, known)
            if read.unknown:
                return read.unknown[0]
            given = _positional(command, read.rest)
            return given if isinstance(given, str) else {**given, **read.given}
        return _positional(command, self._with_implied(command, text))

    def _with_implied(self, command: Command, text: str) -> str:
        """A text with the choice before it that is meant where it begins with what belongs to the next argument."""
        if len(command.arguments) < 2 or not command.arguments[0].implied or not text.strip():
            return text
        first, second, word = command.arguments[0], command.arguments[1], plain(text.split(maxsplit=1)[0])
        own = self._choices(command, first)
        if word in own:
            return text
        if second.kind is ArgumentKind.CHOICE:
            fits = word in self._choices(command, second)
        else:
            fits = not get_close_matches(word, own, n=1, cutoff=_NEAR)
        return f"{first.implied} {text.strip()}" if fits else text

    def _argument_names(self, command: Command) -> dict[str, str]:
        """Arguments by what they are called in any language."""
        known = {argument.name: argument.name for argument in command.arguments}
        for language in LANGUAGES:
            words = self.words(command, language)
            known |= {plain(words.arguments[name].name): name for name in words.arguments}
        return known

    def _choices(self, command: Command, argument: Argument) -> dict[str, str]:
        """The choices of an argument by what may be typed for them, in any language."""
        known = {choice: choice for choice in argument.choices}
        for language in LANGUAGES:
            told = self.words(command, language).arguments[argument.name]
            known |= {plain(label): choice for choice, label in told.choices.items()}
            known |= {plain(other): choice for choice, others in told.also.items() for other in others}
        return known

    def _named(self, command: Command, arguments: Mapping[str, str]) -> dict[str, str] | str:
        """Arguments by identifier; the name of one that does not exist."""
        known = self._argument_names(command)
        for name in arguments:
            if plain(name) not in known:
                return name
        return {known[plain(name)]: value.strip() for name, value in arguments.items() if value.strip()}

    def _valid(self, command: Command, given: Mapping[str, str], language: Language) -> dict[str, str] | Complaint:
        words = self.words(command, language)
        read = dict(given)
        for argument in command.arguments:
            told = words.arguments[argument.name]
            value = read.get(argument.name)
            if value is None:
                if argument.required:
                    values = {"command": words.name, "argument": told.name, "description": told.description}
                    return Complaint(say=Say.MISSING_ARGUMENT, values=values)
                continue
            if argument.kind is ArgumentKind.CHOICE:
                choice = self._choices(command, argument).get(plain(value))
                if choice is None:
                    listed = self._wording.say(Say.LIST_SEPARATOR, language).join(told.choices.values())
                    values = {"value": value, "argument": told.name, "choices": listed}
                    return Complaint(say=Say.WRONG_CHOICE, values=values)
                read[argument.name] = choice
        return read

    def _checked_names(self, command: Command, language: Language) -> tuple[str, ...]:
        words = self.words(command, language)
        expected = {argument.name: set(argument.choices) for argument in command.arguments}
        told = {name: set(argument.choices) for name, argument in words.arguments.items()}
        if expected != told:
            raise InvalidSettings(
                f"prompts/bot.{language.value}.toml: [commands.{command.name}] explains the arguments {told!r};"
                f" the command has {expected!r}"
            )
        for name, argument in words.arguments.items():
            if stray := set(argument.also) - expected[name]:
                raise InvalidSettings(
                    f"prompts/bot.{language.value}.toml: [commands.{command.name}] has other words for the choices"
                    f" {stray!r} of {name!r}, which it does not have"
                )
        return (words.name, *words.aliases)

    def _learn(self, name: str, found: Found) -> None:
        known = self._names.get(plain(name), found)
        if known.command.name != found.command.name:
            raise InvalidSettings(
                f"the name {name!r} is that of two commands, {known.command.name!r} and {found.command.name!r};"
                " change it in prompts/bot.*.toml"
            )
        # A word of both languages tells nothing of the reader's.
        alone = known.language == found.language
        self._names[plain(name)] = found if alone else Found(command=found.command, language=None)


def named_arguments(command: Command) -> tuple[Argument, ...]:
    """The arguments behind a text, which takes all that follows: they are typed as `name=value`."""
    texts = [at for at, argument in enumerate(command.arguments) if argument.kind is ArgumentKind.TEXT]
    behind = command.arguments[texts[0] + 1 :] if texts else ()
    return behind if any(each.kind is ArgumentKind.CHOICE for each in behind) else ()


def _positional(command: Command, text: str) -> dict[str, str] | str:
    """Words in the order of the arguments, of which a text takes the rest; the first word that is too many."""
    given: dict[str, str] = {}
    rest = text.strip()
    for argument in command.arguments:
        if not rest:
            break
        if argument.kind is ArgumentKind.TEXT:
            given[argument.name], rest = rest, ""
        else:
            word, *others = rest.split(maxsplit=1)
            given[argument.name], rest = word, others[0] if others else ""
    return rest.split()[0] if rest else given

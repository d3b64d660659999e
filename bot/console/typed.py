"""What a typed line means: words for the advisor, a command, a button, or something for the terminal itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.chat import Address, Attachment, CommandCall, Incoming, Message, Person, Place, PlaceKind, Press, Submission
from bot.payloads import Payload
from bot.replies import FieldKind, Form

PLATFORM = "console"
OWNER = "me"
"""Who types, until `/as` says otherwise."""

_QUIT = frozenset({"/quit", "/exit", "/q", "quit", "exit", "退出"})
_ADVISOR = re.compile(r"@advisor\b[,，:：]?\s*", re.IGNORECASE)
_OTHERS = re.compile(r"@([\w.-]+)")
_KEY = re.compile(r"[a-z+-]|[0-9]{1,2}")
_BEHIND = " &"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A button, or an entry of a list, that can be typed."""

    payload: Payload
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quit:
    """Leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Become:
    """Go on as another person of the same room; "" is the one who began."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAnew:
    """Begin another conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchKey:
    """A key that stands for no button at the moment."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Something for the engine; `wait` for what comes of it, or read on at once."""

    incoming: Incoming
    wait: bool = True


Meaning = Quit | Become | StartAnew | NoSuchKey | Send | None

_LOCAL: Mapping[str, Callable[[str], Meaning]] = {
    **dict.fromkeys(("/quit", "/exit", "/q"), lambda _: Quit()),
    "/as": lambda name: Become(name=name),
    "/new": lambda _: StartAnew(),
}
"""What the terminal does itself, by the word that the line begins with."""


def is_quit(line: str) -> bool:
    """Whether a line leaves the chat."""
    return line in _QUIT


def label_key(label: str) -> str:
    """What a button's label, or a line, is looked up by: a label may be typed without its capitals and its mark."""
    return label.casefold().rstrip("?？ ") or label


def room(thread: str) -> Place:
    """The terminal as a place: one channel, whose threads are conversations."""
    return Place(platform=PLATFORM, workspace="local", channel="terminal", thread=thread, kind=PlaceKind.THREAD)


def person(name: str) -> Person:
    """Somebody who types."""
    return Person(platform=PLATFORM, workspace="local", id=name, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typist:
    """Who types, where, and what a short answer stands for at the moment: `menu` is from keys to buttons."""

    thread: str
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    is_command: Callable[[str], bool]
    name: str = OWNER
    locale: str = ""

    def renamed(self, name: str) -> Typist:
        """The same room with another person at the keys."""
        return replace(self, name=name or OWNER)

    def understand(self, line: str, menu: Mapping[str, Chosen]) -> Meaning:
        """What a line means; None for an empty one."""
        if not line:
            return None
        word, _, rest = line.partition(" ")
        if local := _LOCAL.get(word):
            return local(rest.strip())
        if _KEY.fullmatch(line) and line not in menu:
            return NoSuchKey(key=line)
        if chosen := menu.get(label_key(line)):
            return Send(incoming=self.press(chosen))
        if word == "/say" or self._is_command(word, line):
            say = self._overheard if word == "/say" else partial(self._command, word)
            return Send(incoming=say(rest.strip()))
        return Send(incoming=self._addressed(line.removesuffix(_BEHIND)), wait=not line.endswith(_BEHIND))

    def press(self, chosen: Chosen) -> Press:
        """A button that this person pressed."""
        return Press(
            event_id=self.new_id(),
            place=room(self.thread),
            person=person(self.name),
            at=self.now(),
            message=None,
            payload=chosen.payload,
            values=chosen.values,
            trigger=PLATFORM,
            locale=self.locale,
        )

    def submit(self, form: Form, values: Mapping[str, str]) -> Submission:
        """A form that this person filled in."""
        return Submission(
            event_id=self.new_id(),
            place=room(self.thread),
            person=person(self.name),
            at=self.now(),
            payload=form.payload,
            values=values,
            attachments=tuple(
                Attachment(name=Path(values[each.name]).name, size=0, reference=values[each.name])
                for each in form.fields
                if each.kind is FieldKind.FILE and values.get(each.name)
            ),
            locale=self.locale,
        )

    def _is_command(self, word: str, line: str) -> bool:
        """A word behind a slash, unless it is a path; without the slash a line that is a command and nothing else."""
        return (word.startswith("/") and "/" not in word[1:]) or self.is_command(line)

    def _command(self, word: str, text: str) -> CommandCall:
        return CommandCall(
            event_id=self.new_id(),
            place=room(self.thread),
            person=person(self.name),
            at=self.now(),
            name=word.removeprefix("/"),
            text=text,
            trigger=PLATFORM,
            locale=self.locale,
        )

    def _overheard(self, text: str) -> Message:
        return self._message(text, Address.NONE)

    def _addressed(self, line: str) -> Message:
        """Words are for the advisor, unless they begin with the name of somebody else."""
        words = _ADVISOR.sub("", line)
        others = _OTHERS.match(words) is not None and words == line
        return self._message(words, Address.NONE if others else Address.MENTION)

    def _message(self, text: str, address: Address) -> Message:
        return Message(
            event_id=self.new_id(),
            message_id=self.new_id(),
            place=room(self.thread),
            person=person(self.name),
            at=self.now(),
            text=text,
            address=address,
            mentions=tuple(_OTHERS.findall(text)),
        )

"""What goes out to a chat: replies with their sources and buttons, and forms. Each platform renders them in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.mentions import Mention
from bot.payloads import Payload
from rag.types import Citation, Language


class Visibility(StrEnum):
    """Who reads a reply."""

    PUBLIC = "public"
    PRIVATE = "private"
    """The person alone, as in an ephemeral message."""

    ASIDE = "aside"
    """The person alone where the platform has a way; it is no secret and may stand beneath their message elsewhere."""


class Style(StrEnum):
    """How much a button stands out."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button. Its payload is all that comes back, also after a restart."""

    label: str
    payload: Payload
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a list."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A list to choose from."""

    placeholder: str
    payload: Payload
    options: tuple[Option, ...]


Action = Button | Select


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that goes out with a reply."""

    name: str
    content: bytes
    media_type: str = "text/markdown"
    alt: str = ""
    """What a picture shows, in words, for those who do not see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePart:
    """One part of a reply that is a page: its text, and what can be done about it."""

    text: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said back: Markdown, its sources, a small line beneath, and rows of actions.

    `status` is a sign of work in progress; a reply that is final has none. `language` is that of what a platform adds
    in its own words, such as the heading of the sources. `mention` is the one person or group whom the message calls;
    nothing in its text calls anybody. `page` are the text and the actions once more, part by part, for a platform that
    has pages. `rows` are the same as plain values, for programs that ask instead of people; `refused` tells them that
    what was asked for was not done. `unfinished` says that the text goes on in the next reply, which carries what
    belongs to the whole.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    actions: tuple[tuple[Action, ...], ...] = ()
    files: tuple[File, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    status: str = ""
    mention: Mention | None = None
    page: tuple[PagePart, ...] = ()
    language: Language = Language.EN
    rows: tuple[Mapping[str, Any], ...] = ()
    refused: bool = False
    unfinished: bool = False


class FieldKind(StrEnum):
    """What a field of a form takes."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a form; `name` is unique in the form, `value` is what stands in it at first."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    value: str = ""
    hint: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form (a modal): described once, rendered by each platform."""

    title: str
    payload: Payload
    fields: tuple[FormField, ...]
    submit: str


def titled(name: str) -> str:
    """A name that people type in a command, as the label of a field."""
    return name[:1].upper() + name[1:]

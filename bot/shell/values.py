"""What whoever has the machine orders, and what is said to it; all of it travels over the control socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.payloads import Payload
from rag.types import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellOrder:
    """A chat command with its arguments by name; or `press`, a button of an earlier reply, with what was chosen.

    Or `form`, one that was shown, with what is filled in by the names of its fields. `channel` is the key of the
    channel that it is about, such as `slack/T024BE7LD/C0266FRGM`, "" where it is about none.
    """

    command: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    press: Payload | None = None
    values: tuple[str, ...] = ()
    form: Payload | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    language: Language = Language.EN


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellChoice:
    """A button, or one entry of a list."""

    label: str
    press: Payload
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellFile:
    """A file of text that goes with a reply."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellReply:
    """What is said: for people, and as `rows` of plain values where there are any; `refused` where nothing was done."""

    text: str
    notes: tuple[str, ...] = ()
    choices: tuple[ShellChoice, ...] = ()
    files: tuple[ShellFile, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    refused: bool = False
    type: Literal["reply"] = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellStep:
    """How far something long is."""

    text: str
    type: Literal["step"] = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellField:
    """One field of a form; `options` are the values that it takes, with what they are called."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    required: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellForm:
    """What has to be filled in."""

    title: str
    payload: Payload
    fields: tuple[ShellField, ...]
    type: Literal["form"] = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellDone:
    """Nothing more is said; whether something failed."""

    failed: bool = False


Said = ShellReply | ShellStep | ShellForm

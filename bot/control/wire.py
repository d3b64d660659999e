"""What travels over the control socket: requests, and the lines that come back. One JSON object a line, in ASCII."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from bot.errors import ControlFailed
from bot.inputs.acting import InputOrder
from bot.shell.values import ShellOrder
from rag.catalogue import Input
from rag.confidence import Calibration
from rag.errors import RagError
from rag.types import Document, Question, Scope

PROTOCOL = 4
"""Raised by every change that an earlier program could not read."""

MOST_REQUEST_BYTES = 4 * 1024 * 1024
MOST_REPLY_BYTES = 64 * 1024 * 1024
"""Longest line in each direction; a retrieval of 50 passages takes about one megabyte."""

_SCALAR = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """Who answers at the socket."""

    type: Literal["describe"] = "describe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieve:
    """The passages for a question."""

    question: Question
    limit: int | None = None
    type: Literal["retrieve"] = "retrieve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The answer to a question, event by event."""

    question: Question
    type: Literal["stream"] = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocuments:
    """The documents of the library that a scope admits, in pages."""

    scope: Scope | None = None
    type: Literal["documents"] = "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The size of the library."""

    type: Literal["count"] = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Bring inputs up to date, with progress."""

    inputs: tuple[Input, ...] = ()
    full: bool = False
    force: bool = False
    type: Literal["update"] = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Take an input out."""

    path: Path
    type: Literal["remove"] = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """Write a backup of store and index to a file. `keys` takes key material along."""

    path: Path
    keys: bool = False
    type: Literal["backup"] = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Show or change what the library is kept current from."""

    order: InputOrder
    type: Literal["inputs"] = "inputs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a run that brought these documents did to open gaps."""

    sources: tuple[str, ...]
    type: Literal["effects"] = "effects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Do what a chat command or a button of an admin does, for whoever has the machine."""

    order: ShellOrder
    type: Literal["shell"] = "shell"


Request = Describe | Retrieve | Stream | ListDocuments | Count | Update | Remove | Backup | Inputs | Effects | Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The running bot and the library that it has opened."""

    version: str
    process: int
    home: Path
    embedder: str
    calibration: Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the documents."""

    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A result that says no more than that the work is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A request as it is sent: the token first proves that the sender may read the home."""

    token: str
    protocol: int
    version: str
    process: int
    request: Annotated[Request, Field(discriminator="type")]


Kind = Literal["event", "result", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a reply: `event`s, then one `result` or `error`."""

    kind: Kind
    content: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An error on its way: the class of `rag.errors` or `bot.errors`, its text and its plain fields."""

    name: str
    text: str
    fields: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The reader and writer of a kind of value; making one takes milliseconds."""
    return TypeAdapter(kind)


def encode(kind: Kind, value: object) -> bytes:
    """One line of a reply: a dataclass of this module, of the core, or of whoever does the work."""
    own: Any = type(value)
    return _line({kind: adapter(own).dump_python(value, mode="json")})


def encode_request(envelope: Envelope) -> bytes:
    """The line of a request."""
    return _line(adapter(Envelope).dump_python(envelope, mode="json"))


def decode(line: bytes) -> Line:
    """One line of a reply. Raises ControlFailed for what is none."""
    match _record(line):
        case {"event": content}:
            return Line(kind="event", content=content)
        case {"result": content}:
            return Line(kind="result", content=content)
        case {"error": content}:
            return Line(kind="error", content=content)
    raise ControlFailed(f"the running bot sent {line[:80]!r}, which is no reply; stop it and start it again")


def read(kind: Any, content: Any) -> Any:
    """The value in a line's content, as a value of `kind`. Raises ControlFailed."""
    try:
        return adapter(kind).validate_python(content)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ControlFailed(f"the running bot sent no {kind!r}: {problem['loc']}: {problem['msg']}") from error


def decode_request(line: bytes) -> Envelope:
    """The request in a line. Raises ControlFailed for another protocol and for what is no request."""
    record = _record(line)
    if record.get("protocol") != PROTOCOL:
        raise ControlFailed(
            f"this command speaks protocol {record.get('protocol')!r}, the running bot {PROTOCOL}; restart the bot with"
            " the version of this command"
        )
    try:
        envelope: Envelope = adapter(Envelope).validate_python(record)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ControlFailed(f"no request: {problem['loc']}: {problem['msg']}") from error
    return envelope


def trouble(error: RagError) -> Trouble:
    """An error as it is sent."""
    fields = {name: value for name, value in vars(error).items() if isinstance(value, _SCALAR)}
    return Trouble(name=type(error).__name__, text=str(error), fields=fields)


def restored(told: Trouble) -> RagError:
    """The error that was sent, of its own class where this program knows it."""
    known = {each.__name__: each for each in _errors(RagError)}
    kind = known.get(told.name, RagError)
    error = kind.__new__(kind, told.text)
    error.__dict__.update(told.fields)
    return error


def _errors(kind: type[RagError]) -> Iterator[type[RagError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _errors(each)


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ControlFailed(f"{line[:80]!r} is no JSON; expected one object a line") from error
    if not isinstance(record, dict):
        raise ControlFailed(f"{line[:80]!r} is no JSON object; expected one object a line")
    return record


def _line(record: Mapping[str, Any]) -> bytes:
    # ASCII, so that a path with bytes that are no UTF-8 travels as the escapes that Python makes of them.
    return json.dumps(record, separators=(",", ":")).encode("ascii") + b"\n"

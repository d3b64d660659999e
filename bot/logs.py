"""Logs of events with fields, as lines for a person or as JSON, without secrets and without what people wrote.

The standard library's logging is used as it is, because the core and every library below log with it; `configure_logs`
decides how its records look. Fields come by `extra`: `log.info("answered", extra={"answer_id": id})`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import IO, Any

from pydantic import BaseModel, SecretStr

from bot.hosting import LogSettings

MASK = "**********"

PRIVATE_FIELDS = frozenset({"answer_text", "content", "person_name", "query", "question", "quote", "text", "user_name"})
"""Fields that hold what people wrote or are called: they are logged at DEBUG alone."""

_TOKENS = re.compile(
    r"""xox[a-z]-[\w-]{10,}            # Slack
    |xapp-[\w-]{10,}
    |[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}  # Discord
    |\bsk-[\w-]{16,}                   # OpenAI and those that follow it
    |(?<=[Bb]earer\ )[\w.~+/-]{8,}=*
    |(?<=://)[^\s/@:]*:[^\s/@]*(?=@)   # the user and password of an address
    """,
    re.VERBOSE,
)
_SHORTEST_SECRET = 6
"""A shorter one would mask parts of ordinary words."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_QUIET = (
    "aiohttp.access",
    "alembic",
    "apscheduler",
    "chromadb",
    "filelock",
    "httpcore",
    "httpx",
    "openai",
    "sqlalchemy",
)
_BARE = re.compile(r"[^\s\"=]+")


class Redactor:
    """Takes secrets out of texts: those that are set, and whatever looks like a token."""

    def __init__(self, secrets: Collection[str]) -> None:
        known = sorted((each for each in secrets if len(each) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def clean(self, text: str) -> str:
        """The text with a mask in place of each secret."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        return _TOKENS.sub(MASK, text)


class EventFormatter(logging.Formatter):
    """One record as a line: when, how serious, what happened, and its fields. Subclasses write the line."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        return self.line(
            {
                "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "event": self._redactor.clean(record.getMessage()),
                "logger": record.name,
                **{name: self._cleaned(value) for name, value in _fields(record)},
                **({"trace": self._redactor.clean(self._trace(record))} if record.exc_info else {}),
            }
        )

    def line(self, entries: Mapping[str, Any]) -> str:
        """Writes the line."""
        raise NotImplementedError

    def _cleaned(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._redactor.clean(str(value))

    def _trace(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class JsonFormatter(EventFormatter):
    """One JSON object a line, for programs."""

    def line(self, entries: Mapping[str, Any]) -> str:
        """The entries as they are."""
        return json.dumps(entries, ensure_ascii=False).encode(errors="replace").decode()


class TextFormatter(EventFormatter):
    """`time level logger event name=value`, for people; a trace follows on lines of its own."""

    def line(self, entries: Mapping[str, Any]) -> str:
        """One line; line breaks in values are escaped, so that nobody can forge a record."""
        rest = {**entries}
        time, level, event, logger = (rest.pop(name) for name in ("time", "level", "event", "logger"))
        trace = rest.pop("trace", "")
        fields = "".join(f" {name}={_shown(value)}" for name, value in rest.items())
        return f"{time} {level:7} {logger}: {_escaped(event)}{fields}" + (f"\n{trace}" if trace else "")


def configure_logs(settings: LogSettings, *, secrets: Collection[str], stream: IO[str]) -> None:
    """Sends every record of this process to `stream`, in place of where records went before.

    Args:
        settings: how much is logged, and in which form.
        secrets: values that must never appear.
        stream: where the lines go.
    """
    handler = logging.StreamHandler(stream)
    redactor = Redactor(secrets)
    handler.setFormatter(JsonFormatter(redactor) if settings.format == "json" else TextFormatter(redactor))
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def secrets_of(settings: BaseModel) -> frozenset[str]:
    """The values of all secrets in settings, however deep."""
    return frozenset(_secrets(settings))


def _secrets(value: object) -> Iterator[str]:
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from _secrets(getattr(value, name))
        case list() | tuple() | frozenset():
            for each in value:
                yield from _secrets(each)
        case Mapping():
            for each in value.values():
                yield from _secrets(each)


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    hidden = PRIVATE_FIELDS if record.levelno > logging.DEBUG else frozenset()
    for name, value in vars(record).items():
        if name not in _STANDARD and name not in hidden:
            yield name, value


def _shown(value: object) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _escaped(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")

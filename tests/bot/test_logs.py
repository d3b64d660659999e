"""What the running program logs: events with fields, without secrets and without what people wrote."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from pydantic import BaseModel, SecretStr

from bot.hosting import LogSettings
from bot.logs import MASK, PRIVATE_FIELDS, Redactor, configure_logs, secrets_of

SECRET = "correct-horse"


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)


def logged(format_: Literal["text", "json"] = "json", level: Literal["debug", "info"] = "info") -> io.StringIO:
    stream = io.StringIO()
    configure_logs(LogSettings(level=level, format=format_), secrets=[SECRET, "", "a"], stream=stream)
    return stream


def records(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_event_is_one_json_object_with_its_fields() -> None:
    stream = logged()
    logging.getLogger("bot.x").info("answered", extra={"answer_id": "a1", "ms": 12.5, "ok": True, "model": None})
    (record,) = records(stream)
    assert record.pop("time").endswith("+00:00")
    assert record == {
        "level": "info",
        "event": "answered",
        "logger": "bot.x",
        "answer_id": "a1",
        "ms": 12.5,
        "ok": True,
        "model": None,
    }


def test_event_is_one_line_for_a_person() -> None:
    stream = logged("text")
    logging.getLogger("bot.x").warning("adapter_failed", extra={"adapter": "slack", "error": 'it said "no"\nforged'})
    _, _, line = stream.getvalue().partition(" ")
    assert line == 'warning bot.x: adapter_failed adapter=slack error="it said \\"no\\"\\nforged"\n'


def test_line_break_in_an_event_forges_no_record() -> None:
    stream = logged("text")
    logging.getLogger("bot.x").info("a\n2030-01-01 error bot: forged")
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize("format_", ["text", "json"])
def test_secret_appears_nowhere(format_: Literal["text", "json"]) -> None:
    stream = logged(format_)
    log = logging.getLogger("bot.x")
    log.info("connecting with %s", SECRET, extra={"token": f"Bearer {SECRET}", "list": [SECRET]})
    try:
        raise ValueError(f"refused {SECRET}")
    except ValueError:
        log.exception("broke")
    assert SECRET not in stream.getvalue()
    assert stream.getvalue().count(MASK) >= 4
    assert "ValueError" in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("xoxb-123456789012-abcdefghijkl", id="a Slack bot's token"),
        pytest.param("xapp-1-A0123456789-abcdef", id="a Slack app's token"),
        pytest.param("A" * 24 + ".GabcdE." + "b" * 38, id="a Discord token"),
        pytest.param("sk-abcdefghijklmnopqrst", id="a key of OpenAI's kind"),
        pytest.param("Bearer abcdefgh.ijkl", id="a header"),
        pytest.param("postgresql://advisor:hunter2@db/x", id="an address with a password"),
    ],
)
def test_what_looks_like_a_token_is_masked(text: str) -> None:
    cleaned = Redactor([]).clean(f"before {text} after")
    assert MASK in cleaned
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")
    assert "hunter2" not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "question 0123456789abcdef01234567 failed",
        "http://127.0.0.1:8000/v1 is busy",
        "slack/T0123/C0456/1700000000.000100",
        "a task-force of risk-averse people",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert Redactor(["", "a", "task"]).clean(text) == text


@pytest.mark.parametrize(("level", "shown"), [("info", False), ("debug", True)])
def test_what_people_write_is_logged_at_debug_alone(level: Literal["debug", "info"], shown: bool) -> None:
    stream = logged(level=level)
    fields = dict.fromkeys(PRIVATE_FIELDS, "my secret plan")
    logging.getLogger("bot.x").log(getattr(logging, level.upper()), "asked", extra={**fields, "question_id": "q"})
    (record,) = records(stream)
    assert record["question_id"] == "q"
    assert ("my secret plan" in stream.getvalue()) is shown


def test_level_is_kept_and_chatty_libraries_are_quiet() -> None:
    stream = logged()
    logging.getLogger("bot.x").debug("unseen")
    logging.getLogger("httpx").info("HTTP Request: GET http://127.0.0.1")
    logging.getLogger("alembic.runtime").info("Context impl SQLiteImpl.")
    assert stream.getvalue() == ""


def test_warnings_are_logged() -> None:
    stream = logged()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old habit", DeprecationWarning, stacklevel=1)
    assert "old habit" in records(stream)[0]["event"]


def test_half_a_character_does_not_stop_the_log() -> None:
    stream = logged()
    logging.getLogger("bot.x").info("broken", extra={"path": "a\udcff"})
    assert records(stream)[0]["path"] == "a?"


def test_secrets_are_found_however_deep() -> None:
    class Inner(BaseModel):
        key: SecretStr | None = None

    class Outer(BaseModel):
        token: SecretStr
        first: Inner = Inner()
        more: tuple[Inner, ...] = ()
        named: dict[str, Inner] = {}

    settings = Outer(token=SecretStr("t"), more=(Inner(key=SecretStr("m")),), named={"a": Inner(key=SecretStr("n"))})
    assert secrets_of(settings) == {"t", "m", "n"}

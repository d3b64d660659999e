"""Questions files: one JSON object a line, read so that one bad line costs that line only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rag.errors import InvalidInput

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line that holds a JSON object; `number` counts from 1, blank lines included."""

    number: int
    record: Mapping[str, Any]

    @property
    def id(self) -> str | int:
        """The question's own id, or the number of its line when it has none."""
        value = self.record.get("id")
        return value if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that holds no question. `id` is the line's number unless the line tells its id."""

    number: int
    id: str | int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A question of the file, ready to be asked; its `id` goes into the result as it was written."""

    number: int
    id: str | int
    question: str


def read_bytes(path: Path, stdin: BinaryIO | None) -> bytes:
    """The whole of a questions file; `-` is the standard input, which is None where it is closed.

    Raises:
        InvalidInput: there is no such file, or it cannot be read, or the standard input is closed.
    """
    if str(path) == "-":
        if stdin is None:
            raise InvalidInput("the standard input is closed; give a file instead of '-'")
        return stdin.read()
    try:
        return path.read_bytes()
    except OSError as error:
        problem = f"the file {str(path)!r} cannot be read: {error.strerror}; give an existing file of JSON lines"
        raise InvalidInput(problem) from error


def read_lines(content: bytes) -> Iterator[Line | BadLine]:
    """The objects of a JSON lines file. A byte order mark, blank lines and any line ends are accepted."""
    # Only a line feed ends a line: str.splitlines would also break at separators that may stand inside a question.
    for number, raw in enumerate(content.removeprefix(_BOM).split(b"\n"), start=1):
        if raw.strip():
            yield _line(number, raw)


def read_questions(content: bytes) -> Iterator[AskedLine | BadLine]:
    """The questions of a JSON lines file; keys other than `id` and `question` are ignored."""
    for line in read_lines(content):
        yield line if isinstance(line, BadLine) else _question(line)


def without_surrogates(text: str) -> str:
    """A text that can be written as UTF-8: halves of a character that came without the other half become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _line(number: int, raw: bytes) -> Line | BadLine:
    try:
        record = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadLine(number=number, id=number, problem=f"not UTF-8 at byte {error.start}; save the file as UTF-8")
    except (json.JSONDecodeError, RecursionError) as error:
        return BadLine(number=number, id=number, problem=f"not JSON ({error}); write one JSON object a line")
    except ValueError:
        return BadLine(number=number, id=number, problem="a number of thousands of digits; put it in quotes")
    if not isinstance(record, dict):
        return BadLine(
            number=number, id=number, problem=f"{type(record).__name__} instead of an object with 'question'"
        )
    return Line(number=number, record=record)


def _question(line: Line) -> AskedLine | BadLine:
    value = line.record.get("question")
    if value is None:
        return BadLine(number=line.number, id=line.id, problem="no 'question' in the object; add one")
    if not isinstance(value, str) or not value.strip():
        return BadLine(
            number=line.number, id=line.id, problem=f"question = {value!r}; a text that is not blank is needed"
        )
    return AskedLine(number=line.number, id=line.id, question=without_surrogates(value))

"""Reads data and front matter of the shipped library, and tells of a mistake by file, entry and key."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from rag.errors import UnreadableDocument
from rag.kinds.values import Record

_Record = TypeVar("_Record", bound=Record)
_Model = TypeVar("_Model", bound=BaseModel)

# The parser in C reads the register in a tenth of the time, but not every platform has it.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_records(folder: Path, model: type[_Record]) -> tuple[_Record, ...]:
    """The entries of all YAML files of a folder, in the order of files and entries.

    Raises:
        UnreadableDocument: the folder or a file cannot be read, an entry is wrong, stands in the wrong file, or has
            the id of another one.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise UnreadableDocument(folder.name, problem="the folder holds no .yaml file", remedy="add one")
    seen: dict[str, str] = {}
    records = []
    for path in paths:
        for record in _file_records(path, model):
            if record.id in seen:
                problem = f"entry {record.id!r}: the id is also that of an entry in {seen[record.id]}"
                raise UnreadableDocument(path.name, problem=problem, remedy="give each entry an id of its own")
            seen[record.id] = path.name
            records.append(record)
    return tuple(records)


def _file_records(path: Path, model: type[_Record]) -> Iterator[_Record]:
    try:
        entries = parse_yaml(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableDocument(
            path.name, problem=f"it cannot be read ({error})", remedy="save it as UTF-8"
        ) from error
    if not isinstance(entries, list):
        problem = f"it holds {reprlib.repr(entries)} where a list of entries belongs"
        raise UnreadableDocument(path.name, problem=problem, remedy="begin each entry with '- id: …'")
    for number, fields in enumerate(entries, start=1):
        name = fields.get("id") if isinstance(fields, Mapping) else None
        record = checked(model, fields, source=path.name, where=f"entry {name!r}" if name else f"entry {number}")
        if record.shelf != path.stem:
            problem = f"entry {record.id!r}: it belongs in {record.shelf}.yaml"
            raise UnreadableDocument(path.name, problem=problem, remedy="move it there")
        yield record


def parse_yaml(text: str, source: str, *, first_line: int = 1) -> Any:
    """The value that a YAML text stands for.

    Args:
        text: the YAML.
        source: the file, as errors show it.
        first_line: where in the file the text begins.

    Raises:
        UnreadableDocument: the text is no YAML.
    """
    try:
        return yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a ValueError: a date that cannot be
        mark = getattr(error, "problem_mark", None)
        place = f" at line {first_line + mark.line}" if mark is not None else ""
        problem = f"not valid YAML{place}"
        remedy = "correct the line; put a value that holds ': ' or '#' in quotes"
        raise UnreadableDocument(source, problem=problem, remedy=remedy) from error


def checked(model: type[_Model], fields: object, *, source: str, where: str) -> _Model:
    """Fields as a model.

    Args:
        model: what they must be.
        fields: the values by key.
        source: the file, as errors show it.
        where: what errors call the place within the file.

    Raises:
        UnreadableDocument: a key is missing, unknown, or has a value that it cannot have.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first, *others = error.errors()
        problem, remedy = _told(first)
        more = f" (and {len(others)} more)" if others else ""
        raise UnreadableDocument(source, problem=f"{where}: {problem}{more}", remedy=remedy) from error


def _told(error: Mapping[str, Any]) -> tuple[str, str]:
    """Problem and remedy of one mistake."""
    key = ".".join(str(part) for part in error["loc"]) or "the entry"
    match error["type"]:
        case "missing":
            return f"key {key!r} is missing", "add it"
        case "extra_forbidden":
            return f"key {key!r} is not known", "correct its name or remove it"
    advice = str(error["msg"]).removeprefix("Value error, ")
    return f"key {key!r} has the value {reprlib.repr(error['input'])}", advice[:1].lower() + advice[1:]

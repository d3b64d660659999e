"""What a server answers to a request for embeddings, checked number by number. Pure.

A wrong vector is worse than none: it would be stored and would answer questions for months.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import numpy as np

from rag.backends.embedding import unit_rows
from rag.ports import Vectors

_SHOWN = 200


def json_of(content: bytes) -> Any:
    """A reply's JSON.

    Raises:
        ValueError: it is none, or nested too deeply to be read.
    """
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        if not content.strip():
            found = "it is empty"
        elif content.lstrip()[:1] == b"<":
            found = "it is a web page and no JSON"
        else:
            found = f"it is no JSON, or cut off ({error})"
        raise ValueError(found) from error


def read_vectors(payload: object, *, count: int) -> Vectors:
    """The unit vectors in a reply, in the order of the texts.

    Args:
        payload: the reply's JSON.
        count: how many texts were sent.

    Raises:
        ValueError: the reply is not one vector of finite numbers for each text.
    """
    data = payload.get("data") if isinstance(payload, Mapping) else None
    if not isinstance(data, list) or not all(isinstance(item, Mapping) for item in data):
        raise ValueError("it has no list 'data' of objects")
    if len(data) != count:
        raise ValueError(f"it has {len(data)} vectors for {count} texts")
    ordered = _ordered(data)
    rows = [_row(item.get("embedding"), place) for place, item in enumerate(ordered)]
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise ValueError(f"its vectors have different lengths: {lengths}")
    return unit_rows(np.stack(rows))


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds to wait after a `Retry-After` header (RFC 9110, 10.2.3); None when it says nothing usable."""
    if value is None:
        return None
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def shortened(text: str) -> str:
    """The beginning of a text on one line, for an error."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def _ordered(data: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The items by their `index`; servers that leave it out keep the order of the texts."""
    places = [item.get("index", place) for place, item in enumerate(data)]
    if any(type(place) is not int for place in places) or sorted(places) != [*range(len(data))]:
        raise ValueError(f"its indexes are {shortened(repr(places))}, not one for each text")
    return [item for _, item in sorted(zip(places, data, strict=True), key=lambda pair: pair[0])]


def _row(embedding: object, place: int) -> Vectors:
    try:
        row = _decoded(embedding)
    except (TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise ValueError(f"vector {place} is no list of numbers ({error})") from error
    if row.ndim != 1 or row.size == 0:
        raise ValueError(f"vector {place} is no list of numbers")
    if not np.isfinite(row).all():
        raise ValueError(f"vector {place} has a number that is not finite")
    if not row.any():
        raise ValueError(f"vector {place} is nothing but zeros")
    return row


def _decoded(embedding: object) -> Vectors:
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4").astype(np.float32)
    if not isinstance(embedding, list) or any(isinstance(number, str | bool) for number in embedding):
        raise TypeError(f"it is {shortened(repr(embedding))}")
    with np.errstate(over="ignore"):  # what is too large becomes infinite and is refused by name
        return np.asarray(embedding, dtype=np.float64).astype(np.float32)

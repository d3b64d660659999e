"""Replies of embeddings servers: which are vectors, and what is wrong with the others."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from rag.backends.openai_reply import read_vectors, retry_after_s

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def reply(*items: Any) -> dict[str, Any]:
    return {"object": "list", "data": [*items]}


def item(index: int, embedding: Any) -> dict[str, Any]:
    return {"object": "embedding", "index": index, "embedding": embedding}


def packed(*numbers: float) -> str:
    return base64.b64encode(np.array(numbers, dtype="<f4").tobytes()).decode()


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(reply(item(0, [3, 4]), item(1, [0, -2.0])), id="in order"),
        pytest.param(reply(item(1, [0, -2.0]), item(0, [3, 4])), id="out of order"),
        pytest.param(reply({"embedding": [3, 4]}, {"embedding": [0, -2]}), id="without indexes"),
        pytest.param(reply(item(1, packed(0, -2)), item(0, packed(3, 4))), id="base64"),
    ],
)
def test_vectors_are_unit_rows_in_the_order_of_the_texts(payload: object) -> None:
    vectors = read_vectors(payload, count=2)
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [pytest.approx([0.6, 0.8]), pytest.approx([0, -1])]


@pytest.mark.parametrize(
    ("payload", "count", "told"),
    [
        pytest.param([], 1, "no list 'data'", id="a list"),
        pytest.param(None, 1, "no list 'data'", id="null"),
        pytest.param({"data": {}}, 1, "no list 'data'", id="data is an object"),
        pytest.param({"data": ["x"]}, 1, "no list 'data' of objects", id="data of texts"),
        pytest.param(reply(), 1, "0 vectors for 1 texts", id="nothing"),
        pytest.param(reply(item(0, [1.0])), 2, "1 vectors for 2 texts", id="too few"),
        pytest.param(reply(item(0, [1.0]), item(1, [1.0])), 1, "2 vectors for 1 texts", id="too many"),
        pytest.param(reply(item(0, [1.0]), item(0, [1.0])), 2, r"indexes are \[0, 0\]", id="an index twice"),
        pytest.param(reply(item(0, [1.0]), item(2, [1.0])), 2, r"indexes are \[0, 2\]", id="an index too far"),
        pytest.param(reply({"index": "0", "embedding": [1.0]}), 1, "indexes", id="an index that is a text"),
        pytest.param(reply({"index": 0}), 1, "vector 0 is no list of numbers", id="no embedding"),
        pytest.param(reply(item(0, [])), 1, "vector 0 is no list of numbers", id="an empty embedding"),
        pytest.param(reply(item(0, [[1.0, 2.0]])), 1, "vector 0 is no list of numbers", id="nested lists"),
        pytest.param(reply(item(0, ["1", "2"])), 1, "vector 0 is no list of numbers", id="texts for numbers"),
        pytest.param(reply(item(0, "no base64!")), 1, "vector 0 is no list of numbers", id="broken base64"),
        pytest.param(reply(item(0, "AAAA")), 1, "vector 0 is no list of numbers", id="half a number in base64"),
        pytest.param(reply(item(0, [1.0, float("nan")])), 1, "not finite", id="NaN"),
        pytest.param(reply(item(0, [1.0, None])), 1, "not finite", id="null for a number"),
        pytest.param(reply(item(0, [1.0, 1e300])), 1, "not finite", id="beyond float32"),
        pytest.param(reply(item(0, packed(1, float("inf")))), 1, "not finite", id="infinite in base64"),
        pytest.param(reply(item(0, [0.0, 0.0])), 1, "nothing but zeros", id="zeros"),
        pytest.param(reply(item(0, [1.0]), item(1, [1.0, 2.0])), 2, r"different lengths: \[1, 2\]", id="lengths"),
    ],
)
def test_a_reply_that_is_not_one_vector_a_text_is_refused(payload: object, count: int, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_vectors(payload, count=count)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param(None, None, id="no header"),
        pytest.param("7", 7.0, id="seconds"),
        pytest.param(" 0 ", 0.0, id="at once"),
        pytest.param("Sun, 01 Mar 2026 12:00:30 GMT", 30.0, id="a date"),
        pytest.param("Sun, 01 Mar 2026 11:00:00 GMT", 0.0, id="a date that is past"),
        pytest.param("Sun, 01 Mar 2026 12:00:30 -0000", 30.0, id="a date without a zone"),
        pytest.param("soon", None, id="a word"),
        pytest.param("-3", None, id="negative"),
        pytest.param("nan", None, id="not a number"),
        pytest.param("9" * 40, None, id="longer than any pause"),
    ],
)
def test_the_wished_pause_is_read_from_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds

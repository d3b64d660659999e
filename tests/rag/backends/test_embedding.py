"""Texts are made readable for every model, and blank ones are refused."""

import numpy as np
import pytest

from rag.backends.embedding import MAX_CHARACTERS, embeddable, unit_rows
from rag.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("融资 round", "融资 round", id="ordinary"),
        pytest.param("a\tb\nc\r\n", "a\tb\nc\r\n", id="white space stays"),
        pytest.param("before\x00after", "beforeafter", id="NUL goes"),
        pytest.param("a\x1b[31mb\x7f\x9f", "a[31mb", id="control characters go"),
        pytest.param("page\x0cnext\x0bline\x85end", "page next line end", id="separators become spaces"),
        pytest.param("\ud83dhalf\udc00", "half", id="lone surrogates go"),
        pytest.param("👍 好", "👍 好", id="emoji stay"),
        pytest.param("x" * (MAX_CHARACTERS + 1), "x" * MAX_CHARACTERS, id="long text is cut"),
        pytest.param("?", "?", id="a single sign is a text"),
    ],
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    assert embeddable([text]) == [expected]


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u3000", "\x00", "\ud800", "\u200b\ufeff"], ids=ascii)
def test_blank_text_is_refused_with_its_position_and_value(blank: str) -> None:
    with pytest.raises(InvalidInput, match="text 2 of 3 is blank") as caught:
        embeddable(["first", blank, "third"])
    assert repr(blank) in str(caught.value)


def test_a_single_text_in_place_of_a_list_is_refused() -> None:
    with pytest.raises(InvalidInput, match="put it into a list"):
        embeddable("a question")


def test_rows_are_scaled_to_length_one_and_zeros_stay() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float64))
    assert rows.dtype == np.float32
    assert rows.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 0.0]]

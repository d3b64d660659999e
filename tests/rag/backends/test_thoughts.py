"""Thoughts of a reasoning model stay out of its answer, however its text is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.backends.thoughts import ThoughtFilter

SAMPLES = [
    pytest.param("<think>Hm, 3 < 4.</think>Yes.", "Yes.", id="thoughts and answer"),
    pytest.param("\n<think>\nHm.\n</think>\n\n是。", "\n\n是。", id="blanks around"),
    pytest.param("<think></think>Yes.", "Yes.", id="no thought"),
    pytest.param("Yes, <think> is a tag.", "Yes, <think> is a tag.", id="a tag in the answer"),
    pytest.param("<thing> is no tag.", "<thing> is no tag.", id="another tag"),
    pytest.param("<th", "<th", id="the end before anything is decided"),
    pytest.param("<think>Hm, this never", "", id="unfinished thoughts"),
    pytest.param("<think>a</think>b</think>c", "b</think>c", id="only the first thoughts"),
    pytest.param("", "", id="nothing"),
]


def shown(pieces: list[str]) -> str:
    answer = ThoughtFilter()
    return "".join([answer.passed(piece) for piece in pieces]) + answer.rest()


@pytest.mark.parametrize(("text", "expected"), SAMPLES)
def test_thoughts_at_the_beginning_are_left_out(text: str, expected: str) -> None:
    assert shown([text]) == expected
    assert shown(list(text)) == expected


@pytest.mark.parametrize(("text", "expected"), SAMPLES)
@given(data=st.data())
def test_the_cut_into_pieces_does_not_matter(text: str, expected: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    assert shown([text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]) == expected


def test_an_answer_without_thoughts_is_not_delayed() -> None:
    answer = ThoughtFilter()
    assert [answer.passed(piece) for piece in ("Y", "es", ".")] == ["Y", "es", "."]

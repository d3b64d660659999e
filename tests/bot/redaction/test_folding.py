"""A text as finders read it, and the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.redaction.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("１２－３４　５", "12-34 5", id="full-width"),
        pytest.param("a\u200bb\ufeffc\u2060", "abc", id="zero-width"),
        pytest.param("٣−𝟏—2", "3-1-2", id="foreign digits and dashes"),
        pytest.param("（at）：，", "(at):,", id="Chinese punctuation"),
        pytest.param("你好。㈱…", "你好。㈱…", id="what has no single counterpart"),
        pytest.param("plain\ttext\n", "plain\ttext\n", id="ASCII"),
    ],
)
def test_text_is_folded_to_what_it_means(text: str, folded: str) -> None:
    assert fold(text).text == folded


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("a1１\u200b\u2060你－")), st.data())
def test_folded_span_leads_back_to_its_characters(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, max(0, len(folded.text) - 1)))
    end = data.draw(st.integers(min(start + 1, len(folded.text)), len(folded.text)))
    if start < end:
        first, last = folded.origin((start, end))

        assert fold(text[first:last]).text == folded.text[start:end]
        assert fold(text[:first]).text == folded.text[:start]

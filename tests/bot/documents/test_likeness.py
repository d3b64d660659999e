"""Which files may be the next version of a document."""

from __future__ import annotations

import pytest

from bot.documents.likeness import likeness, named_alike
from rag.ingest.inspection import words_of


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Price list", "price-list v2", True),
        ("Price list 2026", "Price list 2027", True),
        ("Price list (final)", "Price list_draft (1)", True),
        ("价格表", "价格表（修订版）", True),
        ("价格表2026年3月", "价格表 2026-11 终稿", True),
        ("第一版价格表", "价格表第三版", True),
        ("Price list", "Price index", False),
        ("价格表", "价目表", False),
        ("2026", "2027", False),
        ("v1", "final", False),
        ("Newton", "ton", False),
    ],
)
def test_names_are_alike_but_for_what_tells_versions_apart(one: str, other: str, alike: bool) -> None:
    assert named_alike(one, other) is alike
    assert named_alike(other, one) is alike


def test_texts_are_alike_by_most_of_their_words() -> None:
    text = "The harbour takes four crowns a day for each boat that stays over night at the northern pier."
    words = words_of([text])
    assert likeness(words, words_of([text.replace("four", "five")])) > 0.8
    assert likeness(words, words_of(["The council meets on Mondays and speaks about schools, roads and trees."])) == 0
    assert likeness(words_of(["Four crowns."]), words_of(["Four crowns."])) == 0  # too short to tell

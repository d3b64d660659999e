"""Words of a question and of a passage meet without their English endings."""

import pytest

from rag.extract.words import asked_words, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [("renting", "rent"), ("pricing", "price"), ("hired", "hiring"), ("buyer", "buying"), ("GPUs", "GPU")],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(("one", "other"), [("need", "nee"), ("red", "r"), ("ring", "r"), ("融资", "投资")])
def test_short_and_other_words_stay_apart(one: str, other: str) -> None:
    assert words_of(one) != words_of(other)


def test_words_of_a_question_keep_their_order_and_come_once() -> None:
    assert asked_words("Renting or rented: which price, the pricing?") == ("rent", "pric")

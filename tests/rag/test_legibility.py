"""How an answer reads is measured from its text."""

import pytest

from rag.legibility import Legibility, legibility_of


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        pytest.param("天使先投。[1]\n\n基金后投。", 0.5, id="one line of two"),
        pytest.param("**招聘**\n- 销售负责签单。[1]\n- 工程师负责开发。[1]", 1.0, id="a heading is no line"),
        pytest.param("Costs are:\n- compute [1]\n- people", 0.5, id="an announcement is no line"),
        pytest.param("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 [1] |", 1.0, id="a table is one line"),
        pytest.param("- **计划**：\n   - 第一步\n   - 第二步 [1]", 1.0, id="nested lines belong to their item"),
        pytest.param("**Only a heading**", None, id="nothing to cite"),
        pytest.param("", None, id="empty"),
    ],
)
def test_the_share_of_cited_lines(text: str, cited: float | None) -> None:
    assert legibility_of(text).cited == cited


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        pytest.param("Angels invest small sums early. [1] Funds write larger cheques later. [2]", 0.0, id="apart"),
        pytest.param("Angels invest small sums early. [1]\n\nAngels invest small sums early. [2]", 0.5, id="twice"),
        pytest.param("- 退款要在七天内到账。[1]\n- 退款要在七天之内到账。[2]\n- 工资按月发放。[3]", 1 / 3, id="items"),
        pytest.param("| a | b |\n|---|---|\n| red tape | red tape [1] |", None, id="a table has no sentences"),
    ],
)
def test_the_share_of_sentences_said_again(text: str, repeated: float | None) -> None:
    assert legibility_of(text).repeated == (None if repeated is None else pytest.approx(repeated))


def test_the_length_counts_marks_and_all() -> None:
    assert legibility_of("事实。[1]") == Legibility(characters=6, repeated=None, cited=1.0)

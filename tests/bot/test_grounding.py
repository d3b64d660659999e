"""Which sentence of an answer rests on which source, as "why these sources" tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.grounding import grounded

from .samples import answer, citation, evidence, record

PASSAGE = "Data wears out. It must be renewed every month."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A fact.[1][2] Another.[2]", [[("A fact.", (1, 2)), ("Another.", (2,))]], id="marks of their own"),
        pytest.param(
            "Data wears out. It must be renewed every month.[1]",
            [[("Data wears out.", (1,)), ("It must be renewed every month.", (1,))]],
            id="quoted together",
        ),
        pytest.param(
            "There is one way. It must be renewed every month.[1]",
            [[("There is one way.", ()), ("It must be renewed every month.", (1,))]],
            id="a remark of the writer's own",
        ),
        pytest.param(
            "Data wears out.\n\nIt must be renewed every month.[1]",
            [[("Data wears out.", ())], [("It must be renewed every month.", (1,))]],
            id="a mark holds for its paragraph alone",
        ),
        pytest.param(
            "**Wear**\nData wears out. It must be renewed every month.[1]",
            [[("Data wears out.", (1,)), ("It must be renewed every month.", (1,))]],
            id="a heading over them is no sentence",
        ),
        pytest.param(
            "# Wear\n\n**Ways**\n\n- **Wear**: data wears out. [1]\n2. Data wears out. [1]",
            [[("**Wear**: data wears out.", (1,)), ("Data wears out.", (1,))]],
            id="items of a list lose their signs and keep their labels",
        ),
        pytest.param(
            "| Month | What |\n|---|:-:|\n| 1 | Data wears out. [1] |",
            [[("| 1 | Data wears out. |", (1,))]],
            id="the head of a table is no sentence",
        ),
        pytest.param(
            "Data wears out. It must:\n\n- It must be renewed every month. [1]",
            [[("Data wears out.", (1,)), ("It must:", (1,)), ("It must be renewed every month.", (1,))]],
            id="an introduction rests on what it introduces",
        ),
        pytest.param("**Data wears out** [1]", [[("**Data wears out**", (1,))]], id="a bold line with a source is one"),
        pytest.param("> Data wears out. [1]", [[("Data wears out.", (1,))]], id="a quotation loses its sign"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences_tell_what_they_rest_on(text: str, expected: list[list[tuple[str, tuple[int, ...]]]]) -> None:
    finished = answer(text, citations=[citation(1, quote="It must be renewed every month.")])
    held = replace(record(finished), evidence=(replace(evidence(), text=PASSAGE),))
    assert [[(each.text, each.numbers) for each in block] for block in grounded(held)] == expected

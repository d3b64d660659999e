"""Questions beside headings: which chunks they go to, and what is said of those that fit nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.questions import with_questions
from rag.types import Chunk

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Read

SECTIONS = (
    (),
    ("Guide", "Pricing"),
    ("Guide", "Pricing"),
    ("Guide", "Risks", "First day"),
    ("Guide", "Leaks", "First day"),
    ("Guide", "A > B"),
)
CHUNKS = tuple(Chunk(position=n, section=section, text=f"text {n}") for n, section in enumerate(SECTIONS))


def places(heading: str) -> list[int]:
    chunks, _ = with_questions(CHUNKS, {heading: ("why?",)}, title="The guide")
    return [chunk.position for chunk in chunks if chunk.questions]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        pytest.param("Pricing", [1, 2], id="every chunk of the section"),
        pytest.param("pricing.", [1, 2], id="spelt a little otherwise"),
        pytest.param("Risks", [3], id="a heading above others"),
        pytest.param("First day", [], id="a heading that stands twice"),
        pytest.param("Leaks > First day", [4], id="told apart by the heading above"),
        pytest.param("Guide > Leaks > First day", [4], id="the whole path"),
        pytest.param("A > B", [5], id="a heading that holds the sign"),
        pytest.param("The guide", [0], id="what has no heading stands under the title"),
        pytest.param("Hiring", [], id="no heading at all"),
        pytest.param("Risks > Pricing", [], id="no such path"),
    ],
)
def test_questions_go_to_the_chunks_of_the_section_that_is_named(heading: str, expected: list[int]) -> None:
    assert places(heading) == expected


def test_a_question_is_kept_once_in_the_order_of_the_author() -> None:
    chunks, unknown = with_questions(
        CHUNKS, {"Pricing": ("how much?", "why?", "how much?"), "Guide > Pricing": ("why?", "when?")}, title="T"
    )
    assert chunks[1].questions == ("how much?", "why?", "when?")
    assert unknown == ()


def test_headings_that_name_nothing_are_told() -> None:
    _, unknown = with_questions(CHUNKS, {"Hiring": ("who?",), "Pricing": ("why?",), "First day": ("x?",)}, title="T")
    assert unknown == ("Hiring", "First day")


TEXT = """---
title: Prices
questions:
  Pricing:
    - How much do we ask for?
    - 按量计费好吗？
  Hiring: Whom first?
---
# Prices

## Pricing

Ask for a tenth of what it saves.
"""


def test_a_document_carries_the_questions_of_its_front_matter(read: Read) -> None:
    loaded = read("prices.md", TEXT)
    (chunk,) = loaded.chunks
    assert chunk.questions == ("How much do we ask for?", "按量计费好吗？")
    assert "How much" not in chunk.text
    (problem,) = loaded.problems
    assert problem.source == "prices.md"
    assert "'Hiring'" in problem.problem
    assert "Outer > Inner" in problem.remedy


def test_plain_text_may_bring_questions_too(read: Read) -> None:
    loaded = read("notes.txt", "---\nquestions:\n  Notes: what is this?\ntitle: Notes\n---\nOnly some words on it.\n")
    assert [chunk.questions for chunk in loaded.chunks] == [("what is this?",)]


@pytest.mark.parametrize(
    "value",
    ["[a, b]", "Pricing", "{Pricing: [{a: b}]}", "{Pricing: ['']}", f"{{Pricing: ['{'x' * 201}']}}"],
    ids=["list", "text", "nested", "blank", "long"],
)
def test_questions_of_another_shape_are_refused_in_plain_words(read: Read, value: str) -> None:
    with pytest.raises(UnreadableDocument, match="'questions'") as caught:
        read("a.md", f"---\ntitle: A\nquestions: {value}\n---\n# A\n\nText.\n")
    assert "headings of the document" in caught.value.remedy


def test_no_questions_are_no_mistake(read: Read) -> None:
    assert read("a.md", "---\nquestions:\n---\n# A\n\nText.\n").chunks[0].questions == ()

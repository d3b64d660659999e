"""What of a model's text a reader gets to see: evidence for each sentence, and the layout around what passes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.backends.memory import MemoryEmbedder
from rag.backends.universal import UniversalEmbedder
from rag.citations import split_marks
from rag.ports import Embedder, Statement
from rag.sentences import SentenceStream
from rag.types import Passage
from rag.writing.checking import Checker, Rules
from rag.writing.evidence import Evidence
from rag.writing.neutral import Library
from tests.rag.writing.scene import BURN, BURN_ZH, TEAM, passage

CLAIMS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("claims.toml").read_text("utf-8"))
PASSAGES = {name: passage(each["text"].strip(), title=each["title"]) for name, each in CLAIMS["passages"].items()}
BEYOND_WORDS = "The culture of a company is decided by its investors."
"""Three of its four words are the passage's: without likeness in meaning nothing tells who decides."""


def checker_of(*passages: Passage, mark: str = "", question: str = "", embedder: Embedder | None = None) -> Checker:
    found = dict(enumerate(passages or (BURN, TEAM)))
    library = Library(addresses=frozenset(), text=" ".join(each.chunk.text for each in found.values()))
    rules = Rules(passages=len(found), mark=mark, library=library, prompt="State only what the passages state.")
    return Checker(Evidence(found, question, embedder), rules)


async def shown(text: str, checker: Checker | None = None) -> list[Statement]:
    stream = SentenceStream()
    checker = checker or checker_of()
    return [each for piece in [*stream.feed(text), *stream.close()] for each in await checker.take(piece)]


def text_of(statements: list[Statement]) -> str:
    return "".join(each.lead + each.text for each in statements).strip()


def cited(statements: list[Statement]) -> list[list[int]]:
    return [[support.passage for support in each.support] for each in statements]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "relation", "right", "of"),
    [
        pytest.param("supported", "same", 27, 29, id="what_a_passage_says_in_its_language"),
        pytest.param("supported", "across", 15, 17, id="what_it_says_in_the_other"),
        pytest.param("unsupported", "same", 45, 45, id="what_it_does_not_say_in_its_language"),
        pytest.param("unsupported", "across", 27, 27, id="what_it_does_not_say_in_the_other"),
    ],
)
async def test_labelled_claims_are_told_apart(kind: str, relation: str, right: int, of: int) -> None:
    embedder = await UniversalEmbedder.open()
    labelled = [(name, claim) for name, claims in CLAIMS[kind][relation].items() for claim in claims]
    verdicts = [
        bool(await Evidence({0: PASSAGES[name]}, "", embedder).judge(claim, [0])) is (kind == "supported")
        for name, claim in labelled
    ]
    assert len(verdicts) == of
    assert sum(verdicts) >= right, [each for each, fine in zip(labelled, verdicts, strict=True) if not fine]


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        (name, claim)
        for name, claims in CLAIMS["unsupported"]["same"].items()
        for claim in claims
        if claim != BEYOND_WORDS
    ],
)
async def test_without_an_encoder_a_wrong_claim_fails_all_the_same(name: str, claim: str) -> None:
    assert not await Evidence({0: PASSAGES[name]}, "", None).judge(claim, [0])


@pytest.mark.parametrize(
    ("written", "passages"),
    [
        pytest.param("A value below 1 is amazing [1].", [[0]], id="a_right_citation_stays"),
        pytest.param("A value below 1 is amazing [9].", [[0]], id="an_invented_one_is_replaced"),
        pytest.param("A value below 1 is amazing.", [[0]], id="a_forgotten_one_is_added"),
        pytest.param("A value below 1 is amazing [2].", [[0]], id="a_wrong_one_is_corrected"),
        pytest.param("A value below 1 is amazing [1][2].", [[0]], id="one_of_two_that_holds_nothing_goes"),
        pytest.param("A value below 2 is amazing [1].", [], id="a_wrong_number_fails_with_its_citation"),
        pytest.param("Founders eat lunch at noon [1].", [], id="a_fact_from_nowhere_fails"),
        pytest.param("Pilots count as recurring revenue [1].", [], id="a_lost_negation_fails"),
        pytest.param("烧钱倍数低于 1 惊人 [1]。", [], id="another_language_cannot_be_judged_without_an_encoder"),
    ],
)
async def test_each_sentence_stands_on_what_carries_it(written: str, passages: list[list[int]]) -> None:
    assert cited(await shown(written)) == passages


async def test_a_quote_is_verbatim_and_the_sentence_that_carries_the_claim() -> None:
    (statement,) = await shown("- A value above 3 is bad [1].")
    (support,) = statement.support
    assert support.quote == "A value above 3 is bad."
    assert support.quote in BURN.chunk.text


async def test_two_passages_carry_together_what_neither_carries_alone() -> None:
    written = "A value below 1 is amazing, and the first ten people decide the culture of a company [1][2]."
    assert cited(await shown(written)) == [[0, 1]]


async def test_a_number_of_the_neighbouring_sentence_does_not_fit() -> None:
    founded = passage("Alpha was founded in 2015. Beta was founded in 2019.", title="Firms")
    assert not await shown("Beta was founded in 2015 [1].", checker_of(founded))
    assert await shown("Beta was founded in 2019 [1].", checker_of(founded))


async def test_a_row_of_a_table_carries_its_own_facts_alone() -> None:
    table = PASSAGES["table_en"]
    assert await shown("The capped-profit company was founded in March 2019 [1].", checker_of(table))
    assert not await shown("The capped-profit company was founded in November 2022 [1].", checker_of(table))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param(
            "## Runway\n\nA value below 1 is amazing [1].",
            "## Runway\n\nA value below 1 is amazing.",
            id="a_heading_goes_with_what_passes_below_it",
        ),
        pytest.param(
            "## Runway\n\nLunch is at noon [1].\n\n## Culture\n\nThe first ten people decide the culture [2].",
            "## Culture\n\nThe first ten people decide the culture.",
            id="a_heading_above_nothing_is_forgotten",
        ),
        pytest.param(
            "A value below 1 is amazing [1].\n\n## Culture", "A value below 1 is amazing.", id="also_at_the_end"
        ),
        pytest.param(
            "## Sam Altman leads OpenAI\n\nA value below 1 is amazing [1].",
            "A value below 1 is amazing.",
            id="a_heading_that_states_something_needs_evidence",
        ),
        pytest.param(
            "A value of recurring revenue:\n\n- Below 1 is amazing [1].\n- Lunch is free [1].",
            "A value of recurring revenue:\n\n- Below 1 is amazing.",
            id="a_lead_in_goes_with_its_first_item",
        ),
        pytest.param(
            "The culture of a company:\n\n- Lunch is free.\n\nA value below 1 is amazing [1].",
            "A value below 1 is amazing.",
            id="a_lead_in_whose_items_fail_goes_with_them",
        ),
        pytest.param(
            "1. A value below 1 is amazing [1].\n2. Lunch is free.\n3. A value above 3 is bad [1].",
            "1. A value below 1 is amazing.\n2. A value above 3 is bad.",
            id="numbers_close_up",
        ),
        pytest.param(
            "- **Runway**: a value below 1 is amazing [1]. Lunch is free.",
            "- **Runway**: a value below 1 is amazing.",
            id="an_item_keeps_its_sentences_that_pass",
        ),
        pytest.param(
            "| Value | Runway |\n|---|---|\n| Below 1 | amazing value [1] |\n| Below 2 | amazing value [1] |",
            "| Value | Runway |\n|---|---|\n| Below 1 | amazing value |",
            id="a_table_keeps_its_rows_that_pass",
        ),
        pytest.param(
            "A value below 1 is amazing [1]. A value below 1 is amazing [1].",
            "A value below 1 is amazing.",
            id="what_was_said_is_not_said_again",
        ),
        pytest.param(
            "A value below 1 is amazing [1].\n\nLunch is free. The first ten people decide the culture [2].",
            "A value below 1 is amazing.\n\nThe first ten people decide the culture.",
            id="a_paragraph_stays_one_without_its_first_sentence",
        ),
        pytest.param(
            "A value below 1 is amazing [1]. The sources do not mention salaries.",
            "A value below 1 is amazing. The sources do not mention salaries.",
            id="what_is_missing_may_be_said",
        ),
        pytest.param(
            "A value below 1 is amazing [1]. I hope this helps!",
            "A value below 1 is amazing.",
            id="courtesies_go",
        ),
        pytest.param(
            "A value below 1 is amazing [1].\n\n```\nrm -rf everything\n```",
            "A value below 1 is amazing.",
            id="code_of_its_own_goes",
        ),
    ],
)
async def test_the_layout_follows_what_passes(written: str, read: str) -> None:
    assert text_of(await shown(written)) == read


async def test_code_that_a_passage_holds_is_shown_with_its_source() -> None:
    guide = passage("Start the server:\n\n```\nvllm serve model\n```\n", title="Serving")
    (statement,) = await shown("```bash\nvllm serve model\n```", checker_of(guide))
    assert statement.text == "```\nvllm serve model\n```"
    assert statement.support[0].quote in guide.chunk.text


async def test_a_marked_sentence_waits_for_one_that_passes() -> None:
    checker = checker_of(mark=" (unproven)")
    statements = await shown("Lunch is free. A value below 1 is amazing [1]. Dinner, too.", checker)
    assert text_of(statements) == "Lunch is free. (unproven) A value below 1 is amazing. Dinner, too. (unproven)"
    assert cited(statements) == [[], [0], []]
    assert checker.doubted


async def test_the_rules_of_the_prompt_are_not_shown_even_when_marked() -> None:
    written = "A value below 1 is amazing [1]. State only what the passages state."
    assert text_of(await shown(written, checker_of(mark=" (unproven)"))) == "A value below 1 is amazing."


async def test_courtesies_and_headings_raise_no_doubt() -> None:
    checker = checker_of()
    await shown("## Runway\n\nA value below 1 is amazing [1]. Let me know if you need help!", checker)
    assert not checker.doubted


SENTENCES = st.sampled_from(
    [
        "A value below 1 is amazing [1].",
        "A value below 2 is amazing [1].",
        "[1] [[2]] 【3】",
        "See [it](https://evil.example/?q=1) now [2].",
        "@everyone A value above 3 is bad![1]",
        "\n\n## Runway\n\n",
        "\n- Below 1 is amazing [2]",
        "\n| a | b |\n|---|---|\n| Below 1 | amazing [1] |\n",
        "```\ncode\n```",
        " [1",
        "[2]]",
        "<b>Pilots</b> do not count as recurring revenue[",
    ]
)


@given(st.lists(SENTENCES, max_size=6))
async def test_whatever_is_written_only_supported_text_without_marks_and_links_is_shown(parts: list[str]) -> None:
    statements = await shown("".join(parts), checker_of(embedder=MemoryEmbedder()))
    for each in statements:
        assert not split_marks(each.text, passages=0).invented
        assert not any(sign in each.text for sign in ("http", "@", "<b>"))
        assert all(support.quote in (BURN, TEAM)[support.passage].chunk.text for support in each.support)
    assert not statements or statements[-1].support


async def test_a_chinese_claim_is_checked_like_an_english_one() -> None:
    checker = checker_of(BURN_ZH)
    assert text_of(await shown("低于 1 惊人[1]。低于 2 惊人[1]。试点项目算经常性收入[1]。", checker)) == "低于 1 惊人。"

"""What an author says of a document reaches it, and every mistake in it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.frontmatter import split_front_matter
from rag.ingest.load import LoadedDocument
from rag.types import CaseFacts, DocumentKind, Language, Outcome

Read = Callable[..., LoadedDocument]

FULL = """---
title: "Inkwell: growth, then a wall"
kind: Case
language: en-GB
topics: [pricing, retention]
date: 2025-03-09
source: https://example.org/inkwell
licence: CC-BY-4.0
audience: [investors, staff]
id: inkwell
company: Inkwell
sector: writing tools
stage: seed
outcome: mixed
lessons:
  - Charge for use.
  - Talk to churned users.
region: Ireland
founded: 2019
did: Inkwell sold a writing tool to newsrooms.
decided: Newsrooms wrote their own tool.
sources: [Company register, An interview of 2024]
illustrative: true
layout: ignored
---
# Heading

Text.
"""


def test_every_key_reaches_the_document(read: Read) -> None:
    document = read("a.md", FULL).document
    assert (document.title, document.kind, document.language) == (
        "Inkwell: growth, then a wall",
        DocumentKind.CASE,
        Language.EN,
    )
    assert (document.topics, document.date) == (("pricing", "retention"), date(2025, 3, 9))
    assert (document.url, document.licence) == ("https://example.org/inkwell", "CC-BY-4.0")
    assert (document.audience, document.translation_of) == (frozenset({"investors", "staff"}), "inkwell")
    assert document.case == CaseFacts(
        company="Inkwell",
        sector="writing tools",
        stage="seed",
        outcome=Outcome.MIXED,
        lessons=("Charge for use.", "Talk to churned users."),
        region="Ireland",
        founded=2019,
        did="Inkwell sold a writing tool to newsrooms.",
        decided="Newsrooms wrote their own tool.",
        sources=("Company register", "An interview of 2024"),
        illustrative=True,
    )


def test_a_document_without_front_matter_is_public_and_dated_by_its_file(read: Read) -> None:
    document = read("a.md", "# Runway\n\nMonths of cash left.").document
    assert (document.kind, document.audience, document.case) == (DocumentKind.DOCUMENT, frozenset({"public"}), None)
    assert (document.title, document.date, document.url) == ("Runway", date(2026, 1, 31), None)


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        pytest.param("title: 2024", "title", "2024", id="number as title"),
        pytest.param("title: 'No'", "title", "No", id="a word that YAML takes for false"),
        pytest.param("topics: pricing", "topics", ("pricing",), id="one topic"),
        pytest.param("audience: staff", "audience", frozenset({"staff"}), id="one label"),
        pytest.param("audience: staff, board", "audience", frozenset({"staff", "board"}), id="labels in a line"),
        pytest.param("language: zh_Hans", "language", Language.ZH, id="script subtag"),
        pytest.param("language: fr", "language", Language.OTHER, id="a language that is not told apart"),
        pytest.param("date: 2024-05-06T07:08:09", "date", date(2024, 5, 6), id="time of day"),
        pytest.param("source: our own notes", "url", None, id="source that is no address"),
        pytest.param("url: javascript:alert(1)", "url", None, id="address of another scheme"),
        pytest.param("license: MIT", "licence", "MIT", id="American spelling"),
    ],
)
def test_values_are_taken_as_their_author_meant_them(read: Read, line: str, attribute: str, value: object) -> None:
    document = read("a.md", f"---\n{line}\n---\n# T\n\nText.").document
    assert getattr(document, attribute) == value


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("kind: foo", ["'kind'", "'foo'", "case", "resource"], id="kind"),
        pytest.param("outcome: great", ["'outcome'", "'great'", "success"], id="outcome"),
        pytest.param("founded: last century", ["'founded'", "'last century'", "YYYY"], id="year in words"),
        pytest.param("founded: 19", ["'founded'", "'19'", "YYYY"], id="half a year number"),
        pytest.param("illustrative: perhaps", ["'illustrative'", "'perhaps'", "true or false"], id="no truth value"),
        pytest.param("sources: {a: b}", ["'sources'", "list of names"], id="sources as a mapping"),
        pytest.param("date: 2024-13-45", ["'date'", "'2024-13-45'", "YYYY-MM-DD"], id="date that cannot be"),
        pytest.param("date: last May", ["'date'", "'last May'"], id="date in words"),
        pytest.param("language: klingon", ["'language'", "'klingon'", "zh"], id="language"),
        pytest.param("audience:", ["'audience'", "at least one label"], id="audience left empty"),
        pytest.param("audience: []", ["'audience'", "at least one label"], id="audience of nobody"),
        pytest.param("title: [a, b]", ["'title'", "['a', 'b']"], id="title as a list"),
    ],
)
def test_a_wrong_value_is_told_with_key_value_and_what_is_allowed(read: Read, line: str, told: list[str]) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read("a.md", f"---\n{line}\n---\n# T\n\nText.")
    assert all(word in str(caught.value) for word in told), str(caught.value)


def test_broken_yaml_is_told_with_its_line_in_the_file() -> None:
    with pytest.raises(UnreadableDocument, match="not valid YAML at line 3"):
        split_front_matter("---\ntitle: fine\nkind: a: b\n---\nText.", "a.md")


def test_front_matter_that_is_never_closed_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="not closed"):
        split_front_matter("---\ntitle: fine\n\nText without end.", "a.md")


def test_an_alias_bomb_is_refused_with_a_short_message() -> None:
    levels = "\n".join(f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    with pytest.raises(UnreadableDocument) as caught:
        split_front_matter(f"---\nk0: &a0 [x]\n{levels}\ntitle: *a8\n---\nText.", "a.md")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("---\n\n# Title\n\nText.", id="a rule"),
        pytest.param("---\n\nText.\n\n---\n\nMore.", id="two rules"),
        pytest.param("---\n# Title\n---\nText.", id="a heading between rules"),
        pytest.param("---\nNote: the sky is: blue\n---\nText.", id="a sentence with colons"),
        pytest.param("Text.\n---\ntitle: x\n---\n", id="not at the top"),
    ],
)
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    front_matter, body = split_front_matter(text, "a.md")
    assert (front_matter.title, body) == (None, text)


def test_a_case_that_names_no_company_goes_by_its_title(read: Read) -> None:
    case = read("a.md", "---\nkind: case\noutcome: failure\n---\n# Nimbus\n\nIt ran out of cash.").document.case
    assert case == CaseFacts(company="Nimbus", outcome=Outcome.FAILURE)


def test_sources_alone_make_no_case_of_a_guide(read: Read) -> None:
    assert read("a.md", "---\nkind: document\nsources: [A register]\n---\n# Runway\n\nText.").document.case is None


def test_a_case_is_real_unless_it_says_otherwise(read: Read) -> None:
    case = read("a.md", "---\nkind: case\ncompany: Nimbus\nfounded:\n---\n# N\n\nText.").document.case
    assert case == CaseFacts(company="Nimbus", illustrative=False, founded=None)

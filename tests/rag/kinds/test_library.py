"""Texts of the library are held to what their kind demands."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import UnreadableDocument
from rag.kinds.case import CaseHead
from rag.kinds.document import DocumentHead
from rag.kinds.library import LibraryText, load_library
from rag.kinds.trend import TrendHead
from rag.types import Language, Outcome

COMMON = """id: {id}
title: "A title: with a colon"
kind: {kind}
language: {language}
topics: [planning, runway]
date: 2025-06-15
licence: CC-BY-4.0
as_of: 2025-06
"""
CASE = """company: Inkwell
sector: writing tools
stage: seed
outcome: mixed
did: Inkwell sold a writing tool.
decided: Newsrooms wrote their own.
lessons: [Charge for use., Talk to users., Keep cash.]
"""
REAL = """region: Ireland
founded: 2019
sources: [Company register]
"""
CASE_BODY = "# T\n\n## What decided it\n\nPrice.\n\n## Lessons for a founder\n\nCharge.\n"
TREND_BODY = "# T\n\n" + "\n\n".join(
    f"## {heading}\n\nText." for heading in TrendHead.sections[Language.EN]
)  # fmt: skip


def front_matter(kind: str, *, name: str = "plan", language: str = "en", more: str = "") -> str:
    return f"---\n{COMMON.format(kind=kind, id=name, language=language)}{more}---\n\n"


def load(folder: Path, text: str, *, place: str = "en/plan.md") -> LibraryText:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (loaded,) = load_library(folder)
    return loaded


def test_a_guide_is_read_with_its_headings(tmp_path: Path) -> None:
    body = "# Plan\n\n## First\n\n```\n## no heading\n```\n\n### Second\n\nText.\n"
    text = load(tmp_path, front_matter("document", more="sources: [A law]\n") + body)
    assert isinstance(text.head, DocumentHead)
    assert (text.source, text.body) == ("en/plan.md", body)
    assert text.headings == ((1, "Plan"), (2, "First"), (3, "Second"))
    assert (text.head.title, text.head.sources) == ("A title: with a colon", ("A law",))


def test_a_real_case_is_read_with_its_facts(tmp_path: Path) -> None:
    head = load(tmp_path, front_matter("case", more=CASE + REAL) + CASE_BODY).head
    assert isinstance(head, CaseHead)
    assert (head.company, head.region, head.founded, head.outcome) == ("Inkwell", "Ireland", 2019, Outcome.MIXED)
    assert head.illustrative is False


def test_a_made_up_case_needs_no_sources(tmp_path: Path) -> None:
    head = load(tmp_path, front_matter("case", more=CASE + "illustrative: true\n") + CASE_BODY).head
    assert isinstance(head, CaseHead)
    assert (head.illustrative, head.founded, head.sources) == (True, None, ())


def test_a_trend_has_its_four_sections(tmp_path: Path) -> None:
    assert isinstance(load(tmp_path, front_matter("trend") + TREND_BODY).head, TrendHead)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("# Plan\n\nText.\n", "the front matter is missing", id="no front matter"),
        pytest.param("---\ntitle: a: b\n---\n", "not valid YAML at line 2", id="broken YAML"),
        pytest.param(
            "---\njust words\n---\n", "front matter: key 'the entry' has the value 'just words'", id="no keys"
        ),
        pytest.param(front_matter("essay"), "key 'kind' has the value 'essay'", id="unknown kind"),
        pytest.param(front_matter("document", more="company: x\n"), "'company' is not known", id="key of a case"),
        pytest.param(front_matter("document", more="audience: staff\n"), "'audience' is not known", id="private"),
        pytest.param(front_matter("document", name="other"), "do not fit the place", id="id of another file"),
        pytest.param(front_matter("document", language="zh"), "do not fit the place", id="language of another folder"),
        pytest.param(front_matter("document", language="fr"), "key 'language' has the value 'fr'", id="language"),
        pytest.param(front_matter("case", more=CASE) + CASE_BODY, "add region, founded, sources", id="unsourced case"),
        pytest.param(
            front_matter("case", more=CASE.replace("mixed", "fine") + REAL), "'outcome' has the value 'fine'", id="end"
        ),
        pytest.param(
            front_matter("case", more=CASE + REAL) + CASE_BODY.replace("## Less", "### Less"),
            "'What decided it', 'Lessons for a founder'",
            id="case without lessons",
        ),
        pytest.param(
            front_matter("trend") + TREND_BODY.replace("## What is happening", "## Now"),
            "of the sections",
            id="trend with a heading of its own",
        ),
        pytest.param(
            front_matter("document").replace("2025-06-15", "soon"), "key 'date' has the value 'soon'", id="date"
        ),
        pytest.param(
            front_matter("document").replace("[planning, runway]", "[planning]"), "'topics'", id="one topic alone"
        ),
    ],
)
def test_a_wrong_text_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith("en/plan.md: ")
    assert told in str(caught.value)


def test_sections_are_asked_for_in_the_language_of_the_text(tmp_path: Path) -> None:
    body = "# T\n\n## 成败的关键\n\n价格。\n\n## 给创业者的教训\n\n收费。\n"
    text = front_matter("case", language="zh", more=CASE + REAL) + body
    assert load(tmp_path, text, place="zh/plan.md").head.id == "plan"

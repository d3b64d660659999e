"""Metadata files beside documents: what they say holds, and a mistake in one is told before it can do harm."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.files import FileProblem, FoundFile, find_files
from rag.ingest.frontmatter import FrontMatter
from rag.ingest.load import load_document
from rag.ingest.sidecar import merged, parse_sidecar
from rag.settings import IngestSettings
from rag.types import Document, DocumentId, DocumentKind, Language, Outcome

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library

FULL = """
title = "融资计划"
kind = "case"
language = "zh"
topics = ["融资", "现金流"]
date = 2024-05-01
url = "https://example.org/plan"
license = "CC BY 4.0"
audience = ["board"]
company = "某公司"
outcome = "success"
"""


def load(path: Path) -> Document:
    [found] = [each for each in find_files(path) if isinstance(each, FoundFile)]
    settings = IngestSettings()
    return load_document(found, document_id=DocumentId("d"), settings=settings, modified=date.min).document


def test_a_sidecar_says_of_a_file_what_front_matter_would(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("方案,价格\n团队,20", "utf-8")
    (tmp_path / "a.csv.meta.toml").write_text(FULL, "utf-8")
    document = load(tmp_path)
    assert (document.title, document.kind, document.language) == ("融资计划", DocumentKind.CASE, Language.ZH)
    assert (document.topics, document.date, document.licence) == (("融资", "现金流"), date(2024, 5, 1), "CC BY 4.0")
    assert (document.audience, document.url) == (frozenset({"board"}), "https://example.org/plan")
    assert document.case is not None
    assert (document.case.company, document.case.outcome) == ("某公司", Outcome.SUCCESS)


@pytest.mark.parametrize(
    ("present", "chosen"),
    [
        pytest.param(["plan.pdf.meta.toml"], "plan.pdf.meta.toml", id="full name"),
        pytest.param(["plan.meta.toml"], "plan.meta.toml", id="name without suffix"),
        pytest.param(["other.meta.toml"], None, id="of another file"),
        pytest.param([], None, id="none"),
    ],
)
@pytest.mark.parametrize("registered", [".", "plan.pdf"], ids=["folder", "file"])
def test_a_file_is_found_with_its_sidecar(
    tmp_path: Path, registered: str, present: list[str], chosen: str | None
) -> None:
    for name in ["plan.pdf", *present]:
        (tmp_path / name).write_text("x", "utf-8")
    [found] = [each for each in find_files(tmp_path / registered) if isinstance(each, FoundFile)]
    assert found.source == "plan.pdf"
    assert (found.sidecar.name if found.sidecar else None) == chosen


def test_a_sidecar_without_a_document_is_a_problem(tmp_path: Path) -> None:
    for name in ("sub/plan.pdf", "sub/paln.pdf.meta.toml", "sub/plan.meta.toml", "sub/plan.pdf.meta.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", "utf-8")
    problems = [each for each in find_files(tmp_path) if isinstance(each, FileProblem)]
    assert [each.source for each in problems] == ["sub/paln.pdf.meta.toml", "sub/plan.meta.toml"]
    assert "belongs to no document" in problems[0].problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("title = Our plan", "not valid TOML", id="no TOML"),
        pytest.param('audiance = "board"', "unknown key 'audiance'", id="misspelt key"),
        pytest.param("audience = []", r"key 'audience' has the value \[\]", id="nobody"),
        pytest.param('kind = "story"', "key 'kind' has the value 'story'", id="unknown kind"),
        pytest.param("title = 2024", "key 'title' has the value 2024", id="number"),
        pytest.param("[title]\nzh = 'x'", "key 'title'", id="table"),
    ],
)
def test_a_mistake_in_a_sidecar_is_told_by_its_own_name(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_text("a,b\n1,2", "utf-8")
    (tmp_path / "sub" / "a.meta.toml").write_text(text, "utf-8")
    with pytest.raises(UnreadableDocument, match=told) as caught:
        load(tmp_path)
    assert caught.value.path == "sub/a.meta.toml"
    assert caught.value.remedy


def test_bytes_that_are_no_text_are_no_sidecar() -> None:
    with pytest.raises(UnreadableDocument, match="not valid TOML"):
        parse_sidecar(b"\xff\xfe\x00", "a.meta.toml")


def test_a_sidecar_is_right_where_a_document_says_otherwise_and_silent_where_it_says_nothing() -> None:
    own = FrontMatter(title="Draft", url="https://example.org", audience=["board"])
    both = merged(own, FrontMatter(title="Final", topics=["money"]))
    assert (both.title, both.topics, both.url) == ("Final", ("money",), "https://example.org")
    assert both.audience == frozenset({"board"})


async def test_a_changed_sidecar_alone_indexes_its_document_anew(library: Library) -> None:
    library.write("a.txt", "Words.")
    library.write("b.txt", "More words.")
    await library.update()
    steps = ['title = "First"', 'title = "Other"', None]
    titles = []
    for step in steps:
        path = library.folder / "a.txt.meta.toml"
        path.unlink() if step is None else library.write(path.name, step)
        report = await library.update()
        assert (report.updated, report.unchanged, report.failed) == (("a.txt",), 1, ())
        titles.append({each.source: each.title for each in await library.catalogue.documents()}["a.txt"])
        assert (await library.update()).unchanged == 2
    assert titles == ["First", "Other", "a"]


async def test_a_sidecar_that_is_older_than_its_document_is_noticed(library: Library) -> None:
    library.write("a.txt", "Words.")
    sidecar = library.write("a.txt.meta.toml", 'audience = "one"')
    await library.update()
    library.write(sidecar.name, 'audience = "two"')
    os.utime(sidecar, ns=(1, 1))
    assert (await library.update()).updated == ("a.txt",)
    [document] = await library.catalogue.documents()
    assert document.audience == frozenset({"two"})

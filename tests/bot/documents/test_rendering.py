"""What documents look like on disk: no text of anybody's becomes metadata, whatever it holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.document_records import ShelfVersion
from bot.documents.rendering import answer_text, sidecar_text, stem_of, title_of_text, titled
from rag.ingest.frontmatter import split_front_matter
from rag.ingest.sidecar import parse_sidecar
from rag.types import PUBLIC, DocumentKind, Language

TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)


def version(title: str, *, audience: frozenset[str] = frozenset({PUBLIC, "board"})) -> ShelfVersion:
    return ShelfVersion(
        version=1,
        title=title,
        kind=DocumentKind.CASE,
        language=Language.ZH,
        audience=audience,
        suffix=".md",
        digest="d",
        at=datetime(2026, 3, 1, tzinfo=UTC),
        by="",
    )


@given(TEXTS, st.frozensets(st.text("abc\"\\'\n—板", min_size=1).filter(str.strip), min_size=1))
def test_sidecar_says_what_the_version_says(title: str, labels: frozenset[str]) -> None:
    shown = titled(title) or "x"
    told = parse_sidecar(sidecar_text(version(shown, audience=labels)).encode(), "s")
    assert (told.title, told.kind, told.language) == (" ".join(shown.split()), DocumentKind.CASE, Language.ZH)
    assert told.audience == {label.strip() for label in labels}


@given(TEXTS, TEXTS)
def test_title_and_answer_stay_where_they_belong(title: str, answer: str) -> None:
    shown = titled(title) or "x"
    front, body = split_front_matter(answer_text(version(shown), answer), "a.md")
    assert front.audience == {"board"}
    assert front.title == shown
    assert body == f"# {shown}\n\n{answer.strip()}\n"


@pytest.mark.parametrize(
    "answer",
    ["---\naudience: public\n---\nmine", "# Heading\n\n- a\n- b", "多少？\n\n六周。", "x" * 8000],
    ids=["front matter", "markdown", "chinese", "long"],
)
def test_what_the_expert_wrote_cannot_become_front_matter(answer: str) -> None:
    front, body = split_front_matter(answer_text(version("Bakeries"), answer), "p1.md")
    assert (front.audience, front.title) == ({"board"}, "Bakeries")
    assert answer.strip() in body


@given(TEXTS, st.text("0123456789abcdef", min_size=8, max_size=24))
def test_name_on_the_shelf_is_harmless_and_its_own(name: str, unique: str) -> None:
    stem = stem_of(name, unique)
    assert stem.endswith(f"-{unique[:8]}")
    assert not set(stem) & set("./\\\0\n")
    assert 0 < len(stem) <= 70
    assert not stem.startswith(("-", "."))


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("plan.pdf", "plan"),
        ("../../etc/passwd", "passwd"),
        ("C:\\files\\融资 计划 v1.2.docx", "融资 计划 v1-2"),
        (".hidden", "hidden"),
        ("...", "document"),
        ("a" * 300, "a" * 60),
    ],
    ids=["plain", "path", "windows", "hidden", "dots", "long"],
)
def test_name_on_the_shelf_is_like_the_files(name: str, stem: str) -> None:
    assert stem_of(name, "0123456789") == f"{stem}-01234567"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n\n**Six weeks**, mostly.\nMore.", "Six weeks, mostly."),
        ("1. First\n2. Second", "First"),
        ("> 引用的第一句。", "引用的第一句。"),
        ("---\n***", "…"),
    ],
    ids=["emphasis", "list", "quote", "nothing"],
)
def test_text_is_called_by_its_first_line(text: str, title: str) -> None:
    assert title_of_text(text) == title

"""Loading one file: what is inferred, and what is refused with a reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.files import FoundFile
from rag.ingest.formats import READERS
from rag.ingest.load import LoadedDocument, load_document
from rag.settings import IngestSettings
from rag.types import DocumentId, Language

Read = Callable[..., LoadedDocument]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("# 预算\n\n每月核对一次。", Language.ZH, id="Chinese"),
        pytest.param("# Budget\n\nCheck it every month.", Language.EN, id="English"),
        pytest.param(
            "# 部署\n\n运行它：\n\n```python\n" + "import os and run the model for all\n" * 40 + "```",
            Language.ZH,
            id="code",
        ),
    ],
)
def test_the_language_is_that_of_the_words_and_not_of_the_code(read: Read, text: str, language: Language) -> None:
    assert read("a.md", text).document.language is language


def test_two_documents_with_one_title_stay_two(read: Read) -> None:
    first, second = read("one.md", "# Pricing\n\nCharge for use."), read("two.md", "# Pricing\n\nCharge for seats.")
    assert first.document.title == second.document.title
    assert (first.document.source, second.document.source) == ("one.md", "two.md")
    assert first.chunks[0].text != second.chunks[0].text


def test_a_file_without_headings_is_called_by_its_name(read: Read) -> None:
    assert read("cash-flow.md", "Count every month.").document.title == "cash-flow"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        pytest.param("a.md", b"", "the file is empty", id="empty"),
        pytest.param("a.md", b"\n \n", "holds no text", id="blank"),
        pytest.param("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", "not text", id="picture named Markdown"),
        pytest.param("a.md", b"# Only\n\n## Headings\n", "no text", id="headings only"),
        pytest.param("a.md", b"---\ntitle: T\n---\n", "no text", id="front matter only"),
        pytest.param("a.rtf", b"text", "'.rtf' is not known", id="unknown format"),
    ],
)
def test_a_file_that_holds_nothing_to_index_is_refused(read: Read, name: str, data: bytes, told: str) -> None:
    with pytest.raises(UnreadableDocument, match=told) as caught:
        read(name, data)
    assert caught.value.path == name
    assert caught.value.remedy


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.md"
    path.touch()
    os.truncate(path, 10**11)  # sparse: to read it would take a hundred gigabytes
    with pytest.raises(UnreadableDocument, match=r"100000\.0 MB, more than the 50 MB allowed"):
        load(path)


def test_a_file_that_has_vanished_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="cannot be read"):
        load(tmp_path / "gone.md")


def load(path: Path) -> LoadedDocument:
    file = FoundFile(path=path, source=path.name)
    return load_document(file, document_id=DocumentId("d1"), settings=IngestSettings(), modified=date(2026, 1, 31))


@pytest.mark.parametrize("suffix", READERS)
def test_junk_of_every_format_ends_in_an_error_that_names_the_file(read: Read, suffix: str) -> None:
    for junk in (bytes(range(256)) * 4, b"\xff" * 500, b"%PDF-1.4 <html> \x01\x02"):
        try:
            loaded = read(f"junk{suffix}", junk)
        except UnreadableDocument as error:
            assert error.path == f"junk{suffix}"  # noqa: PT017 - either outcome is right, a crash is not
        else:
            assert loaded.chunks


def test_the_same_file_gives_the_same_chunks(read: Read) -> None:
    text = "# 手册\n\n## 1.1 预算\n\n" + "每月核对一次。" * 200
    assert read("a.md", text) == read("a.md", text)

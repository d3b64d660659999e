"""Reading a file's bytes: once, whole, and never more than is allowed."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.files import FoundFile
from rag.ingest.reading import FileContent, read_content


def read(path: Path, *, sidecar: Path | None = None) -> FileContent:
    return read_content(FoundFile(path=path, source=f"sub/{path.name}", sidecar=sidecar), max_megabytes=50)


class Restless(type(Path())):  # type: ignore[misc]
    """A path to a file that another program goes on writing while it is read."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        owner = self

        class Reading(io.FileIO):
            def read(self, size: int | None = -1) -> bytes:
                data = super().read(size)
                owner.disturb()
                return data

        return Reading(str(self))

    def disturb(self) -> None:
        raise NotImplementedError


class Growing(Restless):
    def disturb(self) -> None:
        os.truncate(self, os.path.getsize(self) + 10)  # noqa: PTH202 - stat() of this path is not the matter


class Rewritten(Restless):
    def disturb(self) -> None:
        os.utime(self, ns=(1, 1))


def test_a_file_is_read_with_its_day_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"words")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read(path) == FileContent(
        data=b"words", sidecar=None, modified=date(2023, 11, 14), digest=hashlib.sha256(b"words").hexdigest()
    )


def test_the_digest_covers_the_sidecar(tmp_path: Path) -> None:
    path, beside = tmp_path / "a.pdf", tmp_path / "a.meta.toml"
    path.write_bytes(b"words")
    digests = set()
    for text in ("", "title = 'a'", "title = 'b'"):
        beside.write_text(text, "utf-8")
        digests.add(read(path, sidecar=beside).digest)
    assert len({*digests, read(path).digest}) == 4


@pytest.mark.parametrize("kind", [Growing, Rewritten], ids=["grows", "is rewritten"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, kind: type[Restless]) -> None:
    (tmp_path / "a.md").write_bytes(b"words")
    with pytest.raises(UnreadableDocument, match="changed while it was read") as caught:
        read(kind(tmp_path / "a.md"))
    assert caught.value.path == "sub/a.md"


@pytest.mark.parametrize("size", [2_000_000_000, 10**11], ids=["two gigabytes", "a hundred gigabytes"])
def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.md"
    path.touch()
    os.truncate(path, size)
    with pytest.raises(UnreadableDocument, match=r"more than the 50 MB allowed"):
        read(path)


def test_a_huge_sidecar_is_refused_by_its_own_name(tmp_path: Path) -> None:
    path, beside = tmp_path / "a.pdf", tmp_path / "a.meta.toml"
    path.write_bytes(b"words")
    beside.write_bytes(b"#" * 1_000_001)
    with pytest.raises(UnreadableDocument, match=r"more than the 1 MB allowed") as caught:
        read(path, sidecar=beside)
    assert caught.value.path == "sub/a.meta.toml"


def test_a_file_that_has_vanished_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="No such file"):
        read(tmp_path / "gone.md")


@pytest.fixture
def shut_file() -> Iterator[Path]:
    """A file that nobody may read, and no right to read it all the same, which root has."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    path = folder / "a.md"
    path.write_bytes(b"words")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield path
    finally:
        os.seteuid(user)
        shutil.rmtree(folder)


def test_a_file_that_may_not_be_read_is_refused(shut_file: Path) -> None:
    with pytest.raises(UnreadableDocument, match="Permission denied") as caught:
        read(shut_file)
    assert "permissions" in caught.value.remedy

"""Everything that can be wrong with a file, in one folder: each is one line of the report, the rest is indexed."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from rag.settings import IngestSettings

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library

MakeDocx = Callable[..., bytes]
pytestmark = pytest.mark.slow


def pdf(text: str) -> bytes:
    data = BytesIO()
    canvas = Canvas(data)
    canvas.drawString(72, 700, text)
    canvas.save()
    return data.getvalue()


def encrypted(password: str) -> bytes:
    writer = PdfWriter(PdfReader(BytesIO(pdf("A page with a sentence that nobody may read."))))
    writer.encrypt(password, "owner", algorithm="AES-256")
    data = BytesIO()
    writer.write(data)
    return data.getvalue()


@cache
def bomb() -> bytes:
    """A document that declares little enough to be unpacked, and unfolds to more than its parser is allowed."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w>" + b"<p>ha</p>" * 40_000_000 + b"</w>")
    return data.getvalue()


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


EXPECTED = {
    "bomb.docx": "memory",
    "bomb.xlsx": "unpacks to",
    "broken.pdf": "PDF is broken",
    r"caf\xe9.md": "not valid UTF-8",
    "cut.docx": "damaged",
    "empty.pdf": "the file is empty",
    "front.md": "front matter",
    "huge.pdf": "more than the 50 MB allowed",
    "junk.md": "not text",
    "junk.pdf": "damaged or not what|PDF is broken",
    "locked.pdf": "encrypted",
    "loop.md": "leads to no file",
    "no-pages.pdf": "holds no pages",
    "paln.pdf.meta.toml": "belongs to no document",
    "scanned.pdf": "images of pages, no text",
    "secret.docx": "password",
    "wrong.csv": "metadata file",
}


def make_hostile(folder: Path, docx: MakeDocx) -> None:
    good = pdf("A page with a sentence that says something useful.")
    no_pages = BytesIO()
    PdfWriter().write(no_pages)
    write_all(
        folder,
        {
            "bomb.docx": bomb(),
            "bomb.xlsx": docx(("", "words"), **{"xl/bomb.xml": bytes(401_000_000)}),
            "broken.pdf": good[:300],
            "cut.docx": docx(("", "words"))[:200],
            "empty.pdf": b"",
            "front.md": b"---\nkind: story\n---\n# A\n\nWords.",
            "good.md": b"# Good\n\nWords that stay.",
            "good.pdf": good,
            "huge.pdf": b"",
            "junk.md": os.urandom(64) + bytes(64),
            "junk.pdf": bytes(range(256)) * 8,
            "locked.pdf": encrypted("secret"),
            "no-pages.pdf": no_pages.getvalue(),
            "open.pdf": encrypted(""),
            "paln.pdf.meta.toml": b"title = 'Plan'",
            "scanned.pdf": pdf(""),
            "secret.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "wrong.csv": b"a,b\n1,2",
            "wrong.csv.meta.toml": b"titel = 'Plan'",
            "zuletzt.docx": docx(("", "The last words.")),
        },
    )
    os.truncate(folder / "huge.pdf", 2_000_000_000)
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "around").symlink_to(folder)
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md")).write_text("words")


async def test_each_bad_file_is_one_line_of_the_report_and_the_rest_is_indexed(
    library: Library, docx: MakeDocx
) -> None:
    make_hostile(library.folder, docx)
    library.settings = IngestSettings(parser_megabytes=300)
    report = await library.update()
    told = {problem.source: problem.problem for problem in report.failed}
    assert len(told) == len(report.failed)
    assert told.keys() == {name.replace("wrong.csv", "wrong.csv.meta.toml") for name in EXPECTED}
    for name, expected in EXPECTED.items():
        problem = told[name.replace("wrong.csv", "wrong.csv.meta.toml")]
        assert any(each in problem for each in expected.split("|")), (name, problem)
    assert all(problem.remedy and "\n" not in problem.problem + problem.remedy for problem in report.failed)
    assert sorted(report.added) == ["good.md", "good.pdf", "open.pdf", "zuletzt.docx"]
    assert (await library.live_texts())["zuletzt.docx"] == ["The last words."]


async def test_a_file_that_turns_hostile_keeps_its_last_good_version(library: Library, docx: MakeDocx) -> None:
    (library.folder / "a.docx").write_bytes(docx(("", "Good words.")))
    await library.update()
    (library.folder / "a.docx").write_bytes(bomb())
    library.settings = IngestSettings(parser_megabytes=300)
    report = await library.update()
    assert [problem.source for problem in report.failed] == ["a.docx"]
    assert await library.live_texts() == {"a.docx": ["Good words."]}

"""An admin's day in the terminal: a PDF with pages is added, asked about, replaced, brought back, found in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.backup import BackupJob, make_backup
from bot.store.restore import restore_backup
from rag.types import Language
from tests.bot.test_console_experts import table
from tests.rag.ingest.test_pdf import pdf

ENGLISH = {
    "upload": "/upload",
    "describe": "Describe and hand in …",
    "added": "“Harbour prices” is in the library now: PDF, English, pages: 3",
    "ask": "What does a harbour licence cost?",
    "page": "p. 2",
    "second": "It is version 2",
    "documents": "/admin documents harbour",
    "version": "Version 1, {date}",
    "moved": "Version 1 of “Harbour prices” answers now",
    "audit": "/audit",
    "rolled": "version 1",
    "edit": "Edit …",
}
CHINESE = {
    **ENGLISH,
    "upload": "/上传",
    "describe": "填写信息并提交……",
    "added": "《Harbour prices》已收入资料库：PDF、英文、3 页",
    "second": "这是第 2 版",
    "documents": "/管理 文档 harbour",
    "version": "第 1 版，{date}",
    "moved": "《Harbour prices》现在使用第 1 版",
    "audit": "/审计",
    "rolled": "版本 1",
    "edit": "修改…",
}


def plan(price: str) -> bytes:
    """Three pages, of which the second one tells the price."""
    pages = (
        ["The harbour plan begins with boats and their owners, who come every spring."],
        [f"A harbour licence costs {price} euros for each boat and every single year."],
        ["The last page thanks everybody who has helped with this plan and its figures."],
    )
    return pdf(pages)


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, Language.EN), (CHINESE, Language.ZH)], ids=["en", "zh"])
async def test_day_of_an_admin(tmp_path: Path, words: dict[str, str], language: Language) -> None:
    home, file = tmp_path / "home", tmp_path / "plan.bin"
    file.write_bytes(plan("forty"))
    async with table(home, language=language) as terminal:
        assert "PDF" in await terminal.type(f"{words['upload']} {file}")
    async with table(home, language=language) as terminal:
        # The file and what was found out of it have outlived the program; it is described from the list of one's own.
        (held,) = await terminal.store.hand_ins.of("console/local/me", limit=9)
        await terminal.type("/submissions" if language is Language.EN else "/我的提交")
        await terminal.choose(f"{held.number}. {held.title}")
        added = await terminal.type("Harbour prices", "resource", "en", "public")
        assert words["added"] in added
        answered = await terminal.type(words["ask"])
        assert "forty" in answered
        assert words["page"] in answered
        file.write_bytes(plan("fifty"))
        await terminal.type(f"{words['upload']} {file}")
        await terminal.choose(words["describe"])
        assert words["second"] in await terminal.type("Harbour prices", "", "", "", "")
        assert "fifty" in await terminal.type(words["ask"])
        shown = await terminal.type(words["documents"])
        (first,) = [line for line in shown.splitlines() if ". " in line and words["version"].split("{")[0] in line]
        assert words["moved"] in await terminal.type(first.strip().partition(".")[0])
        assert "forty" in await terminal.type(words["ask"])
        assert words["rolled"] in await terminal.type(words["audit"])


async def test_documents_and_what_waits_travel_in_a_backup(tmp_path: Path) -> None:
    home, file, backup = tmp_path / "home", tmp_path / "plan.bin", tmp_path / "backup.tar.gz"
    file.write_bytes(plan("forty"))
    async with table(home) as terminal:
        await terminal.type(f"/upload {file}")
        await terminal.choose("Describe and hand in …")
        await terminal.type("Harbour prices", "", "", "")
        later = plan("sixty")
        file.write_bytes(later)
        await terminal.type(f"/upload {file}")
        (document,) = await terminal.store.shelves.all()
        await make_backup(BackupJob(home=home, file=backup), at=document.versions[0].at)
        await terminal.type(words_of(document.id))
        await terminal.choose("Take out of the library")
        assert "forty" not in await terminal.type("What does a harbour licence cost?")
    await restore_backup(home, backup)
    async with table(home) as terminal:
        assert "forty" in await terminal.type("What does a harbour licence cost?")
        (waiting, _) = await terminal.store.hand_ins.of("console/local/me", limit=9)
        assert (home / "handed-in" / waiting.id).read_bytes() == later
        await terminal.type("/submissions")
        await terminal.choose(f"{waiting.number}. {waiting.title}")
        assert "version 2" in await terminal.type("", "", "", "", "")
        assert "sixty" in await terminal.type("What does a harbour licence cost?")


async def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with table(tmp_path / "home") as terminal:
        told = await terminal.type(f"/upload {tmp_path / 'nothing.pdf'}")
        assert "I could not take this" in told
        assert "nothing.pdf" in told
        assert "Files" in await terminal.type("/upload")


def words_of(document_id: str) -> str:
    """The line that shows a document."""
    return f"/admin documents {document_id}"


async def test_refusal_of_a_file_is_told_in_chinese(tmp_path: Path) -> None:
    empty, feed = tmp_path / "empty.pdf", tmp_path / "news.xml"
    empty.write_bytes(b"")
    feed.write_text("<rss version='2.0'><channel/></rss>")
    async with table(tmp_path / "home", language=Language.ZH) as terminal:
        assert "`empty.pdf`：文件是空的；" in await terminal.type(f"/上传 {empty}")
        told = await terminal.type(f"/上传 {feed}")
        assert "`news.xml`：这是订阅源，不是文档；请在添加收录来源时填写它的地址" in told

"""An admin's round in the terminal, in both languages: gaps, an index run and its effect, questions, use, steering."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.commands.books import Books
from bot.console.opening import open_engine
from bot.console.session import Session
from bot.operations import Terminal
from bot.store.opening import open_store
from rag.build import Rag, open_rag
from rag.catalogue import Input
from rag.settings import EmbeddingSettings, QualitySettings, RagSettings, RetrievalSettings
from rag.types import Language

ASKED = "What does the harbour cost?"
NOISE = "".join(f"# {ASKED}\n\n{ASKED} {'harbour ' * n}.\n\n" for n in range(12))


@dataclass
class Round:
    """A session over a folder that is indexed."""

    session: Session
    folder: Path
    rag: Rag
    store: Books
    output: io.StringIO

    async def type(self, *lines: str) -> str:
        """What is printed for the last of these lines."""
        for line in lines:
            start = self.output.tell()
            await self.session.take(line)
        return self.output.getvalue()[start:].replace("**", "")

    def write(self, name: str, text: str) -> None:
        """Puts a document into the folder."""
        (self.folder / name).write_text(text, "utf-8")


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[Round]:
    """The terminal over a real library; a second time is a restart."""
    folder = home / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "harbour.md").write_text("# The harbour\n\nThe harbour costs four crowns a day.", "utf-8")
    questions = home / "questions.jsonl"
    label = {"id": "1", "question": "What does the harbour cost?", "lang": "en", "answerable": True}
    labels = [{**label, "expect": [{"source": "harbour.md"}]}]
    labels.append({"id": "2", "question": "Who paints zebras purple?", "lang": "en", "answerable": False})
    questions.write_text("\n".join(map(json.dumps, labels)), "utf-8")
    settings = RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        retrieval=RetrievalSettings(threshold=0.35, per_document=12),
        quality=QualitySettings(questions=questions),
    )
    output = io.StringIO()
    console = Console(file=output, width=100, markup=False, highlight=False)
    terminal = Terminal(out=console, err=console)
    async with open_rag(settings) as rag, open_store(None, home=home) as store:
        await rag.indexer.update([Input(path=folder)])
        async with open_engine(rag, store, terminal) as room:
            session = Session(room, terminal, language=Language.EN)
            await session.begin(interactive=True)
            yield Round(session, folder, rag, store, output)


async def test_gap_is_mended_by_a_document_and_closed_after_the_run(tmp_path: Path) -> None:
    async with opened(tmp_path) as at:
        await at.type("Which orchards grow quinces?")
        assert "open: 1 · different ones: 1" in await at.type("/gaps")
        assert "open questions: 1" in await at.type("1")
        assert "and run `/admin reindex`" in await at.type("1")
        at.write("quinces.md", "# Which orchards grow quinces?\n\nThe orchards of the valley grow quinces.")
        said = await at.type("/admin reindex")
        assert "1 added, 0 updated" in said
        assert "1 of 1 open questions would be answered by now." in said
        assert "Closed: 1." in await at.type("1")
        assert "No gap is open here" in await at.type("/gaps")
        assert "资料库已能回答" in await at.type("/缺口 已关闭")


async def test_run_that_makes_questions_worse_is_held_and_forced(tmp_path: Path) -> None:
    async with opened(tmp_path) as at:
        at.write("aa.md", NOISE)
        held = await at.type("/admin reindex")
        assert "Held back. Labelled questions found among five passages would fall from 1.000 to 0.000" in held
        assert "What does the harbour cost?" in held
        assert "`/admin reindex force`" in held
        assert len(await at.rag.catalogue.documents()) == 1
        assert "本次更新没有启用" in await at.type("/管理 更新")
        forced = await at.type("/admin reindex force")
        assert "新增 1" in forced
        assert "表现变差了" in forced
        assert len(await at.rag.catalogue.documents()) == 2
        entry = next(each for each in await at.store.audit.latest(limit=9) if each.action == "reindex")
        assert entry.details["force"] == "True"


async def test_labelled_questions_are_asked_and_compared(tmp_path: Path) -> None:
    async with opened(tmp_path) as at:
        first = await at.type("/admin eval")
        assert "Found first 1.000 · among three 1.000 · among five 1.000" in first
        assert "refused, of those without: 1.000" in first
        assert "This is the first run" in first
        assert "“nothing” is no set of questions" in await at.type("/admin eval nothing")
        at.write("aa.md", NOISE)
        await at.type("/admin reindex force")
        second = await at.type("/管理 测试 自备问题")
        assert "前五 0.000 (1.000)" in second
        assert "前五段里不再命中" in second
        (tmp_path / "questions.jsonl").write_text("{]", "utf-8")
        assert "line 1 of the labelled questions" in await at.type("/admin eval")
    async with opened(tmp_path) as at:
        assert len(await at.store.oversight.evaluations("file", limit=9)) == 2


async def test_use_is_counted_and_shown(tmp_path: Path) -> None:
    async with opened(tmp_path) as at:
        assert "Nothing was asked in this time." in await at.type("/admin usage")
        await at.type("What does the harbour cost?", "+", "Which orchards grow quinces?")
        said = await at.type("/admin usage 30")
        assert "Questions: 2 · answered 1 (50 %) · refused 1 · failed 0" in said
        assert "Rated 👍 1 · 👎 0" in said
        assert "People who asked: 1" in said
        assert "library: 1 documents" in said
        assert "不是有效的天数" in await at.type("/管理 用量 0")
        assert "is no number of days" in await at.type("/admin usage soon")


async def test_limit_is_changed_after_a_question_and_holds_after_a_restart(tmp_path: Path) -> None:
    name = "person_burst"
    async with opened(tmp_path) as at:
        assert "cannot be “-3”" in await at.type(f"/admin limits {name} -3")
        assert "“x” is no limit" in await at.type("/admin limits x 3")
        assert "100 → 50" in await at.type(f"/admin limits {name} 50")
        assert "100" in (await at.type("/admin limits")).split("person_burst")[1].splitlines()[0]
        assert "is 50 (set in the chat) from now on" in await at.type(f"/admin limits {name} 50", "1")
    async with opened(tmp_path) as at:
        assert "50 · set in the chat" in (await at.type("/admin limits"))
        assert "默认" in await at.type("/管理 限制 每人可连续提问数 默认")
        assert "100" in await at.type("1")
        entry = next(each for each in await at.store.audit.latest(limit=9) if each.action == "limit")
        assert entry.details == {"setting": "person_burst", "before": "50", "after": "default"}


async def test_maintenance_is_told_to_others_and_survives_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as at:
        assert "Maintenance is off" in await at.type("/admin maintenance")
        assert "Maintenance is on" in await at.type("/admin maintenance on Back at five.")
        assert "Maintenance since" in await at.type("/admin status")
        assert "harbour.md" in await at.type("What does the harbour cost?")  # whoever owns the terminal is answered
    async with opened(tmp_path) as at:
        assert "维护中" in await at.type("/管理 维护")
        assert "维护结束" in await at.type("/管理 维护 关")
        assert "Maintenance is off" in await at.type("/admin maintenance what")


async def test_labels_are_changed_after_a_question(tmp_path: Path) -> None:
    async with opened(tmp_path) as at:
        at.write("board.md", "---\naudience: [board]\n---\n# Board\n\nFor the board.")
        await at.type("/admin reindex")
        assert "Known labels: public, board" in await at.type("/admin labels")
        assert "no label of a document" in await at.type("/admin labels nothing")
        asked = await at.type("/admin labels board")
        assert "could then read further documents: 1; no longer: 0" in asked
        assert "holds board from now on" in await at.type("1")
        assert "board · set in this channel" in (await at.type("/admin labels"))

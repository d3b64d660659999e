"""Experts and the feasibility check in the terminal, over the real engine, store and library."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from bot.console.opening import open_engine
from bot.console.session import Session
from bot.operations import Terminal
from bot.store.opening import SqlStore, open_store
from rag.build import Rag, open_rag
from rag.catalogue import Input
from rag.settings import EmbeddingSettings, RagSettings, RetrievalSettings
from rag.types import Language


@dataclass
class Table:
    """One session at a terminal."""

    session: Session
    store: SqlStore
    rag: Rag
    output: io.StringIO

    async def type(self, *lines: str) -> str:
        """What is printed for the last of these lines."""
        for line in lines:
            start = self.output.tell()
            await self.session.take(line)
        return self.output.getvalue()[start:].replace("**", "")

    async def choose(self, label: str) -> str:
        """Type the number under which a choice was printed last."""
        (*_, number) = re.findall(rf"^  (\d+)\. {re.escape(label)}$", self.output.getvalue(), re.MULTILINE)
        return await self.type(number)


@asynccontextmanager
async def table(home: Path, *, language: Language = Language.EN) -> AsyncIterator[Table]:
    """A session over what is in a home; a second one is a restart."""
    settings = RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        retrieval=RetrievalSettings(threshold=0.5),
        lock_patience_s=0,
    )
    output = io.StringIO()
    console = Console(file=output, width=200, markup=False, highlight=False)
    terminal = Terminal(out=console, err=console)
    async with open_rag(settings) as rag, open_store(None, home=home) as store:
        if not await rag.catalogue.documents():
            (home / "own").mkdir()
            (home / "own" / "moat.md").write_text("# Moats\n\nA moat is data that nobody else has.\n", "utf-8")
            await rag.indexer.update([Input(path=home / "own")])
        async with open_engine(rag, store, terminal) as room:
            session = Session(room, terminal, language=language)
            await session.begin(interactive=True)
            yield Table(session, store, rag, output)


async def test_expert_answers_and_the_answer_becomes_a_document_that_is_cited(tmp_path: Path) -> None:
    async with table(tmp_path) as terminal:
        assert "expert is now @bob." in await terminal.type("/config set expert @bob")
        refusal = await terminal.type("How long does a bakery licence take?")
        assert "does not answer" in refusal
        called = await terminal.type("e")
        assert "@bob\nA question for an expert" in called
        assert "I have called the expert" in called
        await terminal.type("/as bob")
        assert "bob has taken it." in await terminal.choose("I take it")
        assert "Is this your answer" in await terminal.type("/say A bakery licence takes six weeks, call 13800138000.")
    async with table(tmp_path) as terminal:
        # After a restart the buttons of the last run are typed no more; the form is still to be had.
        request = await terminal.store.experts.of_question((await terminal.store.gaps.open(limit=1))[0].question_id)
        assert request is not None
        assert "13800138000" not in request.draft
        assert "six weeks" in request.draft


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (
            {
                "question": "How long does a bakery licence take?",
                "take": "I take it",
                "answer": "Answer …",
                "text": "A bakery licence takes six weeks.",
                "save": "Propose for the library",
                "proposals": "/proposals",
                "approve": "Into the library",
                "gaps": "/gaps",
                "none": "No gap is open here",
            },
            Language.EN,
        ),
        (
            {
                "question": "开面包店的许可证怎么申请？",
                "take": "我来回答",
                "answer": "填写回答……",
                "text": "开面包店的许可证先向食品安全局申请登记，再等六周左右的检查。",
                "save": "推荐收入资料库",
                "proposals": "/推荐",
                "approve": "收入资料库",
                "gaps": "/缺口",
                "none": "这里没有未处理的缺口",
            },
            Language.ZH,
        ),
    ],
    ids=["en", "zh"],
)
async def test_gap_is_filled_from_question_to_citation(
    tmp_path: Path, words: dict[str, str], language: Language
) -> None:
    async with table(tmp_path, language=language) as terminal:
        await terminal.type("/config set expert bob")
        await terminal.type(words["question"])
        await terminal.type("e", "/as bob")
        await terminal.choose(words["take"])
        await terminal.choose(words["answer"])
        shown = await terminal.type(words["text"])
        assert words["text"] in shown
        await terminal.choose(words["save"])
        await terminal.type("/as")
        assert words["none"] in await terminal.type(words["gaps"])
        assert words["text"] in await terminal.type(words["proposals"])
        await terminal.choose(words["approve"])
        answered = await terminal.type(words["question"])
        assert words["text"].rstrip("。.") in answered
        assert "[1]" in answered


async def test_feasibility_check_is_filled_in_shown_and_written_to_a_file(
    tmp_path: Path,
) -> None:
    async with table(tmp_path / "home") as terminal:
        await terminal.type("/assess")
        form = await terminal.choose("Competition (0/3)")
        assert "How well you know who else solves it:\n* 0: not known yet\n  1: we have not looked" in form
        noted = await terminal.type("4", "", "3", "we asked five of them")
        assert "Competition ●●●○○ 2.6 of 5" in noted
        told = await terminal.choose("Show the result")
        assert "Why a customer would choose you: not known." in told
        assert "In your words: “we asked five of them”" in told
    async with table(tmp_path / "home") as terminal:
        assert "Competition ●●●○○ 2.6" in await terminal.type("/assess")
        written = await terminal.type("/assess export")
        (path,) = (tmp_path / "home" / "files").iterdir()
        assert f"[{path}]" in written
        assert "we asked five of them" in path.read_text("utf-8")
        await terminal.type("/assess export")
        assert len(list((tmp_path / "home" / "files").iterdir())) == 2

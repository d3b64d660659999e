"""A session in a terminal over answers that a test decides, with the real engine and the real store."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from bot.chat import Place
from bot.commands.books import Books
from bot.console.opening import open_engine
from bot.console.session import Session
from bot.console.typed import room
from bot.operations import Terminal
from bot.store.opening import open_store
from rag.errors import RagError, StorageFailed
from rag.ingest.inspection import Inspector
from rag.language import detect_language
from rag.prompts import load_replies
from rag.resources import data_folder
from rag.settings import IngestSettings
from rag.types import AnswerEvent, Delta, Document, DocumentId, Finished, Language, Question, Retrieved, Scope

from .samples import OVERSEEN, answer, citation, document, passage, retrieval

REPLIES = load_replies(data_folder("prompts"))


@dataclass
class Desk:
    """Answers that wait, fail or come, by the word that the question holds."""

    asked: list[Question] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
        self.asked.append(question)
        language = detect_language(question.text)
        yield Retrieved(retrieval=retrieval(passage("How", language=language), passage("Pricing", language=language)))
        if "fail" in question.text:
            raise StorageFailed("the disk is full; make room")
        text = f"Of “{question.text.splitlines()[0]}”, much is known.[1]"
        yield Delta(text=text)
        if "wait" in question.text:
            await self.opened.wait()
        finished = answer(text, citations=[citation(1)], language=language)
        yield Finished(answer=replace(finished, question=question.text))

    def failure_text(self, error: RagError, language: Language) -> str:
        return f"{error.user_message} ({language.value})"


@dataclass
class Shelf:
    """A library of two documents."""

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        return (document("Flywheels"), document("Moats"))

    async def counts(self) -> SimpleNamespace:
        return SimpleNamespace(documents=2)

    async def inputs(self) -> tuple[Any, ...]:
        return ()

    async def chunks_at(self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope) -> dict[DocumentId, Any]:
        return {}


@dataclass
class Parlour:
    """One session with what it prints."""

    session: Session
    desk: Desk
    store: Books
    output: io.StringIO

    @property
    def place(self) -> Place:
        """Where the session talks."""
        return room(self.session.thread)

    async def begun(self) -> None:
        """Returns when the first question is being answered."""
        while not self.desk.asked:
            await asyncio.sleep(0)

    async def type(self, *lines: str) -> str:
        """What is printed for the last of these lines."""
        for line in lines:
            start = self.output.tell()
            await self.session.take(line)
        return self.output.getvalue()[start:]


def library_of(answers: Any, home: Path, *, catalogue: Any = None, **more: Any) -> Any:
    """What the bot needs of a library whose answers a test decides; `more` stands in place of what is there."""
    parts = {
        "answers": answers,
        "catalogue": catalogue or Shelf(),
        "retriever": None,
        "indexer": None,
        "home": home,
        "replies": REPLIES,
        "inspector": Inspector(IngestSettings()),
        **OVERSEEN,
    }
    return SimpleNamespace(**parts | more)


@asynccontextmanager
async def parlour(home: Path, desk: Desk | None = None, *, catalogue: Any = None) -> AsyncIterator[Parlour]:
    """A session at a terminal; a second one with the same home is a restart."""
    output, desk = io.StringIO(), desk or Desk()
    console = Console(file=output, width=100, markup=False, highlight=False)
    terminal = Terminal(out=console, err=console)
    rag = library_of(desk, home, catalogue=catalogue)
    async with open_store(None, home=home) as store, open_engine(rag, store, terminal) as room:
        session = Session(room, terminal, language=Language.EN)
        await session.begin(interactive=True)
        yield Parlour(session, desk, store, output)


@asynccontextmanager
async def risk_parlour(home: Path) -> AsyncIterator[Parlour]:
    """A session over a library that holds the risk register."""
    from rag.backends.memory import MemoryVectorStore
    from rag.backends.sqlite.database import open_database
    from rag.backends.sqlite.reading import SqliteCatalogue

    from .commands.risk_stage import pages
    from .commands.stage import publish

    number = len([*home.glob("pages*.sqlite3")])
    async with open_database(home / f"pages{number}.sqlite3") as database:
        await publish(database, MemoryVectorStore(), pages())
        async with parlour(home, catalogue=SqliteCatalogue(database)) as opened:
            yield opened

"""The side of the commands: the library of a running bot, used as one that this process opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.control.address import Address
from bot.control.wire import (
    MOST_REPLY_BYTES,
    PROTOCOL,
    About,
    Backup,
    Count,
    Describe,
    Done,
    Effects,
    Envelope,
    Inputs,
    Line,
    ListDocuments,
    Page,
    Remove,
    Request,
    Retrieve,
    Shell,
    Stream,
    Trouble,
    Update,
    decode,
    encode_request,
    read,
    restored,
)
from bot.errors import ControlFailed
from bot.index_effects import GapEffects
from bot.inputs.acting import InputAnswer, InputOrder
from bot.shell.values import Said, ShellDone, ShellOrder
from rag.answer import finished
from rag.catalogue import Counts, Input
from rag.confidence import Calibration
from rag.errors import RagError
from rag.ingest.index import IndexProgress, IndexReport
from rag.types import Answer, AnswerEvent, Document, Language, Question, Retrieval, Scope

if TYPE_CHECKING:
    from bot.store.backup import BackupReport
    from rag.prompts import Replies

Told = Callable[[Any], None]


class Wire:
    """Puts requests to one running bot, each over a connection of its own. Leaving early cancels the request."""

    def __init__(self, address: Address, *, version: str, process: int) -> None:
        self._address = address
        self._version = version
        self._process = process

    async def result(self, request: Request, kind: Any, *, event: Any = None, on_event: Told | None = None) -> Any:
        """The result of a request, as a value of `kind`; `on_event` is told of each event. Raises RagError."""
        async with aclosing(self.lines(request)) as lines:
            async for line in lines:
                if line.kind == "result":
                    return read(kind, line.content)
                if on_event is not None:
                    on_event(read(event, line.content))
        raise AssertionError("a reply ends with a result or an error")

    async def lines(self, request: Request) -> AsyncGenerator[Line, None]:
        """Events, then the result.

        Raises:
            ControlFailed: the bot is not there, went away, or sends what is no reply.
            RagError: what the bot could not do.
        """
        reader, writer = await self._connect()
        try:
            writer.write(encode_request(self._envelope(request)))
            while True:
                line = decode(await self._line(reader))
                if line.kind == "error":
                    raise restored(read(Trouble, line.content))
                yield line
                if line.kind == "result":
                    return
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _envelope(self, request: Request) -> Envelope:
        return Envelope(
            token=self._address.token,
            protocol=PROTOCOL,
            version=self._version,
            process=self._process,
            request=request,
        )

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            return await asyncio.open_unix_connection(str(self._address.socket), limit=MOST_REPLY_BYTES)
        except OSError as error:
            raise NobodyThere(f"{self._bot} does not answer ({error.strerror or error}); start it again") from error

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil()
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ControlFailed(f"{self._bot} went away; what was asked may not be done, ask again") from error
        except asyncio.LimitOverrunError as error:
            raise ControlFailed(f"{self._bot} sent more than {MOST_REPLY_BYTES} bytes on a line") from error

    @property
    def _bot(self) -> str:
        return f"the running bot (process {self._address.process})"


class NobodyThere(ControlFailed):
    """Nobody listens at the socket: no bot runs, or it was killed and left its address behind."""


class RemoteCatalogue:
    """The running bot's documents; implements `bot.library.Shelf`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """Live documents that the scope admits."""
        found: list[Document] = []

        def add(page: Page) -> None:
            found.extend(page.documents)

        await self._wire.result(ListDocuments(scope=scope), Done, event=Page, on_event=add)
        return tuple(found)

    async def counts(self) -> Counts:
        """Size of the library."""
        counts: Counts = await self._wire.result(Count(), Counts)
        return counts


class RemoteRetriever:
    """The running bot's search; implements `bot.library.Searching`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        """Passages for a question."""
        found: Retrieval = await self._wire.result(Retrieve(question=question, limit=limit), Retrieval)
        return found


class RemoteAnswers:
    """The running bot's answers; implements `bot.library.Replying`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._replies: Replies | None = None

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """The events of an answer, as they happen."""
        async with aclosing(self._wire.lines(Stream(question=question))) as lines:
            async for line in lines:
                if line.kind == "event":
                    yield read(AnswerEvent, line.content)

    async def answer(self, question: Question) -> Answer:
        """The finished answer alone."""
        return await finished(self.stream(question))

    def failure_text(self, error: RagError, language: Language) -> str:
        """What a person may read when answering failed; the texts ship with every installation."""
        if self._replies is None:
            from rag.prompts import load_replies
            from rag.resources import data_folder

            self._replies = load_replies(data_folder("prompts"))
        return self._replies.failure(error, language)


class RemoteIndexer:
    """The running bot's index; implements `bot.library.Indexing`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def update(
        self,
        inputs: Sequence[Input] = (),
        *,
        full: bool = False,
        force: bool = False,
        on_progress: Told | None = None,
    ) -> IndexReport:
        """Brings inputs up to date in the bot's process."""
        request = Update(inputs=tuple(inputs), full=full, force=force)
        report: IndexReport = await self._wire.result(request, IndexReport, event=IndexProgress, on_event=on_progress)
        return report

    async def remove(self, path: Path) -> IndexReport:
        """Takes an input out."""
        report: IndexReport = await self._wire.result(Remove(path=path), IndexReport)
        return report


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEmbedder:
    """The name of the running bot's embedder."""

    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLibrary:
    """The library of a running bot; implements `bot.library.Library`."""

    home: Path
    process: int
    catalogue: RemoteCatalogue
    retriever: RemoteRetriever
    answers: RemoteAnswers
    indexer: RemoteIndexer
    embedder: RemoteEmbedder
    calibration: Calibration
    wire: Wire

    async def inputs(self, order: InputOrder, tell: Told) -> InputAnswer:
        """Has the bot show or change what the library is kept current from. Raises RagError."""
        request = Inputs(order=order)
        answer: InputAnswer = await self.wire.result(request, InputAnswer, event=IndexProgress, on_event=tell)
        return answer

    async def effects(self, sources: frozenset[str]) -> GapEffects:
        """What a run that brought these documents did to open gaps. Raises RagError."""
        request = Effects(sources=tuple(sorted(sources)))
        effects: GapEffects = await self.wire.result(request, GapEffects)
        return effects

    async def shell(self, order: ShellOrder, tell: Told) -> ShellDone:
        """Has the bot do what an admin does in a chat. Raises RagError."""
        done: ShellDone = await self.wire.result(Shell(order=order), ShellDone, event=Said, on_event=tell)
        return done

    async def backup(self, path: Path, *, keys: bool = False) -> BackupReport:
        """Has the bot write a backup of store and index to a file. Raises BackupFailed, IndexLocked, StoreFailed."""
        from bot.store.backup import BackupReport

        report: BackupReport = await self.wire.result(Backup(path=path, keys=keys), BackupReport)
        return report


async def connect(address: Address, *, version: str, process: int) -> RemoteLibrary | None:
    """The library of the bot at an address; see `bot.control.reaching.open_remote`."""
    wire = Wire(address, version=version, process=process)
    try:
        about: About = await wire.result(Describe(), About)
    except NobodyThere:
        return None
    if about.version != version:
        raise ControlFailed(
            f"the running bot (process {about.process}) is version {about.version}, this command {version};"
            " restart the bot"
        )
    return RemoteLibrary(
        home=about.home,
        process=about.process,
        catalogue=RemoteCatalogue(wire),
        retriever=RemoteRetriever(wire),
        answers=RemoteAnswers(wire),
        indexer=RemoteIndexer(wire),
        embedder=RemoteEmbedder(identity=about.embedder),
        calibration=about.calibration,
        wire=wire,
    )

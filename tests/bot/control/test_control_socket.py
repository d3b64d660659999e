"""The control socket between a command and a running bot: who gets in, what comes back, what ends when one leaves."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import aclosing, suppress
from pathlib import Path
from typing import get_args

import pytest

from bot.control.reaching import open_remote
from bot.control.server import ControlLimits
from bot.control.wire import MOST_REQUEST_BYTES, PROTOCOL, Envelope, ListDocuments, Request, Shell, encode_request
from bot.errors import Busy, ControlFailed
from bot.inputs.acting import InputOrder
from bot.shell.values import ShellOrder
from rag.catalogue import Counts, Input
from rag.confidence import UNCALIBRATED
from rag.errors import IndexLocked, IndexMissing, InvalidInput, StorageFailed
from rag.ingest.index import IndexProgress, IndexReport
from rag.types import Delta, Finished, Language, Question, Retrieved, Scope

from .conftest import REPORT, RETRIEVAL, VERSION, Bench, control_over

WHY = Question(id="1", text="为什么？")


def served() -> int:
    """How many connections the server works on, those that it closes included."""
    return sum("ControlServer.serve" in repr(task) for task in asyncio.all_tasks())


async def test_remote_library_gives_what_the_running_bot_has(bench: Bench) -> None:
    bench.library.gate.set()
    remote = await bench.remote()
    assert (remote.process, remote.home) == (os.getpid(), bench.home)
    assert (remote.embedder.identity, remote.calibration) == ("scripted", UNCALIBRATED)
    assert await remote.retriever.retrieve(WHY, limit=3) == RETRIEVAL
    assert await remote.catalogue.counts() == Counts(documents=3, chunks=7)
    assert await remote.indexer.remove(Path("/a/b.md")) == IndexReport(removed=("b.md",))
    assert (await remote.answers.answer(WHY)).writer == "scripted"
    report = await remote.backup(Path("/a/b.tar"), keys=True)
    assert (report.file, report.file_bytes) == (Path("/a/b.tar"), 1)


async def test_failure_is_told_in_the_readers_language(bench: Bench) -> None:
    remote = await bench.remote()
    texts = {remote.answers.failure_text(IndexMissing("-"), language) for language in (Language.ZH, Language.EN)}
    assert len(texts) == 2


async def test_long_library_comes_whole_and_in_order(bench: Bench) -> None:
    bench.library.count = 1001
    documents = await (await bench.remote()).catalogue.documents()
    assert [each.source for each in documents] == [f"case-{number}.md" for number in range(1001)]


async def test_reader_without_the_label_gets_no_document(bench: Bench) -> None:
    remote = await bench.remote()
    assert await remote.catalogue.documents(Scope(audience=frozenset({"board"}))) == ()
    assert len(await remote.catalogue.documents(Scope())) == 3


async def test_answer_streams_before_it_is_finished(bench: Bench) -> None:
    remote = await bench.remote()
    async with aclosing(remote.answers.stream(WHY)) as events:
        seen = [await anext(events) for _ in range(4)]
        assert not bench.library.gate.is_set()
        bench.library.gate.set()
        seen += [event async for event in events]
    assert [type(event) for event in seen] == [Retrieved, Delta, Delta, Delta, Finished]


async def test_big_answer_comes_whole(bench: Bench) -> None:
    bench.library.deltas = 5000
    bench.library.gate.set()
    answer = await (await bench.remote()).answers.answer(WHY)
    assert answer.text == "飞轮 " * 20 * 5000


async def test_progress_of_an_index_run_is_told(bench: Bench) -> None:
    remote, told = await bench.remote(), list[IndexProgress]()
    run = asyncio.create_task(remote.indexer.update([Input(path=Path("/a"))], full=True, on_progress=told.append))
    await bench.library.begun.wait()
    while not told:
        await asyncio.sleep(0)
    assert told == [IndexProgress(stage="embed", done=1, total=2, source="a.md")]
    bench.library.gate.set()
    assert await run == REPORT
    assert bench.library.updates == [((Input(path=Path("/a")),), True)]


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        pytest.param("", InvalidInput, "'' is no question", id="an error of the core"),
        pytest.param("bug", StorageFailed, "ZeroDivisionError", id="an error that nobody foresaw"),
    ],
)
async def test_error_of_the_bot_is_the_commands_error(
    bench: Bench, text: str, kind: type[Exception], told: str
) -> None:
    remote = await bench.remote()
    with pytest.raises(kind, match=told) as raised:
        await remote.retriever.retrieve(Question(id="1", text=text))
    assert "secret" not in str(raised.value)


async def test_error_in_the_middle_of_an_answer_is_raised_there(bench: Bench) -> None:
    remote = await bench.remote()
    async with aclosing(remote.answers.stream(Question(id="1", text="broken"))) as events:
        assert isinstance(await anext(events), Retrieved)
        with pytest.raises(IndexMissing, match="advisor index"):
            await anext(events)


async def test_second_index_run_is_told_who_runs_the_first(bench: Bench) -> None:
    remote = await bench.remote()
    first = asyncio.create_task(remote.indexer.update(on_progress=lambda _: None))
    await bench.library.begun.wait()
    for second in (remote.indexer.update(), remote.indexer.remove(Path("/a")), remote.backup(Path("/b"))):
        with pytest.raises(IndexLocked, match="process 42 works on the index since 12:00:00"):
            await second
    bench.library.gate.set()
    await first
    await remote.indexer.update(on_progress=lambda _: None)


@pytest.mark.parametrize("kind", ["answer", "search", "index run"])
async def test_client_that_leaves_cancels_its_request(bench: Bench, kind: str) -> None:
    remote = await bench.remote()
    work = {
        "answer": remote.answers.answer,
        "search": remote.retriever.retrieve,
        "index run": lambda _: remote.indexer.update(),
    }[kind]
    task = asyncio.ensure_future(work(WHY))
    await bench.library.begun.wait()
    task.cancel()
    async with asyncio.timeout(5):
        await bench.library.cancelled.wait()
    with suppress(asyncio.CancelledError):
        await task
    bench.library.gate.set()
    assert await remote.indexer.remove(Path("/a")) == IndexReport(removed=("a",))


async def test_no_more_than_the_limit_works_at_once(tmp_path: Path) -> None:
    limits = ControlLimits(requests=2)
    async with control_over(tmp_path, limits=limits) as bench:
        remote = await bench.remote()
        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(remote.retriever.retrieve(WHY))
            await bench.library.begun.wait()
            bench.library.gate.set()
        assert bench.library.most <= 2


async def test_too_many_commands_are_told_to_come_again(tmp_path: Path) -> None:
    async with control_over(tmp_path, limits=ControlLimits(connections=1)) as bench:
        remote = await bench.remote()
        first = asyncio.create_task(remote.retriever.retrieve(WHY))
        await bench.library.begun.wait()
        with pytest.raises(Busy, match="1 commands ask"):
            await remote.catalogue.counts()
        bench.library.gate.set()
        assert await first == RETRIEVAL


async def test_wrong_token_is_refused(bench: Bench) -> None:
    path = bench.home / "control.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "token": "guessed\udcff"}))
    with pytest.raises(ControlFailed, match="token is wrong"):
        await bench.remote()


@pytest.mark.parametrize("kind", get_args(Request), ids=lambda kind: str(kind.__name__))
async def test_no_request_is_carried_out_without_the_token(bench: Bench, kind: type[Request]) -> None:
    order = ShellOrder(command="admin") if kind is Shell else InputOrder(action="list")
    given = {"question": WHY, "path": Path("/x"), "sources": ("a.md",), "order": order}
    request = kind(**{name: value for name, value in given.items() if name in kind.__dataclass_fields__})
    reader, writer = await asyncio.open_unix_connection(str(bench.home / "control.sock"))
    writer.write(encode_request(Envelope(token="", protocol=PROTOCOL, version=VERSION, process=1, request=request)))
    lines = [json.loads(line) async for line in reader]
    writer.close()
    assert [set(line) & {"error", "result", "event"} for line in lines] == [{"error"}]
    assert "token is wrong" in lines[0]["error"]["text"]
    assert not bench.library.begun.is_set()


async def test_other_version_is_told_to_restart_the_bot(bench: Bench) -> None:
    with pytest.raises(ControlFailed, match=r"version 1\.2\.3, this command 9\.9"):
        async with open_remote(bench.home, version="9.9", process=1):
            pass


async def test_bot_that_goes_away_is_told(tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    server = await asyncio.start_unix_server(hang_up, path=str(tmp_path / "s"))
    entries = {"socket": str(tmp_path / "s"), "token": "t", "process": 7}
    (tmp_path / "control.json").write_text(json.dumps(entries))
    try:
        with pytest.raises(ControlFailed, match=r"process 7\) went away"):
            async with open_remote(tmp_path, version=VERSION, process=1):
                pass
    finally:
        server.close()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", "is no JSON", id="another protocol"),
        pytest.param(b"{" + b" " * MOST_REQUEST_BYTES + b"}\n", "longer than", id="more than is read"),
    ],
)
async def test_stranger_gets_one_line_of_error(bench: Bench, sent: bytes, told: str) -> None:
    reader, writer = await asyncio.open_unix_connection(str(bench.home / "control.sock"))
    writer.write(sent)
    reply = json.loads(await reader.readline())
    assert told in reply["error"]["text"]
    writer.close()


async def test_client_that_says_nothing_is_let_go(tmp_path: Path) -> None:
    async with control_over(tmp_path, limits=ControlLimits(request_s=0.01)):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "control.sock"))
        assert await reader.read() == b""
        writer.close()


async def test_client_that_does_not_read_is_let_go(tmp_path: Path) -> None:
    async with control_over(tmp_path, limits=ControlLimits(connections=1, write_s=0.05)) as bench:
        bench.library.count = 10_000
        address = json.loads((tmp_path / "control.json").read_text())
        deaf, writer = await asyncio.open_unix_connection(address["socket"])
        asked = {"token": address["token"], "protocol": PROTOCOL, "version": VERSION, "process": 1}
        writer.write(encode_request(Envelope(**asked, request=ListDocuments())))
        await deaf.readexactly(1)
        async with asyncio.timeout(10):
            while served():
                await asyncio.sleep(0.01)
        assert not writer.is_closing()
        writer.close()


async def test_stopping_finishes_answers_and_breaks_off_index_runs(bench: Bench) -> None:
    remote = await bench.remote()
    answer = asyncio.create_task(remote.answers.answer(WHY))
    run = asyncio.create_task(remote.indexer.update())
    while bench.library.running < 2:
        await asyncio.sleep(0)
    stop = asyncio.create_task(bench.server.stop(within_s=5))
    with pytest.raises(Busy, match="is stopping"):
        await run
    assert not answer.done()
    with pytest.raises(Busy, match="is stopping"):
        await remote.catalogue.counts()
    bench.library.gate.set()
    assert (await answer).writer == "scripted"
    await stop


async def test_stopping_does_not_wait_for_ever(bench: Bench) -> None:
    remote = await bench.remote()
    answer = asyncio.create_task(remote.answers.answer(WHY))
    await bench.library.begun.wait()
    await bench.server.stop(within_s=0.01)
    with pytest.raises(Busy, match="is stopping"):
        await answer
    assert bench.library.cancelled.is_set()

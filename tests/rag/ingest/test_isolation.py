"""The process that parses risky formats: it gives the same as parsing here, and no file gets past its limits."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reportlab.pdfgen.canvas import Canvas

from rag.catalogue import Input
from rag.errors import UnreadableDocument
from rag.ingest.formats import READERS, parse_file
from rag.ingest.isolation import IsolatedParser
from rag.ingest.worker import REQUESTS, Request, write_frame
from rag.settings import IngestSettings

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library

MakeDocx = Callable[..., bytes]
pytestmark = pytest.mark.slow


def parser(**settings: object) -> IsolatedParser:
    return IsolatedParser(IngestSettings.model_validate(settings))


@pytest.fixture(scope="module")
def shared() -> Iterator[IsolatedParser]:
    """One for the tests that only read with it."""
    opened = parser()
    yield opened
    opened.close()


@pytest.fixture
def isolated() -> Iterator[IsolatedParser]:
    opened = parser()
    yield opened
    opened.close()


def children() -> set[int]:
    """The processes that this one has started and not yet buried."""
    while True:
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread has ended since it was listed
            lists = [path.read_text("ascii") for path in Path("/proc/self/task").glob("*/children")]
            return {int(pid) for pids in lists for pid in pids.split()}


def pdf(text: str) -> bytes:
    data = BytesIO()
    canvas = Canvas(data)
    canvas.setTitle("Handbook")
    canvas.drawString(72, 700, text)
    canvas.save()
    return data.getvalue()


def big_table() -> bytes:
    return b"company,raised\n" + b"Some company of the table,1000000\n" * 150_000


def test_a_file_parses_alike_here_and_in_a_process_of_its_own(shared: IsolatedParser, docx: MakeDocx) -> None:
    files = {
        "a.pdf": pdf("A page with a sentence that says something useful."),
        "a.docx": docx(("heading 1", "钱"), ("", "Count it.")),
        "a.html": b"<link rel=canonical href=https://example.org/a><h1>T</h1><p>Words</p>",
        "a.csv": "方案,价格\n团队,20".encode("gb18030"),
    }
    for name, data in files.items():
        assert shared.parse(data, name) == parse_file(data, name), name


def test_what_a_reader_refuses_is_refused_with_its_own_words(shared: IsolatedParser) -> None:
    with pytest.raises(UnreadableDocument, match="holds no values") as caught:
        shared.parse(b",,\n", "far/a.csv")
    assert (caught.value.path, caught.value.remedy) == ("far/a.csv", "fill it or remove it")


def test_no_process_is_started_for_markdown_and_text(isolated: IsolatedParser) -> None:
    before = children()
    isolated.parse(b"# A\n\nOne.", "a.md")
    isolated.parse(b"One.", "a.txt")
    assert children() == before


def test_one_process_serves_many_files_and_ends_with_its_owner(isolated: IsolatedParser) -> None:
    before = children()
    isolated.parse(b"a,b\n1,2", "a.csv")
    started = children() - before
    isolated.parse(b"a,b\n3,4", "b.csv")
    assert children() - before == started
    assert len(started) == 1
    isolated.close()
    assert children() == before


def test_a_forgotten_parser_leaves_no_process_behind() -> None:
    before = children()
    forgotten = parser()
    forgotten.parse(b"a,b\n1,2", "a.csv")
    assert children() != before
    del forgotten
    assert children() == before


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_read() -> None:
    limited = parser(parser_seconds=0.05)
    with pytest.raises(UnreadableDocument, match=r"longer than the 0\.05 seconds allowed") as caught:
        limited.parse(b"a,b\n1,2", "slow.csv")
    assert "parser_seconds" in caught.value.remedy
    generous = parser()
    assert "| 1 | 2 |" in generous.parse(b"a,b\n1,2", "a.csv").text
    generous.close()


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(b"\xff" * 8, id="a_length_that_nothing_has"),
        pytest.param((2).to_bytes(8, "big") + b"{]", id="no_json"),
        pytest.param((12).to_bytes(8, "big") + b'{"parsed":1}', id="no_answer"),
    ],
)
def test_a_parser_that_a_file_has_taken_over_is_not_believed(
    reply: bytes, isolated: IsolatedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()
    lie = f"sys.stdin.buffer.read(8); sys.stdout.buffer.write({reply!r}); sys.stdout.flush(); sys.stdin.buffer.read()"
    monkeypatch.setattr("rag.ingest.isolation._COMMAND", (sys.executable, "-c", f"import sys; {lie}"))
    with pytest.raises(UnreadableDocument, match="gave no answer that can be used"):
        isolated.parse(b"a,b\n1,2", "a.csv")
    assert children() == before
    monkeypatch.undo()
    assert "| 1 | 2 |" in isolated.parse(b"a,b\n1,2", "a.csv").text


def test_a_process_whose_owner_cannot_watch_ends_by_its_own_limit_of_time() -> None:
    command = [sys.executable, "-P", "-m", "rag.ingest.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as worker:
        assert worker.stdin is not None
        request = Request(source="a.csv", seconds=0, megabytes=4000)
        write_frame(worker.stdin, REQUESTS.dump_json(request))
        write_frame(worker.stdin, big_table())
        assert worker.wait(timeout=60) == -signal.SIGXCPU


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_one_is_read() -> None:
    limited = parser(parser_megabytes=64)
    with pytest.raises(UnreadableDocument, match="more memory than is allowed") as caught:
        limited.parse(big_table(), "huge.csv")
    assert "parser_megabytes" in caught.value.remedy
    assert "| 1 | 2 |" in limited.parse(b"a,b\n1,2", "a.csv").text
    limited.close()


class Deadly(bytes):
    """A file's content that does something when it is sent: its length is asked for by the check and by the sender."""

    at_sending: Callable[[], object]
    asked = 0

    def __len__(self) -> int:
        self.asked += 1
        if self.asked == 2:
            self.at_sending()
        return super().__len__()


def test_a_file_that_ends_its_parser_is_refused_and_the_next_one_is_read(isolated: IsolatedParser) -> None:
    before = children()
    isolated.parse(b"a,b\n1,2", "a.csv")
    [worker] = children() - before
    deadly = Deadly(b"a,b\n1,2")
    deadly.at_sending = lambda: os.kill(worker, signal.SIGKILL)
    with pytest.raises(UnreadableDocument, match=r"ended its parser \(exit status -9\)"):
        isolated.parse(deadly, "deadly.csv")
    assert "| 1 | 2 |" in isolated.parse(b"a,b\n1,2", "b.csv").text


def test_a_closed_parser_starts_no_process(isolated: IsolatedParser) -> None:
    before = children()
    isolated.close()
    with pytest.raises(UnreadableDocument, match="run was ended"):
        isolated.parse(b"a,b\n1,2", "a.csv")
    assert children() == before


async def test_a_cancelled_run_does_not_wait_for_the_file_it_is_at(library: Library) -> None:
    before = children()
    (library.folder / "big.csv").write_bytes(big_table())
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor() as threads:
        loop.set_default_executor(threads)
        running = asyncio.create_task(library.indexer().update([Input(path=library.folder)]))
        while children() == before:
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert children() == before
        loop.set_default_executor(ThreadPoolExecutor())
    assert children() == before


def test_closing_from_another_thread_ends_what_is_being_parsed(isolated: IsolatedParser) -> None:
    before = children()
    deadly = Deadly(b"a,b\n1,2")
    closing = threading.Thread(target=isolated.close)
    deadly.at_sending = closing.start
    with pytest.raises(UnreadableDocument, match="ended its parser"):
        isolated.parse(deadly, "a.csv")
    closing.join()
    assert children() == before


@pytest.mark.parametrize("suffix", [suffix for suffix, each in READERS.items() if each.isolated])
def test_junk_of_every_risky_format_is_refused(shared: IsolatedParser, suffix: str) -> None:
    junk = bytes(range(256)) * 40
    with pytest.raises(UnreadableDocument) as caught:
        shared.parse(junk, f"junk{suffix}")
    assert caught.value.problem
    assert caught.value.remedy

"""The chat: driven through a pipe, through a terminal, and stopped in the middle of an answer."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.console.talking import converse
from rag.language import detect_language
from rag.types import AnswerEvent, Language, Question

from .conftest import Advisor
from .parlour import Desk, parlour

TALK = "\ufeffWhat is a data flywheel?\n\n/help\n/nope\n数据飞轮失败的原因是什么？\n/help\n/sources\n/quit\nWhy?\n"


def test_piped_questions_are_answered_in_their_language(indexed: Advisor) -> None:
    result = indexed("chat", stdin=TALK)
    english, chinese = result.stdout.split("There is no command “nope”.")
    assert result.exit_code == 0
    assert "users make the product better" in english
    assert "1. Data flywheels" in english
    assert "`/ask <question>`" in english
    assert "leaves (Ctrl-D does, too)" in english
    assert "数据飞轮失败的原因是收集的数据从来没有用来改进模型。[1]" in chinese
    assert "来源\n1. 数据飞轮 · 失败的原因" in chinese
    assert "换一个人说话" in chinese
    assert "资料库现有 2 篇文档" in chinese


@pytest.mark.parametrize("farewell", ["/quit", "exit", "退出"])
def test_pipe_sees_no_prompt_and_no_greeting(indexed: Advisor, farewell: str) -> None:
    assert indexed("chat", stdin=f"{farewell}\nWhat is a data flywheel?\n").stdout == ""


def test_piped_question_that_fails_is_told_and_exits_with_one(advisor: Advisor) -> None:
    result = advisor("chat", stdin="数据飞轮是什么？\n")
    assert result.exit_code == 1
    assert detect_language(result.stdout) is Language.ZH
    assert "advisor index --starter" in result.stderr


def test_model_that_is_away_is_told_beneath_the_answer_and_nowhere_else(
    indexed: Advisor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ADVISOR_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ADVISOR_LLM_MODEL", "away")
    result = indexed("chat", stdin="What is a data flywheel?\n")
    assert "Answered without the language model" in result.stdout
    assert "WARNING" not in result.stderr
    assert caplog.text == ""
    assert logging.getLogger("rag.writing").level == logging.NOTSET


class Interrupting(Desk):
    """Is interrupted in the middle of a long answer."""

    async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
        async for event in super().stream(question):
            yield event
            if "long" in question.text and event.type == "delta":
                signal.raise_signal(signal.SIGINT)
                await asyncio.Event().wait()


def talk(
    lines: str, home: Path, monkeypatch: pytest.MonkeyPatch, *, interactive: bool = True
) -> tuple[str, Desk, bool]:
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        at = runner.run(stack.enter_async_context(parlour(home, Interrupting())))
        try:
            failed = converse(runner, at.session, interactive=interactive)
        finally:
            runner.run(stack.aclose())
    return at.output.getvalue(), at.desk, failed


def test_interrupt_stops_the_answer_and_not_the_conversation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output, desk, failed = talk("a long story\nWhat next?\n", tmp_path, monkeypatch)
    assert [question.text for question in desk.asked] == ["a long story", "What next?"]
    assert desk.asked[1].history == ()
    assert output.index("Of “a long story”") < output.index("Stopped.") < output.index("Of “What next?”")
    assert not failed


def test_interrupt_of_a_piped_conversation_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        talk("a long story\nWhat next?\n", tmp_path, monkeypatch, interactive=False)


def test_failed_answer_is_told_and_the_next_one_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output, desk, failed = talk("Why does it fail?\nWhat next?\n", tmp_path, monkeypatch)
    assert "Please try again in a moment. (en)" in output
    assert "the disk is full; make room" in output
    assert len(desk.asked) == 2
    assert failed


@dataclass
class Screen:
    """What a program has written to its terminal; each part is read once."""

    terminal: int
    unread: bytes = b""

    def until(self, mark: str) -> str:
        wanted = mark.encode()
        while wanted not in self.unread:
            assert self.has_more(within_s=60), f"waited a minute for {mark!r}, saw {self.unread!r}"
            self.unread += os.read(self.terminal, 65536)
        seen, _, self.unread = self.unread.partition(wanted)
        return (seen + wanted).decode()

    def has_more(self, *, within_s: float) -> bool:
        return bool(select.select([self.terminal], [], [], within_s)[0])

    def interrupt(self) -> None:
        """Types Ctrl-C until it is noticed: one that comes between the prompt and readline's waiting is lost."""
        for _ in range(12):
            os.write(self.terminal, b"\x03")
            if self.has_more(within_s=5):
                return


def test_terminal_edits_chinese_and_leaves_at_the_end_of_input(
    indexed: Advisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"TERM": "xterm", "LANG": "zh_CN.UTF-8", "LC_ALL": "", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    # Only the terminal that controls a process turns a typed Ctrl-C into an interrupt.
    code = (
        "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from bot.cli import main;"
        " sys.argv = ['advisor', 'chat']; main()"
    )
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    screen = Screen(ours)
    try:
        assert "2 篇文档" in screen.until("\n> ")
        os.write(ours, "数据飞轮错".encode() + b"\x7f" + "失败的原因是什么？\r".encode())
        assert "数据飞轮失败的原因是收集的数据" in screen.until("\n> ")
        screen.interrupt()
        assert "Ctrl-D" in screen.until("\n> ")
        os.write(ours, b"\x04")
        assert "祝创业顺利" in screen.until("！")
        assert child.wait(timeout=60) == 0
    finally:
        child.kill()
        child.wait()
        os.close(ours)

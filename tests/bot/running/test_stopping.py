"""A running bot that is told to stop, in a process of its own: what is being answered is finished, or marked."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.records import QuestionRecord, QuestionState
from bot.store.opening import open_store
from rag.build import own_index
from rag.settings import RagSettings

from .processes import Running, free_port, running

pytestmark = [pytest.mark.slow, pytest.mark.full]

SERVE = Path(__file__).with_name("serve.py")
Serve = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def serve(indexed: object, home: Path, tmp_path: Path) -> Serve:
    """Starts a bot over the small library, on which somebody asks a question."""

    def start(*, shutdown_seconds: float = 30.0) -> AbstractContextManager[Running]:
        port = free_port()
        command = [str(SERVE), str(home), str(port), str(shutdown_seconds)]
        return running(command, port=port, log=tmp_path / "log")

    return start


def stored(home: Path) -> QuestionState | None:
    """The state in the store of the one question that was asked; None while it is unfinished."""

    async def look() -> tuple[QuestionRecord | None, bool]:
        async with open_store(None, home=home) as store:
            unfinished = await store.questions.unfinished()
            found = await store.questions.by_message("memory/w/c/", "m1")
            return found, bool(unfinished)

    question, unfinished = asyncio.run(look())
    assert question is not None
    return None if unfinished else question.state


def lines(bot: Running) -> list[dict[str, Any]]:
    return [json.loads(line) for line in bot.output.read().splitlines()]


def test_answer_under_way_is_finished(serve: Serve, home: Path) -> None:
    with serve() as bot:
        assert bot.output.readline() == "posting\n"
        bot.process.send_signal(signal.SIGTERM)
        assert bot.until(503, "stopping")["parts"]["memory"] == "up"
        Path("go").touch()
        assert bot.process.wait(timeout=30) == 0
        *posted, adapter = lines(bot)
    assert "the collected data is never used" in posted[0]["text"]
    assert posted[0]["status"] == ""
    assert adapter == {"opened": 1, "closed": 1}
    assert stored(home) is QuestionState.ANSWERED


def test_answer_that_does_not_end_in_time_is_marked(serve: Serve, home: Path) -> None:
    with serve(shutdown_seconds=1.0) as bot:
        assert bot.output.readline() == "posting\n"
        bot.process.send_signal(signal.SIGINT)
        assert bot.until(503, "stopping")
        assert bot.process.wait(timeout=30) == 0
    assert stored(home) is QuestionState.INTERRUPTED


def test_figures_of_an_answer_can_be_read(serve: Serve) -> None:
    with serve() as bot:
        bot.output.readline()
        bot.until(200)
        assert "advisor_questions_running 1.0" in bot.metrics()
        Path("go").touch()
        told: dict[str, float] = {}
        while told.get("advisor_questions_total", 0) < 1:
            families = text_string_to_metric_families(bot.metrics())
            told = {sample.name: sample.value for family in families for sample in family.samples}
        assert told["advisor_index_documents"] == 2
        assert told["advisor_adapter_up"] == 1
        assert told["advisor_stage_seconds_count"] >= 1
        assert bot.stop(signal.SIGTERM) == 0
    log = bot.log.read_text()
    assert "data flywheels" not in log
    assert "ada" not in log.replace("adapter", "")


def test_bot_that_waits_for_the_library_is_not_ready_and_can_be_stopped(serve: Serve, home: Path) -> None:
    async def held() -> None:
        async with own_index(RagSettings(home=home)):
            with serve() as bot:
                assert (await asyncio.to_thread(bot.until, 503))["parts"]["library"] == "opening"
                assert await asyncio.to_thread(bot.stop, signal.SIGTERM) == 0

    asyncio.run(held())


def test_thread_that_never_returns_does_not_keep_the_program(tmp_path: Path) -> None:
    code = (
        "import threading; from bot.running.stopping import LastResort\n"
        "with LastResort() as last: last.arm(0.2); last.arm(60); threading.Event().wait()"
    )
    with running(["-c", code], port=0, log=tmp_path / "log") as program:
        assert program.process.wait(timeout=30) == 1
    assert "stopping_takes_too_long" in program.log.read_text()


def test_second_signal_leaves_at_once(serve: Serve, home: Path) -> None:
    with serve() as bot:
        assert bot.output.readline() == "posting\n"
        bot.process.send_signal(signal.SIGTERM)
        bot.until(503, "stopping")
        assert bot.stop(signal.SIGTERM) == 1
    assert "told_twice" in bot.log.read_text()
    assert stored(home) is None

"""What is left of an answer when a vLLM server dies, and what follows: the next endpoint, without a word said twice."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rag.backends.openai_chat import open_chat, open_chats
from rag.errors import ModelUnavailable
from rag.ports import ChatMessage, ChatModel, Role
from rag.settings import ModelEndpoint, ModelSettings
from rag.writing.events import PoolEvent
from rag.writing.pool import FailoverPool
from tests.vllm.conftest import NAME, StartServer, VllmServer

pytestmark = pytest.mark.vllm

ASK = ChatMessage(role=Role.USER, text="Who were the first customers of Lantern Bridge?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reader got, and how it ended."""

    text: str
    error: ModelUnavailable | None


async def read(
    pool: FailoverPool, question: ChatMessage, at_first: Callable[[], None] | None = None, most_tokens: int = 900
) -> Told:
    """Everything that comes; `at_first` is called at the first word."""

    async def prompt(_: ChatModel) -> Sequence[ChatMessage]:
        return [question]

    text = ""
    try:
        async for piece in pool.stream(prompt, most_tokens=most_tokens):
            if at_first and piece.text and not text:
                at_first()
            text += piece.text
    except ModelUnavailable as error:
        return Told(text=text, error=error)
    return Told(text=text, error=None)


def unread_bytes(port: int) -> int:
    """What clients have sent to a server on this machine and it has not read, as Linux tells it."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(int(row[4].partition(":")[2], 16) for row in rows if int(row[1].partition(":")[2], 16) == port)


@asynccontextmanager
async def pool_of(*endpoints: ModelEndpoint, events: list[PoolEvent], **changes: Any) -> AsyncIterator[FailoverPool]:
    # Without chance the model goes on until its limit where it should: it must not end before it is killed.
    given = {"first_token_s": 60.0, "stall_s": 30.0, "attempts": 1, "temperature": 0.0, **changes}
    settings = ModelSettings(endpoints=endpoints, **given)
    async with open_chats(settings) as models:
        yield FailoverPool(models, settings, on_event=events.append)


async def test_server_that_is_killed_breaks_off_begun_answers_and_hands_on_the_others(
    start_server: StartServer, server: VllmServer, answers: dict[str, Any]
) -> None:
    doomed = start_server()
    at_length = ASK.text.replace("?", f", {answers['at_length']}?")
    events: list[PoolEvent] = []
    async with pool_of(doomed.endpoint(), server.endpoint(), events=events) as pool:
        # Known to the pool before it freezes, so that the second question goes as far as the answer itself.
        assert (await read(pool, ASK)).text == answers["en"]["text"]
        frozen = asyncio.Event()

        def freeze() -> None:
            doomed.signal(signal.SIGSTOP)
            frozen.set()

        # Where the machine is busy, the first piece may hold all that is written: then it is asked again.
        for _ in range(20):
            frozen.clear()
            long = ChatMessage(role=Role.USER, text=at_length)
            midway = asyncio.create_task(read(pool, long, freeze, most_tokens=3500))
            await frozen.wait()
            whole, _ = await asyncio.wait({midway}, timeout=1)
            if not whole:
                break
            doomed.signal(signal.SIGCONT)
        before = asyncio.create_task(read(pool, ASK))
        async with asyncio.timeout(30):
            while not unread_bytes(doomed.port):
                await asyncio.sleep(0)
        doomed.kill()
        broken, handed_on = await asyncio.gather(midway, before)
        after = await read(pool, ASK)

    assert broken.error
    assert answers["en"]["again"].startswith(broken.text[:60])
    assert len(broken.text) > 0
    assert handed_on == Told(text=answers["en"]["text"], error=None)
    assert after == Told(text=answers["en"]["text"], error=None)
    assert {event.endpoint for event in events} == {f"{doomed.root}/v1"}


async def test_server_that_accepts_and_never_answers_costs_no_more_than_its_time(
    server: VllmServer, answers: dict[str, Any]
) -> None:
    accepted: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: accepted.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    deaf = ModelEndpoint(base_url=f"http://127.0.0.1:{port}/v1", model=NAME, context_tokens=4096)
    events: list[PoolEvent] = []
    async with silent, pool_of(deaf, server.endpoint(), events=events, first_token_s=12) as pool:
        handed_on = await asyncio.wait_for(read(pool, ASK), timeout=60)
        for writer in accepted:
            writer.close()

    assert accepted
    assert handed_on == Told(text=answers["en"]["text"], error=None)
    assert {event.endpoint for event in events} == {deaf.base_url}


async def test_reader_who_leaves_stops_the_server_from_writing(server: VllmServer, answers: dict[str, Any]) -> None:
    at_length = ChatMessage(role=Role.USER, text=ASK.text.replace("?", f", {answers['at_length']}?"))
    async with open_chat(server.endpoint(), ModelSettings()) as model:
        for _ in range(10):
            left = model.stream([at_length], most_tokens=4000)
            await anext(left)
            # A server that is quick may have written all before it is asked how it is.
            at_work = server.metrics()["vllm:num_requests_running"]
            await left.aclose()
            if at_work:
                break
        assert at_work
        read_whole = [piece async for piece in model.stream([ASK], most_tokens=200)]

    assert read_whole
    assert server.metrics()["vllm:num_requests_running"] == 0

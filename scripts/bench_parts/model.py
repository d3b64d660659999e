"""Answering with a language model: what the product adds before, during and after the model's own time.

The server is a double in a process of its own that writes at a set rate; questions and library are the starter's.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from openai import AsyncOpenAI

from bench_parts.figures import percentiles, timed
from bench_parts.route import Route, Server, opened, serving, settings_for
from bot.running.pauses import spare_pauses
from rag.answer import AnswerService
from rag.backends.remembering import RememberingEmbedder
from rag.backends.universal import UniversalEmbedder
from rag.build import Rag, open_rag, starter_input
from rag.ports import ChatMessage, ChatModel, Embedder, Role
from rag.resources import data_folder
from rag.settings import ModelSettings, RagSettings
from rag.types import Answer, AnswerStatus, Delta, Finished, Question
from rag.writing.events import PoolEventKind
from rag.writing.writer import ModelWriter

WAITING = 20
WAITING_TOKENS = 900
A_SECOND = 5
ASKED = 100
ASKED_TOKENS = 64
"""Answers that are being written all the time, new questions a second, how many, and how long each kind is.

What waits is written for longer than the questions take: twenty that ended together would ask twenty more at once.
"""

TOKENS = 150
_ROUNDS = 5
_SLOW, _PACED, _AT_ONCE = "rate-25", "rate-50", "rate-0"
_PROMPT = '<passage number="1">\nHeading\nThe seed round sold a fifth of the company. Angels came first.\n</passage>'

_Row = dict[str, object]


def _texts() -> Iterator[str]:
    """Answerable questions without end, no two alike."""
    lines = (data_folder("corpus") / "questions" / "report.jsonl").read_text("utf-8").splitlines()
    asked = [record["question"] for record in map(json.loads, lines) if record["answerable"]]
    for number in itertools.count():
        yield f"{asked[number % len(asked)]}{' ' + chr(65 + number // len(asked)) if number >= len(asked) else ''}"


def _question(text: str) -> Question:
    return Question(id="bench", text=text)


async def _arrivals(server: Server) -> dict[str, float]:
    def fetch() -> dict[str, float]:
        with urlopen(server.url.removesuffix("/v1") + "/arrivals") as reply:
            return dict(json.load(reply))

    return await asyncio.to_thread(fetch)


async def before_the_model(rag: Rag, sentences: Embedder) -> _Row:
    """Milliseconds from a question to its request's arrival, while answers are being written and more are asked."""
    texts = _texts()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving())
        waiting, fresh = [
            await stack.enter_async_context(
                opened(rag, settings_for(server.url, _SLOW, answer_tokens=tokens, concurrency=256), sentences)
            )
            for tokens in (WAITING_TOKENS, ASKED_TOKENS)
        ]
        await fresh.answers.answer(_question(next(texts)))
        loops = [asyncio.create_task(_ask_for_ever(waiting, texts)) for _ in range(WAITING)]
        await asyncio.sleep(5)
        asked, answers = await _offered(fresh, texts)
        for task in loops:
            task.cancel()
        await asyncio.wait(loops)
        arrived = await _arrivals(server)
    return {
        "measured": f"request leaves, {WAITING} answers being written, {A_SECOND} questions/s",
        "questions": len(asked),
        **percentiles([arrived[text] - since for text, since in asked.items() if text in arrived]),
        **_ended(answers),
        **{f"first held sentence {name}": value for name, value in _held(fresh).items()},
        "load": round(os.getloadavg()[0], 1),
    }


async def _offered(route: Route, texts: Iterator[str]) -> tuple[dict[str, float], list[Answer]]:
    """When each of the new questions was asked, and what was answered."""
    asked: dict[str, float] = {}
    async with asyncio.TaskGroup() as group:
        news = []
        for text in itertools.islice(texts, ASKED):
            asked[text] = time.perf_counter()
            news.append(group.create_task(route.answers.answer(_question(text))))
            await asyncio.sleep(1 / A_SECOND)
    return asked, [each.result() for each in news]


def _ended(answers: Sequence[Answer]) -> _Row:
    """How the questions ended. Passages in another language make the double write what is not shown."""
    answered = [each for each in answers if each.status is AnswerStatus.ANSWERED]
    return {
        "answered": len(answered),
        "of these by quoting": sum(each.writer != ModelWriter.name for each in answered),
        "refused": [each.question for each in answers if each not in answered],
    }


async def _ask_for_ever(route: Route, texts: Iterator[str]) -> None:
    while True:
        await route.answers.answer(_question(next(texts)))


def _held(route: Route) -> dict[str, float]:
    return percentiles([times["first_held"] / 1000 for times in route.times if "first_held" in times])


async def per_token(rag: Rag, sentences: Embedder, settings: ModelSettings) -> _Row:
    """Our time for a token beside a bare client's, in turns on the same server."""
    text = next(_texts())
    async with opened(rag, settings, sentences) as route:
        (endpoint,) = settings.endpoints[:1]
        key = endpoint.api_key.get_secret_value() if endpoint.api_key else "none"
        async with AsyncOpenAI(base_url=endpoint.base_url, api_key=key, max_retries=0) as client:
            model = endpoint.model or (await client.models.list()).data[0].id
            bare, pooled = await _in_turns(lambda: _bare(client, model), lambda: _pooled(route))
        whole = [await _seconds(route.answers, text) for _ in range(_ROUNDS)]
    return {
        "measured": f"a token of {TOKENS}, model {model!r}, wall clock",
        "bare client ms": round(bare, 3),
        "through the pool ms": round(pooled, 3),
        "overhead %": round(100 * (pooled / bare - 1), 2),
        "whole answer s": round(median(whole), 2),
        "bare answer s": round(bare * TOKENS / 1000, 2),
    }


async def _in_turns(*works: Callable[[], Awaitable[float]]) -> list[float]:
    """The median of each after a first round that is not counted."""
    rounds = [[await work() for work in works] for _ in range(_ROUNDS + 1)][1:]
    return [median(each) for each in zip(*rounds, strict=True)]


async def _bare(client: AsyncOpenAI, model: str) -> float:
    stream = await client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": _PROMPT}], max_tokens=TOKENS, stream=True
    )
    return await _a_token(chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices)


async def _pooled(route: Route) -> float:
    async def prompt(_: ChatModel) -> Sequence[ChatMessage]:
        return (ChatMessage(role=Role.USER, text=_PROMPT),)

    async with aclosing(route.pool.stream(prompt, most_tokens=TOKENS)) as pieces:
        return await _a_token(piece.text async for piece in pieces)


async def _a_token(texts: AsyncIterator[str]) -> float:
    """Milliseconds a token, from the first to the last."""
    times = [time.perf_counter() async for text in texts if text]
    return 1000 * (times[-1] - times[0]) / (len(times) - 1)


async def killed(rag: Rag, sentences: Embedder, *, midway: bool) -> _Row:
    """Milliseconds from the failure's being seen to the end of the answer that is written without a model."""
    waits, notices, texts = list[float](), set[str](), _texts()
    while len(waits) < _ROUNDS:
        async with serving() as server, opened(rag, _short(server), sentences) as route:
            answer = await _bereft(route, server, next(texts), midway=midway)
            if (seen := _seen(route)) is None:
                continue  # the question was refused before a model was asked
            waits.append(time.perf_counter() - seen)
            notices.update(str(notice) for notice in (answer.writing.notices if answer.writing else ()))
    when = "midway" if midway else "before the first token"
    return {
        "measured": f"server killed {when}, to the end of the answer",
        **percentiles(waits),
        "told": sorted(notices),
    }


def _short(server: Server) -> ModelSettings:
    return settings_for(server.url, _PACED, answer_tokens=TOKENS)


async def _bereft(route: Route, server: Server, text: str, *, midway: bool) -> Answer:
    """An answer whose server is killed after the passages were found, or after the first sentence was shown."""
    async with aclosing(route.answers.stream(_question(text))) as events:
        async for event in events:
            if isinstance(event, Delta) == midway and server.process.returncode is None:
                await server.kill()
            if isinstance(event, Finished):
                return event.answer
    raise AssertionError("a stream of events ends with Finished")


def _seen(route: Route) -> float | None:
    ends = {PoolEventKind.BROKE_OFF, PoolEventKind.EXHAUSTED, PoolEventKind.FAILED}
    return max((at for at, kind in route.failures if kind in ends), default=None)


async def breaker_open(rag: Rag, sentences: Embedder) -> _Row:
    """Milliseconds of an answer while no server is there, beside those of one that never had a model, in turns."""
    texts = _texts()
    plain, waiting = [], []
    async with serving() as server:
        await server.kill()
        settings = settings_for(server.url, _PACED, probe_after_s=600, open_after=1)
        async with opened(rag, settings, sentences) as route:
            await route.answers.answer(_question(next(texts)))
            for text in itertools.islice(texts, 30):
                plain.append(await _seconds(rag.answers, text))
                waiting.append(await _seconds(route.answers, text))
    return {
        "measured": "breaker open, a whole answer",
        **percentiles(waiting),
        "without a model p50 ms": percentiles(plain)["p50 ms"],
        "added p50 ms": round(1000 * median(late - quick for late, quick in zip(waiting, plain, strict=True)), 1),
    }


async def _seconds(answers: AnswerService, text: str) -> float:
    return (await timed(lambda: answers.answer(_question(text))))[0]


async def measure(real: ModelSettings) -> list[_Row]:
    """All rows; with settings that name a real server, its tokens, too."""
    sentences = RememberingEmbedder(await UniversalEmbedder.open())  # as answering opens it
    with TemporaryDirectory() as home:
        async with open_rag(RagSettings(home=Path(home))) as rag:
            await rag.indexer.update([starter_input()])
            spare_pauses()  # as the running program does once it is open
            rows = [await before_the_model(rag, sentences)]
            async with serving() as server:
                paces = [settings_for(server.url, model, answer_tokens=TOKENS) for model in (_PACED, _AT_ONCE)]
                rows += [await per_token(rag, sentences, pace) for pace in paces]
            if real.endpoints:
                rows.append(await per_token(rag, sentences, real.model_copy(update={"answer_tokens": TOKENS})))
            rows += [await killed(rag, sentences, midway=midway) for midway in (False, True)]
            return [*rows, await breaker_open(rag, sentences)]

"""A server in a process of its own that speaks vLLM's part of OpenAI's protocol and writes tokens at a set rate.

    python -m bench_parts.model_server        prints its port

The model `rate-25` writes 25 tokens a second, `rate-0` all at once. It quotes the passages that it is shown, so that
its answers pass the checks, and notes when each question arrived.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

FIRST_TOKEN_S = 0.3
"""How long a paced model reads before it writes."""

MODELS = ("rate-0", "rate-25", "rate-50")
_TOKEN_CHARACTERS = 3
_PASSAGE = re.compile(r'<passage number="(\d+)">\n.*\n([\s\S]*?)\n</passage>')
_SENTENCE = re.compile(r"[^。！？.!?\n|#*-][^。！？!?\n|]*?(?:[。！？!?]|\.(?=\s))")
_QUESTION = re.compile(r"<question>\s*([\s\S]*?)\s*</question>")

_arrivals: dict[str, float] = {}


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            arrived = time.perf_counter()
            length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(length[1])) if length else b"{}"
            await _answer(head.split(" ", 2)[1], json.loads(body), arrived, writer)
    writer.close()


async def _answer(path: str, body: dict[str, Any], arrived: float, writer: asyncio.StreamWriter) -> None:
    match path:
        case "/v1/models":
            models = [{"id": name, "object": "model", "max_model_len": 32768} for name in MODELS]
            _reply(writer, {"object": "list", "data": models})
        case "/tokenize":
            _reply(writer, {"count": sum(len(message["content"]) for message in body["messages"]) // 3})
        case "/arrivals":
            _reply(writer, _arrivals)
        case _:
            prompt = body["messages"][-1]["content"]
            if question := _QUESTION.search(prompt):
                # An answer that begins in the wrong language is asked for again; that is no later arrival.
                _arrivals.setdefault(question[1], arrived)
            await _stream(body, prompt, writer)
    await writer.drain()


def _reply(writer: asyncio.StreamWriter, content: object) -> None:
    body = json.dumps(content).encode()
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )


async def _stream(body: dict[str, Any], prompt: str, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    written = 0
    async for token in _paced(_tokens(prompt), body):
        _event(writer, body, choices=[{"index": 0, "delta": {"content": token}, "finish_reason": None}])
        written += 1
        await writer.drain()
    _event(writer, body, choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
    counted = {"prompt_tokens": len(prompt) // 3, "completion_tokens": written, "total_tokens": written}
    _event(writer, body, choices=[], usage=counted)
    _chunk(writer, b"data: [DONE]\n\n")
    writer.write(b"0\r\n\r\n")


async def _paced(tokens: Iterator[str], body: dict[str, Any]) -> AsyncIterator[str]:
    """Tokens at the rate in the model's name. Times are those of a schedule, so that no delay adds up."""
    rate = int(body["model"].rpartition("-")[2])
    begun = time.perf_counter() + (FIRST_TOKEN_S if rate else 0)
    for number, token in enumerate(itertools.islice(tokens, body.get("max_tokens") or 150)):
        if rate:
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        yield token


def _tokens(prompt: str) -> Iterator[str]:
    """An endless answer: sentences of the passages with their marks, each passage in turn."""
    quoted = [(number, text) for number, text in _PASSAGE.findall(prompt) for text in _SENTENCE.findall(text)]
    told = [f"- {text.strip()} [{number}]\n" for number, text in quoted] or ["Nothing was shown. "]
    for text in itertools.cycle(told):
        for start in range(0, len(text), _TOKEN_CHARACTERS):
            yield text[start : start + _TOKEN_CHARACTERS]


def _event(writer: asyncio.StreamWriter, body: dict[str, Any], **content: object) -> None:
    event = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"], **content}
    _chunk(writer, b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")


def _chunk(writer: asyncio.StreamWriter, payload: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(payload), payload))


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())

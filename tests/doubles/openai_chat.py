"""A server on the loopback interface that speaks vLLM's part of OpenAI's protocol and answers as a test says."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"
MODEL = "double"
PATIENCE_S = 10
"""Longest wait for what a test lets happen; it passes only when a test has failed."""


class Act(Enum):
    """What a server may do in the middle of an answer besides writing."""

    DIE = auto()
    """The connection is cut, as by the end of the process."""

    STOP = auto()
    """The reply ends in good order, without a word that the answer is complete."""

    AWAIT_LEAVING = auto()
    """Writes nothing more until the client has closed the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reply that is no answer; `body` is JSON, or bytes as they are."""

    status: int
    body: Mapping[str, Any] | bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


Part = str | bytes | float | threading.Event | Act
"""A piece of the answer, raw bytes of the stream, a pause in seconds, an event to wait for, or an act."""

Answering = Callable[[Asked], Iterable[Part] | Refusal]
Counting = Callable[[Asked], int | Refusal]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatServer:
    """The address of a double, what arrived there, and whether a client left early."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)

    def chats(self) -> list[Asked]:
        """The requests for answers alone."""
        return [asked for asked in self.asked if asked.path.endswith("/chat/completions")]


def says(*parts: Part) -> Answering:
    """Gives the same answer to everybody."""
    return lambda _: parts


def in_turn(*answers: Sequence[Part] | Refusal) -> Answering:
    """Gives the answers one after the other; the last one to all who come later."""
    left = iter(answers[:-1])
    return lambda _: next(left, answers[-1])


def served(*names: str, length: int | None = 4096) -> dict[str, Any]:
    """What `/v1/models` says."""
    known = {} if length is None else {"max_model_len": length}
    return {"object": "list", "data": [{"id": name, "object": "model", **known} for name in names]}


def words(asked: Asked) -> int:
    """Counts the tokens of a model that knows whole words and puts two more around each message."""
    return sum(len(message["content"].split()) + 2 for message in asked.body["messages"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Script:
    answering: Answering
    models: Mapping[str, Any] | Refusal
    counting: Counting | None
    cached: int
    server: ChatServer


class _Handler(BaseHTTPRequestHandler):
    """Speaks the protocol; `script` says what."""

    script: _Script
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._note({})
        listed = self.script.models
        self._reply(listed if isinstance(listed, Refusal) else Refusal(status=200, body=listed))

    def do_POST(self) -> None:
        asked = self._note(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if self.path == "/tokenize" and self.script.counting:
            count = self.script.counting(asked)
            self._reply(count if isinstance(count, Refusal) else Refusal(status=200, body={"count": count}))
            return
        if self.path != "/v1/chat/completions":
            self._reply(Refusal(status=404, body={"detail": "Not Found"}))
            return
        parts = self.script.answering(asked)
        if isinstance(parts, Refusal):
            self._reply(parts)
            return
        with suppress(BrokenPipeError, ConnectionResetError):
            self._stream(parts, asked)

    def _note(self, body: Mapping[str, Any]) -> Asked:
        asked = Asked(path=self.path, headers=dict(self.headers), body=body)
        self.script.server.asked.append(asked)
        return asked

    def _reply(self, reply: Refusal) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, parts: Iterable[Part], asked: Asked) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        written = 0
        for part in parts:
            if not self._perform(part, asked):
                return
            written += isinstance(part, str)
        self._send(_event({"delta": {}, "finish_reason": "stop"}, asked))
        if asked.body.get("stream_options", {}).get("include_usage"):
            self._send(_usage(words(asked), written, self.script.cached, asked))
        self._send(b"data: [DONE]\n\n")
        self._end()

    def _perform(self, part: Part, asked: Asked) -> bool:
        """Whether the answer goes on."""
        match part:
            case str():
                self._send(_event({"delta": {"content": part}, "finish_reason": None}, asked))
            case bytes():
                self._send(part)
            case float():
                threading.Event().wait(part)
            case threading.Event():
                part.wait(PATIENCE_S)
            case Act():
                self._act(part)
                return False
        return True

    def _act(self, act: Act) -> None:
        match act:
            case Act.STOP:
                self._end()
            case Act.DIE:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case Act.AWAIT_LEAVING:
                self.connection.settimeout(PATIENCE_S)
                with suppress(ConnectionResetError):
                    assert self.connection.recv(1) == b""
                self.script.server.left.set()
                self.close_connection = True

    def _send(self, payload: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(payload), payload))

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@contextmanager
def chat_server(
    answering: Answering,
    *,
    models: Mapping[str, Any] | Refusal | None = None,
    counting: Counting | None = words,
    cached: int = 0,
) -> Iterator[ChatServer]:
    """Serves on a thread until the end of the block.

    Args:
        answering: what is said to a chat request.
        models: the body of `/v1/models`; by default one model of 4096 tokens.
        counting: what `/tokenize` counts; None for a server without it.
        cached: how many tokens of each prompt are told to have been cached.
    """
    with ThreadingHTTPServer((HOST, 0), _Handler) as http:
        server = ChatServer(url=f"http://{HOST}:{http.server_address[1]}/v1")
        script = _Script(
            answering=answering, models=models or served(MODEL), counting=counting, cached=cached, server=server
        )
        http.RequestHandlerClass = type("_Scripted", (_Handler,), {"script": script})
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def _event(choice: Mapping[str, Any], asked: Asked) -> bytes:
    return _line({"choices": [{"index": 0, **choice}]}, asked)


def _usage(prompt: int, completion: int, cached: int, asked: Asked) -> bytes:
    counted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return _line({"choices": [], "usage": {**counted, "prompt_tokens_details": {"cached_tokens": cached}}}, asked)


def _line(content: Mapping[str, Any], asked: Asked) -> bytes:
    chunk = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": asked.body["model"], **content}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


@contextmanager
def silent_server() -> Iterator[str]:
    """The address of a server that takes every request and never answers: the kernel does the taking."""
    with socket.create_server((HOST, 0)) as server:
        yield f"http://{HOST}:{server.getsockname()[1]}/v1"

"""Embeddings over HTTP: any server with OpenAI's `/v1/embeddings`, such as vLLM with bge-m3 or Qwen3-Embedding.

What passes by itself (a busy or restarting server, a broken connection) is tried again after a pause; what does not is
told at once. A request that ran into its time limit is not sent again: the server is still at work on the first one.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

import httpx
import numpy as np

from rag.backends.bounded_reply import ASKED, BoundedReply, ReplyPacked, ReplyTooLarge, bounded_reply
from rag.backends.embedding import MAX_CHARACTERS, embeddable
from rag.backends.openai_reply import json_of, read_vectors, retry_after_s, shortened
from rag.errors import EmbedderUnavailable, InvalidSettings
from rag.ports import Vectors
from rag.settings import EmbeddingsServerSettings

Sleep = Callable[[float], Awaitable[None]]
Now = Callable[[], datetime]
_Result = TypeVar("_Result")

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_PASSAGE_PATIENCE_S = 60.0
_QUESTION_PATIENCE_S = 5.0
"""A server that asks for a longer pause than this is not waited for: a person waits for a question's vector."""

_CONNECT_S = 5.0
_PASSING = frozenset({408, 409, 425, 429})
_CHECK_SERVER = "check ADVISOR_EMBEDDINGS_BASE_URL and the server"
_PROBE = "dimension"
_BYTES_A_TEXT = 2 << 20
_MOST_BYTES = 256 << 20
"""A reply may have room for the longest vector that can be set, in long figures, for each text; and never more."""

log = logging.getLogger(__name__)


class _Passing(EmbedderUnavailable):
    """A failure that may pass. `wish_s` is how long the server asks to wait, when it does."""

    def __init__(self, message: str, *, wish_s: float | None = None) -> None:
        super().__init__(message)
        self.wish_s = wish_s


class EmbeddingsEndpoint:
    """One address that embeds texts: sends, tries again, checks what comes back."""

    def __init__(
        self, client: httpx.AsyncClient, settings: EmbeddingsServerSettings, *, sleep: Sleep, now: Now
    ) -> None:
        self._client = client
        self._settings = settings
        self._url = f"{settings.base_url}/embeddings"
        self._sleep = sleep
        self._now = now
        self._other_model_told = False

    async def embed(self, texts: Sequence[str], *, patience_s: float) -> Vectors:
        """Unit vectors for the texts of one request.

        Args:
            texts: as the model is to read them.
            patience_s: the longest pause that the server may ask for before it is asked again.

        Raises:
            EmbedderUnavailable: the server cannot be used, or not within that patience.
        """

        async def embedded() -> Vectors:
            return self._read(await self._send(texts), len(texts))

        return await self._patiently(embedded, patience_s)

    async def only_model(self) -> str:
        """The name of the only model that the server tells of.

        Raises:
            EmbedderUnavailable: the server cannot be asked, or tells of none or of several.
        """

        async def listed() -> str:
            asked = self._client.build_request("GET", f"{self._settings.base_url}/models")
            return self._only(await self._answered(asked, "a question for its models", most_bytes=_BYTES_A_TEXT))

        return await self._patiently(listed, _QUESTION_PATIENCE_S)

    async def _patiently(self, call: Callable[[], Awaitable[_Result]], patience_s: float) -> _Result:
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return await call()
            except _Passing as failed:
                patient = failed.wish_s is None or failed.wish_s <= patience_s
                if attempt == self._settings.attempts or not patient:
                    raise
                backoff = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (attempt - 1))
                await self._sleep(backoff if failed.wish_s is None else failed.wish_s)
        raise AssertionError("attempts is at least 1")

    async def _send(self, texts: Sequence[str]) -> BoundedReply:
        body = {"model": self._settings.model, "input": [*texts], "encoding_format": self._settings.encoding}
        asked = self._client.build_request("POST", self._url, json=body)
        most_bytes = min(_BYTES_A_TEXT * len(texts), _MOST_BYTES)
        return await self._answered(asked, f"{len(texts)} texts", most_bytes=most_bytes)

    async def _answered(self, request: httpx.Request, asked: str, *, most_bytes: int) -> BoundedReply:
        within_s = self._settings.timeout_s
        try:
            reply = await bounded_reply(self._client, request, most_bytes=most_bytes, within_s=within_s)
        except (httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError) as error:
            advice = "lower ADVISOR_EMBEDDINGS_BATCH_SIZE or raise ADVISOR_EMBEDDINGS_TIMEOUT_S"
            raise EmbedderUnavailable(self._told(f"gave no answer to {asked} in {within_s:g} s; {advice}")) from error
        except (ReplyTooLarge, ReplyPacked, httpx.DecodingError) as error:
            raise _lasting(self._told(f"{_unusable(error, most_bytes)}; {_CHECK_SERVER}")) from error
        except httpx.HTTPError as error:
            reason = self._told(f"cannot be reached ({str(error) or type(error).__name__})")
            raise _Passing(f"{reason}; start it, or check ADVISOR_EMBEDDINGS_BASE_URL") from error
        if reply.status != httpx.codes.OK:
            raise self._refusal(reply)
        return reply

    def _refusal(self, reply: BoundedReply) -> EmbedderUnavailable:
        status = reply.status
        said = f"({shortened(reply.text)})" if reply.text.strip() else ""
        message = self._told(" ".join(filter(None, (f"answered with status {status}", said))) + f"; {_advice(status)}")
        if status in _PASSING or status >= 500:
            wish_s = retry_after_s(reply.headers.get("Retry-After"), self._now())
            error: EmbedderUnavailable = _Passing(message, wish_s=wish_s)
        else:
            error = _lasting(message)
        # Servers like to quote what they refuse, and that may be a person's question.
        error.foreign = self._without_key(said)
        return error

    def _read(self, reply: BoundedReply, count: int) -> Vectors:
        try:
            payload = json_of(reply.content)
            vectors = read_vectors(payload, count=count)
        except ValueError as error:
            told = f"sent a reply that cannot be used: {shortened(str(error))}"
            raise _lasting(self._told(f"{told}; {_CHECK_SERVER}")) from error
        self._note_model(payload.get("model"))
        return vectors

    def _only(self, reply: BoundedReply) -> str:
        try:
            names = [str(model["id"]) for model in json_of(reply.content)["data"]]
        except (ValueError, TypeError, KeyError) as error:
            told = "sent a list of its models that cannot be read; set ADVISOR_EMBEDDINGS_MODEL"
            raise _lasting(self._told(told)) from error
        if len(names) != 1:
            told = f"serves {', '.join(map(repr, names)) or 'no model'}; say which one with ADVISOR_EMBEDDINGS_MODEL"
            raise _lasting(self._told(told))
        return names[0]

    def _note_model(self, name: object) -> None:
        """Warns once when the server names another model: it may be an alias, or the wrong model."""
        if not self._other_model_told and isinstance(name, str) and name not in {"", self._settings.model}:
            log.warning(self._told(f"embeds with {name!r}; {self._settings.model!r} was asked for"))
            self._other_model_told = True

    def _told(self, text: str) -> str:
        return self._without_key(f"the embeddings server at {self._settings.base_url!r} {text}")

    def _without_key(self, message: str) -> str:
        key = self._settings.api_key.get_secret_value() if self._settings.api_key else ""
        return message.replace(key, "***") if key else message


class OpenAIEmbedder:
    """Embeds over HTTP; implements `rag.ports.Embedder`. Open it with `open_openai`."""

    def __init__(self, endpoint: EmbeddingsEndpoint, settings: EmbeddingsServerSettings, *, dimension: int) -> None:
        self._endpoint = endpoint
        self._settings = settings
        # Passages alone: a question must not wait behind the hundreds of requests of an index run.
        self._slots = asyncio.Semaphore(settings.concurrency)
        self.dimension = dimension
        self.identity = f"openai:{settings.model}:{dimension}{_treatment(settings)}"

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""

        async def at_once(batch: Sequence[str]) -> Vectors:
            return await self._embed(batch, patience_s=_QUESTION_PATIENCE_S)

        return await self._batches(self._prepared(texts, self._settings.query_prefix), at_once)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""

        async def in_turn(batch: Sequence[str]) -> Vectors:
            async with self._slots:
                return await self._embed(batch, patience_s=_PASSAGE_PATIENCE_S)

        return await self._batches(self._prepared(texts, self._settings.passage_prefix), in_turn)

    def _prepared(self, texts: Sequence[str], prefix: str) -> list[str]:
        return [prefix + text[: self._settings.max_characters] for text in embeddable(texts)]

    async def _batches(self, texts: list[str], embed: Callable[[Sequence[str]], Awaitable[Vectors]]) -> Vectors:
        size = self._settings.batch_size
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(_awaited(embed(texts[start : start + size])))
                    for start in range(0, len(texts), size)
                ]
        except ExceptionGroup as failed:
            # One of them tells enough: the others met the same server, or were stopped because of it.
            raise failed.exceptions[0] from failed.exceptions[0].__cause__
        return np.concatenate([np.empty((0, self.dimension), np.float32), *(task.result() for task in tasks)])

    async def _embed(self, texts: Sequence[str], *, patience_s: float) -> Vectors:
        vectors = await self._endpoint.embed(texts, patience_s=patience_s)
        if vectors.shape[1] != self.dimension:
            found = f"vectors of {vectors.shape[1]} numbers came from {self._settings.base_url!r}"
            advice = "the server runs another model, or ADVISOR_EMBEDDINGS_DIMENSION is wrong"
            raise _lasting(f"{found}, {self.dimension} are expected of {self._settings.model!r}; {advice}")
        return vectors


@asynccontextmanager
async def open_openai(
    settings: EmbeddingsServerSettings, *, sleep: Sleep = asyncio.sleep, now: Now = lambda: datetime.now(UTC)
) -> AsyncIterator[OpenAIEmbedder]:
    """An embedder on pooled connections, which are closed at the end.

    What the settings leave out the server is asked first: its only model, and one vector for their length.

    Raises:
        InvalidSettings: the address is missing.
        EmbedderUnavailable: the server has to be asked and cannot be used.
    """
    if settings.base_url is None:
        raise InvalidSettings("the embedder 'openai' needs a server; set ADVISOR_EMBEDDINGS_BASE_URL")
    headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"} if settings.api_key else {}
    timeout = httpx.Timeout(settings.timeout_s, connect=min(_CONNECT_S, settings.timeout_s))
    async with httpx.AsyncClient(headers=headers | ASKED, timeout=timeout) as client:
        endpoint = EmbeddingsEndpoint(client, settings, sleep=sleep, now=now)
        if settings.model is None:
            settings = settings.model_copy(update={"model": await endpoint.only_model()})
            endpoint = EmbeddingsEndpoint(client, settings, sleep=sleep, now=now)
        dimension = settings.dimension or (await endpoint.embed([_PROBE], patience_s=_QUESTION_PATIENCE_S)).shape[1]
        yield OpenAIEmbedder(endpoint, settings, dimension=dimension)


async def _awaited(work: Awaitable[Vectors]) -> Vectors:
    return await work


def _lasting(message: str) -> EmbedderUnavailable:
    """A failure that the same call would meet again."""
    error = EmbedderUnavailable(message)
    error.retryable = False
    return error


def _unusable(error: Exception, most_bytes: int) -> str:
    match error:
        case ReplyTooLarge():
            return f"sent more than the {most_bytes >> 20} MiB that vectors of these texts can take"
        case ReplyPacked():
            return f"packed its reply as {shortened(str(error))!r}, which was not asked for"
        case _:
            return "sent a reply that cannot be unpacked"


def _advice(status: int) -> str:
    match status:
        case 401 | 403:
            return "check ADVISOR_EMBEDDINGS_API_KEY"
        case 400 | 413 | 422:
            return "if a text is too long, lower ADVISOR_EMBEDDINGS_MAX_CHARACTERS; else check the model's name"
        case 429:
            return "it is asked too much: lower ADVISOR_EMBEDDINGS_CONCURRENCY or try again later"
        case _ if status >= 500:
            return "look at its log, then try again"
        case _:
            return "check ADVISOR_EMBEDDINGS_BASE_URL, which usually ends in /v1, and ADVISOR_EMBEDDINGS_MODEL"


def _treatment(settings: EmbeddingsServerSettings) -> str:
    """What else decides about a passage's vector; empty by default. Questions are not stored: their prefix is free."""
    if not settings.passage_prefix and settings.max_characters == MAX_CHARACTERS:
        return ""
    treated = f"{settings.max_characters}|{settings.passage_prefix}"
    return ":" + hashlib.blake2b(treated.encode(), digest_size=4).hexdigest()

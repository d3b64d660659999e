"""Vectors on a Chroma server, which several processes and several installations may share.

Chroma's own client sets no timeout, verifies no certificate unless it is told to, and has no way to close its
connections: all three are seen to here. It is always given our own vectors, never texts.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import numpy as np

from rag.backends.chroma import CONFIGURATION, hits, without_exporter
from rag.errors import InvalidSettings, StorageFailed
from rag.ports import DenseHit, Vectors
from rag.types import ChunkId

if TYPE_CHECKING:
    from chromadb.api import AsyncClientAPI
    from chromadb.api.models.AsyncCollection import AsyncCollection

    from rag.settings import ChromaSettings

_Result = TypeVar("_Result")

_BATCH = 100
"""Vectors in one request: 2,000 numbers each stay near the megabyte that a proxy takes by default."""

_PORTS = {"http": 80, "https": 443}
_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaBorder:
    """Where calls leave for the server: each has a time limit, and what it raises is translated."""

    url: str
    timeout_s: float
    secret: str = field(default="", repr=False)
    """What no message may hold, should the server repeat it."""

    async def call(self, work: Awaitable[_Result]) -> _Result:
        """The result of one call. Raises StorageFailed."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await work
        except Exception as error:
            # The client raises errors of its own, of httpx and bare ones; all of them mean that nothing was done.
            message = f"the Chroma server at {self.url!r} {self._explained(error)}"
            raise StorageFailed(message.replace(self.secret, "***") if self.secret else message) from error

    def _explained(self, error: Exception) -> str:
        from chromadb.errors import ChromaError

        for cause in _chain(error):
            match cause:
                case TimeoutError() | httpx.TimeoutException():
                    advice = "look at its load and at the way to it, or raise ADVISOR_CHROMA_TIMEOUT_S"
                    return f"gave no answer in {self.timeout_s:g} s; {advice}"
                case httpx.HTTPStatusError():
                    return _refusal(cause.response.status_code, cause.response.text)
                case httpx.TransportError():
                    return _unreachable(cause)
                case ChromaError():
                    return _complaint(cause.code(), _short(str(cause)))
                case json.JSONDecodeError() | KeyError() | TypeError():
                    return f"does not answer as Chroma does ({type(cause).__name__}: {cause}); {_ADDRESS}"
        return f"failed: {type(error).__name__}: {_short(str(error))}"


class ChromaServerIndex:
    """One collection; implements `rag.ports.VectorIndex`."""

    def __init__(self, collection: AsyncCollection, border: ChromaBorder) -> None:
        self._collection = collection
        self._border = border

    async def add(self, ids: Sequence[ChunkId], vectors: Vectors) -> None:
        """Store vectors, overwriting known ids."""
        if len(ids) != len(vectors):
            raise StorageFailed(f"{len(ids)} ids came with {len(vectors)} vectors; pass one vector for each id")
        for start in range(0, len(ids), _BATCH):
            chosen = slice(start, start + _BATCH)
            await self._border.call(self._collection.upsert(ids=[*ids[chosen]], embeddings=vectors[chosen]))

    async def delete(self, ids: Sequence[ChunkId]) -> None:
        """Forget vectors."""
        for start in range(0, len(ids), _BATCH):
            await self._border.call(self._collection.delete(ids=[*ids[start : start + _BATCH]]))

    async def nearest(self, vector: Vectors, *, limit: int) -> list[DenseHit]:
        """The nearest chunks, best first."""
        row = np.asarray(vector, np.float32)[None]
        query = self._collection.query(query_embeddings=row, n_results=limit, include=["distances"])
        return hits(await self._border.call(query))

    async def count(self) -> int:
        """Number of stored vectors."""
        return await self._border.call(self._collection.count())


class ChromaServerStore:
    """The collections of one database on a Chroma server; implements `rag.ports.VectorStore`."""

    def __init__(self, client: AsyncClientAPI, border: ChromaBorder) -> None:
        self._client = client
        self._border = border

    async def collection(self, name: str) -> ChromaServerIndex:
        """A collection for cosine search."""
        configuration: Any = CONFIGURATION
        made = self._client.get_or_create_collection(name, configuration=configuration, embedding_function=None)
        return ChromaServerIndex(await self._border.call(made), self._border)

    async def names(self) -> tuple[str, ...]:
        """The collections that exist."""
        return tuple(each.name for each in await self._border.call(self._client.list_collections()))

    async def drop(self, name: str) -> None:
        """Delete a collection."""
        from chromadb.errors import NotFoundError

        try:
            await self._border.call(self._client.delete_collection(name))
        except StorageFailed as error:
            if not isinstance(error.__cause__, NotFoundError):
                raise


@asynccontextmanager
async def open_chroma_server(settings: ChromaSettings) -> AsyncIterator[ChromaServerStore]:
    """The store on the server at `settings.url`; its connections are closed at the end.

    Raises:
        InvalidSettings: there is no address.
        StorageFailed: the server cannot be reached, refuses the header, or lacks the tenant or the database.
    """
    if settings.url is None:
        raise InvalidSettings("a Chroma server needs an address; set ADVISOR_CHROMA_URL")
    await asyncio.to_thread(import_module, "chromadb")  # a second or more, which is not the server's
    name, value = _header(settings)
    border = ChromaBorder(url=settings.url, timeout_s=settings.timeout_s, secret=value)
    try:
        headers = {name: value} if name else {}
        yield ChromaServerStore(await border.call(_connected(settings, settings.url, headers)), border)
    finally:
        await _hang_up()


def _header(settings: ChromaSettings) -> tuple[str, str]:
    name, _, value = (settings.header.get_secret_value() if settings.header else "").partition(":")
    return name, value.strip()


async def _connected(settings: ChromaSettings, url: str, headers: dict[str, str]) -> AsyncClientAPI:
    with without_exporter():
        import chromadb
        from chromadb.config import Settings

    address = httpx.URL(url)
    port = address.port or _PORTS[address.scheme]
    return await chromadb.AsyncHttpClient(
        host=url,
        port=port,
        ssl=address.scheme == "https",
        headers=headers,
        tenant=settings.tenant,
        database=settings.database,
        # Without a value for `chroma_server_ssl_verify` the client accepts every certificate.
        settings=Settings(
            anonymized_telemetry=False,
            chroma_server_ssl_verify=True,
            chroma_server_host=url,
            chroma_server_http_port=port,
        ),
    )


async def _hang_up() -> None:
    """Closes the connections, which the client library keeps by event loop and never closes by itself."""
    from chromadb.api.async_fastapi import AsyncFastAPI

    connections = AsyncFastAPI._clients.pop(hash(asyncio.get_running_loop()), None)
    if connections is not None:
        await connections.aclose()


_ADDRESS = "check ADVISOR_CHROMA_URL"
_START = f"start it (chroma run --path FOLDER --host HOST --port PORT), or {_ADDRESS}"


def _unreachable(error: httpx.TransportError) -> str:
    if "CERTIFICATE" in str(error).upper():
        return f"shows a certificate that is not trusted ({error}); name its authority in SSL_CERT_FILE"
    return f"cannot be reached ({str(error) or type(error).__name__}); {_START}"


def _refusal(status: int, body: str) -> str:
    told = f" ({_short(body)})" if body.strip() else ""
    match status:
        case 401 | 403 | 407:
            return f"refused the credentials with status {status}{told}; check ADVISOR_CHROMA_HEADER ('Name: value')"
        case 413:
            return f"refused the size of a request with status {status}; let its proxy take bodies of 4 MB"
        case 429:
            return f"is asked too much, status {status}{told}; try again later"
        case _ if status >= 500:
            return f"failed with status {status}{told}; look at its log, then try again"
        case _:
            return f"answered with status {status}{told}; {_ADDRESS}"


def _complaint(code: int, message: str) -> str:
    if code in {401, 403}:
        return _refusal(code, message)
    if re.match(r"(?:tenant|database)\b", message, re.IGNORECASE):
        return f"refused: {message}; make it there, or check ADVISOR_CHROMA_TENANT and ADVISOR_CHROMA_DATABASE"
    return f"refused: {message}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those behind it: the client hides what httpx raised."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"

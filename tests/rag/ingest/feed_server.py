"""A web server on this machine that publishes feeds, honest ones and others."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Page = tuple[int, dict[str, str], bytes]


@dataclass
class FeedServer:
    """Pages by path; `asked` are the requests so far, by path and headers."""

    port: int = 0
    pages: dict[str, Page | Callable[[dict[str, str]], Page]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def address(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def publish(self, content: str | bytes, path: str = "/feed", **headers: str) -> None:
        body = content.encode() if isinstance(content, str) else content
        self.pages[path] = (200, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := (await reader.readline()).decode():
                _, path, _ = line.split(" ")
                headers = {}
                while (header := (await reader.readline()).decode().strip()) != "":
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                self.asked.append((path, headers))
                page = self.pages.get(path, (404, {}, b""))
                status, more, body = page(headers) if callable(page) else page
                head = "".join(f"{name}: {value}\r\n" for name, value in more.items())
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{head}\r\n".encode() + body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def feed_server() -> AsyncIterator[FeedServer]:
    """A server that listens until the end of the block."""
    served = FeedServer()
    listening = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = listening.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        listening.close()


def rss(*items: str, title: str = "Model News") -> str:
    """An RSS feed."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def item(number: int | str, text: str = "", *, title: str = "", date: str = "Mon, 02 Nov 2026 10:00:00 GMT") -> str:
    """One of its items, of which every number has words of its own."""
    text = text or f"Company{number} sells tool{number} to buyer{number}. It costs price{number} in town{number}."
    return (
        f"<item><title>{title or f'News {number}'}</title><link>https://news.example/{number}</link>"
        f"<description>{text}</description><pubDate>{date}</pubDate></item>"
    )


def squeezed(megabytes: int) -> bytes:
    """Many zeros in a few bytes."""
    return gzip.compress(b"\0" * megabytes * 1_000_000)

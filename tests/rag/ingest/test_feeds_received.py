"""Feeds as servers send them: in any encoding, and byte by byte."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rag.ingest.feeds import Feed
from rag.ingest.fetching import FetchLimits

from .feed_server import feed_server, item, rss
from .test_feeds import LOCAL, files, head, visited


@pytest.mark.parametrize(
    ("declared", "encoding", "headers"),
    [
        ("UTF-8", "utf-8", {}),
        ("GBK", "gbk", {}),
        ("", "gbk", {"content_type": "application/rss+xml; charset=gbk"}),
        ("UTF-8", "gb18030", {}),
        ("", "gb18030", {}),
        ("UTF-16", "utf-16", {}),
        ("UTF-8", "utf-8-sig", {"content_type": "text/xml; charset=iso-8859-1"}),
    ],
    ids=["plain", "declared", "told by the server", "wrongly declared", "untold", "two bytes", "wrongly told"],
)
async def test_feed_in_any_encoding_is_read_as_it_was_written(
    tmp_path: Path, declared: str, encoding: str, headers: dict[str, str]
) -> None:
    said = "月之暗面发布新模型，价格下降一半。开发者今天就可以直接调用它。"
    text = rss(item(1, said, title="月之暗面发布新模型"), title="科技新闻")
    encoded = f' encoding="{declared}"' if declared else ""
    async with feed_server() as server:
        server.publish(
            text.replace('<?xml version="1.0"?>', f'<?xml version="1.0"{encoded}?>').encode(encoding), **headers
        )
        (report,) = await visited(tmp_path, Feed(url=server.address()))
        assert (report.added, report.problem) == (1, "")
    (file,) = files(tmp_path)
    assert (head(file)["title"], head(file)["source"]) == ("月之暗面发布新模型", "科技新闻")
    assert said in file.read_text("utf-8")


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n<rss>", b"HTTP/1.1 200 OK\r\nx: "])
async def test_server_that_drips_is_left_when_its_time_is_over(tmp_path: Path, begin: bytes) -> None:
    over = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(begin)
            while not over.is_set():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        fetching = FetchLimits(allow_hosts=LOCAL, timeout_s=0.5)
        (report,) = await visited(tmp_path, Feed(url=f"http://127.0.0.1:{port}/feed"), fetching=fetching)
    finally:
        over.set()
        listening.close()
    assert report.problem == "it took longer than 0.5 s"

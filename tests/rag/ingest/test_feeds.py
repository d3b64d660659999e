"""Feeds: what becomes of their items, and what hostile ones cannot do."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from rag.ingest.feeds import Feed, FeedFollower, FeedReport, Limits
from rag.ingest.fetching import Fetcher, FetchLimits, Validators, look_up

from .feed_server import FeedServer, feed_server, item, rss, squeezed

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
LOCAL = frozenset({"127.0.0.1"})


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as served:
        yield served


@asynccontextmanager
async def follower(
    home: Path, *, limits: Limits | None = None, fetching: FetchLimits | None = None, lookup=look_up
) -> AsyncIterator[FeedFollower]:
    async with httpx.AsyncClient(trust_env=False) as client:
        fetcher = Fetcher(client, fetching or FetchLimits(allow_hosts=LOCAL, timeout_s=5), lookup=lookup)
        yield FeedFollower(home, fetcher, limits=limits or Limits(), now=lambda: NOW)


async def visited(home: Path, *feeds: Feed, **options) -> tuple[FeedReport, ...]:
    async with follower(home, **options) as follows:
        return await _visited(follows, feeds)


async def _visited(follows: FeedFollower, feeds: Sequence[Feed]) -> tuple[FeedReport, ...]:
    await follows.keep_only(feeds)
    return await follows.visit(feeds)


def files(home: Path) -> list[Path]:
    return sorted((home / "feeds").glob("*/*.md"))


def head(file: Path) -> dict[str, object]:
    return yaml.safe_load(file.read_text("utf-8").split("\n---\n")[0].removeprefix("---\n"))


async def test_items_become_dated_trend_documents_with_their_source(server: FeedServer, tmp_path: Path) -> None:
    server.publish(rss(item(1, "A &lt;b&gt;firm&lt;/b&gt; was sold.&lt;p&gt;Then # it rose.&lt;/p&gt;"), item(2)))
    feed = Feed(url=server.address(), topics=("funding",), audience=("board",))
    (report,) = await visited(tmp_path, feed)
    assert (report.added, report.problem) == (2, "")
    first = next(file for file in files(tmp_path) if head(file)["title"] == "News 1")
    assert head(first) == {
        "title": "News 1",
        "kind": "trend",
        "url": "https://news.example/1",
        "source": "Model News",
        "date": dt.date(2026, 11, 2) if isinstance(head(first)["date"], dt.date) else "2026-11-02",
        "topics": ["funding"],
        "audience": ["board"],
    }
    assert "A firm was sold." in first.read_text("utf-8")


async def test_feed_that_has_not_changed_is_not_sent_again(server: FeedServer, tmp_path: Path) -> None:
    def page(headers: dict[str, str]):
        if headers.get("if-none-match") == '"v1"':
            return 304, {"etag": '"v1"'}, b""
        return 200, {"etag": '"v1"'}, rss(item(1)).encode()

    server.pages["/feed"] = page
    feed = Feed(url=server.address())
    await visited(tmp_path, feed)
    (report,) = await visited(tmp_path, feed)
    assert (report.unchanged, report.news) == (True, False)
    (relabelled,) = await visited(tmp_path, Feed(url=server.address(), audience=("board",)))
    assert relabelled.changed == 1


async def test_changed_item_takes_the_place_of_the_old_one(server: FeedServer, tmp_path: Path) -> None:
    feed = Feed(url=server.address())
    server.publish(rss(item(1)))
    await visited(tmp_path, feed)
    server.publish(rss(item(1, "Another text altogether.", date="Tue, 03 Nov 2026 10:00:00 GMT")))
    (report,) = await visited(tmp_path, feed)
    assert (report.added, report.changed) == (0, 1)
    (file,) = files(tmp_path)
    assert "Another text" in file.read_text("utf-8")


async def test_same_news_is_kept_once_by_link_and_by_words(server: FeedServer, tmp_path: Path) -> None:
    words = "A provider of chips opens a plant in Norway and hires a thousand engineers for memory."
    server.publish(rss(item(1, words, title="Chips"), item(1, "again"), item(2, words, title="Chips!"), item(3)))
    server.publish(rss(item(9, words, title="Chips"), item(3), item(4)), path="/other")
    first, second = await visited(tmp_path, Feed(url=server.address()), Feed(url=server.address("/other")))
    assert (first.added, first.twins) == (2, 1)
    assert (second.added, second.twins) == (1, 2)


async def test_thousand_items_are_read_and_the_newest_kept(server: FeedServer, tmp_path: Path) -> None:
    days = [NOW - dt.timedelta(hours=number) for number in range(1000)]
    server.publish(rss(*(item(n, date=day.strftime("%a, %d %b %Y %H:%M:%S GMT")) for n, day in enumerate(days))))
    (report,) = await visited(tmp_path, Feed(url=server.address()), limits=Limits(items=100))
    assert report.added == 100
    assert min(file.name[:10] for file in files(tmp_path)) >= "2026-11-17"


async def test_old_items_leave_also_when_nothing_comes(server: FeedServer, tmp_path: Path) -> None:
    feed = Feed(url=server.address())
    server.publish(rss(item(1), item(2, date="Mon, 05 Jan 2026 10:00:00 GMT")))
    (report,) = await visited(tmp_path, feed)
    assert (report.added, report.skipped) == (1, 1)
    (report,) = await visited(tmp_path, feed, limits=Limits(keep_days=5))
    assert report.removed == 1
    assert files(tmp_path) == []


async def test_feed_that_is_followed_no_longer_leaves(server: FeedServer, tmp_path: Path) -> None:
    server.publish(rss(item(1)))
    await visited(tmp_path, Feed(url=server.address()))
    assert await visited(tmp_path) == ()
    assert files(tmp_path) == []


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026", "Fri, 01 Jan 9999 00:00:00 GMT", "0000-00-00"])
async def test_date_that_cannot_be_true_is_that_of_reading(server: FeedServer, tmp_path: Path, date: str) -> None:
    server.publish(rss(item(1, date=date)))
    await visited(tmp_path, Feed(url=server.address()))
    assert [file.name[:10] for file in files(tmp_path)] == ["2026-11-22"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
    + rss(item(1, "&j;"))[21:]
)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(BOMB.encode(), "declares XML entities", id="entity bomb"),
        pytest.param(BOMB.encode("utf-16"), "declares XML entities", id="entity bomb in UTF-16"),
        pytest.param(rss(item(1, "x" * 10_000_000)).encode(), "larger than 5 MB", id="ten megabytes"),
        pytest.param(b"<html><body>Welcome</body></html>", "neither RSS nor Atom", id="a web page"),
        pytest.param(b"", "neither RSS nor Atom", id="nothing"),
        pytest.param(bytes(range(256)) * 50, "neither RSS nor Atom", id="noise"),
    ],
)
async def test_hostile_content_is_reported_and_stops_no_other_feed(
    server: FeedServer, tmp_path: Path, content: bytes, problem: str
) -> None:
    server.publish(content, path="/bad")
    server.publish(rss(item(1)))
    bad, good = await visited(tmp_path, Feed(url=server.address("/bad")), Feed(url=server.address()))
    assert problem in bad.problem
    assert good.added == 1


async def test_content_that_unpacks_without_end_is_cut_off(server: FeedServer, tmp_path: Path) -> None:
    server.publish(squeezed(50), content_encoding="gzip")
    (report,) = await visited(tmp_path, Feed(url=server.address()))
    assert "larger than" in report.problem


async def test_redirects_are_followed_but_not_for_ever(server: FeedServer, tmp_path: Path) -> None:
    server.pages["/moved"] = (301, {"location": "/feed"}, b"")
    server.pages["/loop"] = (302, {"location": "/loop"}, b"")
    server.publish(rss(item(1)))
    moved, loop = await visited(
        tmp_path, Feed(url=server.address("/moved")), Feed(url=server.address("/loop")), limits=Limits()
    )
    assert moved.added == 1
    assert "redirects more than 5 times" in loop.problem


async def test_server_that_says_no_is_told_with_its_number(server: FeedServer, tmp_path: Path) -> None:
    server.pages["/feed"] = (503, {}, b"")
    (report,) = await visited(tmp_path, Feed(url=server.address()))
    assert report.problem == "its server answered 503"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1", "fd00::1", "0.0.0.0",
     "::ffff:10.0.0.1", "fec0::1", "64:ff9b::a00:1", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
async def test_names_of_private_addresses_are_refused(tmp_path: Path, address: str) -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return ["93.184.215.14", address] if host == "feed.example" else [host]

    options = {"fetching": FetchLimits(), "lookup": lookup}
    (report,) = await visited(tmp_path, Feed(url="http://feed.example/"), **options)
    assert report.problem == "'feed.example' has a private or local address"


async def test_redirect_to_a_private_address_is_refused(server: FeedServer, tmp_path: Path) -> None:
    server.pages["/feed"] = (302, {"location": f"http://metadata.example:{server.port}/secret"}, b"")
    server.publish("secret", path="/secret")

    async def lookup(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    limits = FetchLimits(allow_hosts=frozenset({"feed.example"}))
    feed = Feed(url=server.address(host="feed.example"))
    (report,) = await visited(tmp_path, feed, fetching=limits, lookup=lookup)
    assert report.problem == "'metadata.example' has a private or local address"
    assert [path for path, _ in server.asked] == ["/feed"]


async def test_connection_goes_to_the_address_that_was_checked_in_the_hosts_name(
    server: FeedServer, tmp_path: Path
) -> None:
    looked: list[str] = []

    async def lookup(host: str, port: int) -> Sequence[str]:
        looked.append(host)
        return ["127.0.0.1"]

    server.publish(rss(item(1)))
    async with httpx.AsyncClient(trust_env=False) as client:
        fetcher = Fetcher(client, FetchLimits(allow_hosts=frozenset({"feed.example"})), lookup=lookup)
        await fetcher.fetch(server.address(host="feed.example"), Validators())
    assert looked == ["feed.example"]
    assert server.asked[0][1]["host"] == f"feed.example:{server.port}"


async def test_item_cannot_say_of_itself_who_may_read_it(server: FeedServer, tmp_path: Path) -> None:
    title = "&quot;\naudience: [everyone]\n---"
    server.publish(rss(item(1, "---\naudience: x\n---\n# Heading\nText of the item.", title=title)))
    await visited(tmp_path, Feed(url=server.address(), audience=("board",)))
    (file,) = files(tmp_path)
    assert head(file)["audience"] == ["board"]
    assert "\n# Heading" not in file.read_text("utf-8")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "https://x.example/<!channel>", ""])
async def test_item_without_a_usable_link_is_left_out(server: FeedServer, tmp_path: Path, link: str) -> None:
    escaped = link.replace("<", "&lt;").replace(">", "&gt;")
    server.publish(rss(f"<item><title>T</title><link>{escaped}</link><description>Text.</description></item>", item(2)))
    (report,) = await visited(tmp_path, Feed(url=server.address()))
    assert (report.added, report.skipped) == (1, 1)

"""Pages of the web: what becomes of them, what their sites allow, and what hostile ones cannot do."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from rag.catalogue import Filing
from rag.ingest.fetching import Fetcher, FetchFailed, FetchLimits, Reason
from rag.ingest.isolation import IsolatedParser
from rag.ingest.robots import Robots
from rag.ingest.web_pages import Page, PageReader, PageReport
from rag.settings import IngestSettings
from rag.types import DocumentKind, Language

from .feed_server import FeedServer, feed_server, item, rss, squeezed

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
LOCAL = FetchLimits(allow_hosts=frozenset({"127.0.0.1"}), timeout_s=60, max_bytes=1_000_000, group="inputs")
HTML = {"content_type": "text/html; charset=utf-8"}

FACTS = "A seed round of a model company closes in eleven weeks when the data room is ready before the first meeting."
ARTICLE = f"""<html><head><title>Seed rounds | Site</title><meta property="og:title" content="Seed rounds">
<meta property="article:published_time" content="2026-03-05T08:00:00Z"></head><body>
<div class="menu"><a href="/a">Login</a> <a href="/b">Pricing</a></div>
<article><h1>Seed rounds</h1><p>{FACTS}</p><h2>Terms</h2><p>{FACTS.replace("seed", "bridge")} {FACTS}</p></article>
<div class="cookie-banner">We use cookies. Accept</div></body></html>"""


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as served:
        yield served


@pytest.fixture(scope="module")
def parser():
    made = IsolatedParser(IngestSettings())
    yield made
    made.close()


@pytest.fixture
def reading(tmp_path: Path, parser: IsolatedParser):
    @asynccontextmanager
    async def opened(limits: FetchLimits = LOCAL, **options) -> AsyncIterator[PageReader]:
        async with httpx.AsyncClient(trust_env=False) as client:
            fetcher = Fetcher(client, limits, **options)
            yield PageReader(tmp_path, fetcher, Robots(fetcher, now=lambda: NOW), parser=parser, now=lambda: NOW)

    return opened


@pytest.fixture
def visit(reading) -> Callable[..., Awaitable[PageReport]]:
    async def one(url: str, filing: Filing = Filing(), **options) -> PageReport:
        async with reading(**options) as reader:
            return await reader.visit(Page(url=url, filing=filing))

    return one


def kept(home: Path) -> list[Path]:
    return sorted(file for file in (home / "pages").glob("*/*") if not file.name.startswith("."))


def split(file: Path) -> tuple[dict[str, object], str]:
    head, _, body = file.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head), body


async def test_page_becomes_a_document_with_its_main_text_address_and_date(server, visit, tmp_path) -> None:
    server.publish(ARTICLE, "/seed", **HTML)
    url = server.address("/seed")
    filing = Filing(
        kind=DocumentKind.CASE, language=Language.EN, topics=("funding",), audience=frozenset({"board", "staff"})
    )
    assert (await visit(url, filing)).deed == "added"
    (file,) = kept(tmp_path)
    head, body = split(file)
    assert head == {
        "title": "Seed rounds",
        "kind": "case",
        "language": "en",
        "url": url,
        "source": "127.0.0.1",
        "date": "2026-03-05",
        "topics": ["funding"],
        "audience": ["board", "staff"],
    }
    assert FACTS in body
    assert "## Terms" in body
    assert not any(word in body for word in ("Login", "Pricing", "cookies"))


async def test_page_that_has_not_changed_is_asked_for_by_its_validator_and_stays(server, visit, tmp_path) -> None:
    def page(headers: dict[str, str]):
        if headers.get("if-none-match") == '"one"':
            return 304, {}, b""
        return 200, {"etag": '"one"', "content-type": "text/html"}, ARTICLE.encode()

    server.pages["/seed"] = page
    assert (await visit(server.address("/seed"))).deed == "added"
    assert (await visit(server.address("/seed"))).deed == "unchanged"
    assert len(kept(tmp_path)) == 1
    board = Filing(audience=frozenset({"board"}))
    assert (await visit(server.address("/seed"), board)).deed == "updated"
    assert split(kept(tmp_path)[0])[0]["audience"] == ["board"]


async def test_change_around_the_text_is_no_change(server, visit) -> None:
    server.publish(ARTICLE, "/seed", **HTML)
    await visit(server.address("/seed"))
    server.publish(ARTICLE.replace("We use cookies", "Token 8231"), "/seed", **HTML)
    assert (await visit(server.address("/seed"))).deed == "unchanged"
    server.publish(ARTICLE.replace("eleven", "nine"), "/seed", **HTML)
    assert (await visit(server.address("/seed"))).deed == "updated"


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ("User-agent: *\nDisallow: /", Reason.ROBOTS),
        ("User-agent: *\nAllow: /\n\nUser-agent: startup-advisor\nDisallow: /se*d$", Reason.ROBOTS),
        ("User-agent: *\nDisallow: /private", None),
        ("User-agent: other\nDisallow: /", None),
        ("\ufeff<html>no rules at all</html>", None),
        ("\ufeffUser-agent: *\r\nDisallow: /", Reason.ROBOTS),
    ],
    ids=["all are refused", "we are refused by a pattern", "elsewhere", "somebody else", "no rules", "behind a mark"],
)
async def test_robots_txt_is_honoured(server, visit, rules: str, reason: Reason | None) -> None:
    server.publish(ARTICLE, "/seed", **HTML)
    server.publish(rules, "/robots.txt")
    report = await visit(server.address("/seed"))
    assert report.reason is reason
    assert ("/seed" in [path for path, _ in server.asked]) is (reason is None)


async def test_site_whose_robots_txt_fails_is_left_alone_for_now(server, visit) -> None:
    server.publish(ARTICLE, "/seed", **HTML)
    server.pages["/robots.txt"] = (503, {}, b"")
    assert (await visit(server.address("/seed"))).reason is Reason.ROBOTS_AWAY


async def test_robots_txt_is_asked_once_a_site_and_again_for_where_a_page_moved(server, reading) -> None:
    async with feed_server() as other:
        other.publish(ARTICLE, "/seed", **HTML)
        other.publish("User-agent: *\nDisallow: /", "/robots.txt")
        server.pages["/moved"] = (301, {"location": other.address("/seed")}, b"")
        async with reading() as reader:
            for _ in range(2):
                report = await reader.visit(Page(url=server.address("/moved")))
                assert report.reason is Reason.ROBOTS
        assert [path for path, _ in other.asked] == ["/robots.txt"]
        assert [path for path, _ in server.asked].count("/robots.txt") == 1


async def test_private_addresses_are_refused_at_each_step(server, visit) -> None:
    server.publish(ARTICLE, "/seed", **HTML)
    for target in ("http://169.254.169.254/latest", "http://[::1]/x", "http://10.0.0.8/x", "file:///etc/passwd"):
        server.pages["/out"] = (302, {"location": target}, b"")
        report = await visit(server.address("/out"))
        assert report.reason in {Reason.PRIVATE, Reason.ADDRESS}, target
    closed = FetchLimits(timeout_s=5)
    assert (await visit(server.address("/seed"), limits=closed)).reason is Reason.PRIVATE
    assert (await visit("http://user:pass@127.0.0.1/")).reason is Reason.ADDRESS


async def test_name_that_leads_inside_is_refused_whatever_it_is_called(server, visit) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "192.168.1.10"]

    assert (await visit("http://innocent.example/", lookup=inside)).reason is Reason.PRIVATE


async def test_size_time_and_redirects_are_bounded(server, visit) -> None:
    server.publish(b"x" * 1_100_000, "/large", content_type="text/plain")
    server.publish(squeezed(40), "/bomb", content_type="text/html", content_encoding="gzip")
    server.pages["/ring"] = (302, {"location": "/ring"}, b"")
    server.publish("", "/robots.txt")
    assert (await visit(server.address("/large"))).reason is Reason.LARGE
    assert (await visit(server.address("/bomb"))).reason is Reason.LARGE
    assert (await visit(server.address("/ring"))).reason is Reason.REDIRECTS
    impatient = FetchLimits(allow_hosts=LOCAL.allow_hosts, timeout_s=0.3)
    async with silent_server() as address:
        report = await visit(address, limits=impatient)
    assert report.reason in {Reason.SLOW, Reason.ROBOTS_AWAY}


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Takes connections and never says a word."""
    import asyncio

    gone = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    listening = await asyncio.start_server(wait, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    finally:
        gone.set()
        listening.close()


async def test_pdf_is_known_by_its_content_and_keeps_its_metadata_beside_it(server, visit, tmp_path) -> None:
    server.publish(pdf("Quarterly figures of the foundry."), "/report.html", content_type="text/html")
    report = await visit(server.address("/report.html"), Filing(audience=frozenset({"board"})))
    assert (report.deed, report.problem) == ("added", "")
    names = [file.name for file in kept(tmp_path)]
    assert names == ["page.pdf", "page.pdf.meta.toml"]
    assert 'audience = ["board"]' in kept(tmp_path)[1].read_text("utf-8")


async def test_address_that_turns_from_a_page_into_a_pdf_stays_one_document(server, visit, tmp_path) -> None:
    server.publish(ARTICLE, "/x", **HTML)
    await visit(server.address("/x"))
    server.publish(pdf("Quarterly figures of the foundry."), "/x")
    assert (await visit(server.address("/x"))).deed == "updated"
    assert [file.name for file in kept(tmp_path)] == ["page.pdf", "page.pdf.meta.toml"]


@pytest.mark.parametrize(
    ("body", "media", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png", Reason.FORMAT),
        (b"PK\x03\x04broken", "application/zip", Reason.FORMAT),
        (b"%PDF-1.7 broken", "application/pdf", Reason.FORMAT),
        (b'{"a": 1}', "application/json", Reason.FORMAT),
        (rss(item(1)).encode(), "text/xml", Reason.FORMAT),
        (b"<html><body><script>x()</script></body></html>", "text/html", Reason.NO_TEXT),
        (b"  ", "text/html", Reason.NO_TEXT),
    ],
    ids=["picture", "zip", "broken pdf", "json", "feed", "script alone", "nothing"],
)
async def test_what_is_no_document_is_told_and_the_last_version_stays(server, visit, tmp_path, body, media, reason):
    server.publish(ARTICLE, "/x", **HTML)
    await visit(server.address("/x"))
    server.publish(body, "/x", content_type=media)
    assert (await visit(server.address("/x"))).reason is reason
    assert FACTS in kept(tmp_path)[0].read_text("utf-8")


async def test_text_is_called_by_its_heading_and_a_page_made_by_scripts_holds_none(server, visit, tmp_path) -> None:
    server.publish("# 计价\n\n按千词收费。", "/raw/pricing.md", content_type="text/markdown")
    await visit(server.address("/raw/pricing.md"))
    assert split(kept(tmp_path)[0])[0]["title"] == "计价"
    shell = "<html><head><title>App</title></head><body><div id=root></div><noscript>Enable scripts.</noscript></body>"
    server.publish(shell, "/app", **HTML)
    assert (await visit(server.address("/app"))).reason is Reason.NO_TEXT


async def test_look_tells_what_stands_there_and_keeps_nothing(server, reading, tmp_path) -> None:
    server.publish(ARTICLE, "/seed", **HTML)
    server.publish(rss(item(1), item(2)), "/feed", content_type="text/html")
    async with reading() as reader:
        look = await reader.look(server.address("/seed"))
        assert (look.title, look.suffix, look.is_feed) == ("Seed rounds", ".html", False)
        look = await reader.look(server.address("/feed"))
        assert (look.title, look.items, look.is_feed) == ("Model News", 2, True)
        with pytest.raises(FetchFailed):
            await reader.look(server.address("/nothing"))
    assert not (tmp_path / "pages").exists()


async def test_forgotten_page_leaves_no_file(server, visit, reading, tmp_path) -> None:
    server.publish(ARTICLE, "/seed", **HTML)
    await visit(server.address("/seed"))
    async with reading() as reader:
        assert await reader.forget(Page(url=server.address("/seed"))) == 1
        assert await reader.forget(Page(url=server.address("/seed"))) == 0
    assert [*(tmp_path / "pages").iterdir()] == []


def pdf(text: str) -> bytes:
    import io

    from reportlab.pdfgen.canvas import Canvas

    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.drawString(72, 720, text)
    canvas.save()
    return made.getvalue()

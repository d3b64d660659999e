"""Reads pages of the web, each of which becomes one document: a file that the index reads as any other.

One folder a page, below one that is registered as an input, as with feeds: the main text of a page as Markdown with its
address and date, anything else as it came with its metadata beside it. What the next visit needs is hidden there.
"""

from __future__ import annotations

import asyncio
import email.utils
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpx

from rag.catalogue import Filing, Input
from rag.errors import UnreadableDocument
from rag.ingest.blocks import ParsedFile
from rag.ingest.detection import FEED, detect_suffix, text_of
from rag.ingest.feed_items import items_of
from rag.ingest.fetching import Answer, Fetcher, FetchFailed, FetchLimits, Reason, Validators
from rag.ingest.filing import mark_of
from rag.ingest.formats import PAGE
from rag.ingest.isolation import IsolatedParser
from rag.ingest.kept_files import drop_folder, write_whole
from rag.ingest.markdown import plain_title
from rag.ingest.outline import document_title
from rag.ingest.robots import Robots
from rag.ingest.sidecar import SUFFIX
from rag.settings import IngestSettings
from rag.types import PUBLIC, DocumentKind

FOLDER = "pages"
_STATE = ".page.json"
_NAME = "page"
_TITLE = 300
_OTHER = "give the address of a page or a document"
_TOML_PLAIN = (".md", ".txt")
"""Formats whose metadata stands in the file itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address to read; the document is filed as told."""

    url: str
    filing: Filing = Filing()

    @property
    def folder(self) -> str:
        """The name of its folder, which begins with its host's."""
        host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(self.url).hostname or "").lower()).strip(".-")[:60]
        return f"{host or 'page'}-{hashlib.blake2b(self.url.encode(), digest_size=6).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReport:
    """What a visit did; `reason` and `problem` say why it could not be read."""

    url: str
    deed: Literal["added", "updated", "unchanged", "failed"]
    reason: Reason | None = None
    value: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """What stands at an address: a page, a file, or a feed with `items`. `suffix` tells the format."""

    url: str
    title: str
    suffix: str
    size: int
    items: int = 0

    @property
    def is_feed(self) -> bool:
        """Whether it is to be followed as a feed."""
        return self.suffix == FEED


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What the next visit needs; kept beside the document, and thrown away with it."""

    url: str = ""
    etag: str = ""
    modified: str = ""
    filed_as: str = ""


@asynccontextmanager
async def open_page_reader(
    home: Path, fetching: FetchLimits, *, ingest: IngestSettings, now: Callable[[], datetime]
) -> AsyncIterator[PageReader]:
    """A reader with a client of its own. It heeds no proxy of the environment, which could reach any address."""
    parser = IsolatedParser(ingest)
    try:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
            fetcher = Fetcher(client, fetching)
            yield PageReader(home, fetcher, Robots(fetcher, now=now), parser=parser, now=now)
    finally:
        parser.close()


def pages_input(home: Path) -> Input:
    """The folder of all pages, as an input of the index."""
    return Input(path=home / FOLDER, name=FOLDER)


def is_kept(home: Path, page: Page) -> bool:
    """Whether a page has a document. It blocks."""
    return _document(home / FOLDER / page.folder) is not None


class PageReader:
    """Reads pages. Every visit writes whole files, so that a run of the index may happen at any moment."""

    def __init__(
        self, home: Path, fetcher: Fetcher, robots: Robots, *, parser: IsolatedParser, now: Callable[[], datetime]
    ) -> None:
        self.folder = home / FOLDER
        self._fetcher = fetcher
        self._robots = robots
        self._parser = parser
        self._now = now

    async def look(self, url: str) -> PageLook:
        """What stands at an address; nothing is kept. Raises FetchFailed."""
        answer = await self._fetcher.fetch(url, Validators(), leave=self._robots.check)
        return await asyncio.to_thread(self._looked, url, answer)

    async def visit(self, page: Page) -> PageReport:
        """Reads a page, unless its server says that nothing has changed. Where it fails, the last version stays."""
        folder = self.folder / page.folder
        state = await asyncio.to_thread(_read_state, folder)
        filed_as = mark_of(page.filing)
        usable = state.filed_as == filed_as and await asyncio.to_thread(_document, folder) is not None
        known = Validators(etag=state.etag, modified=state.modified) if usable else Validators()
        try:
            answer = await self._fetcher.fetch(page.url, known, leave=self._robots.check)
            if answer.content is None:
                return PageReport(url=page.url, deed="unchanged")
            deed = await asyncio.to_thread(self._taken, page, answer)
        except FetchFailed as error:
            return _failed(page.url, error)
        told = answer.validators
        fresh = _State(url=page.url, etag=told.etag, modified=told.modified, filed_as=filed_as)
        await asyncio.to_thread(write_whole, folder / _STATE, json.dumps(asdict(fresh)))
        return PageReport(url=page.url, deed=deed)

    async def forget(self, page: Page) -> int:
        """Takes a page's files away; says how many documents go."""
        return await asyncio.to_thread(lambda: min(1, drop_folder(self.folder / page.folder)))

    def _looked(self, url: str, answer: Answer) -> PageLook:
        data, suffix = _content(answer, url)
        if suffix == FEED:
            items = items_of(data, url, today=self._now().date()).items
            title = items[0].source if items else _name_of(url)
            return PageLook(url=url, title=title, suffix=FEED, size=len(data), items=len(items))
        parsed = self._parsed(url, data, suffix, answer.charset)
        return PageLook(url=url, title=_title(parsed, url), suffix=suffix, size=len(data))

    def _taken(self, page: Page, answer: Answer) -> Literal["added", "updated", "unchanged"]:
        """Brings a page's folder in line with what came. It blocks."""
        data, suffix = _content(answer, page.url)
        if suffix == FEED:
            problem = "it is a feed and no page"
            raise FetchFailed(page.url, Reason.FORMAT, "feed", problem=problem, remedy="add it as a feed")
        parsed = self._parsed(page.url, data, suffix, answer.charset)
        head = _head(page, parsed, answer, suffix)
        if suffix in {".html", *_TOML_PLAIN}:
            files = {f"{_NAME}.md": _markdown(head, parsed.text).encode()}
        else:
            files = {f"{_NAME}{suffix}": data, f"{_NAME}{suffix}{SUFFIX}": _toml(head).encode()}
        return _put(self.folder / page.folder, files)

    def _parsed(self, url: str, data: bytes, suffix: str, charset: str) -> ParsedFile:
        """What the index will make of it; raises FetchFailed for what it could not read."""
        try:
            if suffix in {".html", *_TOML_PLAIN}:
                data = text_of(data, charset, source=url).encode("utf-8", errors="replace")
            parsed = self._parser.parse(data, _NAME + (PAGE if suffix == ".html" else suffix))
        except UnreadableDocument as error:
            reason = Reason.NO_TEXT if suffix == ".html" else Reason.FORMAT
            raise FetchFailed(url, reason, suffix, problem=error.problem, remedy=error.remedy) from error
        if not parsed.text.strip():
            raise FetchFailed(url, Reason.NO_TEXT, suffix, problem="it holds no text", remedy="give another address")
        return parsed


def _content(answer: Answer, url: str) -> tuple[bytes, str]:
    data, shown = answer.content or b"", answer.media_type or "unknown"
    if not data.strip():
        raise FetchFailed(url, Reason.NO_TEXT, shown, problem="it is empty", remedy=_OTHER)
    path = unquote(urlsplit(url).path)
    try:
        return data, detect_suffix(data, path, media_type=answer.media_type, charset=answer.charset)
    except UnreadableDocument as error:
        raise FetchFailed(url, Reason.FORMAT, shown, problem=error.problem, remedy=_OTHER) from error


def _head(page: Page, parsed: ParsedFile, answer: Answer, suffix: str) -> dict[str, object]:
    """The document's metadata: what is known of it, filed as told."""
    filing, said = page.filing, parsed.front_matter
    day = said.date or (None if suffix == ".html" else _day(answer.validators.modified))
    head = {
        "title": _title(parsed, page.url),
        "kind": (filing.kind or DocumentKind.DOCUMENT).value,
        "language": filing.language.value if filing.language else None,
        "url": page.url,
        "source": urlsplit(page.url).hostname,
        "date": day.isoformat() if day else None,
        "topics": list(filing.topics),
        "audience": sorted(filing.audience or {PUBLIC}),
    }
    return {name: value for name, value in head.items() if value}


def _title(parsed: ParsedFile, url: str) -> str:
    title = parsed.front_matter.title or parsed.title or document_title(parsed.blocks) or _name_of(url)
    return " ".join(title.split())[:_TITLE]


def _name_of(url: str) -> str:
    """A name for what has none: the last part of its path, else its host."""
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return plain_title(last) or parts.hostname or url


def _markdown(head: dict[str, object], text: str) -> str:
    # JSON's strings and lists are YAML's and TOML's, too.
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    return "\n".join(["---", *lines, "---", "", text.strip(), ""])


def _toml(head: dict[str, object]) -> str:
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in head.items())


def _put(folder: Path, files: dict[str, bytes]) -> Literal["added", "updated", "unchanged"]:
    """Writes what is not there as it should be, and takes away what an earlier visit left under other names."""
    known = _document(folder) is not None
    folder.mkdir(parents=True, exist_ok=True)
    changed = False
    # The metadata first: it says who may read the document.
    for name, wanted in reversed(files.items()):
        if not (folder / name).exists() or (folder / name).read_bytes() != wanted:
            write_whole(folder / name, wanted)
            changed = True
    for file in folder.iterdir():
        if not file.name.startswith(".") and file.name not in files:
            file.unlink()
    if not changed:
        return "unchanged"
    return "updated" if known else "added"


def _document(folder: Path) -> Path | None:
    if not folder.is_dir():
        return None
    return next((each for each in folder.glob(f"{_NAME}.*") if not each.name.endswith(SUFFIX)), None)


def _day(modified: str) -> date | None:
    try:
        return email.utils.parsedate_to_datetime(modified).date()
    except (ValueError, TypeError, IndexError):
        return None


def _read_state(folder: Path) -> _State:
    try:
        return _State(**json.loads((folder / _STATE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        # Without it the page is read anew, which costs one visit.
        return _State()


def _failed(url: str, error: FetchFailed) -> PageReport:
    return PageReport(url=url, deed="failed", reason=error.reason, value=error.value, problem=error.problem)

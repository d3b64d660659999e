"""Follows RSS and Atom feeds: what is new in them becomes files, which the index reads as any others.

One folder a feed, below one that is registered as an input: an item is a Markdown file with its source and date, and
what the next visit needs (validators, the last problem) is a hidden file beside them, so that both are of one state.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx

from rag.catalogue import Input
from rag.ingest.feed_items import Item, items_of, markdown_of
from rag.ingest.fetching import Answer, Fetcher, FetchFailed, FetchLimits, Reason, Validators
from rag.ingest.kept_files import drop_folder, write_whole
from rag.terms import index_terms
from rag.types import DocumentKind, Language

log = logging.getLogger(__name__)

FOLDER = "feeds"
_STATE = ".feed.json"
_ALIKE = 0.85
"""Share of the words of either from which two items of any feeds are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed to follow; its items are filed under `topics` for readers with `audience`."""

    url: str
    topics: tuple[str, ...] = ()
    audience: tuple[str, ...] = ("public",)
    kind: DocumentKind = DocumentKind.TREND
    language: Language | None = None

    @property
    def filed_as(self) -> str:
        """Changes when its items have to be written anew."""
        usual = self.kind is DocumentKind.TREND and self.language is None
        return f"{self.topics} {self.audience}" + ("" if usual else f" {self.kind} {self.language}")

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return hashlib.blake2b(self.url.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """What a visit to one feed did; `problem` says why it could not be read, "" where it could."""

    url: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    twins: int = 0
    """Items that another one says already."""

    skipped: int = 0
    """Items without a title or a text, or older than what is kept."""

    unchanged: bool = False
    problem: str = ""
    reason: Reason | None = None
    value: str = ""

    @property
    def news(self) -> bool:
        """Whether the index has anything to do."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is kept of a feed."""

    items: int = 100
    keep_days: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What the next visit needs; kept beside the items, and thrown away with them."""

    url: str = ""
    etag: str = ""
    modified: str = ""
    filed_as: str = ""
    problem: str = ""


@asynccontextmanager
async def open_follower(
    home: Path, fetching: FetchLimits, *, limits: Limits, now: Callable[[], datetime]
) -> AsyncIterator[FeedFollower]:
    """A follower with a client of its own. It heeds no proxy of the environment, which could reach any address."""
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
        yield FeedFollower(home, Fetcher(client, fetching), limits=limits, now=now)


def feeds_input(home: Path) -> Input:
    """The folder of all items, as an input of the index."""
    return Input(path=home / FOLDER, name=FOLDER)


def items_kept(home: Path, feed: Feed) -> int:
    """How many items of a feed are kept. It blocks."""
    return len([*(home / FOLDER / feed.folder).glob("*.md")])


def feed_problems(home: Path) -> tuple[tuple[str, str], ...]:
    """The feeds that could not be read at their last visit, and why. It blocks."""
    states = (_read_state(folder) for folder in sorted((home / FOLDER).glob("*")) if folder.is_dir())
    return tuple((state.url, state.problem) for state in states if state.problem)


class FeedFollower:
    """Visits feeds. Every visit writes whole files, so that a run of the index may happen at any moment."""

    def __init__(self, home: Path, fetcher: Fetcher, *, limits: Limits, now: Callable[[], datetime]) -> None:
        self.folder = home / FOLDER
        self._fetcher = fetcher
        self._limits = limits
        self._now = now

    async def visit(self, feeds: Sequence[Feed]) -> tuple[FeedReport, ...]:
        """Visits each feed in turn; one that fails stops no other."""
        return tuple([await self._visited(feed) for feed in feeds])

    async def keep_only(self, feeds: Sequence[Feed]) -> bool:
        """Forgets the items of feeds that are followed no longer; whether there were any."""
        return await asyncio.to_thread(self._forget_others, {feed.folder for feed in feeds})

    async def _visited(self, feed: Feed) -> FeedReport:
        folder = self.folder / feed.folder
        state = await asyncio.to_thread(_read_state, folder)
        filed_as = feed.filed_as
        known = Validators(etag=state.etag, modified=state.modified) if state.filed_as == filed_as else Validators()
        try:
            answer = await self._fetcher.fetch(feed.url, known)
            report = await asyncio.to_thread(self._taken, feed, answer)
        except FetchFailed as error:
            log.warning("feed_not_read", extra={"feed": feed.url, "problem": error.problem})
            await asyncio.to_thread(_write_state, folder, replace(state, url=feed.url, problem=error.problem))
            return FeedReport(url=feed.url, problem=error.problem, reason=error.reason, value=error.value)
        fresh = _State(
            url=feed.url, etag=answer.validators.etag, modified=answer.validators.modified, filed_as=filed_as
        )
        await asyncio.to_thread(_write_state, folder, fresh)
        return report

    def _taken(self, feed: Feed, answer: Answer) -> FeedReport:
        """Brings a feed's folder in line with what came of it. It blocks."""
        folder, oldest = self.folder / feed.folder, self._now().date() - timedelta(days=self._limits.keep_days)
        if answer.content is None:
            removed = _drop_old(folder, oldest)
            return FeedReport(url=feed.url, unchanged=not removed, removed=removed)
        found = items_of(answer.content, feed.url, today=self._now().date(), charset=answer.charset)
        usable = [item for item in found.items if item.date >= oldest]
        usable.sort(key=lambda item: item.date, reverse=True)
        folder.mkdir(parents=True, exist_ok=True)
        wanted, twins = self._distinct(folder, usable[: self._limits.items])
        texts = {_file_name(item): markdown_of(item, _head(feed)) for item in wanted}
        added, changed = _write_new(folder, texts)
        removed = _drop_old(folder, oldest) + _drop_beyond(folder, self._limits.items)
        return FeedReport(
            url=feed.url,
            added=added,
            changed=changed,
            removed=removed,
            twins=twins,
            skipped=found.unusable + len(found.items) - len(usable),
        )

    def _distinct(self, folder: Path, items: Sequence[Item]) -> tuple[list[Item], int]:
        """Items that no other one says, here or in another feed's folder: by their link, and by their words."""
        links, words = self._known(folder)
        kept: list[Item] = []
        for item in items:
            own = _words(f"{item.title} {item.text}")
            if item.link in links or any(_twin(own, other) for other in words):
                continue
            links.add(item.link)
            words.append(own)
            kept.append(item)
        return kept, len(items) - len(kept)

    def _known(self, own: Path) -> tuple[set[str], list[frozenset[str]]]:
        """Links and words of the items of the other feeds."""
        links: set[str] = set()
        words: list[frozenset[str]] = []
        for file in sorted(self.folder.glob("*/*.md")):
            if file.parent != own:
                head, _, body = file.read_text("utf-8").partition("\n---\n\n")
                links |= {
                    line.removeprefix("url: ").strip('"') for line in head.splitlines() if line.startswith("url: ")
                }
                words.append(_words(body))
        return links, words

    def _forget_others(self, wanted: set[str]) -> bool:
        self.folder.mkdir(parents=True, exist_ok=True)
        gone = 0
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in wanted:
                drop_folder(folder)
                gone += 1
        return gone > 0


def _head(feed: Feed) -> Mapping[str, object]:
    return {"kind": feed.kind, "language": feed.language, "topics": [*feed.topics], "audience": [*feed.audience]}


def _file_name(item: Item) -> str:
    return f"{item.date.isoformat()}-{hashlib.blake2b(item.link.encode(), digest_size=6).hexdigest()}.md"


def _write_new(folder: Path, texts: Mapping[str, str]) -> tuple[int, int]:
    """Writes files that are not there as they should be; one whose date has changed takes the place of the old one."""
    added = changed = 0
    for name, text in texts.items():
        file = folder / name
        earlier = [each for each in folder.glob(f"*{name[10:]}") if each.name != name]
        if file.exists() and file.read_text("utf-8") == text:
            continue
        added, changed = added + (not file.exists() and not earlier), changed + (file.exists() or bool(earlier))
        write_whole(file, text)
        for each in earlier:
            each.unlink()
    return added, changed


def _drop_old(folder: Path, oldest: date) -> int:
    old = [file for file in folder.glob("*.md") if file.name[:10] < oldest.isoformat()]
    for file in old:
        file.unlink()
    return len(old)


def _drop_beyond(folder: Path, most: int) -> int:
    beyond = sorted(folder.glob("*.md"), reverse=True)[most:]
    for file in beyond:
        file.unlink()
    return len(beyond)


def _read_state(folder: Path) -> _State:
    try:
        return _State(**json.loads((folder / _STATE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        # Without it the feed is read anew, which costs one visit.
        return _State()


def _write_state(folder: Path, state: _State) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / _STATE, json.dumps(asdict(state), ensure_ascii=False))


def _words(text: str) -> frozenset[str]:
    return frozenset(index_terms(text))


def _twin(one: frozenset[str], other: frozenset[str]) -> bool:
    return min(len(one), len(other)) > 3 and len(one & other) >= _ALIKE * max(len(one), len(other))

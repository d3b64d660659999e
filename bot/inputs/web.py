"""Reads pages and feeds: each visit with connections of its own, which end with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.input_records import InputKind, InputRecord, InputResult
from bot.inputs.results import unchanged
from bot.inputs.values import InputRules, Refused
from rag.ingest.feeds import Feed, FeedReport, Limits, items_kept, open_follower
from rag.ingest.fetching import FetchFailed, FetchLimits
from rag.ingest.web_pages import Page, PageLook, PageReader, PageReport, is_kept, open_page_reader
from rag.types import PUBLIC, DocumentKind

_ACCEPT = "text/html, application/xhtml+xml, application/pdf, text/*;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What came of a visit, and whether the index has anything to do."""

    result: InputResult
    news: bool = False


class Web:
    """What the desk of inputs asks of the web."""

    def __init__(self, home: Path, rules: InputRules, *, now: Callable[[], datetime]) -> None:
        self._home = home
        self._rules = rules
        self._now = now

    async def look(self, url: str) -> PageLook:
        """What stands at an address. Raises Refused."""
        async with self._reader() as reader:
            try:
                return await reader.look(url)
            except FetchFailed as error:
                raise Refused(error.reason, error.value) from error

    async def visit_pages(self, records: Sequence[InputRecord]) -> Mapping[int, Visited]:
        """Reads pages one after the other; what came of each, by its number."""
        if not records:
            return {}
        async with self._reader() as reader:
            reports = {each.number: await reader.visit(page_of(each)) for each in records}
        return {each.number: self._of_page(each, reports[each.number]) for each in records}

    async def visit_feeds(
        self, records: Sequence[InputRecord], followed: Sequence[InputRecord]
    ) -> tuple[Mapping[int, Visited], bool]:
        """Reads feeds; what came of each, and whether the items of any that is followed no longer were let go."""
        feeds, limits = self._rules.feeds, Limits(items=self._rules.feeds.items, keep_days=self._rules.feeds.keep_days)
        fetching = FetchLimits(
            timeout_s=feeds.timeout_s,
            max_bytes=int(feeds.max_megabytes * 1_000_000),
            allow_hosts=frozenset(feeds.allow_hosts),
        )
        async with open_follower(self._home, fetching, limits=limits, now=self._now) as follower:
            gone = await follower.keep_only([feed_of(each) for each in followed])
            reports = await follower.visit([feed_of(each) for each in records])
        told = zip(records, reports, strict=True)
        return {each.number: self._of_feed(each, report) for each, report in told}, gone

    async def forget_page(self, record: InputRecord) -> None:
        """Takes a page's files away."""
        async with self._reader() as reader:
            await reader.forget(page_of(record))

    def documents(self, record: InputRecord) -> int:
        """How many documents a page or a feed has. It blocks."""
        if record.kind is InputKind.FEED:
            return items_kept(self._home, feed_of(record))
        return int(is_kept(self._home, page_of(record)))

    def _reader(self) -> AbstractAsyncContextManager[PageReader]:
        settings = self._rules.settings
        limits = FetchLimits(
            timeout_s=settings.timeout_s,
            max_bytes=int(settings.max_megabytes * 1_000_000),
            allow_hosts=frozenset(settings.allow_hosts),
            group="inputs",
            accept=_ACCEPT,
        )
        return open_page_reader(self._home, limits, ingest=self._rules.ingest, now=self._now)

    def _of_page(self, record: InputRecord, report: PageReport) -> Visited:
        now = self._now()
        if report.deed in {"added", "updated"}:
            changed = InputResult(
                at=now, changed_at=now, added=int(report.deed == "added"), updated=int(report.deed == "updated")
            )
            return Visited(result=changed, news=True)
        return Visited(result=unchanged(record.result, now=now, reason=report.reason or "", value=report.value))

    def _of_feed(self, record: InputRecord, report: FeedReport) -> Visited:
        now = self._now()
        if report.news:
            changed = InputResult(
                at=now, changed_at=now, added=report.added, updated=report.changed, removed=report.removed
            )
            return Visited(result=changed, news=True)
        return Visited(result=unchanged(record.result, now=now, reason=report.reason or "", value=report.value))


def page_of(record: InputRecord) -> Page:
    """A page as it is read."""
    return Page(url=record.target, filing=record.filing)


def feed_of(record: InputRecord) -> Feed:
    """A feed as it is followed."""
    filing = record.filing
    return Feed(
        url=record.target,
        topics=filing.topics,
        audience=tuple(sorted(filing.audience)) if filing.audience else (PUBLIC,),
        kind=filing.kind or DocumentKind.TREND,
        language=filing.language,
    )

"""Brings the book of inputs in line with the catalogue, which knows the paths, and with the feeds of the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.input_records import InputBook, InputKind, InputOrigin, InputRecord, InputResult, InputState
from bot.inputs.values import InputRules
from bot.schedule_settings import FeedSource
from rag.catalogue import Filing, Input

_PATIENCE = timedelta(days=1)
"""For so long an input that somebody was shown may be confirmed."""


async def settle(book: InputBook, registered: Sequence[Input], rules: InputRules, *, now: datetime) -> None:
    """Adds what is missing in the book, and takes out what is followed no longer. Raises StoreFailed.

    Inputs with a name are the product's own, such as the starter library: they are not listed.
    """
    known = {each.target: each for each in await book.all()}
    paths = {str(each.path): each for each in registered if each.name is None}
    sources = {each.url: each for each in rules.feeds.sources}
    for target, path in paths.items():
        await _settle_path(book, known.get(target), path, rules, now=now)
    for url, source in sources.items():
        await _settle_feed(book, known.get(url), source, rules, now=now)
    for each in known.values():
        proposed = each.state is InputState.PROPOSED
        stale = proposed and each.added_at + _PATIENCE < now and each.target not in paths
        lost = not each.kind.on_web and not proposed and each.target not in paths
        unset = each.origin is InputOrigin.SETTINGS and each.target not in sources
        if stale or lost or unset:
            await book.remove(each.number)


async def _settle_path(
    book: InputBook, known: InputRecord | None, path: Input, rules: InputRules, *, now: datetime
) -> None:
    state = InputState.PAUSED if path.paused else InputState.ACTIVE
    if known is not None:
        if (known.state, known.filing) != (state, path.filing):
            await book.save(replace(known, state=state, filing=path.filing))
        return
    record = InputRecord(
        kind=InputKind.FOLDER if await asyncio.to_thread(path.path.is_dir) else InputKind.FILE,
        target=str(path.path),
        origin=InputOrigin.COMMAND,
        every=timedelta(hours=rules.settings.folders_every_hours),
        filing=path.filing,
        added_at=now,
        state=state,
        # It was read when it was registered.
        result=InputResult(at=now),
    )
    await book.add(record)


async def _settle_feed(
    book: InputBook, known: InputRecord | None, source: FeedSource, rules: InputRules, *, now: datetime
) -> None:
    filing = Filing(topics=source.topics, audience=frozenset(source.audience))
    every = timedelta(minutes=rules.feeds.every_minutes)
    if known is None:
        record = InputRecord(
            kind=InputKind.FEED,
            target=source.url,
            origin=InputOrigin.SETTINGS,
            every=every,
            filing=filing,
            added_at=now,
        )
        await book.add(record)
    elif known.origin is InputOrigin.SETTINGS and (known.filing, known.every) != (filing, every):
        await book.save(replace(known, filing=filing, every=every))

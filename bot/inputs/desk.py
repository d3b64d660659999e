"""Where what the library is kept current from is changed: by the chats, by the command line, and by time itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.indexing import IndexRuns
from bot.input_records import InputBook, InputKind, InputOrigin, InputRecord, InputState
from bot.inputs.looking import address_of, free_of, is_address, looked_at, path_of
from bot.inputs.results import looked_through, result_of
from bot.inputs.settling import settle
from bot.inputs.values import InputRow, InputRules, Look, Refusal, Refused, Wanted
from bot.inputs.web import Web
from bot.ledgers import AuditBook
from bot.library import Indexing
from bot.records import AuditEntry
from rag.catalogue import Filing, Input
from rag.ingest import feeds, web_pages
from rag.ingest.files import is_bare

if TYPE_CHECKING:
    from rag.catalogue import Catalogue
    from rag.ingest.index import Indexer, IndexReport


class Indexed(Protocol):
    """The library that is kept current; `rag.build.Rag` is one."""

    @property
    def home(self) -> Path:
        """Where it lies."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """What it follows and holds."""
        ...

    @property
    def indexer(self) -> Indexer:
        """Its index."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the desk works with."""

    library: Indexed
    book: InputBook
    audit: AuditBook
    runs: IndexRuns
    web: Web
    rules: InputRules
    now: Callable[[], datetime]


class InputDesk:
    """Adds, changes and removes inputs. Whoever calls it has checked that the person may."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._book = around.book
        self._web = around.web
        self.rules = around.rules
        self.changed = asyncio.Event()
        self._waiting: set[int] = set()

    async def records(self) -> list[InputRecord]:
        """All inputs that were confirmed, in line with the catalogue and the settings file. Raises RagError."""
        around = self._around
        await settle(self._book, await around.library.catalogue.inputs(), self.rules, now=around.now())
        return [each for each in await self._book.all() if each.state is not InputState.PROPOSED]

    async def rows(self) -> list[InputRow]:
        """All inputs with the number of their documents. Raises RagError."""
        records, sizes = await self.records(), await self._around.library.catalogue.sizes()
        web = {each.number: each for each in records if each.kind.on_web}
        kept = await asyncio.to_thread(lambda: {number: self._web.documents(each) for number, each in web.items()})
        return [InputRow(record=each, documents=kept.get(each.number, sizes.get(each.target, 0))) for each in records]

    async def own(self) -> Mapping[str, int]:
        """The product's own inputs, such as the starter library, with the number of their documents."""
        sizes = await self._around.library.catalogue.sizes()
        names = [each.name for each in await self._around.library.catalogue.inputs() if each.name]
        return {name: sizes.get(name, 0) for name in names if name not in {feeds.FOLDER, web_pages.FOLDER}}

    async def is_behind(self, each: Input) -> bool:
        """Whether the index is not in line with an input's files."""
        return bool(await self._around.library.indexer.behind([each]))

    async def find(self, typed: str) -> InputRecord | None:
        """An input by its number, its path or address, or the last part of either."""
        typed = typed.strip().removeprefix("#")
        records = await self.records()
        exact = [each for each in records if typed in {str(each.number), each.target}]
        named = [each for each in records if typed and each.target.rstrip("/").rpartition("/")[2] == typed]
        found = exact or named
        return found[0] if len(found) == 1 else None

    async def get(self, typed: str, *, state: InputState | None = None) -> InputRecord | None:
        """An input by its number alone, as a button carries it."""
        record = await self._book.get(int(typed)) if typed.isdecimal() and len(typed) < 16 else None
        return record if record and (state is None or record.state is state) else None

    async def look(self, wanted: Wanted, *, origin: InputOrigin) -> Look:
        """What would be read, without reading it. Raises Refused, RagError."""
        target = wanted.target.strip().strip("\"'“”「」")
        if not target:
            raise Refused(Refusal.EMPTY)
        records = await self.records()
        if is_address(target):
            return await self._look_at_web(wanted, address_of(target), records, origin)
        path = await asyncio.to_thread(lambda: path_of(target, home=self._around.library.home))
        self._new(str(path), records)
        free_of(path, records)
        every = wanted.every or timedelta(hours=self.rules.settings.folders_every_hours)
        record = self._record(InputKind.FOLDER, str(path), origin, every=every, filing=wanted.filing)
        return await asyncio.to_thread(looked_at, record)

    async def _look_at_web(self, wanted: Wanted, url: str, records: Sequence[InputRecord], origin: InputOrigin) -> Look:
        self._new(url, records)
        seen = await self._web.look(url)
        kind = InputKind.FEED if seen.is_feed else InputKind.PAGE
        usual = self.rules.feeds.every_minutes * 60 if seen.is_feed else self.rules.settings.pages_every_hours * 3600
        record = self._record(kind, url, origin, every=wanted.every or timedelta(seconds=usual), filing=wanted.filing)
        return Look(record=record, title=seen.title, suffix=seen.suffix, size=seen.size, items=seen.items)

    def _new(self, target: str, records: Sequence[InputRecord]) -> None:
        known = next((each for each in records if each.target == target), None)
        if known is not None:
            raise Refused(Refusal.KNOWN, str(known.number))

    def _record(
        self, kind: InputKind, target: str, origin: InputOrigin, *, every: timedelta, filing: Filing
    ) -> InputRecord:
        now = self._around.now()
        return InputRecord(kind=kind, target=target, origin=origin, every=every, filing=filing, added_at=now)

    async def propose(self, look: Look) -> InputRecord:
        """Keeps what somebody was shown until they confirm it. Raises Refused."""
        record = await self._book.add(replace(look.record, state=InputState.PROPOSED))
        if record is None:
            raise Refused(Refusal.KNOWN, look.record.target)
        return record

    async def confirm(self, record: InputRecord, *, actor: str) -> InputRecord:
        """Registers what was proposed; it is read next. Raises Refused, RagError."""
        if not record.kind.on_web:
            path = await asyncio.to_thread(lambda: path_of(record.target, home=self._around.library.home))
            free_of(path, await self.records())
        active = replace(record, state=InputState.ACTIVE)
        await self._note(actor, "input-add", active)
        if not record.kind.on_web:
            await self._around.library.indexer.enrol(Input(path=Path(record.target), filing=record.filing))
        await self._book.save(active)
        self.changed.set()
        return active

    async def pause(self, record: InputRecord, *, actor: str) -> bool:
        """Reads an input no longer; its documents stay. False when it is paused already."""
        return await self._switch(record, InputState.PAUSED, actor=actor, action="input-pause")

    async def resume(self, record: InputRecord, *, actor: str) -> bool:
        """Reads an input again; False when it was not paused."""
        return await self._switch(record, InputState.ACTIVE, actor=actor, action="input-resume")

    async def _switch(self, record: InputRecord, state: InputState, *, actor: str, action: str) -> bool:
        if record.state is state:
            return False
        await self._note(actor, action, record)
        await self._enrol(record, paused=state is InputState.PAUSED)
        await self._book.save(replace(record, state=state))
        self.changed.set()
        return True

    async def _enrol(self, record: InputRecord, *, paused: bool) -> None:
        if record.kind.on_web:
            return
        known = next((x for x in await self._around.library.catalogue.inputs() if str(x.path) == record.target), None)
        if known is not None:
            await self._around.library.indexer.enrol(replace(known, paused=paused))

    async def documents(self, record: InputRecord) -> int:
        """How many documents an input has."""
        return next((each.documents for each in await self.rows() if each.record.number == record.number), 0)

    async def remove(self, record: InputRecord, *, who: str, actor: str) -> IndexReport:
        """Forgets an input and takes its documents out. Raises Refused, IndexLocked, RagError."""
        if record.origin is InputOrigin.SETTINGS:
            raise Refused(Refusal.FROM_SETTINGS, str(record.number))
        with self._around.runs.hold(who) as indexer:
            await self._note(actor, "input-remove", record)
            report = await self._taken_out(record, indexer)
        self.changed.set()
        return report

    async def _taken_out(self, record: InputRecord, indexer: Indexing) -> IndexReport:
        # The row goes last: whatever is broken off before can be asked for again.
        match record.kind:
            case InputKind.PAGE:
                await self._web.forget_page(record)
                report = await indexer.update([await self.input_of(record)])
            case InputKind.FEED:
                followed = [each for each in await self.records() if each.kind is InputKind.FEED]
                await self._web.visit_feeds((), [each for each in followed if each.number != record.number])
                report = await indexer.update([await self.input_of(record)])
            case _:
                report = await indexer.remove(Path(record.target))
        await self._book.remove(record.number)
        return report

    async def input_of(self, record: InputRecord) -> Input:
        """What the index has to be told to read."""
        if record.kind.on_web:
            return await self.web_input(record.kind)
        return Input(path=Path(record.target), filing=record.filing)

    async def web_input(self, kind: InputKind) -> Input:
        """The folder in which all pages, or the items of all feeds, are kept."""
        home = self._around.library.home
        each = feeds.feeds_input(home) if kind is InputKind.FEED else web_pages.pages_input(home)
        await asyncio.to_thread(each.path.mkdir, parents=True, exist_ok=True)
        return each

    async def visit(self, records: Sequence[InputRecord]) -> frozenset[InputKind]:
        """Reads pages and feeds; of which of the two the index has anything to do. Raises RagError."""
        pages = [each for each in records if each.kind is InputKind.PAGE]
        subscribed = [each for each in records if each.kind is InputKind.FEED]
        followed = [each for each in await self.records() if each.kind is InputKind.FEED]
        found, gone = dict(await self._web.visit_pages(pages)), False
        folder = feeds.feeds_input(self._around.library.home).path
        known = await asyncio.to_thread(folder.exists)
        if subscribed or known:
            visited, gone = await self._web.visit_feeds(subscribed, followed)
            found |= visited
        for number, each in found.items():
            await self._book.note(number, each.result)
        news = {each.kind for each in records if found[each.number].news}
        return frozenset(news | ({InputKind.FEED} if gone else set()))

    def later(self, record: InputRecord) -> None:
        """Has an input read as soon as the index is free."""
        self._waiting.add(record.number)
        self.changed.set()

    def waiting(self) -> frozenset[int]:
        """The numbers of the inputs that wait; they are forgotten here."""
        taken, self._waiting = frozenset(self._waiting), set()
        return taken

    async def checked(self, record: InputRecord) -> None:
        """Notes that a folder or a file was looked through and is as it was, or gone."""
        path, held = Path(record.target), (await self._around.library.catalogue.sizes()).get(record.target, 0)
        there = await asyncio.to_thread(lambda: path.exists() and not (held and is_bare(path)))
        await self._book.note(record.number, looked_through(record.result, there=there, now=self._around.now()))

    async def noted(self, report: IndexReport) -> None:
        """Notes what a run of the index did to folders and files; pages and feeds are noted when they are visited."""
        records = {each.target: each for each in await self.records() if not each.kind.on_web}
        for outcome in report.by_input:
            if outcome.key in records:
                record = records[outcome.key]
                await self._book.note(record.number, result_of(record.result, outcome, now=self._around.now()))

    async def _note(self, actor: str, action: str, record: InputRecord) -> None:
        audience = ", ".join(sorted(record.filing.audience)) if record.filing.audience else ""
        details = {"kind": record.kind.value, "input": record.target, "audience": audience}
        entry = AuditEntry(at=self._around.now(), actor=actor, action=action, details=details)
        await self._around.audit.append(entry)

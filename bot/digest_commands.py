"""What the commands `advisor digest …` do: they need the store and the catalogue, no lock and no running bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import Any

from pydantic import SecretStr

from bot.assembly import new_id, now, shipped_risks
from bot.chat import Place, PlaceKind
from bot.mentions import PLATFORMS
from bot.operations import DONE, FAILED, Terminal
from bot.output import write_line
from bot.replies import Reply
from bot.schedule_settings import ScheduleSettings
from bot.schedules.desk import ScheduleDesk
from bot.schedules.records import Fire, Origin, Schedule, ScheduleKind
from bot.schedules.telling import Tell, Telling, load_telling
from bot.schedules.untimely import Untimely
from bot.schedules.zones import zone_of, zone_shown
from bot.scheduling import Materials, Scheduling, channel_place, make_scheduling, person_of
from bot.store.opening import SqlStore, open_store
from bot.terminal import printable
from bot.wording import load_wording
from rag.build import open_digests
from rag.errors import InvalidInput
from rag.ingest.feeds import feed_problems
from rag.resources import data_folder
from rag.settings import RagSettings
from rag.types import Citation, Language

_NOWHERE = Place(platform="terminal", workspace="", channel="preview")
_USUAL = "every Monday 9:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept and where."""

    rag: RagSettings
    database_url: SecretStr | None
    schedules: ScheduleSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a preview shall show; without a channel, what a new public channel would get."""

    language: str = ""
    since: date | None = None
    channel: str = ""
    topics: str = ""
    kind: str = "trends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A schedule that somebody wants."""

    when: str
    channel: str
    language: str = ""
    zone: str = ""
    kind: str = "trends"
    topics: str = ""
    silent: bool = False
    dm: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    store: SqlStore
    scheduling: Scheduling

    @property
    def desk(self) -> ScheduleDesk:
        return self.scheduling.desk

    @property
    def telling(self) -> Telling:
        return self.scheduling.telling


async def run_preview(kept: Kept, terminal: Terminal, look: Look) -> int:
    """Shows what would be posted now. Raises RagError."""
    kind = _kind(look.kind)
    async with _opened(kept) as opened:
        place = _channel(look.channel) if look.channel else _NOWHERE
        known = [each for each in await opened.desk.of_channel(place) if each.kind is kind]
        schedule = known[0] if known else await opened.desk.drafted(place, _USUAL)
        language = Language(look.language) if look.language else schedule.language
        topics = _topics(look.topics) or schedule.topics
        schedule = replace(schedule, kind=kind, language=language, topics=topics)
        try:
            made = await opened.desk.preview(schedule, since=look.since)
        except Untimely as error:
            raise InvalidInput(opened.telling.fault(error, Language.EN)) from error
    for reply in made.replies:
        _show(reply, terminal)
    return DONE


async def run_add(kept: Kept, terminal: Terminal, wanted: Wanted) -> int:
    """Sets a schedule. Raises InvalidInput, StoreFailed."""
    kind = _kind(wanted.kind)
    async with _opened(kept) as opened:
        place = _channel(wanted.channel)
        if wanted.dm:
            place = replace(place, kind=PlaceKind.DM)
        try:
            drafted = await opened.desk.drafted(place, wanted.when, zone=wanted.zone)
            schedule = replace(
                drafted,
                kind=kind,
                language=Language(wanted.language) if wanted.language else None,
                topics=_topics(wanted.topics),
                silent=wanted.silent,
                origin=Origin.COMMAND,
                person=person_of(place, wanted.person),
            )
            await opened.desk.add(schedule)
        except Untimely as error:
            raise InvalidInput(opened.telling.fault(error, Language.EN)) from error
        _list(opened, [(schedule, ())], terminal)
    return DONE


async def run_list(kept: Kept, terminal: Terminal) -> int:
    """Lists all schedules, and the feeds that cannot be read. Raises StoreFailed."""
    async with _opened(kept) as opened:
        found = [(each, await opened.store.schedules.fires(each.id, limit=1)) for each in await opened.desk.all()]
        _list(opened, found, terminal)
    for url, problem in feed_problems(kept.rag.home):
        terminal.complain(f"The feed {url} cannot be read: {problem}.")
    if not found and not terminal.json:
        terminal.out.print('Nothing is scheduled. Set something: advisor digest add "every Monday 9:00" --channel …')
    return DONE


async def run_change(kept: Kept, terminal: Terminal, action: str, schedule_id: str) -> int:
    """Pauses, resumes, removes or runs one schedule. Raises StoreFailed."""
    async with _opened(kept) as opened:
        schedule = await opened.store.schedules.get(schedule_id)
        if schedule is None:
            ids = ", ".join(each.id for each in await opened.desk.all()) or "none"
            terminal.complain(f"There is no schedule {schedule_id!r}; there are: {ids}.")
            return FAILED
        if schedule.origin is Origin.FILE and action != "run":
            terminal.complain(opened.telling.say(Tell.OF_FILE, Language.EN, id=schedule_id))
            return FAILED
        match action:
            case "run":
                await opened.desk.run(schedule)
            case "remove":
                await opened.desk.remove(schedule)
            case _:
                await opened.desk.pause(schedule, active=action == "resume")
    if terminal.json:
        write_line(terminal.lines, {"id": schedule_id, "done": action})
        return DONE
    told = {
        "run": "will be posted by the running bot within a minute, or by its next start",
        "remove": "is removed",
        "pause": "is paused",
        "resume": "is on again",
    }
    terminal.out.print(printable(f"{schedule_id} {told[action]}."))
    return DONE


@asynccontextmanager
async def _opened(kept: Kept) -> AsyncIterator[_Opened]:
    async with (
        open_digests(kept.rag) as (digests, catalogue),
        open_store(kept.database_url, home=kept.rag.home) as store,
    ):
        materials = Materials(
            books=store,
            library=catalogue,
            digests=digests,
            wording=load_wording(data_folder("prompts")),
            settings=kept.schedules,
            now=now,
            new_id=new_id,
            risks=shipped_risks(),
        )
        yield _Opened(store=store, scheduling=make_scheduling(materials))


def _list(opened: _Opened, found: Sequence[tuple[Schedule, Sequence[Fire]]], terminal: Terminal) -> None:
    for schedule, fires in found:
        if terminal.json:
            write_line(terminal.lines, _record(opened, schedule, fires))
            continue
        name = opened.telling.say(Tell(f"kind_{schedule.kind.value}"), Language.EN)
        where = f"{schedule.place.channel_key}: {name}, {schedule.when} ({zone_shown(schedule.zone)})"
        terminal.out.print(printable(f"{schedule.id}  {where}; {_state(opened, schedule)}"), soft_wrap=True)
        if schedule.trouble:
            terminal.complain(f"  {opened.telling.say(Tell(schedule.trouble), Language.EN)}")
        for fire in fires:
            note = f" ({fire.note})" if fire.note else ""
            terminal.out.print(f"    last: {fire.due.astimezone(UTC):%Y-%m-%d %H:%M} UTC {fire.state.value}{note}")


def _state(opened: _Opened, schedule: Schedule) -> str:
    if not schedule.active:
        return "paused"
    try:
        at = opened.desk.next(schedule)
        return f"next: {opened.telling.moment(at, zone_of(schedule.zone), Language.EN)}" if at else "never due"
    except Untimely as error:
        return opened.telling.fault(error, Language.EN)


def _record(opened: _Opened, schedule: Schedule, fires: Sequence[Fire]) -> dict[str, Any]:
    try:
        at = opened.desk.next(schedule) if schedule.active else None
    except Untimely:
        at = None
    return {
        "id": schedule.id,
        "channel": schedule.place.channel_key,
        "kind": schedule.kind.value,
        "when": schedule.when,
        "zone": schedule.zone,
        "language": schedule.language.value if schedule.language else None,
        "topics": sorted(schedule.topics),
        "silent": schedule.silent,
        "active": schedule.active,
        "origin": schedule.origin.value,
        "trouble": schedule.trouble,
        "next": at.isoformat() if at else None,
        "last": [{"due": fire.due.isoformat(), "state": fire.state.value, "note": fire.note} for fire in fires],
    }


def _show(reply: Reply, terminal: Terminal) -> None:
    if terminal.json:
        sources = [_source(each) for each in reply.citations]
        record = {"language": reply.language.value, "text": reply.text, "sources": sources, "notes": list(reply.notes)}
        write_line(terminal.lines, record)
        return
    telling = load_telling(data_folder("prompts"))
    terminal.out.print(printable(reply.text), soft_wrap=True, markup=False, highlight=False)
    for note in reply.notes:
        terminal.out.print(printable(f"\n{note}"), soft_wrap=True, markup=False, highlight=False)
    if reply.citations:
        lines = [
            f"[{each.number}] {each.document.title} · {each.document.url or each.document.source}"
            for each in reply.citations
        ]
        heading = telling.say(Tell.SOURCES, reply.language)
        terminal.out.print(printable("\n".join(["", heading, *lines])), soft_wrap=True, markup=False, highlight=False)


def _source(citation: Citation) -> dict[str, Any]:
    document = citation.document
    return {
        "number": citation.number,
        "document": document.id,
        "title": document.title,
        "section": list(citation.section),
        "source": document.source,
        "url": document.url,
        "date": document.date.isoformat() if document.date else None,
        "quote": citation.quote,
    }


def _kind(text: str) -> ScheduleKind:
    if text not in set(ScheduleKind):
        raise InvalidInput(f"{text!r} is nothing that can be posted; use one of {', '.join(ScheduleKind)}")
    return ScheduleKind(text)


def _channel(text: str) -> Place:
    place = channel_place(text)
    if place.platform not in PLATFORMS:
        known = " or ".join(sorted(PLATFORMS))
        raise InvalidInput(f"{place.platform!r} is no platform that is posted to; begin the channel with {known}")
    return place


def _topics(text: str) -> frozenset[str]:
    return frozenset(topic.strip() for topic in text.replace("，", ",").split(",") if topic.strip())

"""The admins' weekly report: what was asked and how the answering fared, what the library lacks, what changed in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.channel_rules import audience, effective_settings
from bot.chat import Person, Place
from bot.ledgers import ProfileBook
from bot.pictures.days import DayWords, draw_days
from bot.ports import SettingsBook
from bot.replies import File, Reply
from bot.schedules.books import CommunityBook, SightingBook
from bot.schedules.contents import Made, Occasion
from bot.schedules.records import Figures
from bot.schedules.telling import Tell, Telling
from bot.schedules.trends import Versions, language_of, reader_of
from bot.schedules.zones import zone_of
from rag.digest.builder import DigestBuilder
from rag.digest.values import Brief, Digest
from rag.types import Language

_WEEK = timedelta(days=7)
_GAPS = 200


class Books(Protocol):
    """What is read of the store."""

    @property
    def sightings(self) -> SightingBook:
        """What was seen in the library."""
        ...

    @property
    def community(self) -> CommunityBook:
        """What was asked."""
        ...

    @property
    def settings(self) -> SettingsBook:
        """What channels may see."""
        ...

    @property
    def profiles(self) -> ProfileBook:
        """What the channel's team has said of itself."""
        ...


class WeeklyReport:
    """Implements `bot.schedules.contents.Contents`. It counts a workspace, and quotes what its channel may read."""

    def __init__(self, books: Books, library: Versions, builder: DigestBuilder, *, telling: Telling) -> None:
        self._books = books
        self._library = library
        self._builder = builder
        self._telling = telling

    def unknown(self, topics: frozenset[str]) -> frozenset[str]:
        """A report is about everything."""
        return frozenset()

    async def make(self, occasion: Occasion) -> Made:
        """The report of the seven days up to now; see `Contents`."""
        schedule, zone = occasion.schedule, zone_of(occasion.schedule.zone)
        settings = await effective_settings(self._books.settings, schedule.place.channel_key)
        profile = await reader_of(self._books.profiles, schedule)
        language = language_of(schedule, settings, profile)
        since = (occasion.now - _WEEK).astimezone(zone)
        figures = await self._books.community.figures(schedule.place, since=since, until=occasion.now)
        seen = await self._books.sightings.note(await self._library.versions(), at=occasion.now)
        first, last = since.date() + timedelta(days=1), occasion.now.astimezone(zone).date()
        days = _every_day(figures, last)
        lines = [
            self._telling.say(
                Tell.REPORT_TITLE,
                language,
                **{"from": self._telling.day(first, language), "to": self._telling.day(last, language)},
            ),
            "",
            *self._counted(figures, language),
            *await self._changes(occasion, language),
        ]
        asked = figures.answered + figures.refused
        caption = self._telling.say(Tell.REPORT_CHART, language)
        gaps = await self._gaps(schedule.place, since)
        if asked or gaps.unanswered:
            lines += ["", *self._lacking(gaps, language)]
        if asked:
            lines += ["", caption]
        picture = await asyncio.to_thread(draw_days, days, self._words(language)) if asked else b""
        name = f"questions-{last.isoformat()}.png"
        files = (File(name=name, content=picture, media_type="image/png", alt=caption),)
        reply = Reply(text="\n".join(lines), files=files if picture else (), language=language)
        return Made(replies=(reply,), seen=seen, empty=not asked and not figures.failed)

    def _words(self, language: Language) -> DayWords:
        return DayWords(
            title=self._telling.say(Tell.PICTURE_TITLE, language),
            answered=self._telling.say(Tell.PICTURE_ANSWERED, language),
            refused=self._telling.say(Tell.PICTURE_REFUSED, language),
        )

    def _counted(self, figures: Figures, language: Language) -> Iterable[str]:
        total = figures.answered + figures.refused + figures.failed
        if not total:
            yield self._telling.say(Tell.REPORT_NOTHING, language)
            return
        yield self._telling.say(
            Tell.REPORT_QUESTIONS,
            language,
            total=total,
            answered=figures.answered,
            share=_share(figures.answered, total),
            refused=figures.refused,
            failed=figures.failed,
        )
        rated = figures.up + figures.down
        if rated:
            good = _share(figures.up, rated)
            yield self._telling.say(Tell.REPORT_RATED, language, up=figures.up, down=figures.down, share=good)
        else:
            yield self._telling.say(Tell.REPORT_UNRATED, language)
        if figures.stages_ms:
            stage, milliseconds = figures.stages_ms[0]
            named, seconds = self._telling.stage(stage, language), milliseconds / 1000
            told = f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2f}"
            yield self._telling.say(Tell.REPORT_SLOW, language, stage=named, seconds=told)

    async def _changes(self, occasion: Occasion, language: Language) -> Iterable[str]:
        """What came to the library since the last report; of a first one, nothing is known."""
        if occasion.seen is None:
            return ()
        later = await self._books.sightings.since(occasion.seen)
        changed = {each.document_id for each in later if each.changed}
        added = {each.document_id for each in later} - changed
        return (self._telling.say(Tell.REPORT_LIBRARY, language, added=len(added), changed=len(changed)),)

    async def _gaps(self, place: Place, since: datetime) -> Digest:
        """What found no answer in channels whose readers may see no more than those of this one."""
        found = await self._books.community.lacking(place, since=since, limit=_GAPS)
        own = await self._labels(place.channel_key)
        allowed = {key: await self._labels(key) <= own for key in {each.channel for each in found}}
        texts = [each.text for each in found if allowed[each.channel]]
        return await self._builder.build(Brief(language=Language.EN, today=since.date(), news={}, unanswered=texts))

    def _lacking(self, digest: Digest, language: Language) -> Iterable[str]:
        if not digest.unanswered:
            yield self._telling.say(Tell.REPORT_NO_GAPS, language)
            return
        yield self._telling.say(Tell.REPORT_GAPS, language)
        yield ""
        for group in digest.unanswered:
            several = Tell.ASKED if group.count > 1 else Tell.UNANSWERED
            values: Mapping[str, object] = {"count": group.count} if group.count > 1 else {}
            yield self._telling.say(several, language, question=group.text, **values)

    async def _labels(self, channel_key: str) -> frozenset[str]:
        platform, workspace, _ = channel_key.split("/", maxsplit=2)
        settings = await effective_settings(self._books.settings, channel_key)
        return audience(settings, Person(platform=platform, workspace=workspace, id=""))


def _every_day(figures: Figures, last: date) -> list[tuple[str, int, int]]:
    known = {day: (answered, refused) for day, answered, refused in figures.days}
    days = [(last - timedelta(days=back)).isoformat() for back in range(6, -1, -1)]
    return [(day, *known.get(day, (0, 0))) for day in days]


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %"

"""The trend digest of a channel: what is new to it, what it asked most, and what nobody could answer there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.channel_rules import effective_settings, reader_scope
from bot.chat import Person, Place
from bot.ledgers import ProfileBook
from bot.ports import SettingsBook
from bot.records import ChannelSettings, Profile
from bot.schedules.books import CommunityBook, ScheduleBook, SightingBook
from bot.schedules.contents import Made, Occasion
from bot.schedules.records import Schedule
from bot.schedules.rendering import Frame, render
from bot.schedules.telling import Telling
from bot.schedules.zones import zone_of
from bot.wording import Wording
from rag.digest.builder import DigestBuilder
from rag.digest.values import Brief, Digest, Reader
from rag.kinds.wording import STAGES
from rag.types import PUBLIC, DocumentId, Language, Scope

_FIRST_LOOK_BACK = timedelta(days=30)
_QUESTIONS = 200
_VERSION = 12


class Versions(Protocol):
    """What is asked of the catalogue: what is live, and whether anything has changed. Raises StorageFailed."""

    async def revision(self) -> int:
        """A number that grows with every change."""
        ...

    async def versions(self) -> Mapping[DocumentId, str]:
        """The live documents, each with a name for its content."""
        ...


class Books(Protocol):
    """What is read of the store; of sightings, what is seen now is noted as well."""

    @property
    def schedules(self) -> ScheduleBook:
        """What was told."""
        ...

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
        """What the channel may see, and in which language."""
        ...

    @property
    def profiles(self) -> ProfileBook:
        """What the channel's team has said of itself."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    revision: int
    versions: Mapping[DocumentId, str]
    number: int


class TrendDigest:
    """Implements `bot.schedules.contents.Contents`."""

    def __init__(
        self, books: Books, library: Versions, builder: DigestBuilder, *, telling: Telling, wording: Wording
    ) -> None:
        self._books = books
        self._library = library
        self._builder = builder
        self._telling = telling
        self._wording = wording
        self._seen: _Seen | None = None

    def unknown(self, topics: frozenset[str]) -> frozenset[str]:
        """Any: the library may come to hold what it lacks today."""
        return frozenset()

    async def make(self, occasion: Occasion) -> Made:
        """The digest of one occasion; see `Contents`."""
        schedule = occasion.schedule
        settings = await effective_settings(self._books.settings, schedule.place.channel_key)
        profile = await reader_of(self._books.profiles, schedule)
        language = language_of(schedule, settings, profile)
        seen = await self._sighted(occasion.now)
        keys = {document: key_of(document, version) for document, version in seen.versions.items()}
        brief = await self._brief(occasion, seen, keys)
        brief = replace(
            brief,
            language=language,
            scope=scope_of(schedule, settings, labels=occasion.labels),
            reader=Reader(about=_about(profile), topics=schedule.topics),
        )
        digest = await self._builder.build(brief)
        reply = render(digest, self._frame(occasion, digest, profile), self._telling)
        told = tuple(sorted(keys[document] for document in digest.tells if document in keys))
        return Made(replies=(reply,), told=told, seen=seen.number, empty=digest.empty)

    async def _brief(self, occasion: Occasion, seen: _Seen, keys: Mapping[DocumentId, str]) -> Brief:
        place, news = occasion.schedule.place, await self._news(occasion, seen)
        wanted = keys if news is None else {each: keys[each] for each in news}
        told = await self._books.schedules.told(place.channel_key, list(wanted.values()))
        since = occasion.last or occasion.now - _FIRST_LOOK_BACK
        asked = await self._books.community.asked(place, since=since, limit=_QUESTIONS)
        unanswered = await self._books.community.unanswered(place, since=since, limit=_QUESTIONS)
        return Brief(
            language=Language.EN,
            today=occasion.now.astimezone(zone_of(occasion.schedule.zone)).date(),
            news=news,
            told=frozenset(document for document, key in wanted.items() if key in told),
            since=occasion.since,
            asked=[each.text for each in asked],
            unanswered=[each.text for each in unanswered],
        )

    async def _news(self, occasion: Occasion, seen: _Seen) -> Mapping[DocumentId, bool] | None:
        """What was seen since the last digest and is still so; None for a first one."""
        if occasion.since is not None or occasion.seen is None:
            return None
        later = await self._books.sightings.since(occasion.seen)
        return {each.document_id: each.changed for each in later if seen.versions.get(each.document_id) == each.version}

    async def _sighted(self, now: datetime) -> _Seen:
        """What the library holds, noted in the store; looked at anew when it has changed."""
        revision = await self._library.revision()
        if self._seen is None or self._seen.revision != revision:
            versions = await self._library.versions()
            number = await self._books.sightings.note(versions, at=now)
            self._seen = _Seen(revision=revision, versions=versions, number=number)
        return self._seen

    def _frame(self, occasion: Occasion, digest: Digest, profile: Profile | None) -> Frame:
        zone = zone_of(occasion.schedule.zone)
        cited = {label for citation in digest.citations for label in _labels(citation.document.audience)}
        return Frame(
            today=occasion.now.astimezone(zone).date(),
            who=self._company(profile, digest.language) if digest.themes else "",
            labels=tuple(sorted(cited)),
            since=occasion.since or (occasion.last.astimezone(zone).date() if occasion.last else None),
            skipped=occasion.skipped,
            topics=tuple(sorted(occasion.schedule.topics)),
        )

    def _company(self, profile: Profile | None, language: Language) -> str:
        return self._wording.startup(profile.stage, profile.sector, language) if profile else ""


async def reader_of(profiles: ProfileBook, schedule: Schedule) -> Profile | None:
    """For whom a schedule posts: the team of its channel, or whoever a direct message is with.

    None where nothing is known of them, or where it shall not count. Raises StoreFailed.
    """
    if schedule.person:
        known = await profiles.of_person(schedule.person)
    else:
        known = await profiles.of_team(schedule.place.channel_key)
    return known if known and known.active else None


def language_of(schedule: Schedule, settings: ChannelSettings, profile: Profile | None) -> Language:
    """The schedule's language, else the channel's, else its team's; else English."""
    wanted = schedule.language or settings.language or (profile.language if profile else None)
    return wanted if wanted in {Language.ZH, Language.EN} else Language.EN


def scope_of(schedule: Schedule, settings: ChannelSettings, *, labels: frozenset[str] | None = None) -> Scope:
    """What a channel's members may see, narrowed to the schedule's topics and to the labels of one reader."""
    scope = reader_scope(settings, _member(schedule.place))
    if labels is not None:
        scope = replace(scope, audience=scope.audience & labels)
    if not schedule.topics:
        return scope
    topics = schedule.topics if scope.topics is None else schedule.topics & scope.topics
    # None of the topics is in reach: that is nothing, where None would be everything.
    return replace(scope, topics=topics)


def key_of(document: DocumentId, version: str) -> str:
    """The name under which a version of a document is told."""
    return f"{document}@{version[:_VERSION]}"


def _member(place: Place) -> Person:
    return Person(platform=place.platform, workspace=place.workspace, id="")


def _labels(audience: frozenset[str]) -> frozenset[str]:
    return frozenset() if PUBLIC in audience else audience


def _about(profile: Profile | None) -> str:
    """What is known of the reader, as words to compare with."""
    if profile is None:
        return ""
    stage = STAGES[profile.stage].of(Language.EN) if profile.stage else ""
    return " ".join(filter(None, (profile.sector, stage, profile.model)))

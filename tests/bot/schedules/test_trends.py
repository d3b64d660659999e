"""The trend digest of a channel: its language, labels and profile, its own questions, and nothing twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.chat import Place, PlaceKind
from bot.memory_store import MemoryStore
from bot.records import ChannelSettings, Profile, QuestionState
from bot.schedule_settings import ScheduleSettings
from bot.schedules.contents import Made
from bot.schedules.keeper import occasion
from bot.schedules.records import Fire, FireState, Schedule, ScheduleKind
from bot.scheduling import Materials, make_scheduling
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from rag.kinds.values import Stage
from rag.types import DocumentId, Language
from tests.bot.bench import WORDING
from tests.bot.samples import question
from tests.rag.digest.shelf import Shelf

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
PLACE = Place(platform="memory", workspace="w", channel="c")


class Library(Shelf):
    """A library that counts its changes."""

    def __init__(self) -> None:
        super().__init__()
        self.versioned: dict[DocumentId, str] = {}
        self.looked = 0

    async def revision(self) -> int:
        return len(self.held) + sum(int(version) for version in self.versioned.values())

    async def versions(self) -> Mapping[DocumentId, str]:
        self.looked += 1
        return {key: self.versioned.get(key, "0") for key in self.held}


class Scene:
    """A channel with a schedule over a library."""

    def __init__(self) -> None:
        self.store, self.library, self.now = MemoryStore(), Library(), NOW
        materials = Materials(
            books=self.store,
            library=self.library,
            digests=DigestBuilder(self.library, Likeness(None)),
            wording=WORDING,
            settings=ScheduleSettings(),
            now=lambda: self.now,
            new_id=lambda: "id",
            risks=(),
        )
        self.scheduling = make_scheduling(materials)
        self.trends = self.scheduling.contents[ScheduleKind.TRENDS]
        self.schedule = Schedule(
            id="s", place=PLACE, kind=ScheduleKind.TRENDS, when="daily", zone="Asia/Shanghai", cursor=NOW
        )

    async def made(self, **changes: Any) -> Made:
        known = await occasion(self.store.schedules, replace(self.schedule, **changes), now=self.now)
        return await self.trends.make(known)

    async def post(self, **changes: Any) -> str:
        """Make one, and note that it was posted."""
        schedule = replace(self.schedule, **changes)
        await self.store.schedules.save(schedule)
        made = await self.made(**changes)
        fire = Fire(schedule_id=schedule.id, due=self.now, retry_at=self.now)
        await self.store.schedules.plan(schedule.id, [fire], cursor=self.now)
        held = await self.store.schedules.lease("p", now=self.now, until=self.now + dt.timedelta(minutes=5))
        assert held is not None
        frozen = await self.store.schedules.freeze(held, made.replies, told=made.told, seen=made.seen)
        assert frozen is not None
        await self.store.schedules.finish(frozen, FireState.POSTED, at=self.now)
        self.now += dt.timedelta(days=7)
        return made.replies[0].text

    async def ask(self, text: str, *, place: Place = PLACE, answered: bool = True) -> None:
        asked = question(text, name=f"q{text}{place.key}", place=place)
        await self.store.questions.admit(replace(asked, asked_at=self.now))
        await self.store.questions.finish(asked.id, QuestionState.ANSWERED if answered else QuestionState.REFUSED)


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.library.note("Trend: prices", "Prices of inference fall by half each year.", topics=("pricing",))
    made.library.note("Trend: rules", "Regulators ask for labels on texts of machines.", topics=("regulation",))
    return made


async def test_only_what_is_new_follows_the_first_issue(scene: Scene) -> None:
    first = await scene.post()
    assert "Where things stand" in first
    assert "Prices" in first
    scene.library.note("Trend: chips", "A foundry opens in Bergen for memory chips.")
    second = await scene.post()
    assert "What moved" in second
    assert "Chips" in second
    assert "Prices" not in second
    assert await scene.post() == "Nothing new for this channel since 30 November 2026."


async def test_changed_text_is_told_as_updated(scene: Scene) -> None:
    await scene.post()
    scene.library.versioned[DocumentId("Trend: prices")] = "1"
    told = await scene.post()
    assert "**1. Prices** (updated)" in told
    assert "Rules" not in told


async def test_second_schedule_of_a_channel_repeats_nothing(scene: Scene) -> None:
    assert "Prices" in await scene.post(topics=frozenset({"pricing"}))
    other = await scene.post(id="other")
    assert "Prices" not in other
    assert "Rules" in other


async def test_other_channel_is_told_all_the_same(scene: Scene) -> None:
    await scene.post()
    assert "Prices" in await scene.post(id="other", place=replace(PLACE, channel="d"))


async def test_topics_and_labels_bound_what_is_told(scene: Scene) -> None:
    scene.library.note("Trend: canary", "The canary sings in the board room.", audience=frozenset({"board"}))
    assert "Canary" not in (await scene.made()).replies[0].text
    await scene.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"board"})))
    reply = (await scene.made()).replies[0]
    assert "Canary" in reply.text
    assert "Also from documents for: board." in reply.notes
    narrowed = (await scene.made(topics=frozenset({"regulation"}))).replies[0].text
    assert "Rules" in narrowed
    assert "Prices" not in narrowed


async def test_language_is_the_schedules_else_the_channels(scene: Scene) -> None:
    assert (
        "What moved" in (await scene.made()).replies[0].text or "Where things" in (await scene.made()).replies[0].text
    )
    await scene.store.settings.save(PLACE.channel_key, ChannelSettings(language=Language.ZH))
    assert "AI 创业形势一览" in (await scene.made()).replies[0].text
    assert "Where things" in (await scene.made(language=Language.EN)).replies[0].text


async def test_profile_of_the_team_is_told_and_orders(scene: Scene) -> None:
    await scene.store.profiles.save_team(PLACE.channel_key, Profile(sector="regulation labels", stage=Stage.SEED))
    text = (await scene.made()).replies[0].text
    assert "Ordered for your seed" in text
    assert text.index("Rules") < text.index("Prices")


async def test_questions_are_those_of_the_channel_alone_and_name_nobody(scene: Scene) -> None:
    elsewhere = replace(PLACE, channel="board")
    for number in range(3):
        await scene.ask(f"How do I price a seat{'?' * number}")
        await scene.ask(f"When is the canary sold{'?' * number}", place=elsewhere)
    await scene.ask("Best sourdough?", answered=False)
    await scene.ask("Secret canary?", place=elsewhere, answered=False)
    scene.now += dt.timedelta(days=1)
    text = (await scene.made()).replies[0].text
    assert "- “How do I price a seat” (3 times)" in text or "How do I price a seat" in text
    assert "- “Best sourdough?”" in text
    assert "canary" not in text
    assert "ada" not in text.lower()


async def test_skipped_issues_are_told_of(scene: Scene) -> None:
    known = await occasion(scene.store.schedules, scene.schedule, now=NOW)
    made = await scene.trends.make(replace(known, skipped=2))
    assert "2 issues before this one were skipped, because I was offline." in made.replies[0].notes


async def test_five_hundred_channels_look_at_the_library_once(scene: Scene) -> None:
    for number in range(500):
        await scene.made(id=f"s{number}", place=replace(PLACE, channel=f"c{number}"))
    assert scene.library.looked == 1


async def test_digest_of_a_direct_message_is_ranked_for_whom_it_is_with(scene: Scene) -> None:
    scene.library.note("Trend: courts", "Courts ask law firms for their sources.", topics=("legal",))
    person = "memory/w/ann"
    await scene.store.profiles.save_person(person, Profile(sector="legal", stage=Stage.SEED))
    await scene.store.profiles.save_person("memory/w/bo", Profile(sector="pricing"))
    direct = Place(platform="memory", workspace="w", channel="d", kind=PlaceKind.DM)
    text = (await scene.made(place=direct, person=person)).replies[0].text
    assert "Ordered for your seed-stage" in text
    assert text.index("Courts") < min(text.index("Prices"), text.index("Rules"))
    await scene.store.profiles.save_person(person, Profile(sector="legal", language=Language.ZH))
    assert (await scene.made(place=direct, person=person)).replies[0].language is Language.ZH
    await scene.store.profiles.save_person(person, Profile(sector="legal", active=False))
    assert "Ordered for" not in (await scene.made(place=direct, person=person)).replies[0].text
    assert "Ordered for" not in (await scene.made()).replies[0].text

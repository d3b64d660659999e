"""An admin reads of a schedule in trouble once, whatever dies or is away in between."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat import Place
from bot.errors import DeliveryFailed
from bot.memory_chat import MemoryChat, Moment
from bot.records import ChannelSettings
from bot.schedules.contents import Kinds
from bot.schedules.keeper import Keeper, Watch
from bot.schedules.posting import Poster
from bot.schedules.records import ScheduleKind
from bot.schedules.telling import load_telling
from bot.schedules.trouble import TroubleReport
from rag.resources import data_folder
from rag.types import Language

from .life import Books, Doom, Mortal, World, refusing

ADMINS = Place(platform="admins", workspace="w", channel="ops")
TELLING = load_telling(data_folder("prompts"))


@dataclass
class Watched(World):
    """A world whose admins read of trouble on a platform of their own."""

    admins: MemoryChat = field(default_factory=lambda: MemoryChat("admins"))
    to: Place | None = ADMINS
    connected: bool = True

    def keeper(self, doom: Doom | None = None) -> Keeper:
        schedules, posts = self.store.schedules, self.store.posts
        adapters: Any = {"memory": self.chat, **({"admins": self.admins} if self.connected else {})}
        if doom:
            schedules, posts = Mortal(schedules, doom), Mortal(posts, doom)
            adapters = {name: Mortal(chat, doom) for name, chat in adapters.items()}
        watch = Watch(now=self.clock.now, sleep=self._sleep, new_id=lambda: f"id{next(self.ids)}")
        poster = Poster(posts, watch.new_id, watch.sleep)
        report = TroubleReport(self.store.settings, adapters, poster, TELLING, place=self.to)
        return Keeper(
            Books(schedules, posts),
            Kinds(contents={ScheduleKind.TRENDS: self.words}),
            adapters,
            watch=watch,
            settings=self.settings,
            on_trouble=report.tell,
        )

    @property
    def told(self) -> list[str]:
        """What the admins read."""
        return [posted.reply.text for posted in self.admins.posted]


@pytest.fixture
async def world() -> Watched:
    made = Watched()
    await made.schedule()
    made.chat.watch = refusing(DeliveryFailed("is_archived"))
    made.clock.pass_(hours=1)
    return made


@pytest.mark.parametrize("allowed", range(0, 60, 2))
async def test_whoever_dies_on_the_way_the_admin_is_told_once(world: Watched, allowed: int) -> None:
    await world.look(allowed)
    for _ in range(3):
        world.clock.pass_(minutes=10)
        await world.look()
    (text,) = world.told
    assert "**trend digest** in memory/w/c" in text
    assert "I tell you once" in text


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(fates=st.lists(st.integers(0, 40), max_size=8))
async def test_so_it_is_when_many_die_one_after_another(fates: list[int]) -> None:
    world = Watched()
    await world.schedule()
    world.chat.watch = refusing(DeliveryFailed("is_archived"))
    world.clock.pass_(hours=1)
    for fate in fates:
        await world.look(fate)
        world.clock.pass_(minutes=6)
    for _ in range(3):
        await world.look()
        world.clock.pass_(minutes=6)
    assert len(world.told) == 1


async def test_admins_who_cannot_be_reached_are_told_later(world: Watched) -> None:
    world.admins.watch = refusing(DeliveryFailed("rate limited", retry_after_s=30), times=2)
    for told in (0, 0, 1, 1):
        await world.look()
        assert len(world.told) == told


async def test_platform_of_the_admins_that_is_not_there_is_waited_for(world: Watched) -> None:
    world.connected = False
    await world.look()
    world.connected = True
    await world.look()
    assert len(world.told) == 1


async def test_channel_of_the_admins_that_is_gone_is_asked_once(world: Watched) -> None:
    asked = []

    async def refuse(method: str, moment: Moment) -> None:
        asked.append(method)
        raise DeliveryFailed("is_archived")

    world.admins.watch = refuse
    await world.look()
    await world.look()
    assert asked == ["post"]


async def test_where_no_channel_is_set_the_log_and_the_lists_have_it(world: Watched) -> None:
    world.to = None
    await world.look()
    assert world.told == []
    (schedule,) = await world.store.schedules.all()
    assert schedule.trouble == "gone"
    assert await world.store.schedules.unreported() == ()


async def test_trouble_that_is_over_before_anybody_heard_is_not_told(world: Watched) -> None:
    world.connected = False
    await world.look()
    world.chat.watch = None
    world.clock.pass_(days=1)
    await world.look()
    world.connected = True
    await world.look()
    assert world.told == []


async def test_admins_read_it_in_the_language_of_their_channel(world: Watched) -> None:
    known = ChannelSettings(language=Language.ZH)
    await world.store.settings.save(ADMINS.channel_key, known)
    (schedule,) = await world.store.schedules.all()
    await world.store.schedules.save(replace(schedule, language=Language.EN))
    await world.look()
    assert "频道不再接收消息" in world.told[0]

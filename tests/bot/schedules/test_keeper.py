"""Keeping to schedules: posted once, missed ones made up for once, failures tried again and told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import DeliveryFailed
from bot.schedule_settings import ScheduleSettings
from bot.schedules.keeper import GONE, UNMADE, UNREACHABLE, UNTIMELY
from bot.schedules.records import Fire, FireState, ScheduleKind
from rag.errors import IndexMissing, StorageFailed

from .life import PLACE, START, World, refusing


@pytest.fixture
def world() -> World:
    return World()


async def states(world: World, schedule_id: str = "s1") -> list[tuple[FireState, str]]:
    return [(fire.state, fire.note) for fire in await world.store.schedules.fires(schedule_id, limit=99)]


async def test_nothing_is_posted_before_its_time_and_all_of_it_then(world: World) -> None:
    await world.schedule()
    await world.look()
    assert world.texts == []
    assert await world.keeper().next_look() == START + timedelta(hours=1)
    world.clock.pass_(hours=1)
    await world.look()
    await world.look()
    assert world.texts == ["s1 issue 1 skipped 0 first", "s1 issue 1 skipped 0 second"]
    assert await states(world) == [(FireState.POSTED, "")]
    assert await world.store.schedules.told(PLACE.channel_key, ["item1", "item2"]) == {"item1"}


async def test_missed_ones_are_made_up_for_once_and_told_of(world: World) -> None:
    await world.schedule()
    world.clock.pass_(days=3, hours=5)
    await world.look()
    assert world.texts[0] == "s1 issue 1 skipped 3 first"
    assert len(world.texts) == 2
    skipped = (FireState.SKIPPED, "missed")
    assert await states(world) == [(FireState.POSTED, ""), skipped, skipped, skipped]


async def test_what_was_missed_for_too_long_is_skipped_with_a_note(world: World) -> None:
    await world.schedule(when="every monday 9:00")
    world.clock.pass_(days=3)
    await world.look()
    assert world.texts == []
    assert await states(world) == [(FireState.SKIPPED, "too_late")]
    world.clock.pass_(days=4, hours=1)
    await world.look()
    assert world.texts[0] == "s1 issue 1 skipped 1 first"


async def test_clock_that_is_set_back_posts_nothing_twice(world: World) -> None:
    await world.schedule()
    world.clock.pass_(hours=1)
    await world.look()
    world.clock.pass_(hours=-5)
    await world.look()
    world.clock.pass_(hours=5, minutes=30)
    await world.look()
    assert len(world.texts) == 2


async def test_clock_that_ran_ahead_loses_nothing_when_it_is_set_right(world: World) -> None:
    await world.schedule(when="every monday 9:00")
    world.clock.pass_(days=365)
    await world.look()
    ahead = len(world.texts)
    world.clock.pass_(days=-365)
    await world.look()
    world.clock.pass_(hours=1)
    await world.look()
    # The first of 52 was not among those that were noted as missed, so that it comes at its own time.
    assert len(world.texts) == ahead + 2


async def test_silent_schedule_with_nothing_to_tell_posts_nothing_but_moves_on(world: World) -> None:
    await world.schedule(silent=True)
    world.words.empty = True
    world.clock.pass_(hours=1)
    await world.look()
    assert world.texts == []
    assert await states(world) == [(FireState.SILENT, "")]
    assert await world.store.schedules.progress("s1") == (1, world.clock.at)


async def test_paused_schedule_posts_only_what_somebody_asks_for(world: World) -> None:
    schedule = await world.schedule(active=False)
    world.clock.pass_(hours=1)
    await world.look()
    assert world.texts == []
    fire = Fire(schedule_id="s1", due=world.clock.at, retry_at=world.clock.at, asked=True)
    await world.store.schedules.plan("s1", [fire], cursor=schedule.cursor)
    await world.look()
    assert len(world.texts) == 2


async def test_one_that_was_paused_meanwhile_is_skipped(world: World) -> None:
    schedule = await world.schedule()
    world.clock.pass_(hours=1)
    due = Fire(schedule_id="s1", due=world.clock.at, retry_at=world.clock.at)
    await world.store.schedules.plan("s1", [due], cursor=world.clock.at)
    await world.store.schedules.save(replace(schedule, active=False))
    await world.look()
    assert await states(world) == [(FireState.SKIPPED, "paused")]


async def test_platform_that_asks_for_patience_gets_it(world: World) -> None:
    await world.schedule()
    world.chat.watch = refusing(DeliveryFailed("rate limited", retry_after_s=600), times=1)
    world.clock.pass_(hours=1)
    await world.look()
    assert world.texts == []
    world.clock.pass_(minutes=9)
    await world.look()
    assert world.texts == []
    world.clock.pass_(minutes=1)
    await world.look()
    assert len(world.texts) == 2
    assert world.words.made == 1
    assert world.troubles == []


async def test_channel_that_is_gone_is_told_once_until_it_works_again(world: World) -> None:
    await world.schedule()
    world.chat.watch = refusing(DeliveryFailed("is_archived"))
    for _ in range(3):
        world.clock.pass_(days=1)
        await world.look()
    assert world.troubles == [("s1", GONE)]
    world.chat.watch = None
    world.clock.pass_(days=1)
    await world.look()
    assert len(world.texts) == 2
    world.chat.watch = refusing(DeliveryFailed("is_archived"))
    world.clock.pass_(days=1)
    await world.look()
    assert world.troubles == [("s1", GONE), ("s1", GONE)]


async def test_platform_that_stays_away_is_given_up_after_some_tries_and_told_once(world: World) -> None:
    await world.schedule()
    world.chat.watch = refusing(DeliveryFailed("timeout", retry_after_s=1))
    world.clock.pass_(hours=1)
    for _ in range(12):
        await world.look()
        world.clock.pass_(hours=1)
    assert world.troubles == [("s1", UNREACHABLE)]
    assert await states(world) == [(FireState.FAILED, UNREACHABLE)]


@pytest.mark.parametrize(("error", "tries"), [(IndexMissing("none"), 1), (StorageFailed("busy"), 5)])
async def test_content_that_cannot_be_made_is_tried_again_where_that_may_help(
    world: World, error: Exception, tries: int
) -> None:
    await world.schedule()
    world.words.fails = error
    world.clock.pass_(hours=1)
    for _ in range(9):
        await world.look()
        world.clock.pass_(hours=2, minutes=1)
    (ended,) = [fire for fire in await world.store.schedules.fires("s1", limit=9) if fire.note == UNMADE]
    assert ended.attempts == tries - 1
    assert world.troubles == [("s1", UNMADE)]


async def test_kind_that_nobody_makes_is_told(world: World) -> None:
    await world.schedule(kind=ScheduleKind.CHECKLIST)
    world.clock.pass_(hours=1)
    await world.look()
    assert world.troubles == [("s1", UNMADE)]


async def test_time_that_cannot_be_read_any_more_is_told_and_stops_nobody_else(world: World) -> None:
    await world.schedule("a", zone="Mars/Olympus")
    await world.schedule("b")
    world.clock.pass_(hours=1)
    await world.look()
    await world.look()
    assert world.troubles == [("a", UNTIMELY)]
    assert len(world.texts) == 2
    assert await world.keeper().next_look() == START + timedelta(days=1, hours=1)


async def test_platform_that_is_not_connected_is_waited_for_and_the_post_made_up_for(world: World) -> None:
    elsewhere = replace(PLACE, platform="other")
    await world.schedule(place=elsewhere)
    fire = Fire(schedule_id="s1", due=world.clock.at, retry_at=world.clock.at, asked=True)
    await world.store.schedules.plan("s1", [fire], cursor=world.clock.at)
    await world.look()
    assert await states(world) == [(FireState.WAITING, UNREACHABLE)]
    world.clock.pass_(hours=25)
    await world.look()
    assert await states(world) == [(FireState.SKIPPED, "too_late")]


async def test_keeper_that_stops_begins_nothing_more(world: World) -> None:
    await world.schedule()
    world.clock.pass_(hours=1)
    keeper = world.keeper()
    await keeper.stop(within_s=1)
    await keeper.look()
    assert world.texts == []
    await world.look()
    assert len(world.texts) == 2


async def test_posts_of_one_minute_are_spread_and_all_arrive(world: World) -> None:
    world.settings = ScheduleSettings(workers=4, posts_per_second=5)
    for number in range(500):
        await world.schedule(f"s{number:03}", place=replace(PLACE, channel=f"c{number}"))
    world.clock.pass_(hours=1)
    await world.look()
    assert len(world.texts) == 1000
    assert len({posted.ref.place.channel for posted in world.chat.posted}) == 500
    assert sum(world.slept) == pytest.approx(1000 / 5)

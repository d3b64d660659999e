"""What every store promises of schedules, whatever it is made of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat import Place, PlaceKind
from bot.commands.books import Books
from bot.records import QuestionState
from bot.replies import File, Reply
from bot.schedules.records import Asked, Fire, FireState, Origin, Schedule, ScheduleKind
from rag.types import AnswerStatus, DocumentId, Language

from .conftest import Making

HOUR = timedelta(hours=1)
NOW = Making.start
CHANNEL = Place(platform="slack", workspace="T1", channel="C1")
PLAIN = Schedule(id="d1", place=CHANNEL, kind=ScheduleKind.TRENDS, when="每周一 9:00", zone="Asia/Shanghai", cursor=NOW)
FULL = replace(
    PLAIN,
    id="d2",
    place=Place(platform="discord", workspace="", channel="5", kind=PlaceKind.DM),
    kind=ScheduleKind.REPORT,
    language=Language.ZH,
    topics=frozenset({"价格", "growth"}),
    silent=True,
    active=False,
    origin=Origin.FILE,
    trouble="gone",
    person="discord//7",
)
CONTENT = (
    Reply(text="一", notes=("note",)),
    Reply(text="two", files=(File(name="a.png", content=b"\xff\x00\xfe", media_type="image/png"),)),
)


def fire(hours: int = 0, **changes: object) -> Fire:
    at = NOW + hours * HOUR
    return replace(Fire(schedule_id="d1", due=at, retry_at=at), **changes)  # type: ignore[arg-type]


async def leased(store: Books, holder: str = "p1", *, hours: float = 0) -> Fire | None:
    now = NOW + hours * HOUR
    return await store.schedules.lease(holder, now=now, until=now + HOUR)


@pytest.mark.parametrize("schedule", [PLAIN, FULL], ids=["plain", "full"])
async def test_schedule_returns_as_saved_until_it_is_removed(store: Books, schedule: Schedule) -> None:
    await store.schedules.save(replace(schedule, when="every day 8:00"))
    await store.schedules.save(schedule)
    assert await store.schedules.get(schedule.id) == schedule
    assert await store.schedules.all() == (schedule,)
    assert await store.schedules.remove(schedule.id)
    assert not await store.schedules.remove(schedule.id)
    assert await store.schedules.all() == ()


async def test_time_is_planned_once_and_the_cursor_is_set(store: Books) -> None:
    await store.schedules.save(PLAIN)
    assert await store.schedules.plan("d1", [fire(1), fire(2)], cursor=NOW + 2 * HOUR) == 2
    assert await store.schedules.plan("d1", [fire(1)], cursor=NOW + HOUR) == 0
    assert (await store.schedules.all())[0].cursor == NOW + HOUR
    assert await store.schedules.plan("unknown", [fire(1)], cursor=NOW) == 0


async def test_lease_is_one_holders_until_it_ends(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire()], cursor=NOW)
    held = await leased(store)
    assert held == replace(fire(), holder="p1", leased_until=NOW + HOUR)
    assert await leased(store, "p2") is None
    assert await store.schedules.next_retry() == NOW + HOUR
    taken = await leased(store, "p2", hours=1)
    assert taken is not None
    assert not await store.schedules.renew(held, until=NOW + 5 * HOUR)
    assert await store.schedules.renew(taken, until=NOW + 5 * HOUR)
    assert await store.schedules.freeze(held, CONTENT, told=["x"], seen=1) is None


async def test_lease_by_a_clock_that_is_a_little_ahead_is_respected(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire()], cursor=NOW)
    held = await leased(store, hours=0.01)
    assert held is not None
    assert await leased(store, "p2") is None
    assert await store.schedules.renew(held, until=NOW + 2 * HOUR)


async def test_lease_by_a_clock_that_ran_ahead_holds_nobody_up(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire()], cursor=NOW)
    ahead = await leased(store, hours=1000)
    assert ahead is not None
    await store.schedules.postpone(ahead, retry_at=NOW + 1001 * HOUR, note="later")
    assert await leased(store, "p2") is not None


async def test_two_who_lease_at_once_never_get_the_same(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire(-hours) for hours in range(20)], cursor=NOW)
    found = await asyncio.gather(*(leased(store, f"p{number}") for number in range(30)))
    assert sorted(each.due for each in found if each) == sorted(fire(-hours).due for hours in range(20))


async def test_what_is_settled_to_be_posted_stays(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire()], cursor=NOW)
    held = await leased(store)
    assert held is not None
    frozen = await store.schedules.freeze(held, CONTENT, told=["x"], seen=7)
    assert frozen is not None
    assert (frozen.content, frozen.told, frozen.seen) == (CONTENT, ("x",), 7)
    assert await store.schedules.freeze(held, (Reply(text="other"),), told=[], seen=9) == frozen


async def test_postponed_one_waits_and_counts_its_attempts(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire()], cursor=NOW)
    held = await leased(store)
    assert held is not None
    await store.schedules.postpone(held, retry_at=NOW + 2 * HOUR, note="away")
    assert await leased(store, hours=1) is None
    again = await leased(store, hours=2)
    assert again is not None
    assert (again.attempts, again.note) == (1, "away")


async def test_end_is_reached_once_and_remembers_what_was_told(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire()], cursor=NOW)
    held = await leased(store)
    assert held is not None
    frozen = await store.schedules.freeze(held, CONTENT, told=["x", "y"], seen=7)
    assert frozen is not None
    assert await store.schedules.progress("d1") is None
    assert await store.schedules.finish(frozen, FireState.POSTED, at=NOW)
    assert not await store.schedules.finish(frozen, FireState.FAILED, at=NOW)
    assert await store.schedules.told(CHANNEL.channel_key, ["x", "z"]) == {"x"}
    assert await store.schedules.told("slack/T1/C2", ["x"]) == frozenset()
    assert await store.schedules.progress("d1") == (7, NOW)
    (known,) = await store.schedules.fires("d1", limit=9)
    assert (known.state, known.content, known.told) == (FireState.POSTED, None, ())
    await store.schedules.remove("d1")
    assert await store.schedules.fires("d1", limit=9) == ()


async def test_failed_one_has_told_nothing(store: Books) -> None:
    await store.schedules.save(PLAIN)
    await store.schedules.plan("d1", [fire()], cursor=NOW)
    held = await leased(store)
    assert held is not None
    frozen = await store.schedules.freeze(held, CONTENT, told=["x"], seen=7)
    assert frozen is not None
    await store.schedules.finish(frozen, FireState.FAILED, at=NOW, note="gone")
    assert await store.schedules.told(CHANNEL.channel_key, ["x"]) == frozenset()
    assert await store.schedules.progress("d1") is None
    assert (await store.schedules.fires("d1", limit=1))[0].note == "gone"


async def test_trouble_is_news_once(store: Books) -> None:
    await store.schedules.save(PLAIN)
    assert [await store.schedules.trouble("d1", each) for each in ("gone", "gone", "", "", "gone")] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert not await store.schedules.trouble("unknown", "gone")


async def test_trouble_is_to_be_told_until_somebody_has_or_it_is_over(store: Books) -> None:
    await store.schedules.save(PLAIN)
    assert await store.schedules.unreported() == ()
    assert await store.schedules.trouble("d1", "gone", report="r1")
    assert not await store.schedules.trouble("d1", "gone", report="r2")
    await store.schedules.save(replace(PLAIN, trouble="gone", active=False))
    await store.schedules.reported("d1", "another")
    ((schedule, report),) = await store.schedules.unreported()
    assert (schedule.id, schedule.trouble, schedule.active, report) == ("d1", "gone", False, "r1")
    await store.schedules.reported("d1", "r1")
    assert await store.schedules.unreported() == ()
    await store.schedules.trouble("d1", "unmade", report="r3")
    await store.schedules.trouble("d1", "", report="r4")
    assert await store.schedules.unreported() == ()
    await store.schedules.trouble("d1", "gone", report="r5")
    assert await store.schedules.remove("d1")
    await store.schedules.save(PLAIN)
    assert await store.schedules.unreported() == ()


async def test_versions_are_seen_in_order_and_changes_told_from_additions(store: Books) -> None:
    one, two = DocumentId("one"), DocumentId("two")
    assert await store.sightings.note({one: "a", two: "a"}, at=NOW) == 2
    assert await store.sightings.note({one: "a", two: "b"}, at=NOW + HOUR) == 3
    seen = await store.sightings.since(1)
    assert [(each.number, each.document_id, each.version, each.changed) for each in seen] == [
        (2, two, "a", False),
        (3, two, "b", True),
    ]
    assert seen[1].at == NOW + HOUR


async def test_questions_are_told_of_their_own_channel_without_who_asked(store: Books, make: Making) -> None:
    answered, refused, elsewhere = make.question(), make.question(text="?"), make.question(text="other")
    elsewhere = replace(elsewhere, place=replace(elsewhere.place, channel="C2"))
    for question, state in (
        (answered, QuestionState.ANSWERED),
        (refused, QuestionState.REFUSED),
        (elsewhere, QuestionState.REFUSED),
    ):
        await store.questions.admit(question)
        status = AnswerStatus.REFUSED if state is QuestionState.REFUSED else AnswerStatus.ANSWERED
        await store.questions.finish(question.id, state, answer=make.answer(question, status=status))
    asked = await store.community.asked(CHANNEL, since=NOW, limit=9)
    assert asked == (
        Asked(text="?", at=refused.asked_at, answered=False),
        Asked(text=answered.text, at=answered.asked_at, answered=True),
    )
    assert await store.community.asked(CHANNEL, since=refused.asked_at, limit=9) == ()
    (gap,) = await store.community.unanswered(CHANNEL, since=NOW, limit=9)
    assert (gap.text, gap.language) == ("?", Language.ZH)
    private = make.question(text="private?", place=replace(make.place, channel="D1", kind=PlaceKind.DM))
    await store.questions.admit(private)
    await store.questions.finish(private.id, QuestionState.REFUSED)
    lacking = await store.community.lacking(CHANNEL, since=NOW, limit=9)
    assert {(each.text, each.channel) for each in lacking} == {("?", "slack/T1/C1"), ("other", "slack/T1/C2")}
    figures = await store.community.figures(CHANNEL, since=NOW, until=NOW + HOUR)
    assert (figures.answered, figures.refused, figures.failed) == (1, 3, 0)
    assert figures.stages_ms == (("retrieve", 12.5),)
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Niue"):
        since = NOW.astimezone(ZoneInfo(zone))
        figures = await store.community.figures(CHANNEL, since=since, until=NOW + HOUR)
        assert {day for day, _, _ in figures.days} <= {since.date().isoformat(), (since + HOUR).date().isoformat()}


async def test_schedule_of_a_direct_message_goes_with_the_person_it_is_with(sql_store: Books) -> None:
    for name, person in (("d1", ""), ("d2", "slack/T1/U1"), ("d3", "slack/T1/U2")):
        place = replace(CHANNEL, channel=name, kind=PlaceKind.DM if person else PlaceKind.CHANNEL)
        await sql_store.schedules.save(replace(PLAIN, id=name, place=place, person=person))
    assert (await sql_store.privacy.held("slack/T1/U1")).counts["schedules"] == 1
    assert await sql_store.privacy.forget("slack/T1/U1") == 1
    assert [each.id for each in await sql_store.schedules.all()] == ["d1", "d3"]

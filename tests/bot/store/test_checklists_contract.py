"""What every store promises of checklists, whatever it is made of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, text

from bot.chat import Place, PlaceKind
from bot.checklist_records import Act, Change, Hand, Listed, ListKind, PostedList, Reminder
from bot.checklist_state import board_of
from bot.commands.books import Books
from bot.store.models import PERSON_COLUMNS
from bot.store.models.checklists import checklist_people
from bot.store.opening import SqlStore
from rag.types import Language

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLACE = Place(platform="slack", workspace="T1", channel="C1", thread="17.5", kind=PlaceKind.THREAD)
TEAM = PLACE.channel_key
ADA, BOB = Hand(person="slack/T1/U1", name="Ada 李"), Hand(person="slack/T1/U2", name="Bob")
STALE = AT - timedelta(minutes=5)
ids = map("x{}".format, count())


def posted(**changes: Any) -> PostedList:
    made = PostedList(
        id=next(ids),
        kind=ListKind.RISKS,
        board=TEAM,
        place=PLACE,
        language=Language.ZH,
        items=(Listed(item="data-breach", reason="fresh"), Listed(item="runway-short")),
        at=AT,
        claim=next(ids),
        stage="seed",
        sectors="finance legal",
    )
    return replace(made, **changes)


def change(act: Act, item: str = "data-breach", **values: Any) -> Change:
    return Change(board=TEAM, item=item, act=act, at=AT, **values)


def reminder(**changes: Any) -> Reminder:
    made = Reminder(
        id=next(ids),
        board=TEAM,
        list_id="",
        item="data-breach",
        value="v",
        place=PLACE,
        language=Language.EN,
        due_at=AT,
    )
    return replace(made, **changes)


async def test_list_returns_as_stored(store: Books) -> None:
    first, later = posted(), posted(at=AT + timedelta(days=7), kind=ListKind.RISKS)
    incident = posted(kind=ListKind.INCIDENT, board="i1", subject="data-breach")
    for each in (later, first, incident):
        assert await store.checklists.begin(each) == each
    assert await store.checklists.get(first.id) == first
    assert await store.checklists.get("unknown") is None
    assert await store.checklists.latest(TEAM, ListKind.RISKS, limit=5) == (later, first)
    assert await store.checklists.latest(TEAM, ListKind.RISKS, limit=1) == (later,)
    assert await store.checklists.latest(TEAM, ListKind.INCIDENT, limit=5) == (incident,)
    assert await store.checklists.latest("slack/T1/C2", ListKind.RISKS, limit=5) == ()


async def test_list_is_begun_once_for_each_claim(store: Books) -> None:
    rivals = [posted(claim="week 9") for _ in range(5)]
    begun = await asyncio.gather(
        *(store.checklists.begin(each, changes=[change(Act.LISTED)], reminders=[reminder()]) for each in rivals)
    )
    assert len({each.id for each in begun}) == 1
    assert len(await store.checklists.changes(TEAM)) == 1
    assert len(await store.checklists.due(AT, limit=9)) == 1


async def test_changes_return_in_order_with_who_made_them(store: Books) -> None:
    made = [
        change(Act.NOTE, text="我们的锁\n是新的", by=ADA),
        change(Act.ASSIGN, by=ADA, owner=BOB),
        change(Act.ASSIGN, by=BOB, owner=Hand(person="", name="the CFO")),
        change(Act.TICK, value="2"),
    ]
    await store.checklists.add(made[:2])
    await store.checklists.add(made[2:])
    found = await store.checklists.changes(TEAM)
    assert [replace(each, number=0) for each in found] == made
    assert [each.number for each in found] == sorted({each.number for each in found})
    assert await store.checklists.changes("slack/T1/C2") == ()


async def test_reminder_is_taken_by_one_and_again_when_that_one_died(store: Books) -> None:
    early, late = reminder(), reminder(due_at=AT + timedelta(hours=1))
    await store.checklists.add([], reminders=[late, early])
    assert await store.checklists.due(AT, limit=9) == (early,)
    assert await store.checklists.due(AT + timedelta(hours=1), limit=9) == (early, late)
    took = await asyncio.gather(*(store.checklists.take(early.id, at=AT, stale=STALE) for _ in range(4)))
    assert sorted(took) == [False, False, False, True]
    later = AT + timedelta(minutes=6)
    assert await store.checklists.take(early.id, at=later, stale=later - timedelta(minutes=5))
    await store.checklists.settle(early.id)
    assert not await store.checklists.take(early.id, at=AT + timedelta(days=1), stale=AT + timedelta(days=1))
    assert await store.checklists.due(AT, limit=9) == ()
    assert not await store.checklists.take("unknown", at=AT, stale=STALE)


async def test_deleting_a_person_leaves_what_was_done(sql_store: SqlStore) -> None:
    await sql_store.checklists.add(
        [change(Act.DONE, by=ADA), change(Act.NOTE, text="canary", by=ADA), change(Act.ASSIGN, by=BOB, owner=ADA)]
    )
    column = checklist_people.c[PERSON_COLUMNS[checklist_people]]
    gone = delete(checklist_people).where(column == ADA.person)
    await sql_store.database.write(lambda connection: connection.execute(gone))
    found = await sql_store.checklists.changes(TEAM)
    assert [(each.act, each.by, each.owner, each.text) for each in found] == [
        (Act.DONE, None, None, ""),
        (Act.NOTE, None, None, ""),
        (Act.ASSIGN, BOB, None, ""),
    ]
    assert board_of(found).item("data-breach").handling.decided_at == AT


@pytest.mark.parametrize("table", ["checklist_changes", "checklist_people", "checklist_reminders"])
async def test_broken_transaction_leaves_nothing(sql_store: SqlStore, table: str) -> None:
    naive = reminder(due_at=datetime(2026, 1, 1))  # noqa: DTZ001 - it cannot be stored, after the rest was written
    with pytest.raises(Exception, match="time zone"):
        await sql_store.checklists.add([change(Act.DONE, by=ADA)], reminders=[reminder(), naive])
    counted = text(f"SELECT count(*) FROM {table}")
    assert await sql_store.database.read(lambda connection: connection.execute(counted).scalar()) == 0

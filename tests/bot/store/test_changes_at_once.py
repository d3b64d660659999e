"""People who change the same board at the same time never lose one another's change, on either database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.checklist_records import Act, Change, Hand
from bot.checklist_state import Board, board_of
from bot.store.opening import SqlStore

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = [Hand(person=f"p/w/{name}", name=name) for name in ("ada", "bob", "carl", "dora")]
boards = map("team {}".format, count())

acts = st.sampled_from(
    [Act.DONE, Act.NOT_APPLICABLE, Act.REOPEN, Act.SNOOZE, Act.ASSIGN, Act.NOTE, Act.TICK, Act.UNTICK]
)
changes = st.lists(st.tuples(acts, st.sampled_from("ab"), st.integers(0, 3)), max_size=6)


def made(board: str, person: int, step: int, act: Act, item: str, value: int) -> Change:
    values = {
        Act.SNOOZE: (AT + timedelta(days=value + 1)).isoformat(),
        Act.TICK: str(value),
        Act.UNTICK: str(value),
    }
    return Change(
        board=board,
        item=item,
        act=act,
        at=AT + timedelta(seconds=step),
        value=values.get(act, ""),
        text=f"{person}.{step}",
        by=PEOPLE[person],
        owner=PEOPLE[value] if act is Act.ASSIGN else None,
    )


async def act_in_turn(store: SqlStore, changes: Sequence[Change]) -> list[Board]:
    """One person's changes, each after the one before was stored; what the person then saw."""
    seen = []
    for change in changes:
        await store.checklists.add([change])
        seen.append(board_of(await store.checklists.changes(change.board)))
    return seen


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=st.lists(changes, min_size=2, max_size=len(PEOPLE)))
async def test_every_change_is_there_in_its_makers_order(sql_store: SqlStore, plans: list) -> None:
    board = next(boards)
    mine = [[made(board, person, step, *each) for step, each in enumerate(plan)] for person, plan in enumerate(plans)]
    await asyncio.gather(*(act_in_turn(sql_store, each) for each in mine))

    found = [replace(change, number=0) for change in await sql_store.checklists.changes(board)]
    assert len(found) == sum(map(len, mine))
    for person, expected in enumerate(mine):
        assert [change for change in found if change.by == PEOPLE[person]] == expected
    state = board_of(found)
    for item in "ab":
        notes = [change.text for change in found if change.item == item and change.act is Act.NOTE]
        assert [note.text for note in state.item(item).notes] == notes
        assigned = [change.owner for change in found if change.item == item and change.act is Act.ASSIGN]
        assert state.item(item).owner == (assigned[-1] if assigned else None)
        for signal in range(4):
            told = [
                change.act
                for change in found
                if change.item == item and change.act in {Act.TICK, Act.UNTICK} and change.value == str(signal)
            ]
            assert (signal in state.item(item).handling.ticked) == (told[-1:] == [Act.TICK])


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=st.lists(changes, min_size=2, max_size=len(PEOPLE)))
async def test_everybody_sees_their_own_change_at_once(sql_store: SqlStore, plans: list) -> None:
    board = next(boards)
    mine = [
        [made(board, person, step, Act.NOTE, item, value) for step, (_, item, value) in enumerate(plan)]
        for person, plan in enumerate(plans)
    ]
    seen = await asyncio.gather(*(act_in_turn(sql_store, each) for each in mine))
    for changes_made, boards_seen in zip(mine, seen, strict=True):
        for change, after in zip(changes_made, boards_seen, strict=True):
            assert change.text in {note.text for note in after.item(change.item).notes}

"""Where items stand after what several people did to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checklist_records import Act, Change, Hand
from bot.checklist_state import board_of
from rag.risks import Handling, Reason, State, reason_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOON = AT + timedelta(days=1)
ADA, BOB = Hand(person="p/w/ada", name="Ada"), Hand(person="p/w/bob", name="Bob")


def change(act: Act, value: str = "", *, days: int = 0, item: str = "r", **more: object) -> Change:
    if act is Act.SNOOZE and not value:
        value = SOON.isoformat()
    return Change(board="b", item=item, act=act, at=AT + timedelta(days=days), value=value, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([], Handling()),
        ([change(Act.DONE)], Handling(state=State.DONE, decided_at=AT)),
        ([change(Act.NOT_APPLICABLE)], Handling(state=State.NOT_APPLICABLE, decided_at=AT)),
        ([change(Act.DONE), change(Act.DONE, days=1)], Handling(state=State.DONE, decided_at=AT)),
        ([change(Act.DONE), change(Act.REOPEN)], Handling(reopened=True)),
        ([change(Act.SNOOZE)], Handling(snoozed_until=SOON)),
        ([change(Act.SNOOZE), change(Act.REOPEN)], Handling()),
        ([change(Act.DONE), change(Act.SNOOZE)], Handling(snoozed_until=SOON, reopened=True)),
        ([change(Act.LISTED), change(Act.LISTED, days=7)], Handling(listed_at=AT)),
        ([change(Act.LISTED), change(Act.DONE), change(Act.REOPEN)], Handling(reopened=True)),
        ([change(Act.TICK, "1"), change(Act.TICK, "1")], Handling(ticked=frozenset({1}))),
        ([change(Act.TICK, "1"), change(Act.UNTICK, "1")], Handling()),
        ([change(Act.DONE), change(Act.TICK, "0")], Handling(ticked=frozenset({0}), reopened=True)),
        (
            [change(Act.NOT_APPLICABLE), change(Act.TICK, "0")],
            Handling(state=State.NOT_APPLICABLE, decided_at=AT, ticked=frozenset({0})),
        ),
        ([change(Act.SNOOZE), change(Act.LISTED, days=2)], Handling(listed_at=AT + timedelta(days=2))),
    ],
)
def test_changes_add_up_to_a_handling(acts: list[Change], expected: Handling) -> None:
    assert board_of(acts).item("r").handling == expected


def test_item_put_up_for_review_is_open_until_somebody_confirms_it() -> None:
    board = board_of([change(Act.DONE), change(Act.LISTED, days=100)])
    assert board.item("r").handling.state is State.OPEN
    assert reason_of(board.item("r").handling, at=AT + timedelta(days=107)) is Reason.OVERDUE


def test_owner_and_notes_survive_decisions() -> None:
    acts = [
        change(Act.ASSIGN, owner=ADA, by=BOB),
        change(Act.NOTE, text="one", by=ADA),
        change(Act.DONE, by=BOB),
        change(Act.NOTE, text="two", by=BOB),
    ]
    item = board_of(acts).item("r")
    assert (item.owner, [note.text for note in item.notes]) == (ADA, ["one", "two"])
    assert item.decided_by == acts[2]
    assert board_of([*acts, change(Act.ASSIGN)]).item("r").owner is None


def test_history_leaves_out_what_changed_nothing() -> None:
    acts = [change(Act.LISTED), change(Act.DONE, by=ADA), change(Act.DONE, by=BOB), change(Act.UNTICK, "3")]
    assert [(each.act, each.by) for each in board_of(acts).history] == [(Act.DONE, ADA)]


def test_list_is_closed_once() -> None:
    acts = [change(Act.CLOSE, item="", by=ADA), change(Act.CLOSE, item="", by=BOB)]
    board = board_of(acts)
    assert board.closed == acts[0]
    assert board.history == ()


def test_plan_that_was_set_off_opens_its_risk_again() -> None:
    acts = [change(Act.DONE), change(Act.START, days=1, by=ADA), change(Act.START, days=2, by=BOB)]
    board = board_of(acts)
    assert board.item("r").handling.reopened
    assert board.history == tuple(acts)


random_changes = st.builds(
    change, st.sampled_from([act for act in Act if act not in {Act.TICK, Act.UNTICK}]), item=st.sampled_from("rst")
) | st.builds(change, st.sampled_from([Act.TICK, Act.UNTICK]), st.sampled_from("012"), item=st.sampled_from("rst"))


@given(acts=st.lists(random_changes, max_size=30))
def test_items_do_not_touch_one_another(acts: list[Change]) -> None:
    alone = board_of(each for each in acts if each.item == "r").item("r")
    assert board_of(acts).item("r") == alone

"""Where the items of a board stand, told from their changes in the order of writing. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.checklist_records import Act, Change, Hand
from rag.risks import Handling, State

_DECIDED = {Act.DONE: State.DONE, Act.NOT_APPLICABLE: State.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Where an item stands: how it is handled, whose it is, what was noted, and who decided last."""

    handling: Handling = field(default_factory=Handling)
    owner: Hand | None = None
    notes: tuple[Change, ...] = ()
    decided_by: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All items that were ever touched, and the changes that changed anything; a plan's start and end stand apart."""

    items: dict[str, Item]
    history: tuple[Change, ...]
    started: Change | None = None
    closed: Change | None = None

    def item(self, name: str) -> Item:
        """One item; one that nobody has touched is open."""
        return self.items.get(name, Item())

    @property
    def handlings(self) -> dict[str, Handling]:
        """How each item is handled."""
        return {name: item.handling for name, item in self.items.items()}


def board_of(changes: Iterable[Change]) -> Board:
    """The board that changes have made; one that says what was so already leaves no trace."""
    items: dict[str, Item] = {}
    history: list[Change] = []
    once: dict[Act, Change] = {}
    for change in changes:
        if not change.item:
            once.setdefault(change.act, change)
            continue
        before = items.get(change.item, Item())
        after = _changed(before, change)
        items[change.item] = after
        if change.act is Act.START or (change.act is not Act.LISTED and after != before):
            history.append(change)
    return Board(items=items, history=tuple(history), started=once.get(Act.START), closed=once.get(Act.CLOSE))


def _changed(item: Item, change: Change) -> Item:
    match change.act:
        case Act.ASSIGN:
            return replace(item, owner=change.owner)
        case Act.NOTE:
            return replace(item, notes=(*item.notes, change))
        case Act.DONE | Act.NOT_APPLICABLE | Act.REOPEN | Act.SNOOZE | Act.START:
            after = replace(item, handling=_handled(item.handling, change))
            same = after.handling.state is item.handling.state
            return after if same else replace(after, decided_by=change)
        case _:
            return replace(item, handling=_handled(item.handling, change))


def _handled(handling: Handling, change: Change) -> Handling:
    match change.act:
        case Act.LISTED:
            return _listed(handling, change.at)
        case Act.DONE | Act.NOT_APPLICABLE:
            state = _DECIDED[change.act]
            decided = Handling(state=state, ticked=handling.ticked, decided_at=change.at)
            return handling if handling.state is state else decided
        case Act.REOPEN | Act.START:
            return _reopened(handling) if handling.state is not State.OPEN else replace(handling, snoozed_until=None)
        case Act.SNOOZE:
            opened = handling if handling.state is State.OPEN else _reopened(handling)
            return replace(opened, snoozed_until=datetime.fromisoformat(change.value))
        case Act.TICK | Act.UNTICK:
            return _signalled(handling, change)
        case _:
            return handling


def _signalled(handling: Handling, change: Change) -> Handling:
    signal = frozenset({int(change.value)})
    if change.act is Act.UNTICK:
        return replace(handling, ticked=handling.ticked - signal)
    ticked = replace(handling, ticked=handling.ticked | signal)
    # A warning sign of what was thought to be settled says that it is not.
    return _reopened(ticked) if handling.state is State.DONE and not signal <= handling.ticked else ticked


def _listed(handling: Handling, at: datetime) -> Handling:
    if handling.state is State.DONE:
        return replace(_reopened(handling), listed_at=at, reopened=False)  # it is up for review
    rested = handling.snoozed_until is not None and handling.snoozed_until <= at
    return replace(
        handling,
        listed_at=handling.listed_at or at,
        reopened=False,
        snoozed_until=None if rested else handling.snoozed_until,
    )


def _reopened(handling: Handling) -> Handling:
    return Handling(ticked=handling.ticked, reopened=True)

"""What every store promises of inputs, whatever it is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.call import Books
from bot.input_records import InputKind, InputOrigin, InputRecord, InputResult, InputState
from rag.catalogue import Filing
from rag.types import DocumentKind, Language

from .conftest import Making

NOW = Making.start
PLAIN = InputRecord(
    kind=InputKind.FOLDER, target="/srv/手册", origin=InputOrigin.COMMAND, added_at=NOW, every=timedelta(hours=24)
)
FULL = InputRecord(
    kind=InputKind.PAGE,
    target="https://example.org/a?b=c",
    origin=InputOrigin.CHAT,
    added_at=NOW,
    every=timedelta(minutes=15),
    state=InputState.PAUSED,
    filing=Filing(
        kind=DocumentKind.CASE, language=Language.ZH, topics=("a", "价格"), audience=frozenset({"board", "x"})
    ),
    result=InputResult(
        at=NOW,
        changed_at=NOW - timedelta(days=1),
        added=1,
        updated=2,
        removed=3,
        failed=4,
        reason="files",
        value="a.pdf",
    ),
)


@pytest.mark.parametrize("record", [PLAIN, FULL], ids=["plain", "full"])
async def test_input_returns_as_stored_until_it_is_removed(store: Books, record: InputRecord) -> None:
    added = await store.inputs.add(record)
    assert added is not None
    assert replace(added, number=0) == record
    assert await store.inputs.get(added.number) == added
    assert await store.inputs.all() == (added,)
    assert await store.inputs.remove(added.number)
    assert not await store.inputs.remove(added.number)
    assert await store.inputs.all() == ()
    assert await store.inputs.get(added.number) is None


async def test_target_has_one_input_and_a_proposal_gives_way(store: Books) -> None:
    proposed = await store.inputs.add(replace(PLAIN, state=InputState.PROPOSED))
    again = await store.inputs.add(replace(FULL, target=PLAIN.target))
    assert proposed is not None
    assert again is not None
    assert again.number == proposed.number
    assert again.state is InputState.PAUSED
    assert await store.inputs.add(PLAIN) is None
    other = await store.inputs.add(FULL)
    assert other is not None
    assert [each.number for each in await store.inputs.all()] == sorted({again.number, other.number})


async def test_change_and_result_are_kept_apart(store: Books) -> None:
    added = await store.inputs.add(PLAIN)
    assert added is not None
    assert FULL.result is not None
    await store.inputs.note(added.number, FULL.result)
    changed = replace(added, state=InputState.PAUSED, filing=FULL.filing, every=timedelta(hours=1))
    assert await store.inputs.save(changed)
    assert await store.inputs.get(added.number) == replace(changed, result=FULL.result)
    await store.inputs.remove(added.number)
    assert not await store.inputs.save(changed)
    await store.inputs.note(added.number, FULL.result)
    assert await store.inputs.all() == ()

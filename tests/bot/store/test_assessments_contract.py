"""What every store promises of feasibility checks, whatever it is made of."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.assess_records import AssessmentRecord, Owner
from bot.commands.books import Books

from .conftest import Making

ADA = Owner(person="slack/T1/U1")
TEAM = Owner(channel_key="slack/T1/U1")


async def test_answers_of_two_who_answer_at_once_are_both_kept(store: Books, make: Making) -> None:
    keys = [f"demand.q{number}" for number in range(6)]
    await asyncio.gather(
        *(store.assessments.answer(TEAM, 1, {key: "many"}, facts={"runway": 6}, at=make.start) for key in keys)
    )
    (kept,) = await store.assessments.rounds(TEAM, limit=9)
    assert kept == AssessmentRecord(round=1, at=make.start, answers=dict.fromkeys(keys, "many"), facts={"runway": 6})
    assert await store.assessments.rounds(ADA, limit=9) == ()


async def test_later_answer_replaces_an_earlier_one_and_an_empty_one_takes_it_out(store: Books, make: Making) -> None:
    later = make.start + timedelta(days=9)
    await store.assessments.answer(ADA, 1, {"a.b": "few", "a.note": "三位“客户”"}, facts={}, at=make.start)
    await store.assessments.answer(ADA, 1, {"a.b": "", "a.c": "none"}, facts={"people": 2}, at=later)
    expected = AssessmentRecord(round=1, at=later, answers={"a.note": "三位“客户”", "a.c": "none"}, facts={"people": 2})
    assert await store.assessments.rounds(ADA, limit=9) == (expected,)


async def test_rounds_come_latest_first_and_go_together(store: Books, make: Making) -> None:
    for round_ in (1, 2, 3):
        await store.assessments.answer(ADA, round_, {"a.b": f"v{round_}"}, facts={}, at=make.start)
    await store.assessments.answer(TEAM, 1, {"a.b": "theirs"}, facts={}, at=make.start)
    assert [each.answers["a.b"] for each in await store.assessments.rounds(ADA, limit=2)] == ["v3", "v2"]
    assert await store.assessments.delete(ADA)
    assert not await store.assessments.delete(ADA)
    assert await store.assessments.rounds(ADA, limit=9) == ()
    assert len(await store.assessments.rounds(TEAM, limit=9)) == 1

"""What every store promises of what admins oversee: controls, slips, evaluations, counts, and gaps that come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.oversight_records import Evaluation, QuestionMark, Resolution, SlipKind
from bot.records import QuestionState, UsageCount
from rag.types import AnswerStatus

from .conftest import Making


async def test_what_is_set_holds_until_it_is_taken_back(store: Any, make: Making) -> None:
    book = store.oversight
    await book.set("limit.queue_size", 7, at=make.start)
    await book.set("maintenance", {"message": "搬家 📦", "since": "x"}, at=make.start)
    await book.set("limit.queue_size", 2.5, at=make.start)
    assert await book.controls() == {
        "limit.queue_size": 2.5,
        "maintenance": {"message": "搬家 📦", "since": "x"},
    }
    await book.set("maintenance", None, at=make.start)
    await book.set("never", None, at=make.start)
    assert await book.controls() == {"limit.queue_size": 2.5}


async def test_slip_is_found_by_its_kind_until_it_is_old(store: Any, make: Making) -> None:
    book = store.oversight
    await book.keep_slip("s1", SlipKind.GAPS, {"gaps": [1, 2]}, at=make.start)
    await book.keep_slip("s2", SlipKind.LIMIT, {"name": "x"}, at=make.start + timedelta(days=2))
    assert await book.slip("s1", SlipKind.GAPS) == {"gaps": [1, 2]}
    assert await book.slip("s1", SlipKind.LIMIT) is None
    assert await book.slip("s3", SlipKind.GAPS) is None
    assert await book.forget_slips(before=make.start + timedelta(days=1)) == 1
    assert await book.slip("s1", SlipKind.GAPS) is None
    assert await book.slip("s2", SlipKind.LIMIT) == {"name": "x"}


async def test_evaluations_come_back_latest_first_by_name(store: Any, make: Making) -> None:
    mark = QuestionMark(question="怎么定价？", rank=None, status="refused", answerable=True, labelled=True)
    first = Evaluation(name="file", at=make.start, marks=(mark, replace(mark, question="b", rank=3)))
    second = Evaluation(name="file", at=make.start, marks=())
    for each in (first, replace(first, name="starter"), second):
        await store.oversight.save_evaluation(each)
    assert list(await store.oversight.evaluations("file", limit=5)) == [second, first]
    assert list(await store.oversight.evaluations("file", limit=1)) == [second]
    assert list(await store.oversight.evaluations("none", limit=1)) == []


async def test_usage_adds_up_and_is_forgotten_by_day(store: Any) -> None:
    day = date(2026, 3, 1)
    count = UsageCount(day=day, subject="channel slack/T1/C1", name="answered", amount=2)
    later = replace(count, day=day + timedelta(days=3), amount=1)
    await store.usage.add_all([count, later])
    await store.usage.add_all([count])
    await store.usage.add_all([])
    assert await store.usage.counts(since=day, until=later.day) == (replace(count, amount=4), later)
    assert await store.usage.forget(before=later.day) == 1
    assert await store.usage.counts(since=day, until=later.day) == (later,)


async def test_gaps_are_closed_together_and_opened_again(store: Any, make: Making) -> None:
    for number in range(3):
        question = make.question()
        await store.questions.admit(question)
        await store.questions.finish(question.id, QuestionState.REFUSED)
        assert len(await store.gaps.open(limit=9)) == number + 1
    one, two, three = [gap.id for gap in await store.gaps.open(limit=9)][::-1]
    assert await store.gaps.close_all([one, two, 999], Resolution.DECLINED, at=make.start) == 2
    assert await store.gaps.close_all([one], Resolution.MENDED, at=make.start) == 0
    assert await store.gaps.close(three, at=make.start + timedelta(hours=1))
    closed = await store.gaps.closed(limit=9)
    assert [(gap.id, gap.resolution) for gap in closed] == [(three, ""), (two, "declined"), (one, "declined")]
    assert await store.gaps.reopen([one, three, 999]) == 2
    assert {gap.id: gap.resolution for gap in await store.gaps.open(limit=9)} == {one: "", three: ""}
    assert [gap.id for gap in await store.gaps.closed(limit=9)] == [two]


async def test_gap_tells_how_near_the_search_came(store: Any, make: Making) -> None:
    question, failed = make.question(), make.question()
    for each in (question, failed):
        await store.questions.admit(each)
    refusal = make.answer(question, status=AnswerStatus.REFUSED)
    await store.questions.finish(question.id, QuestionState.REFUSED, answer=refusal)
    await store.questions.finish(failed.id, QuestionState.REFUSED)
    found = {gap.question_id: gap.confidence for gap in await store.gaps.open(limit=9)}
    assert found == {question.id: refusal.answer.confidence, failed.id: None}

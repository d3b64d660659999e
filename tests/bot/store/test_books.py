"""What the store counts and keeps for admins, and how it stands up to odd texts and to being interrupted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from bot.assess_records import Owner
from bot.errors import StoreFailed
from bot.records import (
    AuditEntry,
    FeedbackRate,
    FeedbackRecord,
    GapKind,
    PostRecord,
    PostState,
    QuestionRecord,
    QuestionState,
    RateGroup,
    Rating,
    UsageCount,
)
from bot.store.opening import SqlStore
from rag.errors import InvalidInput
from rag.types import AnswerStatus, Language

from .conftest import Making


async def answered(store: SqlStore, make: Making, *, prompt: str = "abc", topics: tuple[str, ...] = ()) -> str:
    question = make.question()
    record = make.answer(question)
    assert record.answer.writing
    writing = replace(record.answer.writing, prompt_hash=prompt, model=f"model-{prompt}")
    (cited,) = record.answer.citations
    cited = replace(cited, document=replace(cited.document, topics=topics))
    record = replace(record, answer=replace(record.answer, writing=writing, citations=(cited,)))
    await store.questions.admit(question)
    await store.questions.finish(question.id, QuestionState.ANSWERED, answer=record)
    return record.id


async def rate(store: SqlStore, make: Making, answer_id: str, ratings: str, *, days: int = 0) -> None:
    """One rating a person: `+` or `-`."""
    for number, sign in enumerate(ratings):
        word = Rating.UP if sign == "+" else Rating.DOWN
        at = make.start + timedelta(days=days)
        await store.feedback.save(FeedbackRecord(answer_id=answer_id, person=f"p{number}", rating=word, at=at))


async def refused(store: SqlStore, make: Making) -> QuestionRecord:
    question = make.question()
    await store.questions.admit(question)
    answer = make.answer(question, status=AnswerStatus.REFUSED)
    await store.questions.finish(question.id, QuestionState.REFUSED, answer=answer)
    return question


async def test_ratings_are_counted_by_day_topic_prompt_and_model(sql_store: SqlStore, make: Making) -> None:
    first = await answered(sql_store, make, prompt="one", topics=("data", "growth"))
    second = await answered(sql_store, make, prompt="two", topics=("data",))
    await rate(sql_store, make, first, "++-")
    await rate(sql_store, make, second, "-", days=1)

    found = {by: await sql_store.feedback.rates(by) for by in RateGroup}

    one, two = FeedbackRate(group="one", up=2, down=1), FeedbackRate(group="two", up=0, down=1)
    assert found[RateGroup.PROMPT] == (one, two)
    assert found[RateGroup.MODEL] == (replace(one, group="model-one"), replace(two, group="model-two"))
    assert found[RateGroup.DAY] == (replace(one, group="2026-03-01"), replace(two, group="2026-03-02"))
    assert found[RateGroup.TOPIC] == (FeedbackRate(group="data", up=2, down=2), replace(one, group="growth"))


async def test_ratings_from_before_are_left_out(sql_store: SqlStore, make: Making) -> None:
    answer = await answered(sql_store, make)
    await rate(sql_store, make, answer, "+")

    after = make.start + timedelta(seconds=1)

    assert await sql_store.feedback.rates(RateGroup.DAY, since=after) == ()


async def test_refusal_is_a_gap_until_somebody_closes_it(sql_store: SqlStore, make: Making) -> None:
    question = await refused(sql_store, make)

    (gap,) = await sql_store.gaps.open(limit=10)

    assert (gap.kind, gap.question_id, gap.text, gap.person) == (GapKind.REFUSAL, question.id, question.text, "")
    assert (gap.language, gap.place) == (Language.ZH, question.place.key)
    assert await sql_store.gaps.close(gap.id, at=make.start)
    assert not await sql_store.gaps.close(gap.id, at=make.start)
    assert await sql_store.gaps.open(limit=10) == ()


async def test_refusal_without_a_text_is_a_gap_too(sql_store: SqlStore, make: Making) -> None:
    question = make.question()
    await sql_store.questions.admit(question)
    await sql_store.questions.finish(question.id, QuestionState.REFUSED)

    (gap,) = await sql_store.gaps.open(limit=10)

    assert (gap.text, gap.language, gap.at) == (question.text, None, question.asked_at)


@pytest.mark.parametrize(
    "state", [state for state in QuestionState if state.ended and state is not QuestionState.REFUSED]
)
async def test_other_ends_are_no_gap(sql_store: SqlStore, make: Making, state: QuestionState) -> None:
    question = make.question()
    await sql_store.questions.admit(question)
    await sql_store.questions.finish(question.id, state)

    assert await sql_store.gaps.open(limit=10) == ()


async def test_each_bad_rating_is_a_gap_and_goes_when_its_reader_changes_their_mind(
    sql_store: SqlStore, make: Making
) -> None:
    answer = await answered(sql_store, make)
    await rate(sql_store, make, answer, "--+")
    await rate(sql_store, make, answer, "-")
    assert {(gap.kind, gap.person) for gap in await sql_store.gaps.open(limit=10)} == {
        (GapKind.RATING, "p0"),
        (GapKind.RATING, "p1"),
    }

    await rate(sql_store, make, answer, "+")

    assert [gap.person for gap in await sql_store.gaps.open(limit=10)] == ["p1"]


async def test_latest_gaps_come_first(sql_store: SqlStore, make: Making) -> None:
    questions = [await refused(sql_store, make) for _ in range(3)]

    found = await sql_store.gaps.open(limit=2)

    assert [gap.question_id for gap in found] == [questions[2].id, questions[1].id]


async def test_usage_adds_up_under_concurrency(sql_store: SqlStore) -> None:
    day = date(2026, 3, 1)
    await asyncio.gather(*(sql_store.usage.add("qwen", "tokens", day=day, amount=5) for _ in range(20)))
    await sql_store.usage.add("qwen", "tokens", day=day + timedelta(days=1))
    await sql_store.usage.add("slack/T1/C1", "questions", day=day)

    assert await sql_store.usage.counts(since=day, until=day) == (
        UsageCount(day=day, subject="qwen", name="tokens", amount=100),
        UsageCount(day=day, subject="slack/T1/C1", name="questions", amount=1),
    )


async def test_audit_log_is_read_latest_first(sql_store: SqlStore, make: Making) -> None:
    entries = [AuditEntry(at=make.start, actor="hash", action=f"act{number}", details={"n": "数"}) for number in (1, 2)]
    for entry in entries:
        await sql_store.audit.append(entry)

    assert await sql_store.audit.latest(limit=9) == (entries[1], entries[0])
    assert await sql_store.audit.latest(limit=1) == (entries[1],)


@pytest.mark.parametrize("change", ["UPDATE audit SET action = 'none'", "DELETE FROM audit"])
async def test_database_refuses_to_change_the_audit_log(sql_store: SqlStore, make: Making, change: str) -> None:
    await sql_store.audit.append(AuditEntry(at=make.start, actor="hash", action="act"))

    with pytest.raises(StoreFailed, match="append-only"):
        await sql_store.database.write(lambda connection: connection.execute(text(change)))

    assert [entry.action for entry in await sql_store.audit.latest(limit=9)] == ["act"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("a\0b", "a\ufffdb", id="a null character"),
        pytest.param("a\ud83db", "a\ufffdb", id="half of a surrogate pair"),
        pytest.param("emoji 🚀 𠮷 \u200b", "emoji 🚀 𠮷 \u200b", id="far planes and invisible characters"),
        pytest.param("'; DROP TABLE questions; --", "'; DROP TABLE questions; --", id="a statement"),
        pytest.param("长" * 100_000, "长" * 100_000, id="a very long text"),
    ],
)
async def test_odd_text_is_kept_or_mended(sql_store: SqlStore, make: Making, given: str, kept: str) -> None:
    question = make.question(text=given)
    answer = replace(make.answer(question), suggestions=(given,))
    await sql_store.questions.admit(question)
    await sql_store.questions.finish(question.id, QuestionState.ANSWERED, answer=answer)

    found, told = await sql_store.questions.get(question.id), await sql_store.answers.get(answer.id)

    assert found is not None
    assert told is not None
    assert (found.text, told.answer.question, told.suggestions) == (kept, kept, (kept,))


async def test_time_without_a_zone_is_refused(sql_store: SqlStore, make: Making) -> None:
    with pytest.raises(StoreFailed, match="no time zone"):
        await sql_store.events.claim(["a"], at=make.start.replace(tzinfo=None))


async def test_question_does_not_end_in_a_state_that_is_no_end(sql_store: SqlStore, make: Making) -> None:
    with pytest.raises(InvalidInput, match="'queued'"):
        await sql_store.questions.finish("q1", QuestionState.QUEUED)


async def test_post_that_was_posted_stays_so(sql_store: SqlStore, make: Making) -> None:
    post = PostRecord(nonce="n1", question_id="q1", place=make.place, part=0, state=PostState.CLAIMED)
    await sql_store.posts.claim(post)
    await sql_store.posts.posted("n1", "m1")
    await sql_store.posts.abandon("n1")
    await sql_store.posts.posting("n1")

    assert [each.state for each in await sql_store.posts.of_question("q1")] == [PostState.POSTED]


async def test_cancelled_callers_leave_whole_transactions_and_a_working_store(
    sql_store: SqlStore, make: Making
) -> None:
    questions = [make.question() for _ in range(40)]
    tasks = [
        asyncio.ensure_future(sql_store.questions.admit(each, claim=[f"e{each.id}", f"m{each.id}"]))
        for each in questions
    ]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks[1::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    stored = {each.id for each in await sql_store.questions.unfinished()}

    assert stored >= {each.id for each in questions[0::2]}
    free = [await sql_store.events.claim([f"e{each.id}"], at=make.start) for each in questions]
    assert free == [each.id not in stored for each in questions]


async def test_export_holds_what_a_person_answered_in_a_feasibility_check(sql_store: SqlStore, make: Making) -> None:
    own, team = Owner(person=make.person.key), Owner(channel_key="slack/T1/C1")
    await sql_store.assessments.answer(own, 1, {"demand.note": "三位客户", "demand.q1": "few"}, facts={}, at=make.start)
    await sql_store.assessments.answer(team, 1, {"demand.note": "the team's"}, facts={}, at=make.start)

    kept = await sql_store.privacy.export(make.person.key, audience=frozenset())
    await sql_store.privacy.forget(make.person.key)

    told = [{"channel_key": "", "round": 1, "item": "demand.note", "answer": "三位客户"}]
    told.append({**told[0], "item": "demand.q1", "answer": "few"})
    assert kept["assessment_answers"] == told
    assert (await sql_store.privacy.export(make.person.key, audience=frozenset()))["assessment_answers"] == []

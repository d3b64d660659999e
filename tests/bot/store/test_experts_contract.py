"""What every store promises of questions for experts, whatever it is made of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, text

from bot.commands.books import Books
from bot.expert_records import ExpertRequest, RequestState
from bot.mentions import Mention, MentionKind
from bot.records import FeedbackRecord, QuestionState, Rating
from bot.store.models import PERSON_COLUMNS
from bot.store.models.conversing import questions
from bot.store.models.experts import expert_claims
from bot.store.opening import SqlStore
from rag.types import AnswerStatus, Language

from .conftest import Making

HOUR = timedelta(hours=1)
ADA, BOB = "slack/T1/UADA", "slack/T1/UBOB"


async def asked(store: Books, make: Making, **changes: object) -> ExpertRequest:
    """A refused question that was put to an expert."""
    question = make.question()
    await store.questions.admit(question)
    answer = make.answer(question, status=AnswerStatus.REFUSED)
    await store.questions.finish(question.id, QuestionState.REFUSED, answer=answer)
    request = ExpertRequest(
        id=f"r{question.id}",
        question_id=question.id,
        answer_id=answer.id,
        place=question.place,
        text=question.text,
        language=Language.ZH,
        mention=Mention(kind=MentionKind.GROUP, id="S1EXPERTS"),
        asked_at=make.start,
        audience=frozenset({"public", "board"}),
    )
    return await store.experts.ask(replace(request, **changes))  # type: ignore[arg-type]


async def test_question_is_put_to_an_expert_once(store: Books, make: Making) -> None:
    request = await asked(store, make)
    assert request.state is RequestState.ASKED
    assert request.thread == request.place.key
    assert await store.experts.ask(replace(request, id="another")) == request
    assert await store.experts.get(request.id) == request
    assert await store.experts.get("another") is None
    assert await store.experts.waiting(request.place.channel_key) == 1
    assert await store.experts.waiting("slack/T1/elsewhere") == 0


async def test_of_two_who_claim_at_once_one_has_it(store: Books, make: Making) -> None:
    request = await asked(store, make)
    claims = await asyncio.gather(
        *(store.experts.claim(request.id, person=who, name=who[-3:], at=make.start) for who in (ADA, BOB) * 4)
    )
    assert sum(claims) == 1
    winner = (ADA, BOB)[claims.index(True) % 2]
    held = await store.experts.get(request.id)
    assert held is not None
    assert (held.state, held.expert, held.name) == (RequestState.CLAIMED, winner, winner[-3:])


async def test_request_that_is_given_back_can_be_claimed_again(store: Books, make: Making) -> None:
    request = await asked(store, make)
    await store.experts.claim(request.id, person=ADA, name="Ada", at=make.start)
    await store.experts.note(request.id, "so far", person=ADA)
    assert not await store.experts.release(request.id, person=BOB)
    assert await store.experts.release(request.id, person=ADA)
    assert await store.experts.get(request.id) == request
    assert await store.experts.claim(request.id, person=BOB, name="Bob", at=make.start)


async def test_what_the_expert_writes_in_the_thread_gathers(store: Books, make: Making) -> None:
    request = await asked(store, make)
    await store.experts.placed(request.id, "slack/T1/C1/99")
    assert await store.experts.claimed_in("slack/T1/C1/99", ADA) is None
    await store.experts.claim(request.id, person=ADA, name="Ada", at=make.start)
    assert not await store.experts.note(request.id, "mine", person=BOB)
    assert await store.experts.note(request.id, "第一。", person=ADA)
    assert await store.experts.note(request.id, "第二。", person=ADA)
    held = await store.experts.claimed_in("slack/T1/C1/99", ADA)
    assert held is not None
    assert held.draft == "第一。\n\n第二。"
    assert await store.experts.claimed_in("slack/T1/C1/99", BOB) is None


async def test_answer_closes_the_gaps_of_its_question_and_no_others(store: Books, make: Making) -> None:
    request, other = await asked(store, make), await asked(store, make)
    word = FeedbackRecord(answer_id=request.answer_id, person="p1", rating=Rating.DOWN, at=make.start)
    await store.feedback.save(word)
    assert len(await store.gaps.open(limit=9)) == 3
    assert not await store.experts.answer(request.id, "Yes.", person=ADA, at=make.start)
    await store.experts.claim(request.id, person=ADA, name="Ada", at=make.start)
    assert not await store.experts.answer(request.id, "No.", person=BOB, at=make.start)
    assert await store.experts.answer(request.id, "Yes.", person=ADA, at=make.start)
    assert not await store.experts.answer(request.id, "Twice.", person=ADA, at=make.start)
    done = await store.experts.get(request.id)
    assert done is not None
    assert (done.state, done.answer) == (RequestState.ANSWERED, "Yes.")
    assert [gap.question_id for gap in await store.gaps.open(limit=9)] == [other.question_id]
    assert not await store.experts.close(request.id)


async def test_closed_request_is_nobodys(store: Books, make: Making) -> None:
    request = await asked(store, make)
    assert await store.experts.close(request.id)
    assert not await store.experts.close(request.id)
    assert not await store.experts.claim(request.id, person=ADA, name="Ada", at=make.start)
    assert await store.experts.waiting(request.place.channel_key) == 0
    assert len(await store.gaps.open(limit=9)) == 1


async def test_reminder_is_taken_once(store: Books, make: Making) -> None:
    request, late = await asked(store, make), await asked(store, make, asked_at=make.start + 9 * HOUR)
    assert await store.experts.due(before=make.start) == ()
    assert await store.experts.due(before=make.start + HOUR) == (request,)
    taken = await asyncio.gather(*(store.experts.remind(request.id, at=make.start) for _ in range(4)))
    assert sum(taken) == 1
    assert await store.experts.due(before=make.start + 10 * HOUR) == (late,)
    await store.experts.not_reminded(request.id)
    assert await store.experts.remind(request.id, at=make.start)
    await store.experts.close(late.id)
    assert not await store.experts.remind(late.id, at=make.start)


async def test_request_of_an_expert_whose_data_is_deleted_is_everybodys_again(
    sql_store: SqlStore, make: Making
) -> None:
    request = await asked(sql_store, make)
    await sql_store.experts.claim(request.id, person=ADA, name="Ada", at=make.start)
    await sql_store.experts.note(request.id, "mine", person=ADA)
    column = expert_claims.c[PERSON_COLUMNS[expert_claims]]
    await sql_store.database.write(lambda connection: connection.execute(delete(expert_claims).where(column == ADA)))
    assert await sql_store.experts.get(request.id) == request
    assert await sql_store.experts.claim(request.id, person=BOB, name="Bob", at=make.start)


async def test_everything_goes_with_the_question(sql_store: SqlStore, make: Making) -> None:
    request = await asked(sql_store, make)
    await sql_store.experts.claim(request.id, person=ADA, name="Ada", at=make.start)
    await sql_store.database.write(lambda connection: connection.execute(delete(questions)))
    for table in ("expert_requests", "expert_claims"):
        count = text(f"SELECT count(*) FROM {table}")
        assert await sql_store.database.read(lambda connection, count=count: connection.execute(count).scalar()) == 0

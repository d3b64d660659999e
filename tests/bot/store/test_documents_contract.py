"""What every store promises of what people hand in and of the documents that it becomes, whatever it is made of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, text

from bot.commands.call import Books
from bot.document_records import Hand, HandIn, HandInState, Part, Shelf, ShelfDocument, ShelfVersion
from bot.store.models.conversing import questions
from bot.store.opening import SqlStore
from rag.types import DocumentKind, Language

from .conftest import Making

ADA, BOB = "slack/T1/UADA", "slack/T1/UBOB"
OPEN = frozenset({HandInState.RECEIVED, HandInState.PROPOSED})


def hand_in(make: Making, number: int = 1, **changes: object) -> HandIn:
    made = HandIn(
        id=f"h{number}",
        claim=f"message/slack/T1/C1/m/{number}",
        batch="b1",
        shelf=Shelf.UPLOADS,
        person=ADA,
        name="Ada",
        place=make.place,
        title="计划",
        language=Language.ZH,
        audience=frozenset({"board", "staff"}),
        at=make.start,
        kind=DocumentKind.CASE,
        file="计划.pdf",
        reference="https://files.slack.com/1",
        suffix=".pdf",
        size=12,
        digest="abc",
        sections=3,
        pages=2,
        heading="背景",
        state=HandInState.PROPOSED,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def version(make: Making, number: int = 1, **changes: object) -> ShelfVersion:
    made = ShelfVersion(
        version=number,
        title="计划",
        kind=DocumentKind.RESOURCE,
        language=Language.ZH,
        audience=frozenset({"public"}),
        suffix=".pdf",
        digest=f"d{number}",
        at=make.start + timedelta(hours=number),
        by="hash",
        source=f"h{number}",
        asked=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_hand_in_is_stored_once_for_each_claim_as_it_is(store: Books, make: Making) -> None:
    made = hand_in(make)
    assert await store.hand_ins.add(made)
    assert not await store.hand_ins.add(replace(made, id="another"))
    held = await store.hand_ins.get("h1")
    assert held is not None
    assert held == replace(made, number=held.number)
    assert await store.hand_ins.find(held.number) == held
    assert await store.hand_ins.get("another") is None
    assert await store.hand_ins.find(held.number + 1) is None


async def test_hand_ins_are_found_by_batch_person_and_state(store: Books, make: Making) -> None:
    await store.hand_ins.add(hand_in(make, 1))
    await store.hand_ins.add(hand_in(make, 2, state=HandInState.ARRIVING, at=make.start + timedelta(days=1)))
    await store.hand_ins.add(hand_in(make, 3, person=BOB, batch="b2", state=HandInState.DECLINED))
    await store.hand_ins.add(hand_in(make, 4, state=HandInState.PUBLISHING))
    assert [each.id for each in await store.hand_ins.batch("b1")] == ["h1", "h2", "h4"]
    assert [each.id for each in await store.hand_ins.of(ADA, limit=2)] == ["h4", "h2"]
    assert [each.id for each in await store.hand_ins.review(limit=9)] == ["h1", "h4"]
    assert [each.id for each in await store.hand_ins.review(limit=1)] == ["h1"]
    assert await store.hand_ins.waiting(ADA) == 3
    assert await store.hand_ins.waiting(BOB) == 0
    late = await store.hand_ins.left(HandInState.ARRIVING, before=make.start + timedelta(days=2))
    assert [each.id for each in late] == ["h2"]
    assert await store.hand_ins.left(HandInState.ARRIVING, before=make.start) == ()


async def test_of_many_who_change_a_hand_in_at_once_one_succeeds(store: Books, make: Making) -> None:
    await store.hand_ins.add(hand_in(make))
    held = await store.hand_ins.get("h1")
    assert held is not None
    tries = [replace(held, title=f"T{number}", state=HandInState.DECLINED) for number in range(4)]
    done = await asyncio.gather(*(store.hand_ins.change(each, known=OPEN) for each in tries))
    assert sum(done) == 1
    now = await store.hand_ins.get("h1")
    assert now is not None
    assert (now.state, now.revision, now.title) == (HandInState.DECLINED, 1, f"T{done.index(True)}")
    assert not await store.hand_ins.change(held, known=frozenset(HandInState))
    assert not await store.hand_ins.change(now, known=OPEN)
    assert await store.hand_ins.change(replace(now, claim="x", person=BOB), known={HandInState.DECLINED})
    kept = await store.hand_ins.get("h1")
    assert kept is not None
    assert (kept.claim, kept.person) == (held.claim, ADA)


async def test_hand_in_is_dropped_in_a_known_state_alone(store: Books, make: Making) -> None:
    await store.hand_ins.add(hand_in(make))
    assert not await store.hand_ins.drop("h1", known={HandInState.DECLINED})
    assert await store.hand_ins.drop("h1", known=OPEN)
    assert not await store.hand_ins.drop("h1", known=OPEN)
    assert await store.hand_ins.get("h1") is None


async def test_answer_goes_with_the_question_and_documents_stay(sql_store: SqlStore, make: Making) -> None:
    question = make.question()
    await sql_store.questions.admit(question)
    await sql_store.hand_ins.add(hand_in(make, question_id=question.id, shelf=Shelf.ANSWERS, text="因为。"))
    document = ShelfDocument(id="d1", shelf=Shelf.ANSWERS, file="f")
    assert await sql_store.shelves.publish(document, version(make), hands=[Hand(person=ADA, name="Ada")])
    await sql_store.database.write(lambda connection: connection.execute(delete(questions)))
    assert await sql_store.hand_ins.get("h1") is None
    assert await sql_store.shelves.get("d1") is not None


async def test_versions_are_published_one_after_the_other(store: Books, make: Making) -> None:
    document = ShelfDocument(id="d1", shelf=Shelf.UPLOADS, file="plan-1")
    hands = [Hand(person=ADA, name="Ada"), Hand(person=BOB, name="", part=Part.ASKED)]
    assert await store.shelves.publish(document, version(make), hands=hands)
    assert not await store.shelves.publish(document, version(make, 2), hands=hands)
    first = await store.shelves.get("d1")
    assert first is not None
    assert first == ShelfDocument(
        id="d1", shelf=Shelf.UPLOADS, file="plan-1", live=1, revision=1, versions=(version(make),), given="Ada"
    )
    done = await asyncio.gather(*(store.shelves.publish(first, version(make, 2)) for _ in range(3)))
    assert sum(done) == 1
    second = await store.shelves.get("d1")
    assert second is not None
    assert (second.live, second.revision, second.newest) == (2, 2, 2)
    assert second.shown == version(make, 2)
    assert await store.shelves.of_source("h2") == second
    assert await store.shelves.of_source("h9") is None
    assert await store.shelves.all() == (second,)


async def test_of_two_who_move_a_document_one_succeeds(store: Books, make: Making) -> None:
    await store.shelves.publish(ShelfDocument(id="d1", shelf=Shelf.UPLOADS, file="f"), version(make))
    held = await store.shelves.get("d1")
    assert held is not None
    assert sum(await asyncio.gather(*(store.shelves.move(held, 0) for _ in range(3)))) == 1
    out = await store.shelves.get("d1")
    assert out is not None
    assert (out.live, out.shown) == (0, version(make))
    assert await store.shelves.move(out, 1)


async def test_version_is_taken_back_and_a_document_with_its_only_one(store: Books, make: Making) -> None:
    await store.shelves.publish(ShelfDocument(id="d1", shelf=Shelf.UPLOADS, file="f"), version(make))
    held = await store.shelves.get("d1")
    assert held is not None
    await store.shelves.publish(held, version(make, 2))
    await store.shelves.discard("d1", 2, live=1)
    back = await store.shelves.get("d1")
    assert back is not None
    assert (back.live, back.newest) == (1, 1)
    await store.shelves.discard("d1", 1, live=0)
    assert await store.shelves.get("d1") is None
    assert await store.shelves.of_person(ADA, Part.GAVE) == ()


async def test_titles_in_somebodys_words_are_replaced(store: Books, make: Making) -> None:
    document = ShelfDocument(id="d1", shelf=Shelf.ANSWERS, file="f")
    await store.shelves.publish(document, version(make), hands=[Hand(person=BOB, name="", part=Part.ASKED)])
    await store.shelves.publish(ShelfDocument(id="d2", shelf=Shelf.ANSWERS, file="g"), version(make, 1, source="x"))
    (found,) = await store.shelves.of_person(BOB, Part.ASKED)
    assert (found.id, found.given) == ("d1", "")
    assert await store.shelves.of_person(BOB, Part.GAVE) == ()
    await store.shelves.retitle("d1", {1: "Mended"})
    renamed = await store.shelves.get("d1")
    assert renamed is not None
    assert renamed.versions == (version(make, title="Mended", asked=False),)


@pytest.mark.parametrize("person", [ADA, BOB])
async def test_deleted_person_leaves_the_document_without_a_name(
    sql_store: SqlStore, make: Making, person: str
) -> None:
    await sql_store.hand_ins.add(hand_in(make))
    document = ShelfDocument(id="d1", shelf=Shelf.UPLOADS, file="f")
    await sql_store.shelves.publish(document, version(make), hands=[Hand(person=ADA, name="Ada")])
    await sql_store.privacy.forget(person)
    held = await sql_store.shelves.get("d1")
    assert held is not None
    assert held.given == ("" if person == ADA else "Ada")
    assert (await sql_store.hand_ins.get("h1") is None) == (person == ADA)
    count = text("SELECT count(*) FROM shelf_people")
    assert await sql_store.database.read(lambda connection: connection.execute(count).scalar()) == (person == BOB)

"""How an answer reaches a chat: signs of work, growing text, the last state, and platforms that fail on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryFailed
from bot.memory_chat import Moment
from bot.offers import Verb
from rag.authorship import Notice, Writing
from rag.types import AnswerEvent, AnswerStatus, Delta, DocumentId, Retrieved

from .delivering import TABLE, desk, slow
from .samples import ENGLISH, answer, citation, passage, question, retrieval, stream

LONG = "\n\n".join(
    f"## Part {number}\n\n{ENGLISH}\n\n- 数据飞轮让产品越用越好。[1]\n- 没人看。[2]\n\n```text\nx = {number}\n```"
    for number in range(6)
)


async def test_quick_answer_is_posted_once_and_whole() -> None:
    at = desk()
    record = await at.delivery.deliver(question(), stream(answer(citations=[citation(1)])))
    (posted,) = at.chat.posted
    assert len(posted.versions) == 1
    assert (posted.reply.text, posted.reply.status, posted.reply_to) == (ENGLISH, "", "m0")
    assert posted.reply.citations == record.answer.citations
    assert at.time.slept in ([], [0.3])


async def test_reader_sees_a_sign_then_growing_text_then_the_end() -> None:
    at = desk()
    events = slow(stream(answer("One.[1] Two.[1]"), "One.[1]", " Two.[1]"))
    await at.delivery.deliver(question(), events)
    (posted,) = at.chat.posted
    texts = [version.text for version in posted.versions]
    assert texts == sorted(texts, key=len)
    assert posted.versions[0].status == "Reading 2 passages …"
    assert "One.[1]" in texts
    assert all(version.status for version in posted.versions[:-1])
    assert posted.reply.text == "One.[1] Two.[1]"
    assert posted.reply.status == ""


async def test_frames_between_two_edits_are_dropped() -> None:
    at = desk(interval=5)
    words = [f"word{number} " for number in range(500)]
    await at.delivery.deliver(question(), slow(stream(answer("".join(words)), *words), turns=1))
    assert at.last.text == "".join(words).rstrip()
    assert len(at.chat.posted[0].versions) < 300
    assert at.time.now >= 5 * (len(at.chat.posted[0].versions) - 1)


@pytest.mark.parametrize("failing", [1, 2, 3])
async def test_edit_that_fails_does_not_lose_the_answer(failing: int) -> None:
    at, calls = desk(), count(1)

    async def fail(method: str, moment: Moment) -> None:
        if method == "edit" and moment is Moment.BEFORE and next(calls) == failing:
            raise DeliveryFailed("too fast", retry_after_s=7)

    at.chat.watch = fail
    await at.delivery.deliver(question(), slow(stream(answer("One. Two. Three."), "One. ", "Two. ", "Three.")))
    assert at.texts == ["One. Two. Three."]
    assert at.last.status == ""
    assert any(wait >= 7 for wait in at.time.slept)


@pytest.mark.parametrize(("asked", "waited"), [(7, 7), (900, 30)], ids=["is had", "has an end"])
async def test_patience_that_the_platform_asks_for_at_the_end(asked: float, waited: float) -> None:
    at = desk()
    refusals = [DeliveryFailed("too fast", retry_after_s=asked)]

    async def refuse(method: str, moment: Moment) -> None:
        if refusals and moment is Moment.BEFORE:
            raise refusals.pop()

    at.chat.watch = refuse
    await at.delivery.deliver(question(), stream(answer("All of it.")))
    assert at.texts == ["All of it."]
    assert max(at.time.slept) == waited


async def test_message_that_somebody_deleted_is_replaced() -> None:
    at = desk()

    async def delete_at_the_end() -> AsyncIterator[AnswerEvent]:
        async for event in slow(stream(answer("All of it."))):
            if not isinstance(event, Retrieved | Delta):
                for posted in at.chat.posted:
                    await at.chat.delete(posted.ref)
            yield event

    await at.delivery.deliver(question(), delete_at_the_end())
    assert at.texts == ["All of it."]


async def test_platform_that_takes_nothing_is_told_of() -> None:
    at = desk()

    async def refuse(method: str, moment: Moment) -> None:
        raise DeliveryFailed("the channel is archived")

    at.chat.watch = refuse
    with pytest.raises(DeliveryFailed, match="archived"):
        await at.delivery.deliver(question(), stream(answer()))


async def test_answer_is_split_and_only_its_end_carries_sources_and_buttons() -> None:
    at = desk(characters=400)
    text = f"{ENGLISH}\n\n{TABLE}\nThe end.[1]"
    await at.delivery.deliver(question(), stream(answer(text, citations=[citation(1)]), ENGLISH, text[len(ENGLISH) :]))
    assert len(at.chat.posted) > 2
    assert all(len(shown) <= 400 for shown in at.texts)
    assert all(not posted.reply.actions and not posted.reply.citations for posted in at.chat.posted[:-1])
    assert at.last.actions
    assert sum(shown.count("| a | b |") for shown in at.texts) > 1
    assert [post.part for post in await at.store.posts.of_question("q1")] == [*range(len(at.chat.posted))]


async def test_sources_that_do_not_fit_get_a_message_of_their_own() -> None:
    at = desk(characters=300)
    await at.delivery.deliver(question(), stream(answer("x" * 230, citations=[citation(1), citation(2)])))
    assert at.texts == ["x" * 230, ""]
    assert len(at.last.citations) == 2


async def test_very_long_answer_is_a_file_beneath_its_beginning() -> None:
    at = desk(characters=200, file=500)
    sentences = [f"Sentence number {number} says something.[1] " for number in range(40)]
    finished = answer("".join(sentences), citations=[citation(1, pages=(3,))])
    await at.delivery.deliver(question(), stream(finished, *sentences))
    (file,) = at.last.files
    assert file.name == "answer.md"
    assert file.content.decode().startswith(finished.text)
    assert "1. Flywheels · How · p. 3 <https://example.org/f>" in file.content.decode()
    assert at.last.notes == ("The whole answer is in the attached file.",)
    assert at.texts[0].startswith("Sentence number 0")
    assert 300 < sum(map(len, at.texts)) < 700


async def test_answer_that_comes_at_once_and_is_too_long_has_a_beginning_all_the_same() -> None:
    at = desk(characters=400, file=1000)
    await at.delivery.deliver(question(), stream(answer(LONG)))
    assert at.texts[0].startswith("## Part 0\n\nA data flywheel")
    assert at.texts[1:] == [""]
    assert at.last.files[0].content.decode() == f"{LONG}\n"


async def test_buttons_offer_what_the_answer_allows() -> None:
    at = desk()
    found = retrieval(passage("How"), passage("Pricing", rank=2))
    finished = answer(citations=[citation(1)], writing=Writing(writer="m", model="m", notices=(Notice.BROKEN_OFF,)))
    record = await at.delivery.deliver(question(), stream(finished, found=found))
    verbs = [[button.payload.verb for button in row] for row in at.last.actions]
    assert verbs == [[Verb.UP, Verb.DOWN, Verb.WHY, Verb.SHORTER, Verb.REGENERATE], [Verb.FOLLOW_UP]]
    assert {button.payload.subject for row in at.last.actions for button in row} == {record.id}
    assert record.suggestions == ("Pricing",)
    assert at.last.notes == ("notice broken_off",)


async def test_quoted_answer_offers_no_other_one_and_a_refusal_nothing() -> None:
    at = desk()
    await at.delivery.deliver(question(), stream(answer("Short.[1]", citations=[citation(1)])))
    assert [button.payload.verb for button in at.last.actions[0]] == [Verb.UP, Verb.DOWN, Verb.WHY]
    refused = answer("My library does not answer this.", status=AnswerStatus.REFUSED)
    await at.delivery.deliver(question(name="q2"), stream(refused))
    assert at.last.actions == ()


async def test_evidence_holds_the_passages_that_were_found() -> None:
    record = await desk().delivery.deliver(question(), stream(answer()))
    assert [(each.rank, each.section[-1]) for each in record.evidence] == [(1, "How"), (2, "Why they fail")]
    assert record.conversation == question().place.key


async def test_question_that_nobody_wrote_in_the_chat_stands_over_its_answer() -> None:
    at = desk()
    pressed = replace(question("Pricing\nof it all"), message_id="")
    await at.delivery.waiting(pressed, ahead=1)
    assert at.last.text == "> Pricing of it all"
    at.time.now += 2
    await at.delivery.deliver(pressed, slow(stream(answer("It depends.[1]"))))
    assert at.texts == ["> Pricing of it all\n\nIt depends.[1]"]


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, len(LONG)), max_size=12).map(sorted), characters=st.integers(200, 500))
def test_however_an_answer_arrives_all_of_it_is_shown(cuts: list[int], characters: int) -> None:
    at = desk(characters=characters)
    deltas = [LONG[start:end] for start, end in pairwise([0, *cuts, len(LONG)])]
    asyncio.run(at.delivery.deliver(question(), slow(stream(answer(LONG), *deltas), turns=2)))
    assert all(len(text) <= characters for text in at.texts)
    shown = re.sub(r"\W|text", "", "".join(at.texts))
    assert shown == re.sub(r"\W|text", "", LONG)


@pytest.mark.parametrize("rests_on_it", [True, False])
async def test_answer_that_a_profile_has_ordered_says_so_where_it_rests_on_what_suits(rests_on_it: bool) -> None:
    cited = citation(1)
    at = desk()
    at.company = "your seed-stage health start-up"
    found = replace(retrieval(), suited=frozenset({cited.document.id if rests_on_it else DocumentId("another")}))
    await at.delivery.deliver(question(), stream(answer(citations=[cited]), found=found))
    told = "For your seed-stage health start-up: what suits it comes first; `/advisor profile off` switches this off."
    assert at.last.notes == ((told,) if rests_on_it else ())

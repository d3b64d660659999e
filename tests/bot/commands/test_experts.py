"""Questions for experts: asked, claimed, answered, closed, proposed for the library, and the gaps that they close."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Person, PlaceKind, Standing
from bot.expert_records import RequestState
from bot.offers import Verb, answer_actions
from bot.records import ChannelSettings, QuestionState
from rag.types import AnswerStatus
from tests.bot.samples import ADA, BOB, PLACE, answer, question, record

from .experting import EVE, answered, asked, card, labels
from .stage import WORDING, Stage


@pytest.mark.parametrize("status", [AnswerStatus.ANSWERED, AnswerStatus.REFUSED])
def test_expert_is_offered_where_there_is_one(status: AnswerStatus) -> None:
    made = record(answer(status=status))
    offered = [each.label for row in answer_actions(made, WORDING, expert=True) for each in row]
    assert "Ask an expert" in offered
    assert "Ask an expert" not in [each.label for row in answer_actions(made, WORDING) for each in row]
    assert all(len(row) <= 5 for row in answer_actions(made, WORDING, expert=True))


def test_question_that_failed_is_not_for_an_expert() -> None:
    assert answer_actions(record(answer(status=AnswerStatus.FAILED)), WORDING, expert=True) == ()


async def test_question_is_put_to_the_expert_once_in_its_conversation(desk: Stage) -> None:
    assert (await desk.press(Verb.EXPERT_ASK)).startswith("I have called the expert")
    (posted,) = desk.chat.posted
    assert posted.ref.place == PLACE
    assert posted.reply.mention is not None
    assert posted.reply.mention.stored == "user:bob"
    assert posted.reply.text.startswith("**A question for an expert**\n\n> What is a data flywheel?\n\nMy library does")
    assert labels(posted.reply) == ["I take it", "Close it"]
    assert await desk.press(Verb.EXPERT_ASK, person=BOB) == "Nobody has taken it yet."
    assert len(desk.chat.posted) == 1


async def test_nobody_is_called_where_nobody_is_named_or_can_read(desk: Stage) -> None:
    stranger = replace(EVE, standing=Standing.STRANGER)
    assert (await desk.press(Verb.EXPERT_ASK, person=stranger)).startswith("Only members")
    assert (await desk.press(Verb.EXPERT_ASK, "a9")).startswith("I no longer have that answer")
    alone = replace(PLACE, kind=PlaceKind.DM)
    await desk.press(Verb.EXPERT_ASK, place=alone)
    assert desk.chat.posted[-1].reply.text.startswith("Only you and I read here")
    assert not await desk.means.experts.offered(alone)
    await desk.store.settings.save(PLACE.channel_key, ChannelSettings())
    assert (await desk.press(Verb.EXPERT_ASK)).startswith("No expert is named for this channel")
    assert await desk.store.experts.of_question("q1") is None
    assert not await desk.means.experts.offered(PLACE)


async def test_channel_has_so_many_open_questions_at_most(desk: Stage) -> None:
    for number in range(10):
        name = f"more{number}"
        await desk.store.questions.admit(question(name=name))
        made = replace(record(answer(status=AnswerStatus.REFUSED), name=f"a-{name}"), question_id=name)
        await desk.store.questions.finish(name, QuestionState.REFUSED, answer=made)
        await desk.press(Verb.EXPERT_ASK, f"a-{name}")
    assert (await desk.press(Verb.EXPERT_ASK)).startswith("Many questions wait")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "Write your answer in this thread"),
        ({"overhears": False}, "with the button"),
        ({"paths": True}, "with the"),
    ],
)
async def test_expert_is_told_where_an_answer_is_read(desk: Stage, changed: dict[str, bool], told: str) -> None:
    desk.chat.capabilities = replace(desk.chat.capabilities, **changed)
    assert told in await desk.press(Verb.EXPERT_CLAIM, await asked(desk), "en", person=BOB)


async def test_first_who_takes_it_has_it_and_is_shown(desk: Stage) -> None:
    request = await asked(desk)
    assert (await desk.press(Verb.EXPERT_CLAIM, request, "en", person=EVE)).startswith("This question is for the")
    assert (await desk.press(Verb.EXPERT_CLAIM, request, "en", person=BOB)).startswith("It is yours.")
    assert card(desk).notes == ("Bob has taken it.",)
    assert labels(card(desk)) == ["Answer …", "Give it back", "Close it"]
    assert card(desk).mention is None, "an edit must call nobody again"
    desk.admins.add(ADA.id)
    assert await desk.press(Verb.EXPERT_CLAIM, request, "en") == "That is not yours to do now. Bob has taken it."
    assert (await desk.press(Verb.EXPERT_OPEN, request, "zh", person=EVE)).endswith("Bob 已接手。")
    assert len(desk.chat.posted) == 1


@pytest.mark.parametrize(
    ("expert", "person", "allowed"),
    [
        ("group:7", BOB, False),
        ("group:7", replace(EVE, roles=frozenset({"7"})), True),
        ("group:7", replace(EVE, roles=frozenset({"8"})), False),
    ],
    ids=["without roles", "with the role", "with another one"],
)
async def test_group_is_those_of_whom_the_platform_says_so(
    desk: Stage, expert: str, person: Person, allowed: bool
) -> None:
    await desk.store.settings.save(PLACE.channel_key, ChannelSettings(other={"expert": expert}))
    request = await asked(desk)
    told = await desk.press(Verb.EXPERT_CLAIM, request, "en", person=person)
    assert told.startswith("It is yours.") == allowed


async def test_expert_gives_it_back_and_an_admin_frees_it(desk: Stage) -> None:
    request = await asked(desk)
    await desk.press(Verb.EXPERT_CLAIM, request, "en", person=BOB)
    assert (await desk.press(Verb.EXPERT_RELEASE, request, "en", person=EVE)).startswith("That is not yours")
    assert (await desk.press(Verb.EXPERT_RELEASE, request, "en", person=BOB)).startswith("You have given it back")
    assert labels(card(desk)) == ["I take it", "Close it"]
    await desk.press(Verb.EXPERT_CLAIM, request, "en", person=BOB)
    desk.admins.add(EVE.id)
    await desk.press(Verb.EXPERT_RELEASE, request, "en", person=EVE)
    held = await desk.store.experts.get(request)
    assert held is not None
    assert held.state is RequestState.ASKED


async def test_form_holds_the_draft_and_its_answer_is_shown_as_the_experts(desk: Stage) -> None:
    request = await asked(desk)
    await desk.press(Verb.EXPERT_CLAIM, request, "en", person=BOB)
    await desk.store.experts.note(request, "Six weeks.", person=BOB.key)
    await desk.press(Verb.EXPERT_OPEN, request, "en", person=BOB)
    (_, form) = desk.chat.forms[-1]
    assert form.fields[0].value == "Six weeks."
    assert (await desk.fill_in(form, person=BOB, text="  ")).startswith("There is nothing in your answer yet.")
    assert (await desk.fill_in(form, person=BOB, text="x" * 8001)).startswith("An answer may have 8000 characters")
    assert (await desk.fill_in(form, person=EVE, text="Mine!")).startswith("That is not yours to do now.")
    assert (await desk.fill_in(form, person=BOB, text="Six weeks <!channel>.")).startswith("Thank you!")
    shown = desk.chat.posted[-1].reply
    assert shown.text == "**Bob answers**\n\n> What is a data flywheel?\n\nSix weeks <!channel>."
    assert shown.notes == ("An expert's own words, not checked against the library.",)
    assert shown.mention is None
    assert card(desk).notes == ("Bob has answered it.",)
    assert labels(card(desk)) == []
    assert await desk.store.gaps.open(limit=9) == ()
    assert (await desk.fill_in(form, person=BOB, text="Again.")).startswith("That question is no longer open.")
    assert len(desk.chat.posted) == 2


async def test_long_answer_goes_out_in_several_messages_each_once(desk: Stage) -> None:
    await answered(desk, "One thing follows another. " * 280)
    parts = [each.reply for each in desk.chat.posted[1:]]
    assert len(parts) == 2
    assert all(len(each.text) <= 4000 for each in parts)
    assert [labels(each) for each in parts] == [[], ["Propose for the library"]]


async def test_closing_is_for_the_asker_the_expert_and_admins(desk: Stage) -> None:
    request = await asked(desk)
    assert (await desk.press(Verb.EXPERT_CLOSE, request, "en", person=EVE)).startswith("That is not yours")
    assert (await desk.press(Verb.EXPERT_CLOSE, request, "en")).startswith("Closed. The gap stays")
    assert card(desk).notes == ("It was closed without an answer.",)
    assert (await desk.press(Verb.EXPERT_CLAIM, request, "zh", person=BOB)).startswith("这个问题已经结束。")
    assert len(await desk.store.gaps.open(limit=9)) == 1
    assert await desk.press(Verb.EXPERT_ASK) == "It was closed without an answer."


async def test_request_of_another_channel_is_nobodys_business(desk: Stage) -> None:
    request = await asked(desk)
    for verb in (Verb.EXPERT_CLAIM, Verb.EXPERT_CLOSE, Verb.EXPERT_OPEN, Verb.EXPERT_THIS, Verb.EXPERT_SAVE):
        told = await desk.press(verb, request, "en", person=BOB, place=replace(PLACE, channel="other"))
        assert told.startswith("I no longer have that answer")

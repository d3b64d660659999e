"""A question that an expert is asked: what the tests of experts, proposals and gaps share."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Standing
from bot.offers import Verb
from bot.replies import Button, Reply
from tests.bot.samples import BOB

from .stage import Stage

EVE = replace(BOB, id="eve", name="Eve")
GUEST = replace(EVE, standing=Standing.GUEST)


async def asked(desk: Stage) -> str:
    """The id of the request that Ada's question has."""
    await desk.press(Verb.EXPERT_ASK)
    request = await desk.store.experts.of_question("q1")
    assert request is not None
    return request.id


async def answered(desk: Stage, text: str = "Six weeks, in my experience.") -> str:
    """The id of a request that Bob has answered."""
    request = await asked(desk)
    await desk.press(Verb.EXPERT_CLAIM, request, "en", person=BOB)
    await desk.store.experts.note(request, text, person=BOB.key)
    await desk.press(Verb.EXPERT_THIS, request, "en", person=BOB)
    return request


def card(desk: Stage) -> Reply:
    """The message that calls the expert, as it stands."""
    return desk.chat.posted[0].reply


def labels(reply: Reply) -> list[str]:
    return [each.label for row in reply.actions for each in row if isinstance(each, Button)]

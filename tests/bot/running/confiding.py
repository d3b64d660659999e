"""Somebody whose words come in by every way that there is."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.chat import Address, Attachment, CommandCall, Edited, Person, Place, PlaceKind, Said, Submission
from bot.payloads import Payload
from bot.records import ChannelSettings, Outcome
from tests.bot.samples import ADA, BOB

from .telling import ZOE, Bot, canary, clock


async def tell_everything(bot: Bot) -> None:
    """Ada's words come in by every way that there is."""
    await bot.say(canary("question"), "t")
    await bot.say(canary("follow-up"), "t", address=Address.NONE)
    bot.chat.said[bot.place("own").key] = [_said("1", ADA, canary("thread of one's own"))]
    await bot.say("What do you say?", "own")
    bot.chat.said[bot.place("other").key] = [_said("1", ADA, canary("thread of another's")), _said("2", BOB, "Bo's")]
    await bot.say("And you?", "other", person=BOB)
    await join_and_edit(bot)
    await bot.command("ask", canary("command"))
    await bot.command("feedback", f"bad {canary('rating')}")
    answer = await bot.store.answers.latest(bot.place("t").key)
    assert answer is not None
    await bot.command("profile", f"set sector {canary('profile')}")
    direct = Place(platform="memory", workspace="w", channel="d", kind=PlaceKind.DM)
    await bot.say(canary("direct"), "", place=direct, address=Address.DM)
    await bot.say(f"fail {canary('refused')}", "t9")
    own = await bot.store.answers.latest(bot.place("own").key)
    assert own is not None
    values = {"text": canary("reason form")}
    await bot.take(
        Submission(
            event_id="form",
            place=bot.place("own"),
            person=ADA,
            at=clock(),
            payload=Payload(verb="explain", subject=own.id),
            values=values,
        )
    )
    await bot.engine.settled()
    await work_as_an_expert(bot)
    await work_on_risks_and_files(bot)


async def request_for(bot: Bot, question: str, thread: str, *, by: Person, expert: Person) -> str:
    """A question that the library refuses, put to an expert who takes it; the id of the request."""
    await bot.say(question, thread, person=by)
    answer = await bot.store.answers.latest(bot.place(thread).key)
    assert answer is not None
    await bot.press("expert", answer.id, person=by, thread=thread)
    request = await bot.store.experts.of_question(answer.question_id)
    assert request is not None
    await bot.press("expert-claim", request.id, person=expert, thread=thread)
    return request.id


async def work_as_an_expert(bot: Bot) -> None:
    """Ada answers others' questions under her name, and a question of hers becomes the title of a document."""
    await bot.store.settings.save("memory/w/c", ChannelSettings(other={"expert": f"user:{ADA.id}"}))
    named = replace(ADA, name=canary("expert's name"))
    await request_for(bot, "Does the first one wait?", "x1", by=BOB, expert=named)
    await bot.say(canary("expert's draft"), "x1", address=Address.NONE)
    second = await request_for(bot, "And the second one?", "x2", by=BOB, expert=named)
    await bot.submit("expert-answer", second, text=canary("expert's answer"))
    third = await request_for(bot, "What of the third one?", "x3", by=BOB, expert=named)
    await bot.submit("expert-answer", third, text=canary("proposed answer"))
    await bot.press("expert-save", third)
    fourth = await request_for(bot, "What is a fourth harbour?", "x4", by=BOB, expert=named)
    await bot.submit("expert-answer", fourth, text="A harbour that is cold all year.")
    await bot.press("expert-save", fourth)
    await bot.store.settings.save("memory/w/c", ChannelSettings(other={"expert": f"user:{BOB.id}"}))
    fifth = await request_for(bot, canary("question in a title"), "x5", by=ADA, expert=BOB)
    await bot.store.experts.answer(fifth, "Fifth harbours are warm.", person=BOB.key, at=clock())
    await bot.press("expert-save", fifth, person=BOB)
    for number in ("2", "3"):
        call = CommandCall(
            event_id=f"approve{number}",
            place=bot.place("t"),
            person=ZOE,
            at=clock(),
            name="proposals",
            text=f"approve {number}",
        )
        await bot.take(call)
        await bot.engine.settled()
    assert len(await bot.store.shelves.all()) == 2


async def work_on_risks_and_files(bot: Bot) -> None:
    """Ada sends a file that waits, fills in a check, notes something on a risk and says whose it is."""
    content = f"# Plan\n\n{canary('file that waits')} is what it says.\n".encode()
    bot.chat.files["f1"] = content
    file = Attachment(name=f"{canary('name of a file')}.md", size=len(content), reference="f1")
    await bot.say("", "t", attachments=(file,))
    await bot.command("assess", f"answer demand 3 {canary('feasibility check')}")
    await bot.submit("risk-form", "en", argument="note.runway-short", note=canary("note on a risk"))
    await bot.submit("risk-form", "en", argument="assign.runway-short", assign=canary("name for a risk"))


async def join_and_edit(bot: Bot) -> None:
    """While one question of a thread is answered, another one waits: it is joined, then edited."""
    await bot.take(bot.said("wait for me", "busy"))
    while not any("wait" in asked.text for asked in bot.desk.asked):
        await asyncio.sleep(0)
    waiting = bot.said(canary("edited before"), "busy")
    outcomes = [await bot.take(waiting), await bot.take(bot.said(canary("joined"), "busy"))]
    outcomes.append(
        await bot.take(
            Edited(
                event_id="edit",
                place=waiting.place,
                person=ADA,
                at=clock(),
                message_id=waiting.message_id,
                text=canary("edited after"),
            )
        )
    )
    assert outcomes == [Outcome.ACCEPTED, Outcome.JOINED, Outcome.REPLACED]
    bot.desk.opened.set()
    await bot.engine.settled()


def _said(number: str, person: Person, text: str) -> Said:
    return Said(message_id=number, person_id=person.id, own=False, text=text, at=clock())

"""What Discord's numbers of errors mean for an answer: it lands another way, once, and nobody is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.discord.names import ADA, CHANNEL, ME
from tests.doubles.discord.server import Fault

from .offices import office
from .opened import until

ASKED = f"<@{ME}> what is a moat?"
WAIT = f"<@{ME}> please wait"
KNOWN = "much is known.[1]"
_NO_THREAD = {
    "threads of the server": 160006,
    "announcement threads": 160007,
    "kind of channel": 50024,
    "title blocked": 200001,
    "form": 50035,
    "permission": 50013,
    "access": 50001,
}


@pytest.mark.parametrize("code", _NO_THREAD.values(), ids=_NO_THREAD.keys())
async def test_answer_whose_thread_is_refused_stands_beneath_its_question(code: int, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.faults.append(Fault("POST", "/threads", 403 if code in {50001, 50013} else 400, code))
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
    assert (answer.channel, answer.reference) == (CHANNEL, {"message_id": said.id})
    assert KNOWN in answer.content


async def test_answer_that_may_reply_to_nothing_stands_by_itself(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.faults += [
            Fault("POST", "/threads", 403, 50013),
            Fault("POST", f"/channels/{CHANNEL}/messages", 400, 160002),
        ]
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
    assert (answer.channel, answer.reference) == (CHANNEL, None)
    assert KNOWN in answer.content


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(404, 10008, id="taken away"),
        pytest.param(429, 30046, id="too many edits of an old message"),
        pytest.param(403, 50005, id="written by somebody else"),
    ],
)
async def test_answer_whose_message_takes_no_edit_is_said_anew(status: int, code: int, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, WAIT)
        await until(lambda: any("Stop" in each.labels for each in bot.discord.world.own(said.id)))
        (sign,) = bot.discord.world.own(said.id)
        bot.discord.faults.append(Fault("PATCH", f"/messages/{sign.id}", status, code, times=99))
        bot.desk.opened.set()
        await until(lambda: any(KNOWN in each.content and each.finished for each in bot.discord.world.own(said.id)))
        await bot.engine.settled()
        told = [each for each in bot.discord.world.own(said.id) if KNOWN in each.content and each.finished]
    assert len(told) == 1


@pytest.mark.parametrize("code", [50007, 50278], ids=["takes none", "no server in common"])
async def test_who_takes_no_direct_message_is_told_where_they_asked(code: int, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.faults.append(Fault("POST", "/users/@me/channels", 403, code))
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> profile")
        await until(lambda: bool(bot.discord.world.own(CHANNEL)))
        told, *_ = bot.discord.world.own(CHANNEL)
    assert told.reference == {"message_id": said.id}
    assert "I may not write to you directly" in told.content

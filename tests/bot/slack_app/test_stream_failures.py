"""Streams that Slack takes no more of, or may have taken more of than it says; for whom a stream is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.slack.workspace import ADA, CHANNEL, STRANGER, TEAM, Refusal, markdown_of

from .office import ASKED, LIMITS, office
from .opened import until
from .test_streams import FAST, FIRST, SECOND, THIRD, Typist, growing, methods


@pytest.mark.parametrize("arrived", [True, False], ids=["it arrived", "it did not"])
async def test_words_whose_answer_got_lost_are_said_once(tmp_path: Path, arrived: bool) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        said = await growing(bot)
        bot.slack.workspace.refuse("chat.appendStream", Refusal("internal_error", after=arrived))
        bot.desk.write(SECOND)
        await until(lambda: SECOND.strip() in markdown_of(said.blocks))
        bot.desk.write(THIRD, None)
        (answer,) = await bot.answers()
    assert markdown_of(answer.blocks) == f"{FIRST}{SECOND}{THIRD}"


@pytest.mark.parametrize("error", ["channel_type_not_supported", "msg_too_long", "invalid_arguments", "is_archived"])
async def test_stream_that_is_refused_goes_on_by_edits(tmp_path: Path, error: str) -> None:
    async with office(tmp_path, desk=Typist(), **FAST) as bot:
        said = await growing(bot)
        bot.slack.workspace.refuse("chat.appendStream", Refusal(error, times=100))
        bot.desk.write(SECOND)
        await until(lambda: SECOND.strip() in markdown_of(said.blocks))
        bot.desk.write(THIRD, None)
        (answer,) = await bot.answers()
    assert markdown_of(answer.blocks) == f"{FIRST}{SECOND}{THIRD}"
    assert methods(bot.slack.workspace).count("chat.appendStream") <= 2


@pytest.mark.parametrize(("user", "team"), [(ADA, TEAM), (STRANGER, "T0OTHER")], ids=["member", "of another one"])
async def test_stream_names_the_workspace_of_who_asked(tmp_path: Path, user: str, team: str) -> None:
    limits = LIMITS.model_copy(update={"strangers": True})
    async with office(tmp_path, desk=Typist(), limits=limits, **FAST) as bot:
        bot.slack.people.say(user, CHANNEL, ASKED, user_team=team)
        bot.desk.write(FIRST, None)
        await bot.answers()
        begun = bot.slack.workspace.called("chat.startStream")
    assert all((each["recipient_user_id"], each["recipient_team_id"]) == (user, team) for each in begun)

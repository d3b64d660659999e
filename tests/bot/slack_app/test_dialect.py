"""Blocks that a Slack does not know: asked for again now and then, and not with each message."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.replies import Reply
from bot.slack_app.dialect import Dialect
from bot.slack_app.render import Renderer
from bot.wording import load_wording
from rag.resources import data_folder
from tests.doubles.slack.workspace import markdown_of

from .opened import channel, signed_in

REPLY = Reply(text="A **moat** keeps others away.")


class Slack:
    """Takes messages; of the kinds of blocks that it `lacks` none, and nothing while `error` is set."""

    def __init__(self, *, lacks: str = "markdown", error: str = "") -> None:
        self.lacks = lacks
        self.error = error
        self.seen: list[str] = []

    async def take(self, *, text: str, blocks: list[dict[str, Any]]) -> str:
        kinds = ",".join(block["type"] for block in blocks)
        self.seen.append(kinds)
        if self.error and blocks:
            raise SlackApiError("refused", {"ok": False, "error": self.error})
        if self.lacks in kinds.split(","):
            raise SlackApiError("refused", {"ok": False, "error": "invalid_blocks"})
        return "taken"


class Hours:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def dialect(clock: Hours) -> Dialect:
    return Dialect(Renderer(load_wording(data_folder("prompts"))), clock=clock)


async def test_newer_blocks_are_left_out_once_it_is_sure_that_they_are_not_known() -> None:
    slack, clock = Slack(), Hours()
    speech = dialect(clock)
    for _ in range(5):
        assert await speech.say(REPLY, slack.take) == "taken"
    assert slack.seen == ["markdown", "section"] * 2 + ["section"] * 3


async def test_newer_blocks_are_tried_again_after_an_hour() -> None:
    slack, clock = Slack(), Hours()
    speech = dialect(clock)
    for _ in range(3):
        await speech.say(REPLY, slack.take)
    clock.seconds, slack.lacks = 3_601.0, ""
    for _ in range(2):
        await speech.say(REPLY, slack.take)
    assert slack.seen[-2:] == ["markdown", "markdown"]


async def test_one_message_that_is_refused_changes_nothing_for_the_others() -> None:
    slack, speech = Slack(), dialect(Hours())
    for lacks in ("markdown", "", "markdown", "", ""):
        slack.lacks = lacks
        await speech.say(REPLY, slack.take)
    assert slack.seen[-1] == "markdown"


@pytest.mark.parametrize("error", ["msg_blocks_too_long", "invalid_blocks"])
async def test_what_no_blocks_can_say_tells_nothing_of_the_newer_ones(error: str) -> None:
    slack, speech = Slack(error=error), dialect(Hours())
    for _ in range(4):
        await speech.say(REPLY, slack.take)
    assert slack.seen == ["markdown", "section", ""] * 4


async def test_other_errors_are_raised() -> None:
    async def refuse(**_: Any) -> None:
        raise SlackApiError("refused", {"ok": False, "error": "is_archived"})

    with pytest.raises(SlackApiError):
        await dialect(Hours()).say(REPLY, refuse)


async def test_slack_without_markdown_blocks_is_asked_for_them_twice_and_told_everything() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.lacking = {"markdown"}
        for number in range(4):
            await bot.chat.post(channel(), REPLY, nonce=f"n{number}")
        asked = [markdown_of(call["blocks"]) for call in slack.workspace.called("chat.postMessage")]
        assert len(slack.workspace.own()) == 4
    assert len([text for text in asked if text]) == 2

"""A bot that is killed while more comes than it takes in at once: what Slack was told is in is answered later."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.doubles.slack.server import SlackServer, slack_server
from tests.doubles.slack.workspace import ADA, BOT_USER, CHANNEL

from .office import finished
from .opened import until

pytestmark = pytest.mark.full

_MENTIONS, _TAKEN = 120, 20
_ROOT = Path(__file__).parents[3]
_LONG_S = 120.0


@asynccontextmanager
async def life(home: Path, slack: SlackServer) -> AsyncIterator[None]:
    """A process of the bot's that ends by a kill."""
    command = ("-W", "ignore", "-m", "tests.bot.slack_app.flooded_bot", str(home), slack.api)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=_ROOT, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(_LONG_S):
            await slack.deliveries.connected()
        yield
    finally:
        process.kill()
        await process.wait()


async def test_whatever_slack_was_told_is_in_survives_a_kill_in_a_flood(tmp_path: Path) -> None:
    async with slack_server(retries=(), ack_s=10.0) as slack:
        for number in range(_MENTIONS):
            slack.workspace.members[f"{CHANNEL}{number}"] = {ADA, BOT_USER}
        async with life(tmp_path, slack):
            asked = [
                slack.people.say(ADA, f"{CHANNEL}{number}", f"<@{BOT_USER}> question {number}: what is a moat?")
                for number in range(_MENTIONS)
            ]
            deliveries = list(slack.deliveries.all)
            await until(lambda: sum(each.acknowledged for each in deliveries) >= _TAKEN, seconds=_LONG_S)
        taken = {each.payload["event"]["ts"] for each in deliveries if each.acknowledged}
        assert len(taken) < len(asked), "the kill came after the flood"

        def unanswered() -> set[str]:
            return taken - {str(said.thread_ts) for said in slack.workspace.own() if finished(said)}

        async with life(tmp_path, slack):
            await until(lambda: not unanswered(), seconds=_LONG_S)
    answers = Counter(said.thread_ts for said in slack.workspace.own())
    assert max(answers.values()) == 1

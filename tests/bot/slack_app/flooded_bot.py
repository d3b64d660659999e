"""A bot on a Slack that runs elsewhere, until it is killed. A program: the test starts it with `HOME API`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

from pydantic import SecretStr

from bot.chat import ChatAdapter
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.running.talking import build_engine
from bot.settings import Settings
from bot.slack_app.connection import SlackFactory
from bot.slack_settings import SlackSettings
from bot.store.opening import open_store
from tests.bot.parlour import Desk, library_of
from tests.doubles.slack.workspace import APP_TOKEN, BOT_TOKEN

_LIMITS = EngineSettings(workers=16, queue_size=1000, person_per_minute=6000, person_burst=1000)


async def main(home: Path, api: str) -> None:
    """Answers what comes."""
    slack = SlackSettings(
        bot_token=SecretStr(BOT_TOKEN), app_token=SecretStr(APP_TOKEN), api_base_url=api, post_interval_s=0
    )
    adapters = cast("dict[str, ChatAdapter]", {})
    rag = library_of(Desk(), home)
    async with (
        open_store(None, home=home) as store,
        SlackFactory().open(Settings(home=home, slack=slack)) as connection,
    ):
        adapters["slack"] = connection.chat
        engine = build_engine(store, rag, adapters=adapters, settings=_LIMITS, metrics=Metrics(version="test"))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(engine.run())
            tasks.create_task(connection.listen(engine.receive))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))

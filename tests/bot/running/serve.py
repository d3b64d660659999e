"""A running bot in a process of its own, with one platform in memory on which somebody asks one question.

Told on the standard output: `posting` before the first message goes out, then each message as it stands at the end.
The first message waits for a file named `go` in the working folder.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot.hosting import AdminSettings, ConnectionSettings, LogSettings
from bot.limits import EngineSettings
from bot.logs import configure_logs
from bot.memory_chat import Moment
from bot.running.opening import RunSettings
from bot.running.program import run_bot
from bot.settings import load_settings

sys.path.insert(0, str(Path(__file__).parent))

from platform_in_memory import MemoryPlatform, said

QUESTION = "Why do data flywheels fail?"


def say(line: str) -> None:
    """Tells the test."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class HeldUp:
    """Holds the first message back until the file is there."""

    def __init__(self) -> None:
        self._held = False

    async def __call__(self, method: str, moment: Moment) -> None:
        if method == "post" and moment is Moment.BEFORE and not self._held:
            self._held = True
            say("posting")
            while not Path("go").exists():
                await asyncio.sleep(0.02)


def main(home: str, port: str, shutdown_seconds: str) -> int:
    everything = load_settings(flags={"home": home}).settings
    configure_logs(LogSettings(), secrets=(), stream=sys.stderr)
    platform = MemoryPlatform()
    platform.chat.watch = HeldUp()
    platform.inbox.put_nowait(said(QUESTION))
    settings = RunSettings(
        everything=everything,
        rag=everything.rag,
        engine=EngineSettings(shutdown_seconds=float(shutdown_seconds)),
        admin=AdminSettings(port=int(port)),
        connections=ConnectionSettings(),
    )
    status = run_bot(settings, [platform])
    for posted in platform.chat.posted:
        say(json.dumps({"text": posted.reply.text, "status": posted.reply.status}))
    say(json.dumps({"opened": platform.opened, "closed": platform.closed}))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

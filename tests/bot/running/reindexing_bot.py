"""Running bots in which an admin asks for a reindex at once, each a forked process. A program: the test starts it.

It reads lines `HOME` and starts a bot for each; the bot tells its process id, then every text that its one message
shows, as a JSON line. It goes on until it is killed, whose end is told as `null`.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.chat import CommandCall, MessageRef, Person, Place, PlaceKind
from bot.hosting import AdminSettings, ConnectionSettings
from bot.limits import EngineSettings
from bot.memory_chat import MemoryChat
from bot.replies import Reply
from bot.running.opening import RunSettings
from bot.running.program import run_bot
from bot.settings import load_settings

sys.path.insert(0, str(Path(__file__).parent))

from platform_in_memory import MemoryPlatform


def tell(value: object) -> None:
    """Tells the test."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class LoudChat(MemoryChat):
    """Tells what each message shows, as it is shown."""

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """See `bot.chat.ChatAdapter`."""
        ref = await super().post(place, reply, nonce=nonce, reply_to=reply_to)
        tell(reply.text or reply.status)
        return ref

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """See `bot.chat.ChatAdapter`."""
        await super().edit(message, reply)
        tell(reply.text or reply.status)


def reindex() -> CommandCall:
    """What the admin says."""
    return CommandCall(
        event_id=f"e{os.getpid()}",
        place=Place(platform="memory", workspace="w", channel="c", kind=PlaceKind.DM),
        at=datetime.now(UTC),
        person=Person(platform="memory", workspace="w", id="ada", name="Ada"),
        name="admin",
        text="reindex",
        locale="en",
    )


def serve(home: str) -> None:
    """One bot, until it is killed."""
    everything = load_settings(
        flags={"home": home, "embedding.embedder": "memory", "rights.admins": "memory:w/ada"}
    ).settings
    platform = MemoryPlatform(chat=LoudChat())
    platform.inbox.put_nowait(reindex())
    tell(os.getpid())
    settings = RunSettings(
        everything=everything,
        rag=everything.rag,
        engine=EngineSettings(),
        admin=AdminSettings(port=0),
        connections=ConnectionSettings(),
    )
    run_bot(settings, [platform])


def main() -> None:
    """A bot for each line; a new process each, so that nothing of a killed one is left."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(line.strip())
            os._exit(0)
        os.waitpid(child, 0)
        tell(None)


if __name__ == "__main__":
    main()

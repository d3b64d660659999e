"""What a running program does for the documents that came through the chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.commands.call import Means
from bot.running.reminding import Remind


async def documents_kept(means: Means) -> tuple[tuple[Callable[[], Awaitable[None]], ...], tuple[Remind, ...]]:
    """Finishes what an earlier run left halfway; returns what tidies up, and what takes up files that are late."""
    if means.keeper is None or means.files is None:
        return (), ()
    await means.keeper.settle()
    return (means.keeper.tidy,), (means.files.resume,)

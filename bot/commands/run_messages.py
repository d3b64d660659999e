"""The one message that shows something long: how far it is while it runs, and then how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from bot.chat import MessageRef
from bot.commands.call import Call
from bot.errors import DeliveryFailed
from bot.replies import Reply

log = logging.getLogger(__name__)


class Run(Protocol):
    """Something long."""

    @property
    def task(self) -> asyncio.Task[Any]:
        """What it does."""
        ...

    @property
    def changed(self) -> asyncio.Event:
        """Set with each step and at the end."""
        ...

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        ...


_Run = TypeVar("_Run", bound=Run)


async def keep_shown(call: Call, message: MessageRef, run: _Run, render: Callable[[Call, _Run], Reply]) -> None:
    """Shows how far a run is until it has ended, as often as the platform bears."""
    while not run.done:
        await run.changed.wait()
        run.changed.clear()
        if not run.done:
            await show_in_place(call, message, render(call, run))
            await asyncio.wait({run.task}, timeout=call.adapter.capabilities.edit_interval_s)


async def show_in_place(call: Call, message: MessageRef, reply: Reply) -> None:
    """Shows how far something is; a state that cannot be shown is left out."""
    try:
        await call.adapter.edit(message, reply)
    except DeliveryFailed as error:
        log.info("progress_not_shown", extra={"error": str(error)})


async def show_surely(
    call: Call, message: MessageRef, text: str, *, rows: tuple[Mapping[str, Any], ...] = (), refused: bool = False
) -> None:
    """Shows the last state, in a new message where the old one cannot be edited."""
    reply = Reply(text=text, language=call.language, rows=rows if call.everywhere else (), refused=refused)
    try:
        await call.adapter.edit(message, reply)
    except DeliveryFailed:
        await call.adapter.post(call.place, reply, nonce=call.means.new_id())

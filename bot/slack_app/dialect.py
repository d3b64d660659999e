"""Which of its blocks a Slack takes: replies are said in simpler ones where it refuses the newer, and at last bare."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.replies import Reply
from bot.slack_app.failures import code_of
from bot.slack_app.render import Renderer
from rag.ports import Clock

log = logging.getLogger(__name__)

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_NOT_KNOWN = frozenset({"invalid_blocks", "invalid_blocks_format"})
"""Of these, the ones that a Slack answers which does not know a kind of block."""

_SURE_AFTER = 2
_ASKED_AGAIN_S = 3_600.0


class Dialect:
    """Says replies. What this Slack does not know is not asked for again each time, but once an hour.

    Args:
        renderer: makes the forms of a reply.
        clock: seconds that only grow.
    """

    def __init__(self, renderer: Renderer, *, clock: Clock) -> None:
        self._renderer = renderer
        self._clock = clock
        self._refused_in_a_row = 0
        self._not_before = 0.0

    async def say(self, reply: Reply, send: Callable[..., Awaitable[Any]]) -> Any:
        """Sends a reply; in simpler blocks where Slack takes no others, at last in words alone, so that it is said.

        Raises:
            SlackApiError: it was refused for another reason.
        """
        refused = ""
        if self._clock() >= self._not_before:
            try:
                answer = await send(**self._renderer.message(reply))
                self._refused_in_a_row = 0
                return answer
            except SlackApiError as error:
                refused = _refused(error)
        try:
            answer = await send(**self._renderer.plain(reply))
        except SlackApiError as error:
            _refused(error)
            return await send(**self._renderer.bare(reply))
        self._heed(refused)
        return answer

    def _heed(self, refused: str) -> None:
        """Simpler blocks were taken where newer ones had been refused; one message alone may have been at fault."""
        if refused not in _NOT_KNOWN:
            return
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= _SURE_AFTER:
            self._refused_in_a_row = 0
            self._not_before = self._clock() + _ASKED_AGAIN_S
            log.warning("newer_blocks_are_left_out", extra={"for_s": _ASKED_AGAIN_S})


def _refused(error: SlackApiError) -> str:
    """Slack's name of the error with which it refuses blocks; others are raised."""
    if code_of(error) not in _BLOCKS_REFUSED:
        raise error
    log.warning("blocks_refused", extra={"error": code_of(error)})
    return code_of(error)

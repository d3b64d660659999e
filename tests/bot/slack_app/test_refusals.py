"""Errors with which Slack opens no connection: each is told, and only those that last end the trying."""

from __future__ import annotations

import pytest

from bot.errors import AdapterFailed
from tests.doubles.slack.workspace import Refusal

from .opened import listening


@pytest.mark.parametrize(
    ("error", "told", "retryable"),
    [
        ("accesslimited", "the network that the bot is in", False),
        ("forbidden_team", "set slack.mode = 'http'", False),
        ("no_permission", "ask an admin of the workspace", False),
        ("not_allowed_token_type", "the app token with xapp-", False),
        ("internal_error", "Slack answers 'internal_error'", True),
        ("ratelimited", "Slack answers 'ratelimited'", True),
        ("too_many_websockets", "end other programs", True),
        ("something_new", "Slack answers 'something_new'", True),
    ],
)
async def test_each_refusal_to_open_a_connection_is_told_and_only_the_lasting_ones_end_the_trying(
    error: str, told: str, retryable: bool
) -> None:
    with pytest.raises(AdapterFailed, match=told) as failure:
        async with listening(lambda slack: slack.workspace.refuse("apps.connections.open", Refusal(error, times=1000))):
            pass
    assert failure.value.retryable is retryable

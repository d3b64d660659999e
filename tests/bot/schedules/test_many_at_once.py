"""500 schedules that are due in the same minute, over the real store and the real adapters of both platforms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.schedule_settings import ScheduleSettings

from .rush import DISCORD_BUCKET, rush

pytestmark = [pytest.mark.slow, pytest.mark.full]

_ALL, _CHANNELS = 500, 100
_MOST_MB = 60
"""What they may take beyond what the bot has before the first one: workers hold one digest each."""


async def test_all_are_posted_once_within_the_limits_and_in_little_memory(database_url: Any, tmp_path: Path) -> None:
    fast = ScheduleSettings(workers=8, posts_per_second=50)
    took = await rush(tmp_path, database_url, schedules=_ALL, channels=_CHANNELS, settings=fast)
    assert (took.posted, took.twice, took.left) == (_ALL, 0, 0)
    assert took.fastest["slack"] <= 2
    assert took.fastest["discord"] <= DISCORD_BUCKET[0]
    assert took.refused == {"slack": 0, "discord": 0}
    assert took.peak_mb - took.before_mb <= _MOST_MB, took

"""500 schedules due in the same minute: the real scheduler, store and adapters, on doubles that hold the limits."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from bot.schedule_settings import ScheduleSettings
from tests.bot.schedules.rush import rush
from tests.bot.store.conftest import binaries, running_server

SCHEDULES, CHANNELS = 500, 100
_PLANS = (ScheduleSettings(), ScheduleSettings(workers=8, posts_per_second=50))


async def measure(scratch: Path) -> list[dict[str, object]]:
    """The figures on each store that there is, at the usual pace and at a faster one."""
    rows = [await _measured(scratch / f"sqlite-{number}", "SQLite", None, plan) for number, plan in enumerate(_PLANS)]
    found = binaries()
    if found is not None:
        with running_server(found) as address:
            url = SecretStr(address.format(name="postgres"))
            rows.append(await _measured(scratch / "postgresql", "PostgreSQL", url, _PLANS[-1]))
    return rows


async def _measured(home: Path, store: str, url: SecretStr | None, settings: ScheduleSettings) -> dict[str, object]:
    took = await rush(home, url, schedules=SCHEDULES, channels=CHANNELS, settings=settings)
    if (took.posted, took.twice, took.left) != (SCHEDULES, 0, 0):
        raise AssertionError(f"{took.posted} posted, {took.twice} of them twice, {took.left} left over")
    return {
        "store": store,
        "setting: posts a second, workers": f"{settings.posts_per_second:g}, {settings.workers}",
        "schedules, channels of each platform": f"{SCHEDULES}, {CHANNELS}",
        "posted, twice, left over": f"{took.posted}, {took.twice}, {took.left}",
        "seconds": round(took.seconds, 1),
        "posts a second": round(took.posted / took.seconds, 1),
        "most within a second to a channel": ", ".join(f"{name} {most}" for name, most in sorted(took.fastest.items())),
        "refused for being too fast": ", ".join(f"{name} {times}" for name, times in sorted(took.refused.items())),
        "resident MB before, at most, after": f"{took.before_mb}, {took.peak_mb}, {took.after_mb}",
    }

"""What the doctor says of the store, its schedules and the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.chat import Place
from bot.doctor_clock import examine_clock
from bot.doctor_store import examine_store
from bot.findings import Finding, Status
from bot.input_records import InputKind, InputOrigin, InputRecord, InputResult
from bot.schedules.records import Fire, FireState, Schedule, ScheduleKind
from bot.settings import Settings
from bot.slack_settings import SlackSettings
from bot.store.opening import SqlStore, open_store
from tests.rag.backends.conftest import Received, Reply, serve

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLACE = Place(platform="slack", workspace="T1", channel="C1")


def schedule(name: str, **changes: object) -> Schedule:
    values = {"when": "every day 9:00", "zone": "Asia/Shanghai", "cursor": NOW, **changes}
    return Schedule(id=name, place=PLACE, kind=ScheduleKind.TRENDS, **values)  # type: ignore[arg-type]


async def findings(home: Path) -> list[Finding]:
    return [each async for each in examine_store(Settings(home=home), now=NOW)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with open_store(None, home=tmp_path) as opened:
        yield opened


async def test_store_that_is_not_there_yet_is_left_so(tmp_path: Path) -> None:
    (found,) = await findings(tmp_path)
    assert (found.status, "made at the first start" in found.text) == (Status.OK, True)
    assert not (tmp_path / "store.sqlite3").exists()


async def test_sound_store_is_told_with_its_revision(store: SqlStore, tmp_path: Path) -> None:
    (found,) = await findings(tmp_path)
    assert (found.status, found.text[:16]) == (Status.OK, "sound, revision ")


async def test_store_of_an_earlier_version_is_told_with_what_upgrades_it(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").touch()
    (found,) = await findings(tmp_path)
    assert (found.status, "advisor db upgrade" in found.mend) == (Status.WARN, True)


async def test_store_of_a_later_version_is_a_failure(store: SqlStore, tmp_path: Path) -> None:
    await store.database.write(
        lambda connection: connection.exec_driver_sql("UPDATE alembic_version SET version_num='9'")
    )
    (found,) = await findings(tmp_path)
    assert (found.status, "install the version that wrote it" in found.mend) == (Status.FAIL, True)


async def test_broken_file_is_a_failure_with_the_way_back(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(b"no database" * 1000)
    (found,) = await findings(tmp_path)
    assert (found.status, "advisor restore" in found.mend) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("given", "status", "part"),
    [
        (schedule("s"), Status.OK, "has not been due yet; next 2026-11-24 01:00 UTC"),
        (schedule("s", active=False), Status.OK, "paused; advisor digest resume s goes on"),
        (schedule("s", trouble="gone"), Status.WARN, "the bot was taken out of it"),
        (schedule("s", zone="Mars/Base"), Status.WARN, "its time zone is not known here"),
        (schedule("s", when="whenever"), Status.WARN, "its time is not known here"),
        (schedule("s", cursor=NOW - timedelta(days=3)), Status.WARN, "due since 2026-11-21 01:00 UTC"),
    ],
    ids=["new", "paused", "failing", "zone", "time", "never-posted"],
)
async def test_each_schedule_is_told(
    store: SqlStore, tmp_path: Path, given: Schedule, status: Status, part: str
) -> None:
    await store.schedules.save(given)
    _, found = await findings(tmp_path)
    assert (found.check, found.status) == ("schedule", status)
    assert "trends s in slack/T1/C1" in found.text
    assert part in found.text
    assert bool(found.mend) == (status is Status.WARN)


async def test_last_post_of_a_schedule_is_told(store: SqlStore, tmp_path: Path) -> None:
    await store.schedules.save(schedule("s"))
    fire = Fire(schedule_id="s", due=NOW - timedelta(hours=3), retry_at=NOW, state=FireState.SILENT)
    await store.schedules.plan("s", [fire], cursor=NOW)
    _, found = await findings(tmp_path)
    assert "last silent 2026-11-23 09:00 UTC; next 2026-11-24 01:00 UTC" in found.text


async def test_post_that_failed_last_is_a_warning(store: SqlStore, tmp_path: Path) -> None:
    await store.schedules.save(schedule("s"))
    fire = Fire(schedule_id="s", due=NOW - timedelta(hours=3), retry_at=NOW, state=FireState.FAILED)
    await store.schedules.plan("s", [fire], cursor=NOW)
    _, found = await findings(tmp_path)
    assert (found.status, "due 2026-11-23 09:00 UTC failed" in found.text) == (Status.WARN, True)
    assert "advisor digest list" in found.mend


async def test_input_that_could_not_be_read_is_told(store: SqlStore, tmp_path: Path) -> None:
    result = InputResult(at=NOW - timedelta(hours=1), reason="robots")
    page = InputRecord(
        kind=InputKind.PAGE,
        target="https://example.org/a",
        origin=InputOrigin.CHAT,
        added_at=NOW,
        every=timedelta(days=1),
    )
    assert await store.inputs.add(replace(page, result=result))
    assert await store.inputs.add(replace(page, target="https://example.org/b"))
    _, found = await findings(tmp_path)
    assert (found.check, found.status) == ("input", Status.WARN)
    assert "https://example.org/a: read 2026-11-23 11:00 UTC with a problem, robots" in found.text
    assert "advisor inputs list" in found.mend


async def clock(home: Path, *, ahead_s: float, status: int = 200) -> Finding:
    def answer(received: Received) -> Reply:
        assert received.method == "HEAD"
        assert "authorization" not in {name.lower() for name in received.headers}
        return Reply(status=status, body=b"")

    with serve(answer) as server:
        slack = SlackSettings(bot_token=SecretStr("xoxb-1"), api_base_url=f"{server.url}/api/")
        here = datetime.now(UTC) + timedelta(seconds=ahead_s)
        zones, found = [each async for each in examine_clock(Settings(home=home, slack=slack), now=lambda: here)]
    assert (zones.status, "time zones are known" in zones.text) == (Status.OK, True)
    return found


@pytest.mark.parametrize(
    ("ahead_s", "status", "part"),
    [(0, Status.OK, "agrees with 127.0.0.1"), (60, Status.WARN, "s ahead of"), (-400, Status.FAIL, "s behind")],
)
async def test_clock_is_held_against_a_server_that_is_called_anyway(
    tmp_path: Path, ahead_s: float, status: Status, part: str
) -> None:
    found = await clock(tmp_path, ahead_s=ahead_s, status=403)
    assert (found.check, found.status, part in found.text) == ("clock", status, True)
    assert bool(found.mend) == (status is not Status.OK)


async def test_clock_that_nobody_can_be_held_against_is_told(tmp_path: Path) -> None:
    _, found = [each async for each in examine_clock(Settings(home=tmp_path), now=lambda: NOW)]
    assert found.text.startswith("2026-11-23 12:00:00 UTC, not compared")

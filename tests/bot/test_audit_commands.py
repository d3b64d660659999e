"""`advisor audit`: the log as lines for people and as JSON, and the whole of it in a file of one's own."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.records import AuditEntry
from bot.store.opening import open_store

from .conftest import Advisor

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLY = AuditEntry(at=AT, actor="ab12", action="config", subject="slack/T1/C1", details={"before": "", "after": "自动"})
LATE = AuditEntry(at=AT, actor="operator", action="index", details={"added": "2"})


@pytest.fixture
def kept(home: Path) -> None:
    """A home in whose log stand two entries."""

    async def fill() -> None:
        async with open_store(None, home=home) as store:
            for entry in (EARLY, LATE):
                await store.audit.append(entry)

    asyncio.run(fill())


def test_log_is_listed_latest_first(kept: None, advisor: Advisor) -> None:
    lines = advisor("audit", "list").stdout.splitlines()
    assert lines == [
        "2026-03-01 12:00:00  index  operator  added = 2",
        "2026-03-01 12:00:00  config  slack/T1/C1  ab12  after = 自动",
    ]
    (record,) = advisor("audit", "list", "-n", "1", "--json").stdout.splitlines()
    assert json.loads(record)["details"] == {"added": "2"}


def test_whole_log_is_written_to_a_file_that_only_its_owner_reads(kept: None, advisor: Advisor, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    assert advisor("audit", "export", file).exit_code == 0
    records = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [record["action"] for record in records] == ["config", "index"]
    assert records[0]["details"]["after"] == "自动"
    assert file.stat().st_mode & 0o777 == 0o600
    again = advisor("audit", "export", file)
    assert (again.exit_code, "name one that does not exist" in again.stderr) == (1, True)


def test_home_without_a_store_is_told(advisor: Advisor) -> None:
    result = advisor("audit", "list")
    assert (result.exit_code, "nothing has been kept" in result.stderr) == (1, True)

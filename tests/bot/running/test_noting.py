"""What whoever has the machine does stands in the audit log: index runs, backups, and changes of rights."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.control.wire import Backup, Count, Envelope, Remove, Request, Update, encode
from bot.memory_ledgers import MemoryAudit
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.running.noting import note_rights, note_settings, noted
from bot.settings import Settings
from rag.catalogue import Input
from rag.errors import StorageFailed
from rag.ingest.files import FileProblem
from rag.ingest.index import IndexProgress, IndexReport

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
REPORT = IndexReport(
    added=("a.md", "b.md"), removed=("c.md",), failed=(FileProblem(source="d.pdf", problem="damaged", remedy="-"),)
)


def envelope(request: Request) -> Envelope:
    return Envelope(token="t", protocol=1, version="1", process=7, request=request)


async def indexing(_: Envelope) -> AsyncGenerator[bytes, None]:
    yield encode("event", IndexProgress(stage="scan", done=1, total=2))
    yield encode("result", REPORT)


async def failing(_: Envelope) -> AsyncGenerator[bytes, None]:
    raise StorageFailed("the disk is full of my secret plans")
    yield b""


@pytest.mark.parametrize(
    ("request_", "action", "asked"),
    [
        (Update(inputs=(Input(path=Path("/x/handbook")),), full=True), "index", {"inputs": "handbook", "full": "yes"}),
        (Update(), "index", {"inputs": "all"}),
        (Remove(path=Path("/x/handbook")), "index", {"removed": "handbook"}),
        (Backup(path=Path("/x/y"), keys=True), "backup", {"keys": "yes"}),
    ],
)
async def test_work_is_noted_with_what_came_of_it(request_: Request, action: str, asked: dict[str, str]) -> None:
    audit = MemoryAudit()
    lines = [line async for line in noted(indexing, audit, now=lambda: NOON)(envelope(request_))]
    (entry,) = await audit.latest(limit=9)
    assert len(lines) == 2
    assert (entry.action, entry.actor, entry.at) == (action, "operator", NOON)
    counts = {"added": "2", "updated": "0", "removed": "1", "failed": "1"}
    assert entry.details == {**asked, "result": "done", **counts}


async def test_work_that_fails_or_is_broken_off_is_noted_without_the_words_of_the_failure() -> None:
    audit = MemoryAudit()
    with pytest.raises(StorageFailed):
        [line async for line in noted(failing, audit, now=lambda: NOON)(envelope(Update()))]
    async with aclosing(noted(indexing, audit, now=lambda: NOON)(envelope(Update()))) as lines:
        await anext(lines)
    left, failed = await audit.latest(limit=9)
    assert (failed.details["result"], left.details["result"]) == ("failed: StorageFailed", "broken off")


async def test_what_only_looks_is_not_noted() -> None:
    audit = MemoryAudit()
    assert [line async for line in noted(indexing, audit, now=lambda: NOON)(envelope(Count()))]
    assert await audit.latest(limit=9) == ()


async def test_rights_are_noted_when_they_change_and_people_only_as_hashes() -> None:
    audit = MemoryAudit()

    async def start(**given: object) -> None:
        rights = rights_of(RightsSettings.model_validate(given))
        await note_rights(audit, rights, pseudonym=lambda key: f"hash{len(key)}", now=lambda: NOON)

    await start()
    await start(admins=["slack:T1/U1"])
    await start(admins=["slack:T1/U1"])
    await start(admins=["slack:T1/U1", "slack:T1/group:S1"], labels={"board": ["slack:T1/U22"]})
    changed, first = await audit.latest(limit=9)
    assert first.details == {"admin": "hash11", "was admin": ""}
    assert changed.details == {
        "admin": "hash11, slack group S1",
        "label board": "hash12",
        "was admin": "hash11",
        "was label board": "",
    }
    await start()
    assert (await audit.latest(limit=1))[0].details == {
        "was admin": "hash11, slack group S1",
        "was label board": "hash12",
    }


async def test_settings_are_noted_when_they_change_and_secrets_never(tmp_path: Path) -> None:
    audit = MemoryAudit()

    async def start(**given: object) -> None:
        await note_settings(audit, Settings(home=tmp_path, **given), now=lambda: NOON)  # type: ignore[arg-type]

    await start()
    await start(retrieval={"limit": 5}, slack={"bot_token": "xoxb-secret"}, rights={"admins": ["slack:T1/U1"]})
    await start(retrieval={"limit": 5}, slack={"bot_token": "xoxb-secret"})
    await start(retrieval={"limit": 6})
    changed, first = await audit.latest(limit=9)
    assert first.details == {
        "retrieval.limit": "5",
        "was retrieval.limit": "",
        "slack.bot_token": "**********",
        "was slack.bot_token": "",
    }
    assert changed.details == {
        "retrieval.limit": "6",
        "was retrieval.limit": "5",
        "was slack.bot_token": "**********",
    }

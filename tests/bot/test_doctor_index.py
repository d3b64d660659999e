"""What the doctor says of the index: its age and version, a run that was broken off, and a bot that has it open."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

import pytest
from filelock import FileLock
from pydantic import SecretStr

from bot.commands.reindex_recovery import note_of
from bot.doctor_index import examine_engine, examine_library
from bot.findings import Finding, Status
from bot.index_journal import IndexJournal
from bot.shell.clerk import PLACE
from rag.settings import ModelEndpoint
from rag.types import Language

from .overseen import running, settings_of
from .test_admin_commands import library

VERSION = metadata.version("startup-advisor")


async def gathered(findings: AsyncIterator[Finding]) -> dict[str, list[Finding]]:
    """Findings by what was looked at."""
    found: dict[str, list[Finding]] = {}
    async for each in findings:
        found.setdefault(each.check, []).append(each)
    return found


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """A home with one document."""
    made = tmp_path / "home"
    await library(made)
    return made


async def test_index_is_told_with_its_generation_and_age(home: Path) -> None:
    later = datetime.now(UTC) + timedelta(days=3)
    (index,) = (await gathered(examine_library(settings_of(home), now=later)))["index"]
    assert index.text.startswith("1 documents, 1 chunks, generation 1 made 20")
    assert "(3 days ago) by parse-" in index.text


async def test_folder_that_is_empty_or_gone_is_told(home: Path) -> None:
    folder = home.parent / "docs"
    (folder / "harbour.md").unlink()
    for told in ("is empty, as the folder of a disk is that is not mounted", "is gone"):
        (found,) = (await gathered(examine_library(settings_of(home), now=datetime.now(UTC))))["input"]
        assert (found.status, found.text) == (Status.WARN, f"{folder} {told}")
        if folder.exists():
            folder.rmdir()


async def test_index_of_this_version_is_sound(home: Path) -> None:
    found = await gathered(examine_engine(settings_of(home)))
    assert [found[check][0].status for check in ("lock", "embedder", "match", "vectors")] == [Status.OK] * 4
    assert "index" not in found


async def test_index_of_an_earlier_version_is_told_with_what_rebuilds_it(home: Path) -> None:
    with closing(sqlite3.connect(home / "library.sqlite3")) as file, file:
        file.execute("UPDATE generations SET identity = 'parse-0|1200|terms-0|' || embedder")
    (match,) = (await gathered(examine_engine(settings_of(home))))["match"]
    assert (match.status, "made as parse-0|" in match.text, match.mend[:13]) == (Status.WARN, True, "advisor index")


async def test_run_that_was_broken_off_is_told_until_the_next_one(home: Path) -> None:
    note = note_of(PLACE, run_id="r", since=datetime(2026, 11, 22, 9, 30, tzinfo=UTC), language=Language.EN)
    await IndexJournal(home).begin(note)
    (broken,) = (await gathered(examine_engine(settings_of(home))))["index"]
    assert broken.status is Status.WARN
    assert "began 2026-11-22 09:30 UTC was broken off" in broken.text


async def test_bot_that_has_the_index_is_asked(home: Path) -> None:
    async with running(home, version=VERSION):
        found = await gathered(examine_engine(settings_of(home)))
    (lock,) = found["lock"]
    assert (lock.status, lock.mend) == (Status.OK, "")
    assert "has the index and answers; it holds 1 documents" in lock.text
    assert "opened by the running bot" in found["embedder"][0].text
    assert found["threshold"][0].status is Status.WARN
    assert "ADVISOR_LLM_BASE_URL" in found["model"][0].text


async def test_bot_of_another_version_is_told_to_be_restarted(home: Path) -> None:
    async with running(home, version="0.0.1"):
        (lock,) = (await gathered(examine_engine(settings_of(home))))["lock"]
    assert (lock.status, "restart" in f"{lock.text} {lock.mend}") == (Status.WARN, True)


async def test_models_are_looked_at_whoever_has_the_index(home: Path) -> None:
    endpoint = ModelEndpoint(base_url="http://127.0.0.1:9/v1", api_key=SecretStr("s3cret"))
    settings = settings_of(home)
    settings = settings.model_copy(
        update={"model": settings.model.model_copy(update={"endpoints": (endpoint,), "first_token_s": 5.0})}
    )
    with FileLock(home / "index.lock"):
        found = await gathered(examine_engine(settings))
    assert found["lock"][0].mend.startswith("wait until it is done")
    (model,) = found["model"]
    assert model.status is Status.WARN
    assert "s3cret" not in f"{model}"

"""The operator's commands over the store: what they print, and that they keep away from a running program."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.operations import Terminal
from bot.store.migrating import known_revisions
from bot.store.opening import open_store
from bot.store.restore import unsettled
from bot.store_commands import Kept, run_backup, run_restore, run_upgrade, settle_home
from bot.terminal import open_console
from rag.build import open_rag
from rag.errors import IndexLocked, InvalidSettings
from rag.settings import ChromaSettings, EmbeddingSettings, RagSettings

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A home of the test's own; nobody waits for a lock."""
    home = tmp_path / "home"
    home.mkdir()
    return Kept(rag=RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"), lock_patience_s=0))


class Screen(Terminal):
    """A terminal whose output can be read."""

    def __init__(self, *, json: bool = False) -> None:
        super().__init__(out=open_console(), err=open_console(stderr=True), json=json)
        self.out.file, self.err.file = io.StringIO(), io.StringIO()

    @property
    def shown(self) -> str:
        """All results so far."""
        assert isinstance(self.out.file, io.StringIO)
        return self.out.file.getvalue()


async def test_upgrade_tells_what_it_did(kept: Kept) -> None:
    first, again, for_programs = Screen(), Screen(), Screen(json=True)

    assert await run_upgrade(kept, first) == 0
    assert await run_upgrade(kept, again) == 0
    assert await run_upgrade(kept, for_programs) == 0

    newest = known_revisions()[-1]
    assert first.shown == f"The store went from nothing to {newest}.\n"
    assert again.shown == f"The store is at revision {newest} already.\n"
    assert json.loads(for_programs.shown) == {"before": newest, "after": newest}


async def test_backup_and_restore_bring_the_store_back(kept: Kept, tmp_path: Path) -> None:
    file, made, restored = tmp_path / "backup.tar.gz", Screen(json=True), Screen()
    async with open_store(None, home=kept.rag.home) as store:
        await store.events.claim(["old"], at=AT)

    assert await run_backup(kept, made, file, with_keys=False) == 0
    async with open_store(None, home=kept.rag.home) as store:
        await store.events.claim(["new"], at=AT)
    assert await run_restore(kept, restored, file) == 0

    report = json.loads(made.shown)
    assert (report["file"], report["bytes"]) == (str(file), file.stat().st_size)
    assert restored.shown.startswith(f"Restored {str(file)!r}, made on 20")
    async with open_store(None, home=kept.rag.home) as store:
        assert not await store.events.claim(["old"], at=AT)
        assert await store.events.claim(["new"], at=AT)


async def test_neither_runs_beside_a_running_program(kept: Kept, tmp_path: Path) -> None:
    async with open_store(None, home=kept.rag.home):
        await run_backup(kept, Screen(), tmp_path / "backup.tar.gz", with_keys=False)
        async with open_rag(kept.rag):
            with pytest.raises(IndexLocked):
                await run_restore(kept, Screen(), tmp_path / "backup.tar.gz")
            with pytest.raises(IndexLocked):
                await run_backup(kept, Screen(), tmp_path / "second.tar.gz", with_keys=False)


async def test_vectors_on_a_server_are_told_to_be_elsewhere(kept: Kept, tmp_path: Path) -> None:
    settings = kept.rag.model_copy(update={"chroma": ChromaSettings(url="http://127.0.0.1:1")})
    screen = Screen()
    await run_upgrade(kept, screen)

    await run_backup(Kept(rag=settings), screen, tmp_path / "backup.tar.gz", with_keys=False)

    assert isinstance(screen.err.file, io.StringIO)
    assert "back that server up, too" in screen.err.file.getvalue()


async def test_interrupted_restoring_is_finished_before_the_home_is_opened(kept: Kept) -> None:
    home = kept.rag.home
    staged = home / ".advisor-x" / "staged"
    staged.mkdir(parents=True)
    (home / ".advisor-x" / "previous").mkdir()
    (staged / "calibration.json").write_text("{}")
    (home / "restore.journal").write_text(json.dumps({"step": "in", "folder": ".advisor-x"}))

    await settle_home(kept.rag)
    await settle_home(kept.rag)

    assert (home / "calibration.json").read_text() == "{}"
    assert not unsettled(home)


async def test_address_of_another_database_is_refused(kept: Kept) -> None:
    with pytest.raises(InvalidSettings, match="mysql://"):
        await run_upgrade(Kept(rag=kept.rag, database_url=SecretStr("mysql://h/db")), Screen())

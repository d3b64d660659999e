"""A backup of one kind of database fits the other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.records import QuestionState
from bot.store.backup import BackupJob, make_backup
from bot.store.opening import open_store
from bot.store.restore import restore_backup

from .conftest import Making

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.full
@pytest.mark.parametrize("target", ["postgresql", "sqlite"])
async def test_backup_of_a_server_fits_a_server_and_a_file(
    postgresql_url: SecretStr, tmp_path: Path, make: Making, target: str
) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    question = make.question()
    async with open_store(postgresql_url, home=home) as store:
        await store.questions.admit(question, claim=["event"])
        await store.questions.finish(question.id, QuestionState.ANSWERED, answer=make.answer(question))
        home.mkdir()
        await make_backup(BackupJob(home=home, file=file, remote=store.database), at=AT)
        await store.questions.admit(make.question())
        if target == "postgresql":
            await restore_backup(home, file, remote=store.database)
    if target == "sqlite":
        await restore_backup(home, file)

    async with open_store(postgresql_url if target == "postgresql" else None, home=home) as store:
        assert await store.answers.get(f"a{question.id}") == make.answer(question)
        assert await store.questions.unfinished() == ()
        assert not await store.events.claim(["event"], at=AT)
        later = make.question()
        await store.questions.admit(later)
        await store.questions.finish(later.id, QuestionState.REFUSED)
        assert [gap.question_id for gap in await store.gaps.open(limit=9)] == [later.id]

"""What the doctor says of a store on each database: its size, and whether it can be written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from bot.doctor_store import examine_store
from bot.findings import Status
from bot.settings import Settings
from bot.store.opening import SqlStore, open_store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def settings_of(url: SecretStr | None, home: Path) -> Settings:
    """The settings of a store."""
    settings = Settings(home=home)
    return settings.model_copy(update={"database": settings.database.model_copy(update={"url": url})})


async def test_store_is_told_with_its_size(sql_store: SqlStore, database_url: SecretStr | None, tmp_path: Path) -> None:
    (found,) = [each async for each in examine_store(settings_of(database_url, tmp_path / "home"), now=NOW)]
    assert found.status is Status.OK
    assert found.text.startswith("sound, revision ")
    assert found.text.endswith(" MB, writable")


async def test_database_that_takes_no_writing_is_a_failure(postgresql_url: SecretStr, tmp_path: Path) -> None:
    def set_to(value: str) -> str:
        return f"ALTER DATABASE postgres SET default_transaction_read_only = {value}"

    async with open_store(postgresql_url, home=tmp_path / "home") as store:
        await store.database.write(lambda connection: connection.execute(text(set_to("on"))))
        try:
            (found,) = [each async for each in examine_store(settings_of(postgresql_url, tmp_path), now=NOW)]
        finally:
            await store.database.write(lambda connection: connection.execute(text(set_to("off"))))
    assert found.status is Status.FAIL
    assert "can be read, and not written" in found.text

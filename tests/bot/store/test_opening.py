"""Where the store lies, how it is opened, and what it says when it cannot be."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, text

from bot.errors import StoreFailed, StoreMismatch
from bot.records import QuestionState
from bot.store.models import PERSON_COLUMNS
from bot.store.models.conversing import questions
from bot.store.opening import SqlStore, open_store
from bot.store.sqlite import SqliteDatabase
from bot.store.urls import FILE_NAME, store_url
from rag.errors import InvalidSettings

from .conftest import Making

PASSWORD = "swordfish"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("postgresql://u@h/db", "postgresql+asyncpg://u@h/db", id="plain"),
        pytest.param("postgres://u@h:5433/db", "postgresql+asyncpg://u@h:5433/db", id="the short name"),
        pytest.param("postgresql+asyncpg://u@h/db", "postgresql+asyncpg://u@h/db", id="with its driver"),
        pytest.param(" postgresql://u@h/db\n", "postgresql+asyncpg://u@h/db", id="blanks around it"),
        pytest.param(
            "postgresql://u@h/db?sslmode=require",
            "postgresql+asyncpg://u@h/db?ssl=require",
            id="encryption as libpq has it",
        ),
    ],
)
def test_address_of_a_server_gets_its_driver(given: str, expected: str, tmp_path: Path) -> None:
    assert store_url(SecretStr(given), home=tmp_path).render_as_string(hide_password=False) == expected


@pytest.mark.parametrize("given", [None, SecretStr(""), SecretStr("  ")], ids=["none", "empty", "blank"])
def test_without_an_address_the_store_is_a_file_of_the_home(given: SecretStr | None, tmp_path: Path) -> None:
    assert store_url(given, home=tmp_path).database == str(tmp_path / FILE_NAME)


@pytest.mark.parametrize(
    "given",
    [
        f"mysql://u:{PASSWORD}@h/db",
        f"postgresql+psycopg2://u:{PASSWORD}@h/db",
        f"not an address {PASSWORD}",
        f"postgresql://u:{PASSWORD}@h:port/db",
        "sqlite:///store.sqlite3",
    ],
)
def test_other_addresses_are_refused_without_telling_the_password(given: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="expected postgresql://") as failure:
        store_url(SecretStr(given), home=tmp_path)

    assert PASSWORD not in str(failure.value)
    assert PASSWORD not in str(failure.value.__cause__)


async def test_server_that_cannot_be_reached_is_a_clear_failure(tmp_path: Path) -> None:
    url = SecretStr(f"postgresql://u:{PASSWORD}@127.0.0.1:1/db")

    with pytest.raises(StoreFailed, match="see that the database server runs") as failure:
        async with open_store(url, home=tmp_path):
            pass

    assert failure.value.retryable
    assert PASSWORD not in str(failure.value)


@pytest.mark.full
async def test_database_that_does_not_exist_is_a_clear_failure(postgresql_server: str, tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match='"nowhere" does not exist'):
        async with open_store(SecretStr(postgresql_server.format(name="nowhere")), home=tmp_path):
            pass


async def test_store_remembers_across_restarts(database_url: SecretStr | None, tmp_path: Path, make: Making) -> None:
    question = make.question()
    async with open_store(database_url, home=tmp_path) as store:
        await store.questions.admit(question, claim=["event"])
        await store.questions.start(question.id)
    async with open_store(database_url, home=tmp_path) as store:
        assert await store.questions.unfinished() == (replace(question, state=QuestionState.ANSWERING),)
        assert not await store.events.claim(["event"], at=make.start)


async def test_many_stores_open_at_the_same_time(database_url: SecretStr | None, tmp_path: Path, make: Making) -> None:
    async def claim() -> bool:
        async with open_store(database_url, home=tmp_path) as store:
            return await store.events.claim(["event"], at=make.start)

    assert (await asyncio.gather(*(claim() for _ in range(6)))).count(True) == 1


async def test_file_is_for_its_owner_alone(tmp_path: Path, make: Making) -> None:
    async with open_store(None, home=tmp_path) as store:
        await store.events.claim(["event"], at=make.start)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(f"{FILE_NAME}*")}

    assert set(modes.values()) == {0o600}
    assert set(modes) == {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"}


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 15_000)],
)
async def test_connections_are_set_up(tmp_path: Path, pragma: str, value: object) -> None:
    async with open_store(None, home=tmp_path) as store:
        for run in (store.database.read, store.database.write):
            assert await run(lambda connection: connection.execute(text(f"PRAGMA {pragma}")).scalar()) == value


async def test_damaged_file_is_a_clear_failure(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 500)

    with pytest.raises(StoreFailed, match=r"'store\.sqlite3'.*advisor restore"):
        async with open_store(None, home=tmp_path):
            pass


async def test_home_that_cannot_be_made_is_a_clear_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreFailed, match=r"'store\.sqlite3'"):
        async with open_store(None, home=tmp_path / "file" / "home"):
            pass


async def test_store_of_a_newer_version_is_not_touched(database_url: SecretStr | None, tmp_path: Path) -> None:
    async with open_store(database_url, home=tmp_path) as store:
        await store.database.write(
            lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        )

    with pytest.raises(StoreMismatch, match=r"'9999'.*install the version that wrote it") as failure:
        async with open_store(database_url, home=tmp_path):
            pass
    assert not failure.value.retryable


async def test_full_disk_is_told_and_loses_nothing(tmp_path: Path, make: Making) -> None:
    kept, lost = make.question(), make.question(text="长" * 3_000_000)
    async with open_store(None, home=tmp_path) as store:
        await store.questions.admit(kept)
        pages = await store.database.read(lambda connection: connection.execute(text("PRAGMA page_count")).scalar())

        def limit(connection: object) -> None:
            connection.execute(text(f"PRAGMA max_page_count = {pages + 20}"))  # type: ignore[attr-defined]

        await store.database.write(limit)
        with pytest.raises(StoreFailed, match="full; free some disk space"):
            await store.questions.admit(lost, claim=["event"])

        assert await store.questions.unfinished() == (kept,)
        assert await store.events.claim(["event"], at=make.start)


async def test_failure_tells_no_words_of_people(sql_store: SqlStore, make: Making) -> None:
    question = make.question(text="my secret plan")
    await sql_store.questions.admit(question)

    with pytest.raises(StoreFailed) as failure:
        await sql_store.questions.admit(question)

    chain = [failure.value, failure.value.__cause__]
    assert not [each for each in chain if "secret plan" in str(each)]


async def test_deleted_words_are_in_no_file_after_scrubbing(tmp_path: Path, make: Making) -> None:
    canary = "canary-加密的词-7391"
    question = make.question(text=canary)
    async with open_store(None, home=tmp_path) as store:
        await store.questions.admit(question)
        await store.questions.finish(question.id, QuestionState.REFUSED, answer=make.answer(question))
        assert canary.encode() in everything(tmp_path)

        await store.database.write(lambda connection: connection.execute(delete(questions)))
        await store.database.scrub()

        assert canary.encode() not in everything(tmp_path)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_rows_that_hang_on_a_question_go_with_it(sql_store: SqlStore, make: Making) -> None:
    question = make.question()
    await sql_store.questions.admit(question)
    await sql_store.questions.finish(question.id, QuestionState.REFUSED, answer=make.answer(question))

    column = questions.c[PERSON_COLUMNS[questions]]
    await sql_store.database.write(
        lambda connection: connection.execute(delete(questions).where(column == make.person.key))
    )

    for table in ("questions", "question_messages", "answers", "answer_topics", "evidence", "gaps"):
        count = text(f"SELECT count(*) FROM {table}")
        assert await sql_store.database.read(lambda connection, count=count: connection.execute(count).scalar()) == 0


async def test_writer_of_another_process_is_waited_for(tmp_path: Path, make: Making) -> None:
    async with open_store(None, home=tmp_path) as store:
        with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            claim = asyncio.ensure_future(store.events.claim(["event"], at=make.start))
            await asyncio.wait([claim], timeout=0.05)
            assert not claim.done()
            other.execute("COMMIT")
        assert await claim


async def test_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    database = SqliteDatabase(tmp_path / FILE_NAME)
    with pytest.raises(StoreFailed, match=r"'store\.sqlite3'"):
        await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
    await database.close()
    assert list((tmp_path / FILE_NAME).iterdir()) == []

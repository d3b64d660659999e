"""Stores of earlier revisions come to the newest one with all that they hold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, insert, inspect, select, text

from bot.records import GapKind
from bot.store import models
from bot.store.database import Database
from bot.store.migrating import known_revisions, upgrade
from bot.store.opening import SqlStore, open_database
from bot.store.urls import FILE_NAME, store_url

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = {"platform": "slack", "workspace": "T1", "channel": "C1", "thread": "1", "place_kind": "thread"}


def question(number: int, state: str, answer_id: str = "") -> dict[str, Any]:
    return {
        "id": f"q{number}",
        "place_key": "slack/T1/C1/1",
        **PLACE,
        "person": "slack/T1/U1",
        "person_platform": "slack",
        "person_workspace": "T1",
        "person_id": "U1",
        "standing": "member",
        "text": f"text {number}",
        "asked_at": AT,
        "message_id": f"m{number}",
        "state": state,
        "answer_id": answer_id,
    }


def answer(number: int, status: str) -> dict[str, Any]:
    return {
        "id": f"a{number}",
        "question_id": f"q{number}",
        "conversation": "slack/T1/C1/1",
        "question": f"text {number}",
        "language": "en",
        "status": status,
        "text": f"answer {number}",
        "confidence": 0.5,
        "writer": "extract",
        "model": "",
        "prompt_hash": "",
        "writing": None,
        "citations": [],
        "suggestions": [],
        "timings_ms": {},
        "at": AT,
    }


def rating(person: str, word: str) -> dict[str, Any]:
    return {"answer_id": "a1", "person": person, "rating": word, "reason": "", "text": "", "at": AT, "day": AT.date()}


BASE: Mapping[str, list[dict[str, Any]]] = {
    "events": [{"key": "event", "at": AT}],
    "questions": [question(1, "answered", "a1"), question(2, "refused", "a2"), question(3, "refused")],
    "question_messages": [{"question_id": "q1", "place_key": "slack/T1/C1/1", "message_id": "m1"}],
    "posts": [{"nonce": "n", "question_id": "q1", "part": 0, **PLACE, "state": "posted", "message_id": "m9"}],
    "answers": [answer(1, "answered"), answer(2, "refused")],
    "feedback": [rating("p1", "down"), rating("p2", "up")],
    "channel_settings": [{"channel_key": "slack/T1/C1", "respond": "auto", "labels": ["public"], "other": {}}],
}
"""Rows of the first revision, as it stored them."""


async def filled(database: Database) -> None:
    def work(connection: Connection) -> None:
        for name, rows in BASE.items():
            connection.execute(insert(models.metadata.tables[name]), rows)

    await database.write(work)


@pytest.mark.parametrize("revision", known_revisions())
async def test_upgrade_from_each_revision_keeps_what_was_stored(
    database_url: SecretStr | None, tmp_path: Path, revision: str
) -> None:
    async with open_database(store_url(database_url, home=tmp_path)) as database:
        assert await upgrade(database, to=revision) == ("", revision)
        await filled(database)

        assert await upgrade(database) == (revision, known_revisions()[-1])

        store = SqlStore(database)
        turns = await store.conversations.turns("slack/T1/C1/1", limit=9)
        assert [(turn.question, turn.answer) for turn in turns] == [("text 1", "answer 1")]
        assert (await store.settings.get("slack/T1/C1")).labels == {"public"}
        assert [post.message_id for post in await store.posts.of_question("q1")] == ["m9"]
        assert not await store.events.claim(["event"], at=AT)
        for name, rows in BASE.items():
            table = models.metadata.tables[name]
            found = await database.read(lambda connection, table=table: connection.execute(select(table)).all())
            assert len(found) == len(rows)


async def test_refusals_and_bad_ratings_from_before_become_gaps(database_url: SecretStr | None, tmp_path: Path) -> None:
    async with open_database(store_url(database_url, home=tmp_path)) as database:
        await upgrade(database, to="0001")
        await filled(database)
        await upgrade(database)

        gaps = await SqlStore(database).gaps.open(limit=9)

    assert {(gap.kind, gap.question_id, gap.person, gap.at) for gap in gaps} == {
        (GapKind.REFUSAL, "q2", "", AT),
        (GapKind.REFUSAL, "q3", "", AT),
        (GapKind.RATING, "q1", "p1", AT),
    }


async def test_migrations_build_what_the_models_say(sql_store: SqlStore) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, models.metadata))

    assert await sql_store.database.read(differences) == []


async def test_comparison_of_models_and_migrations_bites(sql_store: SqlStore) -> None:
    def differences(connection: Connection) -> list[Any]:
        connection.execute(text("ALTER TABLE usage ADD COLUMN surplus INTEGER"))
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, models.metadata))
        connection.rollback()
        return found

    assert [each[0] for each in await sql_store.database.write(differences)] == ["remove_column"]


async def test_keys_are_built_as_the_models_say(sql_store: SqlStore) -> None:
    """The comparison above looks neither at primary keys nor at what happens to rows whose parent is deleted."""

    def work(connection: Connection) -> None:
        found = inspect(connection)
        for table in models.metadata.sorted_tables:
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
            stored = {
                (*key["constrained_columns"], key["referred_table"], key["options"].get("ondelete"))
                for key in found.get_foreign_keys(table.name)
            }
            assert stored == {
                (*key.column_keys, key.referred_table.name, key.ondelete) for key in table.foreign_key_constraints
            }

    await sql_store.database.read(work)


async def test_second_upgrade_finds_nothing_to_do(sql_store: SqlStore) -> None:
    newest = known_revisions()[-1]

    assert await upgrade(sql_store.database) == (newest, newest)


PROGRAM = """
import asyncio, sys
from pathlib import Path
from pydantic import SecretStr
from bot.store.opening import open_store

async def main():
    url = SecretStr(sys.argv[2]) if sys.argv[2] else None
    async with open_store(url, home=Path(sys.argv[1])) as store:
        print(len(await store.gaps.open(limit=9)))

asyncio.run(main())
"""


@pytest.mark.slow
async def test_processes_that_start_together_upgrade_once(database_url: SecretStr | None, tmp_path: Path) -> None:
    async with open_database(store_url(database_url, home=tmp_path)) as database:
        await upgrade(database, to="0001")
        await filled(database)
    url = database_url.get_secret_value() if database_url else ""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), url]

    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in processes]

    assert ended == [(b"3\n", b"", 0)] * 2


async def test_interrupted_upgrade_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    async with open_database(store_url(None, home=tmp_path)) as database:
        await upgrade(database, to="0001")

        def in_the_way(connection: Connection) -> None:
            connection.execute(text("CREATE TABLE audit (number INTEGER)"))

        await database.write(in_the_way)
        with pytest.raises(Exception, match="audit"):
            await upgrade(database)

        names = await database.read(lambda connection: inspect(connection).get_table_names())
        assert "gaps" not in names
        assert "usage" not in names
    assert (tmp_path / FILE_NAME).exists()

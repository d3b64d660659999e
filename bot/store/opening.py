"""The store, opened: all books on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL

from bot.store.answers import SqlAnswers
from bot.store.assessments import SqlAssessments
from bot.store.channels import SqlChannels
from bot.store.checklists import SqlChecklists
from bot.store.community import SqlCommunity
from bot.store.conversations import SqlConversations
from bot.store.database import Database, store_failed
from bot.store.events import SqlEvents
from bot.store.experts import SqlExperts
from bot.store.feedback import SqlFeedback
from bot.store.gaps import SqlGaps
from bot.store.hand_ins import SqlHandIns
from bot.store.inputs import SqlInputs
from bot.store.ledgers import SqlAudit, SqlUsage
from bot.store.migrating import upgrade
from bot.store.oversight import SqlOversight
from bot.store.posts import SqlPosts
from bot.store.privacy import SqlPrivacy
from bot.store.profiles import SqlProfiles
from bot.store.questions import SqlQuestions
from bot.store.schedules import SqlSchedules
from bot.store.shelves import SqlShelves
from bot.store.sightings import SqlSightings
from bot.store.urls import store_url
from bot.store.workspaces import SqlWorkspaces


class SqlStore:
    """All books of one database; implements `bot.ports.Store` and holds the books of `bot.ledgers`, too."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.events = SqlEvents(database)
        self.questions = SqlQuestions(database)
        self.posts = SqlPosts(database)
        self.conversations = SqlConversations(database)
        self.answers = SqlAnswers(database)
        self.feedback = SqlFeedback(database)
        self.settings = SqlChannels(database)
        self.gaps = SqlGaps(database)
        self.usage = SqlUsage(database)
        self.audit = SqlAudit(database)
        self.profiles = SqlProfiles(database)
        self.privacy = SqlPrivacy(database)
        self.checklists = SqlChecklists(database)
        self.schedules = SqlSchedules(database)
        self.sightings = SqlSightings(database)
        self.community = SqlCommunity(database)
        self.assessments = SqlAssessments(database)
        self.experts = SqlExperts(database)
        self.workspaces = SqlWorkspaces(database)
        self.oversight = SqlOversight(database)
        self.inputs = SqlInputs(database)
        self.hand_ins = SqlHandIns(database)
        self.shelves = SqlShelves(database)


@asynccontextmanager
async def open_store(url: SecretStr | None, *, home: Path) -> AsyncIterator[SqlStore]:
    """The store at its newest schema, closed at the end of the block.

    Args:
        url: `ADVISOR_DATABASE_URL`; None stands for a file in the home folder.
        home: the home folder; made when it does not exist.

    Raises:
        InvalidSettings: the address cannot be used, or the driver for it is not installed.
        StoreMismatch: the store comes from a newer version of the program.
        StoreFailed: the store cannot be opened.
    """
    async with open_database(store_url(url, home=home)) as database:
        await upgrade(database)
        yield SqlStore(database)


@asynccontextmanager
async def open_database(url: URL) -> AsyncIterator[Database]:
    """The database at an address of `store_url`, as it is, closed at the end of the block. Raises as `open_store`."""
    database = await asyncio.to_thread(_database, url)
    try:
        yield database
    finally:
        await database.close()


def _database(url: URL) -> Database:
    if url.drivername != "sqlite":
        from bot.store.postgres import PostgresDatabase

        return PostgresDatabase(url)
    from bot.store.sqlite import SqliteDatabase

    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store_failed(repr(path.name), error) from error
    return SqliteDatabase(path)

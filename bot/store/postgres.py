"""The store in PostgreSQL, by asyncpg."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.columns import to_json
from bot.store.database import Undone, Work, store_failed
from rag.errors import InvalidSettings, RagError

_Result = TypeVar("_Result")

_CONNECTIONS = 8
_CONNECT_TIMEOUT_S = 10
_COMMAND_TIMEOUT_S = 30


class PostgresDatabase:
    """Implements `bot.store.database.Database`."""

    def __init__(self, url: URL) -> None:
        """Prepares a pool of connections; none is made yet. Raises InvalidSettings where the driver is missing."""
        self._name = url.render_as_string(hide_password=True)
        self._engine = _engine(url)

    async def read(self, work: Work[_Result], *, urgent: bool = False) -> _Result:
        """The result of a function that only reads. Nothing stands in line here: the server works side by side."""
        return await self._run(work, commit=False)

    async def write(self, work: Work[_Result], *, urgent: bool = False) -> _Result:
        """The result of a function inside one transaction."""
        return await self._run(work, commit=True)

    async def scrub(self, *, thoroughly: bool = False) -> None:
        """Nothing: the files belong to the server, whose vacuum clears them."""

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def _run(self, work: Work[_Result], *, commit: bool) -> _Result:
        try:
            async with self._engine.connect() as connection:
                result = await connection.run_sync(work)
                if commit:
                    await connection.commit()
        except Undone as undone:
            # Leaving the connection has taken its changes back.
            return cast("_Result", undone.result)
        except RagError:
            raise
        except Exception as error:
            # Before a connection is made, the driver's own families of errors pass through SQLAlchemy untouched.
            raise store_failed(repr(self._name), error) from error
        return result


def _engine(url: URL) -> AsyncEngine:
    arguments: dict[str, Any] = {"timeout": _CONNECT_TIMEOUT_S, "command_timeout": _COMMAND_TIMEOUT_S}
    try:
        return create_async_engine(
            url,
            connect_args=arguments,
            json_serializer=to_json,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as error:
        raise InvalidSettings(
            "ADVISOR_DATABASE_URL names a PostgreSQL database, but its driver is not installed;"
            " install 'startup-advisor[postgresql]'"
        ) from error

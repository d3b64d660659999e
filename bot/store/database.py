"""A database as the books use it: a piece of work is a function of a connection, and runs in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.errors import StoreFailed

Result = TypeVar("Result")
Work = Callable[[Connection], Result]
"""Reads or writes in one transaction, which it leaves open. It may be run again after its changes were taken back."""


class Undone(Exception):
    """Raised by a piece of work that has come to a result of which nothing may be stored."""

    def __init__(self, *, result: object) -> None:
        super().__init__(result)
        self.result = result


_ADVICE = (
    (("full", "no space"), "free some disk space; nothing that was committed is lost"),
    (("disk i/o",), "the disk may be full or failing: free some space and look at the system's log"),
    (("locked", "busy"), "another program keeps the store locked for long; end it, or try again"),
    (("readonly", "read-only", "unable to open", "permission denied"), "make the file and its folder writable"),
    (("not a database", "malformed"), "the file is damaged: restore a backup with 'advisor restore FILE'"),
    (("password", "authentication", "role "), "check the user and password in ADVISOR_DATABASE_URL"),
    (("connect", "timeout", "timed out", "name or service", "closed"), "see that the database server runs"),
    (("does not exist", "no such table"), "bring the store up to date with 'advisor db upgrade'"),
)


class Database(Protocol):
    """One opened database. All methods raise StoreFailed.

    Where work stands in line, urgent work goes first: that is what a platform waits for before it gives up.
    """

    async def read(self, work: Work[Result], *, urgent: bool = False) -> Result:
        """The result of a function that only reads."""
        ...

    async def write(self, work: Work[Result], *, urgent: bool = False) -> Result:
        """The result of a function inside one transaction: all of it is stored, or nothing."""
        ...

    async def scrub(self, *, thoroughly: bool = False) -> None:
        """Take bytes of deleted rows out of the database's own files, as far as the program can reach them.

        Thoroughly, every file is written anew: what pages have moved about may lie where nothing looks any more.
        """
        ...

    async def close(self) -> None:
        """Wait for what runs and close every connection."""
        ...


def store_failed(name: str, error: Exception) -> StoreFailed:
    """What a foreign error means for whoever runs the program; statements and values are left out."""
    cause = getattr(error, "orig", None) or error
    problem = f"the store {name} failed: {str(cause).strip().splitlines()[0] if str(cause) else type(cause).__name__}"
    text = problem.lower()
    advice = next((told for words, told in _ADVICE if any(word in text for word in words)), None)
    return StoreFailed(f"{problem}; {advice}" if advice else problem)

"""What the tables are made of. Keys of places and people are those of `bot.chat`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData

from bot.store.columns import CleanText

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints: without one, SQLite's migrations cannot find a constraint again."""

metadata = MetaData(naming_convention=NAMES)


def number() -> Column[int]:
    """A row's place in the order of writing. SQLite counts a plain INTEGER key up, and nothing else."""
    kind = BigInteger().with_variant(Integer(), "sqlite")
    return Column("number", kind, Identity(always=False), primary_key=True)


def place() -> list[Column[str]]:
    """The columns of a `bot.chat.Place`."""
    names = ("platform", "workspace", "channel", "thread", "place_kind")
    return [Column(name, CleanText, nullable=False) for name in names]


def text(name: str) -> Column[str]:
    """A text that is never NULL."""
    return Column(name, CleanText, nullable=False)

"""ARCHITECTURE.md tells of every table, and of no column that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from bot.store.models import metadata

PAGE = (Path(__file__).parents[3] / "ARCHITECTURE.md").read_text(encoding="utf-8")
STORE = PAGE[PAGE.index("## The store") : PAGE.index("**Migrations**")]


def test_every_table_has_its_line() -> None:
    told = {name for line in STORE.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line)}
    assert set(metadata.tables) <= told


def test_columns_that_are_explained_exist() -> None:
    rows = [line.split("|")[1] for line in STORE[STORE.index("Columns that") :].splitlines() if line.startswith("| `")]
    assert rows
    every = {column.name for table in metadata.tables.values() for column in table.columns}
    for row in rows:
        tables = set(re.findall(r"`(\w+)\.\w+`", row))
        own = {column.name for name in tables for column in metadata.tables[name].columns}
        assert set(re.findall(r"`(?:\w*\.)?(\w+)`", row)) <= (own or every)

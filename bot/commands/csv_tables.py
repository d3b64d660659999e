"""Tables for a spreadsheet, in which nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from bot.replies import File

_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")
"""A spreadsheet takes a cell that begins with one of these for a formula."""

_BOM = "\ufeff"
"""Without it Excel reads the file in the encoding of its country."""


def csv_table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> File:
    """A file of this name, with `.csv` added to it."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerows([_cell(each) for each in row] for row in (head, *rows))
    return File(name=f"{name}.csv", content=(_BOM + written.getvalue()).encode(errors="replace"), media_type="text/csv")


def _cell(text: str) -> str:
    """A cell that is text whatever it begins with; blanks before a sign make no difference to a spreadsheet."""
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA else text

"""Reads spreadsheets and CSV files as Markdown tables.

Cells show what the file holds: general converters go through floating-point data frames, which turn 3 into 3.0, cut
decimals and write NaN into empty cells, and a cited figure has to be the author's own.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from itertools import groupby
from typing import TYPE_CHECKING

from rag.errors import UnreadableDocument
from rag.ingest.archives import check_archive
from rag.ingest.blocks import ParsedFile, text_width
from rag.ingest.decode import decode_text
from rag.ingest.markdown import parse_markdown

if TYPE_CHECKING:
    from openpyxl.cell import Cell

Row = Sequence[str]

_DELIMITERS = ",;\t|"
_TABLE_WIDTH = 440
"""Longer tables are given in parts that fit a chunk, each under the head: a row without its head says little."""

_DIGITS = ".15g"
"""Precision of the programs that write sheets: 0.07 * 100 is 7 again, and no typed figure loses a digit."""


def read_csv(data: bytes, source: str) -> ParsedFile:
    """Reads a CSV file in any encoding, separated by commas, semicolons, tabs or bars. Raises UnreadableDocument."""
    text = decode_text(data, source=source)
    # The library's own limit would refuse a cell that holds an article. It is the whole process's: it only ever grows.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    head = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    return _parsed(_tables(csv.reader(StringIO(text, newline=""), delimiter=delimiter)), source)


def read_xlsx(data: bytes, source: str) -> ParsedFile:
    """Reads a workbook: each visible sheet is a section. Raises UnreadableDocument."""
    from openpyxl import load_workbook

    check_archive(data, source)
    book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    parts: list[str] = []
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # what a file says of its size may be a million empty rows
            tables = list(_tables([_shown(cell) for cell in row] for row in sheet.rows))
            parts += [f"## {_one_line(sheet.title)}", *tables] if tables else []
    return _parsed(parts, source)


def _tables(rows: Iterable[Row]) -> Iterator[str]:
    """Markdown of the tables that empty rows part; what stands in a single column is text."""
    cells = ([_one_line(cell) for cell in row] for row in rows)
    for filled, group in groupby(cells, key=any):
        if filled:
            table = _without_empty_columns(list(group))
            yield from _markdown(table) if len(table[0]) > 1 else ("\n\n".join(row[0] for row in table),)


def _without_empty_columns(rows: Sequence[Row]) -> list[Row]:
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    kept = [column for column in range(width) if any(row[column] for row in padded)]
    return [[row[column] for column in kept] for row in padded]


def _markdown(rows: Sequence[Row]) -> Iterator[str]:
    """A table in parts that each repeat the head."""
    head = [_line(rows[0]), _line(["---"] * len(rows[0]))]
    part, width = list(head), sum(map(text_width, head))
    for line in map(_line, rows[1:]):
        if len(part) > len(head) and width + text_width(line) > _TABLE_WIDTH:
            yield "\n".join(part)
            part, width = list(head), sum(map(text_width, head))
        part.append(line)
        width += text_width(line)
    yield "\n".join(part)


def _line(row: Row) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"


def _one_line(cell: str) -> str:
    return re.sub(r"\s+", " ", cell).strip()


def _shown(cell: Cell) -> str:
    """A cell as a reader of the sheet sees it, apart from the layout of numbers."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() | int() if "%" in (cell.number_format or ""):
            return f"{value * 100:{_DIGITS}}%"
        case float():
            return f"{value:{_DIGITS}}" if abs(value) < 1e15 else f"{value:.0f}"
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
        case _:
            return str(value)


def _parsed(parts: Iterable[str], source: str) -> ParsedFile:
    text = "\n\n".join(parts)
    if not text:
        raise UnreadableDocument(source, problem="the table holds no values", remedy="fill it or remove it")
    return ParsedFile(text=text, blocks=parse_markdown(text))

"""Spreadsheets and CSV files: every figure as the author wrote it, every row under its head."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from io import BytesIO

import pytest
from openpyxl import Workbook

from rag.errors import UnreadableDocument
from rag.ingest.load import LoadedDocument

Read = Callable[..., LoadedDocument]


def workbook(**sheets: Sequence[Sequence[object]]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return book


def saved(book: Workbook) -> bytes:
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def test_sheets_are_sections_and_empty_rows_part_tables(read: Read) -> None:
    plans = [["Plan", "Seats"], ["Team", 3], [], ["Region", "Share"], ["EU", 2]]
    loaded = read("a.xlsx", saved(workbook(Plans=plans, Costs=[["GPU", "Hours"], ["A", 7]])))
    assert [chunk.section for chunk in loaded.chunks] == [("Plans",), ("Costs",)]
    assert loaded.chunks[0].text.split("\n\n") == [
        "| Plan | Seats |\n| --- | --- |\n| Team | 3 |",
        "| Region | Share |\n| --- | --- |\n| EU | 2 |",
    ]


@pytest.mark.parametrize(
    ("value", "layout", "shown"),
    [
        pytest.param(3, "General", "3", id="whole number"),
        pytest.param(0.000_001_25, "General", "1.25e-06", id="small number"),
        pytest.param(0.1 + 0.2, "General", "0.3", id="binary remainder"),
        pytest.param(1234567.891, "General", "1234567.891", id="decimals"),
        pytest.param(0.07, "0%", "7%", id="percentage"),
        pytest.param(True, "General", "TRUE", id="truth"),
        pytest.param(dt.datetime.fromisoformat("2026-03-01"), "yyyy-mm-dd", "2026-03-01", id="day"),
        pytest.param(dt.datetime.fromisoformat("2026-03-01T09:30"), "yyyy-mm-dd hh:mm", "2026-03-01 09:30", id="time"),
        pytest.param("a|b\nc", "General", r"a\|b c", id="bar and line end"),
        pytest.param("创业", "General", "创业", id="Chinese"),
    ],
)
def test_a_cell_shows_its_value_as_the_sheet_does(read: Read, value: object, layout: str, shown: str) -> None:
    book = workbook(S=[["Name", "Value"], ["x", value], ["y", None]])
    book["S"]["B2"].number_format = layout
    text = read("a.xlsx", saved(book)).chunks[0].text
    assert text.splitlines()[2:] == [f"| x | {shown} |", "| y |  |"]


def test_hidden_sheets_and_empty_columns_are_left_out(read: Read) -> None:
    book = workbook(Shown=[["a", None, "b"], [1, None, 2]], Kept=[["secret", "x"], [1, 2]])
    book["Kept"].sheet_state = "hidden"
    loaded = read("a.xlsx", saved(book))
    assert [chunk.text for chunk in loaded.chunks] == ["| a | b |\n| --- | --- |\n| 1 | 2 |"]


def test_a_long_table_repeats_its_head_in_every_chunk(read: Read) -> None:
    rows = [["Company", "Raised"], *([f"Company number {n}", n] for n in range(200))]
    loaded = read("a.xlsx", saved(workbook(Rounds=rows)))
    assert len(loaded.chunks) > 3
    assert {chunk.text.splitlines()[0] for chunk in loaded.chunks} == {"| Company | Raised |"}
    assert sum(chunk.text.count("Company number") for chunk in loaded.chunks) == 200


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
def test_csv_is_read_with_any_delimiter_in_any_encoding(read: Read, delimiter: str, encoding: str) -> None:
    text = delimiter.join(["方案", "價格"]) + "\r\n" + delimiter.join(["團隊版", '"每月 20 元，含稅"']) + "\r\n"
    loaded = read("a.csv", text.encode(encoding))
    assert loaded.chunks[0].text == "| 方案 | 價格 |\n| --- | --- |\n| 團隊版 | 每月 20 元，含稅 |"


def test_a_cell_may_hold_a_whole_article(read: Read) -> None:
    article = "资金" * 100_000
    assert article[:100] in read("a.csv", f'a,b\n"{article}",2\n'.encode()).chunks[1].text


def test_rows_of_unequal_length_keep_all_their_cells(read: Read) -> None:
    assert read("a.csv", b"a,b\n1,2,3\n4\n").chunks[0].text.splitlines()[2:] == ["| 1 | 2 | 3 |", "| 4 |  |  |"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.csv", b",,\n,,\n", id="CSV"),
        pytest.param("a.xlsx", saved(workbook(Empty=[[None], [" "]])), id="workbook"),
    ],
)
def test_a_table_without_values_is_refused(read: Read, name: str, data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="holds no values"):
        read(name, data)

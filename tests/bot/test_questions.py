"""Reading questions files: what is accepted and what is told of a bad line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bot.questions import AskedLine, BadLine, read_bytes, read_questions, without_surrogates
from rag.errors import InvalidInput


def asked(number: int, id_: str | int, question: str) -> AskedLine:
    return AskedLine(number=number, id=id_, question=question)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        pytest.param(b'{"id": "a", "question": "Why?"}', [asked(1, "a", "Why?")], id="one line without an end"),
        pytest.param(
            b'\xef\xbb\xbf{"id": "a", "question": "Why?"}\r\n\r\n{"id": 7, "question": "How?", "x": 1}\r\n',
            [asked(1, "a", "Why?"), asked(3, 7, "How?")],
            id="byte order mark, blank line, CRLF, a number for an id, another key",
        ),
        pytest.param('{"question": "为\u2028何"}\n'.encode(), [asked(1, 1, "为\u2028何")], id="a separator inside"),
        pytest.param(b'{"id": null, "question": "Why?"}', [asked(1, 1, "Why?")], id="no id: the line's number"),
        pytest.param(rb'{"id": "a", "question": "\ud83d?"}', [asked(1, "a", "\ufffd?")], id="half a character"),
        pytest.param(b"\n \n", [], id="nothing"),
    ],
)
def test_questions_are_read(content: bytes, lines: list[AskedLine]) -> None:
    assert list(read_questions(content)) == lines


@pytest.mark.parametrize(
    ("line", "id_", "told"),
    [
        pytest.param(b"{not json", 2, "not JSON", id="no JSON"),
        pytest.param(b'"text"', 2, "str instead of an object", id="no object"),
        pytest.param(b'{"id": "b"}', "b", "no 'question'", id="no question"),
        pytest.param(b'{"id": "b", "question": " "}', "b", "question = ' '", id="blank question"),
        pytest.param(b'{"id": "b", "question": 3}', "b", "question = 3", id="question is no text"),
        pytest.param(b"\xff\xfe", 2, "not UTF-8 at byte 0", id="another encoding"),
        pytest.param(b"[" * 100_000, 2, "not JSON", id="nested without end"),
        pytest.param(b'{"id": ' + b"9" * 5000 + b"}", 2, "thousands of digits", id="a number without end"),
    ],
)
def test_bad_line_costs_that_line_only(line: bytes, id_: str | int, told: str) -> None:
    first, bad, last = read_questions(b'{"question": "A?"}\n' + line + b'\n{"question": "B?"}')
    assert (first, last) == (asked(1, 1, "A?"), asked(3, 3, "B?"))
    assert isinstance(bad, BadLine)
    assert (bad.number, bad.id) == (2, id_)
    assert told in bad.problem


def test_dash_is_the_standard_input() -> None:
    assert read_bytes(Path("-"), io.BytesIO(b"x")) == b"x"


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.jsonl"):
        read_bytes(tmp_path / "none.jsonl", io.BytesIO())


def test_whole_characters_outside_the_basic_plane_survive() -> None:
    assert without_surrogates("a😀\udc80") == "a😀\ufffd"


def test_closed_standard_input_is_told() -> None:
    with pytest.raises(InvalidInput, match="standard input is closed"):
        read_bytes(Path("-"), None)

"""Tables for a platform that has none: columns in a code block where they fit, else a list of the rows. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import east_asian_width

_WIDEST = 56
"""What a telephone shows of a code block without breaking its lines, nearly."""

_GAP = "  "
_BORDER = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-+:?")
_EMPHASIS = re.compile(r"\*\*|__|`")


def shown_table(table: str) -> str:
    """A Markdown table in Discord's Markdown; the text as it is where it is no table after all."""
    rows = [_cells(line) for line in table.strip().splitlines()]
    if len(rows) < 2 or not all(_RULE.fullmatch(cell) for cell in rows[1]):
        return table
    head, body = rows[0], rows[2:]
    count = max(map(len, rows))
    head, *body = ([*row, *[""] * (count - len(row))] for row in (head, *body))
    plain = [[_EMPHASIS.sub("", cell) for cell in row] for row in (head, *body)]
    widths = [max(map(_width, column)) for column in zip(*plain, strict=True)]
    if sum(widths) + len(_GAP) * (count - 1) > _WIDEST:
        return _listed(head, body)
    rule = _GAP.join("-" * width for width in widths)
    lines = [_line(row, widths) for row in plain]
    return "\n".join(["```", lines[0], rule, *lines[1:], "```"])


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _BORDER.split(inner)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
    return _GAP.join(padded).rstrip().replace("```", "")


def _listed(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """One point for each row: its first cell, then each other one by its heading."""
    lines = []
    for row in body:
        told = [f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=True) if cell]
        first = _EMPHASIS.sub("", row[0])
        lines.append(" · ".join(part for part in (f"**{first}**" if first else "", *told) if part))
    return "\n".join(f"- {line}" for line in lines if line)


def _width(text: str) -> int:
    """How many columns a text takes where letters have one width: Chinese signs take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)

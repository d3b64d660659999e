"""The heat map: risks by likelihood and impact, with a list of what the numbers stand for.

It is read without telling colours apart: each field bears its product and grows darker with it, and what has happened
to a risk is told by the shape of its mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from bot.pictures.canvas import figure, font, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE = 5
_WIDTH, _SIDE, _LEFT, _TOP = 14.2, 6.6, 0.85, 0.95
"""Inches: the whole picture's width, a side of the map, and what is free beside and above it."""

_BENEATH = 1.9
"""Inches beneath the map, for its axis and for what the marks stand for."""

_LIST_LEFT, _LIST_WIDTH, _ROW = 7.75, 6.3, 0.27
_LONGEST_NAME = 56
_ABREAST = 3
"""Marks beside each other in a field, which then has rows of them."""

_INK, _PAPER = "#10243e", "#ffffff"


class Mark(StrEnum):
    """How a risk is drawn."""

    OPEN = "open"
    WARNED = "warned"
    """Early-warning signals were ticked."""

    SETTLED = "settled"


_SHAPES: Mapping[Mark, str] = {Mark.OPEN: "o", Mark.WARNED: "^", Mark.SETTLED: "s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One risk of the map; likelihood and impact are in 1..5."""

    name: str
    likelihood: int
    impact: int
    mark: Mark = Mark.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words of the map; `marks` explain those that occur."""

    title: str
    likelihood: str
    impact: str
    marks: Mapping[Mark, str]


def draw(points: Sequence[Point], labels: Labels) -> bytes:
    """A PNG of the map. The points are numbered in their order; it takes about a second of a processor."""
    height = max(_TOP + _SIDE + _BENEATH, _TOP + _ROW * (len(points) + 1))
    drawn = figure(_WIDTH, height)
    drawn.text(_LEFT / _WIDTH, 1 - 0.5 / height, labels.title, fontproperties=font(17), color=_INK, va="center")
    axes = _axes(drawn, left=_LEFT, top=_TOP, width=_SIDE, height=_SIDE)
    _fields(axes, labels)
    _points(axes, points)
    rows = len(labels.marks)
    _explained(_axes(drawn, left=_LEFT, top=_TOP + _SIDE + 0.75, width=_SIDE, height=rows * 0.32), labels)
    _listed(_axes(drawn, left=_LIST_LEFT, top=_TOP, width=_LIST_WIDTH, height=len(points) * _ROW), points)
    return png(drawn)


def _axes(drawn: Figure, *, left: float, top: float, width: float, height: float) -> Axes:
    """A part of the picture, measured in inches from its upper left corner."""
    whole, tall = drawn.get_size_inches()
    return drawn.add_axes((left / whole, 1 - (top + height) / tall, width / whole, max(height, _ROW) / tall))


def _fields(axes: Axes, labels: Labels) -> None:
    """The 25 fields, darker where the product of both sides is greater."""
    from matplotlib import colormaps

    shades = colormaps["YlOrRd"]
    for likelihood in range(1, _SIZE + 1):
        for impact in range(1, _SIZE + 1):
            product = likelihood * impact
            shade = shades(0.66 * product / _SIZE**2)
            axes.fill_between([likelihood - 0.5, likelihood + 0.5], impact - 0.5, impact + 0.5, color=shade, lw=0)
            axes.text(likelihood + 0.44, impact - 0.44, str(product), fontproperties=font(10), color=_INK, ha="right")
    lines = [number + 0.5 for number in range(_SIZE + 1)]
    axes.hlines(lines, 0.5, _SIZE + 0.5, color=_PAPER, lw=2)
    axes.vlines(lines, 0.5, _SIZE + 0.5, color=_PAPER, lw=2)
    ticks = range(1, _SIZE + 1)
    axes.set_xticks(ticks, [str(tick) for tick in ticks], fontproperties=font(12))
    axes.set_yticks(ticks, [str(tick) for tick in ticks], fontproperties=font(12))
    axes.set_xlabel(labels.likelihood, fontproperties=font(13), color=_INK, labelpad=6)
    axes.set_ylabel(labels.impact, fontproperties=font(13), color=_INK, labelpad=10)
    axes.set(xlim=(0.5, _SIZE + 0.5), ylim=(0.5, _SIZE + 0.5))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _points(axes: Axes, points: Sequence[Point]) -> None:
    numbered = sorted(enumerate(points, start=1), key=lambda pair: (pair[1].likelihood, pair[1].impact, pair[0]))
    for (likelihood, impact), held in groupby(numbered, key=lambda pair: (pair[1].likelihood, pair[1].impact)):
        members = list(held)
        abreast = min(len(members), _ABREAST)
        rows = -(-len(members) // abreast)
        for place, (number, point) in enumerate(members):
            row, column = divmod(place, abreast)
            x = likelihood + (column - (abreast - 1) / 2) * 0.29
            y = impact + 0.06 - (row - (rows - 1) / 2) * min(0.29, 0.8 / rows)
            _mark(axes, x, y, point.mark, str(number))


def _mark(axes: Axes, x: float, y: float, mark: Mark, number: str) -> None:
    _sign(axes, x, y, mark, size=520 if mark is Mark.WARNED else 330)
    ink = _INK if mark is Mark.SETTLED else _PAPER
    lowered = 0.025 if mark is Mark.WARNED else 0.0
    axes.text(x, y - lowered, number, fontproperties=font(10), color=ink, ha="center", va="center_baseline", zorder=4)


def _listed(axes: Axes, points: Sequence[Point]) -> None:
    """What the numbers stand for."""
    axes.set(xlim=(0, 1), ylim=(max(len(points), 1), 0))
    axes.set_axis_off()
    for row, point in enumerate(points):
        name = point.name if len(point.name) <= _LONGEST_NAME else f"{point.name[: _LONGEST_NAME - 1]}…"
        axes.text(0.045, row + 0.5, f"{row + 1}", fontproperties=font(11), color=_INK, ha="right", va="center")
        _sign(axes, 0.072, row + 0.5, point.mark, size=40)
        axes.text(0.1, row + 0.5, name, fontproperties=font(11), color=_INK, va="center")
        product = f"{point.likelihood} × {point.impact} = {point.likelihood * point.impact}"
        axes.text(0.97, row + 0.5, product, fontproperties=font(10), color=_INK, ha="right", va="center")


def _explained(axes: Axes, labels: Labels) -> None:
    """What the marks stand for."""
    axes.set(xlim=(0, 1), ylim=(max(len(labels.marks), 1), 0))
    axes.set_axis_off()
    for row, (mark, words) in enumerate(labels.marks.items()):
        _sign(axes, 0.015, row + 0.5, mark, size=70)
        axes.text(0.04, row + 0.5, words, fontproperties=font(11), color=_INK, va="center")


def _sign(axes: Axes, x: float, y: float, mark: Mark, *, size: float) -> None:
    face = _PAPER if mark is Mark.SETTLED else _INK
    axes.scatter([x], [y], s=size, marker=_SHAPES[mark], facecolor=face, edgecolor=_INK, lw=1.2, zorder=3)

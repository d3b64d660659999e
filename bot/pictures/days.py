"""A picture of the questions of each day, which says by itself what it shows: it is passed on without its message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.canvas import figure, font, png

_ANSWERED, _REFUSED = "#0072b2", "#e69f00"
"""Two colours that people tell apart whatever colours they see; the second one is hatched as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWords:
    """What the picture says, in the language of its readers."""

    title: str
    answered: str
    refused: str


def draw_days(days: Sequence[tuple[str, int, int]], words: DayWords) -> bytes:
    """A PNG of bars, answered below and refused above. It blocks, and takes a second the first time."""
    from matplotlib.ticker import MaxNLocator

    drawn = figure(7, 3)
    drawn.set_layout_engine("constrained")
    axes = drawn.add_subplot()
    names = [day[5:] for day, _, _ in days]
    answered, refused = [each[1] for each in days], [each[2] for each in days]
    axes.bar(names, answered, color=_ANSWERED, label=words.answered, width=0.6)
    axes.bar(
        names,
        refused,
        bottom=answered,
        color=_REFUSED,
        hatch="//",
        edgecolor="white",
        label=words.refused,
        width=0.6,
    )
    for place, each in enumerate(days):
        if each[1] + each[2]:
            axes.text(place, each[1] + each[2], str(each[1] + each[2]), ha="center", va="bottom", fontsize=9)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, max(1, *(each[1] + each[2] for each in days)) * 1.15)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(words.title, loc="left", fontproperties=font(12))
    # Beside the title, where no bar comes.
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False, ncols=2, prop=font(10), borderaxespad=0.2)
    return png(drawn)

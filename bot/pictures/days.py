"""A picture of the questions of each day. Its words are dates and signs alone, which every language reads."""

from __future__ import annotations

from collections.abc import Sequence

from bot.pictures.canvas import figure, png

_ANSWERED, _REFUSED = "#0072b2", "#e69f00"
"""Two colours that people tell apart whatever colours they see; the second one is hatched as well."""


def draw_days(days: Sequence[tuple[str, int, int]]) -> bytes:
    """A PNG of bars, answered below and refused above. It blocks, and takes a second the first time."""
    from matplotlib.ticker import MaxNLocator

    drawn = figure(7, 3)
    drawn.set_layout_engine("constrained")
    axes = drawn.add_subplot()
    names = [day[5:] for day, _, _ in days]
    answered, refused = [each[1] for each in days], [each[2] for each in days]
    axes.bar(names, answered, color=_ANSWERED, label="✓", width=0.6)
    axes.bar(names, refused, bottom=answered, color=_REFUSED, hatch="//", edgecolor="white", label="✗", width=0.6)
    for place, each in enumerate(days):
        if each[1] + each[2]:
            axes.text(place, each[1] + each[2], str(each[1] + each[2]), ha="center", va="bottom", fontsize=9)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, max(1, *(each[1] + each[2] for each in days)) * 1.15)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False, ncols=2)
    return png(drawn)

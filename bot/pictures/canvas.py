"""A figure with a font for Chinese and English, and how it becomes a PNG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

_DOTS_PER_INCH = 150


def figure(width: float, height: float) -> Figure:
    """An empty white figure, in inches; it stands alone, so that several may be drawn in several threads."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=_DOTS_PER_INCH, facecolor="white")


def font(size: float) -> FontProperties:
    """Noto Sans SC, which has Chinese and Latin letters: a fresh machine has no Chinese font of its own."""
    from matplotlib.font_manager import FontProperties
    from pylopdf_fonts_zh_cn import sans_path

    return FontProperties(fname=sans_path(), size=size)


def png(drawn: Figure) -> bytes:
    """The picture as a file; the same figure gives the same bytes."""
    content = BytesIO()
    with _quiet():
        drawn.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


@contextmanager
def _quiet() -> Iterator[None]:
    """Rare characters that the font lacks become boxes; a warning for each would flood the log."""
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
